//! The lexicon: every term and every word of a book in one finite state transducer.
//!
//! Stems are needed to find what a word means, surface words to complete and to correct what a
//! reader types. Both are keys of the same `fst`, where they share most of their bytes. The value
//! of a key is `ordinal << 2 | WORD | TERM`, the ordinal that of its term; terms are numbered in
//! the order of their bytes.

mod check;
mod edits;
mod nodes;

use crate::{Error, Result};
use edits::Edits;
use fst::raw::Fst;
use fst::{IntoStreamer, Streamer};
use std::collections::BTreeMap;

/// A key of the lexicon that a reader could have meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The word as it stands in the book, normalised.
    pub word: String,
    /// Its term.
    pub ordinal: u32,
    /// Edits between what was typed and this.
    pub distance: u8,
}

/// An opened lexicon.
pub struct Lexicon {
    /// `None` when the book has no words.
    fst: Option<Fst<Vec<u8>>>,
}

impl std::fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let keys = self.fst.as_ref().map_or(0, Fst::len);
        f.debug_struct("Lexicon").field("keys", &keys).finish()
    }
}

impl Lexicon {
    /// The payload for `terms` (ascending, their index is their ordinal) and `words` with the
    /// ordinals of their terms.
    pub fn build(terms: &[&str], words: &BTreeMap<String, u32>) -> Vec<u8> {
        let word = |(key, ordinal): (_, &u32)| (key, u64::from(*ordinal) << 2 | WORD);
        let mut keys: BTreeMap<&str, u64> = words
            .iter()
            .map(|(w, o)| (w.as_str(), o))
            .map(word)
            .collect();
        for (ordinal, term) in terms.iter().enumerate() {
            // A word that is the stem of others stands for those, even if its own stem differs.
            let word = keys.get(term).map_or(0, |value| value & WORD);
            keys.insert(term, (ordinal as u64) << 2 | TERM | word);
        }
        let keys: Vec<(&[u8], u64)> = keys
            .iter()
            .map(|(key, value)| (key.as_bytes(), *value))
            .collect();
        nodes::write(&keys)
    }

    /// Opens a payload in one pass over its bytes.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when the bytes are no transducer of bounded size; what is opened can be
    /// searched without panic and in bounded time.
    pub fn open(bytes: &[u8]) -> Result<Self> {
        if bytes.is_empty() {
            return Ok(Self { fst: None });
        }
        check::check(bytes)?;
        let fst =
            Fst::new(bytes.to_vec()).map_err(|_| corrupt("the lexicon is not a transducer"))?;
        Ok(Self { fst: Some(fst) })
    }

    /// Decodes every key: UTF-8, ascending, found under its own name, ordinals below `terms`, and
    /// each of those a term.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for the first of these that does not hold.
    pub fn verify(&self, terms: usize) -> Result<()> {
        let mut next = 0;
        if let Some(fst) = &self.fst {
            let mut last: Option<Vec<u8>> = None;
            let mut keys = fst.stream();
            while let Some((key, value)) = keys.next() {
                let (ordinal, kind) = (value.value() >> 2, value.value() & (TERM | WORD));
                let text = std::str::from_utf8(key).map_err(|_| corrupt("a word is not UTF-8"))?;
                if last.as_deref().is_some_and(|last| last >= key) || fst.get(text) != Some(value) {
                    return Err(corrupt("the lexicon is not in order"));
                }
                if kind == 0 || ordinal >= terms as u64 {
                    return Err(corrupt("a word has no term"));
                }
                if kind & TERM != 0 {
                    if ordinal != next {
                        return Err(corrupt("terms are not numbered in order"));
                    }
                    next += 1;
                }
                last = Some(key.to_vec());
            }
        }
        if next == terms as u64 {
            Ok(())
        } else {
            Err(corrupt("terms are missing from the lexicon"))
        }
    }

    /// Ordinal of a stem or identifier.
    pub fn term(&self, text: &str) -> Option<u32> {
        self.find(text, TERM)
    }

    /// Ordinal of the term of a surface word.
    pub fn word(&self, surface: &str) -> Option<u32> {
        self.find(surface, WORD)
    }

