//! Postings: the passages of a term, ascending, and how often it stands in each.
//!
//! A posting is `varint(gap << 1 | more)`, the gap counted from the passage after the one before.
//! Without `more` the term stands once, in the body: the commonest case by far, one byte. Else
//! `varint(head << 3 | min(body, 7))` follows, and `varint(body - 7)` where body is 7 or more.
//! Behind all postings of a list stand the levels of their passages' lengths, 4 bits each, the first in
//! the low half of a byte.

use crate::Result;
use crate::shelf::codec::{Reader, Writer};

/// One passage of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// Index of the passage.
    pub passage: u32,
    /// Occurrences in the title and the headings.
    pub head: u32,
    /// Occurrences in the body.
    pub body: u32,
    /// Length of the passage, as a place in [`super::bm25::Lengths`].
    pub level: u8,
}

/// Encodes postings, which must be ascending by passage.
pub fn encode(postings: &[Posting]) -> Vec<u8> {
    let mut out = Writer::new();
    let mut next = 0u64;
    for posting in postings {
        let gap = u64::from(posting.passage) - next;
        next = u64::from(posting.passage) + 1;
        if (posting.head, posting.body) == (0, 1) {
            out.varint(gap << 1);
            continue;
        }
        out.varint(gap << 1 | 1);
        out.varint(u64::from(posting.head) << 3 | u64::from(posting.body.min(BODY_ESCAPE)));
        if posting.body >= BODY_ESCAPE {
            out.varint(u64::from(posting.body - BODY_ESCAPE));
        }
    }
    let level = |posting: Option<&Posting>| posting.map_or(0, |posting| posting.level & 15);
    for pair in postings.chunks(2) {
        out.raw(&[level(pair.first()) | level(pair.get(1)) << 4]);
    }
    out.finish()
}

/// Decodes postings one by one; ends after the first error.
pub struct Postings<'a> {
    reader: Reader<'a>,
    levels: &'a [u8],
    read: usize,
    count: usize,
    next: u64,
}

impl<'a> Postings<'a> {
    /// The `count` postings in `bytes`.
    pub fn new(bytes: &'a [u8], count: usize) -> Self {
        let at = bytes.len().saturating_sub(count.div_ceil(2));
        let (postings, levels) = bytes.split_at(at);
        Self {
            reader: Reader::new(super::SECTION, postings),
            levels,
            read: 0,
            count,
            next: 0,
        }
    }

    fn level(&self) -> u8 {
        let pair = self.levels.get(self.read / 2).copied().unwrap_or_default();
        pair >> (4 * (self.read % 2)) & 15
    }

    fn read(&mut self) -> Result<Posting> {
        let first = self.reader.varint()?;
        let too_large = |_| self.reader.corrupt("a passage number is too large");
        let passage = u32::try_from(self.next.saturating_add(first >> 1)).map_err(too_large)?;
        self.next = u64::from(passage) + 1;
        if first & 1 == 0 {
            return Ok(Posting {
                passage,
                head: 0,
                body: 1,
                level: self.level(),
            });
        }
        let counts = self.reader.varint_u32()?;
        let (head, low) = (counts >> 3, counts & BODY_ESCAPE);
        let more = if low == BODY_ESCAPE {
            self.reader.varint_u32()?
        } else {
            0
        };
        let body = low
            .checked_add(more)
            .ok_or_else(|| self.reader.corrupt("a frequency is too large"))?;
        Ok(Posting {
            passage,
            head,
            body,
            level: self.level(),
        })
    }
}

impl Iterator for Postings<'_> {
    type Item = Result<Posting>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.read >= self.count {
            return None;
        }
        let posting = self.read();
        self.read = match &posting {
            Ok(_) => self.read + 1,
            Err(_) => self.count,
        };
        Some(posting)
    }
}

/// Body frequencies from here on have a varint of their own.
const BODY_ESCAPE: u32 = 7;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postings_come_back_as_they_were() {
        let postings: Vec<Posting> = [
            (0, 0, 1),
            (1, 1, 0),
            (70, 3, 6),
            (71, 0, 7),
            (90_000, 20, 5000),
            (u32::MAX, 0, 1),
        ]
        .into_iter()
        .zip([0, 15, 7, 8, 1, 9])
        .map(|((passage, head, body), level)| Posting {
            passage,
            head,
            body,
            level,
        })
        .collect();
        for count in 0..postings.len() {
            let bytes = encode(&postings[..count]);
            let decoded: Result<Vec<_>> = Postings::new(&bytes, count).collect();
            assert_eq!(decoded.unwrap(), postings[..count]);
        }
        assert_eq!(encode(&postings[..1]).len(), 2);
    }

    #[test]
    fn hostile_numbers_end_the_list_with_an_error() {
        for bytes in [
            &[0xff; 12][..],
            &[1, 0],
            &[1, 7, 0],
            &[0xfe, 0xff, 0xff, 0xff, 0x1f, 0, 0],
        ] {
            let all: Vec<_> = Postings::new(bytes, 2).collect();
            assert!(all.last().is_some_and(|last| last.is_err()), "{bytes:?}");
        }
        assert_eq!(Postings::new(&[], 0).count(), 0);
    }
}
