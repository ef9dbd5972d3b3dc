//! An open shelf: passages by number and by page, search, quotations.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lectern_core::answer::Quote;
use lectern_core::search::{Located, Options, Response, Searcher, Tier, address};
use lectern_core::shelf::{MANIFEST, Manifest};
use lectern_core::{Error, Result};
use lectern_indexer::{OpenError, Scan, open, parse_manifest};
use tokio::sync::Semaphore;

/// An open shelf.
#[derive(Debug)]
pub struct Book {
    manifest: Manifest,
    /// A search needs scratch memory, so there is one at a time: about a millisecond each.
    searcher: Mutex<Searcher>,
    /// Whose turn it is to search: who waits here waits without a thread.
    turn: Semaphore,
    /// Passages in reading order by the address of their page.
    pages: HashMap<String, Vec<u32>>,
}

/// A passage and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Its number in the book.
    pub id: u32,
    /// Address of its section below the site's base URL.
    pub url: String,
    /// Address of its page below the site's base URL.
    pub page: String,
    /// Title of its page.
    pub title: String,
    /// Headings above it, from the page's second level down.
    pub headings: Vec<String>,
    /// Its text.
    pub text: String,
}

impl Book {
    /// Opens a shelf, all of it, with the encoder that costs a reader nothing, so that results equal
    /// those of a browser.
    pub(super) fn open(dir: &Path) -> std::result::Result<Self, OpenError> {
        let manifest = parse_manifest(&read(dir, MANIFEST)?)?;
        let tier = match manifest.has_meaning() {
            true => Tier::Small,
            false => Tier::None,
        };
        let mut read = |name: &str| std::fs::read(dir.join(name));
        let (manifest, searcher) = open(&mut read, tier, Scan::All)?;
        let mut pages = HashMap::<String, Vec<u32>>::new();
        for (id, located) in searcher.pages().iter() {
            match pages.get_mut(&located.page.url) {
                Some(own) => own.push(id),
                None => drop(pages.insert(located.page.url.clone(), vec![id])),
            }
        }
        Ok(Self {
            manifest,
            searcher: Mutex::new(searcher),
            turn: Semaphore::new(1),
            pages,
        })
    }

    /// What two shelves of the same book share.
    pub fn hash(&self) -> &str {
        &self.manifest.hash
    }

    /// Title, language and counts.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The passage of a number, if there is one.
    pub fn passage(&self, id: u32) -> Option<Passage> {
        let searcher = self.searcher();
        let located = searcher.pages().locate(id)?;
        Some(Passage::new(id, &located))
    }

    /// The passages of these numbers, in their order.
    ///
    /// # Errors
    /// The first number that the book does not have.
    pub fn passages(&self, ids: &[u32]) -> std::result::Result<Vec<Passage>, u32> {
        let searcher = self.searcher();
        let pages = searcher.pages();
        let passage = |&id: &u32| Ok(Passage::new(id, &pages.locate(id).ok_or(id)?));
        ids.iter().map(passage).collect()
    }

    /// The first of these numbers that the book does not have.
    pub fn unknown(&self, ids: &[u32]) -> Option<u32> {
        let searcher = self.searcher();
        let pages = searcher.pages();
        let mut ids = ids.iter().copied();
        ids.find(|&id| pages.locate(id).is_none())
    }

    /// Numbers of the passages of a page in reading order; `None` where there is no such page. The
    /// address may have a slash at either end and an anchor.
    pub fn page(&self, url: &str) -> Option<&[u32]> {
        let page = url.split(['#', '?']).next().unwrap_or_default();
        let page = page.trim_start_matches('/');
        let own = self.pages.get(page);
        own.or_else(|| self.pages.get(page.trim_end_matches('/')))
            .map(Vec::as_slice)
    }

    /// The passages before and after this one on its page.
    pub fn neighbours(&self, passage: &Passage) -> [Option<u32>; 2] {
        let own = self.page(&passage.page).unwrap_or_default();
        let place = own.iter().position(|&id| id == passage.id);
        let at = |place: Option<usize>| own.get(place?).copied();
        [
            at(place.and_then(|place| place.checked_sub(1))),
            at(place.map(|place| place + 1)),
        ]
    }

    /// Searches the book.
    ///
    /// # Errors
    /// The query is empty or longer than a question is.
    pub async fn search(self: &Arc<Self>, query: String, options: Options) -> Result<Response> {
        self.take_turn(move |searcher| searcher.search(&query, &options))
            .await
    }

    /// The sentences of these passages that answer a question best, each with the place of its
    /// passage, counted from 1; none where nothing fits.
    ///
    /// # Errors
    /// The question is empty or too long.
    pub async fn quotes(
        self: &Arc<Self>,
        question: String,
        passages: Vec<u32>,
    ) -> Result<Vec<Quote>> {
        self.take_turn(move |searcher| searcher.answer(&question, &passages))
            .await
    }

    /// Runs what takes its time on a thread that may.
    async fn take_turn<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut Searcher) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        // Never closed, so this waits and does not fail.
        let _turn = self.turn.acquire().await;
        let book = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || work(&mut book.searcher()));
        done.await
            .unwrap_or_else(|_| Err(Error::Model("the search did not end".into())))
    }

    /// The searcher. One whose thread failed is as good as before: a search begins by clearing.
    fn searcher(&self) -> MutexGuard<'_, Searcher> {
        self.searcher.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Passage {
    fn new(id: u32, located: &Located<'_>) -> Self {
        Self {
            id,
            url: address(located),
            page: located.page.url.clone(),
            title: located.page.title.clone(),
            headings: located.section.headings.clone(),
            text: located.passage.text.clone(),
        }
    }
}

/// A file of a shelf.
pub(super) fn read(dir: &Path, name: &str) -> std::result::Result<Vec<u8>, OpenError> {
    std::fs::read(dir.join(name)).map_err(|source| OpenError::Read {
        name: name.to_owned(),
        source,
    })
}
