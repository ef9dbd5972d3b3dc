//! The vocabulary of a model: read from its `tokenizer.json`, and cut to what a book needs.

use lectern_core::encoder::tokenizer::{self, Settings, Tokenizer};
use lectern_core::encoder::{self, Cleaning, Config};
use lectern_core::shelf::codec::Writer;
use serde_json::Value;

use super::ModelError;

/// Ids below this are kept whatever the book says: BERT's vocabulary is ordered by frequency, so
/// they are the words that questions are made of.
const COMMON: u32 = 8_000;

/// Ids a vocabulary may have at most, and a guard against a file that names an impossible one.
const LARGEST: usize = 1 << 20;

/// A WordPiece tokenizer as its `tokenizer.json` has it.
#[derive(Debug)]
pub(super) struct Source {
    settings: Settings,
    /// By id; ids without a token are empty.
    tokens: Vec<String>,
}

/// Reads any `tokenizer.json`, old or new, of a tokenizer that works as Lectern's own does. Refuses
/// others: text would be cut into other pieces than those the model was trained with.
pub(super) fn read(bytes: &[u8]) -> Result<Source, ModelError> {
    let text = std::str::from_utf8(bytes).map_err(|e| file(e.to_string()))?;
    let text = tokenizers::canonicalize_str(text).map_err(|e| file(e.to_string()))?;
    let json: Value = serde_json::from_str(&text).map_err(|e| file(e.to_string()))?;
    check(&json)?;
    let model = &json["model"];
    let tokens = tokens(model)?;
    let name = model["unk_token"].as_str().unwrap_or_default();
    let longest = model["max_input_chars_per_word"].as_u64();
    let settings = Settings {
        cleaning: cleaning(&json["normalizer"])?,
        longest_word: longest
            .and_then(|longest| u32::try_from(longest).ok())
            .ok_or_else(|| file("max_input_chars_per_word is no length".into()))?,
        unknown: id(&tokens, name)?,
    };
    Ok(Source { settings, tokens })
}

fn file(what: String) -> ModelError {
    ModelError::File {
        file: "tokenizer.json",
        what,
    }
}

/// That each step is the one that [`Tokenizer`] takes.
fn check(json: &Value) -> Result<(), ModelError> {
    let is = |what: &str, found: &Value, only: &str| match found.as_str() == Some(only) {
        true => Ok(()),
        false => Err(ModelError::Unsupported(format!("the {what} is {found}"))),
    };
    let (normalizer, words) = (&json["normalizer"], &json["pre_tokenizer"]);
    is("tokenizer", &json["model"]["type"], "WordPiece")?;
    is(
        "tokenizer's normalizer",
        &normalizer["type"],
        "BertNormalizer",
    )?;
    is(
        "tokenizer's pre-tokenizer",
        &words["type"],
        "BertPreTokenizer",
    )?;
    let prefix = &json["model"]["continuing_subword_prefix"];
    is("prefix of a piece inside a word", prefix, "##")?;
    // Special tokens are text in text; others would have to be found in it.
    let added = json["added_tokens"].as_array().into_iter().flatten();
    match added.into_iter().find(|token| token["special"] != true) {
        Some(token) => {
            let what = format!("the tokenizer has an added token {}", token["content"]);
            Err(ModelError::Unsupported(what))
        }
        None => Ok(()),
    }
}

fn cleaning(normalizer: &Value) -> Result<Cleaning, ModelError> {
    let flag = |name: &str| {
        let missing = || file(format!("the normalizer's {name} is neither true nor false"));
        normalizer[name].as_bool().ok_or_else(missing)
    };
    let lower_case = flag("lowercase")?;
    Ok(Cleaning {
        clean_text: flag("clean_text")?,
        set_chinese_apart: flag("handle_chinese_chars")?,
        strip_accents: match normalizer["strip_accents"].is_null() {
            true => lower_case,
            false => flag("strip_accents")?,
        },
        lower_case,
    })
}

fn tokens(model: &Value) -> Result<Vec<String>, ModelError> {
    let vocab = model["vocab"].as_object();
    let vocab = vocab.ok_or_else(|| file("it has no vocabulary".into()))?;
    let mut tokens = Vec::new();
    for (token, id) in vocab {
        let id = id.as_u64().and_then(|id| usize::try_from(id).ok());
        let id = id.filter(|&id| id < LARGEST && !token.contains('\n'));
        let id = id.ok_or_else(|| file(format!("the token {token:?} cannot be used")))?;
        if tokens.len() <= id {
            tokens.resize(id + 1, String::new());
        }
        tokens[id].clone_from(token);
    }
    Ok(tokens)
}

fn id(tokens: &[String], name: &str) -> Result<u32, ModelError> {
    let id = tokens.iter().position(|token| token == name);
    id.filter(|_| !name.is_empty())
        .map(|id| id as u32)
        .ok_or_else(|| file(format!("the vocabulary has no {name}")))
}

impl Source {
    /// The payload of the tokenizer for a model with weights for `size` tokens.
    pub fn payload(mut self, size: usize) -> Result<Vec<u8>, ModelError> {
        if self.tokens.len() > size {
            let (tokens, what) = (self.tokens.len(), "tokens, its config.json says");
            return Err(file(format!("it has {tokens} {what} {size}")));
        }
        self.tokens.resize(size, String::new());
        let mut w = Writer::new();
        let tokens = self.tokens.iter().map(|token| &token[..]);
        tokenizer::write(&mut w, self.settings, tokens);
        Ok(w.finish())
    }

    /// Id of a token that the tokenizer must have.
    pub fn id(&self, token: &str) -> Result<u32, ModelError> {
        id(&self.tokens, token)
    }
}

/// A model's tokenizer, to cut vocabularies for books from.
#[derive(Debug)]
pub struct ModelVocabulary {
    config: Config,
    tokenizer: Tokenizer,
}

impl ModelVocabulary {
    /// Reads the vocabulary of a model file's payload.
    pub fn open(payload: &[u8]) -> Result<Self, ModelError> {
        let (config, tokenizer) = encoder::vocabulary(payload)?;
        Ok(Self { config, tokenizer })
    }

    /// The token with this id, where there is one.
    pub fn token(&self, id: u32) -> Option<&str> {
        self.tokenizer.token(id)
    }

    /// What a book keeps: the common tokens, single characters, and the tokens `used` in the book
    /// (ids in rising order). Text of the book is tokenised as by the whole vocabulary; a rare
    /// word that only a query has falls into shorter pieces. Ids in rising order.
    pub fn keep(&self, used: &[u32]) -> Vec<u32> {
        let ids = 0..self.tokenizer.size() as u32;
        ids.filter(|&id| self.token(id).is_some_and(|token| keeps(id, token, used)))
            .collect()
    }

    /// The payload of a book's vocabulary, for [`encoder::Vocabulary::open`]: the tokens `keep`,
    /// each once, whose ids in the book are their places. The special tokens are among them.
    pub fn for_book(&self, keep: &[u32]) -> Result<Vec<u8>, ModelError> {
        Ok(encoder::vocabulary::write(
            &self.config,
            &self.tokenizer,
            keep,
        )?)
    }
}

fn keeps(id: u32, token: &str, used: &[u32]) -> bool {
    let bare = token.strip_prefix("##").unwrap_or(token);
    let special = token.starts_with('[') && token.ends_with(']') && !token.starts_with("[unused");
    special
        || used.binary_search(&id).is_ok()
        || (id < COMMON && !token.starts_with("[unused"))
        || (bare.chars().count() == 1 && bare.is_ascii())
}
