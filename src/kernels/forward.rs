//! The forward pass of a BERT-family encoder (Devlin et al. 2019), several texts at a time.
//!
//! Texts share the matrices of the products, one after the other and without padding. Positions,
//! attention and pooling see each text alone, and all else is done row by row, so the vector of a
//! text does not depend on what it is encoded with.

use std::ops::Range;

use crate::attention::attend;
use crate::gemm::{Backend, Job, Kernel, TILE, dispatch};
use crate::math::{gelu, gelu_tanh, normalize, sum, sum_of_squares};
use crate::quantize::{Activations, Projected};
use crate::weights::{Activation, Layer, Linear, Norm, Pooling, Shape, Table, Weights};

/// Tokens that go through a layer's products at a time: what lies between the two feed-forward
/// products stays in the second cache.
const BLOCK: usize = 64;

/// Memory of a forward pass, grown once and used again.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Token vectors, `tokens × hidden`.
    hidden: Vec<f32>,
    /// The same, quantised.
    acts: Activations,
    /// Output of attention, `tokens × hidden`.
    mixed: Vec<f32>,
    /// What lies between the feed-forward products, of a block of tokens.
    inner: Activations,
    /// Output of a product.
    sums: Vec<i32>,
    /// One row of it.
    row: Vec<f32>,
    attention: crate::attention::Scratch,
}

/// Some texts through the encoder.
pub struct Forward<'a> {
    /// Of the encoder.
    pub shape: &'a Shape,
    /// Of this shape, laid out for the backend that is to use them.
    pub weights: &'a Weights,
    /// Word ids of all texts, one after the other, special tokens included.
    pub ids: &'a [u32],
    /// Where each text ends in `ids`; none is longer than the rows of `weights.positions`.
    pub ends: &'a [usize],
    /// Memory to use.
    pub scratch: &'a mut Scratch,
    /// The results are appended: `shape.hidden` values of unit length a text.
    pub out: &'a mut Vec<f32>,
}

impl Forward<'_> {
    /// Encodes the texts by the kernels of `backend`.
    pub fn run_on(self, backend: Backend) {
        dispatch(backend, self);
    }
}

impl Job for Forward<'_> {
    #[inline(always)]
    fn run<K: Kernel>(self) {
        let (shape, tokens) = (self.shape, self.ids.len());
        let scratch = self.scratch;
        scratch.resize::<K>(shape, tokens);
        for text in texts(self.ends) {
            scratch.embed::<K>(shape, self.weights, &self.ids[text.clone()], text);
        }
        for layer in &self.weights.layers {
            scratch.attend::<K>(shape, layer, self.ends);
            for first in (0..tokens).step_by(BLOCK) {
                let block = first..tokens.min(first + BLOCK);
                scratch.feed_forward::<K>(shape, layer, block);
            }
        }
        for text in texts(self.ends) {
            let rows = text.start * shape.hidden..text.end * shape.hidden;
            pool(shape, &scratch.hidden[rows], self.out);
        }
    }
}

/// The tokens of each text.
fn texts(ends: &[usize]) -> impl Iterator<Item = Range<usize>> {
    let starts = std::iter::once(&0).chain(ends);
    starts.zip(ends).map(|(&start, &end)| start..end)
}

impl Scratch {
    #[inline(always)]
    fn resize<K: Kernel>(&mut self, shape: &Shape, tokens: usize) {
        self.hidden.clear();
        self.hidden.resize(tokens * shape.hidden, 0.0);
        self.mixed.resize(tokens * shape.hidden, 0.0);
        self.acts.resize::<K>(tokens, shape.hidden);
        self.row.resize(shape.hidden.max(shape.intermediate), 0.0);
    }

    /// Word, position and token-type embeddings of one text, added and normalised.
    #[inline(always)]
    fn embed<K: Kernel>(
        &mut self,
        shape: &Shape,
        weights: &Weights,
        ids: &[u32],
        text: Range<usize>,
    ) {
        for (position, (&id, token)) in ids.iter().zip(text).enumerate() {
            let at = token * shape.hidden;
            let row = &mut self.hidden[at..at + shape.hidden];
            add_row(&weights.words, id as usize, row);
            add_row(&weights.positions, position, row);
            layer_norm(row, &weights.embedding_norm, shape.epsilon);
            self.acts.set::<K>(token, row);
        }
    }

    /// `mixed` from `acts`: attention within each text.
    #[inline(always)]
    fn attend<K: Kernel>(&mut self, shape: &Shape, layer: &Layer, ends: &[usize]) {
        let tokens = self.acts.scales().len();
        multiply::<K>(&self.acts, 0..tokens, &layer.qkv, &mut self.sums);
        for text in texts(ends) {
            let width = layer.qkv.weight.padded_rows;
            let qkv = Projected {
                sums: &self.sums[text.start * width..text.end * width],
                scales: &self.acts.scales()[text.clone()],
                layer: &layer.qkv,
            };
            let out = &mut self.mixed[text.start * shape.hidden..text.end * shape.hidden];
            attend::<K>(shape, &qkv, &mut self.attention, out);
        }
    }

