//! The commands, one module each: its arguments, and `run`.

pub mod completions;
pub mod eval;
pub mod index;
pub mod inspect;
pub mod model;
pub mod search;
pub mod serve;
pub mod verify;
