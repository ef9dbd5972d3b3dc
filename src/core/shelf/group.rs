//! Groups of passages: pages, headings and text as a result shows them, and the exact vectors.
//!
//! A group holds [`super::directory::GROUP`] passages in a row, whatever pages they are of; only what a
//! shelf that takes over files of the one before it has given up leaves fewer. Passage `i` of group `g`
//! is number `g · GROUP + i` of the book.
//!
//! ```text
//! pages      url, title, language of each
//! sections   step to its page, anchor, headings
//! passages   step to its section, bytes of its text, ranges of code
//! text       of all passages, one after the other
//! sketches   of each passage those of its sentences, if it has several ([`crate::meaning::sketch`])
//! rows       their vectors, [`nibbles`] rows; none in a book that is searched by words alone
//! ```
//!
//! [`nibbles`]: crate::meaning::nibbles

use std::ops::Range;

use super::codec::{Reader, Writer};
use super::directory::GROUP;
use crate::meaning::sketch::SKETCH_BYTES;
use crate::{Book, Page, Passage, Result, Section};

const SECTION: &str = "group";

/// An opened group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its pages, sections and passages, numbered within the group.
    pub book: Book,
    sketches: Vec<Vec<u8>>,
    rows: Vec<u8>,
}

impl Group {
    /// The vector of a passage, by its number within the group.
    pub fn row(&self, place: usize) -> Option<&[u8]> {
        let bytes = self.row_bytes();
        self.rows
            .get(place * bytes..(place + 1) * bytes)
            .filter(|row| !row.is_empty())
    }

    /// The sketches of a passage's sentences, by its number within the group.
    pub fn sketches(&self, place: usize) -> impl Iterator<Item = &[u8]> {
        let own = self.sketches.get(place).map_or(&[][..], Vec::as_slice);
        own.chunks_exact(SKETCH_BYTES)
    }

    /// Bytes of a vector; zero where there are none.
    pub fn row_bytes(&self) -> usize {
        self.rows.len() / self.book.passages.len().max(1)
    }
}

/// The payload of a group: of each of its passages the vector is in `rows`, and the sketches in
/// `sketches`, one after the other.
pub fn write(book: &Book, sketches: &[Vec<u8>], rows: &[u8]) -> Vec<u8> {
    let mut w = Writer::new();
    w.varint(book.pages.len() as u64);
    for page in &book.pages {
        for text in [&page.url, &page.title, &page.lang] {
            w.str(text);
        }
    }
    w.varint(book.sections.len() as u64);
    let mut previous = 0;
    for section in &book.sections {
        w.varint(u64::from(section.page - previous));
        previous = section.page;
        w.str(&section.anchor);
        w.varint(section.headings.len() as u64);
        for heading in &section.headings {
            w.str(heading);
        }
    }
    w.varint(book.passages.len() as u64);
    let (mut previous, mut text) = (0, String::new());
    for passage in &book.passages {
        w.varint(u64::from(passage.section - previous));
        previous = passage.section;
        w.varint(passage.text.len() as u64);
        w.varint(passage.code.len() as u64);
        let mut at = 0;
        for code in &passage.code {
            w.varint(u64::from(code.start - at));
            w.varint(u64::from(code.end - code.start));
            at = code.end;
        }
        text.push_str(&passage.text);
    }
    w.str(&text);
    for place in 0..book.passages.len() {
        w.bytes(sketches.get(place).map_or(&[], Vec::as_slice));
    }
    w.raw(rows);
    w.finish()
}

/// Opens what [`write()`] gave; every reference is checked.
pub fn open(payload: &[u8]) -> Result<Group> {
    let mut r = Reader::new(SECTION, payload);
    let mut book = Book::default();
    for _ in 0..r.count(3)? {
        let mut next = || r.str().map(str::to_owned);
        book.pages.push(Page {
            url: next()?,
            title: next()?,
            lang: next()?,
        });
    }
    read_sections(&mut r, &mut book)?;
    // The text stands behind what says how to cut it.
    let mut lengths = r.clone();
    for _ in 0..skip_count(&mut r)? {
        skip_passage(&mut r)?;
    }
    let mut rest = r.str()?;
    let mut section = 0;
    for _ in 0..lengths.count(3)? {
        section = reference(&mut lengths, section, book.sections.len())?;
        let length = lengths.varint_u32()? as usize;
        let Some((own, after)) = rest.split_at_checked(length) else {
            return Err(lengths.corrupt("the text is shorter than its passages"));
        };
        rest = after;
        let code = code_ranges(&mut lengths, own)?;
        book.passages.push(Passage {
            section,
            text: own.to_owned(),
            code,
        });
    }
    let sketches = book.passages.iter().map(|_| r.bytes().map(<[u8]>::to_vec));
    let sketches = sketches.collect::<Result<Vec<_>>>()?;
    let rows = r.raw(r.remaining())?.to_vec();
    if !rest.is_empty() || rows.len() % book.passages.len().max(1) != 0 {
        return Err(r.corrupt("its sizes do not agree"));
    }
    Ok(Group {
        book,
        sketches,
        rows,
    })
}

