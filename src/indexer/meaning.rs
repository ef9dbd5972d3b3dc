//! What search by meaning needs of a book: vectors, graph, encoders.

use std::collections::{BTreeMap, BTreeSet};

use lectern_core::encoder::math::normalize;
use lectern_core::encoder::{self, Projection, Role, Vocabulary, parts};
use lectern_core::meaning::nibbles::{decode_row, encode_row, nothing, row_bytes};
use lectern_core::meaning::sketch::sketch;
use lectern_core::meaning::{Vectors, embedding};
use lectern_core::search::write_core;
use lectern_core::shelf::{self, Kind};
use lectern_core::text::sentences::sentences;
use lectern_core::{Book, Passage};
use sha2::{Digest, Sha256};

use crate::model::ModelVocabulary;
use crate::shelf::{Sections, hex};
use crate::small::{self, Lesson, Table};
use crate::{Embedder, IndexError, graph};

/// Share of its neighbours on the page in a passage's vector: a passage that does not name its
/// subject is about that of the ones around it. Shares of .2 to .3 are equal within .001 nDCG; the
/// smaller one changes a passage less. See `small/README.md`.
const NEIGHBOURS: f32 = 0.2;

/// What the rows of a word's tokens are scaled by: rows of tokens reach 1, and rows of up to seven tokens
/// together stay below the largest value that a row can have ([`encode_row`]). Only directions count.
const WORD_SCALE: f32 = 0.25;

/// A text that has no vector yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Hash of the model, the text and what it is: where a cache keeps the vector.
    pub key: String,
    /// A passage, or a question that the small encoder is distilled with.
    pub role: Role,
    /// What is to be embedded.
    pub text: String,
}

/// Collects vectors, and makes the sections of them.
#[derive(Debug)]
pub(crate) struct Meaning {
    model: Vec<u8>,
    hash: Vec<u8>,
    embedder: Embedder,
    vocabulary: ModelVocabulary,
    vectors: BTreeMap<String, Vec<u8>>,
    table: Option<Table>,
}

impl Meaning {
    /// Opens a model file.
    pub fn open(model: Vec<u8>) -> Result<Self, IndexError> {
        let payload = shelf::unwrap(Kind::Model, &model)?;
        Ok(Self {
            hash: Sha256::digest(&model).to_vec(),
            embedder: Embedder::open(&model)?,
            vocabulary: ModelVocabulary::open(payload)?,
            model,
            vectors: BTreeMap::new(),
            table: None,
        })
    }

    pub fn model_name(&self) -> String {
        self.embedder.config().name.clone()
    }

    pub fn embedder(&mut self) -> &mut Embedder {
        &mut self.embedder
    }

