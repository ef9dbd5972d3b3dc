//! Loading of encoders: what is fetched, kept, and fetched again.

use futures_util::future::join;
use js_sys::{Array, Function};
use lectern_core::shelf::Kind;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use super::server::{
    URL, WORDS, answered, build, build_with, code, counted, damage_stored, empty_store, found, get,
    layers, load, name, object, opened, parts, path, prepare, serve, set, stored_names,
};
use crate::Engine;

/// Bytes that `info` says are to be fetched for an encoder.
fn to_fetch(engine: &Engine, encoder: &str) -> f64 {
    let info = engine.info();
    path(&info, &["bytes", encoder]).as_f64().unwrap()
}

#[wasm_bindgen_test]
async fn a_search_runs_while_meaning_loads_and_progress_reaches_its_total() {
    for encoder in ["small", "full"] {
        empty_store().await;
        let engine = opened(&build()).await;
        let expected = to_fetch(&engine, encoder);
        let seen = Array::new();
        let log = seen.clone();
        let listen = Closure::<dyn Fn(f64, f64)>::new(move |loaded: f64, total: f64| {
            log.push(&Array::of2(&loaded.into(), &total.into()));
        });
        let listener: Function = listen.as_ref().unchecked_ref::<Function>().clone();
        let loading = engine.load_meaning(encoder.into(), None, Some(listener));
        let searching = async { found(&engine, "robot") };
        let (loaded, found) = join(loading, searching).await;
        loaded.unwrap();
        assert_eq!(path(&found, &["mode"]), "words");
        let last = seen.get(seen.length() - 1);
        assert_eq!(path(&last, &["0"]), path(&last, &["1"]));
        assert_eq!(path(&last, &["1"]), expected);
        assert_eq!(to_fetch(&engine, encoder), 0.0);
    }
}

#[wasm_bindgen_test]
async fn a_block_is_fetched_once_for_all_queries_that_need_it() {
    let files = build();
    let engine = opened(&files).await;
    load(&engine, "small").await.unwrap();
    let (one, other) = join(prepare(&engine, "ankle"), prepare(&engine, "ankle ankle")).await;
    assert!(one.unwrap().is_undefined() && other.unwrap().is_undefined());
    assert_eq!(counted("terms."), 1);
    assert!((parts(&files, Kind::Terms).len() as u32) > counted("terms."));
    let found = answered(&engine, "ankle").await;
    assert_eq!(path(&found, &["encoder"]), "small");
    let kinds = ["terms.", "group.", "cell."].map(counted);
    answered(&engine, "ankle").await;
    assert_eq!(["terms.", "group.", "cell."].map(counted), kinds);
}

#[wasm_bindgen_test]
async fn the_full_encoder_replaces_the_small_one() {
    empty_store().await;
    let engine = opened(&build()).await;
    load(&engine, "small").await.unwrap();
    load(&engine, "full").await.unwrap();
    assert_eq!(engine.encoder(), "full");
    let found = answered(&engine, "torque").await;
    assert_eq!(path(&found, &["encoder"]), "full");
    load(&engine, "small").await.unwrap();
    assert_eq!(engine.encoder(), "full");
}

#[wasm_bindgen_test]
async fn an_interrupted_download_goes_on_with_what_is_missing() {
    empty_store().await;
    let files = build();
    let (core, rows) = (name(&files, Kind::Core), name(&files, Kind::Rows));
    let layer = layers(&files).remove(0);
    let whole = get(&files, &layer);
    set(&files, &layer, &object("cut", &whole));
    let engine = opened(&files).await;
    load(&engine, "small").await.unwrap();
    let all = to_fetch(&engine, "full");
    let error = load(&engine, "full").await.unwrap_err();
    assert_eq!(code(&error), "network");
    assert_eq!(counted(&layer), 3);
    assert_eq!(engine.encoder(), "small");
    assert!(to_fetch(&engine, "full") < all);

    set(&files, &layer, &whole);
    let engine = opened(&files).await;
    load(&engine, "full").await.unwrap();
    assert_eq!((counted(&core), counted(&rows), counted(&layer)), (0, 0, 1));
    let engine = opened(&files).await;
    load(&engine, "small").await.unwrap();
    assert_eq!(to_fetch(&engine, "full"), 0.0);
}

#[wasm_bindgen_test]
async fn a_connection_that_breaks_is_tried_again() {
    empty_store().await;
    let files = build();
    let rows = name(&files, Kind::Rows);
    let whole = get(&files, &rows);
    let answers = Array::of3(&object("cut", &whole), &JsValue::NULL, &whole);
    set(&files, &rows, &answers);
    let engine = opened(&files).await;
    load(&engine, "full").await.unwrap();
    assert_eq!(counted(&rows), 3);
}

#[wasm_bindgen_test]
async fn a_damaged_file_in_the_store_is_fetched_anew() {
    empty_store().await;
    let files = build();
    let (core, rows) = (name(&files, Kind::Core), name(&files, Kind::Rows));
    load(&opened(&files).await, "full").await.unwrap();
    damage_stored(&rows).await;
    load(&opened(&files).await, "full").await.unwrap();
    assert_eq!((counted(&core), counted(&rows)), (0, 1));
    load(&opened(&files).await, "full").await.unwrap();
    assert_eq!(counted(&rows), 0);
}

#[wasm_bindgen_test]
async fn books_share_the_core_and_a_new_build_removes_what_the_last_left() {
    empty_store().await;
    let (one, other) = (build(), build_with("zebra", WORDS + 1));
    let (core, old, new) = (
        name(&one, Kind::Core),
        name(&one, Kind::Rows),
        name(&other, Kind::Rows),
    );
    assert_ne!(old, new);
    load(&opened(&one).await, "full").await.unwrap();
    serve(&other);
    let elsewhere = Engine::open("https://example.org/other/".into(), None).await;
    load(&elsewhere.unwrap(), "full").await.unwrap();
    assert_eq!(counted(&core), 0);
    assert!(stored_names().await.contains(&old));

    let rebuilt = Engine::open(URL.into(), None).await.unwrap();
    load(&rebuilt, "full").await.unwrap();
    assert_eq!(counted(&new), 1);
    let names = stored_names().await;
    assert!(!names.contains(&old) && names.contains(&new) && names.contains(&core));
}
