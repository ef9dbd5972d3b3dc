//! The small encoder of a book: a table with a vector for each token, distilled from the full
//! encoder so that the sum of a question's rows points where the full encoder does.
//!
//! 1. [`queries`] makes what a reader might ask out of the book; the full encoder embeds it.
//! 2. The table starts from the general part of the model, where it has one, else from the [`ridge`]
//!    solution on these questions.
//! 3. [`train`] tunes it on the angle to the full encoder's vectors and on its ranking of the
//!    book's passages.
//!
//! [`general_part`] makes the general part itself, once for a model, by the same steps from
//! general text. What was tried and measured is in `README.md` beside this file.

mod bags;
mod pca;
mod queries;
mod ridge;
mod train;

use lectern_core::Book;
use lectern_core::encoder::math::{largest, normalize};
use lectern_core::encoder::{Encoder, General, Projection, Role, general};
use lectern_core::meaning::{embedding, nibbles};
use lectern_core::shelf::codec::{Reader, Writer};
use lectern_core::shelf::{self, Kind};

use crate::IndexError;
use crate::model::ModelVocabulary;
use bags::Bags;
use train::{Lessons, Schedule, Shelf};

/// Questions made for a book, and at most for a passage of a small one.
const QUESTIONS: usize = 18_000;
const QUESTIONS_PER_PASSAGE: usize = 40;

/// Passages that questions are ranked against at once; a longer book is trained in stretches.
const STRETCH: usize = 4_096;

/// Any number will do, but always the same.
const SEED: u64 = 0x1ec7_e121;

/// Of a book. More epochs, rates of .0007 to .005, weights of 5 to 60 and temperatures of .03 to .1
/// come out within .002 nDCG of each other.
const BOOK: Schedule = Schedule {
    epochs: 6,
    rate: 0.002,
    kl_weight: 20.0,
    temperature: 0.05,
    seed: SEED,
};

/// Of general text, which has no passages to rank.
const GENERAL: Schedule = Schedule {
    epochs: 6,
    rate: 0.002,
    kl_weight: 0.0,
    temperature: 0.05,
    seed: SEED,
};

/// What a table depends on beside book, model and this crate's version.
pub(crate) fn recipe() -> String {
    format!(
        "tokens by id, questions by text {BOOK:?} {QUESTIONS} {QUESTIONS_PER_PASSAGE} {STRETCH}"
    )
}

/// The questions made from a book, each with the passage it is about, passages ascending.
pub(crate) fn questions(book: &Book) -> Vec<(u32, String)> {
    let wanted = QUESTIONS.min(book.passages.len() * QUESTIONS_PER_PASSAGE);
    queries::pseudo_queries(book, wanted, SEED)
}

/// What a table is distilled from.
pub(crate) struct Lesson<'a> {
    /// The full encoder.
    pub encoder: &'a mut Encoder,
    pub vocabulary: &'a ModelVocabulary,
    pub general: Option<&'a General<'a>>,
    pub book: &'a Book,
    /// Vectors of the passages as the shelf has them, `dims` values each.
    pub passages: &'a [f32],
    pub questions: &'a [(u32, String)],
    /// Their vectors by the full encoder, projected, `dims` values each.
    pub targets: Vec<f32>,
    pub dims: usize,
}

/// The tokens of a book and their rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    /// Ids of the model's vocabulary, in the order of the rows.
    pub tokens: Vec<u32>,
    /// Rows as [`nibbles`].
    pub rows: Vec<u8>,
}

impl Table {
    /// What a cache keeps.
    pub fn write(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.varint(self.tokens.len() as u64);
        for &token in &self.tokens {
            w.varint(u64::from(token));
        }
        w.raw(&self.rows);
        w.finish()
    }

    /// Opens what [`Table::write`] gave, of rows of `dims` values.
    pub fn open(bytes: &[u8], dims: usize) -> Result<Self, IndexError> {
        let mut r = Reader::new("token table", bytes);
        let count = r.count(1)?;
        let tokens = (0..count).map(|_| r.varint_u32());
        let tokens = tokens.collect::<Result<Vec<u32>, _>>()?;
        let rows = r.raw(r.remaining())?.to_vec();
        let bytes = nibbles::row_bytes(dims);
        if rows.len() != tokens.len() * bytes {
            return Err(r.corrupt("its rows are of another size").into());
        }
        let in_range = |row| nibbles::in_range(nibbles::split_row(row).0);
        if !rows.chunks_exact(bytes).all(in_range) {
            return Err(r.corrupt("a value is out of range").into());
        }
        Ok(Self { tokens, rows })
    }
}

