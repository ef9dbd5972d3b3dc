//! A block of the word index: terms in a row, with their words, the words' vectors and the postings.
//!
//! What a query needs of a word is all in the block of the word's term, so one request brings it.
//! Payload:
//!
//! ```text
//! keys        terms and words in order ([`Keys`])
//! flags       a byte a key: TERM, WORD, ROW
//! varints     of each word that is no term itself, the number of its term in the block
//! cells       1 in a book of several cells, else 0
//! lists       of each term: varints of its passages, of the postings kept, of their bytes
//! pairs       varint count; of each the step of the first term's number, 3 bytes of the hash of the
//!             second term's text, varints of its postings and their bytes
//! postings    of the terms, then of the pairs; behind those of a list of at most [`FEW`] the cells of
//!             their passages (`u16`) in a book of several
//! rows        the vectors of the keys with ROW, [`nibbles`] rows
//! ```
//!
//! A pair names its second term by a hash, since that is in another block, where numbers change.
//!
//! [`nibbles`]: crate::meaning::nibbles

use super::postings::Postings;
use crate::Result;
use crate::checksum::crc32;
use crate::shelf::codec::{Reader, Writer};
use crate::shelf::keys::Keys;
use std::ops::Range;

/// The key is a term: a stem or an identifier.
pub const TERM: u8 = 1;
/// The key is a word of the text.
pub const WORD: u8 = 2;
/// The key is a word that has a vector.
pub const ROW: u8 = 4;

/// Bits of an ordinal that number a list in its block; the others number the block.
pub const LIST_BITS: u32 = 12;
/// Most lists of a block, terms' and pairs'.
pub const MOST_LISTS: usize = 1 << LIST_BITS;

/// Postings of a list that says in which cells its passages are. What is found by rare words is what a
/// query is moved towards; it is then compared with what is near to that too, without a round more.
pub const FEW: u32 = 4;

/// A key with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Term, word or both.
    pub text: String,
    /// [`TERM`], [`WORD`], [`ROW`].
    pub flags: u8,
    /// Of a word, the number of its term in the block.
    pub term: u32,
    /// Its vector, where it has one.
    pub row: Vec<u8>,
}

/// Encoded postings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Passages that have the term.
    pub df: usize,
    /// Postings that are kept of them.
    pub kept: usize,
    /// The postings, and the cells of a short list.
    pub bytes: Vec<u8>,
}

/// What a block is made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Content {
    /// Keys in ascending order.
    pub keys: Vec<Key>,
    /// Whether short lists tell the cells of their passages.
    pub cells: bool,
    /// Postings of the terms, in the order of their keys.
    pub terms: Vec<List>,
    /// Number of the first term, hash of the second, postings; ascending by the first two.
    pub pairs: Vec<(u32, u32, List)>,
}

/// The three bytes that a pair knows its second term by.
pub fn second_of_pair(term: &str) -> u32 {
    crc32(term.as_bytes()) >> 8
}

/// The payload of a block.
pub fn write(content: &Content) -> Vec<u8> {
    let Content {
        keys,
        cells,
        terms,
        pairs,
    } = content;
    let mut w = Writer::new();
    keys.iter()
        .map(|key| &key.text)
        .collect::<Keys>()
        .write(&mut w);
    let flags: Vec<u8> = keys.iter().map(|key| key.flags).collect();
    w.raw(&flags);
    for key in keys.iter().filter(|key| refers(key.flags)) {
        w.varint(u64::from(key.term));
    }
    w.varint(u64::from(*cells));
    for list in terms {
        w.varint(list.df as u64);
        w.varint(list.kept as u64);
        w.varint(list.bytes.len() as u64);
    }
    w.varint(pairs.len() as u64);
    let mut last = 0;
    for (first, second, list) in pairs {
        w.varint(u64::from(first - last));
        w.raw(&second.to_le_bytes()[..3]);
        w.varint(list.kept as u64);
        w.varint(list.bytes.len() as u64);
        last = *first;
    }
    let lists = terms.iter().chain(pairs.iter().map(|(_, _, list)| list));
    for list in lists {
        w.raw(&list.bytes);
    }
    for key in keys {
        w.raw(&key.row);
    }
    w.finish()
}

