//! What a book is made of: pages, sections, passages.

use std::collections::BTreeMap;
use std::ops::Range;
use std::str::FromStr;

use thiserror::Error;

/// A page of the site.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// Address below the site's base URL, without a leading slash: `docs/ros2/topics-and-qos`.
    pub url: String,
    /// Title as its heading gives it.
    pub title: String,
    /// BCP 47 tag of the page's language, lower case: `en`, `ur`, `pt-br`.
    pub lang: String,
}

/// How likely a page is what readers look for, before they ask: a factor of its score that the author
/// of the site gives it, in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Prior(u16);

impl Prior {
    /// The smallest factor.
    pub const MIN: f32 = 0.25;
    /// The largest factor.
    pub const MAX: f32 = 4.0;

    /// A factor from [`Self::MIN`] to [`Self::MAX`], rounded to hundredths; `None` of any other number.
    pub fn new(factor: f32) -> Option<Self> {
        let in_range = (Self::MIN..=Self::MAX).contains(&factor);
        in_range.then_some(Self((factor * 100.0 + 0.5) as u16))
    }

    /// The factor in hundredths.
    pub fn hundredths(self) -> u16 {
        self.0
    }

    /// The factor.
    pub fn factor(self) -> f32 {
        f32::from(self.0) / 100.0
    }
}

impl Default for Prior {
    fn default() -> Self {
        Self(100)
    }
}

impl FromStr for Prior {
    type Err = NoPrior;

    fn from_str(text: &str) -> Result<Self, NoPrior> {
        let factor = text.trim().parse().ok().and_then(Self::new);
        factor.ok_or_else(|| NoPrior(text.to_owned()))
    }
}

/// What was to be a [`Prior`] is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is no prior. Give a number from 0.25 to 4; pages have 1 unless told")]
pub struct NoPrior(pub String);

/// A piece of a page under one heading.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// Index of its page in [`Book::pages`].
    pub page: u32,
    /// Headings from the page's second level down to this section's own; empty above the first.
    pub headings: Vec<String>,
    /// Element id to link to; empty for the top of the page.
    pub anchor: String,
}

/// What is retrieved: a run of text of one section.
///
/// Passages stand in reading order, so the neighbours of passage `i` are `i - 1` and `i + 1`
/// where they share its page ([`Book::neighbours`]).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passage {
    /// Index of its section in [`Book::sections`].
    pub section: u32,
    /// Plain text. Blocks (paragraphs, list items, code) are separated by `\n`.
    pub text: String,
    /// Byte ranges of `text` that are code, ascending, not overlapping.
    pub code: Vec<Range<u32>>,
}

/// All passages of one indexed site, with the sections and pages they belong to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Book {
    /// Pages in the order of their addresses.
    pub pages: Vec<Page>,
    /// Sections in reading order, page by page.
    pub sections: Vec<Section>,
    /// Passages in reading order, section by section.
    pub passages: Vec<Passage>,
}

impl Book {
    /// Section and page of a passage, or `None` when there is no such passage.
    pub fn locate(&self, passage: u32) -> Option<(&Section, &Page)> {
        let section = self
            .sections
            .get(self.passages.get(passage as usize)?.section as usize)?;
        Some((section, self.pages.get(section.page as usize)?))
    }

    /// The passages before and after this one on the same page.
    pub fn neighbours(&self, passage: u32) -> (Option<u32>, Option<u32>) {
        let page = |id: u32| self.locate(id).map(|(section, _)| section.page);
        let own = page(passage);
        let same = |id: &u32| own.is_some() && page(*id) == own;
        (
            passage.checked_sub(1).filter(same),
            passage.checked_add(1).filter(same),
        )
    }

    /// The language of most passages, in which queries are read; the first in the alphabet of
    /// equals, `en` for a book without passages.
    pub fn language(&self) -> &str {
        let mut counts = BTreeMap::<&str, usize>::new();
        for id in 0..self.passages.len() as u32 {
            if let Some((_, page)) = self.locate(id) {
                *counts.entry(&page.lang).or_default() += 1;
            }
        }
        let most = counts.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)));
        most.map_or("en", |(lang, _)| lang)
    }

    /// Text that stands for a passage when it is embedded: its headings, then itself.
    pub fn embedding_text(&self, passage: u32) -> Option<String> {
        let (section, page) = self.locate(passage)?;
        let mut text = page.title.clone();
        for heading in &section.headings {
            text.push_str(" > ");
            text.push_str(heading);
        }
        text.push('\n');
        text.push_str(&self.passages[passage as usize].text);
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page for each language, with as many passages as it says.
    fn book(pages: &[(&str, usize)]) -> Book {
        let mut book = Book::default();
        for (page, &(lang, passages)) in pages.iter().enumerate() {
            let (lang, page) = (lang.to_owned(), page as u32);
            book.pages.push(Page {
                lang,
                ..Page::default()
            });
            book.sections.push(Section {
                page,
                ..Section::default()
            });
            let passage = Passage {
                section: page,
                ..Passage::default()
            };
            book.passages.extend(vec![passage; passages]);
        }
        book
    }

    #[test]
    fn the_language_is_that_of_most_passages_not_of_the_first_page() {
        assert_eq!(book(&[("en", 1), ("de", 3)]).language(), "de");
        assert_eq!(book(&[("fr", 2), ("de", 2)]).language(), "de");
        assert_eq!(Book::default().language(), "en");
    }

    #[test]
    fn a_prior_is_a_number_in_bounds() {
        for (text, factor) in [("0.5", 0.5), (" 4 ", 4.0), (".25", 0.25), ("1.234", 1.23)] {
            assert_eq!(text.parse::<Prior>().map(Prior::factor), Ok(factor));
        }
        for text in ["", "0", "-1", "5", "NaN", "inf", "half"] {
            assert!(text.parse::<Prior>().is_err(), "{text}");
        }
        assert_eq!(Prior::default().factor(), 1.0);
    }

    #[test]
    fn neighbours_share_the_page() {
        let book = book(&[("en", 2), ("en", 1)]);
        assert_eq!(book.neighbours(0), (None, Some(1)));
        assert_eq!(book.neighbours(1), (Some(0), None));
        assert_eq!(book.neighbours(2), (None, None));
        assert_eq!(book.neighbours(3), (None, None));
    }
}
