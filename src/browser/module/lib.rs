//! The WebAssembly module of [`lectern_browser`], which is all that is in it.
//!
//! A crate of its own for the compiler's sake: the level of the crate that is linked is that of
//! linking, and for size it would make the kernels slow. So this one is for speed and has nothing
//! that speed would make large.

pub use lectern_browser::Engine;
