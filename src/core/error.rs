//! The one error type of this crate. Every message says what to do about it.

use thiserror::Error;

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What can go wrong when a shelf is opened or searched. [`Error::code`] is stable, the text is not.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes end before the section does.
    #[error(
        "{section} is cut short: {need} bytes needed, {have} there. Load it again; if that does not help, rebuild the index"
    )]
    Truncated {
        /// Name of the section.
        section: &'static str,
        /// Bytes needed.
        need: u64,
        /// Bytes there.
        have: u64,
    },
    /// The bytes are something else altogether.
    #[error(
        "{section} is not part of a Lectern shelf (a server may have answered with an error page). Check the address of the index"
    )]
    NotAShelf {
        /// Name of the section.
        section: &'static str,
    },
    /// The shelf was written by a version of Lectern with another format.
    #[error(
        "{section} has shelf format {got}, this Lectern reads format {expected}. Build the index and the site with the same version of Lectern"
    )]
    Version {
        /// Name of the section.
        section: &'static str,
        /// Version this code reads.
        expected: u16,
        /// Version found.
        got: u16,
    },
    /// The checksum does not fit the bytes.
    #[error(
        "{section} is damaged (checksum). Load it again; if that does not help, rebuild the index"
    )]
    Checksum {
        /// Name of the section.
        section: &'static str,
    },
    /// The bytes are whole but say something impossible.
    #[error("{section} is damaged ({what}). Rebuild the index")]
    Corrupt {
        /// Name of the section.
        section: &'static str,
        /// What is impossible about it.
        what: &'static str,
    },
    /// Sections of two different builds of a book were mixed.
    #[error(
        "the parts of the index do not belong together ({what}). Reload the page; if that does not help, rebuild the index"
    )]
    Mixed {
        /// What does not fit.
        what: &'static str,
    },
    /// Nothing to search for.
    #[error("the query is empty. Type a word or a question")]
    EmptyQuery,
    /// The query is longer than a question is.
    #[error(
        "the query has {chars} characters, the limit is {limit}. Shorten it to the question itself"
    )]
    LongQuery {
        /// Characters in the query.
        chars: usize,
        /// Most characters allowed.
        limit: usize,
    },
    /// Search by meaning was asked for, but the encoder is not loaded.
    #[error("search by meaning is not loaded yet. Load the encoder first, or search by words")]
    NoMeaning,
    /// The shelf was built without what an encoder needs.
    #[error(
        "the index was built without this encoder. Search by words, or build the index with it"
    )]
    NoEncoder,
    /// A tokenizer or weight file that cannot be used.
    #[error("the model cannot be used: {0}")]
    Model(String),
}

impl Error {
    /// A short stable name for programs: the `code` of the errors a browser sees.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Truncated { .. } => "shelf-truncated",
            Self::NotAShelf { .. } => "shelf-missing",
            Self::Version { .. } => "shelf-version",
            Self::Checksum { .. } => "shelf-checksum",
            Self::Corrupt { .. } => "shelf-corrupt",
            Self::Mixed { .. } => "shelf-mixed",
            Self::EmptyQuery => "query-empty",
            Self::LongQuery { .. } => "query-long",
            Self::NoMeaning => "meaning-not-loaded",
            Self::NoEncoder => "encoder-missing",
            Self::Model(_) => "model",
        }
    }
}
