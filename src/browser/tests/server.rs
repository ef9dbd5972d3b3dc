//! A tiny shelf, and a server for it in place of `fetch`.

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use lectern_core::search::open_core;
use lectern_core::shelf::parts::Parts;
use lectern_core::shelf::{Kind, MANIFEST, Manifest, unwrap};
use lectern_indexer::{Indexer, Options, inflate, model};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::Engine;

/// Answers `fetch` from a map of names to bytes: a missing name is a 404, a string a web page, null a
/// broken connection. A list holds the answers to one request after another, the last to all others;
/// `{ cut }` breaks off after some bytes, `{ status, body }` is an error. What was asked is in `asked`.
#[wasm_bindgen(inline_js = "
export const asked = [];
export const bodies = [];
export function serve(files) {
  asked.length = 0;
  globalThis.fetch = async (request) => {
    const name = new URL(request.url).pathname.split('/').pop();
    asked.push(name);
    if (request.method === 'POST') bodies.push(await request.text());
    if (!(name in files)) return new Response('Not found', { status: 404 });
    let answer = files[name];
    if (Array.isArray(answer)) answer = answer.length > 1 ? answer.shift() : answer[0];
    if (answer === null) throw new TypeError('Failed to fetch');
    if (answer.status) return new Response(answer.body, { status: answer.status });
    if (answer.cut) return new Response(cut(answer.cut));
    return new Response(answer);
  };
}
function cut(bytes) {
  const half = bytes.subarray(0, bytes.length / 2);
  const chunks = [(c) => c.enqueue(half), (c) => c.error(new TypeError('network error'))];
  return new ReadableStream({ pull: (controller) => chunks.shift()(controller) });
}
export const counted = (name) => asked.filter((other) => other.startsWith(name)).length;
export const body = () => bodies.at(-1);
export const emptied = () => caches.delete('lectern');
export async function damage(name) {
  const cache = await caches.open('lectern');
  const key = (await cache.keys()).map(({ url }) => url).find((url) => url.endsWith(name));
  const bytes = new Uint8Array(await (await cache.match(key)).arrayBuffer());
  bytes[bytes.length >> 1] ^= 0x55;
  await cache.put(key, new Response(bytes));
}
export async function names() {
  const cache = await caches.open('lectern');
  return (await cache.keys()).map(({ url }) => url.split('/').pop());
}
")]
extern "C" {
    pub fn serve(files: &Object);
    /// How often files whose names begin so were asked for since `serve`.
    pub fn counted(name: &str) -> u32;
    /// The body of the last `POST`.
    pub fn body() -> String;
    fn emptied() -> Promise;
    fn damage(name: &str) -> Promise;
    fn names() -> Promise;
}

pub const URL: &str = "https://example.org/book/lectern/";

/// Rounds of a misspelt query.
const ROUNDS: usize = 4;

/// Words of the book beside those of its text: more than a block has room for.
pub const WORDS: usize = 400;

/// A shelf of two short passages and a list of words.
pub fn build() -> Object {
    build_with("feet", WORDS)
}

/// A shelf with another word in its text, by a model that knows so many words: all share the full
/// encoder's core, those of as many words its rows too.
pub fn build_with(word: &str, known: usize) -> Object {
    let model = model::testing::tiny_with_words(7, known).unwrap();
    let title = "Book".into();
    let mut indexer = Indexer::new(
        model.clone(),
        Options {
            title,
            ..Options::default()
        },
    )
    .unwrap();
    add_pages(&mut indexer, word);
    model::testing::embed_pending(&mut indexer, &model).unwrap();
    to_object(indexer)
}

/// A shelf of words alone.
pub fn build_of_words() -> Object {
    let title = "Book".into();
    let mut indexer = Indexer::of_words(Options {
        title,
        ..Options::default()
    });
    add_pages(&mut indexer, "feet");
    to_object(indexer)
}

/// A shelf of the words of one page in this language.
pub fn build_in(lang: &str, text: &str) -> Object {
    let title = "Book".into();
    let mut indexer = Indexer::of_words(Options {
        title,
        ..Options::default()
    });
    let page = format!("<html lang={lang}><main><h1>1</h1><p>{text}</p></main>");
    indexer.add_page("index.html", page.as_bytes()).unwrap();
    to_object(indexer)
}

fn add_pages(indexer: &mut Indexer, word: &str) {
    let balance = format!(
        "<main><h1>Balance</h1><p>A robot keeps its balance by moving its {word}.</p>
        <h2 id=torque>Torque</h2><p>Naïve torque 🤖 limits make the ankle give way.</p></main>"
    );
    let words: Vec<String> = (0..WORDS).map(|word| format!("w{word}")).collect();
    let list = format!("<main><h1>List</h1><p>{}</p></main>", words.join(" "));
    for (file, page) in [("docs/balance.html", balance), ("docs/list.html", list)] {
        indexer.add_page(file, page.as_bytes()).unwrap();
    }
}

