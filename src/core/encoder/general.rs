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
