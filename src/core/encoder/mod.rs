//! The sentence encoder: text to a unit vector.
//!
//! Weights and activations of the matrix products are 8-bit integers with one scale a row, those
//! of attention 16-bit integers; all else is `f32` ([`math`] says why that is the same everywhere).

mod bert;
mod bert_tables;
pub mod config;
mod four_bit;
pub mod general;
pub mod parts;
mod pieces;
mod projection;
pub mod tokenizer;
pub mod vocabulary;
pub mod weights;

pub use bert::Cleaning;
pub use config::{Activation, Config, Pooling};
pub use general::General;
pub use lectern_kernels::{Backend, Product, ProductScratch, Scratch, math, quantize};
pub use projection::Projection;
pub use tokenizer::Tokenizer;
pub use vocabulary::Vocabulary;

use lectern_kernels::{Forward, Weights};

use crate::Result;
use crate::shelf::codec::{Reader, Writer};

/// Name of this section in errors.
const SECTION: &str = "encoder";

/// What a text is to the encoder; some models want another prompt for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What a reader asks.
    Query,
    /// What is searched.
    Passage,
}

/// A BERT-family sentence encoder with its tokenizer.
#[derive(Debug)]
pub struct Encoder {
    config: Config,
    vocabulary: Vocabulary,
    weights: Weights,
    backend: Backend,
    /// Word ids of one text.
    ids: Vec<u32>,
    batch: Batch,
    scratch: Scratch,
}

/// Texts that are encoded together.
#[derive(Debug, Default)]
struct Batch {
    /// Word ids of all, one after the other.
    ids: Vec<u32>,
    /// Where each ends.
    ends: Vec<usize>,
}

/// Tokens of a batch, if no text alone has more: enough to make good use of each weight that is
/// read, few enough to stay in the second cache.
const BATCH_TOKENS: usize = 128;

impl Encoder {
    /// Opens the payload of an encoder section with the fastest kernels of this machine.
    pub fn open(payload: &[u8]) -> Result<Self> {
        Self::with_backend(payload, Backend::detect())
    }

    /// Opens the payload of an encoder section with the kernels of `backend`.
    pub fn with_backend(payload: &[u8], backend: Backend) -> Result<Self> {
        let mut r = Reader::new(SECTION, payload);
        let config = Config::read(&mut r)?;
        let tokenizer = r.bytes()?;
        r.bytes()?;
        let weights = weights::weights(&mut r, &config, backend)?;
        r.end()?;
        let vocabulary = Vocabulary::of_model(&config, tokenizer)?;
        Ok(Self {
            config,
            vocabulary,
            weights,
            backend,
            ids: Vec::new(),
            batch: Batch::default(),
            scratch: Scratch::default(),
        })
    }

    /// Shape and name of the model.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The instruction set in use.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Ids of a text as the encoder sees it: prompt, text, special tokens, cut to what fits.
    pub fn tokens(&mut self, text: &str, role: Role) -> Result<&[u32]> {
        self.ids.clear();
        self.ids.push(self.config.special[0]);
        self.vocabulary.tokens(text, role, &mut self.ids);
        self.ids.truncate(self.config.positions - 1);
        self.ids.push(self.config.special[1]);
        Ok(&self.ids)
    }

    /// Number of wordpieces of a text, special tokens not counted, however long it is.
    pub fn count(&mut self, text: &str) -> Result<usize> {
        Ok(self.vocabulary.count(text, &mut self.ids))
    }

    /// The unit vector of a text, `config().hidden` values, in `out`.
    pub fn encode(&mut self, text: &str, role: Role, out: &mut Vec<f32>) -> Result<()> {
        self.encode_batch(&[(text, role)], out)
    }

    /// The unit vectors of some texts, one after the other, in `out`: the same bits as by
    /// [`Encoder::encode`], in less time. Texts of like length share the work best.
    pub fn encode_batch(&mut self, texts: &[(&str, Role)], out: &mut Vec<f32>) -> Result<()> {
        out.clear();
        self.batch.ids.clear();
        self.batch.ends.clear();
        for &(text, role) in texts {
            self.tokens(text, role)?;
            if self.batch.ids.len() + self.ids.len() > BATCH_TOKENS {
                self.forward(out);
            }
            self.batch.ids.extend_from_slice(&self.ids);
            self.batch.ends.push(self.batch.ids.len());
        }
        self.forward(out);
        Ok(())
    }

    /// Encodes the batch, appends its vectors to `out` and empties it.
    fn forward(&mut self, out: &mut Vec<f32>) {
        let Batch { ids, ends } = &mut self.batch;
        if !ids.is_empty() {
            let pass = Forward {
                shape: &self.config.shape(),
                weights: &self.weights,
                ids,
                ends,
                scratch: &mut self.scratch,
                out,
            };
            pass.run_on(self.backend);
        }
        ids.clear();
        ends.clear();
    }
}

/// Writes the payload of a model file: configuration, tokenizer (the payload of [`tokenizer::write()`]),
/// the general part or nothing, and what `weights` appends.
pub fn write(config: &Config, tokenizer: &[u8], general: &[u8], weights: &[u8]) -> Vec<u8> {
    let mut w = Writer::new();
    config.write(&mut w);
    w.bytes(tokenizer);
    w.bytes(general);
    w.raw(weights);
    w.finish()
}

/// The parts of a model file's payload that depend on the vocabulary.
pub fn vocabulary(payload: &[u8]) -> Result<(Config, Tokenizer)> {
    let mut r = Reader::new(SECTION, payload);
    let config = Config::read(&mut r)?;
    let tokenizer = vocabulary::model_tokenizer(&config, r.bytes()?)?;
    Ok((config, tokenizer))
}

/// The general part of a model file's payload, if it has one.
pub fn general(payload: &[u8]) -> Result<Option<General<'_>>> {
    let mut r = Reader::new(SECTION, payload);
    let config = Config::read(&mut r)?;
    r.bytes()?;
    match r.bytes()? {
        [] => Ok(None),
        general => General::open(general, config.vocabulary, config.hidden).map(Some),
    }
}

/// A model file's payload with this general part, in place of the one it had.
pub fn with_general(payload: &[u8], general: &[u8]) -> Result<Vec<u8>> {
    let mut r = Reader::new(SECTION, payload);
    let config = Config::read(&mut r)?;
    let tokenizer = r.bytes()?;
    r.bytes()?;
    if !general.is_empty() {
        General::open(general, config.vocabulary, config.hidden)?;
    }
    let weights = r.raw(r.remaining())?;
    Ok(write(&config, tokenizer, general, weights))
}
