//! Pages by their addresses, in blocks, as a shelf keeps them.

use std::collections::BTreeMap;
use std::ops::Range;

use lectern_core::Book;
use lectern_core::shelf::addresses::{self, BLOCK, Entry};
use lectern_core::shelf::keys::{Keys, LONGEST_KEY};

use crate::starters::starters;

/// The blocks of addresses of a book.
pub(crate) struct Blocks {
    /// First address of each.
    pub firsts: Keys,
    /// The passages of each one's pages, where they stand in a row.
    pub runs: Vec<Range<u32>>,
    pub payloads: Vec<Vec<u8>>,
}

/// The blocks of a book whose passages have these numbers, those of a page in a row. They begin where
/// `begin` says, and where the one before is full. Of pages with one address the first counts; an
/// address that no server would take is left out.
pub(crate) fn blocks(book: &Book, numbers: &[u32], begin: Option<&Keys>) -> Blocks {
    let starters = starters(book);
    let mut entries: BTreeMap<&str, (u32, Entry)> = BTreeMap::new();
    for (&number, id) in numbers.iter().zip(0..) {
        let located = book.locate(id);
        let located = located.filter(|(_, page)| page.url.len() <= LONGEST_KEY);
        let Some((section, page)) = located else {
            continue;
        };
        let (of, entry) = entries.entry(&page.url).or_insert_with(|| {
            let starters = starters.get(&section.page).into_iter().flatten();
            let entry = Entry {
                url: page.url.clone(),
                passages: number..number,
                starters: starters.map(|&id| numbers[id as usize]).collect(),
            };
            (section.page, entry)
        });
        if *of == section.page {
            entry.passages.end = number + 1;
        }
    }
    let mut blocks: Vec<Vec<Entry>> = Vec::new();
    for (_, entry) in entries.into_values() {
        let begins = begin.is_some_and(|begin| begin.find(&entry.url).is_some());
        match blocks.last_mut() {
            Some(block) if !begins && block.len() < BLOCK => block.push(entry),
            _ => blocks.push(vec![entry]),
        }
    }
    Blocks {
        firsts: blocks.iter().map(|block| &block[0].url).collect(),
        runs: blocks.iter().map(|block| run(block)).collect(),
        payloads: blocks.iter().map(|block| addresses::write(block)).collect(),
    }
}

/// The passages of all these pages, if they stand in a row.
fn run(entries: &[Entry]) -> Range<u32> {
    let pairs = entries.iter().zip(entries.iter().skip(1));
    let in_a_row = pairs
        .clone()
        .all(|(a, b)| a.passages.end == b.passages.start);
    match (entries.first(), entries.last()) {
        (Some(first), Some(last)) if in_a_row => first.passages.start..last.passages.end,
        _ => 0..0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lectern_core::{Page, Passage, Section};

    /// A book of pages with these addresses, each of two passages.
    fn book(urls: &[&str]) -> Book {
        let mut book = Book::default();
        for (page, url) in (0..).zip(urls) {
            book.pages.push(Page {
                url: (*url).to_owned(),
                ..Page::default()
            });
            book.sections.push(Section {
                page,
                ..Section::default()
            });
            let passage = Passage {
                section: page,
                text: "Text.".into(),
                code: Vec::new(),
            };
            book.passages.extend([passage.clone(), passage]);
        }
        book
    }

    fn opened(blocks: &Blocks) -> Vec<(String, Range<u32>)> {
        let payloads = blocks.payloads.iter();
        let entries = payloads.flat_map(|payload| addresses::open(payload).unwrap());
        entries.map(|entry| (entry.url, entry.passages)).collect()
    }

    #[test]
    fn pages_stand_in_the_order_of_their_addresses_with_their_passages() {
        let book = book(&["b", "a", "c", "a"]);
        let blocks = blocks(&book, &[0, 1, 2, 3, 8, 9, 10, 11], None);
        let expected = [
            ("a".to_owned(), 2..4),
            ("b".to_owned(), 0..2),
            ("c".to_owned(), 8..10),
        ];
        assert_eq!(opened(&blocks), expected);
        assert_eq!(
            (blocks.firsts, blocks.runs),
            (["a"].iter().collect(), std::iter::once(0..0).collect())
        );
    }

    #[test]
    fn blocks_begin_where_they_did_and_where_the_one_before_is_full() {
        let urls: Vec<String> = (0..BLOCK + 2).map(|at| format!("{at:04}")).collect();
        let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
        let numbers: Vec<u32> = (0..2 * urls.len() as u32).collect();
        let book = book(&urls);
        let fresh = blocks(&book, &numbers, None);
        assert_eq!(fresh.firsts, [urls[0], urls[BLOCK]].iter().collect());
        assert_eq!(
            fresh.runs,
            [0..2 * BLOCK as u32, 2 * BLOCK as u32..2 * BLOCK as u32 + 4]
        );
        let begin = [urls[100], "gone"].iter().collect();
        let kept = blocks(&book, &numbers, Some(&begin));
        assert_eq!(kept.firsts, [urls[0], urls[100]].iter().collect());
        assert_eq!(opened(&kept), opened(&fresh));
    }
}