/// Whether a key names the term that it is a word of.
fn refers(flags: u8) -> bool {
    flags & WORD != 0 && flags & TERM == 0
}

/// An opened block.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    payload: Vec<u8>,
    keys: Keys,
    flags: Vec<u8>,
    /// Of each key the number of its term (of a term its own) and of its row.
    terms: Vec<u32>,
    rows: Vec<u32>,
    lists: Vec<Place>,
    /// Number of the first term and hash of the second, of each list behind those of the terms.
    pairs: Vec<(u32, u32)>,
    /// Whether short lists tell cells.
    cells: bool,
    /// Where the rows begin, and bytes of one.
    rows_at: usize,
    row_bytes: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    df: u32,
    kept: u32,
    start: u32,
    end: u32,
}

impl Place {
    fn bytes(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Where a reader is.
fn place(r: &Reader<'_>) -> Result<u32> {
    u32::try_from(r.position()).map_err(|_| r.corrupt("a block is too large"))
}

impl Block {
    /// Opens what [`write()`] gave: reads its tables, not its postings.
    pub fn open(payload: &[u8]) -> Result<Self> {
        let mut r = Reader::new(super::SECTION, payload);
        let keys = Keys::read(&mut r)?;
        let flags = r.raw(keys.len())?.to_vec();
        let terms = number_terms(&mut r, &flags)?;
        let count = flags.iter().filter(|&&own| own & TERM != 0).count();
        let cells = r.varint()? != 0;
        let mut lists = Vec::with_capacity(count.min(r.remaining()));
        for _ in 0..count {
            let (df, kept, bytes) = (r.varint_u32()?, r.varint_u32()?, r.varint_u32()?);
            lists.push((df, kept, bytes));
        }
        let pairs = read_pairs(&mut r, &mut lists)?;
        if lists.len() > MOST_LISTS {
            return Err(r.corrupt("a block has too many lists"));
        }
        let mut places = Vec::with_capacity(lists.len());
        for (df, kept, bytes) in lists {
            let start = place(&r)?;
            let beside = if cells && kept <= FEW { 2 * kept } else { 0 };
            r.raw(bytes as usize)?;
            if kept > df || u64::from(kept) + 2 * u64::from(beside) > 2 * u64::from(bytes) {
                return Err(r.corrupt("a list is shorter than its postings"));
            }
            let end = place(&r)? - beside;
            places.push(Place {
                df,
                kept,
                start,
                end,
            });
        }
        let mut next = 0;
        let rows = flags.iter().map(|own| {
            next += u32::from(own & ROW != 0);
            next.saturating_sub(1)
        });
        let rows: Vec<u32> = rows.collect();
        let (rows_at, row_bytes) = (r.position(), r.remaining() / (next as usize).max(1));
        if row_bytes * next as usize != r.remaining() || (next > 0 && row_bytes == 0) {
            return Err(r.corrupt("its rows are of another size"));
        }
        Ok(Self {
            payload: payload.to_vec(),
            keys,
            flags,
            terms,
            rows,
            lists: places,
            pairs,
            cells,
            rows_at,
            row_bytes,
        })
    }

    /// Number of terms.
    pub fn terms(&self) -> usize {
        self.lists.len() - self.pairs.len()
    }

    /// Number of pairs.
    pub fn pairs(&self) -> usize {
        self.pairs.len()
    }

    /// List of a stem or identifier.
    pub fn term(&self, text: &str) -> Option<u32> {
        self.find(text, TERM).map(|at| self.terms[at])
    }

    /// List of the term of a word.
    pub fn word(&self, surface: &str) -> Option<u32> {
        self.find(surface, WORD).map(|at| self.terms[at])
    }

    /// Vector of a word.
    pub fn row(&self, surface: &str) -> Option<&[u8]> {
        let row = self.rows[self.find(surface, ROW)?] as usize;
        let start = self.rows_at + row * self.row_bytes;
        self.payload.get(start..start + self.row_bytes)
    }

    /// List of the pair of a term of this block and another.
    pub fn pair(&self, first: u32, second: &str) -> Option<u32> {
        let key = (first, second_of_pair(second));
        let at = self.pairs.binary_search(&key).ok()?;
        u32::try_from(self.terms() + at).ok()
    }

    /// Words that begin with `prefix`, in order, with the lists of their terms.
    pub fn starting_with(&self, prefix: &str) -> impl Iterator<Item = (&str, u32)> + use<'_> {
        let begin = self.keys.starting_with(prefix);
        let words = begin.filter(|&at| self.flags[at] & WORD != 0);
        words.map(|at| (&self.keys[at], self.terms[at]))
    }

    /// Passages that have the term of a list.
    pub fn df(&self, list: u32) -> usize {
        self.lists
            .get(list as usize)
            .map_or(0, |own| own.df as usize)
    }

    /// Postings of a list.
    pub fn postings(&self, list: u32) -> Postings<'_> {
        match self.lists.get(list as usize) {
            Some(own) => Postings::new(&self.payload[own.bytes()], own.kept as usize),
            None => Postings::new(&[], 0),
        }
    }

