//! The relay's copy of the book.

mod embedding;
mod shelf;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use lectern_core::shelf::MANIFEST;
use lectern_indexer::{OpenError, parse_manifest};

pub use embedding::{EmbedError, Embedding};
pub use shelf::{Book, Passage};

/// The shelf, open; a newer one takes its place without requests that notice.
#[derive(Debug)]
pub struct Library {
    dir: PathBuf,
    book: ArcSwap<Book>,
    embedding: Embedding,
}

/// Why a shelf's folder cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("the shelf in {} cannot be opened: {source}. Copy the whole folder again, or rebuild it with `lectern index`", dir.display())]
pub struct LibraryError {
    dir: PathBuf,
    source: OpenError,
}

impl Library {
    /// Opens the shelf in this folder. The encoder of the model file, if there is one, is opened when
    /// it is first asked.
    ///
    /// # Errors
    /// The folder is no shelf, lacks files, or is of another version.
    pub fn open(dir: &Path, model: Option<&Path>) -> Result<Self, LibraryError> {
        let book = Book::open(dir).map_err(|source| failed(dir, source))?;
        Ok(Self {
            dir: dir.to_owned(),
            book: ArcSwap::from_pointee(book),
            embedding: Embedding::new(model),
        })
    }

    /// The book as it is now. A request takes it once, so that all it does is of one book.
    pub fn book(&self) -> Arc<Book> {
        self.book.load_full()
    }

    /// The encoder for readers who have none.
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// Opens the shelf again where its manifest names another book; whether it did. Requests that are
    /// under way keep the one they have. Reads files: not for an async thread.
    ///
    /// # Errors
    /// As [`Library::open`]; the book stays the one that was open.
    pub fn reload(&self) -> Result<bool, LibraryError> {
        let fail = |source| failed(&self.dir, source);
        if self.stored_hash().map_err(fail)? == self.book.load().hash() {
            return Ok(false);
        }
        let book = Book::open(&self.dir).map_err(fail)?;
        self.book.store(Arc::new(book));
        Ok(true)
    }

    fn stored_hash(&self) -> Result<String, OpenError> {
        Ok(parse_manifest(&shelf::read(&self.dir, MANIFEST)?)?.hash)
    }
}

fn failed(dir: &Path, source: OpenError) -> LibraryError {
    LibraryError {
        dir: dir.to_owned(),
        source,
    }
}
