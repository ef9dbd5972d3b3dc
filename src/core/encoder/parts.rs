//! The full encoder as a shelf holds it, at 4 bits a weight (`four_bit.rs`).
//!
//! It comes in parts that can be fetched, kept and shared one by one. The *core*, a head and one
//! part a layer, depends on the model alone: the same bytes for every book. The *rows*, the word
//! vectors, and the [`Vocabulary`] are the book's.
//!
//! The head holds the configuration with nothing of a vocabulary in it, the position vectors, the
//! normalisation of embeddings, and the CRC-32 of each layer. A layer's part is laid out as in a
//! model file but for its matrices. The rows begin with the CRC-32 of the head and of the
//! vocabulary that they are for.

use lectern_kernels::{Backend, Layer, Norm, Scratch, Table, Weights};

use super::config::Config;
use super::vocabulary::Vocabulary;
use super::weights::{self, Storage, bytes};
use super::{Batch, Encoder, SECTION, four_bit};
use crate::checksum::crc32;
use crate::shelf::codec::{Reader, Writer};
use crate::{Error, Result};

/// Most tokens of a text that an encoder opened from parts reads. It reads queries, and the
/// vectors of further positions would be downloaded for nothing.
pub const MAX_POSITIONS: usize = 256;

/// The parts of an encoder that are the same for every book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Core {
    /// What comes before the layers.
    pub head: Vec<u8>,
    /// The layers, the first first; about 1 MB each in a model 384 wide.
    pub layers: Vec<Vec<u8>>,
}

/// The core of a model, from the payload of its model file.
pub fn core(payload: &[u8]) -> Result<Core> {
    let (mut r, config) = weights_of(payload)?;
    let hidden = config.hidden;
    skip_matrix(&mut r, config.vocabulary, hidden)?;
    let (positions, scales) = matrix(&mut r, config.positions, hidden)?;
    let kept = config.positions.min(MAX_POSITIONS);
    let mut w = Writer::new();
    let blank = Config {
        vocabulary: 1,
        special: [0; 2],
        positions: kept,
        query_prompt: String::new(),
        passage_prompt: String::new(),
        ..config.clone()
    };
    blank.write(&mut w);
    four_bit::write(&mut w, &positions[..kept * hidden], hidden);
    w.raw(&scales[..kept * SCALE]);
    copy_f32s(&mut r, &mut w, 2 * hidden)?;
    let mut layers = Vec::new();
    for _ in 0..config.layers {
        let layer = layer(&mut r, &config)?;
        w.u32(crc32(&layer));
        layers.push(layer);
    }
    r.end()?;
    let head = w.finish();
    Ok(Core { head, layers })
}

/// The word vectors of the tokens `keep` of a model, from the payload of its model file, in that
/// order: for the core with this head and for the book's vocabulary of the same tokens.
pub fn rows(payload: &[u8], keep: &[u32], head: &[u8], vocabulary: &Vocabulary) -> Result<Vec<u8>> {
    let (mut r, config) = weights_of(payload)?;
    if keep.len() != vocabulary.size() || keep.iter().any(|&id| id as usize >= config.vocabulary) {
        return Err(Error::Model(
            "the tokens to keep are not those of the vocabulary".into(),
        ));
    }
    let (words, scales) = matrix(&mut r, config.vocabulary, config.hidden)?;
    let rows = |&id: &u32| &words[id as usize * config.hidden..][..config.hidden];
    let kept: Vec<i8> = keep.iter().flat_map(rows).copied().collect();
    let mut w = Writer::new();
    w.u32(crc32(head));
    w.u32(vocabulary.stamp());
    four_bit::write(&mut w, &kept, config.hidden);
    for &id in keep {
        w.raw(&scales[id as usize * SCALE..][..SCALE]);
    }
    Ok(w.finish())
}

impl Encoder {
    /// Opens an encoder from its parts with the fastest kernels of this machine: the head and the
    /// layers of a core, a book's rows and its vocabulary. It reads [`MAX_POSITIONS`] tokens.
    pub fn from_parts(
        head: &[u8],
        layers: &[impl AsRef<[u8]>],
        rows: &[u8],
        vocabulary: Vocabulary,
    ) -> Result<Self> {
        Self::from_parts_with_backend(head, layers, rows, vocabulary, Backend::detect())
    }

