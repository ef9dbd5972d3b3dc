//! The passages that an answer may cite, numbered from 1.

use std::sync::Arc;

use http::StatusCode;
use lectern_core::search::{Mode as SearchMode, Options};

use super::request::{Mode, Question, clip};
use crate::book::{Book, Passage};
use crate::error::ApiError;

/// Passages that an answer begins with, where the relay chooses them.
pub const CHOSEN: usize = 8;

/// Passages that one search of the model adds at most.
pub const FOUND: usize = 4;

/// Most passages of one answer, searches included.
pub const MOST: usize = 32;

/// Hits that are looked through for those of one page.
const LOOKED_THROUGH: usize = 60;

/// The passages of one answer: by their numbers in the book, which has their text. There are thousands of answers at a
/// time.
#[derive(Debug, Clone)]
pub struct Sources {
    book: Arc<Book>,
    ids: Vec<u32>,
    /// How many of them there were before the model searched.
    chosen: usize,
}

impl Sources {
    /// No passages yet, of this book.
    pub fn new(book: Arc<Book>) -> Self {
        Self {
            book,
            ids: Vec::new(),
            chosen: 0,
        }
    }

    /// The passages for a question: those that the client names, or what the relay finds.
    ///
    /// # Errors
    /// 409 where the client has another book, 404 of passages or pages that this book does not have.
    pub async fn of(book: Arc<Book>, question: &Question) -> Result<Self, ApiError> {
        check_hash(&book, question.book.as_deref())?;
        if question.book.is_none() && !question.passages.is_empty() {
            return Err(ApiError::bad_request(
                "book_missing",
                "`passages` are numbers of one book; send its hash as `book`, as the manifest of the shelf has it",
            ));
        }
        let mut sources = Self::new(book);
        let mut ids = question.passages.clone();
        if ids.is_empty() {
            ids = sources.choose(question).await?;
        }
        sources.add(&ids)?;
        sources.chosen = ids.len();
        Ok(sources)
    }

    /// The passages of a page, the first ones of a long page.
    ///
    /// # Errors
    /// 409 where the client has another book, 404 where there is no such page.
    pub fn of_page(book: Arc<Book>, url: &str, hash: Option<&str>) -> Result<Self, ApiError> {
        check_hash(&book, hash)?;
        let mut sources = Self::new(book);
        let own = sources.page(url)?;
        let own: Vec<u32> = own.into_iter().take(MOST).collect();
        sources.add(&own)?;
        sources.chosen = own.len();
        Ok(sources)
    }

    /// The book that they are of.
    pub fn book(&self) -> &Arc<Book> {
        &self.book
    }

    /// The passages from this number on, with their numbers; the first has number 1.
    pub fn from(&self, first: u32) -> impl Iterator<Item = (u32, Passage)> {
        let before = first.saturating_sub(1);
        let ids = self.ids.get(before as usize..).unwrap_or_default();
        (first..).zip(self.read(ids))
    }

    /// Those that the answer began with.
    pub fn chosen(&self) -> Vec<Passage> {
        self.read(self.ids.get(..self.chosen).unwrap_or_default())
    }

    /// The passage of this number.
    pub fn numbered(&self, number: u32) -> Option<Passage> {
        let at = (number as usize).checked_sub(1)?;
        self.book.passage(*self.ids.get(at)?)
    }

