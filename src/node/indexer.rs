//! Indexing: pages in, vectors in, files out.

use std::collections::BTreeMap;

use js_sys::{Array, Function, Object, Reflect, Uint8Array};
use lectern_core::NoPrior;
use lectern_core::encoder::Role;
use lectern_indexer::{Options, Priors};
use serde::Deserialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{js_error, to_js};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export interface IndexerOptions {
  /** Title of the book. */
  title: string;
  /** `none` for a book that is searched by words alone, which needs no model; `all` if absent. */
  encoders?: 'all' | 'none';
  /**
   * How likely pages are what readers look for, by their path below the site's base URL: a factor of
   * their scores, 0.25 to 4, for the page or all pages of the folder.
   */
  priors?: Record<string, number>;
}

/** A passage, or a question that the small encoder is distilled with. */
export type Role = 'passage' | 'query';

/** A text that has no vector yet; `key` is where a cache keeps its vector. */
export interface Pending {
  key: string;
  text: string;
  role: Role;
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
    #[serde(default)]
    encoders: Encoders,
    #[serde(default)]
    priors: BTreeMap<String, f32>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Encoders {
    #[default]
    All,
    None,
}

#[wasm_bindgen]
impl Indexer {
    /// Starts a book with a Lectern model file, or without one a book of words alone.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | undefined")] model: Option<Vec<u8>>,
        #[wasm_bindgen(unchecked_param_type = "IndexerOptions")] options: JsValue,
    ) -> Result<Indexer, JsValue> {
        let options = serde_wasm_bindgen::from_value(options).map_err(js_error)?;
        let IndexerOptions {
            title,
            encoders,
            priors,
        } = options;
        let priors = priors_of(&priors).map_err(js_error)?;
        let options = Options { title, priors };
        let inner = match (encoders, model) {
            (Encoders::None, _) => lectern_indexer::Indexer::of_words(options),
            (Encoders::All, Some(model)) => {
                lectern_indexer::Indexer::new(model, options).map_err(js_error)?
            }
            (Encoders::All, None) => return Err(js_error(NO_MODEL)),
        };
        Ok(Self { inner: Some(inner) })
    }

    /// Adds an HTML page; `file` is its path below the site's output folder.
    #[wasm_bindgen(js_name = addPage)]
    pub fn add_page(&mut self, file: &str, html: &[u8]) -> Result<(), JsValue> {
        self.inner()?.add_page(file, html).map_err(js_error)
    }

    /// The distinct texts that have no vector yet, passages first and the longest first; questions
    /// only while there is no table.
    #[wasm_bindgen(unchecked_return_type = "Pending[]")]
    pub fn pending(&mut self) -> Result<Array, JsValue> {
        let pending = self.inner()?.pending();
        let objects = pending.into_iter().map(|p| {
            object(&[
                ("key", p.key.into()),
                ("text", p.text.into()),
                ("role", role_name(p.role).into()),
            ])
        });
        objects.collect()
    }

    /// Takes the vector of a pending text, from an `Embedder` or a cache.
    #[wasm_bindgen(js_name = setVector)]
    pub fn set_vector(&mut self, key: String, vector: Vec<u8>) -> Result<(), JsValue> {
        self.inner()?.set_vector(key, vector).map_err(js_error)
    }

    /// Where a cache keeps the small encoder's table of the book as it stands; `undefined` where the
    /// book is of words alone.
    #[wasm_bindgen(js_name = tableKey)]
    pub fn table_key(&mut self) -> Result<Option<String>, JsValue> {
        Ok(self.inner()?.table_key())
    }

    /// Takes the table that `distil` returned for the same key.
    #[wasm_bindgen(js_name = setTable)]
    pub fn set_table(&mut self, table: &[u8]) -> Result<(), JsValue> {
        self.inner()?.set_table(table).map_err(js_error)
    }

    /// Distils the small encoder's table, once all vectors are there, and returns it for a cache.
    /// It takes its time; `onProgress` hears the share that is done, from 0 to 1.
    pub fn distil(
        &mut self,
        #[wasm_bindgen(
            js_name = onProgress,
            unchecked_optional_param_type = "(share: number) => void"
        )]
        on_progress: Option<Function>,
    ) -> Result<Vec<u8>, JsValue> {
        let mut progress = |share: f32| {
            if let Some(call) = &on_progress {
                // A listener that throws is the listener's problem, not the book's.
                let _ = call.call1(&JsValue::NULL, &share.into());
            }
        };
        self.inner()?.distil(&mut progress).map_err(js_error)
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

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RoleName {
    Query,
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

fn priors_of(factors: &BTreeMap<String, f32>) -> Result<Priors, NoPrior> {
    let mut priors = Priors::default();
    for (path, &factor) in factors {
        priors.add(path, factor)?;
    }
    Ok(priors)
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Query => "query",
        Role::Passage => "passage",
    }
}

const NO_MODEL: &str =
    "a book that is searched by meaning needs a model: give one, or set `encoders` to 'none'";

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
    #[wasm_bindgen(js_name = embedBatch, unchecked_return_type = "Uint8Array[]")]
    pub fn embed_batch(
        &mut self,
        texts: Vec<String>,
        #[wasm_bindgen(unchecked_param_type = "Role")] role: JsValue,
    ) -> Result<Array, JsValue> {
        let role: RoleName = serde_wasm_bindgen::from_value(role).map_err(js_error)?;
        let texts: Vec<_> = texts.iter().map(|text| (&text[..], role.into())).collect();
        let vectors = self.inner.embed_batch(&texts).map_err(js_error)?;
        Ok(vectors.iter().map(|v| Uint8Array::from(&v[..])).collect())
    }

    /// The vector of a question, with as many values as those of a shelf have: what a relay answers
    /// a reader's browser with.
    #[wasm_bindgen(js_name = embedQuestion)]
    pub fn embed_question(&mut self, text: &str) -> Result<Vec<f32>, JsValue> {
        self.inner.embed_question(text).map_err(js_error)
    }
}
