//! Search by meaning: quantised passage vectors and the HNSW graph over them.

pub mod cells;
mod codes;
pub mod embedding;
mod graph;
pub mod nibbles;
mod query;
pub mod sketch;
mod vectors;

pub use cells::Cells;
pub use codes::CodedQuery;
pub use graph::{EF_SEARCH, Graph, GraphSearch, Links};
pub use query::QueryVector;
pub use vectors::Vectors;
