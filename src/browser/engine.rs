//! The engine a worker holds: one open book.

use std::rc::Rc;

use js_sys::{Array, Function, Promise};
use lectern_core::search::{Options, Tier};
use lectern_core::shelf::addresses::Entry;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::book::Book;
use crate::error::BrowserError;
use crate::fields::{field, number, text, texts, whole_numbers};
use crate::load;
use crate::names::{TIERS, mode_of, tier_name, tier_of};
use crate::objects::{Fields, IntoJs, list, passage_text};

/// An open book in a browser. What throws throws an `Error` with a `code`.
#[wasm_bindgen]
pub struct Engine {
    book: Rc<Book>,
}

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
        let Some(tier) = tier_of(&encoder) else {
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
        tier_name(self.book.tier()).to_owned()
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
    pub fn prepare(
        &self,
        query: &str,
        #[wasm_bindgen(unchecked_optional_param_type = "SearchOptions")] options: JsValue,
    ) -> Result<Promise, JsValue> {
        let options = parse_options(options)?;
        let needs = self.book.needs(query, &options);
        Ok(self.book.bring_all(needs.map_err(BrowserError::from)?))
    }

    /// Fetches what `page` needs to know the page at this address, as `prepare` does.
    #[wasm_bindgen(js_name = preparePage)]
    pub fn prepare_page(&self, url: &str) -> Promise {
        let needs = self.book.searcher.borrow().needs_of_page(url);
        self.book.bring_all(needs)
    }

    /// Fetches these passages, as `prepare` does.
    #[wasm_bindgen(js_name = preparePassages)]
    pub fn prepare_passages(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number[]")] passages: Array,
    ) -> Promise {
        let needs = self
            .book
            .searcher
            .borrow()
            .needs_of_passages(&whole_numbers(&passages));
        self.book.bring_all(needs)
    }

    /// Asks again for files that could not be had, when a query needs them.
    pub fn retry(&self) {
        self.book.searcher.borrow_mut().retry();
    }

    /// What the book is.
    #[wasm_bindgen(unchecked_return_type = "BookInfo")]
    pub fn info(&self) -> JsValue {
        let manifest = &self.book.manifest;
        let (encoders, bytes) = (Array::new(), Fields::default());
        if manifest.has_meaning() {
            for tier in [Tier::Small, Tier::Full] {
                encoders.push(&tier_name(tier).into());
            }
            for (name, tier) in TIERS {
                bytes.set(name, self.bytes(tier));
            }
        }
        let info = Fields::default();
        info.set("title", &*manifest.title);
        info.set("lang", &*manifest.lang);
        info.set("pages", manifest.pages);
        info.set("passages", manifest.passages);
        info.set("model", &*manifest.model);
        info.set("hash", &*manifest.hash);
        info.set("generator", &*manifest.generator);
        info.set("encoders", encoders);
        info.set("bytes", bytes);
        info.into()
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
        let response = searcher.search(query, &options);
        Ok(response.map_err(BrowserError::from)?.into_utf16().to_js())
    }

    /// The sentences of these passages that answer a question best, with what is here: the question is to
    /// be prepared as a search is, and the passages too.
    #[wasm_bindgen(unchecked_return_type = "Quote[]")]
    pub fn answer(
        &self,
        question: &str,
        #[wasm_bindgen(unchecked_param_type = "number[]")] passages: Array,
    ) -> Result<Array, JsValue> {
        let mut searcher = self.book.searcher.borrow_mut();
        let quotes = searcher.answer(question, &whole_numbers(&passages));
        Ok(list(&quotes.map_err(BrowserError::from)?))
    }

    /// Those of these passages that are here.
    #[wasm_bindgen(unchecked_return_type = "PassageText[]")]
    pub fn passages(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number[]")] passages: Array,
    ) -> Array {
        let searcher = self.book.searcher.borrow();
        let here = whole_numbers(&passages).into_iter().filter_map(|passage| {
            let located = searcher.pages().locate(passage)?;
            Some(passage_text(passage, &located))
        });
        here.collect()
    }

    /// The page at an address below the site's base URL, if the book has it and what leads to it is here.
    #[wasm_bindgen(unchecked_return_type = "PageInBook | undefined")]
    pub fn page(&self, url: &str) -> JsValue {
        let searcher = self.book.searcher.borrow();
        let page = searcher.page(url);
        page.map(Entry::to_js).unwrap_or_default()
    }

    /// Those of the passages of a page that a reader has selected this text of, and their neighbours; as
    /// many as an answer is made of, none where the text is of none.
    #[wasm_bindgen(unchecked_return_type = "number[]")]
    pub fn around(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number[]")] passages: Array,
        text: &str,
    ) -> Array {
        let searcher = self.book.searcher.borrow();
        list(&searcher.around(&whole_numbers(&passages), text))
    }

    /// Bytes still to fetch for an encoder.
    fn bytes(&self, tier: Tier) -> f64 {
        let kept = match tier {
            Tier::Full => self.book.kept.get(),
            _ => 0,
        };
        load::bytes(&self.book, tier).saturating_sub(kept) as f64
    }
}

/// `SearchOptions` of TypeScript; a field that is undefined is as if it were not there.
fn parse_options(options: JsValue) -> Result<Options, BrowserError> {
    if options.is_undefined() || options.is_null() {
        return Ok(Options::default());
    }
    let wrong = |what: &str| {
        let hint = "Known are limit, mode, explain and within";
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
        mut within,
    } = Options::default();
    if given("limit") {
        limit = number(&options, "limit").ok_or_else(|| wrong("limit is no whole number"))?;
    }
    if given("mode") {
        let found = mode_of(&text(&options, "mode").unwrap_or_default());
        mode = found.ok_or_else(|| wrong("mode is none of auto, words, meaning and hybrid"))?;
    }
    if given("explain") {
        let value = field(&options, "explain").as_bool();
        explain = value.ok_or_else(|| wrong("explain is neither true nor false"))?;
    }
    if given("within") {
        let places = texts(&field(&options, "within"));
        within = places.ok_or_else(|| wrong("within is no list of addresses"))?;
    }
    Ok(Options {
        limit,
        mode,
        explain,
        within,
    })
}
