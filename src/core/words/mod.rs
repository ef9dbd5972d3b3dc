//! Search by words: BM25 over stems, identifiers and adjacent pairs, with completion of the last
//! word and correction of unknown ones.
//!
//! The index is in blocks, which a query fetches as it needs them: [`block`] has a word with its
//! vector and its postings, [`spelling`] what completes and corrects. [`WordIndexBuilder`] makes them,
//! [`WordIndex`] takes what has come of them.

pub mod block;
pub mod bm25;
mod builder;
mod edits;
mod explain;
mod filter;
mod highlight;
mod index;
mod layout;
mod parse;
mod postings;
mod query;
mod set;
pub mod spelling;
#[cfg(test)]
mod testing;

pub use bm25::{Lengths, idf};
pub use builder::{Begin, Blocks, Fields, WordIndexBuilder};
pub use explain::TermScore;
pub use filter::Filter;
pub use highlight::{Match, Matcher};
pub use index::WordIndex;
pub use layout::{BLOCK_BYTES, CHAMPIONS, MAX_PAIRS, MIN_PAIR};
pub use parse::{
    FUZZY_WEIGHTS, LONGER_WORD_WEIGHT, LOOK_AHEAD, MAX_COMPLETIONS, MAX_CORRECTIONS, MAX_UNKNOWN,
    MAX_WORDS, PREFIX_WEIGHT,
};
pub use query::{Correction, Kind, QueryTerm, WordQuery};
pub use set::WordSet;

/// Name of this section in errors.
const SECTION: &str = "terms";
