//! Symmetric 8-bit quantisation: `x ≈ scale · q`, `q` in −127..=127, one scale a row.

use super::math::{ROUND, largest};

/// Largest magnitude of a quantised value; −128 is left out so that negation is closed.
const Q_MAX: f32 = 127.0;

/// Quantises `values` into `out` and returns the scale; zero for a row of zeros.
#[inline(always)]
pub fn quantize_row(values: &[f32], out: &mut [i8]) -> f32 {
    let most = largest(values, f32::abs);
    let (inverse, scale) = if most > 0.0 {
        (Q_MAX / most, most / Q_MAX)
    } else {
        (0.0, 0.0)
    };
    for (q, &x) in out.iter_mut().zip(values) {
        *q = round(x * inverse) as i8;
    }
    scale
}

/// The nearest integer, even at halves, within ±127.
#[inline(always)]
fn round(x: f32) -> i32 {
    // With `ROUND` added, the low mantissa bits are the integer. A cast would saturate, and that
    // is done one element at a time.
    let integer = (x + ROUND).to_bits() as i32 - ROUND.to_bits() as i32;
    integer.clamp(-Q_MAX as i32, Q_MAX as i32)
}

/// A weight matrix as it lies in a model file: row-major, one scale a row.
#[derive(Debug, Clone)]
pub(crate) struct Matrix<'a> {
    /// Output features.
    pub rows: usize,
    /// Input features.
    pub cols: usize,
    /// `rows × cols` elements.
    pub data: &'a [i8],
    /// `rows` scales.
    pub scales: Vec<f32>,
}

/// Quantised activations of some tokens, one row and one scale a token.
///
/// Rows are kept as 8 and as 16 bits wide, since kernels want one or the other, and padded with
/// zeros to a multiple of 16 columns.
#[derive(Debug, Clone, Default)]
pub(crate) struct Activations {
    tokens: usize,
    stride: usize,
    narrow: Vec<i8>,
    wide: Vec<i16>,
    sums: Vec<i32>,
    scales: Vec<f32>,
}

impl Activations {
    /// Number of rows.
    #[inline(always)]
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    /// Columns of a row, with padding.
    #[inline(always)]
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// A row, 8 bits a value.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))] // VNNI alone asks.
    #[inline(always)]
    pub fn narrow(&self, token: usize) -> &[i8] {
        &self.narrow[token * self.stride..(token + 1) * self.stride]
    }

    /// A row, 16 bits a value.
    #[inline(always)]
    pub fn wide(&self, token: usize) -> &[i16] {
        &self.wide[token * self.stride..(token + 1) * self.stride]
    }

    /// The sum of a row.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))] // VNNI alone asks.
    #[inline(always)]
    pub fn sum(&self, token: usize) -> i32 {
        self.sums[token]
    }

    /// The scale of a row.
    #[inline(always)]
    pub fn scale(&self, token: usize) -> f32 {
        self.scales[token]
    }

    /// Quantises the rows of `values`, each of `cols` values.
    #[inline(always)]
    pub fn set(&mut self, values: &[f32], cols: usize) {
        self.resize(values.len() / cols, cols);
        for (t, row) in values.chunks_exact(cols).enumerate() {
            let at = t * self.stride;
            self.scales[t] = quantize_row(row, &mut self.narrow[at..at + cols]);
            self.finish_row(t, cols);
        }
    }

    /// Takes rows that are quantised already, with scale 1.
    #[cfg(test)]
    pub fn set_exact(&mut self, rows: &[Vec<i8>]) {
        let cols = rows[0].len();
        self.resize(rows.len(), cols);
        for (t, row) in rows.iter().enumerate() {
            let at = t * self.stride;
            self.narrow[at..at + cols].copy_from_slice(row);
            self.scales[t] = 1.0;
            self.finish_row(t, cols);
        }
    }

    #[inline(always)]
    fn resize(&mut self, tokens: usize, cols: usize) {
        self.tokens = tokens;
        self.stride = cols.next_multiple_of(16);
        self.narrow.resize(tokens * self.stride, 0);
        self.wide.resize(tokens * self.stride, 0);
        self.sums.resize(tokens, 0);
        self.scales.resize(tokens, 0.0);
    }

    #[inline(always)]
    fn finish_row(&mut self, token: usize, cols: usize) {
        let row = token * self.stride..(token + 1) * self.stride;
        let narrow = &mut self.narrow[row.clone()];
        narrow[cols..].fill(0);
        let mut sum = 0;
        for (wide, &q) in self.wide[row].iter_mut().zip(narrow.iter()) {
            *wide = i16::from(q);
            sum += i32::from(q);
        }
        self.sums[token] = sum;
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
}
