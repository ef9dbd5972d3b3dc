//! The vocabulary of an encoder: which pieces of words it knows, their ids, and what is put before
//! a text.
//!
//! A model file holds the model's own. A shelf holds that of its book, which its encoders share,
//! small or full: the tokenizer's settings as canonical JSON whose `vocab` is empty, and the
//! tokens, one a line; the id of a token is its place.

use super::Role;
use super::config::Config;
use super::tokenizer::Tokenizer;
use crate::shelf::codec::{Reader, Writer};
use crate::{Error, Result};

/// Name of this section in errors.
const SECTION: &str = "vocabulary";

/// Where the tokens belong in the settings. Quotes inside a JSON string are escaped, so this is
/// found nowhere else.
const EMPTY_VOCAB: &str = r#""vocab":{}"#;

/// Most bytes of a token: far above any, and a guard for the stack, as tries are built by recursion.
const LONGEST_TOKEN: usize = 512;

/// From text to the token ids of an encoder.
#[derive(Debug)]
pub struct Vocabulary {
    tokenizer: Tokenizer,
    size: usize,
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
        let (settings, tokens) = (r.str()?, r.str()?);
        r.end()?;
        let Some((head, tail)) = settings.split_once(EMPTY_VOCAB) else {
            return Err(r.corrupt("the tokenizer has no place for its tokens"));
        };
        if tokens.split('\n').any(|token| token.len() > LONGEST_TOKEN) {
            return Err(r.corrupt("a token is too long"));
        }
        let vocabulary = Self {
            tokenizer: Tokenizer::open(&json(head, tokens, tail))?,
            size: tokens.split('\n').count(),
            special,
            query_prompt,
            passage_prompt,
            stamp: crc32fast::hash(payload),
        };
        vocabulary.checked()
    }

    /// The vocabulary of a model file.
    pub(super) fn of_model(config: &Config, tokenizer_json: &str) -> Result<Self> {
        let vocabulary = Self {
            tokenizer: Tokenizer::open(tokenizer_json)?,
            size: config.vocabulary,
            special: config.special,
            query_prompt: config.query_prompt.clone(),
            passage_prompt: config.passage_prompt.clone(),
            stamp: crc32fast::hash(tokenizer_json.as_bytes()),
        };
        vocabulary.checked()
    }

    /// Number of tokens.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Id of the token that begins a text, `[CLS]`.
    pub fn first(&self) -> u32 {
        self.special[0]
    }

    /// Id of the token that stands for a word with an unknown character in it.
    pub fn unknown(&self) -> u32 {
        self.tokenizer.unknown()
    }

    /// CRC-32 of the payload: what is stored for the tokens one by one, such as their vectors,
    /// names by it the vocabulary it is for.
    pub fn stamp(&self) -> u32 {
        self.stamp
    }

    /// Appends the ids of a text, after the prompt that the model wants for its role; no special
    /// tokens.
    pub fn tokens(&mut self, text: &str, role: Role, out: &mut Vec<u32>) -> Result<()> {
        let prompt = match role {
            Role::Query => &self.query_prompt,
            Role::Passage => &self.passage_prompt,
        };
        let start = out.len();
        if prompt.is_empty() {
            self.tokenizer.encode_into(text, out)?;
        } else {
            let text = format!("{prompt}{text}");
            self.tokenizer.encode_into(&text, out)?;
        }
        if out[start..].iter().any(|&id| id as usize >= self.size) {
            return Err(Error::Corrupt {
                section: SECTION,
                what: "a token has no vector",
            });
        }
        Ok(())
    }

    /// Number of wordpieces of a text, without a prompt, however long it is.
    pub(super) fn count(&mut self, text: &str, scratch: &mut Vec<u32>) -> Result<usize> {
        scratch.clear();
        self.tokenizer.encode_into(text, scratch)?;
        Ok(scratch.len())
    }

    /// The configuration of an encoder that reads this vocabulary.
    pub(super) fn configure(&self, config: Config) -> Config {
        Config {
            vocabulary: self.size,
            special: self.special,
            query_prompt: self.query_prompt.clone(),
            passage_prompt: self.passage_prompt.clone(),
            ..config
        }
    }

    /// A tokenizer that cannot encode at all is better found when it is opened.
    fn checked(mut self) -> Result<Self> {
        let mut ids = vec![self.special[0], self.special[1], self.unknown()];
        self.tokenizer.encode_into("a", &mut ids)?;
        let outside = |&id: &u32| id as usize >= self.size;
        if ids.len() == 3 || ids.iter().any(outside) {
            return Err(Error::Model(
                "the tokenizer does not belong to the weights".into(),
            ));
        }
        Ok(self)
    }
}

