//! The forward pass of a BERT-family encoder (Devlin et al. 2019), one text at a time.
//!
//! A text never shares a matrix with padding: what is attended to and pooled are its own tokens.

use super::attention::attend;
use super::config::{Activation, Config, Pooling};
use super::kernels::{Job, Kernel};
use super::math::{gelu, gelu_tanh, normalize, sum, sum_of_squares};
use super::quantize::Activations;
use super::weights::{Linear, Norm, Table, Weights};

/// Memory of a forward pass, grown once and used again.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Token vectors, `tokens × hidden`.
    hidden: Vec<f32>,
    /// Output of a product, `tokens × rows`.
    wide: Vec<f32>,
    /// Output of attention, `tokens × hidden`.
    mixed: Vec<f32>,
    acts: Activations,
    sums: Vec<i32>,
    pub(super) attention: super::attention::Scratch,
}

/// One text through the encoder.
pub(super) struct Forward<'a> {
    pub config: &'a Config,
    pub weights: &'a Weights,
    /// Word ids, special tokens included; at most `config.positions` of them.
    pub ids: &'a [u32],
    pub scratch: &'a mut Scratch,
    /// The result: `config.hidden` values of unit length.
    pub out: &'a mut Vec<f32>,
}

impl Job for Forward<'_> {
    #[inline(always)]
    fn run<K: Kernel>(self) {
        let Self {
            config,
            weights,
            ids,
            scratch,
            out,
        } = self;
        embed(config, weights, ids, &mut scratch.hidden);
        for layer in &weights.layers {
            scratch.acts.set(&scratch.hidden, config.hidden);
            scratch.linear::<K>(&layer.qkv);
            scratch.attend(config);
            scratch.acts.set(&scratch.mixed, config.hidden);
            scratch.linear::<K>(&layer.attention_out);
            scratch.add_and_norm(&layer.attention_norm, config.epsilon);

            scratch.acts.set(&scratch.hidden, config.hidden);
            scratch.linear::<K>(&layer.up);
            activate(config.activation, &mut scratch.wide);
            scratch.acts.set(&scratch.wide, config.intermediate);
            scratch.linear::<K>(&layer.down);
            scratch.add_and_norm(&layer.output_norm, config.epsilon);
        }
        pool(config, &scratch.hidden, out);
    }
}

/// Word, position and token-type embeddings, added and normalised.
#[inline(always)]
fn embed(config: &Config, weights: &Weights, ids: &[u32], hidden: &mut Vec<f32>) {
    hidden.clear();
    hidden.resize(ids.len() * config.hidden, 0.0);
    for ((position, &id), out) in ids
        .iter()
        .enumerate()
        .zip(hidden.chunks_exact_mut(config.hidden))
    {
        add_row(&weights.words, id as usize, out);
        add_row(&weights.positions, position, out);
        layer_norm(out, &weights.embedding_norm, config.epsilon);
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

impl Scratch {
    /// `wide[t][n] = Σ_k acts[t][k] · w[n][k] · (scale of t · scale of n) + bias[n]`.
    #[inline(always)]
    fn linear<K: Kernel>(&mut self, layer: &Linear) {
        let (w, acts) = (&layer.weight, &self.acts);
        self.sums.resize(acts.tokens() * w.padded_rows, 0);
        K::gemm(acts, w, &mut self.sums);
        self.wide.resize(acts.tokens() * w.rows, 0.0);
        let sums = self.sums.chunks_exact(w.padded_rows);
        for (t, (sums, out)) in sums.zip(self.wide.chunks_exact_mut(w.rows)).enumerate() {
            let scale = acts.scale(t);
            let parameters = w.scales.iter().zip(&layer.bias);
            for ((x, &sum), (&row_scale, &bias)) in out.iter_mut().zip(sums).zip(parameters) {
                *x = sum as f32 * (scale * row_scale) + bias;
            }
        }
    }

    /// `mixed` from the queries, keys and values in `wide`.
    #[inline(always)]
    fn attend(&mut self, config: &Config) {
        attend(config, &self.wide, &mut self.attention, &mut self.mixed);
    }

    /// `hidden = norm(hidden + wide)`.
    #[inline(always)]
    fn add_and_norm(&mut self, norm: &Norm, epsilon: f32) {
        let size = norm.gamma.len();
        let updates = self.wide.chunks_exact(size);
        for (row, update) in self.hidden.chunks_exact_mut(size).zip(updates) {
            for (x, &u) in row.iter_mut().zip(update) {
                *x += u;
            }
            layer_norm(row, norm, epsilon);
        }
    }
}

#[inline(always)]
fn layer_norm(row: &mut [f32], norm: &Norm, epsilon: f32) {
    let size = row.len() as f32;
    let mean = sum(row) / size;
    let deviation = (sum_of_squares(row, mean) / size + epsilon).sqrt();
    let inverse = 1.0 / deviation;
    for ((x, &gamma), &beta) in row.iter_mut().zip(&norm.gamma).zip(&norm.beta) {
        *x = (*x - mean) * inverse * gamma + beta;
    }
}

#[inline(always)]
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

#[inline(always)]
fn pool(config: &Config, hidden: &[f32], out: &mut Vec<f32>) {
    out.clear();
    match config.pooling {
        Pooling::Cls => out.extend_from_slice(&hidden[..config.hidden]),
        // The mean's divisor is left out: it does not change the direction.
        Pooling::Mean => {
            out.resize(config.hidden, 0.0);
            for row in hidden.chunks_exact(config.hidden) {
                for (sum, &x) in out.iter_mut().zip(row) {
                    *sum += x;
                }
            }
        }
    }
    normalize(out);
}