fn read_sections(r: &mut Reader<'_>, book: &mut Book) -> Result<()> {
    let mut page = 0;
    for _ in 0..r.count(3)? {
        page = reference(r, page, book.pages.len())?;
        let anchor = r.str()?.to_owned();
        let count = r.count(1)?;
        let headings = (0..count)
            .map(|_| r.str().map(str::to_owned))
            .collect::<Result<_>>()?;
        book.sections.push(Section {
            page,
            headings,
            anchor,
        });
    }
    Ok(())
}

/// The number of passages, which is bounded.
fn skip_count(r: &mut Reader<'_>) -> Result<usize> {
    match r.count(3)? {
        count if count <= GROUP => Ok(count),
        _ => Err(r.corrupt("it has more passages than a group has")),
    }
}

fn skip_passage(r: &mut Reader<'_>) -> Result<()> {
    let (_, _) = (r.varint()?, r.varint()?);
    for _ in 0..2 * r.count(2)? {
        r.varint()?;
    }
    Ok(())
}

/// Reads the difference to the `last` reference; the sum must be below `count`.
fn reference(r: &mut Reader<'_>, last: u32, count: usize) -> Result<u32> {
    let step = r.varint_u32()?;
    let next = last
        .checked_add(step)
        .filter(|&next| (next as usize) < count);
    next.ok_or_else(|| r.corrupt("it refers to something that is not there"))
}

fn code_ranges(r: &mut Reader<'_>, text: &str) -> Result<Vec<Range<u32>>> {
    let count = r.count(2)?;
    let mut ranges = Vec::with_capacity(count);
    let mut at = 0u32;
    for _ in 0..count {
        let start = at.checked_add(r.varint_u32()?);
        let end = start.and_then(|start| Some((start, start.checked_add(r.varint_u32().ok()?)?)));
        let Some((start, end)) = end else {
            return Err(r.corrupt("a range of code is too long"));
        };
        if text.get(start as usize..end as usize).is_none() {
            return Err(r.corrupt("a range of code is outside its text"));
        }
        ranges.push(start..end);
        at = end;
    }
    Ok(ranges)
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)] // Most passages have one range of code.
mod tests {
    use super::*;

    fn sample() -> Book {
        let page = |url: &str| Page {
            url: url.into(),
            title: url.to_uppercase(),
            lang: "en".into(),
        };
        let section = |page, heading: &str| Section {
            page,
            headings: vec!["Part".into(), heading.into()],
            anchor: heading.to_lowercase(),
        };
        let passage = |section, text: &str, code: &[Range<u32>]| Passage {
            section,
            text: text.into(),
            code: code.to_vec(),
        };
        Book {
            pages: vec![page("docs/a"), page("docs/b")],
            sections: vec![section(0, "One"), section(1, "Two"), section(1, "Drei")],
            passages: vec![
                passage(0, "Grüße\nlet x = 1;", &[8..18]),
                passage(0, "more", &[]),
                passage(2, "a\nb\nc", &[0..1, 4..5]),
            ],
        }
    }

    #[test]
    fn a_book_comes_back() {
        let group = open(&write(
            &sample(),
            &[Vec::new(), vec![9; 16]],
            &[1, 2, 3, 4, 5, 6],
        ))
        .unwrap();
        assert_eq!(group.book, sample());
        assert_eq!((group.row(1), group.row(3)), (Some(&[3, 4][..]), None));
        assert_eq!(
            (group.sketches(0).count(), group.sketches(1).count()),
            (0, 2)
        );
        let bare = open(&write(&sample(), &[], &[])).unwrap();
        assert_eq!((bare.row(0), bare.row_bytes()), (None, 0));
        let empty = open(&write(&Book::default(), &[], &[])).unwrap();
        assert_eq!(empty.book, Book::default());
    }

    #[test]
    fn every_damage_is_an_error_or_a_group() {
        let payload = write(&sample(), &[vec![1; 8]], &[7; 9]);
        for cut in 0..payload.len() - 9 {
            assert!(open(&payload[..cut]).is_err(), "cut at {cut}");
        }
        assert!(open(&payload[..payload.len() - 1]).is_err());
        for at in 0..payload.len() {
            for value in 0..=255 {
                let mut damaged = payload.clone();
                damaged[at] = value;
                if let Ok(Group { book, .. }) = open(&damaged) {
                    for id in 0..book.passages.len() as u32 {
                        assert!(book.locate(id).is_some());
                    }
                }
            }
        }
    }

    #[test]
    fn a_group_of_too_many_passages_is_refused() {
        let mut many = sample();
        many.passages.resize(GROUP + 1, many.passages[2].clone());
        assert_eq!(
            open(&write(&many, &[], &[])).unwrap_err().code(),
            "shelf-corrupt"
        );
    }
}
