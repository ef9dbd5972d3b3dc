//! From text to wordpiece ids (Schuster & Nakajima 2012), as BERT reads text (Devlin et al. 2019):
//! `bert.rs` cleans the text and cuts it into words, `pieces.rs` the words into pieces.

use super::bert::{Cleaning, words};
use super::pieces::Pieces;
use crate::Result;
use crate::shelf::codec::{Reader, Writer};

/// Most characters that the longest word may have: far above any model's limit, which is 100 or
/// 200, and a guard for the time that a word takes, which grows by its square.
const LONGEST_WORD: u32 = 1_000;

/// What a tokenizer does beside its tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// What becomes of a text before it is cut into words.
    pub cleaning: Cleaning,
    /// Characters of the longest word that is cut into pieces; a longer one is unknown.
    pub longest_word: u32,
    /// Id of the token that stands for a word that no pieces make up, `[UNK]`.
    pub unknown: u32,
}

/// A WordPiece tokenizer. Equal to the crate `tokenizers`, which `lectern-indexer` tests.
#[derive(Debug)]
pub struct Tokenizer {
    settings: Settings,
    pieces: Pieces,
    clean: String,
}

impl Tokenizer {
    /// Reads what [`write()`] has written.
    pub fn read(r: &mut Reader<'_>) -> Result<Self> {
        let cleaning = Cleaning::from_bits(r.varint()?);
        let settings = Settings {
            cleaning: cleaning.ok_or_else(|| r.corrupt("an unknown way to clean text"))?,
            longest_word: r.varint_u32()?,
            unknown: r.varint_u32()?,
        };
        if settings.longest_word > LONGEST_WORD {
            return Err(r.corrupt("its tokenizer takes words of an impossible length"));
        }
        let pieces = Pieces::open(r.str()?).map_err(|what| r.corrupt(what))?;
        if pieces.token(settings.unknown).is_none() {
            return Err(r.corrupt("there is no token for unknown words"));
        }
        Ok(Self {
            settings,
            pieces,
            clean: String::new(),
        })
    }

    /// What it does beside its tokens.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// Number of ids; some may have no token.
    pub fn size(&self) -> usize {
        self.pieces.len()
    }

    /// The token with this id, where there is one: its continuations begin with `##`.
    pub fn token(&self, id: u32) -> Option<&str> {
        self.pieces.token(id)
    }

    /// Appends the ids of `text` to `ids`, without special tokens: what looks like one (`[SEP]`) is
    /// text.
    pub fn encode_into(&mut self, text: &str, ids: &mut Vec<u32>) {
        self.settings.cleaning.clean_into(text, &mut self.clean);
        for word in words(&self.clean) {
            let start = ids.len();
            let limit = self.settings.longest_word as usize;
            let short = word.len() <= limit || word.chars().count() <= limit;
            if !(short && self.pieces.cut(word, ids)) {
                ids.truncate(start);
                ids.push(self.settings.unknown);
            }
        }
    }
}

/// Appends a tokenizer to a payload: its settings, then the tokens in the order of their ids, one a
/// line. An id without a token has an empty line.
pub fn write<'a>(w: &mut Writer, settings: Settings, tokens: impl Iterator<Item = &'a str>) {
    w.varint(settings.cleaning.bits());
    w.varint(settings.longest_word.into());
    w.varint(settings.unknown.into());
    w.str(&tokens.collect::<Vec<_>>().join("\n"));
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKENS: [&str; 8] = ["[UNK]", "robot", "##s", "rob", "##ot", "", "[", "##s2"];

    fn settings() -> Settings {
        Settings {
            cleaning: Cleaning::UNCASED,
            longest_word: 9,
            unknown: 0,
        }
    }

    fn payload(settings: Settings) -> Vec<u8> {
        let mut w = Writer::new();
        write(&mut w, settings, TOKENS.into_iter());
        w.finish()
    }

    fn open(payload: &[u8]) -> Result<Tokenizer> {
        Tokenizer::read(&mut Reader::new("test", payload))
    }

    #[test]
    fn words_fall_into_their_longest_pieces_or_are_unknown() {
        let mut tokenizer = open(&payload(settings())).unwrap();
        let mut ids = |text: &str| {
            let mut ids = Vec::new();
            tokenizer.encode_into(text, &mut ids);
            ids
        };
        assert_eq!(ids("Robots, ROBÓT!"), [1, 2, 0, 1, 0]);
        assert_eq!(ids("robs robx robotot"), [3, 2, 0, 1, 4]);
        assert_eq!(
            ids("robotss2 robotssss robotsssss"),
            [1, 2, 7, 1, 2, 2, 2, 2, 0]
        );
        assert_eq!(ids("[UNK]"), [6, 0, 0]);
        assert!(ids(" \u{0} \n").is_empty());
    }

    #[test]
    fn what_is_written_is_read() {
        let tokenizer = open(&payload(settings())).unwrap();
        assert_eq!((tokenizer.settings(), tokenizer.size()), (settings(), 8));
        assert_eq!(tokenizer.token(2), Some("##s"));
        assert_eq!((tokenizer.token(5), tokenizer.token(8)), (None, None));
    }

    #[test]
    fn settings_that_cannot_be_are_refused() {
        let without_unknown = [5, 8, u32::MAX].map(|unknown| Settings {
            unknown,
            ..settings()
        });
        let endless = Settings {
            longest_word: u32::MAX,
            ..settings()
        };
        for settings in without_unknown.into_iter().chain([endless]) {
            assert_eq!(
                open(&payload(settings)).unwrap_err().code(),
                "shelf-corrupt"
            );
        }
        let mut unknown_flag = payload(settings());
        unknown_flag[0] = 16;
        assert_eq!(open(&unknown_flag).unwrap_err().code(), "shelf-corrupt");
    }
}
