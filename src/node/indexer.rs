//! Indexing: pages in, vectors in, files out.

use js_sys::{Array, Object, Reflect, Uint8Array};
use lectern_core::encoder::Role;
use lectern_indexer::Options;
use serde::Deserialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{js_error, to_js};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export interface IndexerOptions {
  /** Title of the book. */
  title: string;
}

/** A text to embed: one to be found, or one that a reader might ask. */
export interface EmbedText {
  text: string;
  /** A passage if absent. */
  role?: 'passage' | 'query';
}

/** A text that has no vector yet; `key` is where a cache keeps its vector. */
export interface Pending {
  key: string;
  text: string;
}

export interface IndexSummary {
  pages: number;
  sections: number;
  passages: number;
  /** Bytes of all files. */
  bytes: number;
  /** Files that were left out, each with why. */
  skipped: [file: string, reason: string][];
  /** Pages that are odd, each with how. */
  warnings: [file: string, warning: string][];
}

export interface Shelf {
  /** The manifest is last: what it names is there when it is. */
  files: { name: string; bytes: Uint8Array }[];
  summary: IndexSummary;
}
"#;

/// Takes pages, then vectors, and gives a shelf.
#[wasm_bindgen]
pub struct Indexer {
    /// `None` once finished.
    inner: Option<lectern_indexer::Indexer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IndexerOptions {
    title: String,
}

#[wasm_bindgen]
impl Indexer {
    /// Starts a book with a Lectern model file.
    #[wasm_bindgen(constructor)]
    pub fn new(
        model: Vec<u8>,
        #[wasm_bindgen(unchecked_param_type = "IndexerOptions")] options: JsValue,
    ) -> Result<Indexer, JsValue> {
        let IndexerOptions { title } = serde_wasm_bindgen::from_value(options).map_err(js_error)?;
        let inner = lectern_indexer::Indexer::new(model, Options { title }).map_err(js_error)?;
        Ok(Self { inner: Some(inner) })
    }

    /// Adds an HTML page; `file` is its path below the site's output folder.
    #[wasm_bindgen(js_name = addPage)]
    pub fn add_page(&mut self, file: &str, html: &[u8]) -> Result<(), JsValue> {
        self.inner()?.add_page(file, html).map_err(js_error)
    }

    /// The distinct texts that have no vector yet, the longest first.
    #[wasm_bindgen(unchecked_return_type = "Pending[]")]
    pub fn pending(&mut self) -> Result<Array, JsValue> {
        let pending = self.inner()?.pending().map_err(js_error)?;
        let objects = pending
            .into_iter()
            .map(|p| object(&[("key", p.key.into()), ("text", p.text.into())]));
        objects.collect()
    }

    /// Takes the vector of a pending text, from an `Embedder` or a cache.
    #[wasm_bindgen(js_name = setVector)]
    pub fn set_vector(&mut self, key: String, vector: Vec<u8>) -> Result<(), JsValue> {
        self.inner()?.set_vector(key, vector).map_err(js_error)
    }

    /// The files of the shelf. The indexer is used up by it.
    #[wasm_bindgen(unchecked_return_type = "Shelf")]
    pub fn finish(&mut self) -> Result<Object, JsValue> {
        self.inner()?;
        let Some(inner) = self.inner.take() else {
            return Err(finished());
        };
        let shelf = inner.finish().map_err(js_error)?;
        let files = shelf.files.iter().map(|file| {
            let bytes = Uint8Array::from(&file.bytes[..]);
            object(&[("name", file.name.as_str().into()), ("bytes", bytes.into())])
        });
        let files: Result<Array, JsValue> = files.collect();
        object(&[
            ("files", files?.into()),
            ("summary", to_js(&shelf.summary)?),
        ])
    }

    fn inner(&mut self) -> Result<&mut lectern_indexer::Indexer, JsValue> {
        self.inner.as_mut().ok_or_else(finished)
    }
}

fn finished() -> JsValue {
    js_error("this indexer is finished: make a new one for another book")
}

fn object(fields: &[(&str, JsValue)]) -> Result<Object, JsValue> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &JsValue::from_str(name), value)?;
    }
    Ok(object)
}

/// A text to embed; a `Pending` is one too.
#[derive(Deserialize)]
struct EmbedText {
    text: String,
    #[serde(default)]
    role: RoleName,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RoleName {
    Query,
    #[default]
    Passage,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Query => Self::Query,
            RoleName::Passage => Self::Passage,
        }
    }
}

/// An encoder of texts, one for each thread.
#[wasm_bindgen]
pub struct Embedder {
    inner: lectern_indexer::Embedder,
}

#[wasm_bindgen]
impl Embedder {
    /// Opens a Lectern model file.
    #[wasm_bindgen(constructor)]
    pub fn new(model: &[u8]) -> Result<Embedder, JsValue> {
        let inner = lectern_indexer::Embedder::open(model).map_err(js_error)?;
        Ok(Self { inner })
    }

    /// The vectors of some texts, in the form that `Indexer.setVector` and caches take. Many at
    /// once take less time than one by one, above all texts of like length.
    #[wasm_bindgen(unchecked_return_type = "Uint8Array[]")]
    pub fn embed(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "EmbedText[]")] texts: JsValue,
    ) -> Result<Array, JsValue> {
        let texts: Vec<EmbedText> = serde_wasm_bindgen::from_value(texts).map_err(js_error)?;
        let texts: Vec<_> = texts.iter().map(|t| (&t.text[..], t.role.into())).collect();
        let vectors = self.inner.embed_batch(&texts).map_err(js_error)?;
        Ok(vectors.iter().map(|v| Uint8Array::from(&v[..])).collect())
    }
}
