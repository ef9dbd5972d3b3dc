//! The command as its users meet it: the real binary, on small sites made for each test.

#![allow(clippy::unwrap_used)]

mod damage;
mod eval;
mod index;
mod model;
mod real_model;
mod search;
mod support;
mod usage;
