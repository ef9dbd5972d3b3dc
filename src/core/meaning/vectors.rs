//! Passage vectors: one row of 4-bit integers each ([`super::nibbles`]).
//!
//! Payload: values of a vector, number of vectors, the nibbles of all, the scales of all.

use super::nibbles::{self, in_range, nibble_bytes, split_row};
use super::query::QueryVector;
use crate::encoder::Backend;
use crate::shelf::codec::{Reader, Writer};
use crate::{Error, Result};
use lectern_kernels::nibbles as kernels;

/// Name of this section in errors.
const SECTION: &str = "vectors";

/// Rows between two passes of a scan: their nibbles and sums stay in the first-level cache.
const CHUNK: usize = 64;

/// The vectors of all passages, in the order of the passages.
#[derive(Debug, Clone, PartialEq)]
pub struct Vectors {
    dims: usize,
    /// Bytes of one vector's nibbles.
    row: usize,
    nibbles: Vec<u8>,
    scales: Vec<u16>,
    backend: Backend,
}

impl Vectors {
    /// An empty set of vectors of `dims` dimensions.
    pub fn new(dims: usize) -> Self {
        Self {
            dims,
            row: nibble_bytes(dims),
            nibbles: Vec::new(),
            scales: Vec::new(),
            backend: Backend::detect(),
        }
    }

    /// The same vectors, compared by the kernels of `backend`.
    pub fn with_backend(self, backend: Backend) -> Self {
        Self { backend, ..self }
    }

    /// Appends a row that [`nibbles::encode_row`] gave.
    pub fn push(&mut self, row: &[u8]) -> Result<()> {
        let (nibbles, scale) = split_row(row);
        if nibbles.len() != self.row || row.len() != nibbles::row_bytes(self.dims) {
            return Err(Error::Mixed {
                what: "a vector has another size than the others",
            });
        }
        self.nibbles.extend_from_slice(nibbles);
        self.scales.push(scale);
        Ok(())
    }

    /// The section's payload.
    pub fn write(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.varint(self.dims as u64);
        w.varint(self.len() as u64);
        w.raw(&self.nibbles);
        for &scale in &self.scales {
            w.u16(scale);
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
        let count = r.count(nibbles::row_bytes(dims))?;
        let row = nibble_bytes(dims);
        let nibbles = r.raw(count * row)?;
        if !in_range(nibbles) {
            return Err(r.corrupt("a value is out of range"));
        }
        let scales = r.raw(count * size_of::<u16>())?.chunks_exact(2);
        let scales = scales.map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]]));
        r.end()?;
        Ok(Self {
            dims,
            row,
            nibbles: nibbles.to_vec(),
            scales: scales.collect(),
            backend: Backend::detect(),
        })
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

    /// Makes a query of a passage's own vector: its cosine to another is that of the two passages.
    pub fn as_query(&self, passage: u32, query: &mut QueryVector) {
        query.set_row(self.nibbles(passage), self.scales[passage as usize]);
    }

    /// A passage's vector, [`Vectors::dims`] values, in `out`.
    pub fn decode(&self, passage: u32, out: &mut [f32]) {
        nibbles::decode(self.nibbles(passage), self.scales[passage as usize], out);
    }

    /// A passage's vector as [`Vectors::push`] took it.
    pub fn row(&self, passage: u32) -> Vec<u8> {
        let scale = self.scales[passage as usize].to_le_bytes();
        [self.nibbles(passage), &scale[..]].concat()
    }

    /// Length of a passage's vector.
    pub fn norm(&self, passage: u32) -> f32 {
        let mut values = vec![0.0; self.dims];
        self.decode(passage, &mut values);
        crate::encoder::math::sum_of_squares(&values, 0.0).sqrt()
    }

    /// Cosine of the query and a passage.
    pub fn cosine(&self, query: &QueryVector, passage: u32) -> f32 {
        let mut sum = [0];
        let row = self.nibbles(passage);
        kernels::sums(self.backend, row, self.row, query.planes(), &mut sum);
        query.cosine(sum[0], self.scales[passage as usize])
    }

    /// Cosines of the query and all passages, in `out`.
    pub fn cosines(&self, query: &QueryVector, out: &mut Vec<f32>) {
        out.clear();
        out.reserve(self.len());
        let mut sums = [0; CHUNK];
        let chunks = self.nibbles.chunks(CHUNK * self.row);
        for (rows, scales) in chunks.zip(self.scales.chunks(CHUNK)) {
            let sums = &mut sums[..scales.len()];
            kernels::sums(self.backend, rows, self.row, query.planes(), sums);
            let pairs = sums.iter().zip(scales);
            out.extend(pairs.map(|(&sum, &scale)| query.cosine(sum, scale)));
        }
    }

    fn nibbles(&self, passage: u32) -> &[u8] {
        let at = passage as usize * self.row;
        &self.nibbles[at..at + self.row]
    }
}

#[cfg(test)]
mod tests {
    use super::nibbles::encode_row;
    use super::*;

    fn sample() -> Vectors {
        let mut vectors = Vectors::new(3);
        for v in [[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, -1.0]] {
            vectors.push(&encode_row(&v)).unwrap();
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
            assert!((got - expected).abs() < 0.06, "{got} {expected}");
        }
        vectors.as_query(0, &mut query);
        assert!((vectors.cosine(&query, 1) - 0.6).abs() < 0.06);
    }

    #[test]
    fn every_backend_gives_the_same_cosines_one_by_one_and_all_at_once() {
        let value = |i: usize| libm::sinf((i * i) as f32) * 0.1;
        let mut vectors = Vectors::new(100);
        for row in 0..150 {
            let values: Vec<f32> = (0..100).map(|i| value(row * 100 + i)).collect();
            vectors.push(&encode_row(&values)).unwrap();
        }
        let mut query = QueryVector::default();
        query.set(&(7..107).map(value).collect::<Vec<f32>>());
        let (mut expected, mut got) = (Vec::new(), Vec::new());
        vectors
            .clone()
            .with_backend(Backend::Scalar)
            .cosines(&query, &mut expected);
        for backend in Backend::available() {
            let vectors = vectors.clone().with_backend(backend);
            vectors.cosines(&query, &mut got);
            assert_eq!(got, expected, "{backend:?}");
            let single: Vec<f32> = (0..150).map(|id| vectors.cosine(&query, id)).collect();
            assert_eq!(single, expected, "{backend:?}");
        }
        let mut back = QueryVector::default();
        vectors.as_query(3, &mut query);
        vectors.as_query(8, &mut back);
        assert_eq!(vectors.cosine(&query, 8), vectors.cosine(&back, 3));
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
        assert!(sample().push(&encode_row(&[0.5; 40])).is_err());
        assert!(sample().push(&[]).is_err());
        assert_eq!(sample().check_dims(4).unwrap_err().code(), "shelf-mixed");
    }
}
