//! Starters: the headings of a page that say best what a reader may ask of it.
//!
//! ```text
//! score = (idf of the heading's [`RAREST`] rarest words + ASKING of a question) · DEEPER ^ (depth − 1)
//! ```
//!
//! times [`LAST`] of a page's last section, where the document frequency of a word is in how many pages
//! a heading has it. What pages have in common (a summary, exercises, further reading) is told by that,
//! not by a list of words: a heading that stands on several pages is no starter, nor is one with next
//! to no text below it.

use std::collections::{BTreeMap, BTreeSet};

use lectern_core::shelf::addresses::STARTERS;
use lectern_core::text::{Analyzer, Form, Term};
use lectern_core::words::idf;
use lectern_core::{Book, Page, Section};

/// What a question is worth beside the rarity of its words.
const ASKING: f32 = 6.0;

/// Words of a heading that count.
const RAREST: usize = 3;

/// Factor of each level below the first.
const DEEPER: f32 = 0.9;

/// Factor of the last section of a page, which mostly leads elsewhere.
const LAST: f32 = 0.7;

/// Bytes of text below a heading that says something.
const LEAST_TEXT: usize = 120;

/// Of each page, by its number in the book, the passages that begin its best few sections, the best
/// first.
pub(crate) fn starters(book: &Book) -> BTreeMap<u32, Vec<u32>> {
    let sections = sections(book);
    let (mut with_word, mut with_heading) = (Frequencies::default(), Frequencies::default());
    for own in &sections {
        own.words
            .iter()
            .for_each(|word| with_word.add(word, own.page));
        with_heading.add(own.heading, own.page);
    }
    let mut scored: BTreeMap<u32, Vec<(f32, &Headed<'_>)>> = BTreeMap::new();
    for own in &sections {
        let tells = own.bytes >= LEAST_TEXT && with_heading.of(own.heading) == 1;
        if tells && !own.words.is_empty() {
            let score = own.score(|word| idf(book.pages.len(), with_word.of(word)));
            scored.entry(own.page).or_default().push((score, own));
        }
    }
    let best = |mut own: Vec<(f32, &Headed<'_>)>| {
        own.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut said = BTreeSet::new();
        own.retain(|(_, own)| said.insert(&own.words));
        own.iter()
            .map(|(_, own)| own.first)
            .take(STARTERS)
            .collect()
    };
    let pages = scored.into_iter();
    pages.map(|(page, own)| (page, best(own))).collect()
}

/// A section with a heading of its own.
struct Headed<'a> {
    page: u32,
    heading: &'a str,
    /// How many headings lead to it, its own included.
    depth: usize,
    /// The heading's words, stop words left out.
    words: BTreeSet<String>,
    /// The first of its passages, and the bytes of all.
    first: u32,
    bytes: usize,
    is_last: bool,
}

impl Headed<'_> {
    fn score(&self, idf: impl Fn(&str) -> f32) -> f32 {
        let mut idfs: Vec<f32> = self.words.iter().map(|word| idf(word)).collect();
        idfs.sort_by(|a, b| b.total_cmp(a));
        let rarity: f32 = idfs.iter().take(RAREST).sum();
        let asks = self.heading.ends_with(['?', '？', '؟']);
        let asking = if asks { ASKING } else { 0.0 };
        let place = if self.is_last { LAST } else { 1.0 };
        // Multiplied step by step: powers of floats are not the same everywhere.
        (1..self.depth).fold((rarity + asking) * place, |score, _| score * DEEPER)
    }
}

/// The sections with headings that are not their page's title, in reading order.
fn sections(book: &Book) -> Vec<Headed<'_>> {
    let mut sections: Vec<Headed<'_>> = Vec::new();
    let mut last = None;
    for (passage, id) in book.passages.iter().zip(0..) {
        if last == Some(passage.section) {
            if let Some(own) = sections.last_mut().filter(|_| headed(book, id).is_some()) {
                own.bytes += passage.text.len();
            }
            continue;
        }
        last = Some(passage.section);
        let Some((section, page, heading)) = headed(book, id) else {
            continue;
        };
        if let Some(before) = sections.last_mut() {
            before.is_last = before.page != section.page;
        }
        sections.push(Headed {
            page: section.page,
            heading,
            depth: section.headings.len(),
            words: words(&page.lang, heading),
            first: id,
            bytes: passage.text.len(),
            is_last: true,
        });
    }
    sections
}