    /// Words that begin with `prefix`, itself among them, in the order of their bytes; only the
    /// first [`MAX_VISITED`].
    pub fn starting_with(&self, prefix: &str) -> Vec<Candidate> {
        let mut found = Vec::new();
        let Some(fst) = &self.fst else { return found };
        let mut keys = fst.range().ge(prefix).into_stream();
        while let Some((key, value)) = keys.next() {
            if !key.starts_with(prefix.as_bytes()) || found.len() == MAX_VISITED {
                break;
            }
            found.extend(candidate(key, value.value(), 0));
        }
        found
    }

    /// Words at most `limit` edits away from `word`, in the order of their bytes; only the first
    /// [`MAX_VISITED`].
    pub fn near(&self, word: &str, limit: u8) -> Vec<Candidate> {
        let mut found = Vec::new();
        let Some(fst) = &self.fst else { return found };
        let edits = Edits::new(word, limit);
        let mut keys = fst.search_with_state(&edits).into_stream();
        while let Some((key, value, state)) = keys.next() {
            if found.len() == MAX_VISITED {
                break;
            }
            found.extend(candidate(key, value.value(), state.distance()));
        }
        found
    }

    fn find(&self, key: &str, kind: u64) -> Option<u32> {
        let value = self.fst.as_ref()?.get(key)?.value();
        if value & kind == 0 {
            None
        } else {
            u32::try_from(value >> 2).ok()
        }
    }
}

/// A surface word; a key that is a stem alone is nothing to show a reader.
fn candidate(key: &[u8], value: u64, distance: u8) -> Option<Candidate> {
    let word = std::str::from_utf8(key)
        .ok()
        .filter(|_| value & WORD != 0)?;
    Some(Candidate {
        word: word.to_owned(),
        ordinal: u32::try_from(value >> 2).ok()?,
        distance,
    })
}

fn corrupt(what: &'static str) -> Error {
    Error::Corrupt {
        section: super::SECTION,
        what,
    }
}

/// The key is a term: a stem or an identifier.
const TERM: u64 = 1;
/// The key is a word of the text.
const WORD: u64 = 2;
/// Most candidates that are looked at for one typed word.
const MAX_VISITED: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon() -> Lexicon {
        let terms = ["happi", "map", "robot"];
        let words = [
            ("happy", 0),
            ("happiness", 0),
            ("map", 1),
            ("maps", 1),
            ("robot", 2),
            ("robots", 2),
        ];
        let words = words.into_iter().map(|(w, o)| (w.to_owned(), o)).collect();
        Lexicon::open(&Lexicon::build(&terms, &words)).unwrap()
    }

    fn words(found: Vec<Candidate>) -> Vec<String> {
        found.into_iter().map(|c| c.word).collect()
    }

    #[test]
    fn stems_and_words_are_told_apart() {
        let lexicon = lexicon();
        assert_eq!(lexicon.verify(3), Ok(()));
        assert_eq!(
            (lexicon.term("happi"), lexicon.word("happi")),
            (Some(0), None)
        );
        assert_eq!(
            (lexicon.term("happy"), lexicon.word("happy")),
            (None, Some(0))
        );
        assert_eq!(
            (lexicon.term("map"), lexicon.word("map")),
            (Some(1), Some(1))
        );
        assert_eq!(lexicon.term("rob"), None);
    }

    #[test]
    fn completions_and_corrections_are_surface_words() {
        let lexicon = lexicon();
        assert_eq!(words(lexicon.starting_with("happ")), ["happiness", "happy"]);
        assert_eq!(words(lexicon.starting_with("")).len(), 6);
        assert_eq!(words(lexicon.near("robts", 1)), ["robots"]);
        assert_eq!(words(lexicon.near("hpapy", 1)), ["happy"]);
        assert!(
            lexicon
                .near("happi", 1)
                .iter()
                .all(|c| c.word == "happy" && c.distance == 1)
        );
    }

    #[test]
    fn an_empty_lexicon_finds_nothing() {
        let lexicon = Lexicon::open(&Lexicon::build(&[], &BTreeMap::new())).unwrap();
        assert_eq!(lexicon.verify(0), Ok(()));
        assert!(lexicon.starting_with("a").is_empty() && lexicon.near("robot", 1).is_empty());
        assert_eq!(lexicon.verify(1).unwrap_err().code(), "shelf-corrupt");
    }
}
