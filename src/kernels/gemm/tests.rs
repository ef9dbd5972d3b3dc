//! Every backend against the oracle, on random and on extreme operands.

use std::ops::Range;

use super::{Backend, Job, Kernel, Left, Packed, Right, TILE, dispatch};
use crate::quantize::{Activations, Matrix, limit};

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

/// Quantises rows, then multiplies those of a range.
struct Gemm<'a>(&'a [Vec<i8>], Range<usize>, &'a Packed, &'a mut Vec<i32>);

impl Job for Gemm<'_> {
    #[inline(always)]
    fn run<K: Kernel>(self) {
        let Self(rows, range, w, out) = self;
        let mut acts = Activations::default();
        acts.resize::<K>(rows.len(), rows[0].len());
        for (t, row) in rows.iter().enumerate() {
            // A row whose largest value is 127 keeps its integers, at a scale of 1.
            let row: Vec<f32> = row.iter().map(|&x| f32::from(x)).collect();
            acts.set::<K>(t, &row);
            assert_eq!(acts.scales()[t], 1.0);
        }
        out.resize(range.len().next_multiple_of(TILE) * w.padded_rows, 0);
        K::gemm(&acts, range, w, out);
    }
}

fn product(
    backend: Backend,
    acts: &[Vec<i8>],
    range: Range<usize>,
    matrix: &Matrix<'_>,
) -> Vec<i32> {
    let packed = Packed::new(backend, matrix);
    let mut out = Vec::new();
    dispatch(backend, Gemm(acts, range.clone(), &packed, &mut out));
    out.chunks_exact(packed.padded_rows)
        .take(range.len())
        .flat_map(|row| row[..matrix.rows].to_vec())
        .collect()
}

/// The product of two row-major matrices of 16-bit integers.
struct GemmWide<'a> {
    left: &'a [Vec<i16>],
    right: &'a [Vec<i16>],
    out: &'a mut Vec<i32>,
}

impl Job for GemmWide<'_> {
    #[inline(always)]
    fn run<K: Kernel>(self) {
        let cols = self.right[0].len().next_multiple_of(K::PAIR);
        let rows = self.right.len().next_multiple_of(K::LANES);
        let mut packed = vec![0; rows * cols];
        for (n, row) in self.right.iter().enumerate() {
            for (k, &x) in row.iter().enumerate() {
                let at = n / K::LANES * K::LANES * cols + k / K::PAIR * K::LANES * K::PAIR;
                packed[at + n % K::LANES * K::PAIR + k % K::PAIR] = x;
            }
        }
        // Rows lie further apart than they are long.
        let stride = cols + 3;
        let mut data = vec![0; self.left.len() * stride];
        for (t, row) in self.left.iter().enumerate() {
            data[t * stride..][..row.len()].copy_from_slice(row);
        }
        let left = Left {
            data: &data,
            stride,
            rows: self.left.len(),
        };
        let right = Right {
            data: &packed,
            rows,
            cols,
        };
        let mut out = vec![0; left.rows * rows];
        K::gemm_wide(left, right, &mut out);
        let rows = out.chunks_exact(rows);
        self.out
            .extend(rows.flat_map(|row| row[..self.right.len()].to_vec()));
    }
}

fn naive<T: Copy + Into<i32>>(left: &[Vec<T>], right: &[Vec<T>]) -> Vec<i32> {
    let dot =
        |a: &[T], b: &[T]| -> i32 { a.iter().zip(b).map(|(&a, &b)| a.into() * b.into()).sum() };
    left.iter()
        .flat_map(|a| right.iter().map(|b| dot(a, b)).collect::<Vec<_>>())
        .collect()
}

fn rows<T>(count: usize, cols: usize, value: &mut impl FnMut() -> T) -> Vec<Vec<T>> {
    (0..count)
        .map(|_| (0..cols).map(|_| value()).collect())
        .collect()
}

fn check(tokens: usize, count: usize, cols: usize, mut value: impl FnMut() -> i8) {
    let weights = rows(count, cols, &mut value);
    let mut acts = rows(tokens, cols, &mut value);
    for row in &mut acts {
        row[cols / 2] = 127;
    }
    let matrix = Matrix {
        rows: count,
        cols,
        data: &weights.concat(),
        scales: vec![1.0; count],
    };
    for range in [0..tokens, tokens / 2 / TILE * TILE..tokens] {
        let expected = naive(&acts[range.clone()], &weights);
        for backend in Backend::available() {
            let got = product(backend, &acts, range.clone(), &matrix);
            assert_eq!(got, expected, "{backend:?} {range:?} × {count} × {cols}");
        }
    }
}

fn check_wide(tokens: usize, count: usize, cols: usize, mut value: impl FnMut() -> i16) {
    let (left, right) = (
        rows(tokens, cols, &mut value),
        rows(count, cols, &mut value),
    );
    let expected = naive(&left, &right);
    for backend in Backend::available() {
        let mut got = Vec::new();
        let job = GemmWide {
            left: &left,
            right: &right,
            out: &mut got,
        };
        dispatch(backend, job);
        assert_eq!(got, expected, "{backend:?} {tokens} × {count} × {cols}");
    }
}

#[test]
fn every_backend_equals_the_oracle_for_every_shape() {
    let mut random = Random(1);
    for tokens in [1, 2, 3, 4, 5, 6, 7, 11, 13, 16, 17, 31, 33, 48, 50] {
        for (rows, cols) in [
            (1, 1),
            (3, 5),
            (16, 4),
            (17, 33),
            (64, 64),
            (80, 312),
            (130, 96),
        ] {
            check(tokens, rows, cols, || {
                ((random.next() % 255) as i16 - 127) as i8
            });
        }
    }
}

#[test]
fn every_backend_is_exact_at_the_extremes() {
    for extreme in [127i8, -127, 0] {
        check(5, 35, 1536, || extreme);
        check(40, 35, 1536, || extreme);
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

#[test]
fn every_backend_multiplies_wide_integers_exactly_for_every_shape() {
    let mut random = Random(3);
    for tokens in [1, 2, 3, 4, 5, 6, 7, 11, 16] {
        for (rows, cols) in [(1, 1), (3, 5), (16, 32), (17, 33), (32, 7), (80, 64)] {
            check_wide(tokens, rows, cols, || (random.next() % 4095) as i16 - 2047);
        }
    }
    // Attention of a text of any length: scores, then weighted values.
    for tokens in 1..=512 {
        check_wide(2, tokens, 4, || (random.next() % 4095) as i16 - 2047);
        check_wide(2, 4, tokens, || (random.next() % 4095) as i16 - 2047);
    }
}

#[test]
fn wide_sums_fit_at_their_limit() {
    let mut sign = 1;
    for terms in [1, 2, 31, 512, 513, 5_000] {
        let most = limit(terms) as i16;
        for extreme in [most, -most, 0] {
            check_wide(3, 18, terms, || extreme);
        }
        check_wide(3, 18, terms, || {
            sign = -sign;
            sign * most
        });
    }
}
