//! The spelling list: the words of a book, to complete what is being typed and to correct what is not
//! in the book.
//!
//! It is kept in blocks of words in order. Payload of a block: the words ([`Keys`]), a byte each
//! for how common they are, and the terms of those words whose term is not what the analyzer of the
//! book's language gives for them (another language's stem, accents that the stemmer needs): number of
//! these, then of each the step from the word before and the term.
//!
//! A block is found by how a word begins, which a slip may be in. So a list of more than [`FEW_BLOCKS`]
//! has every word once more, backwards: of a word that is wrong in one place, the beginning or the end
//! is right. Short words stand apart from long ones, so that the few letters that are right in
//! them lead to one block, too: see [`keys`].
//!
//! It is asked for together with the terms' blocks of words that may be none of the book's: see
//! [`LOOK_AHEAD`](super::parse::LOOK_AHEAD). So its blocks are small.

use super::edits::{Edits, State};
use crate::Result;
use crate::shelf::codec::{Reader, Writer};
use crate::shelf::keys::Keys;
use std::ops::RangeInclusive;

/// Bytes of the smallest and of the largest block of a long list, before it is compressed, which takes it to half. In a
/// book of 14,000 pages a query takes 5 KB of blocks of 3 KB, 3 of blocks of 2 KB, with which 4 of 160 slips are no
/// longer corrected, and 7 of blocks of 4 KB.
const BLOCK_BYTES: RangeInclusive<usize> = 1 << 10..=3 << 10;

/// Blocks of a long list in each direction, but for those limits: each is named to every reader.
const BLOCKS: usize = 64;

/// Bytes of a block of a list that has no words twice.
pub const WHOLE_BLOCK_BYTES: usize = 24 << 10;

/// Blocks up to which a list has no word twice.
pub const FEW_BLOCKS: usize = 2;

/// Letters of the longest short word.
const SHORT: usize = 6;

/// What keys of a long list begin with, but for those of long words forwards; no word has it.
const LONG_BACKWARDS: char = '\u{1}';
const SHORT_BACKWARDS: char = '\u{2}';
const SHORT_FORWARDS: char = '\u{3}';
const UNMARKED: char = '\u{4}';

/// A word of the book that a reader could have meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The word as it stands in the book, normalised.
    pub word: String,
    /// How common it is: see [`commonness`].
    pub common: u8,
    /// Edits between what was typed and this.
    pub distance: u8,
    /// Its term, where that is not what the analyzer gives.
    pub term: Option<String>,
}

/// An opened block.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spelling {
    words: Keys,
    common: Vec<u8>,
    /// Place of a word and its term, ascending.
    terms: Vec<(u32, String)>,
}

/// A word for [`write()`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The word.
    pub word: String,
    /// Passages with its term.
    pub df: usize,
    /// Its term, where that is not what the analyzer gives.
    pub term: Option<String>,
}

/// Four times the binary logarithm of a number of passages: enough to tell the likelier of two words.
pub fn commonness(df: usize) -> u8 {
    // The cast saturates.
    (4.0 * libm::log2f(df.max(1) as f32)) as u8
}

/// Bytes of a block of a long list whose words have so many.
pub fn block_bytes(list: usize) -> usize {
    (list / BLOCKS).clamp(*BLOCK_BYTES.start(), *BLOCK_BYTES.end())
}

/// The two keys of a word in a long list; a list that has no word twice has words as they are.
pub fn keys(word: &str) -> [String; 2] {
    match word.chars().count() {
        ..=SHORT => [
            marked(SHORT_FORWARDS, word),
            backwards(SHORT_BACKWARDS, word),
        ],
        _ => [word.to_owned(), backwards(LONG_BACKWARDS, word)],
    }
}

/// Where words are in a long list that are a letter longer or shorter than this one, or as long: what
/// their keys begin or end with as this word does.
pub fn keys_near(word: &str) -> Vec<String> {
    let letters = word.chars().count();
    let mut keys = Vec::new();
    if letters <= SHORT + 1 {
        keys.extend([
            marked(SHORT_FORWARDS, word),
            backwards(SHORT_BACKWARDS, word),
        ]);
    }
    if letters >= SHORT {
        keys.extend([word.to_owned(), backwards(LONG_BACKWARDS, word)]);
    }
    keys
}

/// What the keys of words in a long list begin with that begin with this one.
pub fn beginnings(word: &str) -> Vec<String> {
    let short = (word.chars().count() <= SHORT).then(|| marked(SHORT_FORWARDS, word));
    short.into_iter().chain([word.to_owned()]).collect()
}

