//! The vocabulary of an encoder: which pieces of words it knows, their ids, and what is put before
//! a text.
//!
//! A model file holds the model's own. A shelf holds that of its book, which its encoders share,
//! small or full. Payload: the ids of `[CLS]` and `[SEP]` as varints, the prompts of queries and
//! passages, and the [`Tokenizer`].

use super::Role;
use super::config::Config;
use super::tokenizer::{self, Settings, Tokenizer};
use crate::checksum::crc32;
use crate::shelf::codec::{Reader, Writer};
use crate::{Error, Result};

/// Name of this section in errors.
const SECTION: &str = "vocabulary";

/// From text to the token ids of an encoder.
#[derive(Debug)]
pub struct Vocabulary {
    tokenizer: Tokenizer,
    special: [u32; 2],
    query_prompt: String,
    passage_prompt: String,
    stamp: u32,
}

impl Vocabulary {
    /// Opens the payload of a book's vocabulary.
    pub fn open(payload: &[u8]) -> Result<Self> {
        let mut r = Reader::new(SECTION, payload);
        let special = [r.varint_u32()?, r.varint_u32()?];
        let (query_prompt, passage_prompt) = (r.str()?.to_owned(), r.str()?.to_owned());
        let tokenizer = Tokenizer::read(&mut r)?;
        r.end()?;
        if special.iter().any(|&id| id as usize >= tokenizer.size()) {
            return Err(r.corrupt("a special token has no id"));
        }
        Ok(Self {
            tokenizer,
            special,
            query_prompt,
            passage_prompt,
            stamp: crc32(payload),
        })
    }

    /// The vocabulary of a model file, of which the payload of the tokenizer is given.
    pub(super) fn of_model(config: &Config, tokenizer: &[u8]) -> Result<Self> {
        Ok(Self {
            tokenizer: model_tokenizer(config, tokenizer)?,
            special: config.special,
            query_prompt: config.query_prompt.clone(),
            passage_prompt: config.passage_prompt.clone(),
            stamp: crc32(tokenizer),
        })
    }

    /// Number of tokens.
    pub fn size(&self) -> usize {
        self.tokenizer.size()
    }

    /// Id of the token that begins a text, `[CLS]`.
    pub fn first(&self) -> u32 {
        self.special[0]
    }

    /// Id of the token that stands for a word with an unknown character in it.
    pub fn unknown(&self) -> u32 {
        self.tokenizer.settings().unknown
    }

    /// CRC-32 of the payload: what is stored for the tokens one by one, such as their vectors,
    /// names by it the vocabulary it is for.
    pub fn stamp(&self) -> u32 {
        self.stamp
    }

    /// Appends the ids of a text, after the prompt that the model wants for its role; no special
    /// tokens.
    pub fn tokens(&mut self, text: &str, role: Role, out: &mut Vec<u32>) {
        let prompt = match role {
            Role::Query => &self.query_prompt,
            Role::Passage => &self.passage_prompt,
        };
        if prompt.is_empty() {
            self.tokenizer.encode_into(text, out);
        } else {
            let text = format!("{prompt}{text}");
            self.tokenizer.encode_into(&text, out);
        }
    }

    /// Number of wordpieces of a text, without a prompt, however long it is.
    pub(super) fn count(&mut self, text: &str, scratch: &mut Vec<u32>) -> usize {
        scratch.clear();
        self.tokenizer.encode_into(text, scratch);
        scratch.len()
    }

    /// The configuration of an encoder that reads this vocabulary.
    pub(super) fn configure(&self, config: Config) -> Config {
        Config {
            vocabulary: self.size(),
            special: self.special,
            query_prompt: self.query_prompt.clone(),
            passage_prompt: self.passage_prompt.clone(),
            ..config
        }
    }
}

/// Opens the tokenizer of a model file of this configuration.
pub fn model_tokenizer(config: &Config, tokenizer: &[u8]) -> Result<Tokenizer> {
    let mut r = Reader::new(SECTION, tokenizer);
    let tokenizer = Tokenizer::read(&mut r)?;
    r.end()?;
    if tokenizer.size() != config.vocabulary {
        return Err(Error::Model(
            "the tokenizer does not belong to the weights".into(),
        ));
    }
    Ok(tokenizer)
}