    /// How many there are, which is the highest number.
    pub fn len(&self) -> u32 {
        self.ids.len() as u32
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Their numbers in the book.
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// All numbers were looked up in this book before, so none is unknown.
    fn read(&self, ids: &[u32]) -> Vec<Passage> {
        self.book.passages(ids).unwrap_or_default()
    }

    /// Searches, and adds what is new. The numbers of what was found, new or not, in the order of the
    /// hits; none where nothing was found.
    pub async fn search(&mut self, query: &str) -> Vec<u32> {
        let found = self.find(query, FOUND).await.unwrap_or_default();
        let mut numbers = Vec::new();
        for id in found {
            let known = self.ids.iter().position(|&own| own == id);
            if known.is_none() && (self.ids.len() >= MOST || self.add(&[id]).is_err()) {
                continue;
            }
            numbers.push(known.unwrap_or(self.ids.len() - 1) as u32 + 1);
        }
        numbers
    }

    fn add(&mut self, ids: &[u32]) -> Result<(), ApiError> {
        if let Some(id) = self.book.unknown(ids) {
            return Err(ApiError::new(
                StatusCode::NOT_FOUND,
                "unknown_passage",
                format!(
                    "the book has no passage {id}; reload the page, so that search is of the same book"
                ),
            ));
        }
        self.ids.extend(ids);
        Ok(())
    }

    async fn choose(&self, question: &Question) -> Result<Vec<u32>, ApiError> {
        match (question.mode, &question.page, &question.selection) {
            (Mode::Page, Some(page), _) => {
                let own = self.page(page)?;
                self.best_of(own, question).await
            }
            (Mode::Selection, Some(page), Some(selection)) => {
                let own = self.page(page)?;
                let around = self.around(&own, selection);
                match around.is_empty() {
                    true => self.best_of(own, question).await,
                    false => Ok(around),
                }
            }
            (Mode::Selection, None, Some(selection)) => {
                let about = format!("{} {}", question.text, clip(selection, 300));
                self.find(&about, CHOSEN).await
            }
            _ => self.find_all(&question.queries(), CHOSEN).await,
        }
    }

    fn page(&self, url: &str) -> Result<Vec<u32>, ApiError> {
        let own = self.book.page(url).map(<[u32]>::to_vec);
        own.ok_or_else(|| ApiError::not_found("page in the book"))
    }

    /// Of the passages of a page those that a search finds best, in reading order; all of a short page.
    async fn best_of(&self, own: Vec<u32>, question: &Question) -> Result<Vec<u32>, ApiError> {
        if own.len() <= CHOSEN {
            return Ok(own);
        }
        let found = self.find_all(&question.queries(), LOOKED_THROUGH).await?;
        let mut best: Vec<u32> = found.into_iter().filter(|id| own.contains(id)).collect();
        best.truncate(CHOSEN);
        for &id in &own {
            if best.len() < CHOSEN && !best.contains(&id) {
                best.push(id);
            }
        }
        best.sort_by_key(|id| own.iter().position(|own| own == id));
        Ok(best)
    }

    /// The passages of a page that share text with a selection, and their neighbours.
    fn around(&self, own: &[u32], selection: &str) -> Vec<u32> {
        let lines = selection.lines().map(str::trim);
        let lines: Vec<&str> = lines.filter(|line| line.chars().count() >= 12).collect();
        let passages = self.book.passages(own).unwrap_or_default();
        let mut around = Vec::new();
        for passage in &passages {
            let shares = lines.iter().any(|line| passage.text.contains(line));
            if shares || passage.text.contains(selection.trim()) {
                let [before, after] = self.book.neighbours(passage);
                around.extend(before.into_iter().chain([passage.id]).chain(after));
            }
        }
        let chosen = own.iter().copied().filter(|id| around.contains(id));
        chosen.take(CHOSEN).collect()
    }

    /// What searches find, each in its turn: the first of each, then the second of each, and so on.
    async fn find_all(&self, queries: &[String], limit: usize) -> Result<Vec<u32>, ApiError> {
        let mut lists = Vec::new();
        for query in queries {
            lists.push(self.find(query, limit).await?);
        }
        let mut found = Vec::new();
        for rank in 0..limit {
            for id in lists.iter().filter_map(|list| list.get(rank)) {
                if found.len() < limit && !found.contains(id) {
                    found.push(*id);
                }
            }
        }
        Ok(found)
    }

    async fn find(&self, query: &str, limit: usize) -> Result<Vec<u32>, ApiError> {
        let options = Options {
            limit,
            mode: SearchMode::Auto,
            ..Options::default()
        };
        let query = clip(query, lectern_core::search::LONGEST_QUERY - 1).into_owned();
        let response = self.book.search(query, options).await;
        let response = response.map_err(|error| match error {
            lectern_core::Error::EmptyQuery | lectern_core::Error::LongQuery { .. } => {
                ApiError::bad_request("question_empty", error.to_string())
            }
            error => ApiError::internal(error),
        })?;
        Ok(response.ranked().iter().map(|hit| hit.passage).collect())
    }
}

/// Checks that a client that tells the hash of its book has the same as the relay.
///
/// # Errors
/// 409 where it is another.
pub fn check_hash(book: &Book, hash: Option<&str>) -> Result<(), ApiError> {
    match hash {
        Some(hash) if hash != book.hash() => Err(ApiError::new(
            StatusCode::CONFLICT,
            "shelf_changed",
            "the book has changed since the page was loaded; reload the page and ask again",
        )),
        _ => Ok(()),
    }
}
