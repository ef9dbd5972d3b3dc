//! The directory section: what a reader has of a book before the first query, and what leads to the rest.
//!
//! ```text
//! varints                      passages, pages, weighted length of all passages, the lengths that they are taken to have
//! family, keys                 blocks of the word index and the first term of each
//! family, keys                 blocks of the spelling list and the first word of each
//! family                       groups of passages
//! addresses                    blocks of addresses: see [`super::addresses`]
//! priors                       of passages, in runs
//! ```
//!
//! `keys` are strings in ascending order: of each the bytes it shares with the one before, and the rest.

use super::addresses::Addresses;
use super::codec::{Reader, Writer};
use super::family::Family;
use super::priors::Priors;
use crate::words::Lengths;
use crate::{Error, Result};

const SECTION: &str = "directory";

/// Passages of a group: with about 3 KB a group, those of ten hits are 20 to 30 KB.
pub const GROUP: usize = 8;

/// What the section says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Directory {
    /// Number of passages.
    pub passages: u32,
    /// Number of pages.
    pub pages: u32,
    /// Weighted length of all passages, as BM25 counts it.
    pub length: u64,
    /// The lengths that passages are taken to have.
    pub lengths: Lengths,
    /// Blocks of the word index.
    pub terms: Family,
    /// First term of each.
    pub first_terms: Vec<String>,
    /// Blocks of the list of words that queries are completed and corrected with.
    pub spelling: Family,
    /// First word of each.
    pub first_words: Vec<String>,
    /// Groups of [`GROUP`] passages.
    pub groups: Family,
    /// Blocks of addresses.
    pub addresses: Addresses,
    /// What the author gives the passages' pages.
    pub priors: Priors,
}

impl Directory {
    /// The section's payload.
    pub fn write(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.varint(u64::from(self.passages));
        w.varint(u64::from(self.pages));
        w.varint(self.length);
        self.lengths.write(&mut w);
        self.terms.write(&mut w);
        write_keys(&mut w, &self.first_terms);
        self.spelling.write(&mut w);
        write_keys(&mut w, &self.first_words);
        self.groups.write(&mut w);
        self.addresses.write(&mut w);
        self.priors.write(&mut w);
        w.finish()
    }

    /// Opens what [`Directory::write`] gave.
    pub fn open(payload: &[u8]) -> Result<Self> {
        let mut r = Reader::new(SECTION, payload);
        let directory = Self {
            passages: r.varint_u32()?,
            pages: r.varint_u32()?,
            length: r.varint()?,
            lengths: Lengths::read(&mut r)?,
            terms: Family::read(&mut r)?,
            first_terms: read_keys(&mut r)?,
            spelling: Family::read(&mut r)?,
            first_words: read_keys(&mut r)?,
            groups: Family::read(&mut r)?,
            addresses: Addresses::read(&mut r)?,
            priors: Priors::read(&mut r)?,
        };
        r.end()?;
        let sizes_agree = directory.first_terms.len() == directory.terms.len()
            && directory.first_words.len() == directory.spelling.len()
            && directory.passages as usize <= directory.capacity();
        if !sizes_agree {
            return Err(Error::Corrupt {
                section: SECTION,
                what: "its sizes do not agree",
            });
        }
        Ok(directory)
    }

    /// Numbers that passages can have: all are below.
    pub fn capacity(&self) -> usize {
        self.groups.len() * GROUP
    }
}

/// The block that a key is in, if it is anywhere: the last one that does not begin after it.
pub fn block_of(firsts: &[String], key: &str) -> Option<usize> {
    firsts
        .partition_point(|first| first.as_str() <= key)
        .checked_sub(1)
}

/// The blocks that keys beginning with `prefix` are in, if there are any.
pub fn blocks_of_prefix(firsts: &[String], prefix: &str) -> std::ops::Range<usize> {
    let begins = |first: &String| first.starts_with(prefix);
    let start = block_of(firsts, prefix).unwrap_or(0);
    let end = firsts.partition_point(|first| first.as_str() < prefix || begins(first));
    start..end.max((start + 1).min(firsts.len()))
}

