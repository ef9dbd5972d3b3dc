//! Blocks that are missing or damaged in mid-query, and a site that is deployed anew.

use js_sys::{Array, JSON, JsString, Object, Uint8Array};
use lectern_core::shelf::{Kind, MANIFEST};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use super::server::{
    WORDS, answered, build, build_with, bytes, code, counted, found, get, load, object, opened,
    parts, path, prepared, serve, set,
};
use crate::Engine;

/// Its words stand in different blocks.
const QUERY: &str = "torque w7 robot";

/// A copy of a map of files.
fn copied(files: &Object) -> Object {
    Object::assign(&Object::new(), files)
}

fn text(value: &JsValue) -> JsString {
    JSON::stringify(value).unwrap()
}

fn without(name: &str, files: &Object) -> Object {
    let left = copied(files);
    js_sys::Reflect::delete_property(&left, &name.into()).unwrap();
    left
}

/// A book that searches by meaning.
async fn by_meaning(files: &Object) -> Engine {
    let engine = opened(files).await;
    load(&engine, "small").await.unwrap();
    engine
}

/// What a server may answer in place of a file, and the code of the reason that is given.
fn harm(files: &Object, name: &str, other: &str) -> Vec<(Object, &'static str)> {
    let whole = bytes(files, name);
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 0x55;
    let bytes = |bytes: &[u8]| JsValue::from(Uint8Array::from(bytes));
    let answers = [
        ("<!doctype html>".into(), "shelf-missing"),
        (JsValue::NULL, "network"),
        (object("status", &503.into()).into(), "network"),
        (object("cut", &get(files, name)).into(), "network"),
        (bytes(&whole[..whole.len() / 2]), "shelf-checksum"),
        (bytes(&flipped), "shelf-checksum"),
        (get(files, other), "shelf-mixed"),
    ];
    let mut harm = vec![(without(name, files), "shelf-missing")];
    harm.extend(answers.into_iter().map(|(answer, code)| {
        let files = copied(files);
        set(&files, name, &answer);
        (files, code)
    }));
    harm
}

#[wasm_bindgen_test]
async fn a_block_that_cannot_be_had_leaves_the_rest_and_comes_when_it_is_asked_for_again() {
    let files = build();
    let engine = by_meaning(&files).await;
    let expected = text(&answered(&engine, QUERY).await);
    // The block of the first of its words that was asked for.
    let terms = parts(&files, Kind::Terms);
    let name = terms.iter().find(|name| counted(name) == 1).unwrap();
    let other = terms.iter().find(|other| *other != name).unwrap();
    for (harmed, expected_code) in harm(&files, name, other) {
        let engine = by_meaning(&files).await;
        serve(&harmed);
        let trouble = prepared(&engine, QUERY).await.unwrap();
        assert_eq!(code(&trouble), expected_code);
        let found = found(&engine, QUERY);
        assert_eq!(path(&found, &["lost"]), 1, "{expected_code}");
        assert_ne!(path(&found, &["pages", "length"]), 0, "{expected_code}");
        serve(&files);
        engine.retry();
        assert_eq!(text(&answered(&engine, QUERY).await), expected);
    }
}

#[wasm_bindgen_test]
async fn a_file_of_each_kind_may_be_missing() {
    let files = build();
    for kind in [Kind::Spelling, Kind::Group, Kind::Cell] {
        let engine = by_meaning(&files).await;
        let mut left = copied(&files);
        for name in parts(&files, kind) {
            left = without(&name, &left);
        }
        serve(&left);
        let query = format!("{QUERY} baalnce");
        let trouble = prepared(&engine, &query).await.unwrap();
        assert_eq!(code(&trouble), "shelf-missing", "{kind:?}");
        let shown = path(&found(&engine, &query), &["pages", "length"]);
        assert_eq!(shown == 0, kind == Kind::Group, "{kind:?}");
        serve(&files);
        engine.retry();
        let found = answered(&engine, &query).await;
        assert_eq!(path(&found, &["corrections", "0", "to"]), "balance");
        assert_eq!(path(&found, &["lost"]), 0);
    }
}

#[wasm_bindgen_test]
async fn a_damaged_copy_is_asked_for_again_past_the_browsers_cache() {
    let files = build();
    let engine = by_meaning(&files).await;
    answered(&engine, QUERY).await;
    let terms = parts(&files, Kind::Terms);
    let name = terms.iter().find(|name| counted(name) == 1).unwrap();
    let whole = bytes(&files, name);
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 0x55;
    for damaged in [&flipped[..], &whole[..whole.len() / 2], b"<!doctype html>"] {
        let once = copied(&files);
        let answers = Array::of2(&Uint8Array::from(damaged), &get(&files, name));
        set(&once, name, &answers);
        let engine = by_meaning(&once).await;
        let found = answered(&engine, QUERY).await;
        assert_eq!((path(&found, &["lost"]), counted(name)), (0.into(), 2));
    }
}

#[wasm_bindgen_test]
async fn a_site_that_was_deployed_anew_says_that_the_book_has_changed() {
    let (old, new) = (build(), build_with("knees", WORDS));
    let terms = parts(&old, Kind::Terms);
    assert!(
        terms
            .iter()
            .all(|name| !parts(&new, Kind::Terms).contains(name))
    );
    let engine = by_meaning(&old).await;
    answered(&engine, "torque").await;
    serve(&new);
    let error = prepared(&engine, "w7 robot").await.unwrap_err();
    assert_eq!(code(&error), "shelf-changed");
    // What is here goes on.
    let known = found(&engine, "torque");
    assert_ne!(path(&known, &["pages", "length"]), 0);
    let engine = by_meaning(&new).await;
    let found = answered(&engine, "knees").await;
    let snippet = ["pages", "0", "hits", "0", "snippet", "text"];
    let text = path(&found, &snippet).as_string().unwrap();
    assert!(text.contains("moving its knees"), "{text}");
}

#[wasm_bindgen_test]
async fn a_block_that_is_gone_is_no_new_book_while_the_manifest_is_the_same_or_cannot_be_had() {
    let files = build();
    for manifest in [get(&files, MANIFEST), JsValue::NULL] {
        let engine = by_meaning(&files).await;
        let left = object(MANIFEST, &manifest);
        serve(&left);
        let trouble = prepared(&engine, QUERY).await.unwrap();
        assert_eq!(code(&trouble), "shelf-missing");
    }
}
