//! From text to wordpiece ids, by the `tokenizers` crate.

use tokenizers::pipeline::{EncodeOptions, Override, PipelineToken, PipelineTokenizer};

use crate::{Error, Result};

/// A WordPiece tokenizer (Schuster & Nakajima 2012; Wu et al. 2016).
pub struct Tokenizer {
    inner: PipelineTokenizer,
    options: EncodeOptions,
    tokens: Vec<PipelineToken>,
}

impl std::fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokenizer")
    }
}

impl Tokenizer {
    /// Reads a `tokenizer.json` in the canonical form that `tokenizers::canonicalize_str` writes.
    pub fn open(json: &str) -> Result<Self> {
        let inner = tokenizers::from_json(json).map_err(|e| Error::Model(e.to_string()))?;
        let options = EncodeOptions {
            // Words like `[SEP]` in a reader's text are text.
            encode_special_tokens: true,
            padding: Override::Off,
            truncation: Override::Off,
            ..EncodeOptions::no_specials()
        };
        Ok(Self {
            inner,
            options,
            tokens: Vec::new(),
        })
    }

    /// Appends the ids of `text` to `ids`, without special tokens.
    pub fn encode_into(&mut self, text: &str, ids: &mut Vec<u32>) -> Result<()> {
        self.tokens.clear();
        self.inner
            .encode_into(text, &self.options, &mut self.tokens)
            .map_err(|e| Error::Model(e.to_string()))?;
        ids.extend(self.tokens.iter().map(|token| token.id()));
        Ok(())
    }
}