/// A book's vocabulary for a model of this configuration: the tokens `keep` (ids of the model), whose
/// ids are their places.
pub fn write(config: &Config, tokenizer: &Tokenizer, keep: &[u32]) -> Result<Vec<u8>> {
    let place = |id: u32| {
        let place = keep.iter().position(|&kept| kept == id);
        place.map(|place| place as u32).ok_or_else(|| {
            Error::Model("a vocabulary needs the special tokens of its model".into())
        })
    };
    let tokens = keep.iter().map(|&id| tokenizer.token(id));
    let tokens: Option<Vec<&str>> = tokens.collect();
    let tokens =
        tokens.ok_or_else(|| Error::Model("its tokenizer lacks a token of the book".into()))?;
    let mut w = Writer::new();
    for special in config.special {
        w.varint(place(special)?.into());
    }
    w.str(&config.query_prompt);
    w.str(&config.passage_prompt);
    let settings = Settings {
        unknown: place(tokenizer.settings().unknown)?,
        ..tokenizer.settings()
    };
    tokenizer::write(&mut w, settings, tokens.into_iter());
    Ok(w.finish())
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::bert::Cleaning;
    use super::*;

    const TOKENS: [&str; 9] = [
        "a", "[SEP]", "\"", "[UNK]", "\\", "[CLS]", "robot", "##s", "q",
    ];

    fn config() -> Config {
        let mut w = Writer::new();
        w.str("tiny");
        for size in [200, 8, 1, 1, 8, 16] {
            w.varint(size);
        }
        w.f32(1e-12);
        for value in [0, 0, 101, 102] {
            w.varint(value);
        }
        w.str("q ");
        w.str("");
        Config::read(&mut Reader::new("test", &w.finish())).unwrap()
    }

    /// A model's tokenizer with [`TOKENS`] from id 100 on, and some more.
    fn tokenizer() -> Tokenizer {
        let settings = Settings {
            cleaning: Cleaning::UNCASED,
            longest_word: 100,
            unknown: 103,
        };
        let mut tokens: Vec<String> = (0..200).map(|i| format!("w{i}")).collect();
        for (place, token) in TOKENS.iter().enumerate() {
            tokens[100 + place] = (*token).to_owned();
        }
        let (sep, cls) = (101, 105);
        tokens.swap(sep, 102);
        tokens.swap(cls, 101);
        let mut w = Writer::new();
        tokenizer::write(&mut w, settings, tokens.iter().map(|token| &token[..]));
        Tokenizer::read(&mut Reader::new("test", &w.finish())).unwrap()
    }

    /// Ids of [`TOKENS`] in their order.
    fn keep() -> [u32; 9] {
        let tokenizer = tokenizer();
        let id = |name| (0..200).find(|&id| tokenizer.token(id) == Some(name));
        TOKENS.map(|name| id(name).unwrap())
    }

    fn payload() -> Vec<u8> {
        write(&config(), &tokenizer(), &keep()).unwrap()
    }

    #[test]
    fn ids_are_places_and_the_prompt_of_a_query_goes_before_it() {
        let mut vocabulary = Vocabulary::open(&payload()).unwrap();
        let mut ids = vec![77];
        vocabulary.tokens(r#"Robots "\ €"#, Role::Passage, &mut ids);
        assert_eq!(ids, [77, 6, 7, 2, 4, 3]);
        ids.clear();
        vocabulary.tokens("a", Role::Query, &mut ids);
        assert_eq!(ids, [8, 0]);
        assert_eq!((vocabulary.size(), vocabulary.unknown()), (9, 3));
        let config = vocabulary.configure(config());
        assert_eq!((config.vocabulary, config.special), (9, [5, 1]));
    }

    #[test]
    fn what_a_book_cannot_do_without_is_missed() {
        let refused = |keep: &[u32]| write(&config(), &tokenizer(), keep).unwrap_err().code();
        let all = keep();
        for without in [1, 3, 5] {
            let mut keep = all.to_vec();
            keep.remove(without);
            assert_eq!(refused(&keep), "model", "{}", TOKENS[without]);
        }
        assert_eq!(refused(&[&all[..], &[200]].concat()), "model");
    }

    #[test]
    fn every_cut_is_an_error() {
        let payload = payload();
        for cut in 0..payload.len() {
            assert!(Vocabulary::open(&payload[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn a_special_token_outside_the_vocabulary_is_refused() {
        let mut payload = payload();
        payload[1] = 9;
        assert_eq!(
            Vocabulary::open(&payload).unwrap_err().code(),
            "shelf-corrupt"
        );
    }
}
