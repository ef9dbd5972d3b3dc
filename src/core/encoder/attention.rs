//! Scaled dot-product attention (Vaswani et al. 2017) in `f32`.
//!
//! Both products run along rows that lie side by side (keys are transposed first), so a lane of a
//! vector register is one result and is added up in the order of the loop: no width of register
//! changes a bit.

use super::config::Config;
use super::math::{exp, largest, sum};

/// Results computed together; keys are padded with zeros to a multiple of it.
const LANES: usize = 32;

/// Memory of attention for one text.
#[derive(Debug, Default)]
pub struct Scratch {
    /// One head's keys, `head × padded tokens`.
    keys: Vec<f32>,
    /// One head's values, `tokens × padded head`.
    values: Vec<f32>,
    /// One query's weights over all tokens.
    weights: Vec<f32>,
}

/// Attention of all heads: `qkv` is `tokens × (query | key | value)`, `out` becomes `tokens × hidden`.
#[inline(always)]
pub(super) fn attend(config: &Config, qkv: &[f32], scratch: &mut Scratch, out: &mut Vec<f32>) {
    let hidden = config.hidden;
    let tokens = qkv.len() / (3 * hidden);
    let size = hidden / config.heads;
    let scale = 1.0 / (size as f32).sqrt();
    out.resize(tokens * hidden, 0.0);
    for head in 0..config.heads {
        let at = head * size;
        gather(qkv, hidden, at, size, scratch);
        for t in 0..tokens {
            let row = t * 3 * hidden + at;
            let query = &qkv[row..row + size];
            scores(query, &scratch.keys, scale, &mut scratch.weights);
            softmax(&mut scratch.weights[..tokens]);
            let to = t * hidden + at;
            mix(
                &scratch.weights[..tokens],
                &scratch.values,
                &mut out[to..to + size],
            );
        }
    }
}

/// Copies one head's keys, transposed, and values out of `qkv`.
#[inline(always)]
fn gather(qkv: &[f32], hidden: usize, at: usize, size: usize, scratch: &mut Scratch) {
    let tokens = qkv.len() / (3 * hidden);
    let padded = tokens.next_multiple_of(LANES);
    let width = size.next_multiple_of(LANES);
    scratch.keys.clear();
    scratch.keys.resize(size * padded, 0.0);
    scratch.values.clear();
    scratch.values.resize(tokens * width, 0.0);
    scratch.weights.resize(padded, 0.0);
    for (t, row) in qkv.chunks_exact(3 * hidden).enumerate() {
        let key = &row[hidden + at..hidden + at + size];
        for (d, &x) in key.iter().enumerate() {
            scratch.keys[d * padded + t] = x;
        }
        let value = &row[2 * hidden + at..2 * hidden + at + size];
        scratch.values[t * width..t * width + size].copy_from_slice(value);
    }
}

/// `weights[s] = scale · Σ_d query[d] · keys[d][s]`, `d` ascending.
#[inline(always)]
fn scores(query: &[f32], keys: &[f32], scale: f32, weights: &mut [f32]) {
    let padded = weights.len();
    for (block, weights) in weights.chunks_exact_mut(LANES).enumerate() {
        let mut sums = [0f32; LANES];
        for (&q, row) in query.iter().zip(keys.chunks_exact(padded)) {
            let keys = &row[block * LANES..(block + 1) * LANES];
            for (sum, &k) in sums.iter_mut().zip(keys) {
                *sum += q * k;
            }
        }
        for (weight, sum) in weights.iter_mut().zip(sums) {
            *weight = scale * sum;
        }
    }
}

#[inline(always)]
fn softmax(values: &mut [f32]) {
    let most = largest(values, |x| x);
    for x in values.iter_mut() {
        *x = exp(*x - most);
    }
    let inverse = 1.0 / sum(values);
    for x in values {
        *x *= inverse;
    }
}

/// `out[d] = Σ_s weights[s] · values[s][d]`, `s` ascending.
#[inline(always)]
fn mix(weights: &[f32], values: &[f32], out: &mut [f32]) {
    let width = out.len().next_multiple_of(LANES);
    for (block, out) in out.chunks_mut(LANES).enumerate() {
        let mut sums = [0f32; LANES];
        for (&weight, row) in weights.iter().zip(values.chunks_exact(width)) {
            let row = &row[block * LANES..(block + 1) * LANES];
            for (sum, &v) in sums.iter_mut().zip(row) {
                *sum += weight * v;
            }
        }
        out.copy_from_slice(&sums[..out.len()]);
    }
}
