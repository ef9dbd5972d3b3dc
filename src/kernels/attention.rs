//! Scaled dot-product attention (Vaswani et al. 2017) with 16-bit integers.
//!
//! Queries, keys and values are quantised text by text, so that what a text gives does not depend
//! on what it is encoded with; queries and keys with one scale a head, values with one a column.
//! Softmax gives integers too, and their exact sum divides the result.

use crate::gemm::{Kernel, Left, Right, TILE};
use crate::math::{coarse_exp2, largest};
use crate::quantize::{Projected, limit, round};
use crate::weights::Shape;

/// Queries that are compared with all keys at a time: their scores stay in the first cache.
const QUERIES: usize = 16;

/// Memory of attention for one text.
#[derive(Debug, Default)]
pub struct Scratch {
    /// One token's query, key and value.
    row: Vec<f32>,
    /// For each column of `row` the size of a step of its integers, and how many make one.
    steps: Vec<f32>,
    inverse: Vec<f32>,
    /// `tokens × (query | key | value)`.
    integers: Vec<i16>,
    /// One head's keys and values as [`Right`] sides.
    keys: Vec<i16>,
    values: Vec<i16>,
    /// `QUERIES × keys`: products of queries and keys, and their softmax.
    scores: Vec<i32>,
    weights: Vec<i16>,
    /// `QUERIES × columns of a head`.
    mixed: Vec<i32>,
}

/// Attention of all heads among the tokens of one text; `out` is `tokens × hidden`.
#[inline(always)]
pub(crate) fn attend<K: Kernel>(
    shape: &Shape,
    qkv: &Projected<'_>,
    scratch: &mut Scratch,
    out: &mut [f32],
) {
    let sizes = Sizes::new::<K>(shape, qkv.tokens());
    scratch.quantize(&sizes, qkv);
    scratch.resize(&sizes);
    for head in 0..shape.heads {
        scratch.pack::<K>(&sizes, head);
        for first in (0..sizes.tokens).step_by(QUERIES) {
            let count = QUERIES.min(sizes.tokens - first);
            scratch.mix::<K>(&sizes, head, first, count);
            let out = &mut out[first * sizes.hidden..];
            scratch.scale(&sizes, head, &mut out[..count * sizes.hidden]);
        }
    }
}

/// Sizes of one text's attention.
struct Sizes {
    tokens: usize,
    hidden: usize,
    /// Columns of a head, and with padding as columns and as rows of a product.
    size: usize,
    size_cols: usize,
    size_rows: usize,
    /// Tokens with padding as columns and as rows of a product.
    token_cols: usize,
    token_rows: usize,
    /// Largest magnitude of an integer.
    limit: i32,
}

impl Sizes {
    fn new<K: Kernel>(shape: &Shape, tokens: usize) -> Self {
        let size = shape.hidden / shape.heads;
        Self {
            tokens,
            hidden: shape.hidden,
            size,
            size_cols: size.next_multiple_of(K::PAIR),
            size_rows: size.next_multiple_of(K::LANES),
            token_cols: tokens.next_multiple_of(K::PAIR),
            token_rows: tokens.next_multiple_of(TILE),
            limit: limit(size.max(tokens)),
        }
    }
}

impl Scratch {
    /// Sizes the memory of [`Scratch::pack`] and [`Scratch::mix`]; all padding is zero.
    #[inline(always)]
    fn resize(&mut self, sizes: &Sizes) {
        self.keys.clear();
        self.keys.resize(sizes.token_rows * sizes.size_cols, 0);
        self.values.clear();
        self.values.resize(sizes.token_cols * sizes.size_rows, 0);
        self.scores.resize(QUERIES * sizes.token_rows, 0);
        self.weights.resize(QUERIES * sizes.token_rows, 0);
        self.mixed.resize(QUERIES * sizes.size_rows, 0);
    }

    /// `integers` and `steps` from the projected tokens.
    #[inline(always)]
    fn quantize(&mut self, sizes: &Sizes, qkv: &Projected<'_>) {
        let width = 3 * sizes.hidden;
        self.row.resize(width, 0.0);
        self.steps.clear();
        self.steps.resize(width, 0.0);
        for t in 0..sizes.tokens {
            qkv.row(t, &mut self.row);
            for (most, &x) in self.steps.iter_mut().zip(&self.row) {
                let x = x.abs();
                *most = if x > *most { x } else { *most };
            }
        }
        self.set_steps(sizes);
        self.integers.resize(sizes.tokens * width, 0);
        for (t, integers) in self.integers.chunks_exact_mut(width).enumerate() {
            qkv.row(t, &mut self.row);
            let values = self.row.iter().zip(&self.inverse);
            for (q, (&x, &inverse)) in integers.iter_mut().zip(values) {
                *q = round(x * inverse, sizes.limit) as i16;
            }
        }
    }

