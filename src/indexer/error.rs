//! Why a book cannot be indexed.

use thiserror::Error;

use crate::html::ExtractError;
use crate::model::ModelError;

/// Why a book cannot be indexed; every message says what to do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum IndexError {
    /// No page gave a passage.
    #[error(
        "no page with text was found ({skipped} left out). Build the site first and name its output folder; pages need a <main> or an <article>"
    )]
    NoPassages {
        /// Pages that were left out.
        skipped: usize,
    },
    /// A page cannot be read.
    #[error(transparent)]
    Page(#[from] ExtractError),
    /// The model file cannot be used.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The model file or a cached vector is damaged.
    #[error(transparent)]
    Core(#[from] lectern_core::Error),
    /// A vector or table was given for a book that is searched by words alone.
    #[error("this book is searched by words alone: start it with a model to search it by meaning")]
    WordsAlone,
    /// A text was not embedded before the end.
    #[error("{missing} texts have no vector yet: embed all that `pending` names first")]
    NotEmbedded {
        /// Texts without a vector.
        missing: usize,
    },
    /// The graph library did something its version should not.
    #[error("the graph cannot be built: {0}. Please report this")]
    Graph(String),
    /// A section of the shelf cannot be compressed or written in memory.
    #[error("a section cannot be compressed: {0}")]
    Compress(#[from] std::io::Error),
}
