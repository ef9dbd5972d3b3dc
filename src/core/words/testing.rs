//! Word indexes for tests.

use std::convert::Infallible;

use super::{Begin, Blocks, Fields, WordIndex, WordIndexBuilder};
use crate::shelf::Kind;
use crate::shelf::directory::{Directory, GROUP};
use crate::shelf::family::Family;
use crate::text::Term;

/// The blocks of a book, each body under the same title and heading.
pub fn build(bodies: &[&str]) -> Blocks {
    build_with("Robots", &["Maps".to_owned()], bodies)
}

/// The blocks of a book of these bodies.
pub fn build_with(title: &str, headings: &[String], bodies: &[&str]) -> Blocks {
    let mut builder = WordIndexBuilder::new("en");
    for (passage, body) in (0..).zip(bodies) {
        let lang = "en";
        builder.add(
            passage,
            &Fields {
                title,
                headings,
                body,
                lang,
            },
        );
    }
    finish(builder)
}

/// The blocks, without vectors.
pub fn finish(builder: WordIndexBuilder) -> Blocks {
    let built = builder.finish(&mut |_| Ok::<_, Infallible>(Vec::new()), Begin::default());
    built.unwrap_or_else(|never| match never {})
}

/// An index of which no block is there.
pub fn empty(blocks: &Blocks) -> WordIndex {
    WordIndex::new(&Directory {
        passages: blocks.passages as u32,
        length: blocks.length,
        lengths: blocks.lengths,
        terms: Family::new(vec![1; blocks.terms.len()]),
        first_terms: blocks.first_terms.clone(),
        spelling: Family::new(vec![1; blocks.spelling.len()]),
        first_words: blocks.first_words.clone(),
        groups: Family::new(vec![1; blocks.passages.div_ceil(GROUP)]),
        ..Directory::default()
    })
}

/// An index with all its blocks.
pub fn open(blocks: Blocks) -> WordIndex {
    let mut index = empty(&blocks);
    for (at, block) in blocks.terms.iter().enumerate() {
        index.add(Kind::Terms, at, block).unwrap();
    }
    for (at, block) in blocks.spelling.iter().enumerate() {
        index.add(Kind::Spelling, at, block).unwrap();
    }
    index
}

impl WordIndex {
    /// Ordinal of a term.
    pub fn term(&self, text: &str) -> Option<u32> {
        let term = Term {
            text: text.into(),
            surface: text.into(),
            range: 0..0,
            position: 0,
            form: crate::text::Form::Word,
        };
        match self.find(&term) {
            super::index::Found::Here(ordinal) => Some(ordinal),
            _ => None,
        }
    }
}
