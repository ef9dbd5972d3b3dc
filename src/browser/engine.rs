//! The engine a worker holds: one open book.

use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::Function;
use lectern_core::search::{Mode, Options, Tier};
use lectern_core::shelf::Manifest;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::book::Book;
use crate::error::BrowserError;
use crate::fields::{field, number, text};
use crate::load;

/// An open book in a browser. What throws throws an `Error` with a `code`.
#[wasm_bindgen]
pub struct Engine {
    book: Rc<Book>,
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
    encoders: &'a [Tier],
    bytes: BTreeMap<&'static str, u64>,
}

/// The encoders by their names in JavaScript.
const TIERS: [(&str, Tier); 3] = [
    ("small", Tier::Small),
    ("relay", Tier::Relay),
    ("full", Tier::Full),
];

/// The ways to answer a query by their names in JavaScript.
const MODES: [(&str, Mode); 4] = [
    ("auto", Mode::Auto),
    ("words", Mode::Words),
    ("meaning", Mode::Meaning),
    ("hybrid", Mode::Hybrid),
];

#[wasm_bindgen]
impl Engine {
    /// Fetches a shelf's manifest and directory; searches are by words then.
    ///
    /// `shelfUrl` is absolute and ends in `/`.
    pub async fn open(
        #[wasm_bindgen(js_name = shelfUrl)] shelf_url: String,
        #[wasm_bindgen(
            js_name = onProgress,
            unchecked_optional_param_type = "(loaded: number, total: number) => void"
        )]
        on_progress: Option<Function>,
    ) -> Result<Self, JsValue> {
        let book = load::open(shelf_url, on_progress).await?;
        let book = Rc::new(book);
        Ok(Self { book })
    }

    /// Loads what search by meaning with this encoder needs; a better one replaces the one in use
    /// when it is there. `relayUrl` is absolute, and needed by `relay` alone.
    ///
    /// When it fails, what has come of the full encoder is kept, and it can be called again.
    #[wasm_bindgen(js_name = loadMeaning)]
    pub async fn load_meaning(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Exclude<Encoder, \"none\">")] encoder: String,
        #[wasm_bindgen(js_name = relayUrl)] relay_url: Option<String>,
        #[wasm_bindgen(
            js_name = onProgress,
            unchecked_optional_param_type = "(loaded: number, total: number) => void"
        )]
        on_progress: Option<Function>,
    ) -> Result<(), JsValue> {
        let Some(&(_, tier)) = TIERS.iter().find(|(name, _)| *name == encoder) else {
            let what =
                format!("there is no encoder \"{encoder}\". There are small, full and relay");
            return Err(BrowserError::Argument(what).into());
        };
        if tier == Tier::Relay {
            let missing = || BrowserError::Argument("the encoder relay needs a relayUrl".into());
            *self.book.relay.borrow_mut() = Some(relay_url.ok_or_else(missing)?);
        }
        Ok(load::load(&self.book, tier, on_progress).await?)
    }

    /// The encoder in use.
    #[wasm_bindgen(getter, unchecked_return_type = "Encoder")]
    pub fn encoder(&self) -> String {
        let own = self.book.tier();
        let named = TIERS.iter().find(|&&(_, tier)| tier == own);
        named.map_or("none", |(name, _)| name).to_owned()
    }

    /// Whether a search of the query needs nothing more from the network.
    #[wasm_bindgen(js_name = isReady)]
    pub fn is_ready(
        &self,
        query: &str,
        #[wasm_bindgen(unchecked_optional_param_type = "SearchOptions")] options: JsValue,
    ) -> Result<bool, JsValue> {
        let options = parse_options(options)?;
        Ok(self
            .book
            .needs(query, &options)
            .is_ok_and(|needs| needs.is_empty()))
    }

    /// Fetches the next round of what the query needs: after it `search` answers better, and another
    /// round may be needed. A file that cannot be had is done without: the first reason is returned.
    pub async fn prepare(
        &self,
        query: String,
        #[wasm_bindgen(unchecked_optional_param_type = "SearchOptions")] options: JsValue,
    ) -> Result<JsValue, JsValue> {
        let options = parse_options(options)?;
        let trouble = self.book.prepare(&query, &options).await?;
        Ok(trouble.unwrap_or_default())
    }

    /// Asks again for files that could not be had, when a query needs them.
    pub fn retry(&self) {
        self.book.searcher.borrow_mut().retry();
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
        } = &self.book.manifest;
        let (pages, passages) = (self.book.manifest.pages, self.book.manifest.passages);
        let (encoders, bytes) = match self.book.manifest.has_meaning() {
            true => (&[Tier::Small, Tier::Full][..], self.bytes()),
            false => (&[][..], BTreeMap::new()),
        };
        to_js(&BookInfo {
            title,
            lang,
            pages,
            passages,
            model,
            hash,
            generator,
            encoders,
            bytes,
        })
    }

    /// Searches the book with what is here: see `isReady`.
    #[wasm_bindgen(unchecked_return_type = "SearchResponse")]
    pub fn search(
        &self,
        query: &str,
        #[wasm_bindgen(unchecked_optional_param_type = "SearchOptions")] options: JsValue,
    ) -> Result<JsValue, JsValue> {
        let options = parse_options(options)?;
        let mut searcher = self.book.searcher.borrow_mut();
        let response = searcher
            .search(query, &options)
            .map_err(BrowserError::from)?;
        to_js(&response.into_utf16())
    }

    /// Bytes still to fetch for each encoder.
    fn bytes(&self) -> BTreeMap<&'static str, u64> {
        let to_fetch = |tier| match tier {
            Tier::Full => load::bytes(&self.book, tier).saturating_sub(self.book.kept.get()),
            _ => load::bytes(&self.book, tier),
        };
        TIERS.map(|(name, tier)| (name, to_fetch(tier))).into()
    }
}

/// `SearchOptions` of TypeScript; a field that is undefined is as if it were not there.
fn parse_options(options: JsValue) -> Result<Options, BrowserError> {
    if options.is_undefined() || options.is_null() {
        return Ok(Options::default());
    }
    let wrong = |what: &str| {
        let hint = "Known are limit, mode and explain";
        BrowserError::Argument(format!("the search options are wrong: {what}. {hint}"))
    };
    if !options.is_object() {
        return Err(wrong("they are no object"));
    }
    let given = |name: &str| !field(&options, name).is_undefined();
    let Options {
        mut limit,
        mut mode,
        mut explain,
    } = Options::default();
    if given("limit") {
        limit = number(&options, "limit").ok_or_else(|| wrong("limit is no whole number"))?;
    }
    if given("mode") {
        let name = text(&options, "mode").unwrap_or_default();
        let found = MODES.iter().find(|(known, _)| *known == name);
        mode = found
            .ok_or_else(|| wrong("mode is none of auto, words, meaning and hybrid"))?
            .1;
    }
    if given("explain") {
        let value = field(&options, "explain").as_bool();
        explain = value.ok_or_else(|| wrong("explain is neither true nor false"))?;
    }
    Ok(Options {
        limit,
        mode,
        explain,
    })
}

fn to_js<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    Ok(value
        .serialize(&serializer)
        .map_err(|e| BrowserError::Argument(e.to_string()))?)
}
