//! Vectors from a relay.

use js_sys::JSON;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use super::server::{
    answered, body, build, code, counted, found, load, manifest, object, opened, path, prepared,
    ready, serve, set,
};

/// An answer of the relay with so many values.
fn embedding(values: usize) -> JsValue {
    let numbers = vec!["0.125"; values].join(",");
    format!("{{\"embedding\":[{numbers}]}}").into()
}

#[wasm_bindgen_test]
async fn a_relay_reads_the_query() {
    let files = build();
    set(&files, "embed", &embedding(32));
    let engine = opened(&files).await;
    load(&engine, "relay").await.unwrap();
    assert_eq!(engine.encoder(), "relay");
    assert!(!ready(&engine, "torque"));
    assert_eq!(path(&found(&engine, "torque"), &["encoder"]), "none");
    let by_meaning = answered(&engine, "torque").await;
    assert_eq!(path(&by_meaning, &["encoder"]), "relay");
    assert!(!ready(&engine, "ankle"));
    assert_eq!(counted("embed"), 1);
    let asked = JSON::parse(&body()).unwrap();
    let book = manifest(&files);
    assert_eq!(path(&asked, &["input"]), "torque");
    assert_eq!(path(&asked, &["model"]), book.model.as_str());
    assert_eq!(path(&asked, &["book"]), book.hash.as_str());
}

#[wasm_bindgen_test]
async fn a_relay_that_does_not_answer_or_answers_wrongly_leaves_words() {
    let files = build();
    let engine = opened(&files).await;
    load(&engine, "relay").await.unwrap();
    let refusal = object("status", &429.into());
    let why = "{\"error\":{\"code\":\"budget\",\"message\":\"No more today\"}}";
    set(&refusal, "body", &why.into());
    let broken = object("status", &500.into());
    set(&broken, "body", &"<h1>Oh no</h1>".into());
    let cases: [(&JsValue, &str); 6] = [
        (&JsValue::NULL, "network"),
        (&refusal, "budget"),
        (&broken, "network"),
        (&"<!doctype html>".into(), "relay"),
        (&embedding(31), "shelf-mixed"),
        (&embedding(100_000), "relay"),
    ];
    for (answer, expected) in cases {
        set(&files, "embed", answer);
        serve(&files);
        let error = prepared(&engine, "torque").await.unwrap_err();
        assert_eq!(code(&error), expected);
        assert_eq!(path(&found(&engine, "torque"), &["mode"]), "words");
    }
    set(&files, "embed", &embedding(32));
    let by_both = answered(&engine, "torque").await;
    assert_eq!(path(&by_both, &["mode"]), "hybrid");
}
