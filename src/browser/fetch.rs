//! Fetching of a shelf's files, with progress, inflated where they are stored compressed.

use std::cell::Cell;

use gloo_net::http::{Request, Response};
use js_sys::{Array, Function, Reflect, Uint8Array};
use lectern_core::Error;
use lectern_core::shelf::{Kind, MANIFEST, Manifest, check_version};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ReadableStreamDefaultReader, RequestCache};

use crate::error::{BrowserError, why};

/// First bytes of a gzip file (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

#[wasm_bindgen]
extern "C" {
    /// <https://compression.spec.whatwg.org/#decompression-stream>; `web-sys` has it behind a flag.
    type DecompressionStream;

    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<DecompressionStream, JsValue>;
}

/// Calls back with `(loaded, total)` bytes of all files of one step.
pub(crate) struct Progress {
    call: Option<Function>,
    loaded: Cell<f64>,
    total: f64,
}

impl Progress {
    /// Counts the files `kinds` of a shelf.
    pub fn new(call: Option<Function>, manifest: &Manifest, kinds: &[Kind]) -> Self {
        let stored = kinds.iter().filter_map(|&kind| manifest.section(kind).ok());
        Self {
            call,
            loaded: Cell::new(0.0),
            total: stored.map(|section| section.stored as f64).sum(),
        }
    }

    fn add(&self, bytes: u32) {
        self.loaded.set(self.loaded.get() + f64::from(bytes));
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

/// Fetches and checks a shelf's manifest, past every cache.
pub(crate) async fn manifest(shelf: &str) -> Result<Manifest, BrowserError> {
    let response = get(&format!("{shelf}{MANIFEST}"), RequestCache::NoCache).await?;
    let text = response
        .text()
        .await
        .map_err(|e| network(MANIFEST, e.to_string()))?;
    // A host that answers every address with a page of its own has no shelf.
    let not_a_shelf = |_| Error::NotAShelf {
        section: "manifest",
    };
    let json = js_sys::JSON::parse(&text).map_err(not_a_shelf)?;
    let version = Reflect::get(&json, &"version".into())
        .ok()
        .and_then(|v| v.as_f64());
    check_version(version.ok_or(Error::NotAShelf {
        section: "manifest",
    })? as u16)?;
    let damaged = |_| Error::Corrupt {
        section: "manifest",
        what: "its fields are not as expected",
    };
    let manifest: Manifest = serde_wasm_bindgen::from_value(json).map_err(damaged)?;
    manifest.check()?;
    Ok(manifest)
}

/// Fetches one section's file, inflated.
pub(crate) async fn section(
    shelf: &str,
    manifest: &Manifest,
    kind: Kind,
    progress: &Progress,
) -> Result<Vec<u8>, BrowserError> {
    let file = manifest.section(kind)?;
    let response = get(&format!("{shelf}{}", file.file), RequestCache::Default).await?;
    let stored = read(&response, &file.file, progress).await?;
    let have = stored.length();
    if u64::from(have) < file.stored {
        let (section, need) = (kind.name(), file.stored);
        return Err(Error::Truncated {
            section,
            need,
            have: have.into(),
        }
        .into());
    }
    if have >= 2 && [stored.get_index(0), stored.get_index(1)] == GZIP {
        return inflate(&stored).await.map_err(|_| {
            Error::Checksum {
                section: kind.name(),
            }
            .into()
        });
    }
    Ok(stored.to_vec())
}

async fn get(url: &str, cache: RequestCache) -> Result<Response, BrowserError> {
    let file = url.rsplit('/').next().unwrap_or(url);
    let response = Request::get(url).cache(cache).send().await;
    let response = response.map_err(|e| network(file, e.to_string()))?;
    let (file, status) = (file.to_owned(), response.status());
    match status {
        200..=299 => Ok(response),
        404 | 410 => Err(BrowserError::Missing { file, status }),
        _ => Err(BrowserError::Status { file, status }),
    }
}

fn network(file: &str, why: String) -> BrowserError {
    BrowserError::Network {
        file: file.into(),
        why,
    }
}

/// Reads a body chunk by chunk.
async fn read(
    response: &Response,
    file: &str,
    progress: &Progress,
) -> Result<Uint8Array, BrowserError> {
    let fail = |error: JsValue| network(file, why(&error));
    let body = response
        .body()
        .ok_or_else(|| network(file, "an empty answer".into()))?;
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let mut chunks = Vec::new();
    let mut length = 0;
    loop {
        let step = JsFuture::from(reader.read()).await.map_err(fail)?;
        if Reflect::get(&step, &"done".into())
            .map_err(fail)?
            .is_truthy()
        {
            break;
        }
        let chunk: Uint8Array = Reflect::get(&step, &"value".into())
            .map_err(fail)?
            .unchecked_into();
        length += chunk.length();
        progress.add(chunk.length());
        chunks.push(chunk);
    }
    let whole = Uint8Array::new_with_length(length);
    let mut at = 0;
    for chunk in chunks {
        whole.set(&chunk, at);
        at += chunk.length();
    }
    Ok(whole)
}

/// Inflates by the browser's own code.
async fn inflate(stored: &Uint8Array) -> Result<Vec<u8>, JsValue> {
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(stored))?;
    let inflater = DecompressionStream::new("gzip")?;
    let stream = blob.stream().pipe_through(inflater.unchecked_ref());
    let response = web_sys::Response::new_with_opt_readable_stream(Some(&stream))?;
    let buffer = JsFuture::from(response.array_buffer()?).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}
