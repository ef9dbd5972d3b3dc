//! Runs in a real browser: `wasm-pack test --headless --chrome src/browser`.

use js_sys::{Array, Function, Object, Reflect, Uint8Array};
use lectern_core::encoder::{Backend, Encoder, Role};
use lectern_core::shelf::{self, Kind, MANIFEST, Manifest};
use lectern_indexer::{Embedder, Indexer, Options, model};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use crate::Engine;

wasm_bindgen_test_configure!(run_in_browser);

/// Answers `fetch` from a map of names to bytes: a missing name is a 404, a string a web page, null
/// a broken connection.
#[wasm_bindgen(inline_js = "
export function serve(files) {
  globalThis.fetch = async (request) => {
    const name = new URL(request.url).pathname.split('/').pop();
    if (!(name in files)) return new Response('Not found', { status: 404 });
    if (files[name] === null) throw new TypeError('Failed to fetch');
    return new Response(files[name]);
  };
}")]
extern "C" {
    fn serve(files: &Object);
}

const URL: &str = "https://example.org/book/lectern/";

const PAGE: &str = "<main><h1>Balance</h1><p>A robot keeps its balance by moving its feet.</p>
    <h2 id=torque>Torque</h2><p>Naïve torque 🤖 limits make the ankle give way.</p></main>";

fn build() -> Object {
    let model = model::testing::tiny(7).unwrap();
    let mut embedder = Embedder::open(&model).unwrap();
    let mut indexer = Indexer::new(
        model,
        Options {
            title: "Book".into(),
        },
    )
    .unwrap();
    indexer
        .add_page("docs/balance.html", PAGE.as_bytes())
        .unwrap();
    for pending in indexer.pending().unwrap() {
        indexer
            .set_vector(pending.key, embedder.embed(&pending.text).unwrap())
            .unwrap();
    }
    let files = Object::new();
    for file in indexer.finish().unwrap().files {
        set(&files, &file.name, &Uint8Array::from(&file.bytes[..]));
    }
    files
}

fn set(files: &Object, name: &str, value: &JsValue) {
    Reflect::set(files, &name.into(), value).unwrap();
}

fn bytes(files: &Object, name: &str) -> Vec<u8> {
    Reflect::get(files, &name.into())
        .unwrap()
        .unchecked_into::<Uint8Array>()
        .to_vec()
}

fn manifest(files: &Object) -> Manifest {
    serde_json::from_slice(&bytes(files, MANIFEST)).unwrap()
}

fn name(files: &Object, kind: Kind) -> String {
    manifest(files).section(kind).unwrap().file.clone()
}

async fn opened(files: &Object) -> Engine {
    serve(files);
    Engine::open(URL.into(), None).await.unwrap()
}

/// `code` of the error that opening throws.
async fn open_code(files: &Object) -> String {
    serve(files);
    code(&Engine::open(URL.into(), None).await.err().unwrap())
}

fn code(error: &JsValue) -> String {
    assert!(error.is_instance_of::<js_sys::Error>());
    Reflect::get(error, &"code".into())
        .unwrap()
        .as_string()
        .unwrap()
}

fn path(value: &JsValue, path: &[&str]) -> JsValue {
    path.iter()
        .fold(value.clone(), |value, key| match key.parse::<u32>() {
            Ok(index) => value.unchecked_into::<Array>().get(index),
            Err(_) => Reflect::get(&value, &(*key).into()).unwrap(),
        })
}

#[wasm_bindgen_test]
async fn words_first_then_meaning() {
    let engine = opened(&build()).await;
    assert_eq!(engine.stage(), "words");
    let found = engine.search("torque", JsValue::UNDEFINED).unwrap();
    assert_eq!(path(&found, &["mode"]), "words");
    assert_eq!(
        path(&found, &["pages", "0", "hits", "0", "url"]),
        "docs/balance.html#torque"
    );
    engine.load_meaning(None).await.unwrap();
    assert_eq!(engine.stage(), "meaning");
    let found = engine.search("torque", JsValue::UNDEFINED).unwrap();
    assert_eq!(path(&found, &["mode"]), "hybrid");
}

#[wasm_bindgen_test]
async fn highlights_count_utf16_units() {
    let engine = opened(&build()).await;
    let found = engine.search("limits", JsValue::UNDEFINED).unwrap();
    let snippet = path(&found, &["pages", "0", "hits", "0", "snippet"]);
    let text = js_sys::JsString::from(path(&snippet, &["text"]));
    let number = |at: &str| path(&snippet, &["highlights", "0", at]).as_f64().unwrap() as u32;
    assert_eq!(text.slice(number("0"), number("1")), "limits");
}

