//! Every backend against the oracle, on random and on extreme operands.

use super::{Backend, Job, Kernel, Packed, dispatch};
use crate::encoder::quantize::{Activations, Matrix};

/// SplitMix64 (Steele, Lea & Flood 2014), seeded: tests must not change from run to run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

struct Gemm<'a>(&'a Activations, &'a Packed, &'a mut [i32]);

impl Job for Gemm<'_> {
    #[inline(always)]
    fn run<K: Kernel>(self) {
        K::gemm(self.0, self.1, self.2);
    }
}

fn product(backend: Backend, acts: &Activations, matrix: &Matrix<'_>) -> Vec<i32> {
    let packed = Packed::new(backend, matrix);
    let mut out = vec![0; acts.tokens() * packed.padded_rows];
    dispatch(backend, Gemm(acts, &packed, &mut out));
    out.chunks_exact(packed.padded_rows)
        .flat_map(|row| row[..matrix.rows].to_vec())
        .collect()
}

fn naive(acts: &[Vec<i8>], weights: &[i8], cols: usize) -> Vec<i32> {
    let dot = |a: &[i8], w: &[i8]| {
        a.iter()
            .zip(w)
            .map(|(&a, &w)| i32::from(a) * i32::from(w))
            .sum()
    };
    acts.iter()
        .flat_map(|a| weights.chunks(cols).map(|w| dot(a, w)).collect::<Vec<_>>())
        .collect()
}

fn check(tokens: usize, rows: usize, cols: usize, mut value: impl FnMut() -> i8) {
    let weights: Vec<i8> = (0..rows * cols).map(|_| value()).collect();
    let values: Vec<Vec<i8>> = (0..tokens)
        .map(|_| (0..cols).map(|_| value()).collect())
        .collect();
    let mut acts = Activations::default();
    acts.set_exact(&values);
    let matrix = Matrix {
        rows,
        cols,
        data: &weights,
        scales: vec![1.0; rows],
    };
    let expected = naive(&values, &weights, cols);
    for backend in Backend::available() {
        let got = product(backend, &acts, &matrix);
        assert_eq!(got, expected, "{backend:?} {tokens} × {rows} × {cols}");
    }
}

#[test]
fn every_backend_equals_the_oracle_for_every_shape() {
    let mut random = Random(1);
    for tokens in [1, 2, 3, 4, 5, 6, 7, 11, 13] {
        for (rows, cols) in [
            (1, 1),
            (3, 5),
            (16, 4),
            (17, 33),
            (64, 64),
            (80, 312),
            (130, 96),
        ] {
            check(tokens, rows, cols, || (random.next() % 255) as i8);
        }
    }
}

#[test]
fn every_backend_is_exact_at_the_extremes() {
    for extreme in [127i8, -127] {
        check(5, 35, 1536, || extreme);
    }
    let mut random = Random(2);
    check(7, 66, 1536, || {
        if random.next().is_multiple_of(2) {
            127
        } else {
            -127
        }
    });
}
