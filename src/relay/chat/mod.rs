//! From a question to the events that a reader gets.
//!
//! 1. [`request`] checks what a client asks: a [`Question`];
//! 2. [`sources`] numbers the passages that may be cited, given by the client or found;
//! 3. [`prompt`] says it to a model;
//! 4. [`answering`] reads the model's words, lets it search ([`tool`]), checks its [`citations`], falls
//!    back to [`extractive`] quotations, and writes the parts of [`stream`], in a crowd at
//!    its [`pace`];
//! 5. [`ending`] settles the budget and keeps the answer, however it ends.

pub mod answering;
pub mod citations;
pub mod ending;
pub mod extractive;
pub mod pace;
pub mod prompt;
pub mod request;
pub mod sources;
pub mod stream;
pub mod tool;

#[cfg(test)]
pub(crate) mod testing;

pub use answering::{Answering, Job};
pub use request::{ChatRequest, Question};
pub use sources::Sources;
