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
//! [`Keys`] are strings in ascending order.

use super::addresses::Addresses;
use super::codec::{Reader, Writer};
use super::family::Family;
use super::keys::Keys;
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
    pub first_terms: Keys,
    /// Blocks of the list of words that queries are completed and corrected with.
    pub spelling: Family,
    /// First word of each.
    pub first_words: Keys,
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
        self.first_terms.write(&mut w);
        self.spelling.write(&mut w);
        self.first_words.write(&mut w);
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
            first_terms: Keys::read(&mut r)?,
            spelling: Family::read(&mut r)?,
            first_words: Keys::read(&mut r)?,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Prior;

    fn keys(keys: &[&str]) -> Keys {
        keys.iter().collect()
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
        fewer.first_terms = keys(&["", "map"]);
        assert!(Directory::open(&fewer.write()).is_err());
    }
}
