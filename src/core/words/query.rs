//! What a query is once it was looked up in an index.

use super::filter::Filter;
use crate::shelf;
use crate::text::Term;

/// How a query came to a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The reader typed it.
    Exact,
    /// It completes the last word.
    Prefix,
    /// It is close to a word that the book does not have.
    Fuzzy {
        /// Edits between the two.
        distance: u8,
    },
    /// Two neighbours of the query are neighbours in the book.
    Pair,
}

/// A term of the index that the query asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryTerm {
    /// Ordinal of the term, or of the pair behind all terms.
    pub ordinal: u32,
    /// Factor of its score, at most 1.
    pub weight: f32,
    /// How the query came to it.
    pub kind: Kind,
    /// Its inverse document frequency.
    pub idf: f32,
    /// The word of the query that it stands for, of a pair the second, counted from 0.
    pub word: u32,
    /// Its spelling: the stem or identifier, of a completion or correction the whole word, of a
    /// pair both.
    pub term: String,
}

/// A word of a query that has a vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// The block that the vector is in.
    pub block: u32,
    /// The word, normalised.
    pub word: String,
}

/// A word that the book does not have and the one that was probably meant.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Correction {
    /// The word as typed.
    pub from: String,
    /// The word as it stands in the book: lower case, without accents.
    pub to: String,
}

/// A query taken apart against one index.
#[derive(Debug, Clone, Default)]
pub struct WordQuery {
    pub(super) terms: Vec<QueryTerm>,
    pub(super) corrections: Vec<Correction>,
    pub(super) corrected_text: String,
    pub(super) suggestion: String,
    pub(super) asked: Vec<Term>,
    /// What words that were completed begin with, and which words of the query they are.
    pub(super) prefixes: Vec<(String, u32)>,
    /// Whole titles that the query is.
    pub(super) names: Vec<u32>,
    pub(super) filter: Filter,
    pub(super) meant: Vec<Meant>,
    pub(super) wanted: Vec<(shelf::Kind, usize)>,
    pub(super) is_unsure: bool,
}

impl WordQuery {
    /// The terms to score, each once.
    pub fn terms(&self) -> &[QueryTerm] {
        &self.terms
    }

    /// Words to ask "did you mean" for, in the order of the query.
    pub fn corrections(&self) -> &[Correction] {
        &self.corrections
    }

    /// Its words but for stop words, its corrections put in: what a title must have to have all of them.
    pub fn asked(&self) -> &[Term] {
        &self.asked
    }

    /// The words whose vectors make that of the query, in order.
    pub fn meant(&self) -> &[Meant] {
        &self.meant
    }

    /// Blocks that would say more and are not here, by kind and number.
    pub fn wanted(&self) -> &[(shelf::Kind, usize)] {
        &self.wanted
    }

    /// Whether one of its words is none of the book's, as far as is known: it may be misspelt or unfinished.
    pub fn is_unsure(&self) -> bool {
        self.is_unsure
    }

    pub(super) fn want(&mut self, kind: shelf::Kind, block: usize) {
        if !self.wanted.contains(&(kind, block)) {
            self.wanted.push((kind, block));
        }
    }

    /// The query without its operators and with its corrections put in; the text to embed.
    pub fn corrected_text(&self) -> &str {
        &self.corrected_text
    }

    /// The query with its corrections put in, as a reader would type it; `None` without corrections.
    pub fn suggestion(&self) -> Option<&str> {
        let suggested = Some(self.suggestion.as_str());
        suggested.filter(|_| !self.corrections.is_empty())
    }

    /// What its operators ask of passages.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Asks for no phrases and sections any more ([`Filter::relax`]); whether it did before.
    pub fn relax(&mut self) -> bool {
        self.filter.relax()
    }
}
