//! An encoder's shape and weights, as the kernels want them.

use crate::gemm::Packed;

/// How token vectors become one vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooling {
    /// The mean over all tokens (Reimers & Gurevych 2019).
    Mean,
    /// The vector of the first token, `[CLS]`.
    Cls,
}

/// The non-linearity between the two products of a feed-forward layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// The Gaussian error linear unit.
    Gelu,
    /// Its approximation by `tanh`.
    GeluTanh,
    /// `max(x, 0)`.
    Relu,
}

/// Shape of a BERT-family encoder (Devlin et al. 2019).
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Width of a token vector, and of the result.
    pub hidden: usize,
    /// Attention heads of a layer; divides `hidden`.
    pub heads: usize,
    /// Width between the two products of a feed-forward layer.
    pub intermediate: usize,
    /// Added to the variance in layer normalisation.
    pub epsilon: f32,
    /// Non-linearity of the feed-forward layers.
    pub activation: Activation,
    /// How token vectors become one.
    pub pooling: Pooling,
}

/// `y = W x + b` with 8-bit rows.
#[derive(Debug)]
pub struct Linear {
    /// The rows, laid out for a kernel.
    pub weight: Packed,
    /// One value a row.
    pub bias: Vec<f32>,
}

/// Scale and shift of a layer normalisation (Ba, Kiros & Hinton 2016).
#[derive(Debug)]
pub struct Norm {
    /// Scale of each value.
    pub gamma: Vec<f32>,
    /// Shift of each value.
    pub beta: Vec<f32>,
}

/// One transformer layer.
#[derive(Debug)]
pub struct Layer {
    /// Queries, keys and values of all heads, in this order.
    pub qkv: Linear,
    /// What joins the heads.
    pub attention_out: Linear,
    /// Normalises what attention gave.
    pub attention_norm: Norm,
    /// First product of the feed-forward part.
    pub up: Linear,
    /// Second one.
    pub down: Linear,
    /// Normalises the result.
    pub output_norm: Norm,
}

/// A table of 8-bit rows.
#[derive(Debug)]
pub struct Table {
    /// Values of a row.
    pub cols: usize,
    /// `rows × cols` values.
    pub data: Vec<i8>,
    /// One scale a row.
    pub scales: Vec<f32>,
}

/// All weights.
#[derive(Debug)]
pub struct Weights {
    /// A row for each token.
    pub words: Table,
    /// A row for each position, with the token type already added.
    pub positions: Table,
    /// Normalises their sum.
    pub embedding_norm: Norm,
    /// First to last.
    pub layers: Vec<Layer>,
}
