//! Lectern in a reader's browser: fetches a shelf, opens it, searches it. Runs in a module worker.
//!
//! [`Engine`] is what JavaScript sees of the [`book`]. [`load`] brings it what an encoder needs: files
//! by [`files`] over [`http`], those of the full encoder kept in a [`store`] that books share, and
//! vectors from a [`relay`].

mod book;
mod engine;
mod error;
mod files;
mod http;
mod load;
mod relay;
mod store;
mod types;

pub use engine::Engine;

#[cfg(test)]
mod tests;
