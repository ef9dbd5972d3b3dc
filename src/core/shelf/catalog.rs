//! The catalog and text sections: what the book is made of, and what its passages say.

use std::ops::Range;

use super::codec::{Reader, Writer};
use crate::{Book, Error, Page, Passage, Result, Section};

const CATALOG: &str = "catalog";
const TEXT: &str = "text";

/// Payloads of the catalog and the text section.
///
/// Catalog: pages, then sections, then passages. A section names its page, a passage its section,
/// as the difference to the one before. Text: all passages' text, one after the other; lengths are
/// in the catalog.
pub fn write(book: &Book) -> (Vec<u8>, Vec<u8>) {
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
    (w.finish(), text.into_bytes())
}

/// Opens what [`write()`] gave; every reference is checked.
pub fn open(catalog: &[u8], text: &[u8]) -> Result<Book> {
    let mut r = Reader::new(CATALOG, catalog);
    let text = std::str::from_utf8(text).map_err(|_| Error::Corrupt {
        section: TEXT,
        what: "the text is not UTF-8",
    })?;
    let mut book = Book::default();
    for _ in 0..r.count(3)? {
        let mut next = || r.str().map(str::to_owned);
        book.pages.push(Page {
            url: next()?,
            title: next()?,
            lang: next()?,
        });
    }
    let mut page = 0;
    for _ in 0..r.count(3)? {
        page = reference(&mut r, page, book.pages.len())?;
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
    let (mut section, mut rest) = (0, text);
    for _ in 0..r.count(3)? {
        section = reference(&mut r, section, book.sections.len())?;
        let length = r.varint_u32()? as usize;
        let Some((own, after)) = rest.split_at_checked(length) else {
            return Err(Error::Mixed {
                what: "the text is of another catalog",
            });
        };
        rest = after;
        let code = code_ranges(&mut r, own)?;
        book.passages.push(Passage {
            section,
            text: own.to_owned(),
            code,
        });
    }
    r.end()?;
    if !rest.is_empty() {
        return Err(Error::Mixed {
            what: "the text is of another catalog",
        });
    }
    Ok(book)
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
        let (catalog, text) = write(&sample());
        assert_eq!(open(&catalog, &text), Ok(sample()));
        assert_eq!(open(&write(&Book::default()).0, b""), Ok(Book::default()));
    }

    #[test]
    fn every_damage_is_an_error_or_a_book() {
        let (catalog, text) = write(&sample());
        for cut in 0..catalog.len() {
            assert!(
                open(&catalog[..cut], &text).is_err(),
                "catalog cut at {cut}"
            );
        }
        for cut in 0..text.len() {
            assert!(open(&catalog, &text[..cut]).is_err(), "text cut at {cut}");
        }
        for at in 0..catalog.len() {
            for value in 0..=255 {
                let mut damaged = catalog.clone();
                damaged[at] = value;
                if let Ok(book) = open(&damaged, &text) {
                    for id in 0..book.passages.len() as u32 {
                        assert!(book.locate(id).is_some());
                    }
                }
            }
        }
    }
}
