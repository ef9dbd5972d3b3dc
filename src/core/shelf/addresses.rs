//! Addresses: which passages are a page's, and which of them begin what a reader may ask about it.
//!
//! The pages stand in the order of their addresses, in blocks of [`BLOCK`]. The directory has of each
//! block its first address and, where the passages of its pages stand in a row, which they are: so of
//! all pages below an address only the first and the last block are looked into. A block is
//!
//! ```text
//! keys       addresses, ascending
//! of each    first passage, how many, how many starters, of each its place on the page
//! ```

use std::ops::Range;

use super::codec::{Reader, Writer};
use super::family::Family;
use super::keys::Keys;
use crate::Result;

const SECTION: &str = "addresses";

/// Pages of a block, about 3 KB.
pub const BLOCK: usize = 256;

/// Most starters of a page.
pub const STARTERS: usize = 4;

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its address below the site's base URL.
    pub url: String,
    /// Its passages, in reading order.
    pub passages: Range<u32>,
    /// The passages under the headings that say best what can be asked of the page, the best first.
    pub starters: Vec<u32>,
}

/// What a directory says of the blocks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Addresses {
    /// The blocks.
    pub family: Family,
    /// First address of each.
    pub firsts: Keys,
    /// The passages of each one's pages; nothing where others are between them.
    pub runs: Vec<Range<u32>>,
}

impl Addresses {
    /// Appends this to a payload.
    pub fn write(&self, w: &mut Writer) {
        self.family.write(w);
        self.firsts.write(w);
        for run in &self.runs {
            write_range(w, run);
        }
    }

    /// Reads what [`Addresses::write`] wrote.
    pub fn read(r: &mut Reader<'_>) -> Result<Self> {
        let (family, firsts) = (Family::read(r)?, Keys::read(r)?);
        if family.len() != firsts.len() {
            return Err(r.corrupt("its sizes do not agree"));
        }
        let runs = firsts
            .iter()
            .map(|_| read_range(r))
            .collect::<Result<_>>()?;
        Ok(Self {
            family,
            firsts,
            runs,
        })
    }
}

/// The payload of a block.
pub fn write(entries: &[Entry]) -> Vec<u8> {
    let mut w = Writer::new();
    let keys: Keys = entries.iter().map(|entry| &entry.url).collect();
    keys.write(&mut w);
    for entry in entries {
        write_range(&mut w, &entry.passages);
        w.varint(entry.starters.len() as u64);
        for starter in &entry.starters {
            w.varint(u64::from(starter - entry.passages.start));
        }
    }
    w.finish()
}

/// Opens what [`write()`] gave.
pub fn open(payload: &[u8]) -> Result<Vec<Entry>> {
    let mut r = Reader::new(SECTION, payload);
    let mut entries = Vec::new();
    for url in Keys::read(&mut r)?.iter() {
        let passages = read_range(&mut r)?;
        let count = r.count(1)?;
        let mut starters = Vec::with_capacity(count);
        for _ in 0..count {
            let starter = passages.start.checked_add(r.varint_u32()?);
            let starter = starter.filter(|starter| passages.contains(starter));
            starters.push(starter.ok_or_else(|| r.corrupt("a starter is on another page"))?);
        }
        entries.push(Entry {
            url: url.to_owned(),
            passages,
            starters,
        });
    }
    r.end()?;
    Ok(entries)
}

fn write_range(w: &mut Writer, range: &Range<u32>) {
    w.varint(u64::from(range.start));
    w.varint(u64::from(range.end - range.start));
}

fn read_range(r: &mut Reader<'_>) -> Result<Range<u32>> {
    let (start, count) = (r.varint_u32()?, r.varint_u32()?);
    let end = start.checked_add(count);
    Ok(start..end.ok_or_else(|| r.corrupt("a number is too large"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<Entry> {
        let entry = |url: &str, passages: Range<u32>, starters: &[u32]| Entry {
            url: url.to_owned(),
            passages,
            starters: starters.to_vec(),
        };
        vec![
            entry("", 0..3, &[]),
            entry("docs/a/", 300..340, &[339, 300]),
            entry("docs/ä/", 3..3, &[]),
        ]
    }

    #[test]
    fn a_block_comes_back_and_every_damage_is_an_error_or_a_block() {
        let payload = write(&sample());
        assert_eq!(open(&payload), Ok(sample()));
        assert_eq!(open(&write(&[])), Ok(Vec::new()));
        for cut in 0..payload.len() {
            assert!(open(&payload[..cut]).is_err(), "{cut}");
        }
        for at in 0..payload.len() {
            for value in 0..=255 {
                let mut damaged = payload.clone();
                damaged[at] = value;
                for entry in open(&damaged).into_iter().flatten() {
                    assert!(
                        entry
                            .starters
                            .iter()
                            .all(|own| entry.passages.contains(own))
                    );
                }
            }
        }
    }

    #[test]
    fn what_a_directory_says_comes_back_and_counts_that_do_not_agree_are_refused() {
        let addresses = Addresses {
            family: Family::new([7, 7]),
            firsts: ["", "docs/a"].iter().collect(),
            runs: vec![0..40, 0..0],
        };
        let written = |addresses: &Addresses| {
            let mut w = Writer::new();
            addresses.write(&mut w);
            w.finish()
        };
        let read = |bytes: &[u8]| Addresses::read(&mut Reader::new("test", bytes));
        let bytes = written(&addresses);
        assert_eq!(read(&bytes), Ok(addresses.clone()));
        assert!(read(&bytes[..bytes.len() - 1]).is_err());
        let family = Family::new([7]);
        assert!(
            read(&written(&Addresses {
                family,
                ..addresses
            }))
            .is_err()
        );
    }
}
