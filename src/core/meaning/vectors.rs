//! Passage vectors of 8-bit integers, one scale each.

use crate::encoder::quantize::quantize_row;
use crate::shelf::codec::{Reader, Writer};
use crate::{Error, Result};

/// Name of this section in errors.
const SECTION: &str = "vectors";

/// The vectors of all passages, in the order of the passages.
#[derive(Debug, Clone, PartialEq)]
pub struct Vectors {
    dims: usize,
    data: Vec<i8>,
    scales: Vec<f32>,
}

/// A quantised query.
#[derive(Debug, Clone, Default)]
pub struct QueryVector {
    data: Vec<i8>,
    scale: f32,
}

impl QueryVector {
    /// Quantises a unit vector, replacing what was here.
    pub fn set(&mut self, values: &[f32]) {
        self.data.resize(values.len(), 0);
        self.scale = quantize_row(values, &mut self.data);
    }
}

impl Vectors {
    /// An empty set of vectors of `dims` dimensions.
    pub fn new(dims: usize) -> Self {
        Self {
            dims,
            data: Vec::new(),
            scales: Vec::new(),
        }
    }

    /// Appends a unit vector in the form [`Vectors::encode`] gives.
    pub fn push(&mut self, encoded: &[u8]) -> Result<()> {
        let mut r = Reader::new(SECTION, encoded);
        self.data
            .extend_from_slice(bytemuck::cast_slice(r.raw(self.dims)?));
        self.scales.push(r.f32()?);
        r.end()
    }

    /// A unit vector as `dims` bytes and its scale: what a cache keeps.
    pub fn encode(values: &[f32]) -> Vec<u8> {
        let mut row = vec![0; values.len()];
        let scale = quantize_row(values, &mut row);
        let mut w = Writer::new();
        w.raw(bytemuck::cast_slice(&row));
        w.f32(scale);
        w.finish()
    }

    /// The section's payload.
    pub fn write(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.varint(self.dims as u64);
        w.varint(self.len() as u64);
        w.raw(bytemuck::cast_slice(&self.data));
        for &scale in &self.scales {
            w.f32(scale);
        }
        w.finish()
    }

    /// Opens the payload that [`Vectors::write`] gave.
    pub fn open(payload: &[u8]) -> Result<Self> {
        let mut r = Reader::new(SECTION, payload);
        let dims = r.varint_u32()? as usize;
        if dims == 0 || dims > i16::MAX as usize {
            return Err(r.corrupt("a vector has an impossible size"));
        }
        let count = r.count(dims + size_of::<f32>())?;
        let data: Vec<i8> = bytemuck::cast_slice(r.raw(count * dims)?).to_vec();
        if data.contains(&i8::MIN) {
            return Err(r.corrupt("a value is out of range"));
        }
        let scales = r.f32s(count)?;
        r.end()?;
        Ok(Self { dims, data, scales })
    }

    /// Number of vectors.
    pub fn len(&self) -> usize {
        self.scales.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.scales.is_empty()
    }

    /// Values of a vector.
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// Fails unless a query of `dims` values fits.
    pub fn check_dims(&self, dims: usize) -> Result<()> {
        if dims == self.dims {
            Ok(())
        } else {
            Err(Error::Mixed {
                what: "the encoder's vectors and the passages' differ in size",
            })
        }
    }

    /// Cosine of the query and a passage.
    pub fn cosine(&self, query: &QueryVector, passage: u32) -> f32 {
        let at = passage as usize;
        let row = &self.data[at * self.dims..(at + 1) * self.dims];
        dot(&query.data, row) as f32 * (query.scale * self.scales[at])
    }

    /// Cosine of two passages.
    pub fn similarity(&self, a: u32, b: u32) -> f32 {
        let row = |at: u32| &self.data[at as usize * self.dims..(at as usize + 1) * self.dims];
        dot(row(a), row(b)) as f32 * (self.scales[a as usize] * self.scales[b as usize])
    }

    /// Cosines of the query and all passages, in `out`.
    pub fn cosines(&self, query: &QueryVector, out: &mut Vec<f32>) {
        out.clear();
        out.extend((0..self.len() as u32).map(|passage| self.cosine(query, passage)));
    }
}

/// Exact: 127² · 32,767 dimensions fit `i32`.
fn dot(a: &[i8], b: &[i8]) -> i32 {
    a.iter()
        .zip(b)
        .map(|(&a, &b)| i32::from(a) * i32::from(b))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vectors {
        let mut vectors = Vectors::new(3);
        for v in [[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, -1.0]] {
            vectors.push(&Vectors::encode(&v)).unwrap();
        }
        vectors
    }

    #[test]
    fn cosines_are_those_of_the_vectors() {
        let vectors = sample();
        let mut query = QueryVector::default();
        query.set(&[0.0, 1.0, 0.0]);
        let mut out = Vec::new();
        vectors.cosines(&query, &mut out);
        for (got, expected) in out.iter().zip([0.0, 0.8, 0.0]) {
            assert!((got - expected).abs() < 0.005, "{got} {expected}");
        }
        assert!((vectors.similarity(0, 1) - 0.6).abs() < 0.005);
    }

    #[test]
    fn a_payload_comes_back_and_damage_is_an_error() {
        let payload = sample().write();
        assert_eq!(Vectors::open(&payload), Ok(sample()));
        for cut in 0..payload.len() {
            assert!(Vectors::open(&payload[..cut]).is_err(), "cut at {cut}");
        }
        let mut longer = payload.clone();
        longer.push(0);
        assert!(Vectors::open(&longer).is_err());
        let mut out_of_range = payload;
        out_of_range[2] = 0x80;
        assert!(Vectors::open(&out_of_range).is_err());
    }

    #[test]
    fn vectors_of_another_size_are_refused() {
        assert!(sample().push(&Vectors::encode(&[1.0; 4])).is_err());
        assert_eq!(sample().check_dims(4).unwrap_err().code(), "shelf-mixed");
    }
}
