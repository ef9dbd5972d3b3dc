//! Cells: passage vectors that are near each other, in one file, so that a query fetches the few cells
//! it is near to and not all vectors (inverted lists; Jégou, Douze & Schmid, "Product quantization for
//! nearest neighbor search", 2011).
//!
//! Payload of the section: values of a vector, the row that every query of the small encoder begins
//! with, family of the cells, then the mean of their centroids as a [`nibbles`] row and a code of each
//! centroid against it (`codes.rs`).
//!
//! Payload of a cell: how its vectors are kept (0: rows, 1: codes), number of passages, the step of each
//! passage's number from the one before, then the rows, or the centroid's row and the codes
//! (`codes.rs`). A small book has one cell with rows, and is searched as if it had none.

use super::Vectors;
use super::codes::{self, Coded, CodedQuery};
use super::nibbles::{self, decode_row, encode_row, row_bytes};
use crate::encoder::math::normalize;
use crate::order::keep_first_by;
use crate::shelf::codec::{Reader, Writer};
use crate::shelf::family::{Family, Slot, slots};
use crate::{Error, Result};

/// Name of this section in errors.
const SECTION: &str = "cells";

/// Cells that a query is compared with by meaning alone, or where words find nothing.
pub const PROBES: usize = 48;

/// Cells that a query is compared with where words find [`crate::search::BY_WORDS`] passages or more; it
/// is between the two where they find fewer, as a rare word does, whose other hits are by meaning
/// alone. A query pays for groups or for cells: what words leave of the one goes to the other.
///
/// In a book of 67,000 passages the ten best hits of hybrid searches are to 96 % those of an exhaustive
/// one (`scripts/bench search --only large`); two cells more are 4.4 KB of a query and .2 %.
pub const PROBES_BESIDE_WORDS: usize = 6;

/// Passages of a cell, about. With twice as many and half the cells a query finds 1 % fewer of the ten
/// best for the same bytes; with two thirds as many .2 % more, for half as many requests more and 13 KB
/// of centroids.
pub const CELL: usize = 70;

/// Up to this many passages all vectors are one cell, as rows: 64 KB, less than codes and centroids
/// would take with the requests they cost.
pub const ONE_CELL: usize = 500;

/// The cells of a book, as many as are here.
#[derive(Debug)]
pub struct Cells {
    dims: usize,
    first: Vec<u8>,
    family: Family,
    centroids: Coded,
    cells: Vec<Slot<Cell>>,
    near: Vec<f32>,
}

/// An opened cell.
#[derive(Debug, Clone, PartialEq)]
struct Cell {
    passages: Vec<u32>,
    vectors: Kept,
}

#[derive(Debug, Clone, PartialEq)]
enum Kept {
    Rows(Vectors),
    Codes(Coded),
}

/// The payload of the section: `first` is a row of `dims` values, as are the `centroids`, one a cell.
pub fn write_head(dims: usize, first: &[u8], family: &Family, centroids: &[Vec<u8>]) -> Vec<u8> {
    let mut w = Writer::new();
    w.varint(dims as u64);
    w.raw(first);
    family.write(&mut w);
    let mean = mean(dims, centroids);
    w.raw(&mean);
    codes::write(&mut w, &mean, centroids);
    w.finish()
}

/// The row of the unit vector amid these.
fn mean(dims: usize, rows: &[Vec<u8>]) -> Vec<u8> {
    let (mut mean, mut value) = (vec![0.0; dims], vec![0.0; dims]);
    for row in rows {
        decode_row(row, &mut value);
        mean.iter_mut().zip(&value).for_each(|(sum, x)| *sum += x);
    }
    normalize(&mut mean);
    encode_row(&mean)
}

/// The payload of a cell of `vectors`, one for each of `passages`, which ascend; as codes where it has a
/// centroid, a row of as many values.
pub fn write_cell(passages: &[u32], vectors: &[Vec<u8>], centroid: Option<&[u8]>) -> Vec<u8> {
    let mut w = Writer::new();
    w.varint(u64::from(centroid.is_some()));
    w.varint(passages.len() as u64);
    let mut next = 0;
    for &passage in passages {
        w.varint(u64::from(passage - next));
        next = passage + 1;
    }
    match centroid {
        None => vectors.iter().for_each(|row| w.raw(row)),
        Some(centroid) => {
            w.raw(centroid);
            codes::write(&mut w, centroid, vectors);
        }
    }
    w.finish()
}

impl Cells {
    /// Opens the section's payload; no cell is here yet.
    pub fn open(payload: &[u8]) -> Result<Self> {
        let mut r = Reader::new(SECTION, payload);
        let dims = r.varint_u32()? as usize;
        if dims == 0 || dims > i16::MAX as usize {
            return Err(r.corrupt("a vector has an impossible size"));
        }
        let first = r.raw(row_bytes(dims))?.to_vec();
        let family = Family::read(&mut r)?;
        let centroids = Coded::read(&mut r, family.len(), dims)?;
        r.end()?;
        if !nibbles::in_range(nibbles::split_row(&first).0) {
            return Err(r.corrupt("a value is out of range"));
        }
        Ok(Self {
            dims,
            first,
            cells: slots(family.len()),
            family,
            centroids,
            near: Vec::new(),
        })
    }

