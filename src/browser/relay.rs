//! Vectors of questions from a relay, for readers whose connection or machine is too slow for an
//! encoder of their own.
//!
//! The protocol that a relay speaks: `POST {relayUrl}/api/embed`, with the cookies of its own origin
//! alone and with the JSON `{"input": text, "model": name, "book": hash}`, the last two as the
//! manifest of the shelf has them. The answer is `{"embedding": [number, ...]}`: the vector of the
//! text as a question, projected as the vectors of the shelf are and with as many values. An error is
//! answered with a status that is no success and `{"error": {"code": string, "message": string}}`,
//! which are passed on.

use gloo_net::http::{Request, Response};
use js_sys::{JSON, Object, Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{AbortSignal, RequestCredentials};

use crate::error::BrowserError;
use crate::fields::{field, numbers, text};
use crate::http::{body, network};

/// Milliseconds until a relay counts as out of reach.
const PATIENCE: u32 = 10_000;

/// Most bytes of an answer: 1,024 values and more, written out in full.
const LIMIT: u64 = 1 << 16;

#[wasm_bindgen]
extern "C" {
    /// Throws where a browser does not have it yet.
    #[wasm_bindgen(js_namespace = AbortSignal, js_name = timeout, catch)]
    fn timeout(milliseconds: u32) -> Result<AbortSignal, JsValue>;
}

/// What a relay is asked.
pub(crate) struct Question<'a> {
    /// The text to embed.
    pub input: &'a str,
    /// Name of the encoder's model.
    pub model: &'a str,
    /// Hash of the book.
    pub book: &'a str,
}

/// What a relay answers.
enum Answer {
    Embedding(Vec<f32>),
    Refusal { code: String, message: String },
}

/// The vector of a question.
pub(crate) async fn embed(relay: &str, question: &Question<'_>) -> Result<Vec<f32>, BrowserError> {
    let url = format!("{}/api/embed", relay.trim_end_matches('/'));
    let response = post(&url, question).await?;
    let read = body(&response, &url, LIMIT, &mut |_| {}).await?;
    match read.and_then(|bytes| parse(&bytes)) {
        Some(Answer::Embedding(vector)) if response.ok() => Ok(vector),
        Some(Answer::Refusal { code, message }) => Err(BrowserError::Relay { code, message }),
        _ if !response.ok() => {
            let (file, status) = (url, response.status());
            Err(BrowserError::Status { file, status })
        }
        _ => Err(BrowserError::Relay {
            code: "relay".into(),
            message: format!("what answers at {url} is no relay. Check the option relayUrl"),
        }),
    }
}

async fn post(url: &str, question: &Question<'_>) -> Result<Response, BrowserError> {
    let fail = |e: gloo_net::Error| network(url, e.to_string());
    let request = Request::post(url)
        .header("content-type", "application/json")
        .credentials(RequestCredentials::SameOrigin)
        .abort_signal(timeout(PATIENCE).ok().as_ref())
        .body(json(question)?)
        .map_err(fail)?;
    request.send().await.map_err(fail)
}

fn json(question: &Question<'_>) -> Result<JsValue, BrowserError> {
    let object = Object::new();
    let Question { input, model, book } = question;
    for (name, value) in [("input", input), ("model", model), ("book", book)] {
        // Setting a property of a new object cannot fail.
        let _ = Reflect::set(&object, &name.into(), &(*value).into());
    }
    let text = JSON::stringify(&object);
    Ok(text
        .map_err(|_| BrowserError::Argument("the query is no text".into()))?
        .into())
}

fn parse(bytes: &Uint8Array) -> Option<Answer> {
    let json = String::from_utf8(bytes.to_vec()).ok()?;
    let json = JSON::parse(&json).ok()?;
    if let Some(vector) = numbers(&field(&json, "embedding")) {
        return Some(Answer::Embedding(vector));
    }
    let error = field(&json, "error");
    let (code, message) = (text(&error, "code")?, text(&error, "message")?);
    Some(Answer::Refusal { code, message })
}
