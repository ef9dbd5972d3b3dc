//! From the width of an encoder to that of a shelf's vectors.

use super::math::sum;
use super::quantize::quantize_row;
use super::weights::write_f32s;
use crate::Result;
use crate::shelf::codec::{Reader, Writer};

/// A linear map with orthonormal rows, the principal components of what the model says of general
/// text: what it leaves out hardly changes a cosine.
///
/// Payload: `dims`, `width`, `dims × width` 8-bit values, `dims` scales.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    dims: usize,
    width: usize,
    rows: Vec<f32>,
}

impl Projection {
    /// Appends a map, `dims × width` values, to a payload; rows are rounded to 8 bits.
    pub fn write(w: &mut Writer, rows: &[f32], width: usize) {
        w.varint((rows.len() / width) as u64);
        w.varint(width as u64);
        let mut scales = Vec::new();
        let mut quantised = vec![0; width];
        for row in rows.chunks_exact(width) {
            scales.push(quantize_row(row, &mut quantised));
            w.raw(bytemuck::cast_slice(&quantised));
        }
        write_f32s(w, &scales);
    }

    /// Reads what [`Projection::write`] wrote.
    pub fn read(r: &mut Reader<'_>) -> Result<Self> {
        let (dims, width) = (r.varint_u32()? as usize, r.varint_u32()? as usize);
        let size = dims.checked_mul(width).filter(|&size| size > 0);
        let size = size.ok_or_else(|| r.corrupt("the projection has an impossible size"))?;
        let quantised: &[i8] = bytemuck::cast_slice(r.raw(size)?);
        let scales = r.f32s(dims)?;
        let rows = quantised.chunks_exact(width).zip(scales);
        let rows = rows.flat_map(|(row, scale)| row.iter().map(move |&q| scale * f32::from(q)));
        let rows = rows.collect();
        Ok(Self { dims, width, rows })
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
        out.extend(self.rows.chunks_exact(self.width).map(|row| {
            for ((product, &a), &b) in products.iter_mut().zip(row).zip(vector) {
                *product = a * b;
            }
            sum(&products)
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Vec<u8> {
        let mut w = Writer::new();
        Projection::write(&mut w, &[0.6, 0.8, 0.0, 0.0, 0.0, -1.0], 3);
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
