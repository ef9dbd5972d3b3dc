//! Lectern in a reader's browser: fetches a shelf, opens it, searches it. Runs in a module worker.

mod engine;
mod error;
mod fetch;
mod types;

pub use engine::Engine;

#[cfg(test)]
mod tests;