#[wasm_bindgen_test]
async fn a_search_runs_while_meaning_loads_and_progress_reaches_its_total() {
    let engine = opened(&build()).await;
    let seen = Array::new();
    let log = seen.clone();
    let listen = Closure::<dyn Fn(f64, f64)>::new(move |loaded: f64, total: f64| {
        log.push(&Array::of2(&loaded.into(), &total.into()));
    });
    let listener: Function = listen.as_ref().unchecked_ref::<Function>().clone();
    let loading = engine.load_meaning(Some(listener));
    let searching = async { engine.search("robot", JsValue::UNDEFINED) };
    let (loaded, found) = futures_util::future::join(loading, searching).await;
    loaded.unwrap();
    assert_eq!(path(&found.unwrap(), &["mode"]), "words");
    let last = seen.get(seen.length() - 1);
    assert_eq!(path(&last, &["0"]), path(&last, &["1"]));
}

#[wasm_bindgen_test]
async fn errors_have_codes() {
    let engine = opened(&build()).await;
    let fails = |query: &str| code(&engine.search(query, JsValue::UNDEFINED).unwrap_err());
    assert_eq!(fails(""), "query-empty");
    assert_eq!(fails(" \n"), "query-empty");
    assert_eq!(fails(&"x".repeat(10_000)), "query-long");
    let options = Object::new();
    set(&options, "mode", &"hybrid".into());
    assert_eq!(
        code(&engine.search("robot", options.clone().into()).unwrap_err()),
        "meaning-not-loaded"
    );
    set(&options, "mode", &"telepathy".into());
    assert_eq!(
        code(&engine.search("robot", options.into()).unwrap_err()),
        "argument"
    );
}

#[wasm_bindgen_test]
async fn a_missing_or_foreign_index_says_so() {
    assert_eq!(open_code(&Object::new()).await, "shelf-missing");
    let files = build();
    set(
        &files,
        MANIFEST,
        &"<!doctype html><title>Home</title>".into(),
    );
    assert_eq!(open_code(&files).await, "shelf-missing");
    set(&files, MANIFEST, &JsValue::NULL);
    assert_eq!(open_code(&files).await, "network");
    let files = build();
    let mut future = manifest(&files);
    future.version += 1;
    let json = serde_json::to_string(&future.seal()).unwrap();
    set(&files, MANIFEST, &json.into());
    assert_eq!(open_code(&files).await, "shelf-version");
}

#[wasm_bindgen_test]
async fn a_broken_download_says_so_and_words_go_on() {
    let files = build();
    let words = name(&files, Kind::Words);
    let whole = bytes(&files, &words);
    set(&files, &words, &Uint8Array::from(&whole[..whole.len() - 1]));
    assert_eq!(open_code(&files).await, "shelf-truncated");
    let mut damaged = whole.clone();
    let last = damaged.len() - 20;
    damaged[last] ^= 0x55;
    set(&files, &words, &Uint8Array::from(&damaged[..]));
    assert_eq!(open_code(&files).await, "shelf-checksum");

    set(&files, &words, &Uint8Array::from(&whole[..]));
    let encoder = name(&files, Kind::Encoder);
    let good = Reflect::get(&files, &encoder.as_str().into()).unwrap();
    set(&files, &encoder, &JsValue::NULL);
    let engine = opened(&files).await;
    assert_eq!(
        code(&engine.load_meaning(None).await.unwrap_err()),
        "network"
    );
    assert!(engine.search("robot", JsValue::UNDEFINED).is_ok());
    set(&files, &encoder, &good);
    engine.load_meaning(None).await.unwrap();
}

#[wasm_bindgen_test]
fn simd_gives_the_bits_of_the_oracle() {
    let file = model::testing::tiny(7).unwrap();
    let payload = shelf::unwrap(Kind::Encoder, &file).unwrap();
    let vector = |backend: Backend, text: &str| {
        let mut out = Vec::new();
        let mut encoder = Encoder::with_backend(payload, backend).unwrap();
        encoder.encode(text, Role::Query, &mut out).unwrap();
        out.into_iter().map(f32::to_bits).collect::<Vec<_>>()
    };
    assert_eq!(Backend::detect(), Backend::Simd128);
    for length in [1, 2, 3, 5, 17, 80] {
        let text = "a robot walks ".repeat(length);
        assert_eq!(
            vector(Backend::Simd128, &text),
            vector(Backend::Scalar, &text)
        );
    }
}
