//! The weights of an encoder: how they are written, read and laid out for a kernel.
//!
//! Order in the payload: word table, position table (with the token type already added), their
//! normalisation, then for each layer the fused query/key/value projection, the attention output
//! and its normalisation, the two feed-forward products and their normalisation.

use std::borrow::Cow;

use super::config::Config;
use super::four_bit;
use super::kernels::{Backend, Packed};
use super::quantize::{Matrix, quantize_row};
use crate::Result;
use crate::shelf::codec::{Reader, Writer};

/// How the matrices of a payload are stored.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Storage {
    /// 8 bits a weight: a model file.
    Eight,
    /// 4 bits a weight, [`four_bit`]: the parts of an encoder in a shelf.
    Four,
}

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
    pub(super) fn read(
        r: &mut Reader<'_>,
        storage: Storage,
        rows: usize,
        cols: usize,
    ) -> Result<Self> {
        let (data, scales) = matrix(r, storage, rows, cols)?;
        let data = data.into_owned();
        Ok(Self { cols, data, scales })
    }
}

impl Norm {
    pub(super) fn read(r: &mut Reader<'_>, size: usize) -> Result<Self> {
        Ok(Self {
            gamma: r.f32s(size)?,
            beta: r.f32s(size)?,
        })
    }
}

impl Linear {
    fn read(
        r: &mut Reader<'_>,
        storage: Storage,
        backend: Backend,
        rows: usize,
        cols: usize,
    ) -> Result<Self> {
        let (data, scales) = matrix(r, storage, rows, cols)?;
        let matrix = Matrix {
            rows,
            cols,
            data: &data,
            scales,
        };
        Ok(Self {
            weight: Packed::new(backend, &matrix),
            bias: r.f32s(rows)?,
        })
    }
}

impl Layer {
    /// Reads the weights of a layer and lays them out for `backend`.
    pub fn read(
        r: &mut Reader<'_>,
        storage: Storage,
        config: &Config,
        backend: Backend,
    ) -> Result<Self> {
        let (hidden, inner) = (config.hidden, config.intermediate);
        Ok(Self {
            qkv: Linear::read(r, storage, backend, 3 * hidden, hidden)?,
            attention_out: Linear::read(r, storage, backend, hidden, hidden)?,
            attention_norm: Norm::read(r, hidden)?,
            up: Linear::read(r, storage, backend, inner, hidden)?,
            down: Linear::read(r, storage, backend, hidden, inner)?,
            output_norm: Norm::read(r, hidden)?,
        })
    }
}

impl Weights {
    /// Reads the weights of a model file of this shape and lays them out for `backend`.
    pub fn read(r: &mut Reader<'_>, config: &Config, backend: Backend) -> Result<Self> {
        let hidden = config.hidden;
        let words = Table::read(r, Storage::Eight, config.vocabulary, hidden)?;
        let positions = Table::read(r, Storage::Eight, config.positions, hidden)?;
        let embedding_norm = Norm::read(r, hidden)?;
        // Not reserved from `config.layers`: a damaged count must not allocate.
        let mut layers = Vec::new();
        for _ in 0..config.layers {
            layers.push(Layer::read(r, Storage::Eight, config, backend)?);
        }
        Ok(Self {
            words,
            positions,
            embedding_norm,
            layers,
        })
    }
}

/// Reads `rows × cols` values and `rows` scales.
fn matrix<'a>(
    r: &mut Reader<'a>,
    storage: Storage,
    rows: usize,
    cols: usize,
) -> Result<(Cow<'a, [i8]>, Vec<f32>)> {
    let data = match storage {
        Storage::Eight => Cow::Borrowed(bytes(r, rows, cols)?),
        Storage::Four => Cow::Owned(four_bit::read(r, rows, cols)?),
    };
    Ok((data, r.f32s(rows)?))
}

/// Reads `rows × cols` values of a model file.
pub(super) fn bytes<'a>(r: &mut Reader<'a>, rows: usize, cols: usize) -> Result<&'a [i8]> {
    let size = rows
        .checked_mul(cols)
        .ok_or_else(|| r.corrupt("a matrix is too large"))?;
    let data: &[i8] = bytemuck::cast_slice(r.raw(size)?);
    if data.contains(&i8::MIN) {
        return Err(r.corrupt("a weight is out of range"));
    }
    Ok(data)
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
