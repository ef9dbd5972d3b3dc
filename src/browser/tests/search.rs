//! What a search says, and what it says when it cannot.

use js_sys::{JsString, Object, Uint8Array};
use lectern_core::encoder::{Backend, Encoder, Role};
use lectern_core::shelf::{self, Kind, MANIFEST};
use lectern_indexer::model;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use super::server::{
    URL, answered, build, build_in, build_of_words, bytes, code, found, load, manifest, name,
    opened, path, serve, set,
};
use crate::Engine;

/// `code` of the error that opening throws.
async fn open_code(files: &Object) -> String {
    serve(files);
    code(&Engine::open(URL.into(), None).await.err().unwrap())
}

#[wasm_bindgen_test]
async fn a_german_book_finds_words_with_other_endings() {
    let engine = opened(&build_in("de", "Ein Haus steht am Weg.")).await;
    let response = answered(&engine, "Häuser").await;
    assert_eq!(path(&response, &["pages", "length"]), 1);
}

#[wasm_bindgen_test]
async fn words_first_then_meaning() {
    let engine = opened(&build()).await;
    assert_eq!(engine.encoder(), "none");
    let before = found(&engine, "torque");
    assert_eq!(path(&before, &["pages", "length"]), 0);
    let by_words = answered(&engine, "torque").await;
    assert_eq!(path(&by_words, &["mode"]), "words");
    assert_eq!(path(&by_words, &["encoder"]), "none");
    assert_eq!(
        path(&by_words, &["pages", "0", "hits", "0", "url"]),
        "docs/balance.html#torque"
    );
    load(&engine, "small").await.unwrap();
    assert_eq!(engine.encoder(), "small");
    let by_meaning = answered(&engine, "torque").await;
    assert_eq!(path(&by_meaning, &["mode"]), "hybrid");
    assert_eq!(path(&by_meaning, &["encoder"]), "small");
}

#[wasm_bindgen_test]
async fn highlights_count_utf16_units() {
    let engine = opened(&build()).await;
    let found = answered(&engine, "limits").await;
    let snippet = path(&found, &["pages", "0", "hits", "0", "snippet"]);
    let text = JsString::from(path(&snippet, &["text"]));
    let number = |at: &str| path(&snippet, &["highlights", "0", at]).as_f64().unwrap() as u32;
    assert_eq!(text.slice(number("0"), number("1")), "limits");
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
    assert_eq!(
        code(&load(&engine, "oracle").await.unwrap_err()),
        "argument"
    );
    let no_url = engine.load_meaning("relay".into(), None, None).await;
    assert_eq!(code(&no_url.unwrap_err()), "argument");
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
async fn a_damaged_file_says_so() {
    let files = build();
    let directory = name(&files, Kind::Directory);
    let whole = bytes(&files, &directory);
    set(
        &files,
        &directory,
        &Uint8Array::from(&whole[..whole.len() - 1]),
    );
    assert_eq!(open_code(&files).await, "shelf-truncated");
    let longer = [&whole[..], &[0; 100_000]].concat();
    set(&files, &directory, &Uint8Array::from(&longer[..]));
    assert_eq!(open_code(&files).await, "shelf-corrupt");
    let mut damaged = whole.clone();
    let last = damaged.len() - 20;
    damaged[last] ^= 0x55;
    set(&files, &directory, &Uint8Array::from(&damaged[..]));
    assert_eq!(open_code(&files).await, "shelf-checksum");
}

#[wasm_bindgen_test]
async fn an_index_of_words_alone_has_no_encoder() {
    let engine = opened(&build_of_words()).await;
    let info = engine.info();
    assert_eq!(path(&info, &["encoders", "length"]), 0);
    assert!(path(&info, &["bytes", "full"]).is_undefined());
    for encoder in ["small", "full", "relay"] {
        let error = load(&engine, encoder).await.unwrap_err();
        assert_eq!(code(&error), "encoder-missing", "{encoder}");
    }
    let by_words = answered(&engine, "torque").await;
    assert_eq!(path(&by_words, &["mode"]), "words");
    assert_eq!(path(&by_words, &["pages", "length"]), 1);
}

#[wasm_bindgen_test]
fn simd_gives_the_bits_of_the_oracle() {
    let file = model::testing::tiny(7).unwrap();
    let payload = shelf::unwrap(Kind::Model, &file).unwrap();
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