    /// The distinct texts that have no vector yet, passages before questions and the longest first,
    /// so that threads that share them end together. With a table there are no questions.
    pub fn pending(&self, book: &Book) -> Vec<Pending> {
        let questions = match self.table {
            Some(_) => Vec::new(),
            None => small::questions(book),
        };
        let passages = texts(book).map(|text| (Role::Passage, text));
        let all = passages.chain(questions.into_iter().map(|(_, text)| (Role::Query, text)));
        let mut seen = BTreeSet::new();
        let mut pending: Vec<Pending> = all
            .map(|(role, text)| Pending {
                key: self.key(role, &text),
                role,
                text,
            })
            .filter(|p| !self.vectors.contains_key(&p.key) && seen.insert(p.key.clone()))
            .collect();
        let rank = |p: &Pending| (p.role == Role::Query, std::cmp::Reverse(p.text.len()));
        pending.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.key.cmp(&b.key)));
        pending
    }

    pub fn set_vector(&mut self, key: String, vector: Vec<u8>) -> Result<(), IndexError> {
        embedding::decode(&vector, self.width())?;
        self.vectors.insert(key, vector);
        Ok(())
    }

    /// Where a cache keeps the table of this book: a hash of all that it is made from.
    pub fn table_key(&self, book: &Book) -> String {
        let mut hash = Sha256::new();
        hash.update(env!("CARGO_PKG_VERSION"));
        hash.update(small::recipe());
        hash.update(&self.hash);
        hash.update(NEIGHBOURS.to_le_bytes());
        for (text, id) in texts(book).zip(0..) {
            // Neighbours depend on where pages end, questions on their language.
            if let Some((section, page)) = book.locate(id) {
                hash.update(section.page.to_le_bytes());
                hash.update((page.lang.len() as u64).to_le_bytes());
                hash.update(&page.lang);
            }
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        format!("table-{}", hex(&hash.finalize()[..16]))
    }

    pub fn set_table(&mut self, bytes: &[u8]) -> Result<(), IndexError> {
        self.table = Some(Table::open(bytes, self.dims())?);
        Ok(())
    }

    /// Distils the table of the small encoder, unless it is there, and returns it as caches keep it.
    pub fn distil(
        &mut self,
        book: &Book,
        progress: &mut dyn FnMut(f32),
    ) -> Result<Vec<u8>, IndexError> {
        if let Some(table) = &self.table {
            return Ok(table.write());
        }
        let dims = self.dims();
        let questions = small::questions(book);
        let texts: Vec<(Role, String)> = questions
            .iter()
            .map(|(_, text)| (Role::Query, text.clone()))
            .collect();
        let targets = self.projected(&texts)?;
        let mut passages = vec![0.0; book.passages.len() * dims];
        let rows = self.passage_rows(book)?;
        for (row, out) in rows.iter().zip(passages.chunks_exact_mut(dims)) {
            decode_row(row, out);
        }
        let general = encoder::general(shelf::unwrap(Kind::Model, &self.model)?)?;
        let lesson = Lesson {
            encoder: self.embedder.encoder(),
            vocabulary: &self.vocabulary,
            general: general.as_ref(),
            book,
            passages: &passages,
            questions: &questions,
            targets,
            dims,
        };
        let table = small::distil(lesson, progress)?;
        let bytes = table.write();
        self.table = Some(table);
        Ok(bytes)
    }

    /// The vectors of the book's passages as a shelf keeps them, and the small encoder's of its words.
    pub fn vectors(&mut self, book: &Book) -> Result<Vec<Vec<u8>>, IndexError> {
        self.distil(book, &mut |_| {})?;
        self.passage_rows(book)
    }

    /// Words that the book may not have and queries may: the whole words among the tokens.
    pub fn general_words(&self) -> Vec<&str> {
        let tokens = self.table.iter().flat_map(|table| &table.tokens);
        let texts = tokens.filter_map(|&id| self.vocabulary.token(id));
        texts
            .filter(|text| text.chars().all(char::is_alphabetic))
            .collect()
    }

    /// The vector of a word or a text for the small encoder: the sum of its tokens' rows. Nothing, where it has
    /// none of them.
    pub fn word_row(&mut self, word: &str) -> Result<Vec<u8>, IndexError> {
        let prompt = self.embedder.encoder().tokens("", Role::Query)?.len();
        let tokens = self.embedder.encoder().tokens(word, Role::Query)?.to_vec();
        let own = tokens.get(prompt - 1..tokens.len() - 1).unwrap_or_default();
        Ok(self.sum_of_rows(own))
    }

    /// The sketches of a passage's sentences, one after the other; none, where it has one sentence.
    pub fn sketches(&mut self, passage: &Passage) -> Result<Vec<u8>, IndexError> {
        let sentences = sentences(&passage.text, &passage.code);
        let mut sketches = Vec::new();
        let mut values = vec![0.0; self.dims()];
        for range in sentences.iter().filter(|_| sentences.len() > 1) {
            let row = self.word_row(&passage.text[range.clone()])?;
            values.fill(0.0);
            decode_row(&row, &mut values);
            sketches.extend(sketch(&values));
        }
        Ok(sketches)
    }

    /// What every query of the small encoder begins with.
    pub fn first_row(&mut self) -> Result<Vec<u8>, IndexError> {
        let tokens = self.embedder.encoder().tokens("", Role::Query)?.to_vec();
        let (row, dims) = (self.sum_of_rows(&tokens[..tokens.len() - 1]), self.dims());
        Ok(if row.is_empty() {
            encode_row(&vec![0.0; dims])
        } else {
            row
        })
    }

    fn sum_of_rows(&self, tokens: &[u32]) -> Vec<u8> {
        let (Some(table), dims) = (&self.table, self.dims()) else {
            return Vec::new();
        };
        let bytes = row_bytes(dims);
        let mut sum = vec![0.0; dims];
        let mut values = vec![0.0; dims];
        let mut known = false;
        for token in tokens {
            let Ok(place) = table.tokens.binary_search(token) else {
                continue;
            };
            decode_row(&table.rows[place * bytes..(place + 1) * bytes], &mut values);
            for (sum, x) in sum.iter_mut().zip(&values) {
                *sum += x * WORD_SCALE;
            }
            known = true;
        }
        if known { encode_row(&sum) } else { Vec::new() }
    }

    /// Adds the sections of search by meaning but for the cells; a book of more than `exact_limit`
    /// passages has a graph.
    pub fn write(
        self,
        rows: &[Vec<u8>],
        numbers: &[u32],
        exact_limit: usize,
        sections: &mut Sections,
    ) -> Result<(), IndexError> {
        if rows.len() > exact_limit {
            let capacity = numbers.iter().max().map_or(0, |&last| last as usize + 1);
            let mut by_number = vec![nothing(self.dims()); capacity];
            for (row, &number) in rows.iter().zip(numbers) {
                by_number[number as usize].clone_from(row);
            }
            let mut vectors = Vectors::new(self.dims());
            for row in &by_number {
                vectors.push(row)?;
            }
            sections.add(Kind::Graph, &graph::build(vectors)?)?;
        }
        let Some(Table { tokens, .. }) = &self.table else {
            return Err(IndexError::NotEmbedded { missing: 0 });
        };
        let vocabulary = self.vocabulary.for_book(tokens)?;
        sections.add(Kind::Vocabulary, &vocabulary)?;
        let vocabulary = Vocabulary::open(&vocabulary)?;
        let payload = shelf::unwrap(Kind::Model, &self.model)?;
        let core = parts::core(payload)?;
        sections.add_with_parts(Kind::Core, Kind::Layer, &core.layers, |parts| {
            write_core(parts, &core, self.embedder.projection())
        })?;
        let rows = parts::rows(payload, tokens, &core.head, &vocabulary)?;
        sections.add(Kind::Rows, &rows)
    }

    fn key(&self, role: Role, text: &str) -> String {
        let role: &[u8] = match role {
            Role::Passage => b"",
            Role::Query => b"query\0",
        };
        let digest = Sha256::new()
            .chain_update(&self.hash)
            .chain_update(role)
            .chain_update(text)
            .finalize();
        hex(&digest[..16])
    }

    fn width(&self) -> usize {
        self.embedder.config().hidden
    }

    pub fn dims(&self) -> usize {
        let width = self.width();
        self.embedder.projection().map_or(width, Projection::dims)
    }

    /// The vectors of texts, projected.
    fn projected(&self, texts: &[(Role, String)]) -> Result<Vec<f32>, IndexError> {
        let width = self.width();
        let mut all = Vec::new();
        let mut out = Vec::new();
        let mut missing = 0;
        for (role, text) in texts {
            let Some(bytes) = self.vectors.get(&self.key(*role, text)) else {
                missing += 1;
                continue;
            };
            let vector = embedding::decode(bytes, width)?;
            match self.embedder.projection() {
                Some(projection) => {
                    projection.apply(&vector, &mut out);
                    all.extend_from_slice(&out);
                }
                None => all.extend_from_slice(&vector),
            }
        }
        if missing > 0 {
            return Err(IndexError::NotEmbedded { missing });
        }
        Ok(all)
    }

    /// The rows of the vectors section.
    fn passage_rows(&self, book: &Book) -> Result<Vec<Vec<u8>>, IndexError> {
        let texts: Vec<(Role, String)> = texts(book).map(|text| (Role::Passage, text)).collect();
        let own = self.projected(&texts)?;
        let dims = self.dims();
        let vector = |id: u32| &own[id as usize * dims..(id as usize + 1) * dims];
        let row = |id: u32| {
            let mut mixed = vector(id).to_vec();
            let (before, after) = book.neighbours(id);
            for neighbour in [before, after].into_iter().flatten() {
                for (x, &y) in mixed.iter_mut().zip(vector(neighbour)) {
                    *x += NEIGHBOURS * y;
                }
            }
            normalize(&mut mixed);
            encode_row(&mixed)
        };
        Ok((0..book.passages.len() as u32).map(row).collect())
    }
}

fn texts(book: &Book) -> impl Iterator<Item = String> {
    (0..book.passages.len() as u32).filter_map(|id| book.embedding_text(id))
}

#[cfg(test)]
mod tests;
