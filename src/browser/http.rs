//! Requests, and bodies read with a limit.

use std::cell::Cell;

use gloo_net::http::{Request, Response};
use js_sys::{Function, Promise, Reflect, Uint8Array};
use lectern_core::shelf::MANIFEST;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader, RequestCache};

use crate::error::{BrowserError, why};

#[wasm_bindgen]
extern "C" {
    /// Of windows and workers alike.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(handler: &Function, milliseconds: i32);
}

/// Calls back with `(loaded, total)` bytes of all files of one step.
pub(crate) struct Progress {
    call: Option<Function>,
    loaded: Cell<f64>,
    total: f64,
}

impl Progress {
    /// Counts up to `total` bytes.
    pub fn new(call: Option<Function>, total: u64) -> Self {
        Self {
            call,
            loaded: Cell::new(0.0),
            total: total as f64,
        }
    }

    /// Counts bytes that have come; fewer than none when they must come again.
    pub fn add(&self, bytes: f64) {
        self.loaded.set(self.loaded.get() + bytes);
        if let Some(call) = &self.call {
            // A listener that throws is the listener's problem, not the download's.
            let _ = call.call2(
                &JsValue::NULL,
                &self.loaded.get().into(),
                &self.total.into(),
            );
        }
    }
}

/// Asks for a file. Fails unless the answer is a success.
pub(crate) async fn get(url: &str, cache: RequestCache) -> Result<Response, BrowserError> {
    let file = url.rsplit('/').next().unwrap_or(url);
    let response = Request::get(url).cache(cache).send().await;
    let response = response.map_err(|e| network(file, e.to_string()))?;
    let (file, status) = (file.to_owned(), response.status());
    match status {
        200..=299 => Ok(response),
        404 | 410 if file == MANIFEST => Err(BrowserError::Missing { file, status }),
        404 | 410 => Err(BrowserError::Gone { file, status }),
        _ => Err(BrowserError::Status { file, status }),
    }
}

/// The body of an answer; `None` when it is longer than `limit`.
pub(crate) async fn body(
    response: &Response,
    file: &str,
    limit: u64,
    on_chunk: &mut dyn FnMut(u32),
) -> Result<Option<Uint8Array>, BrowserError> {
    let stream = response
        .body()
        .ok_or_else(|| network(file, "an empty answer".into()))?;
    let read = collect(&stream, limit, on_chunk).await;
    read.map_err(|error| network(file, why(&error)))
}

/// Reads a stream chunk by chunk; `None` when it is longer than `limit`.
pub(crate) async fn collect(
    stream: &ReadableStream,
    limit: u64,
    on_chunk: &mut dyn FnMut(u32),
) -> Result<Option<Uint8Array>, JsValue> {
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut chunks = Vec::new();
    let mut length = 0;
    loop {
        let step = JsFuture::from(reader.read()).await?;
        if Reflect::get(&step, &"done".into())?.is_truthy() {
            break;
        }
        let chunk: Uint8Array = Reflect::get(&step, &"value".into())?.unchecked_into();
        length += u64::from(chunk.length());
        if length > limit {
            // What a stream that nobody wants any more says about it is of no interest.
            let _ = JsFuture::from(reader.cancel()).await;
            return Ok(None);
        }
        on_chunk(chunk.length());
        chunks.push(chunk);
    }
    let whole = Uint8Array::new_with_length(length as u32);
    let mut at = 0;
    for chunk in chunks {
        whole.set(&chunk, at);
        at += chunk.length();
    }
    Ok(Some(whole))
}

/// Waits.
pub(crate) async fn pause(milliseconds: i32) {
    let wait = Promise::new(&mut |resolve, _| set_timeout(&resolve, milliseconds));
    // A promise that is never rejected.
    let _ = JsFuture::from(wait).await;
}

pub(crate) fn network(file: &str, why: String) -> BrowserError {
    BrowserError::Network {
        file: file.into(),
        why,
    }
}
