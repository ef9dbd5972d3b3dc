//! Search by meaning: quantised passage vectors and the HNSW graph over them.

mod graph;
mod vectors;

pub use graph::{EF_SEARCH, Graph, GraphSearch, Links};
pub use vectors::{QueryVector, Vectors};