/// Section, page and own heading of a passage, if it stands under one.
fn headed(book: &Book, passage: u32) -> Option<(&Section, &Page, &str)> {
    let (section, page) = book.locate(passage)?;
    let heading = section.headings.last()?;
    (*heading != page.title).then_some((section, page, heading))
}

/// The stems of a heading, stop words left out.
fn words(lang: &str, heading: &str) -> BTreeSet<String> {
    let analyzer = Analyzer::for_lang(lang);
    let terms = analyzer.terms(heading).into_iter();
    let says = |term: &Term| term.form == Form::Word && !analyzer.is_stop_word(&term.surface);
    terms.filter(says).map(|term| term.text).collect()
}

/// In how many pages something is.
#[derive(Default)]
struct Frequencies<'a>(BTreeMap<&'a str, BTreeSet<u32>>);

impl<'a> Frequencies<'a> {
    fn add(&mut self, what: &'a str, page: u32) {
        self.0.entry(what).or_default().insert(page);
    }

    fn of(&self, what: &str) -> usize {
        self.0.get(what).map_or(0, BTreeSet::len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lectern_core::Passage;

    const LONG: &str = "Text that says something about what the heading above it has promised, at such a \
                        length that a reader learns something from it.";

    /// A book of pages, each a list of headings, of which `>` shows the levels, and texts.
    fn book(pages: &[&[(&str, &str)]]) -> Book {
        let mut book = Book::default();
        for (page, sections) in (0..).zip(pages) {
            book.pages.push(Page {
                url: format!("{page}"),
                title: "Robots".into(),
                lang: "en".into(),
            });
            for (headings, text) in *sections {
                let headings = headings.split('>').map(str::to_owned).collect();
                book.sections.push(Section {
                    page,
                    headings,
                    anchor: String::new(),
                });
                book.passages.push(Passage {
                    section: book.sections.len() as u32 - 1,
                    text: (*text).to_owned(),
                    code: Vec::new(),
                });
            }
        }
        book
    }

    /// The headings of the starters of the first page.
    fn chosen(book: &Book) -> Vec<&str> {
        let starters = starters(book).remove(&0).unwrap_or_default();
        let headings = starters
            .iter()
            .map(|&passage| headed(book, passage).unwrap().2);
        headings.collect()
    }

    #[test]
    fn questions_come_first_and_what_pages_have_in_common_never() {
        let book = book(&[
            &[
                ("Robots", LONG),
                ("The ankle motor and its torque", LONG),
                ("Exercises", LONG),
                ("Why does it fall?", LONG),
                ("Motor drivers", ""),
                ("Parts>Motor", LONG),
                ("Where to go from here", LONG),
            ],
            &[("Exercises", LONG), ("Motor", LONG)],
            &[("Exercises", LONG), ("The motor of the wheel", LONG)],
        ]);
        assert_eq!(
            chosen(&book),
            [
                "Why does it fall?",
                "The ankle motor and its torque",
                "Where to go from here"
            ]
        );
    }

    #[test]
    fn a_page_has_few_starters_that_say_different_things() {
        let headings = ["Ankles", "The ankle", "Knees", "Hips", "Wrists", "Fingers"];
        let sections = headings.map(|heading| (heading, LONG));
        let book = book(&[&sections]);
        assert_eq!(chosen(&book), ["Ankles", "Knees", "Hips", "Wrists"]);
    }

    #[test]
    fn the_passages_of_a_section_count_together_and_the_first_stands_for_it() {
        let mut book = book(&[&[("Knees", "Short."), ("Hips", "Short."), ("Toes", "Short.")]]);
        let second = Passage {
            section: 1,
            text: LONG.into(),
            code: Vec::new(),
        };
        book.passages.insert(2, second);
        assert_eq!(starters(&book).remove(&0), Some(vec![1]));
        assert!(starters(&Book::default()).is_empty());
    }
}