/// A book's vocabulary for a model of this configuration: `tokens` are those of the ids `keep`, in
/// the same order, and `settings` is the model's tokenizer with an empty `vocab`, its other ids
/// being those of the book.
pub fn write(config: &Config, keep: &[u32], settings: &str, tokens: &[&str]) -> Result<Vec<u8>> {
    if keep.len() != tokens.len() || settings.matches(EMPTY_VOCAB).count() != 1 {
        return Err(Error::Model(
            "a vocabulary needs one name for each token and one place for them".into(),
        ));
    }
    let mut w = Writer::new();
    for special in config.special {
        let place = keep.iter().position(|&id| id == special);
        let place = place.ok_or_else(|| {
            Error::Model("a vocabulary needs the special tokens of its model".into())
        })?;
        w.varint(place as u64);
    }
    if let Some(token) = tokens
        .iter()
        .find(|token| token.contains('\n') || token.len() > LONGEST_TOKEN)
    {
        return Err(Error::Model(format!("{token:?} is no token for a book")));
    }
    w.str(&config.query_prompt);
    w.str(&config.passage_prompt);
    w.str(settings);
    w.str(&tokens.join("\n"));
    Ok(w.finish())
}

/// The tokenizer's JSON with the tokens in their place.
fn json(head: &str, tokens: &str, tail: &str) -> String {
    let mut json = String::with_capacity(head.len() + 2 * tokens.len() + tail.len());
    json.push_str(head);
    json.push_str(r#""vocab":{"#);
    for (id, token) in tokens.split('\n').enumerate() {
        json.push_str(if id == 0 { "\"" } else { ",\"" });
        for c in token.chars() {
            match c {
                '"' | '\\' => json.extend(['\\', c]),
                '\0'..='\x1f' => json.push_str(&format!("\\u{:04x}", c as u32)),
                _ => json.push(c),
            }
        }
        json.push_str(&format!("\":{id}"));
    }
    json.push('}');
    json.push_str(tail);
    json
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const SETTINGS: &str = r###"{"added_tokens":[],"decoder":null,"model":{"continuing_subword_prefix":"##","max_input_chars_per_word":100,"type":"WordPiece","unk_token":"[UNK]","vocab":{}},"normalizer":{"clean_text":true,"handle_chinese_chars":true,"lowercase":true,"strip_accents":null,"type":"BertNormalizer"},"padding":null,"post_processor":null,"pre_tokenizer":{"type":"BertPreTokenizer"},"truncation":null,"version":"2.0"}"###;
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

    fn payload() -> Vec<u8> {
        let keep = [1, 102, 3, 100, 4, 101, 7, 8, 9];
        write(&config(), &keep, SETTINGS, &TOKENS).unwrap()
    }

    /// A vocabulary of `size` tokens, these and some more.
    pub(in crate::encoder) fn vocabulary(size: usize) -> Vocabulary {
        let more: Vec<String> = (TOKENS.len()..size).map(|i| format!("w{i}")).collect();
        let tokens: Vec<&str> = TOKENS
            .into_iter()
            .chain(more.iter().map(|t| &t[..]))
            .collect();
        let mut keep: Vec<u32> = (200..200 + size as u32).collect();
        (keep[1], keep[5]) = (102, 101);
        Vocabulary::open(&write(&config(), &keep, SETTINGS, &tokens).unwrap()).unwrap()
    }

    #[test]
    fn ids_are_places_and_the_prompt_of_a_query_goes_before_it() {
        let mut vocabulary = Vocabulary::open(&payload()).unwrap();
        let mut ids = vec![77];
        let text = r#"Robots "\ €"#;
        vocabulary.tokens(text, Role::Passage, &mut ids).unwrap();
        assert_eq!(ids, [77, 6, 7, 2, 4, 3]);
        ids.clear();
        vocabulary.tokens("a", Role::Query, &mut ids).unwrap();
        assert_eq!(ids, [8, 0]);
        assert_eq!((vocabulary.size(), vocabulary.unknown()), (9, 3));
        let config = vocabulary.configure(config());
        assert_eq!((config.vocabulary, config.special), (9, [5, 1]));
    }

    #[test]
    fn what_a_book_cannot_hold_is_refused() {
        let refused = |keep: &[u32], tokens: &[&str]| {
            write(&config(), keep, SETTINGS, tokens).unwrap_err().code()
        };
        assert_eq!(refused(&[1, 102], &["a", "[SEP]"]), "model");
        assert_eq!(refused(&[101, 102], &["[CLS]", "two\nlines"]), "model");
        let long = "x".repeat(LONGEST_TOKEN + 1);
        assert_eq!(refused(&[101, 102], &["[CLS]", &long]), "model");
    }

    #[test]
    fn every_cut_is_an_error() {
        let payload = payload();
        for cut in 0..payload.len() {
            assert!(Vocabulary::open(&payload[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn a_word_limit_that_would_reserve_gigabytes_is_refused() {
        let settings = SETTINGS.replace(":100,", ":9000000000000000000,");
        let keep = [1, 102, 3, 100, 4, 101, 7, 8, 9];
        let payload = write(&config(), &keep, &settings, &TOKENS).unwrap();
        assert_eq!(Vocabulary::open(&payload).unwrap_err().code(), "model");
    }
}
