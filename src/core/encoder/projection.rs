//! From the width of an encoder to that of a shelf's vectors.

use super::weights::write_f32s;
use crate::Result;
use crate::shelf::codec::{Reader, Writer};
use lectern_kernels::math::sum;
use lectern_kernels::quantize::quantize_row;

/// A linear map with orthonormal rows, the principal components of what the model says of general
/// text: what it leaves out hardly changes a cosine.
///
/// Payload: `dims`, `width`, `dims × width` 8-bit values, `dims` scales.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    dims: usize,
    width: usize,
    /// `dims × width` 8-bit values, and a scale for each row.
    quantised: Vec<i8>,
    scales: Vec<f32>,
}

impl Projection {
    /// A map with these rows of `width` values, rounded to 8 bits.
    pub fn new(rows: &[f32], width: usize) -> Self {
        let mut quantised = vec![0; rows.len()];
        let rows = rows.chunks_exact(width);
        let scales: Vec<f32> = rows
            .zip(quantised.chunks_exact_mut(width))
            .map(|(row, out)| quantize_row(row, out))
            .collect();
        Self {
            dims: scales.len(),
            width,
            quantised,
            scales,
        }
    }

    /// Appends the map to a payload.
    pub fn write(&self, w: &mut Writer) {
        w.varint(self.dims as u64);
        w.varint(self.width as u64);
        w.raw(bytemuck::cast_slice(&self.quantised));
        write_f32s(w, &self.scales);
    }

    /// Reads what [`Projection::write`] wrote.
    pub fn read(r: &mut Reader<'_>) -> Result<Self> {
        let (dims, width) = (r.varint_u32()? as usize, r.varint_u32()? as usize);
        let size = dims.checked_mul(width).filter(|&size| size > 0);
        let size = size.ok_or_else(|| r.corrupt("the projection has an impossible size"))?;
        let quantised = bytemuck::cast_slice(r.raw(size)?).to_vec();
        let scales = r.f32s(dims)?;
        Ok(Self {
            dims,
            width,
            quantised,
            scales,
        })
    }

    /// Values of the result.
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// Values of what is mapped.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Maps `vector`, `width` values, to `dims` values in `out`.
    pub fn apply(&self, vector: &[f32], out: &mut Vec<f32>) {
        let mut products = vec![0.0; self.width];
        out.clear();
        let rows = self.quantised.chunks_exact(self.width).zip(&self.scales);
        out.extend(rows.map(|(row, scale)| {
            for ((product, &q), &x) in products.iter_mut().zip(row).zip(vector) {
                *product = f32::from(q) * x;
            }
            scale * sum(&products)
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Vec<u8> {
        let mut w = Writer::new();
        Projection::new(&[0.6, 0.8, 0.0, 0.0, 0.0, -1.0], 3).write(&mut w);
        w.finish()
    }

    #[test]
    fn a_vector_is_mapped_by_the_rows() {
        let payload = written();
        let projection = Projection::read(&mut Reader::new("encoder", &payload)).unwrap();
        assert_eq!((projection.dims(), projection.width()), (2, 3));
        let mut out = Vec::new();
        projection.apply(&[3.0, 4.0, 2.0], &mut out);
        assert!((out[0] - 5.0).abs() < 0.02 && (out[1] + 2.0).abs() < 0.02);
    }

    #[test]
    fn a_payload_that_is_cut_is_an_error() {
        let payload = written();
        for cut in 0..payload.len() {
            assert!(Projection::read(&mut Reader::new("encoder", &payload[..cut])).is_err());
        }
    }
}
