//! Codes: a bit for each value of a vector, against its cell's centroid.
//!
//! Of a vector `x` and the centroid `c`, a unit vector, the part along the centroid is kept as it is and of the rest
//! `r = x − (x·c) c` the signs `s`, with the factor that makes the product of code and rest that of the
//! rest with itself, as in RaBitQ (Gao & Long, "RaBitQ: Quantizing high-dimensional vectors with a
//! theoretical error bound", 2024, section 3.2):
//!
//! ```text
//! x·q  ≈  (x·c) (c·q) + f · Σ sᵢ qᵢ,    f = r·r / Σ |rᵢ|
//! ```
//!
//! over the first [`CODE_DIMS`] values, turned by [`even`]: 28 bytes. Of a book of 67,000 passages that finds the ten best of
//! hybrid searches to 95 % in 16 of 482 cells, where the exact vectors decide between those it finds best;
//! to 93 % in 8 cells, 97 % in 32, 99 % in all. Signs of all 256 values find as many in 12 cells, for as many
//! bytes; of 128, 1 % fewer (`scripts/bench search`, before they were turned).
//!
//! A code is `x·c` in 32,768ths (`i16`), `f` in 65,536ths (`u16`), and the signs, the first value in the
//! lowest bit of the first byte, a bit set where the value is not negative.

use std::f32::consts::FRAC_1_SQRT_2;

use super::nibbles::{decode_row, in_range, nibble_bytes, row_bytes, split_row};
use super::{QueryVector, Vectors};
use crate::Result;
use crate::encoder::math::{largest, normalize, sum};
use crate::shelf::codec::{Reader, Writer};

/// Values that have a sign in a code: the axes are principal components, so the last say the least.
pub const CODE_DIMS: usize = 192;

const ALONG_UNIT: f32 = 32_768.0;
const FACTOR_UNIT: f32 = 65_536.0;

/// The codes of a cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Coded {
    centroid: Vectors,
    along: Vec<i16>,
    factors: Vec<u16>,
    /// Signs of all vectors, `bytes` each.
    signs: Vec<u8>,
    bytes: usize,
}

/// A query as cells read it.
#[derive(Debug, Default)]
pub struct CodedQuery {
    /// The unit vector.
    pub vector: QueryVector,
    /// For each byte of signs, what each of its 256 values adds.
    sums: Vec<f32>,
}

impl CodedQuery {
    /// Reads a unit vector.
    pub fn set(&mut self, vector: &[f32]) {
        self.vector.set(vector);
        let mut vector = vector.to_vec();
        vector.resize(code_bytes(vector.len()) * 8, 0.0);
        even(&mut vector);
        self.sums.clear();
        for values in vector.chunks(8) {
            let start = self.sums.len();
            self.sums.push(-sum(values));
            for &x in values {
                // As many sums again, of codes that have this bit too.
                for without in start..self.sums.len() {
                    self.sums.push(self.sums[without] + 2.0 * x);
                }
            }
        }
    }

    fn product(&self, signs: &[u8]) -> f32 {
        let pairs = self.sums.chunks_exact(256).zip(signs);
        pairs.fold(0.0, |sum, (sums, &code)| sum + sums[usize::from(code)])
    }
}

/// Bytes of the signs of a vector: rows are filled with zeros, and their signs stand too.
fn code_bytes(dims: usize) -> usize {
    (2 * nibble_bytes(dims)).min(CODE_DIMS) / 8
}

/// Turns a vector so that all its values say about as much, where the first of principal components say
/// more: a fast Walsh-Hadamard transform of every `n`-th value, which keeps products. A sign each is the
/// better code the more alike the values are; of 13,000 passages in 94 cells, 93 % of the ten nearest are
/// then among the first 20 by codes, and 91 % without (a simulation with noisy passages as queries).
fn even(values: &mut [f32]) {
    let len = values.len();
    if len == 0 {
        return;
    }
    // The largest power of two that divides it: of 192, three times 64 values.
    let count = 1 << len.trailing_zeros();
    let mut step = len / count;
    while step < len {
        for i in 0..len {
            if (i / step) & 1 == 0 {
                let (a, b) = (values[i], values[i + step]);
                values[i] = (a + b) * FRAC_1_SQRT_2;
                values[i + step] = (a - b) * FRAC_1_SQRT_2;
            }
        }
        step *= 2;
    }
}