/// Appends ascending strings.
pub fn write_keys<T: AsRef<str>>(w: &mut Writer, keys: &[T]) {
    w.varint(keys.len() as u64);
    let mut before = "";
    for key in keys {
        let key = key.as_ref();
        let shared = shared_prefix(before, key);
        w.varint(shared as u64);
        w.str(&key[shared..]);
        before = key;
    }
}

/// Reads what [`write_keys`] wrote; fails unless the strings ascend.
pub fn read_keys(r: &mut Reader<'_>) -> Result<Vec<String>> {
    let count = r.count(2)?;
    let mut keys: Vec<String> = Vec::with_capacity(count);
    let mut total = 0;
    for _ in 0..count {
        let shared = r.varint_u32()? as usize;
        let rest = r.str()?;
        let before = keys.last().map_or("", String::as_str);
        let Some(prefix) = before.get(..shared) else {
            return Err(r.corrupt("a key shares more than there is"));
        };
        let key = [prefix, rest].concat();
        total += key.len();
        if key.len() > LONGEST_KEY || total > MOST_KEY_BYTES {
            return Err(r.corrupt("a key is too long"));
        }
        if !keys.is_empty() && before >= key.as_str() {
            return Err(r.corrupt("keys are not in order"));
        }
        keys.push(key);
    }
    Ok(keys)
}

/// Bytes that two strings begin with alike, up to the end of a character.
fn shared_prefix(a: &str, b: &str) -> usize {
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b);
    same.map(|(c, _)| c.len_utf8()).sum()
}

/// Bytes of the longest key: words are cut at 48 characters, a title's key is a line.
pub const LONGEST_KEY: usize = 1 << 10;

/// Bytes of all keys of a list: front coding must not let a few bytes grow without end.
const MOST_KEY_BYTES: usize = 1 << 26;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Prior;

    fn keys(keys: &[&str]) -> Vec<String> {
        keys.iter().map(|&key| key.to_owned()).collect()
    }

    fn sample() -> Directory {
        Directory {
            passages: 11,
            pages: 3,
            length: 900,
            lengths: Lengths::of(&[80, 95, 100]),
            terms: Family::new([5, 5, 5]),
            first_terms: keys(&["", "map", "maß"]),
            spelling: Family::new([5]),
            first_words: keys(&[""]),
            groups: Family::new([5, 5]),
            addresses: Addresses {
                family: Family::new([5]),
                firsts: keys(&[""]),
                runs: std::iter::once(0..11).collect(),
            },
            priors: Priors::new([(3, Prior::new(0.5).unwrap())]),
        }
    }

    #[test]
    fn a_directory_comes_back_and_every_cut_is_an_error() {
        let payload = sample().write();
        assert_eq!(Directory::open(&payload), Ok(sample()));
        for cut in 0..payload.len() {
            assert!(Directory::open(&payload[..cut]).is_err(), "{cut}");
        }
        for at in 0..payload.len() {
            for flip in [1, 2, 64, 128, 255] {
                let mut damaged = payload.clone();
                damaged[at] ^= flip;
                let _ = Directory::open(&damaged);
            }
        }
    }

    #[test]
    fn sizes_that_do_not_agree_are_refused() {
        let mut more = sample();
        more.passages = 17;
        assert!(Directory::open(&more.write()).is_err());
        let mut fewer = sample();
        fewer.first_terms.pop();
        assert!(Directory::open(&fewer.write()).is_err());
    }

    #[test]
    fn a_key_leads_to_its_block_and_a_prefix_to_all_of_its() {
        let firsts = keys(&["", "map", "maple", "robot"]);
        assert_eq!(block_of(&firsts, "a"), Some(0));
        assert_eq!(block_of(&firsts, "map"), Some(1));
        assert_eq!(block_of(&firsts, "mapl"), Some(1));
        assert_eq!(block_of(&firsts, "zoo"), Some(3));
        assert_eq!(block_of(&[], "zoo"), None);
        assert_eq!(blocks_of_prefix(&firsts, "map"), 1..3);
        assert_eq!(blocks_of_prefix(&firsts, "ma"), 0..3);
        assert_eq!(blocks_of_prefix(&firsts, "mars"), 2..3);
        assert_eq!(blocks_of_prefix(&firsts, ""), 0..4);
        assert_eq!(blocks_of_prefix(&[], "a"), 0..0);
    }
}