    /// The cell of a passage that is in a list of at most [`FEW`], in a book of several cells.
    pub fn cell(&self, list: u32, passage: u32) -> Option<usize> {
        let own = self.lists.get(list as usize);
        let own = own.filter(|own| self.cells && own.kept <= FEW)?;
        let mut postings = self.postings(list).map_while(Result::ok);
        let place = postings.position(|posting| posting.passage == passage)?;
        let mut beside = self.payload[own.bytes().end..].chunks(2).skip(place);
        let cell = beside.next()?.try_into().ok()?;
        Some(u16::from_le_bytes(cell).into())
    }

    /// Bytes of a vector; zero where there are none.
    pub fn row_bytes(&self) -> usize {
        self.row_bytes
    }

    /// The rows, one after the other.
    pub fn rows(&self) -> &[u8] {
        &self.payload[self.rows_at..]
    }

    /// Number of lists.
    pub fn lists(&self) -> u32 {
        self.lists.len() as u32
    }

    fn find(&self, key: &str, flag: u8) -> Option<usize> {
        let at = self.keys.find(key)?;
        (self.flags[at] & flag != 0).then_some(at)
    }
}

/// The number of each key's term; fails where a word names one that is not there.
fn number_terms(r: &mut Reader<'_>, flags: &[u8]) -> Result<Vec<u32>> {
    let count = flags.iter().filter(|&&own| own & TERM != 0).count() as u32;
    let mut next = 0;
    let mut terms = Vec::with_capacity(flags.len());
    for &own in flags {
        if own == 0 || own > TERM | WORD | ROW {
            return Err(r.corrupt("a key is neither term nor word"));
        }
        let term = if own & TERM != 0 {
            next += 1;
            next - 1
        } else if refers(own) {
            r.varint_u32()?
        } else {
            0
        };
        if own & (TERM | WORD) != 0 && term >= count {
            return Err(r.corrupt("a word has no term"));
        }
        terms.push(term);
    }
    Ok(terms)
}

/// Reads the table of pairs; appends the sizes of their lists.
fn read_pairs(r: &mut Reader<'_>, lists: &mut Vec<(u32, u32, u32)>) -> Result<Vec<(u32, u32)>> {
    let terms = lists.len();
    let count = r.count(6)?;
    let mut pairs: Vec<(u32, u32)> = Vec::with_capacity(count);
    let mut first = 0u32;
    for _ in 0..count {
        first = first.saturating_add(r.varint_u32()?);
        let hash = r.raw(3)?;
        let second = u32::from_le_bytes([hash[0], hash[1], hash[2], 0]);
        if first as usize >= terms || pairs.last() >= Some(&(first, second)) {
            return Err(r.corrupt("pairs are not in order"));
        }
        pairs.push((first, second));
        let (kept, bytes) = (r.varint_u32()?, r.varint_u32()?);
        lists.push((kept, kept, bytes));
    }
    Ok(pairs)
}

#[cfg(test)]
#[path = "block_tests.rs"]
mod tests;