/// Appends the codes of `vectors` against the centroid, rows of as many values.
pub(super) fn write(w: &mut Writer, centroid: &[u8], vectors: &[Vec<u8>]) {
    let dims = 2 * split_row(centroid).0.len();
    let mut c = vec![0.0; dims];
    decode_row(centroid, &mut c);
    normalize(&mut c);
    let mut x = vec![0.0; dims];
    for row in vectors {
        decode_row(row, &mut x);
        let products: Vec<f32> = x.iter().zip(&c).map(|(x, c)| x * c).collect();
        let along = sum(&products);
        let rest = x.iter().zip(&c).take(CODE_DIMS).map(|(x, c)| x - along * c);
        let mut rest: Vec<f32> = rest.collect();
        even(&mut rest);
        let squares: Vec<f32> = rest.iter().map(|r| r * r).collect();
        let sizes: Vec<f32> = rest.iter().map(|r| r.abs()).collect();
        let factor = match largest(&rest, f32::abs) {
            0.0 => 0.0,
            _ => sum(&squares) / sum(&sizes),
        };
        // The casts saturate.
        w.u16((along * ALONG_UNIT) as i16 as u16);
        w.u16((factor * FACTOR_UNIT + 0.5) as u16);
        for values in rest.chunks(8) {
            let bit = |(bit, &r): (usize, &f32)| u8::from(r >= 0.0) << bit;
            w.raw(&[values.iter().enumerate().map(bit).sum()]);
        }
    }
}

impl Coded {
    /// Reads the centroid and `count` codes of `dims` values.
    pub fn read(r: &mut Reader<'_>, count: usize, dims: usize) -> Result<Self> {
        let centroid = r.raw(row_bytes(dims))?;
        if !in_range(split_row(centroid).0) {
            return Err(r.corrupt("a value is out of range"));
        }
        let bytes = code_bytes(dims);
        let mut own = Self {
            centroid: Vectors::new(dims),
            along: Vec::with_capacity(count),
            factors: Vec::with_capacity(count),
            signs: Vec::new(),
            bytes,
        };
        own.centroid.push(centroid)?;
        for _ in 0..count {
            own.along.push(r.u16()? as i16);
            own.factors.push(r.u16()?);
            own.signs.extend_from_slice(r.raw(bytes)?);
        }
        Ok(own)
    }

    /// The centroid as a row.
    pub fn centroid(&self) -> Vec<u8> {
        self.centroid.row(0)
    }

    /// Cosines of a query and all vectors, about, in `out`.
    pub fn cosines(&self, query: &CodedQuery, out: &mut Vec<f32>) {
        let norm = self.centroid.norm(0);
        let near = match norm {
            0.0 => 0.0,
            _ => self.centroid.cosine(&query.vector, 0) / norm,
        };
        out.clear();
        let codes = self
            .along
            .iter()
            .zip(&self.factors)
            .zip(self.signs.chunks_exact(self.bytes));
        out.extend(codes.map(|((&along, &factor), code)| {
            let along = f32::from(along) / ALONG_UNIT;
            let factor = f32::from(factor) / FACTOR_UNIT;
            along * near + factor * query.product(code)
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::super::nibbles::encode_row;
    use super::*;

    fn unit(seed: usize, dims: usize) -> Vec<f32> {
        let value = |i: usize| libm::sinf((seed * 131 + i * i) as f32);
        let mut values: Vec<f32> = (0..dims).map(value).collect();
        normalize(&mut values);
        values
    }

    #[test]
    fn turning_keeps_products_and_evens_values_out() {
        for dims in [192, 128, 64, 96, 8, 1] {
            let (mut a, mut b) = (unit(5, dims), unit(9, dims));
            let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            let before = product(&a, &b);
            even(&mut a);
            even(&mut b);
            assert!((product(&a, &b) - before).abs() < 1e-5, "{dims}");
        }
        let mut first = vec![0.0; CODE_DIMS];
        first[0] = 1.0;
        even(&mut first);
        let spread = first.iter().filter(|x| (x.abs() - 0.125).abs() < 1e-6);
        assert_eq!(spread.count(), 64);
    }

    #[test]
    fn cosines_come_out_about_right_and_right_along_the_centroid() {
        let dims = 64;
        let centroid = unit(1, dims);
        let mut close: Vec<Vec<f32>> = (2..40).map(|seed| unit(seed, dims)).collect();
        for x in &mut close {
            for (x, c) in x.iter_mut().zip(&centroid) {
                *x = *x * 0.6 + c;
            }
            normalize(x);
        }
        close[0] = centroid.clone();
        let rows: Vec<Vec<u8>> = close.iter().map(|x| encode_row(x)).collect();
        let row = encode_row(&centroid);
        let mut w = Writer::new();
        w.raw(&row);
        write(&mut w, &row, &rows);
        let bytes = w.finish();
        let mut r = Reader::new("test", &bytes);
        let coded = Coded::read(&mut r, rows.len(), dims).unwrap();
        assert_eq!(r.end(), Ok(()));
        let (mut query, mut out) = (CodedQuery::default(), Vec::new());
        for seed in [3, 100] {
            let vector = unit(seed, dims);
            query.set(&vector);
            coded.cosines(&query, &mut out);
            let exact = close
                .iter()
                .map(|x| x.iter().zip(&vector).map(|(a, b)| a * b).sum::<f32>());
            let errors: Vec<f32> = out.iter().zip(exact).map(|(a, b)| (a - b).abs()).collect();
            assert!(errors.iter().all(|&e| e < 0.16), "{errors:?}");
            assert!(
                errors.iter().sum::<f32>() / (errors.len() as f32) < 0.06,
                "{errors:?}"
            );
            assert!(errors[0] < 0.03, "{}", errors[0]);
        }
    }
}
