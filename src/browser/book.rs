//! An open book, and what is on its way to it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Promise};
use lectern_core::Error;
use lectern_core::search::{Need, Searcher, Tier};
use lectern_core::shelf::{Kind, Manifest};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use crate::error::BrowserError;
use crate::files::{File, fetch};
use crate::http::Progress;
use crate::relay::{Question, embed};

/// A book and where the rest of it is.
///
/// Its cells are borrowed for as long as something is computed, never while the network is waited
/// for, so a search can run while an encoder is loading.
pub(crate) struct Book {
    /// Address of the shelf, with a slash at its end.
    pub shelf: String,
    pub manifest: Manifest,
    pub searcher: RefCell<Searcher>,
    /// Address of the relay, once it was given.
    pub relay: RefCell<Option<String>>,
    /// Bytes of the full encoder that this browser has kept.
    pub kept: Cell<u64>,
    /// What is being fetched for queries, each need once.
    flights: RefCell<Vec<(Need, Promise)>>,
}

impl Book {
    /// A book that is searched by words.
    pub fn new(shelf: String, manifest: Manifest, searcher: Searcher) -> Self {
        Self {
            shelf,
            manifest,
            searcher: RefCell::new(searcher),
            relay: RefCell::default(),
            kept: Cell::default(),
            flights: RefCell::default(),
        }
    }

    /// The encoder that reads queries.
    pub fn tier(&self) -> Tier {
        self.searcher.borrow().tier()
    }

    /// What a query needs before it can be searched by meaning.
    pub fn needs(&self, query: &str) -> Result<Vec<Need>, Error> {
        self.searcher.borrow_mut().needs(query)
    }

    /// Fetches what a query needs.
    pub async fn prepare(self: &Rc<Self>, query: &str) -> Result<(), JsValue> {
        let needs = self.needs(query).map_err(BrowserError::from)?;
        let flights: Array = needs.into_iter().map(|need| self.flight(need)).collect();
        JsFuture::from(Promise::all(&flights)).await?;
        Ok(())
    }

    /// The fetch of what is needed, which may be under way.
    fn flight(self: &Rc<Self>, need: Need) -> Promise {
        let mut flights = self.flights.borrow_mut();
        if let Some((_, flight)) = flights.iter().find(|(other, _)| *other == need) {
            return flight.clone();
        }
        let (book, own) = (Rc::clone(self), need.clone());
        let flight = future_to_promise(async move {
            let landed = book.bring(own.clone()).await;
            let mut flights = book.flights.borrow_mut();
            flights.retain(|(other, _)| *other != own);
            landed.map(|()| JsValue::UNDEFINED).map_err(JsValue::from)
        });
        flights.push((need, flight.clone()));
        flight
    }

    async fn bring(&self, need: Need) -> Result<(), BrowserError> {
        match need {
            Need::Block(place, part) => {
                let file = File::part(Kind::Block, part);
                let block = fetch(&self.shelf, &file, &Progress::new(None, 0)).await?;
                self.searcher.borrow_mut().add_block(place, &block)?;
            }
            Need::Vector(text) => {
                let relay = self.relay.borrow().clone().ok_or(Error::NoMeaning)?;
                let question = Question {
                    input: &text,
                    model: &self.manifest.model,
                    book: &self.manifest.hash,
                };
                let vector = embed(&relay, &question).await?;
                self.searcher.borrow_mut().set_vector(text, vector)?;
            }
        }
        Ok(())
    }
}
