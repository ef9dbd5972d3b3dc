//! Why a passage scores what it scores.

use super::bm25::weighted_tf;
use super::index::WordIndex;
use super::query::{Kind, WordQuery};

/// What one term of a query gives a passage.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct TermScore {
    /// The word, stem, identifier or pair.
    pub term: String,
    /// How the query came to it.
    pub kind: Kind,
    /// Its inverse document frequency.
    pub idf: f32,
    /// Its frequency in the passage, fields weighted.
    pub tf: f32,
    /// Its part of the score.
    pub score: f32,
}

impl WordIndex {
    /// The parts of a passage's score, in the order in which [`WordIndex::score`] adds them, so
    /// that their sum from left to right is that score to the bit.
    pub fn explain(&self, query: &WordQuery, passage: u32) -> Vec<TermScore> {
        let mut parts = Vec::new();
        for term in query.terms() {
            let mut postings = self.postings(term.ordinal).map_while(Result::ok);
            if let Some(posting) = postings.find(|posting| posting.passage == passage) {
                parts.push(TermScore {
                    term: term.term.clone(),
                    kind: term.kind,
                    idf: term.idf,
                    tf: weighted_tf(posting.head, posting.body),
                    score: self.contribution(term, posting),
                });
            }
        }
        parts
    }
}
