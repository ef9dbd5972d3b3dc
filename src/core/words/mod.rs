//! Search by words: BM25 over stems, identifiers and adjacent pairs, with completion of the last
//! word and correction of unknown ones.
//!
//! Payload of the section, written by [`WordIndexBuilder`], read by [`WordIndex`]:
//!
//! ```text
//! varint N, then N varints      weighted length of each passage
//! bytes                         lexicon: words and terms, see `lexicon`
//! varint T, then T varints      bytes of the postings of each term
//! varint P, then P × 3 varints  pairs: step of the first ordinal, step of (or, after a step of
//!                               the first, the whole) second ordinal, bytes of the postings
//! raw                           postings of the terms, then of the pairs, see `postings`
//! ```

pub mod bm25;
mod builder;
mod explain;
mod highlight;
mod index;
mod lexicon;
mod parse;
mod postings;
mod query;

pub use builder::{Fields, MIN_PAIR, WordIndexBuilder};
pub use explain::TermScore;
pub use index::WordIndex;
pub use parse::{
    FUZZY_WEIGHTS, LONGER_WORD_WEIGHT, MAX_COMPLETIONS, MAX_CORRECTIONS, MAX_UNKNOWN, MAX_WORDS,
    PREFIX_WEIGHT,
};
pub use query::{Correction, Kind, QueryTerm, WordQuery};

/// Name of this section in errors.
const SECTION: &str = "words";
