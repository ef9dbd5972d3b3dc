//! Embedding of passages: what one thread needs.

use lectern_core::encoder::{Encoder, Role};
use lectern_core::meaning::embedding;
use lectern_core::shelf::{self, Kind};

use crate::IndexError;

/// An encoder for passages. Each thread has its own.
#[derive(Debug)]
pub struct Embedder {
    encoder: Encoder,
    vector: Vec<f32>,
}

impl Embedder {
    /// Opens a model file.
    pub fn open(model: &[u8]) -> Result<Self, IndexError> {
        let encoder = Encoder::open(shelf::unwrap(Kind::Encoder, model)?)?;
        Ok(Self {
            encoder,
            vector: Vec::new(),
        })
    }

    /// The vector of a passage in the form that caches and [`crate::Indexer::set_vector`] take.
    pub fn embed(&mut self, text: &str) -> Result<Vec<u8>, IndexError> {
        self.encoder.encode(text, Role::Passage, &mut self.vector)?;
        Ok(embedding::encode(&self.vector))
    }

    /// The encoder itself.
    pub fn encoder(&mut self) -> &mut Encoder {
        &mut self.encoder
    }
}