    /// The centroid of a cell with codes, as a row, once the cell is here.
    pub fn centroid(&self, index: usize) -> Option<Vec<u8>> {
        match &self.cells.get(index)?.here()?.vectors {
            Kept::Rows(_) => None,
            Kept::Codes(coded) => Some(coded.centroid()),
        }
    }

    /// Values of a vector.
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// The row that every query of the small encoder begins with.
    pub fn first(&self) -> &[u8] {
        &self.first
    }

    /// The files of the cells.
    pub fn family(&self) -> &Family {
        &self.family
    }

    /// Takes the payload of a cell.
    pub fn add(&mut self, index: usize, payload: &[u8]) -> Result<()> {
        let cell = Cell::open(payload, self.dims)?;
        let slot = self.cells.get_mut(index);
        let what = "there is no such cell";
        *slot.ok_or(Error::Corrupt {
            section: SECTION,
            what,
        })? = Slot::Here(cell);
        Ok(())
    }

    /// Searches do without a cell from now on.
    pub fn lose(&mut self, index: usize) {
        self.cells.get_mut(index).map(Slot::lose);
    }

    /// Asks again for the cells that could not be had.
    pub fn retry(&mut self) {
        self.cells.iter_mut().for_each(Slot::retry);
    }

    /// The `most` cells nearest to a query, nearest first.
    pub fn probe(&mut self, query: &CodedQuery, most: usize, out: &mut Vec<usize>) {
        out.clear();
        let count = self.cells.len();
        out.extend(0..count);
        if count <= most {
            return;
        }
        self.centroids.cosines(query, &mut self.near);
        let near = &self.near;
        // Of equal ones the first.
        keep_first_by(out, most, |&a, &b| near[b].total_cmp(&near[a]));
    }

    /// Those of these cells that are to be asked for.
    pub fn absent<'a>(&'a self, cells: &'a [usize]) -> impl Iterator<Item = usize> + 'a {
        let absent = |&&cell: &&usize| self.cells.get(cell).is_some_and(Slot::is_absent);
        cells.iter().filter(absent).copied()
    }

    /// Passages of these cells with their cosines to a query, about, appended to `out`.
    pub fn compare(&self, cells: &[usize], query: &CodedQuery, out: &mut Vec<(u32, f32)>) {
        let mut cosines = Vec::new();
        for cell in cells
            .iter()
            .filter_map(|&cell| self.cells.get(cell)?.here())
        {
            match &cell.vectors {
                Kept::Rows(rows) => rows.cosines(&query.vector, &mut cosines),
                Kept::Codes(coded) => coded.cosines(query, &mut cosines),
            }
            out.extend(cell.passages.iter().copied().zip(cosines.iter().copied()));
        }
    }

    /// Decodes the vector of a passage that is in a cell of rows; whether it is.
    pub fn decode(&self, passage: u32, out: &mut [f32]) -> bool {
        for cell in self.cells.iter().filter_map(Slot::here) {
            let place = cell.passages.binary_search(&passage);
            if let (Kept::Rows(rows), Ok(place)) = (&cell.vectors, place) {
                rows.decode(place as u32, out);
                return true;
            }
        }
        false
    }

    /// Decodes everything that is here; passages must be below `capacity`, each in one cell.
    pub fn verify(&self, capacity: usize) -> Result<()> {
        let mut seen = vec![false; capacity];
        for cell in self.cells.iter().filter_map(Slot::here) {
            for &passage in &cell.passages {
                match seen.get_mut(passage as usize) {
                    Some(seen) if !*seen => *seen = true,
                    _ => {
                        let what = "a cell has an impossible passage";
                        return Err(Error::Corrupt {
                            section: SECTION,
                            what,
                        });
                    }
                }
            }
        }
        Ok(())
    }
}

impl Cell {
    fn open(payload: &[u8], dims: usize) -> Result<Self> {
        let mut r = Reader::new("cell", payload);
        let coded = r.varint()?;
        let count = r.count(2)?;
        let mut passages = Vec::with_capacity(count);
        let mut next = 0u32;
        for _ in 0..count {
            let passage = next.checked_add(r.varint_u32()?);
            let passage = passage.filter(|&passage| passage < u32::MAX);
            let passage = passage.ok_or_else(|| r.corrupt("a passage number is too large"))?;
            passages.push(passage);
            next = passage + 1;
        }
        let vectors = match coded {
            0 => {
                let mut vectors = Vectors::new(dims);
                for _ in 0..count {
                    let row = r.raw(row_bytes(dims))?;
                    if !nibbles::in_range(nibbles::split_row(row).0) {
                        return Err(r.corrupt("a value is out of range"));
                    }
                    vectors.push(row)?;
                }
                Kept::Rows(vectors)
            }
            1 => Kept::Codes(Coded::read(&mut r, count, dims)?),
            _ => return Err(r.corrupt("its vectors are kept in an unknown way")),
        };
        r.end()?;
        Ok(Self { passages, vectors })
    }
}

#[cfg(test)]
#[path = "cells_tests.rs"]
mod tests;