    /// The rest of a layer for a block of tokens: `hidden` and `acts` from `mixed`.
    #[inline(always)]
    fn feed_forward<K: Kernel>(&mut self, shape: &Shape, layer: &Layer, block: Range<usize>) {
        let count = block.len();
        self.inner.resize::<K>(count, shape.hidden);
        let rows = block.start * shape.hidden..block.end * shape.hidden;
        let mixed = self.mixed[rows].chunks_exact(shape.hidden);
        for (token, row) in mixed.enumerate() {
            self.inner.set::<K>(token, row);
        }
        multiply::<K>(&self.inner, 0..count, &layer.attention_out, &mut self.sums);
        let norm = &layer.attention_norm;
        self.add_and_norm::<K>(shape, &layer.attention_out, norm, block.start);

        multiply::<K>(&self.acts, block.clone(), &layer.up, &mut self.sums);
        self.activate::<K>(shape, &layer.up, block.clone());
        multiply::<K>(&self.inner, 0..count, &layer.down, &mut self.sums);
        self.add_and_norm::<K>(shape, &layer.down, &layer.output_norm, block.start);
    }

    /// `inner` from the sums of a block's first feed-forward product.
    #[inline(always)]
    fn activate<K: Kernel>(&mut self, shape: &Shape, layer: &Linear, block: Range<usize>) {
        self.inner.resize::<K>(block.len(), shape.intermediate);
        let row = &mut self.row[..shape.intermediate];
        let product = Projected {
            sums: &self.sums,
            scales: &self.acts.scales()[block],
            layer,
        };
        for token in 0..product.tokens() {
            product.row(token, row);
            activate(shape.activation, row);
            self.inner.set::<K>(token, row);
        }
    }

    /// `hidden = norm(hidden + product)`, and `acts` from it; the sums are those of `inner` and
    /// belong to the tokens from `first`.
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn add_and_norm<K: Kernel>(
        &mut self,
        shape: &Shape,
        layer: &Linear,
        norm: &Norm,
        first: usize,
    ) {
        let update = &mut self.row[..shape.hidden];
        let product = Projected {
            sums: &self.sums,
            scales: self.inner.scales(),
            layer,
        };
        let rows = self.hidden[first * shape.hidden..].chunks_exact_mut(shape.hidden);
        for (t, row) in rows.take(product.tokens()).enumerate() {
            product.row(t, update);
            for (x, &u) in row.iter_mut().zip(update.iter()) {
                *x += u;
            }
            layer_norm(row, norm, shape.epsilon);
            self.acts.set::<K>(first + t, row);
        }
    }
}

#[inline(always)]
fn add_row(table: &Table, row: usize, out: &mut [f32]) {
    let at = row * table.cols;
    let scale = table.scales[row];
    for (x, &q) in out.iter_mut().zip(&table.data[at..at + table.cols]) {
        *x += scale * f32::from(q);
    }
}

/// `sums[t][n] = Σ_k acts[t][k] · w[n][k]` for some tokens.
#[inline(always)]
fn multiply<K: Kernel>(
    acts: &Activations,
    tokens: Range<usize>,
    layer: &Linear,
    sums: &mut Vec<i32>,
) {
    let size = tokens.len().next_multiple_of(TILE) * layer.weight.padded_rows;
    sums.resize(sums.len().max(size), 0);
    K::gemm(acts, tokens, &layer.weight, &mut sums[..size]);
}

#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
#[cfg_attr(target_arch = "wasm32", inline(never))]
fn layer_norm(row: &mut [f32], norm: &Norm, epsilon: f32) {
    let size = row.len() as f32;
    let mean = sum(row) / size;
    let deviation = (sum_of_squares(row, mean) / size + epsilon).sqrt();
    let inverse = 1.0 / deviation;
    for ((x, &gamma), &beta) in row.iter_mut().zip(&norm.gamma).zip(&norm.beta) {
        *x = (*x - mean) * inverse * gamma + beta;
    }
}

#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
#[cfg_attr(target_arch = "wasm32", inline(never))]
fn activate(activation: Activation, values: &mut [f32]) {
    // Loops, not `for_each`: its closure would be compiled apart, without wide registers.
    match activation {
        Activation::Gelu => {
            for x in values {
                *x = gelu(*x);
            }
        }
        Activation::GeluTanh => {
            for x in values {
                *x = gelu_tanh(*x);
            }
        }
        Activation::Relu => {
            for x in values {
                *x = if *x > 0.0 { *x } else { 0.0 };
            }
        }
    }
}

/// Appends one vector for the token vectors of one text.
#[inline(always)]
fn pool(shape: &Shape, hidden: &[f32], out: &mut Vec<f32>) {
    let at = out.len();
    match shape.pooling {
        Pooling::Cls => out.extend_from_slice(&hidden[..shape.hidden]),
        // The mean's divisor is left out: it does not change the direction.
        Pooling::Mean => {
            out.resize(at + shape.hidden, 0.0);
            for row in hidden.chunks_exact(shape.hidden) {
                for (sum, &x) in out[at..].iter_mut().zip(row) {
                    *sum += x;
                }
            }
        }
    }
    normalize(&mut out[at..]);
}
