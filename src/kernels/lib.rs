//! The arithmetic that must be fast: the forward pass of an encoder and products of 4-bit rows.
//!
//! A crate of its own, because a crate is what a compiler optimises for speed or for size: a
//! browser's build has all else small (`[profile.browser]` of the workspace). It is also the one
//! crate that may write `unsafe`, for the instructions of each machine.
//!
//! What is absent on purpose: formats, errors, text. Sizes are checked where weights are read.

mod attention;
mod forward;
mod gemm;
pub mod math;
pub mod nibbles;
mod product;
pub mod quantize;
mod weights;

pub use forward::{Forward, Scratch};
pub use gemm::{Backend, Packed};
pub use product::{Product, ProductScratch};
pub use weights::{Activation, Layer, Linear, Norm, Pooling, Shape, Table, Weights};