fn to_object(indexer: Indexer) -> Object {
    let files = Object::new();
    for file in indexer.finish().unwrap().files {
        set(&files, &file.name, &Uint8Array::from(&file.bytes[..]));
    }
    files
}

pub fn set(files: &Object, name: &str, value: &JsValue) {
    Reflect::set(files, &name.into(), value).unwrap();
}

pub fn get(files: &Object, name: &str) -> JsValue {
    Reflect::get(files, &name.into()).unwrap()
}

pub fn bytes(files: &Object, name: &str) -> Vec<u8> {
    get(files, name).unchecked_into::<Uint8Array>().to_vec()
}

/// An object with one field.
pub fn object(name: &str, value: &JsValue) -> Object {
    let object = Object::new();
    set(&object, name, value);
    object
}

pub fn manifest(files: &Object) -> Manifest {
    serde_json::from_slice(&bytes(files, MANIFEST)).unwrap()
}

pub fn name(files: &Object, kind: Kind) -> String {
    manifest(files).section(kind).unwrap().file.clone()
}

/// The names of the full encoder's layers.
pub fn layers(files: &Object) -> Vec<String> {
    let file = manifest(files).section(Kind::Core).unwrap().clone();
    let core = inflate(bytes(files, &file.file), file.size).unwrap();
    let (layers, _, _): (Parts, _, _) = open_core(unwrap(Kind::Core, &core).unwrap()).unwrap();
    layers.iter().map(|layer| layer.file(Kind::Layer)).collect()
}

pub async fn opened(files: &Object) -> Engine {
    serve(files);
    Engine::open(URL.into(), None).await.unwrap()
}

pub async fn load(engine: &Engine, encoder: &str) -> Result<(), JsValue> {
    let relay = Some("https://relay.example/".to_owned());
    engine.load_meaning(encoder.into(), relay, None).await
}

/// Empties the store.
pub async fn empty_store() {
    JsFuture::from(emptied()).await.unwrap();
}

/// Changes a byte of a file in the store.
pub async fn damage_stored(name: &str) {
    JsFuture::from(damage(name)).await.unwrap();
}

/// The names of the files in the store.
pub async fn stored_names() -> Vec<String> {
    let names = JsFuture::from(names()).await.unwrap();
    let names = names.unchecked_into::<Array>();
    names.iter().filter_map(|name| name.as_string()).collect()
}

pub fn code(error: &JsValue) -> String {
    assert!(error.is_instance_of::<js_sys::Error>());
    get(error.unchecked_ref(), "code").as_string().unwrap()
}

/// A value inside another; numbers index lists.
pub fn path(value: &JsValue, path: &[&str]) -> JsValue {
    path.iter()
        .fold(value.clone(), |value, key| match key.parse::<u32>() {
            Ok(index) => value.unchecked_into::<Array>().get(index),
            Err(_) => Reflect::get(&value, &(*key).into()).unwrap(),
        })
}

/// The names of the numbered files of a kind.
pub fn parts(files: &Object, kind: Kind) -> Vec<String> {
    let start = format!("{}.", kind.name());
    let names = Object::keys(files).into_iter();
    let names = names.filter_map(|name| name.as_string());
    names.filter(|name| name.starts_with(&start)).collect()
}

/// Whether a query needs nothing more.
pub fn ready(engine: &Engine, query: &str) -> bool {
    engine.is_ready(query, JsValue::UNDEFINED).unwrap()
}

/// One round of what a query needs.
pub async fn prepare(engine: &Engine, query: &str) -> Result<JsValue, JsValue> {
    JsFuture::from(engine.prepare(query, JsValue::UNDEFINED)?).await
}

/// Fetches what a query needs, round by round, and returns the first trouble.
pub async fn prepared(engine: &Engine, query: &str) -> Result<JsValue, JsValue> {
    let mut first = JsValue::UNDEFINED;
    for _ in 0..ROUNDS {
        if ready(engine, query) {
            return Ok(first);
        }
        let trouble = prepare(engine, query).await?;
        if first.is_undefined() {
            first = trouble;
        }
    }
    assert!(
        ready(engine, query),
        "{query} needs more than {ROUNDS} rounds"
    );
    Ok(first)
}

/// Searches with the mode `auto`, with all that the query needs.
pub async fn answered(engine: &Engine, query: &str) -> JsValue {
    assert!(prepared(engine, query).await.unwrap().is_undefined());
    found(engine, query)
}

/// Searches with the mode `auto`, with what is here.
pub fn found(engine: &Engine, query: &str) -> JsValue {
    engine.search(query, JsValue::UNDEFINED).unwrap()
}