/// Whether a key is of a long list, of which half of the keys, and the first, are like this.
pub fn is_of_long_list(key: &str) -> bool {
    order(key) < UNMARKED
}

fn marked(mark: char, word: &str) -> String {
    std::iter::once(mark).chain(word.chars()).collect()
}

fn backwards(mark: char, word: &str) -> String {
    std::iter::once(mark).chain(word.chars().rev()).collect()
}

/// The mark that a key begins with.
fn order(key: &str) -> char {
    let first = key.chars().next();
    first.map_or(UNMARKED, |first| first.min(UNMARKED))
}

fn word_of(key: &str) -> String {
    match order(key) {
        LONG_BACKWARDS | SHORT_BACKWARDS => key
            .chars()
            .skip(1)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect(),
        SHORT_FORWARDS => key[1..].to_owned(),
        _ => key.to_owned(),
    }
}

/// The payload of a block of words in ascending order.
pub fn write(entries: &[Entry]) -> Vec<u8> {
    let mut w = Writer::new();
    let words: Keys = entries.iter().map(|entry| &entry.word).collect();
    words.write(&mut w);
    let common: Vec<u8> = entries.iter().map(|entry| commonness(entry.df)).collect();
    w.raw(&common);
    let places = entries.iter().zip(0u64..);
    let odd: Vec<_> = places
        .filter_map(|(entry, at)| Some((at, entry.term.as_ref()?)))
        .collect();
    w.varint(odd.len() as u64);
    let mut last = 0;
    for (at, term) in odd {
        w.varint(at - last);
        w.str(term);
        last = at;
    }
    w.finish()
}

impl Spelling {
    /// Opens what [`write()`] gave.
    pub fn open(payload: &[u8]) -> Result<Self> {
        let mut r = Reader::new("spelling", payload);
        let words = Keys::read(&mut r)?;
        let common = r.raw(words.len())?.to_vec();
        let count = r.count(2)?;
        let mut terms: Vec<(u32, String)> = Vec::with_capacity(count);
        let mut at = 0u32;
        for place in 0..count {
            let step = r.varint_u32()?;
            at = at
                .checked_add(step)
                .filter(|&at| (at as usize) < words.len() && (step > 0 || place == 0))
                .ok_or_else(|| r.corrupt("a term is of no word"))?;
            terms.push((at, r.str()?.to_owned()));
        }
        r.end()?;
        Ok(Self {
            words,
            common,
            terms,
        })
    }

