//! The small encoder: a query's vector is the sum of its tokens' rows, scaled to unit length.
//!
//! The table is distilled for one book from the full encoder when the book is indexed. It is kept
//! in blocks of [`BLOCK_ROWS`] rows, tokens that occur together side by side, so that a reader
//! fetches what a query needs. The first block holds the most common tokens.
//!
//! Payload of the head: the [`Parts`] of the blocks, `dims`, number of rows, and the stamp of the
//! [`super::Vocabulary`] it is for. Payload of a block: its rows, [`nibbles`] of `row_bytes(dims)`
//! bytes each. A row of zeros says nothing.

use super::Vocabulary;
use super::math::normalize;
use crate::meaning::nibbles::{self, row_bytes};
use crate::shelf::codec::{Reader, Writer};
use crate::shelf::parts::Parts;
use crate::{Error, Result};

/// Name of this section in errors.
const SECTION: &str = "small";

/// Rows of a block: 8 KB at 256 dimensions. A question touches about four blocks; with half as many
/// rows it would fetch half the bytes in as many requests, of a book of twice as many files.
pub const BLOCK_ROWS: usize = 64;

/// The token table of a book, as much of it as is there.
#[derive(Debug, Clone)]
pub struct Small {
    dims: usize,
    rows: usize,
    parts: Parts,
    blocks: Vec<Option<Vec<u8>>>,
    row: Vec<f32>,
}

/// The payloads of the blocks of a table of `dims` values a row.
pub fn write_blocks(table: &[u8], dims: usize) -> Vec<Vec<u8>> {
    let blocks = table.chunks(BLOCK_ROWS * row_bytes(dims));
    blocks.map(<[u8]>::to_vec).collect()
}

/// The payload of the head of a table with `rows` rows, whose blocks are `parts`, for the vocabulary
/// with this stamp.
pub fn write_head(parts: &Parts, dims: usize, rows: usize, stamp: u32) -> Vec<u8> {
    let mut w = Writer::new();
    parts.write(&mut w);
    w.varint(dims as u64);
    w.varint(rows as u64);
    w.u32(stamp);
    w.finish()
}

impl Small {
    /// Opens the payload of a head for this vocabulary; no block is there yet.
    pub fn open(payload: &[u8], vocabulary: &Vocabulary) -> Result<Self> {
        let mut r = Reader::new(SECTION, payload);
        let parts = Parts::read(&mut r)?;
        let (dims, rows) = (r.varint_u32()? as usize, r.varint_u32()? as usize);
        let stamp = r.u32()?;
        r.end()?;
        if stamp != vocabulary.stamp() || rows != vocabulary.size() {
            return Err(Error::Mixed {
                what: "the small encoder belongs to another vocabulary",
            });
        }
        if dims == 0 || dims > i16::MAX as usize || rows.div_ceil(BLOCK_ROWS) != parts.len() {
            return Err(r.corrupt("its sizes do not agree"));
        }
        Ok(Self {
            dims,
            rows,
            blocks: vec![None; parts.len()],
            parts,
            row: vec![0.0; dims],
        })
    }

    /// Values of a vector.
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// Number of tokens.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are no tokens.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The files of the blocks.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The blocks that these tokens are in and that are not there, ascending.
    pub fn missing(&self, tokens: &[u32]) -> Vec<usize> {
        let mut missing: Vec<usize> = tokens
            .iter()
            .map(|&token| token as usize / BLOCK_ROWS)
            .filter(|&block| self.blocks.get(block).is_some_and(Option::is_none))
            .collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    /// Takes the payload of a block.
    pub fn add(&mut self, block: usize, payload: &[u8]) -> Result<()> {
        let r = Reader::new(SECTION, payload);
        let Some(place) = self.blocks.get_mut(block) else {
            return Err(r.corrupt("there is no such block"));
        };
        let bytes = row_bytes(self.dims);
        let rows = BLOCK_ROWS.min(self.rows - block * BLOCK_ROWS);
        if payload.len() != rows * bytes {
            return Err(r.corrupt("a block has another size than the table says"));
        }
        let in_range = |row| nibbles::in_range(nibbles::split_row(row).0);
        if !payload.chunks_exact(bytes).all(in_range) {
            return Err(r.corrupt("a value is out of range"));
        }
        *place = Some(payload.to_vec());
        Ok(())
    }

    /// The unit vector of a query's tokens in `out`, and whether any of them says something. Fails
    /// when a block is missing: see [`Small::missing`].
    pub fn encode(&mut self, tokens: &[u32], out: &mut Vec<f32>) -> Result<bool> {
        out.clear();
        out.resize(self.dims, 0.0);
        let bytes = row_bytes(self.dims);
        for &token in tokens {
            let block = self.blocks.get(token as usize / BLOCK_ROWS);
            let block = block.and_then(Option::as_ref).ok_or(Error::NoMeaning)?;
            let at = token as usize % BLOCK_ROWS * bytes;
            let Some(row) = block.get(at..at + bytes) else {
                return Err(Error::Corrupt {
                    section: SECTION,
                    what: "a token has no row",
                });
            };
            nibbles::decode_row(row, &mut self.row);
            for (sum, &x) in out.iter_mut().zip(&self.row) {
                *sum += x;
            }
        }
        normalize(out);
        Ok(out.iter().any(|&x| x != 0.0))
    }
}
