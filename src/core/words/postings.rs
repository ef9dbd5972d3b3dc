//! Postings: the passages of a term, ascending, and how often it stands in each.
//!
//! A posting is `varint(gap << 1 | more)`, the gap counted from the passage after the one before.
//! Without `more` the term stands once, in the body: the commonest case by far, one byte. Else
//! `varint(head << 3 | min(body, 7))` follows, and `varint(body - 7)` where body is 7 or more.

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
    out.finish()
}

/// Decodes postings one by one; ends after the first error.
pub struct Postings<'a> {
    reader: Reader<'a>,
    next: u64,
    failed: bool,
}

impl<'a> Postings<'a> {
    /// The postings in `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            reader: Reader::new(super::SECTION, bytes),
            next: 0,
            failed: false,
        }
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
        })
    }
}

impl Iterator for Postings<'_> {
    type Item = Result<Posting>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.reader.remaining() == 0 {
            return None;
        }
        let posting = self.read();
        self.failed = posting.is_err();
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
        .map(|(passage, head, body)| Posting {
            passage,
            head,
            body,
        })
        .to_vec();
        let bytes = encode(&postings);
        assert_eq!(
            Postings::new(&bytes).collect::<Result<Vec<_>>>().unwrap(),
            postings
        );
        assert_eq!(encode(&postings[..1]).len(), 1);
    }

    #[test]
    fn hostile_numbers_end_the_list_with_an_error() {
        for bytes in [
            &[0xff; 12][..],
            &[1],
            &[1, 7],
            &[0xfe, 0xff, 0xff, 0xff, 0x1f, 0],
        ] {
            let all: Vec<_> = Postings::new(bytes).collect();
            assert!(all.last().is_some_and(|last| last.is_err()), "{bytes:?}");
        }
    }
}