    /// `steps` and `inverse` from the largest magnitudes of the columns, which `steps` holds.
    #[inline(always)]
    fn set_steps(&mut self, sizes: &Sizes) {
        let (shared, own) = self.steps.split_at_mut(2 * sizes.hidden);
        for head in shared.chunks_exact_mut(sizes.size) {
            let most = largest(head, |x| x);
            head.fill(most / sizes.limit as f32);
        }
        for most in own {
            *most /= sizes.limit as f32;
        }
        self.inverse.resize(self.steps.len(), 0.0);
        for (inverse, &step) in self.inverse.iter_mut().zip(&self.steps) {
            *inverse = if step > 0.0 { 1.0 / step } else { 0.0 };
        }
    }

    /// One head's keys and values, laid out for the products.
    #[inline(always)]
    fn pack<K: Kernel>(&mut self, sizes: &Sizes, head: usize) {
        let width = 3 * sizes.hidden;
        let at = head * sizes.size;
        for (t, row) in self.integers.chunks_exact(width).enumerate() {
            let key = &row[sizes.hidden + at..][..sizes.size];
            let block = t / K::LANES * K::LANES * sizes.size_cols + t % K::LANES * K::PAIR;
            let to = self.keys[block..].chunks_mut(K::LANES * K::PAIR);
            for (pair, to) in key.chunks(K::PAIR).zip(to) {
                // A loop: a pair is too short for the call that a copy would be.
                for (to, &x) in to.iter_mut().zip(pair) {
                    *to = x;
                }
            }
            let value = &row[2 * sizes.hidden + at..][..sizes.size];
            let group = t / K::PAIR * K::LANES * K::PAIR + t % K::PAIR;
            for (block, value) in value.chunks(K::LANES).enumerate() {
                let to = group + block * K::LANES * sizes.token_cols;
                let to = self.values[to..].iter_mut().step_by(K::PAIR);
                for (to, &x) in to.zip(value) {
                    *to = x;
                }
            }
        }
    }

    /// `weights` and `mixed` of `count` queries from query `first`.
    #[inline(always)]
    fn mix<K: Kernel>(&mut self, sizes: &Sizes, head: usize, first: usize, count: usize) {
        let width = 3 * sizes.hidden;
        let at = head * sizes.size;
        let queries = Left {
            data: &self.integers[first * width + at..],
            stride: width,
            rows: count,
        };
        let keys = Right {
            data: &self.keys,
            rows: sizes.token_rows,
            cols: sizes.size_cols,
        };
        K::gemm_wide(queries, keys, &mut self.scores);
        let scale = self.steps[at] * self.steps[sizes.hidden + at] / (sizes.size as f32).sqrt();
        let scores = self.scores.chunks_exact(sizes.token_rows);
        let weights = self.weights.chunks_exact_mut(sizes.token_rows);
        for (scores, weights) in scores.zip(weights).take(count) {
            softmax(scores, scale, sizes, weights);
        }
        let weights = Left {
            data: &self.weights,
            stride: sizes.token_rows,
            rows: count,
        };
        let values = Right {
            data: &self.values,
            rows: sizes.size_rows,
            cols: sizes.token_cols,
        };
        K::gemm_wide(weights, values, &mut self.mixed);
    }

    /// The head's columns of `out` from `mixed` and the sums of `weights`.
    #[inline(always)]
    fn scale(&self, sizes: &Sizes, head: usize, out: &mut [f32]) {
        let at = head * sizes.size;
        let steps = &self.steps[2 * sizes.hidden + at..][..sizes.size];
        let weights = self.weights.chunks_exact(sizes.token_rows);
        let mixed = self.mixed.chunks_exact(sizes.size_rows);
        let rows = out.chunks_exact_mut(sizes.hidden);
        for ((out, mixed), weights) in rows.zip(mixed).zip(weights) {
            let mut total = 0;
            for &weight in weights {
                total += i32::from(weight);
            }
            let inverse = 1.0 / total as f32;
            let out = &mut out[at..at + sizes.size];
            for ((x, &sum), &step) in out.iter_mut().zip(mixed).zip(steps) {
                *x = sum as f32 * (step * inverse);
            }
        }
    }
}

/// `weights[s] ≈ e^(scale · (scores[s] − max))`, the largest as `sizes.limit`; zero beyond
/// the tokens.
#[inline(always)]
fn softmax(scores: &[i32], scale: f32, sizes: &Sizes, weights: &mut [i16]) {
    let mut lanes = [i32::MIN; TILE];
    let (whole, rest) = scores[..sizes.tokens].as_chunks::<TILE>();
    for chunk in whole {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane = if x > *lane { x } else { *lane };
        }
    }
    for (lane, &x) in lanes.iter_mut().zip(rest) {
        *lane = if x > *lane { x } else { *lane };
    }
    let mut most = i32::MIN;
    for x in lanes {
        most = if x > most { x } else { most };
    }
    let factor = scale * std::f32::consts::LOG2_E;
    let limit = sizes.limit as f32;
    // Whole chunks, padding included, which is cleared afterwards: no element is done alone.
    let chunks = scores.as_chunks::<TILE>().0.iter();
    for (scores, weights) in chunks.zip(weights.as_chunks_mut::<TILE>().0) {
        for (weight, &score) in weights.iter_mut().zip(scores) {
            let x = score.wrapping_sub(most) as f32 * factor;
            *weight = round(coarse_exp2(x) * limit, sizes.limit) as i16;
        }
    }
    weights[sizes.tokens..].fill(0);
}
