//! Model files: from a sentence-transformers folder to Lectern's weight file, and from that to the
//! encoder that a book ships.

mod import;
mod tensors;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod vocabulary;

pub use import::{Folder, import, with_general};
pub use vocabulary::ModelVocabulary;

use thiserror::Error;

/// Why a model folder cannot be imported.
#[derive(Debug, Error)]
pub enum ModelError {
    /// A file of the folder does not say what it should.
    #[error("{file}: {what}")]
    File {
        /// Name of the file.
        file: &'static str,
        /// What is wrong, and what would be right.
        what: String,
    },
    /// The model is of a kind that is not supported.
    #[error(
        "{0}. Supported are BERT-family sentence encoders: WordPiece tokenizer, absolute positions, mean or CLS pooling"
    )]
    Unsupported(String),
    /// A weight is missing or has the wrong shape.
    #[error("model.safetensors: {name}: {what}")]
    Tensor {
        /// Name of the tensor.
        name: String,
        /// What is wrong with it.
        what: String,
    },
    /// The result cannot be used.
    #[error(transparent)]
    Core(#[from] lectern_core::Error),
}

#[cfg(test)]
mod part_tests;
#[cfg(test)]
mod tests;