    /// Words whose keys begin with `prefix`, in order.
    pub fn starting_with(&self, prefix: &str) -> impl Iterator<Item = Candidate> + use<'_> {
        let words = self.words.starting_with(prefix);
        words.map(|at| self.candidate(at, 0))
    }

    /// Words whose keys are of the order of `key` and at most `limit` edits away from it, in order.
    pub fn near(&self, key: &str, limit: u8) -> Vec<Candidate> {
        let edits = Edits::new(key, limit);
        let own = order(key);
        let start = self.words.partition_point(|word| order(word) < own);
        let end = self.words.partition_point(|word| order(word) <= own);
        let mut found = Vec::new();
        // The states after each character of the word before this one.
        let mut states: Vec<(char, State)> = Vec::new();
        for at in start..end {
            let key = &self.words[at];
            let shared = states
                .iter()
                .zip(key.chars())
                .take_while(|((a, _), b)| a == b);
            let shared = shared.count();
            states.truncate(shared);
            let mut state = states
                .last()
                .map_or_else(|| edits.start(), |&(_, state)| state);
            for c in key.chars().skip(shared) {
                if state.is_dead() {
                    break;
                }
                state = edits.step(&state, c);
                states.push((c, state));
            }
            if let Some(distance) = edits.near(&state) {
                found.push(self.candidate(at, distance));
            }
        }
        found
    }

    fn candidate(&self, at: usize, distance: u8) -> Candidate {
        let term = self.terms.binary_search_by_key(&(at as u32), |&(at, _)| at);
        let word = &self.words[at];
        Candidate {
            word: word_of(word),
            common: self.common[at],
            distance,
            term: term.ok().map(|found| self.terms[found].1.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<Entry> {
        let entry = |(word, df, term): (&str, usize, Option<&str>)| Entry {
            word: word.into(),
            df,
            term: term.map(str::to_owned),
        };
        [
            ("happiness", 1, None),
            ("happy", 16, None),
            ("hapé", 2, Some("hap")),
            ("map", 300, None),
            ("robot", 5, None),
            ("robots", 5, Some("robo")),
        ]
        .map(entry)
        .to_vec()
    }

    fn words(found: impl IntoIterator<Item = Candidate>) -> Vec<String> {
        found.into_iter().map(|candidate| candidate.word).collect()
    }

    #[test]
    fn completions_and_corrections_come_in_order_with_what_is_known_of_them() {
        let block = Spelling::open(&write(&sample())).unwrap();
        assert_eq!(words(block.starting_with("happ")), ["happiness", "happy"]);
        assert_eq!(words(block.starting_with("")).len(), 6);
        assert_eq!(words(block.starting_with("z")).len(), 0);
        assert_eq!(words(block.near("robts", 1)), ["robots"]);
        assert_eq!(words(block.near("hpapy", 1)), ["happy"]);
        let near = block.near("rbots", 2);
        let known: Vec<_> = near
            .iter()
            .map(|c| (c.distance, c.term.as_deref()))
            .collect();
        assert_eq!(known, [(2, None), (1, Some("robo"))]);
        assert_eq!(
            [1, 2, 3, 16, usize::MAX].map(commonness),
            [0, 4, 6, 16, 255]
        );
    }

    #[test]
    fn words_that_begin_alike_are_measured_as_if_alone() {
        let list = [
            "a", "ab", "abc", "abd", "abde", "b", "ba", "bac", "bad", "c",
        ];
        let entry = |word: &&str| Entry {
            word: (*word).into(),
            df: 1,
            term: None,
        };
        let block = Spelling::open(&write(&list.iter().map(entry).collect::<Vec<_>>())).unwrap();
        for typed in ["ab", "bad", "acb", "zzz", "abdf"] {
            for limit in [1, 2] {
                let alone = list.iter().filter(|word| {
                    let one = Spelling::open(&write(&[entry(word)])).unwrap();
                    !one.near(typed, limit).is_empty()
                });
                assert_eq!(
                    words(block.near(typed, limit)),
                    alone.copied().collect::<Vec<_>>()
                );
            }
        }
    }

    #[test]
    fn words_are_found_by_their_ends_as_by_their_beginnings() {
        let mut entries: Vec<Entry> = sample()
            .into_iter()
            .flat_map(|entry| {
                keys(&entry.word).map(|word| Entry {
                    word,
                    ..entry.clone()
                })
            })
            .collect();
        entries.sort_by(|a, b| a.word.cmp(&b.word));
        let block = Spelling::open(&write(&entries)).unwrap();
        let whole = Spelling::open(&write(&sample())).unwrap();
        let found = |keys: Vec<String>, limit| {
            let near = keys.iter().flat_map(|key| block.near(key, limit));
            let mut found: Vec<_> = near.map(|own| (own.word, own.distance)).collect();
            found.sort();
            found
        };
        for typed in ["robts", "hpapy", "amp", "happines", "happinesses"] {
            for limit in [1, 2] {
                let keys = keys_near(typed);
                let near = whole.near(typed, limit);
                let close = |own: &&Candidate| {
                    keys.len() == 4 || (own.word.len() > SHORT) == (typed.len() > SHORT)
                };
                let near: Vec<_> = near
                    .iter()
                    .filter(close)
                    .map(|own| (own.word.clone(), own.distance))
                    .collect();
                for way in [0, 1] {
                    let own = keys.iter().skip(way).step_by(2).cloned().collect();
                    assert_eq!(found(own, limit), near, "{typed}");
                }
            }
        }
        let begun = |prefix: &str| -> Vec<String> {
            let keys = beginnings(prefix);
            let own = keys
                .iter()
                .flat_map(|key| words(block.starting_with(key)).into_iter());
            own.collect()
        };
        assert_eq!(begun("hap"), ["happy", "hapé", "happiness"]);
        assert_eq!(begun("happine"), ["happiness"]);
    }

    #[test]
    fn damage_is_an_error_or_a_list() {
        let payload = write(&sample());
        for cut in 0..payload.len() {
            assert!(Spelling::open(&payload[..cut]).is_err(), "{cut}");
        }
        for at in 0..payload.len() {
            for flip in [1, 2, 4, 8, 64, 128, 255] {
                let mut damaged = payload.clone();
                damaged[at] ^= flip;
                if let Ok(block) = Spelling::open(&damaged) {
                    block.near("robots", 2);
                }
            }
        }
    }
}