/// Distils the table of a book; `progress` hears the share that is done.
pub(crate) fn distil(
    lesson: Lesson<'_>,
    progress: &mut dyn FnMut(f32),
) -> Result<Table, IndexError> {
    let Lesson {
        encoder,
        vocabulary,
        general,
        book,
        passages,
        questions,
        mut targets,
        dims,
    } = lesson;
    for target in targets.chunks_exact_mut(dims) {
        normalize(target);
    }
    let mut passage_bags = Bags::default();
    for id in 0..book.passages.len() as u32 {
        let text = book.embedding_text(id).unwrap_or_default();
        passage_bags.push(encoder.tokens(&text, Role::Passage)?);
    }
    let mut bags = Bags::default();
    for (_, text) in questions {
        bags.push(bag(encoder, text)?);
    }
    let tokens = kept_tokens(vocabulary, &passage_bags, &bags);
    let bags = bags.renumbered(&tokens);
    let mut table = match general {
        Some(general) => start(general, &tokens, dims),
        None => ridge::ridge(&bags, &targets, tokens.len(), dims),
    };
    let lessons = Lessons {
        dims,
        bags,
        targets,
        shelves: shelves(questions, passages, dims),
    };
    train::train(&mut table, &lessons, BOOK, progress);
    Ok(Table {
        rows: quantised(&mut table, dims),
        tokens,
    })
}

/// The general part of a model, in the form of [`general::write`], of `dims` values a vector, from
/// general texts and their embeddings. `progress` hears the share that is done.
pub fn general_part(
    model: &[u8],
    texts: &[String],
    embeddings: &[Vec<u8>],
    dims: usize,
    progress: &mut dyn FnMut(f32),
) -> Result<Vec<u8>, IndexError> {
    let mut encoder = Encoder::open(shelf::unwrap(Kind::Model, model)?)?;
    let (width, vocabulary) = (encoder.config().hidden, encoder.config().vocabulary);
    let mut bags = Bags::default();
    let mut vectors = Vec::with_capacity(texts.len() * width);
    for (text, bytes) in texts.iter().zip(embeddings) {
        bags.push(bag(&mut encoder, text)?);
        vectors.extend(embedding::decode(bytes, width)?);
    }
    let sample = &vectors[..vectors.len().min(PCA_TEXTS * width)];
    let axes = pca::principal_components(sample, width, dims.min(width));
    let projection = Projection::new(&axes, width);
    let mut targets = Vec::with_capacity(texts.len() * dims);
    let mut target = Vec::new();
    for vector in vectors.chunks_exact(width) {
        projection.apply(vector, &mut target);
        normalize(&mut target);
        targets.extend_from_slice(&target);
    }
    let dims = projection.dims();
    let mut table = ridge::ridge(&bags, &targets, vocabulary, dims);
    let lessons = Lessons {
        dims,
        shelves: vec![Shelf::new(0..bags.len(), &[], dims)],
        bags,
        targets,
    };
    train::train(&mut table, &lessons, GENERAL, progress);
    Ok(general::write(&axes, width, &table))
}

/// Texts that the projection is found from: the covariance of 384 dimensions needs no more.
const PCA_TEXTS: usize = 60_000;

/// The tokens of a question: what all texts begin with, then its own.
fn bag<'a>(encoder: &'a mut Encoder, text: &str) -> Result<&'a [u32], IndexError> {
    let tokens = encoder.tokens(text, Role::Query)?;
    Ok(tokens.split_last().map_or(&[][..], |(_, rest)| rest))
}

/// The tokens of a book, in rising order.
fn kept_tokens(vocabulary: &ModelVocabulary, passages: &Bags, questions: &Bags) -> Vec<u32> {
    let all = passages.iter().chain(questions.iter());
    let mut used: Vec<u32> = all.flatten().copied().collect();
    used.sort_unstable();
    used.dedup();
    vocabulary.keep(&used)
}

/// The rows of the general table.
fn start(general: &General<'_>, tokens: &[u32], dims: usize) -> Vec<f32> {
    let mut table = vec![0.0; tokens.len() * dims];
    for (row, &token) in table.chunks_exact_mut(dims).zip(tokens) {
        nibbles::decode_row(general.row(token), row);
    }
    table
}

/// Stretches of the book, each with the questions about it.
fn shelves(questions: &[(u32, String)], passages: &[f32], dims: usize) -> Vec<Shelf> {
    let count = passages.len() / dims;
    let size = count.div_ceil(count.div_ceil(STRETCH).max(1)).max(1);
    let stretch = |(at, passages): (usize, &[f32])| {
        let place = |passage: usize| questions.partition_point(|(id, _)| (*id as usize) < passage);
        Shelf::new(place(at * size)..place((at + 1) * size), passages, dims)
    };
    passages
        .chunks(size * dims)
        .enumerate()
        .map(stretch)
        .collect()
}

/// The table as rows of 4 bits. Only directions count, so all rows are scaled alike to make the most of
/// a row's scale.
fn quantised(table: &mut [f32], dims: usize) -> Vec<u8> {
    let most = largest(table, f32::abs);
    if most > 0.0 {
        for x in table.iter_mut() {
            *x /= most;
        }
    }
    table
        .chunks_exact(dims)
        .flat_map(nibbles::encode_row)
        .collect()
}

#[cfg(test)]
mod tests;
