//! From text to wordpiece ids, by the `tokenizers` crate.

use tokenizers::pipeline::{
    EncodeOptions, Override, PipelineModel, PipelineToken, PipelineTokenizer,
};

use crate::{Error, Result};

/// Most characters of a word that is cut into pieces; a tokenizer reserves memory for as many.
const LONGEST_WORD: usize = 1 << 16;

/// A WordPiece tokenizer (Schuster & Nakajima 2012; Wu et al. 2016).
pub struct Tokenizer {
    inner: PipelineTokenizer,
    unknown: u32,
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
        let unknown = unknown(&inner)?;
        let options = EncodeOptions {
            // Words like `[SEP]` in a reader's text are text.
            encode_special_tokens: true,
            padding: Override::Off,
            truncation: Override::Off,
            ..EncodeOptions::no_specials()
        };
        Ok(Self {
            inner,
            unknown,
            options,
            tokens: Vec::new(),
        })
    }

    /// Id of the token that stands for a word with an unknown character in it.
    pub fn unknown(&self) -> u32 {
        self.unknown
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

/// The unknown token's id, and that encoding with this tokenizer will succeed.
fn unknown(tokenizer: &PipelineTokenizer) -> Result<u32> {
    let fail = |what: &str| Err(Error::Model(what.into()));
    let PipelineModel::WordPiece(pieces) = tokenizer.get_model() else {
        return fail("its tokenizer is not WordPiece");
    };
    if pieces.max_input_chars_per_word() > LONGEST_WORD {
        return fail("its tokenizer takes words of an impossible length");
    }
    let Some(name) = pieces.unk_token() else {
        return fail("its tokenizer has no token for unknown words");
    };
    let found = pieces.vocab().into_iter().find(|(token, _)| token == name);
    found.map_or_else(|| fail("its unknown token has no id"), |(_, id)| Ok(id))
}
