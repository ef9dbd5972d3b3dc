//! The engine a worker holds: one open book.

use std::cell::RefCell;

use futures_util::future::try_join3;
use js_sys::Function;
use lectern_core::search::{Options, Searcher};
use lectern_core::shelf::{Kind, Manifest};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::BrowserError;
use crate::fetch::{Progress, manifest, section};

/// An open book in a browser.
///
/// Methods borrow it for as long as they compute, never while they wait for the network, so a
/// search can run while search by meaning is still loading.
#[wasm_bindgen]
pub struct Engine {
    shelf: String,
    manifest: Manifest,
    searcher: RefCell<Searcher>,
}

/// `BookInfo` of TypeScript.
#[derive(Serialize)]
struct BookInfo<'a> {
    title: &'a str,
    lang: &'a str,
    pages: u32,
    passages: u32,
    model: &'a str,
    hash: &'a str,
    generator: &'a str,
}

#[wasm_bindgen]
impl Engine {
    /// Fetches a shelf's manifest, catalog, text and word index; searches are by words then.
    ///
    /// `shelfUrl` is absolute and ends in `/`. Throws an `Error` with a `code`.
    pub async fn open(
        #[wasm_bindgen(js_name = shelfUrl)] shelf_url: String,
        #[wasm_bindgen(
            js_name = onProgress,
            unchecked_optional_param_type = "(loaded: number, total: number) => void"
        )]
        on_progress: Option<Function>,
    ) -> Result<Self, JsValue> {
        let manifest = manifest(&shelf_url).await?;
        let kinds = [Kind::Catalog, Kind::Text, Kind::Words];
        let [catalog, text, words] = load(&shelf_url, &manifest, kinds, on_progress).await?;
        let searcher = Searcher::open(&catalog, &text, &words).map_err(BrowserError::from)?;
        let searcher = RefCell::new(searcher);
        Ok(Self {
            shelf: shelf_url,
            manifest,
            searcher,
        })
    }

    /// Fetches vectors, graph and encoder; searches are by words and meaning then.
    #[wasm_bindgen(js_name = loadMeaning)]
    pub async fn load_meaning(
        &self,
        #[wasm_bindgen(
            js_name = onProgress,
            unchecked_optional_param_type = "(loaded: number, total: number) => void"
        )]
        on_progress: Option<Function>,
    ) -> Result<(), JsValue> {
        if self.searcher.borrow().has_meaning() {
            return Ok(());
        }
        let kinds = [Kind::Vectors, Kind::Graph, Kind::Encoder];
        let [vectors, graph, encoder] =
            load(&self.shelf, &self.manifest, kinds, on_progress).await?;
        let mut searcher = self.searcher.borrow_mut();
        searcher
            .add_meaning(&vectors, &graph, &encoder)
            .map_err(BrowserError::from)?;
        Ok(())
    }

    /// What is loaded: `words` or `meaning`.
    #[wasm_bindgen(getter, unchecked_return_type = "Stage")]
    pub fn stage(&self) -> String {
        let meaning = self.searcher.borrow().has_meaning();
        if meaning { "meaning" } else { "words" }.to_owned()
    }

    /// What the book is.
    #[wasm_bindgen(unchecked_return_type = "BookInfo")]
    pub fn info(&self) -> Result<JsValue, JsValue> {
        let Manifest {
            title,
            lang,
            model,
            hash,
            generator,
            ..
        } = &self.manifest;
        let (pages, passages) = (self.manifest.pages, self.manifest.passages);
        to_js(&BookInfo {
            title,
            lang,
            pages,
            passages,
            model,
            hash,
            generator,
        })
    }

    /// Searches the book. Throws an `Error` with a `code`.
    #[wasm_bindgen(unchecked_return_type = "SearchResponse")]
    pub fn search(
        &self,
        query: &str,
        #[wasm_bindgen(unchecked_optional_param_type = "SearchOptions")] options: JsValue,
    ) -> Result<JsValue, JsValue> {
        let options = parse_options(options)?;
        let mut searcher = self.searcher.borrow_mut();
        let response = searcher
            .search(query, &options)
            .map_err(BrowserError::from)?;
        to_js(&response.into_utf16())
    }
}

/// Fetches three sections at once.
async fn load(
    shelf: &str,
    manifest: &Manifest,
    kinds: [Kind; 3],
    on_progress: Option<Function>,
) -> Result<[Vec<u8>; 3], BrowserError> {
    let progress = Progress::new(on_progress, manifest, &kinds);
    let [a, b, c] = kinds.map(|kind| section(shelf, manifest, kind, &progress));
    let (a, b, c) = try_join3(a, b, c).await?;
    Ok([a, b, c])
}

fn parse_options(options: JsValue) -> Result<Options, BrowserError> {
    let parsed = serde_wasm_bindgen::from_value::<Option<Options>>(options).map_err(|e| {
        let hint = "Known are limit, mode and explain";
        BrowserError::Argument(format!("the search options are wrong: {e}. {hint}"))
    });
    Ok(parsed?.unwrap_or_default())
}

fn to_js<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    Ok(value
        .serialize(&serializer)
        .map_err(|e| BrowserError::Argument(e.to_string()))?)
}
