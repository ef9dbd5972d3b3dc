//! From a book's built pages to the files of its shelf, all in memory.
//!
//! What is absent on purpose: files, threads, clocks. A caller brings pages, embeds the texts that
//! [`Indexer::pending`] names with as many [`Embedder`]s as it has cores (or takes their vectors
//! from a cache), and writes the files that [`Indexer::finish`] gives. So the same code runs
//! natively and as WebAssembly in Node, and the same input gives the same bytes in both.

mod addresses;
mod cells;
mod embed;
mod error;
mod graph;
mod groups;
pub mod html;
mod indexer;
mod meaning;
pub mod model;
mod open;
mod previous;
mod priors;
mod random;
mod shelf;
mod small;
pub mod split;
mod starters;

pub use embed::{Embedder, batches};
pub use error::IndexError;
pub use graph::build as build_graph;
pub use indexer::{Indexer, Options, PASSAGE_LIMIT};
pub use meaning::Pending;
pub use open::{
    OpenError, ReadFile, Round, Scan, bring, bring_round, inflate_file, inflate_part, open,
    parse_manifest,
};
pub use previous::Previous;
pub use priors::Priors;
pub use shelf::{File, Shelf, Summary, inflate};
pub use small::general_part;

#[cfg(test)]
mod search_tests;
