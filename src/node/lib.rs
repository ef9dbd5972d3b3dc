//! The indexer as WebAssembly for Node, so that an npm install needs no native binary.
//!
//! `Indexer` runs on the main thread, one `Embedder` in each `worker_threads` worker. `importModel`
//! makes the model file both need. `Searcher` searches a finished shelf, for tests and tools.

mod indexer;
mod model;
mod searcher;

pub use indexer::{Embedder, Indexer};
pub use model::import_model;
pub use searcher::Searcher;

use serde::Serialize;
use wasm_bindgen::JsValue;

/// A JavaScript `Error` with the message of a Rust one.
fn js_error(error: impl std::fmt::Display) -> JsValue {
    js_sys::Error::new(&error.to_string()).into()
}

fn to_js<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).map_err(js_error)
}
