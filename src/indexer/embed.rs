//! Embedding of passages: what one thread needs.

use lectern_core::encoder::{self, Config, Encoder, Projection, Role};
use lectern_core::meaning::embedding;
use lectern_core::shelf::{self, Kind};

use crate::{IndexError, Pending};

/// Bytes of text that a thread takes at a time: some hundred tokens, so that short texts share the
/// work and threads still end together.
const BATCH_BYTES: usize = 4096;

/// Runs of neighbouring texts, each for one call of [`Embedder::embed_batch`].
pub fn batches(texts: &[Pending]) -> Vec<&[Pending]> {
    let mut batches = Vec::new();
    let mut rest = texts;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take_while(|text| {
            bytes += text.text.len();
            bytes <= BATCH_BYTES
        });
        let (batch, others) = rest.split_at(fits.count().max(1));
        batches.push(batch);
        rest = others;
    }
    batches
}

/// An encoder of texts. Each thread has its own.
#[derive(Debug)]
pub struct Embedder {
    encoder: Encoder,
    projection: Option<Projection>,
    vectors: Vec<f32>,
}

impl Embedder {
    /// Opens a model file.
    pub fn open(model: &[u8]) -> Result<Self, IndexError> {
        let payload = shelf::unwrap(Kind::Model, model)?;
        Ok(Self {
            encoder: Encoder::open(payload)?,
            projection: encoder::general(payload)?.map(|general| general.projection),
            vectors: Vec::new(),
        })
    }

    /// The vectors of some texts in their order, in the form that caches and
    /// [`crate::Indexer::set_vector`] take. What a text's vector is does not depend on the others;
    /// texts of like length take the least time.
    pub fn embed_batch(&mut self, texts: &[(&str, Role)]) -> Result<Vec<Vec<u8>>, IndexError> {
        self.encoder.encode_batch(texts, &mut self.vectors)?;
        let size = self.encoder.config().hidden;
        Ok(self.vectors.chunks(size).map(embedding::encode).collect())
    }

    /// The vector of a question with as many values as those of a shelf have, which is what a relay
    /// answers with.
    pub fn embed_question(&mut self, text: &str) -> Result<Vec<f32>, IndexError> {
        let mut vector = Vec::new();
        self.encoder.encode(text, Role::Query, &mut self.vectors)?;
        match &self.projection {
            Some(projection) => projection.apply(&self.vectors, &mut vector),
            None => vector.extend_from_slice(&self.vectors),
        }
        Ok(vector)
    }

    /// What leads from the model's vectors to those of a shelf, where that is not the same.
    pub fn projection(&self) -> Option<&Projection> {
        self.projection.as_ref()
    }

    /// Shape and name of the model.
    pub fn config(&self) -> &Config {
        self.encoder.config()
    }

    /// The encoder itself.
    pub fn encoder(&mut self) -> &mut Encoder {
        &mut self.encoder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_small_and_hold_every_text_once() {
        let text = |length| Pending {
            key: String::new(),
            role: Role::Passage,
            text: "x".repeat(length),
        };
        let texts = [9_000, 4_096, 4_000, 96, 1, 2_000, 2_095].map(text);
        let lengths = |batch: &&[Pending]| batch.iter().map(|t| t.text.len()).collect::<Vec<_>>();
        let found: Vec<Vec<usize>> = batches(&texts).iter().map(lengths).collect();
        let expected: [&[usize]; 4] = [&[9_000], &[4_096], &[4_000, 96], &[1, 2_000, 2_095]];
        assert_eq!(found, expected);
        assert!(batches(&[]).is_empty());
    }
}
