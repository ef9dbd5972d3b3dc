//! The weights of an encoder: how they are written, read and laid out for a kernel.
//!
//! Order in the payload: word table, position table (with the token type already added), their
//! normalisation, then for each layer the fused query/key/value projection, the attention output
//! and its normalisation, the two feed-forward products and their normalisation.

use super::config::Config;
use super::kernels::{Backend, Packed};
use super::quantize::{Matrix, quantize_row};
use crate::Result;
use crate::shelf::codec::{Reader, Writer};

/// `y = W x + b` with 8-bit rows.
#[derive(Debug)]
pub(crate) struct Linear {
    pub weight: Packed,
    pub bias: Vec<f32>,
}

/// Scale and shift of a layer normalisation (Ba, Kiros & Hinton 2016).
#[derive(Debug)]
pub(crate) struct Norm {
    pub gamma: Vec<f32>,
    pub beta: Vec<f32>,
}

/// One transformer layer.
#[derive(Debug)]
pub(crate) struct Layer {
    pub qkv: Linear,
    pub attention_out: Linear,
    pub attention_norm: Norm,
    pub up: Linear,
    pub down: Linear,
    pub output_norm: Norm,
}

/// A table of 8-bit rows.
#[derive(Debug)]
pub(crate) struct Table {
    pub cols: usize,
    pub data: Vec<i8>,
    pub scales: Vec<f32>,
}

/// All weights.
#[derive(Debug)]
pub(crate) struct Weights {
    pub words: Table,
    pub positions: Table,
    pub embedding_norm: Norm,
    pub layers: Vec<Layer>,
}

impl Table {
    fn read(r: &mut Reader<'_>, rows: usize, cols: usize) -> Result<Self> {
        let matrix = matrix(r, rows, cols)?;
        Ok(Self {
            cols,
            data: matrix.data.to_vec(),
            scales: matrix.scales,
        })
    }
}

impl Norm {
    fn read(r: &mut Reader<'_>, size: usize) -> Result<Self> {
        Ok(Self {
            gamma: r.f32s(size)?,
            beta: r.f32s(size)?,
        })
    }
}

impl Linear {
    fn read(r: &mut Reader<'_>, backend: Backend, rows: usize, cols: usize) -> Result<Self> {
        let weight = Packed::new(backend, &matrix(r, rows, cols)?);
        Ok(Self {
            weight,
            bias: r.f32s(rows)?,
        })
    }
}

impl Weights {
    /// Reads the weights of an encoder of this shape and lays them out for `backend`.
    pub fn read(r: &mut Reader<'_>, config: &Config, backend: Backend) -> Result<Self> {
        let (hidden, inner) = (config.hidden, config.intermediate);
        let words = Table::read(r, config.vocabulary, hidden)?;
        let positions = Table::read(r, config.positions, hidden)?;
        let embedding_norm = Norm::read(r, hidden)?;
        // Not reserved from `config.layers`: a damaged count must not allocate.
        let mut layers = Vec::new();
        for _ in 0..config.layers {
            layers.push(Layer {
                qkv: Linear::read(r, backend, 3 * hidden, hidden)?,
                attention_out: Linear::read(r, backend, hidden, hidden)?,
                attention_norm: Norm::read(r, hidden)?,
                up: Linear::read(r, backend, inner, hidden)?,
                down: Linear::read(r, backend, hidden, inner)?,
                output_norm: Norm::read(r, hidden)?,
            });
        }
        Ok(Self {
            words,
            positions,
            embedding_norm,
            layers,
        })
    }
}

/// Reads `rows × cols` bytes, then `rows` scales.
fn matrix<'a>(r: &mut Reader<'a>, rows: usize, cols: usize) -> Result<Matrix<'a>> {
    let size = rows
        .checked_mul(cols)
        .ok_or_else(|| r.corrupt("a matrix is too large"))?;
    let data = bytemuck::cast_slice(r.raw(size)?);
    if data.contains(&i8::MIN) {
        return Err(r.corrupt("a weight is out of range"));
    }
    Ok(Matrix {
        rows,
        cols,
        data,
        scales: r.f32s(rows)?,
    })
}

/// Appends an `f32` matrix of rows of `cols` values, quantised row by row.
pub fn write_matrix(w: &mut Writer, values: &[f32], cols: usize) {
    let mut row = vec![0i8; cols];
    let mut scales = Vec::with_capacity(values.len() / cols);
    for values in values.chunks_exact(cols) {
        scales.push(quantize_row(values, &mut row));
        w.raw(bytemuck::cast_slice(&row));
    }
    write_f32s(w, &scales);
}

/// Appends `f32` values as they are.
pub fn write_f32s(w: &mut Writer, values: &[f32]) {
    for &value in values {
        w.f32(value);
    }
}

/// Copies the word table, then everything else, keeping only the rows `keep` of the former.
pub(super) fn copy_rows(
    r: &mut Reader<'_>,
    w: &mut Writer,
    config: &Config,
    keep: &[u32],
) -> Result<()> {
    let table = matrix(r, config.vocabulary, config.hidden)?;
    for &row in keep {
        let at = row as usize * config.hidden;
        w.raw(bytemuck::cast_slice(&table.data[at..at + config.hidden]));
    }
    for &row in keep {
        w.f32(table.scales[row as usize]);
    }
    let rest = r.remaining();
    w.raw(r.raw(rest)?);
    Ok(())
}
