//! Search of a finished shelf.

use std::io;

use js_sys::{Object, Reflect, Uint8Array};
use lectern_core::search::{Options, Tier};
use lectern_core::shelf::MANIFEST;
use lectern_indexer::Scan;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::{js_error, to_js};

/// A shelf opened from its files.
#[wasm_bindgen]
pub struct Searcher {
    inner: lectern_core::search::Searcher,
}

#[wasm_bindgen]
impl Searcher {
    /// Opens a shelf from all its files, by name, for search by words and with an encoder; with
    /// the small one unless told, with none where the shelf is of words alone.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "Record<string, Uint8Array>")] files: &Object,
        #[wasm_bindgen(unchecked_optional_param_type = "'small' | 'full' | 'none'")]
        encoder: JsValue,
    ) -> Result<Searcher, JsValue> {
        let mut read = |name: &str| file(files, name);
        let tier: Option<Tier> = serde_wasm_bindgen::from_value(encoder).map_err(js_error)?;
        let tier = match tier {
            Some(tier) => tier,
            None => default_tier(&mut read)?,
        };
        let (_, inner) = lectern_indexer::open(&mut read, tier, Scan::All).map_err(js_error)?;
        Ok(Self { inner })
    }

    /// Searches, with the options and the answer of the browser's engine.
    pub fn search(&mut self, query: &str, options: JsValue) -> Result<JsValue, JsValue> {
        let options: Option<Options> = serde_wasm_bindgen::from_value(options).map_err(js_error)?;
        let response = self.inner.search(query, &options.unwrap_or_default());
        to_js(&response.map_err(js_error)?.into_utf16())
    }
}

/// The small encoder if the shelf has it.
fn default_tier(read: &mut lectern_indexer::ReadFile<'_>) -> Result<Tier, JsValue> {
    let manifest = read(MANIFEST).map_err(js_error)?;
    let manifest = lectern_indexer::parse_manifest(&manifest).map_err(js_error)?;
    Ok(match manifest.has_meaning() {
        true => Tier::Small,
        false => Tier::None,
    })
}

fn file(files: &Object, name: &str) -> io::Result<Vec<u8>> {
    let value = Reflect::get(files, &name.into()).unwrap_or_default();
    let bytes = value.dyn_into::<Uint8Array>();
    bytes
        .map(|bytes| bytes.to_vec())
        .map_err(|_| io::ErrorKind::NotFound.into())
}