    /// Opens an encoder from its parts with the kernels of `backend`.
    pub fn from_parts_with_backend(
        head: &[u8],
        layers: &[impl AsRef<[u8]>],
        rows: &[u8],
        vocabulary: Vocabulary,
        backend: Backend,
    ) -> Result<Self> {
        let Head {
            config,
            positions,
            embedding_norm,
            checksums,
        } = Head::read(head)?;
        let config = vocabulary.configure(config);
        if layers.len() != checksums.len() {
            return Err(mixed("the encoder has another number of layers"));
        }
        let words = open_rows(rows, &config, head, &vocabulary)?;
        let layers = layers
            .iter()
            .zip(checksums)
            .map(|(layer, checksum)| open_layer(layer.as_ref(), &config, backend, checksum))
            .collect::<Result<_>>()?;
        let weights = Weights {
            words,
            positions,
            embedding_norm,
            layers,
        };
        Ok(Self {
            config,
            vocabulary,
            weights,
            backend,
            ids: Vec::new(),
            batch: Batch::default(),
            scratch: Scratch::default(),
        })
    }
}

/// What comes before the layers.
struct Head {
    config: Config,
    positions: Table,
    embedding_norm: Norm,
    checksums: Vec<u32>,
}

impl Head {
    fn read(head: &[u8]) -> Result<Self> {
        let mut r = Reader::new(SECTION, head);
        let config = Config::read(&mut r)?;
        let positions = weights::table(&mut r, Storage::Four, config.positions, config.hidden)?;
        let embedding_norm = weights::norm(&mut r, config.hidden)?;
        let checksums = (0..config.layers).map(|_| r.u32()).collect::<Result<_>>()?;
        r.end()?;
        Ok(Self {
            config,
            positions,
            embedding_norm,
            checksums,
        })
    }
}

fn open_layer(part: &[u8], config: &Config, backend: Backend, checksum: u32) -> Result<Layer> {
    let mut r = Reader::new(SECTION, part);
    let layer = weights::layer(&mut r, Storage::Four, config, backend)?;
    r.end()?;
    if crc32(part) != checksum {
        return Err(mixed("a layer belongs to another encoder"));
    }
    Ok(layer)
}

fn open_rows(rows: &[u8], config: &Config, head: &[u8], vocabulary: &Vocabulary) -> Result<Table> {
    let mut r = Reader::new(SECTION, rows);
    if r.u32()? != crc32(head) {
        return Err(mixed("the word vectors belong to another encoder"));
    }
    if r.u32()? != vocabulary.stamp() {
        return Err(mixed("the word vectors belong to another vocabulary"));
    }
    let table = weights::table(&mut r, Storage::Four, config.vocabulary, config.hidden)?;
    r.end()?;
    Ok(table)
}

fn mixed(what: &'static str) -> Error {
    Error::Mixed { what }
}

/// Bytes of a scale.
const SCALE: usize = size_of::<f32>();

/// Where the weights of a model file begin.
fn weights_of(payload: &[u8]) -> Result<(Reader<'_>, Config)> {
    let mut r = Reader::new(SECTION, payload);
    let config = Config::read(&mut r)?;
    r.bytes()?;
    r.bytes()?;
    Ok((r, config))
}

/// A layer of a model file with its matrices at 4 bits.
fn layer(r: &mut Reader<'_>, config: &Config) -> Result<Vec<u8>> {
    let (hidden, inner) = (config.hidden, config.intermediate);
    let mut w = Writer::new();
    linear(r, &mut w, 3 * hidden, hidden)?;
    linear(r, &mut w, hidden, hidden)?;
    copy_f32s(r, &mut w, 2 * hidden)?;
    linear(r, &mut w, inner, hidden)?;
    linear(r, &mut w, hidden, inner)?;
    copy_f32s(r, &mut w, 2 * hidden)?;
    Ok(w.finish())
}

fn linear(r: &mut Reader<'_>, w: &mut Writer, rows: usize, cols: usize) -> Result<()> {
    let (data, scales) = matrix(r, rows, cols)?;
    four_bit::write(w, data, cols);
    w.raw(scales);
    copy_f32s(r, w, rows)
}

/// The values of a model file's matrix and the bytes of its scales.
fn matrix<'a>(r: &mut Reader<'a>, rows: usize, cols: usize) -> Result<(&'a [i8], &'a [u8])> {
    let data = bytes(r, rows, cols)?;
    Ok((data, r.raw(rows * SCALE)?))
}

fn skip_matrix(r: &mut Reader<'_>, rows: usize, cols: usize) -> Result<()> {
    matrix(r, rows, cols).map(|_| ())
}

fn copy_f32s(r: &mut Reader<'_>, w: &mut Writer, count: usize) -> Result<()> {
    w.raw(r.raw(count * SCALE)?);
    Ok(())
}
