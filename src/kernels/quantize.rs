//! Symmetric 8-bit quantisation: `x ≈ scale · q`, `q` in −127..=127, one scale a row.

use crate::gemm::{Form, Kernel, TILE};
use crate::math::{ROUND, largest};
use crate::weights::Linear;

/// Largest magnitude of a quantised value; −128 is left out so that negation is closed.
const Q_MAX: i32 = 127;

/// Columns of activations are padded to a multiple of this: the widest step of a kernel.
const STEP: usize = 64;

/// Largest magnitude of 16-bit operands of which `terms` products are added up: the sum fits `i32`,
/// and 11 bits are as fine as it needs to be.
pub(crate) fn limit(terms: usize) -> i32 {
    (i32::MAX as usize / terms.max(1)).isqrt().min(2047) as i32
}

/// Quantises `values` into `out` and returns the scale; zero for a row of zeros.
#[inline(always)]
pub fn quantize_row(values: &[f32], out: &mut [i8]) -> f32 {
    let (scale, inverse) = scales(values);
    for (q, &x) in out.iter_mut().zip(values) {
        *q = round(x * inverse, Q_MAX) as i8;
    }
    scale
}

/// [`quantize_row`] into 16 bits.
#[inline(always)]
fn quantize_row_wide(values: &[f32], out: &mut [i16]) -> f32 {
    let (scale, inverse) = scales(values);
    for (q, &x) in out.iter_mut().zip(values) {
        *q = round(x * inverse, Q_MAX) as i16;
    }
    scale
}

/// The scale of a row and what to multiply its values by.
#[inline(always)]
fn scales(values: &[f32]) -> (f32, f32) {
    let most = largest(values, f32::abs);
    if most > 0.0 {
        (most / Q_MAX as f32, Q_MAX as f32 / most)
    } else {
        (0.0, 0.0)
    }
}

/// The nearest integer, even at halves, within ±`most`.
#[inline(always)]
pub(crate) fn round(x: f32, most: i32) -> i32 {
    // With `ROUND` added, the low mantissa bits are the integer. A cast would saturate, and that
    // is done one element at a time.
    let integer = (x + ROUND).to_bits() as i32 - ROUND.to_bits() as i32;
    integer.clamp(-most, most)
}

/// A weight matrix as it lies in a model file: row-major, one scale a row.
#[derive(Debug, Clone)]
pub struct Matrix<'a> {
    /// Output features.
    pub rows: usize,
    /// Input features.
    pub cols: usize,
    /// `rows × cols` elements.
    pub data: &'a [i8],
    /// `rows` scales.
    pub scales: Vec<f32>,
}

/// The product of some tokens' activations and a layer's weights, before scales and bias.
pub(crate) struct Projected<'a> {
    /// `tokens × padded rows` sums.
    pub sums: &'a [i32],
    /// One scale a token.
    pub scales: &'a [f32],
    /// Whose weights they are.
    pub layer: &'a Linear,
}

impl Projected<'_> {
    /// Number of tokens.
    #[inline(always)]
    pub fn tokens(&self) -> usize {
        self.scales.len()
    }

    /// `out[n] = sums[token][n] · (scale of token · scale of n) + bias[n]`.
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn row(&self, token: usize, out: &mut [f32]) {
        let Linear { weight, bias } = self.layer;
        let sums = &self.sums[token * weight.padded_rows..][..weight.rows];
        let scale = self.scales[token];
        let parameters = weight.scales.iter().zip(bias);
        for ((x, &sum), (&row_scale, &bias)) in out.iter_mut().zip(sums).zip(parameters) {
            *x = sum as f32 * (scale * row_scale) + bias;
        }
    }
}

/// Quantised activations of some tokens, one row and one scale a token.
///
/// Rows are as wide as the kernel wants them and padded with zeros to a multiple of `STEP` columns;
/// there is memory for a multiple of [`TILE`] of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Activations {
    tokens: usize,
    cols: usize,
    stride: usize,
    narrow: Vec<i8>,
    wide: Vec<i16>,
    sums: Vec<i32>,
    scales: Vec<f32>,
}

impl Activations {
    /// Columns of a row, with padding.
    #[inline(always)]
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// All rows, 8 bits a value.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))] // AVX-512 alone asks.
    #[inline(always)]
    pub fn narrow(&self) -> &[i8] {
        &self.narrow
    }

    /// All rows, 16 bits a value.
    #[inline(always)]
    pub fn wide(&self) -> &[i16] {
        &self.wide
    }

    /// The sums of all rows.
    #[inline(always)]
    pub fn sums(&self) -> &[i32] {
        &self.sums
    }

    /// The scales of all rows.
    #[inline(always)]
    pub fn scales(&self) -> &[f32] {
        &self.scales[..self.tokens]
    }

    /// Makes room for `tokens` rows of `cols` columns; they hold nothing yet.
    #[inline(always)]
    pub fn resize<K: Kernel>(&mut self, tokens: usize, cols: usize) {
        self.tokens = tokens;
        self.cols = cols;
        self.stride = cols.next_multiple_of(STEP);
        let size = tokens.next_multiple_of(TILE) * self.stride;
        match K::FORM {
            Form::Narrow | Form::NarrowAndSums => self.narrow.resize(size, 0),
            Form::Wide => self.wide.resize(size, 0),
        }
        if K::FORM == Form::NarrowAndSums {
            self.sums.resize(tokens, 0);
        }
        self.scales.resize(tokens, 0.0);
    }

    /// Quantises a row.
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn set<K: Kernel>(&mut self, token: usize, values: &[f32]) {
        let at = token * self.stride..(token + 1) * self.stride;
        if K::FORM == Form::Wide {
            let (row, padding) = self.wide[at].split_at_mut(self.cols);
            self.scales[token] = quantize_row_wide(values, row);
            padding.fill(0);
            return;
        }
        let (row, padding) = self.narrow[at].split_at_mut(self.cols);
        self.scales[token] = quantize_row(values, row);
        padding.fill(0);
        if K::FORM == Form::NarrowAndSums {
            let mut sum = 0;
            for &q in row.iter() {
                sum += i32::from(q);
            }
            self.sums[token] = sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_to_the_nearest_even_and_the_largest_value_is_127() {
        let mut out = [0; 5];
        let scale = quantize_row(&[127.0, -127.0, 0.5, 1.5, -2.5], &mut out);
        assert_eq!((scale, out), (1.0, [127, -127, 0, 2, -2]));
    }

    #[test]
    fn a_row_of_zeros_has_scale_zero() {
        let mut out = [1; 3];
        assert_eq!(quantize_row(&[0.0; 3], &mut out), 0.0);
        assert_eq!(out, [0; 3]);
    }

    #[test]
    fn long_rows_find_their_largest_value_wherever_it_stands() {
        for at in 0..40 {
            let mut values = vec![0.25f32; 40];
            values[at] = -2.0;
            let mut out = vec![0; 40];
            assert_eq!(quantize_row(&values, &mut out), 2.0 / 127.0);
            assert_eq!(out[at], -127);
        }
    }

    #[test]
    fn sums_of_products_at_the_limit_fit() {
        for terms in [1, 2, 32, 64, 512, 513, 8_192, 1 << 20] {
            let most = limit(terms) as usize;
            assert!(most > 0 && most * most * terms <= i32::MAX as usize);
        }
        assert_eq!(limit(512), 2047);
    }
}
