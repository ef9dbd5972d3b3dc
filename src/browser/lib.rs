//! Lectern in a reader's browser: fetches a shelf, opens it, searches it. Runs in a module worker.
//!
//! `engine` is what JavaScript sees of the `book`. `load` brings it what an encoder needs: `files`
//! over `http`, those of the full encoder kept in a `store` that books share. A `relay` may embed
//! queries instead.

mod book;
mod engine;
mod error;
mod fields;
mod files;
mod http;
mod load;
mod names;
mod objects;
mod relay;
mod store;
mod types;
mod unicode;

pub use engine::Engine;

#[cfg(test)]
mod tests;
