//! Retrieval for one book.
//!
//! What is here: the text pipeline, the sentence encoder and its kernels, the word index, the
//! HNSW graph, fusion, snippets and the shelf format that holds them.
//!
//! What is absent on purpose: I/O, clocks, threads, JavaScript. What a caller has (bytes, a query)
//! is passed in, so native code, a browser and Node run the same code and return the same results.

pub mod address;
pub mod answer;
pub mod checksum;
pub mod encoder;
pub mod error;
pub mod hash;
pub mod meaning;
mod order;
pub mod passage;
pub mod search;
pub mod shelf;
pub mod text;
pub mod words;

pub use error::{Error, Result};
pub use passage::{Book, NoPrior, Page, Passage, Prior, Section};
