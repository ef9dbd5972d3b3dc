//! The full encoder's vector of a text at 8 bits: what caches keep between runs.
//!
//! `dims` signed bytes, then their scale as a little-endian `f32`.

use crate::Result;
use crate::encoder::quantize::quantize_row;
use crate::shelf::codec::{Reader, Writer};

/// Name of this form in errors.
const SECTION: &str = "embedding";

/// A unit vector as `dims` bytes and its scale.
pub fn encode(values: &[f32]) -> Vec<u8> {
    let mut row = vec![0; values.len()];
    let scale = quantize_row(values, &mut row);
    let mut w = Writer::new();
    w.raw(bytemuck::cast_slice(&row));
    w.f32(scale);
    w.finish()
}

/// The vector that [`encode`] was given, of `dims` values, to within half a step.
///
/// Fails when the bytes are of another size or their scale is not finite.
pub fn decode(bytes: &[u8], dims: usize) -> Result<Vec<f32>> {
    let mut r = Reader::new(SECTION, bytes);
    let row: &[i8] = bytemuck::cast_slice(r.raw(dims)?);
    let scale = r.f32()?;
    r.end()?;
    Ok(row.iter().map(|&q| f32::from(q) * scale).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_comes_back_to_within_half_a_step() {
        let values = [0.6f32, -0.8, 0.0];
        let back = decode(&encode(&values), 3).unwrap();
        for (got, expected) in back.iter().zip(values) {
            assert!((got - expected).abs() <= 0.8 / 254.0 + 1e-6, "{got}");
        }
    }

    #[test]
    fn a_vector_of_another_size_or_without_a_finite_scale_is_an_error() {
        let bytes = encode(&[0.6, 0.8]);
        assert!(decode(&bytes, 1).is_err() && decode(&bytes, 3).is_err());
        let infinite = [&bytes[..2], &f32::INFINITY.to_le_bytes()].concat();
        assert!(decode(&infinite, 2).is_err());
    }
}
