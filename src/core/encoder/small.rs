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

/// Rows of a block: 8 KB at 256 dimensions. A question of the demonstration book needs 6.7 blocks
/// beside the first four, 50 KB; with half as many rows it would fetch half the bytes in about as
/// many requests, of a book of twice as many files.
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

#[cfg(test)]
mod tests {
    use super::super::vocabulary::tests::vocabulary;
    use super::*;
    use crate::shelf::parts::Part;

    const DIMS: usize = 8;
    const ROWS: usize = 70;

    /// Row `i` points along axis `i mod DIMS`; the last one says nothing.
    fn table() -> Vec<u8> {
        let row = |i: usize| {
            let mut row = [0.0; DIMS];
            row[i % DIMS] = if i == ROWS - 1 { 0.0 } else { 0.875 };
            nibbles::encode_row(&row)
        };
        (0..ROWS).flat_map(row).collect()
    }

    fn parts(count: usize) -> Parts {
        let part = |place| Part {
            hash: place as u64,
            stored: 8,
            size: 9,
        };
        Parts::new((0..count).map(part).collect())
    }

    fn head() -> Vec<u8> {
        write_head(&parts(2), DIMS, ROWS, vocabulary(ROWS).stamp())
    }

    fn open() -> Small {
        Small::open(&head(), &vocabulary(ROWS)).unwrap()
    }

    #[test]
    fn a_query_needs_the_blocks_of_its_tokens_and_is_the_sum_of_their_rows() {
        let mut small = open();
        assert_eq!(small.missing(&[65, 3, 64, 3]), [0, 1]);
        let mut out = Vec::new();
        assert_eq!(small.encode(&[3], &mut out), Err(Error::NoMeaning));
        let blocks = write_blocks(&table(), DIMS);
        assert_eq!(blocks.len(), 2);
        small.add(0, &blocks[0]).unwrap();
        assert_eq!(small.missing(&[65, 3]), [1]);
        small.add(1, &blocks[1]).unwrap();
        assert!(small.missing(&[65, 3]).is_empty());
        // Twice along axis 3, once along axis 1 (64 + 1).
        assert_eq!(small.encode(&[3, 11, 65], &mut out), Ok(true));
        let expected = [0.0, 0.447_213_6, 0.0, 0.894_427_2, 0.0, 0.0, 0.0, 0.0];
        for (axis, (x, expected)) in out.iter().zip(expected).enumerate() {
            assert!((x - expected).abs() < 1e-6, "axis {axis}: {x}");
        }
    }

    #[test]
    fn no_token_and_a_row_of_zeros_say_nothing() {
        let mut small = open();
        let mut out = Vec::new();
        assert_eq!(small.encode(&[], &mut out), Ok(false));
        small.add(1, &write_blocks(&table(), DIMS)[1]).unwrap();
        assert_eq!(small.encode(&[ROWS as u32 - 1], &mut out), Ok(false));
        assert_eq!(out, [0.0; DIMS]);
    }

    #[test]
    fn a_token_beyond_the_table_is_an_error() {
        let mut small = open();
        for (place, block) in write_blocks(&table(), DIMS).iter().enumerate() {
            small.add(place, block).unwrap();
        }
        for token in [ROWS as u32, 127, 128, u32::MAX] {
            assert!(small.missing(&[token]).is_empty());
            assert!(small.encode(&[token], &mut Vec::new()).is_err(), "{token}");
        }
    }

    #[test]
    fn every_cut_of_the_head_is_an_error() {
        let (head, vocabulary) = (head(), vocabulary(ROWS));
        for cut in 0..head.len() {
            assert!(Small::open(&head[..cut], &vocabulary).is_err(), "{cut}");
        }
        assert!(Small::open(&[&head[..], &[0]].concat(), &vocabulary).is_err());
    }

    #[test]
    fn a_head_of_another_vocabulary_or_whose_sizes_disagree_is_refused() {
        let own = vocabulary(ROWS);
        let code = |head: &[u8]| Small::open(head, &own).unwrap_err().code();
        let stamp = own.stamp();
        assert_eq!(
            code(&write_head(&parts(2), DIMS, ROWS, stamp ^ 1)),
            "shelf-mixed"
        );
        assert_eq!(
            code(&write_head(&parts(2), DIMS, ROWS - 1, stamp)),
            "shelf-mixed"
        );
        for blocks in [0, 1, 3] {
            assert_eq!(
                code(&write_head(&parts(blocks), DIMS, ROWS, stamp)),
                "shelf-corrupt"
            );
        }
        for dims in [0, i16::MAX as usize + 1] {
            assert_eq!(
                code(&write_head(&parts(2), dims, ROWS, stamp)),
                "shelf-corrupt"
            );
        }
    }

    #[test]
    fn a_block_that_is_cut_or_of_another_place_or_out_of_range_is_refused() {
        let mut small = open();
        let blocks = write_blocks(&table(), DIMS);
        for (place, block) in blocks.iter().enumerate() {
            for cut in 0..block.len() {
                assert!(small.add(place, &block[..cut]).is_err(), "{place} at {cut}");
            }
            assert!(small.add(1 - place, block).is_err());
            assert!(small.add(2, block).is_err());
            let mut damaged = block.clone();
            // A nibble of zero stands for −8, which no row has.
            damaged[0] &= 0xf0;
            assert!(small.add(place, &damaged).is_err());
        }
        assert_eq!(small.missing(&[0, 64]), [0, 1], "nothing was taken");
    }
}
