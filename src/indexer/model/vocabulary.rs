//! The vocabulary of a tokenizer: brought to canonical form, and cut to what a book needs.

use std::collections::HashMap;

use lectern_core::encoder::{self, Config};
use serde_json::{Map, Value, json};

use super::ModelError;

/// Ids below this are kept whatever the book says: BERT's vocabulary is ordered by frequency, so
/// they are the words that questions are made of.
const COMMON: u32 = 8_000;

/// A `tokenizer.json` in the canonical form that `tokenizers` reads without serde.
#[derive(Debug)]
pub(super) struct Canonical {
    value: Value,
}

/// Brings any WordPiece `tokenizer.json` to canonical form, without truncation and padding.
pub(super) fn canonical(bytes: &[u8]) -> Result<Canonical, ModelError> {
    let fail = |what: String| ModelError::File {
        file: "tokenizer.json",
        what,
    };
    let text = std::str::from_utf8(bytes).map_err(|e| fail(e.to_string()))?;
    let text = tokenizers::canonicalize_str(text).map_err(|e| fail(e.to_string()))?;
    let mut value: Value = serde_json::from_str(&text).map_err(|e| fail(e.to_string()))?;
    if value["model"]["type"] != "WordPiece" {
        let kind = value["model"]["type"].to_string();
        return Err(ModelError::Unsupported(format!("the tokenizer is {kind}")));
    }
    for unused in ["truncation", "padding"] {
        value[unused] = Value::Null;
    }
    Ok(Canonical { value })
}

impl Canonical {
    /// As a string.
    pub fn json(&self) -> String {
        self.value.to_string()
    }

    /// Id of a token that the tokenizer must have.
    pub fn id(&self, token: &str) -> Result<u32, ModelError> {
        let id = vocab(&self.value)
            .and_then(|vocab| vocab.get(token))
            .and_then(Value::as_u64);
        id.and_then(|id| u32::try_from(id).ok())
            .ok_or_else(|| ModelError::File {
                file: "tokenizer.json",
                what: format!("the vocabulary has no {token}"),
            })
    }
}

fn vocab(value: &Value) -> Option<&Map<String, Value>> {
    value["model"]["vocab"].as_object()
}

/// A model's tokenizer, to cut vocabularies for books from.
#[derive(Debug)]
pub struct ModelVocabulary {
    config: Config,
    settings: Value,
    /// By id; ids without a token are empty.
    tokens: Vec<String>,
}

impl ModelVocabulary {
    /// Reads the vocabulary of a model file's payload.
    pub fn open(payload: &[u8]) -> Result<Self, ModelError> {
        let (config, text) = encoder::vocabulary(payload)?;
        let fail = |what: &str| ModelError::File {
            file: "the model file",
            what: what.into(),
        };
        let mut settings: Value =
            serde_json::from_str(text).map_err(|_| fail("its tokenizer is not JSON"))?;
        let vocab = settings["model"]["vocab"].take();
        let vocab = vocab
            .as_object()
            .ok_or_else(|| fail("its tokenizer has no vocabulary"))?;
        let mut tokens = vec![String::new(); config.vocabulary];
        for (token, id) in vocab {
            let id = id.as_u64().and_then(|id| usize::try_from(id).ok());
            if let Some(place) = id.and_then(|id| tokens.get_mut(id)) {
                place.clone_from(token);
            }
        }
        // The encoder sets special tokens itself, and nobody decodes.
        settings["post_processor"] = Value::Null;
        settings["decoder"] = Value::Null;
        Ok(Self {
            config,
            settings,
            tokens,
        })
    }

    /// The token with this id, where there is one.
    pub fn token(&self, id: u32) -> Option<&str> {
        let token = self.tokens.get(id as usize)?;
        Some(token.as_str()).filter(|token| !token.is_empty())
    }

    /// What a book keeps: the common tokens, single characters, and the tokens `used` in the book
    /// (ids in rising order). Text of the book is tokenised as by the whole vocabulary; a rare
    /// word that only a query has falls into shorter pieces. Ids in rising order.
    pub fn keep(&self, used: &[u32]) -> Vec<u32> {
        let ids = 0..self.tokens.len() as u32;
        ids.filter(|&id| self.token(id).is_some_and(|token| keeps(id, token, used)))
            .collect()
    }

    /// The payload of a book's vocabulary, for [`encoder::Vocabulary::open`]: the tokens `keep`,
    /// each once, whose ids in the book are their places. The special tokens are among them.
    pub fn for_book(&self, keep: &[u32]) -> Result<Vec<u8>, ModelError> {
        let names: Option<Vec<&str>> = keep.iter().map(|&id| self.token(id)).collect();
        let names = names.ok_or_else(|| ModelError::File {
            file: "the model file",
            what: "a token that a book keeps is not in its tokenizer".into(),
        })?;
        let places: HashMap<u32, usize> = keep
            .iter()
            .enumerate()
            .map(|(place, &id)| (id, place))
            .collect();
        let mut settings = self.settings.clone();
        settings["model"]["vocab"] = json!({});
        if let Some(added) = settings["added_tokens"].as_array_mut() {
            added.retain_mut(|token| {
                let id = token["id"].as_u64().and_then(|id| u32::try_from(id).ok());
                let place = id.and_then(|id| places.get(&id));
                place.map(|&place| token["id"] = json!(place)).is_some()
            });
        }
        let settings = settings.to_string();
        Ok(encoder::vocabulary::write(
            &self.config,
            keep,
            &settings,
            &names,
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
