//! The general part of a model: what is the same for every book and is made once for a model, from
//! general text. With it, the vectors of a shelf are short and its small encoder knows words that
//! the book does not have.
//!
//! Payload: [`Projection`], then for each token of the model's vocabulary a row of
//! [`nibbles`], `row_bytes(dims)` bytes.

use super::projection::Projection;
use crate::meaning::nibbles::{self, row_bytes};
use crate::shelf::codec::{Reader, Writer};
use crate::{Error, Result};

/// Name of this part in errors.
const SECTION: &str = "general part";

/// The general part of a model file.
#[derive(Debug)]
pub struct General<'a> {
    /// From the encoder's vectors to those of a shelf.
    pub projection: Projection,
    rows: &'a [u8],
}

/// The payload of a projection, `dims × width`, and a token table, `vocabulary × dims`.
pub fn write(projection: &[f32], width: usize, table: &[f32]) -> Vec<u8> {
    let dims = projection.len() / width;
    let mut w = Writer::new();
    Projection::new(projection, width).write(&mut w);
    for row in table.chunks_exact(dims) {
        w.raw(&nibbles::encode_row(row));
    }
    w.finish()
}

impl<'a> General<'a> {
    /// Opens a payload for a model of `vocabulary` tokens whose vectors have `width` values.
    pub fn open(payload: &'a [u8], vocabulary: usize, width: usize) -> Result<Self> {
        let mut r = Reader::new(SECTION, payload);
        let projection = Projection::read(&mut r)?;
        if projection.width() != width {
            return Err(Error::Mixed {
                what: "the general part was made for another model",
            });
        }
        let bytes = row_bytes(projection.dims());
        let size = vocabulary.checked_mul(bytes);
        let size = size.ok_or_else(|| r.corrupt("the table is too large"))?;
        let rows = r.raw(size)?;
        r.end()?;
        let in_range = |row| nibbles::in_range(nibbles::split_row(row).0);
        if !rows.chunks_exact(bytes).all(in_range) {
            return Err(r.corrupt("a value is out of range"));
        }
        Ok(Self { projection, rows })
    }

    /// The row of a token; `id` is below the vocabulary's size.
    pub fn row(&self, id: u32) -> &'a [u8] {
        let bytes = row_bytes(self.projection.dims());
        &self.rows[id as usize * bytes..(id as usize + 1) * bytes]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: usize = 3;
    const VOCABULARY: usize = 5;

    fn payload() -> Vec<u8> {
        let projection = [1.0, 0.0, 0.0, 0.0, 0.6, 0.8];
        let table: Vec<f32> = (0..VOCABULARY)
            .flat_map(|i| [i as f32 * 0.125, -0.125])
            .collect();
        write(&projection, WIDTH, &table)
    }

    #[test]
    fn projection_and_rows_come_back() {
        let payload = payload();
        let general = General::open(&payload, VOCABULARY, WIDTH).unwrap();
        assert_eq!(general.projection.dims(), 2);
        let mut row = [0.0; 2];
        nibbles::decode_row(general.row(4), &mut row);
        let close = |x: f32, y: f32| (x - y).abs() < 0.04;
        assert!(close(row[0], 0.5) && close(row[1], -0.125), "{row:?}");
    }

    #[test]
    fn a_general_part_of_another_model_is_refused() {
        let payload = payload();
        let code = |vocabulary, width| {
            General::open(&payload, vocabulary, width)
                .unwrap_err()
                .code()
        };
        assert_eq!(code(VOCABULARY, WIDTH + 1), "shelf-mixed");
        assert_eq!(code(VOCABULARY + 1, WIDTH), "shelf-truncated");
        assert_eq!(code(VOCABULARY - 1, WIDTH), "shelf-corrupt");
        assert_eq!(code(usize::MAX, WIDTH), "shelf-corrupt");
    }

    #[test]
    fn every_cut_and_a_value_out_of_range_is_an_error() {
        let mut payload = payload();
        for cut in 0..payload.len() {
            assert!(
                General::open(&payload[..cut], VOCABULARY, WIDTH).is_err(),
                "{cut}"
            );
        }
        let first_row = payload.len() - VOCABULARY * row_bytes(2);
        payload[first_row] &= 0xf0;
        assert!(General::open(&payload, VOCABULARY, WIDTH).is_err());
    }
}
