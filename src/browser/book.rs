//! An open book, and what is on its way to it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Promise};
use lectern_core::Error;
use lectern_core::search::{Need, Options, Searcher, Tier};
use lectern_core::shelf::Manifest;
use lectern_core::shelf::family::Member;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use crate::error::BrowserError;
use crate::files::{File, fetch, fetch_anew, manifest};
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

    /// The next round of what a query needs.
    pub fn needs(&self, query: &str, options: &Options) -> Result<Vec<Need>, Error> {
        self.searcher.borrow_mut().needs(query, options)
    }

    /// Fetches what is needed. A file that cannot be had is done without, and the first reason is what
    /// the promise comes to.
    ///
    /// It is rejected when the vector of a query cannot be had, and when the site has another index by
    /// now.
    pub fn bring_all(self: &Rc<Self>, needs: Vec<Need>) -> Promise {
        let flights: Array = needs.into_iter().map(|need| self.flight(need)).collect();
        let landed = Promise::all(&flights);
        future_to_promise(async {
            let landed = JsFuture::from(landed).await?.unchecked_into::<Array>();
            let trouble = landed.iter().find(|trouble| !trouble.is_undefined());
            Ok(trouble.unwrap_or_default())
        })
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
            let trouble = landed?;
            Ok(trouble.map_or(JsValue::UNDEFINED, JsValue::from))
        });
        flights.push((need, flight.clone()));
        flight
    }

    async fn bring(&self, need: Need) -> Result<Option<BrowserError>, BrowserError> {
        match need {
            Need::Part(member) => {
                let Err(trouble) = self.bring_part(member).await else {
                    return Ok(None);
                };
                if matches!(trouble, BrowserError::Gone { .. }) && self.has_changed().await {
                    return Err(BrowserError::Changed);
                }
                self.searcher.borrow_mut().lose(member);
                Ok(Some(trouble))
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
                Ok(None)
            }
        }
    }

    async fn bring_part(&self, member: Member) -> Result<(), BrowserError> {
        let file = File::member(member);
        let progress = Progress::new(None, 0);
        let content = match fetch(&self.shelf, &file, &progress).await {
            Ok(content) if member.unwrap(&content).is_ok() => content,
            // A damaged copy may be the browser's own.
            Ok(_) | Err(BrowserError::Core(_)) => fetch_anew(&self.shelf, &file, &progress).await?,
            Err(error) => return Err(error),
        };
        self.searcher.borrow_mut().add_part(member, &content)?;
        Ok(())
    }

    /// Whether the site has another index than the one that is open.
    async fn has_changed(&self) -> bool {
        let now = manifest(&self.shelf).await;
        now.is_ok_and(|now| now.hash != self.manifest.hash)
    }
}
