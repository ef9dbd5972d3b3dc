//! Answers by quotation, passages, pages by their addresses, and where a search looks.

use js_sys::{Array, Object};
use lectern_core::shelf::Kind;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use super::server::{
    answered, build, build_with, code, counted, load, object, opened, parts, path, prepared, serve,
    set,
};
use crate::Engine;

async fn opened_by_meaning() -> Engine {
    let engine = opened(&build()).await;
    load(&engine, "small").await.unwrap();
    engine
}

fn list(value: &JsValue) -> Array {
    value.clone().unchecked_into()
}

/// The passages of a page, fetched.
async fn page(engine: &Engine, url: &str) -> Array {
    JsFuture::from(engine.prepare_page(url)).await.unwrap();
    let passages = list(&path(&engine.page(url), &["passages"]));
    let brought = JsFuture::from(engine.prepare_passages(passages.clone())).await;
    assert!(brought.unwrap().is_undefined());
    passages
}

#[wasm_bindgen_test]
async fn a_question_is_answered_by_a_sentence_of_its_passage() {
    let engine = opened_by_meaning().await;
    let question = "what keeps a robot in balance ";
    answered(&engine, question).await;
    let passages = page(&engine, "/docs/balance#torque").await;
    let quotes = engine.answer(question, passages.clone()).unwrap();
    let quote = quotes.get(0);
    assert_eq!(path(&quote, &["number"]), 1);
    assert_eq!(
        path(&quote, &["text"]),
        "A robot keeps its balance by moving its feet."
    );
    assert_eq!(path(&quote, &["code"]), false);
    let fails = |question: &str| code(&engine.answer(question, passages.clone()).unwrap_err());
    assert_eq!(
        (fails(" "), fails(&"x".repeat(3_000))),
        ("query-empty".into(), "query-long".into())
    );
}

#[wasm_bindgen_test]
async fn passages_come_with_their_headings_and_what_is_none_is_left_out() {
    let engine = opened(&build()).await;
    let passages = page(&engine, "docs/balance").await;
    assert_eq!(passages.length(), 2);
    let wanted = Array::of3(&passages.get(1), &1e9.into(), &"one".into());
    JsFuture::from(engine.prepare_passages(wanted.clone()))
        .await
        .unwrap();
    let texts: JsValue = engine.passages(wanted).into();
    assert_eq!(path(&texts, &["length"]), 1);
    assert_eq!(path(&texts, &["0", "passage"]), passages.get(1));
    assert_eq!(path(&texts, &["0", "url"]), "docs/balance.html#torque");
    assert_eq!(path(&texts, &["0", "title"]), "Balance");
    assert_eq!(path(&texts, &["0", "headings", "0"]), "Torque");
    let text = path(&texts, &["0", "text"]).as_string().unwrap();
    assert!(text.starts_with("Naïve torque 🤖"), "{text}");
    let around = engine.around(passages, "e torque \n LIMITS make");
    assert_eq!(around.length(), 2);
    assert!(engine.page("docs/nowhere").is_undefined());
}

#[wasm_bindgen_test]
async fn a_search_looks_in_places_alone() {
    let engine = opened_by_meaning().await;
    let search = async |place: &str| {
        let options = object("within", &Array::of1(&place.into()));
        while !engine.is_ready("robot", options.clone().into()).unwrap() {
            let round = engine.prepare("robot", options.clone().into()).unwrap();
            assert!(JsFuture::from(round).await.unwrap().is_undefined());
        }
        let found = engine.search("robot", options.into()).unwrap();
        let pages = list(&path(&found, &["pages"]));
        let urls = pages.iter().map(|page| path(&page, &["url"]));
        urls.filter_map(|url| url.as_string()).collect::<Vec<_>>()
    };
    let balance = "docs/balance.html".to_owned();
    assert_eq!(search("docs").await.first(), Some(&balance));
    assert!(!search("docs/list#").await.contains(&balance));
    assert!(search("blog").await.is_empty());
    for wrong in ["docs".into(), Array::of1(&1.into()).into(), JsValue::NULL] {
        let options: Object = object("within", &wrong);
        set(&options, "limit", &3.into());
        let error = engine.search("robot", options.into()).unwrap_err();
        assert_eq!(code(&error), "argument");
    }
}

#[wasm_bindgen_test]
async fn a_block_of_addresses_that_cannot_be_had_is_told_and_asked_for_again() {
    let files = build();
    let engine = opened(&files).await;
    let name = parts(&files, Kind::Addresses).remove(0);
    let without = Object::assign(&Object::new(), &files);
    set(&without, &name, &JsValue::NULL);
    serve(&without);
    let trouble = JsFuture::from(engine.prepare_page("docs/balance")).await;
    assert_eq!(code(&trouble.unwrap()), "network");
    assert!(engine.page("docs/balance").is_undefined());
    serve(&files);
    engine.retry();
    assert_eq!(page(&engine, "docs/balance").await.length(), 2);
    page(&engine, "docs/balance").await;
    assert_eq!(counted(&name), 1);
}

#[wasm_bindgen_test]
async fn a_page_of_a_site_that_was_deployed_anew_says_that_the_book_has_changed() {
    let engine = opened(&build()).await;
    serve(&build_with("knees", 10));
    let error = JsFuture::from(engine.prepare_page("docs/balance")).await;
    assert_eq!(code(&error.unwrap_err()), "shelf-changed");
    assert_eq!(
        code(&prepared(&engine, "robot").await.unwrap_err()),
        "shelf-changed"
    );
}
