//! The weights of an encoder: how they are written, read and laid out for a kernel.
//!
//! Order in the payload: word table, position table (with the token type already added), their
//! normalisation, then for each layer the fused query/key/value projection, the attention output
//! and its normalisation, the two feed-forward products and their normalisation.

use std::borrow::Cow;

use lectern_kernels::quantize::{Matrix, quantize_row};
use lectern_kernels::{Backend, Layer, Linear, Norm, Packed, Table, Weights};

use super::config::Config;
use super::four_bit;
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

/// Reads a table of `rows × cols` values.
pub(super) fn table(
    r: &mut Reader<'_>,
    storage: Storage,
    rows: usize,
    cols: usize,
) -> Result<Table> {
    let (data, scales) = matrix(r, storage, rows, cols)?;
    let data = data.into_owned();
    Ok(Table { cols, data, scales })
}

/// Reads a normalisation of `size` values.
pub(super) fn norm(r: &mut Reader<'_>, size: usize) -> Result<Norm> {
    let (gamma, beta) = (r.f32s(size)?, r.f32s(size)?);
    Ok(Norm { gamma, beta })
}

/// Reads the weights of a layer and lays them out for `backend`.
pub(super) fn layer(
    r: &mut Reader<'_>,
    storage: Storage,
    config: &Config,
    backend: Backend,
) -> Result<Layer> {
    let (hidden, inner) = (config.hidden, config.intermediate);
    Ok(Layer {
        qkv: linear(r, storage, backend, 3 * hidden, hidden)?,
        attention_out: linear(r, storage, backend, hidden, hidden)?,
        attention_norm: norm(r, hidden)?,
        up: linear(r, storage, backend, inner, hidden)?,
        down: linear(r, storage, backend, hidden, inner)?,
        output_norm: norm(r, hidden)?,
    })
}

/// Reads the weights of a model file of this shape and lays them out for `backend`.
pub(super) fn weights(r: &mut Reader<'_>, config: &Config, backend: Backend) -> Result<Weights> {
    let hidden = config.hidden;
    let words = table(r, Storage::Eight, config.vocabulary, hidden)?;
    let positions = table(r, Storage::Eight, config.positions, hidden)?;
    let embedding_norm = norm(r, hidden)?;
    // Not reserved from `config.layers`: a damaged count must not allocate.
    let mut layers = Vec::new();
    for _ in 0..config.layers {
        layers.push(layer(r, Storage::Eight, config, backend)?);
    }
    Ok(Weights {
        words,
        positions,
        embedding_norm,
        layers,
    })
}

fn linear(
    r: &mut Reader<'_>,
    storage: Storage,
    backend: Backend,
    rows: usize,
    cols: usize,
) -> Result<Linear> {
    let (data, scales) = matrix(r, storage, rows, cols)?;
    let matrix = Matrix {
        rows,
        cols,
        data: &data,
        scales,
    };
    Ok(Linear {
        weight: Packed::new(backend, &matrix),
        bias: r.f32s(rows)?,
    })
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
