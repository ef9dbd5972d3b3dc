//! Matrix products by the encoder's integer kernels, for those who train with them.

use crate::gemm::{Backend, Job, Kernel, Packed, TILE, dispatch};
use crate::quantize::{Activations, Matrix, quantize_row};

/// A matrix whose rows are multiplied with vectors, all rounded to 8 bits and one scale a row.
///
/// Exact integer sums make the result the same on every machine.
#[derive(Debug, Clone)]
pub struct Product {
    weight: Packed,
    backend: Backend,
}

/// Memory of a product, grown once and used again.
#[derive(Debug, Default)]
pub struct ProductScratch {
    acts: Activations,
    sums: Vec<i32>,
}

impl Product {
    /// Takes a matrix of rows of `cols` values each.
    pub fn new(values: &[f32], cols: usize) -> Self {
        let rows = values.len() / cols;
        let mut data = vec![0; rows * cols];
        let scales = values
            .chunks_exact(cols)
            .zip(data.chunks_exact_mut(cols))
            .map(|(values, row)| quantize_row(values, row))
            .collect();
        let backend = Backend::detect();
        let matrix = Matrix {
            rows,
            cols,
            data: &data,
            scales,
        };
        Self {
            weight: Packed::new(backend, &matrix),
            backend,
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.weight.rows
    }

    /// `out[i][n] ≈ Σ_k vectors[i][k] · row n[k]`, for vectors of `cols` values that lie one after
    /// the other.
    pub fn multiply(
        &self,
        vectors: &[f32],
        cols: usize,
        scratch: &mut ProductScratch,
        out: &mut Vec<f32>,
    ) {
        let job = Multiply {
            weight: &self.weight,
            vectors,
            cols,
            scratch,
            out,
        };
        dispatch(self.backend, job);
    }
}

struct Multiply<'a> {
    weight: &'a Packed,
    vectors: &'a [f32],
    cols: usize,
    scratch: &'a mut ProductScratch,
    out: &'a mut Vec<f32>,
}

impl Job for Multiply<'_> {
    #[inline(always)]
    fn run<K: Kernel>(self) {
        let Self {
            weight: w,
            vectors,
            cols,
            scratch: ProductScratch { acts, sums },
            out,
        } = self;
        let count = vectors.len() / cols;
        acts.resize::<K>(count, cols);
        for (at, vector) in vectors.chunks_exact(cols).enumerate() {
            acts.set::<K>(at, vector);
        }
        sums.resize(count.next_multiple_of(TILE) * w.padded_rows, 0);
        K::gemm(acts, 0..count, w, sums);
        out.resize(count * w.rows, 0.0);
        let rows = sums.chunks_exact(w.padded_rows).zip(acts.scales());
        for ((sums, &scale), out) in rows.zip(out.chunks_exact_mut(w.rows.max(1))) {
            for ((x, &sum), &row_scale) in out.iter_mut().zip(sums).zip(&w.scales) {
                *x = sum as f32 * (scale * row_scale);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_that_of_the_numbers() {
        let rows = [1.0, 0.0, -1.0, 0.5, 0.5, 0.25, 0.0, 2.0, 0.0];
        let vectors = [1.0, 2.0, 3.0, -1.0, 0.0, 1.0];
        let mut out = Vec::new();
        Product::new(&rows, 3).multiply(&vectors, 3, &mut ProductScratch::default(), &mut out);
        for (got, expected) in out.iter().zip([-2.0, 2.25, 4.0, -2.0, -0.25, 0.0]) {
            assert!((got - expected).abs() < 0.05, "{got} {expected}");
        }
    }
}
