//! From pages to a shelf, step by step.

use std::collections::{BTreeMap, BTreeSet};

use lectern_core::encoder::Role;
use lectern_core::meaning::nibbles::encode_row;
use lectern_core::meaning::{Vectors, embedding};
use lectern_core::shelf::{self, Kind, catalog};
use lectern_core::words::{Fields, WordIndexBuilder};
use lectern_core::{Book, Page, Passage, Section};
use sha2::{Digest, Sha256};

use crate::html::{self, Document, Extracted};
use crate::shelf::{Facts, Shelf, Summary, files, hex};
use crate::{Embedder, IndexError, graph, model, split};

/// Most wordpieces of a passage.
pub const PASSAGE_LIMIT: usize = 256;

/// What an author may set.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Title of the book.
    pub title: String,
}

/// A text that has no vector yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Hash of the model and the text: where a cache keeps the vector.
    pub key: String,
    /// What is to be embedded.
    pub text: String,
}

/// Takes pages, then vectors, and gives a shelf.
#[derive(Debug)]
pub struct Indexer {
    model: Vec<u8>,
    model_hash: Vec<u8>,
    embedder: Embedder,
    options: Options,
    given: Book,
    pages: BTreeMap<String, (Document, Vec<split::SplitPassage>)>,
    vectors: BTreeMap<String, Vec<u8>>,
    summary: Summary,
}

impl Indexer {
    /// Starts a book with a model file.
    pub fn new(model: Vec<u8>, options: Options) -> Result<Self, IndexError> {
        let embedder = Embedder::open(&model)?;
        let model_hash = Sha256::digest(&model).to_vec();
        Ok(Self {
            model,
            model_hash,
            embedder,
            options,
            given: Book::default(),
            pages: BTreeMap::new(),
            vectors: BTreeMap::new(),
            summary: Summary::default(),
        })
    }

    /// Adds an HTML page; `file` is its path below the site's output folder.
    ///
    /// Pages that are no part of a book (redirects, lists of tags, empty ones) are left out and
    /// named in the summary.
    pub fn add_page(&mut self, file: &str, bytes: &[u8]) -> Result<(), IndexError> {
        let note = |what: String| (file.to_owned(), what);
        let doc = match html::extract(file, bytes)? {
            Extracted::Page(doc) => doc,
            Extracted::Skipped(reason) => {
                self.summary.skipped.push(note(reason.to_string()));
                return Ok(());
            }
        };
        for warning in &doc.warnings {
            self.summary.warnings.push(note(warning.to_string()));
        }
        if self.pages.contains_key(&doc.url) {
            let what = format!(
                "has the address of another page, {:?}, and was left out",
                doc.url
            );
            self.summary.warnings.push(note(what));
            return Ok(());
        }
        let mut failed = None;
        let encoder = self.embedder.encoder();
        let mut count = |text: &str| {
            encoder.count(text).unwrap_or_else(|error| {
                failed = Some(error);
                text.len()
            })
        };
        let passages = split::split(&doc, PASSAGE_LIMIT, &mut count);
        if let Some(error) = failed {
            return Err(error.into());
        }
        self.pages.insert(doc.url.clone(), (doc, passages));
        Ok(())
    }

    /// Takes a book that is split into passages already, in place of one given before. Its
    /// passages stand before those of pages, and keep their numbers.
    pub fn set_book(&mut self, book: Book) {
        self.given = book;
    }

    /// The distinct texts that have no vector yet, the longest first, so that threads that share
    /// them end together.
    pub fn pending(&self) -> Result<Vec<Pending>, IndexError> {
        let book = self.book();
        let mut seen = BTreeSet::new();
        let mut pending: Vec<Pending> = texts(&book)
            .map(|text| Pending {
                key: self.key(&text),
                text,
            })
            .filter(|p| !self.vectors.contains_key(&p.key) && seen.insert(p.key.clone()))
            .collect();
        pending.sort_by(|a, b| {
            b.text
                .len()
                .cmp(&a.text.len())
                .then_with(|| a.key.cmp(&b.key))
        });
        Ok(pending)
    }

    /// Takes the vector of a pending text, from [`Embedder::embed`] or a cache.
    pub fn set_vector(&mut self, key: String, vector: Vec<u8>) -> Result<(), IndexError> {
        embedding::decode(&vector, self.embedder.encoder().config().hidden)?;
        self.vectors.insert(key, vector);
        Ok(())
    }

    /// The files of the shelf.
    pub fn finish(mut self) -> Result<Shelf, IndexError> {
        let book = self.book();
        if book.passages.is_empty() {
            return Err(IndexError::NoPassages {
                skipped: self.summary.skipped.len(),
            });
        }
        let vectors = self.passage_vectors(&book)?;
        let (catalog, text) = catalog::write(&book);
        let payloads = [
            catalog,
            text,
            words(&book),
            vectors.write(),
            graph::build(vectors)?,
            self.encoder(&book)?,
        ];
        let facts = Facts {
            title: self.options.title,
            lang: book.language().to_owned(),
            model: self.embedder.encoder().config().name.clone(),
            pages: book.pages.len(),
            passages: book.passages.len(),
        };
        let files = files(facts, payloads)?;
        let summary = Summary {
            pages: book.pages.len(),
            sections: book.sections.len(),
            passages: book.passages.len(),
            bytes: files.iter().map(|file| file.bytes.len()).sum(),
            ..self.summary
        };
        Ok(Shelf { files, summary })
    }

    /// The book as it stands: pages in the order of their addresses, empty sections left out.
    fn book(&self) -> Book {
        let mut book = self.given.clone();
        for (url, (doc, passages)) in &self.pages {
            let page = book.pages.len() as u32;
            let Document { title, lang, .. } = doc;
            book.pages.push(Page {
                url: url.clone(),
                title: title.clone(),
                lang: lang.clone(),
            });
            let mut last = None;
            for passage in passages {
                let own = &doc.sections[passage.section];
                if last != Some(passage.section) {
                    last = Some(passage.section);
                    let (headings, anchor) = (own.headings.clone(), own.anchor.clone());
                    book.sections.push(Section {
                        page,
                        headings,
                        anchor,
                    });
                }
                let section = book.sections.len() as u32 - 1;
                let (text, code) = (passage.text.clone(), passage.code.clone());
                book.passages.push(Passage {
                    section,
                    text,
                    code,
                });
            }
        }
        book
    }

    fn key(&self, text: &str) -> String {
        let digest = Sha256::new()
            .chain_update(&self.model_hash)
            .chain_update(text)
            .finalize();
        hex(&digest[..16])
    }

    fn passage_vectors(&mut self, book: &Book) -> Result<Vectors, IndexError> {
        let dims = self.embedder.encoder().config().hidden;
        let mut vectors = Vectors::new(dims);
        let mut missing = 0;
        for text in texts(book) {
            match self.vectors.get(&self.key(&text)) {
                Some(vector) => vectors.push(&encode_row(&embedding::decode(vector, dims)?))?,
                None => missing += 1,
            }
        }
        if missing > 0 {
            Err(IndexError::NotEmbedded { missing })
        } else {
            Ok(vectors)
        }
    }

    /// The encoder with the vocabulary of this book.
    fn encoder(&mut self, book: &Book) -> Result<Vec<u8>, IndexError> {
        let mut used = BTreeSet::new();
        for text in texts(book) {
            used.extend(self.embedder.encoder().tokens(&text, Role::Passage)?);
        }
        let used: Vec<u32> = used.into_iter().collect();
        Ok(model::for_book(
            shelf::unwrap(Kind::Encoder, &self.model)?,
            &used,
        )?)
    }
}

fn texts(book: &Book) -> impl Iterator<Item = String> {
    (0..book.passages.len() as u32).filter_map(|id| book.embedding_text(id))
}

/// The payload of the word index.
fn words(book: &Book) -> Vec<u8> {
    let mut builder = WordIndexBuilder::new();
    for (id, passage) in book.passages.iter().enumerate() {
        let Some((section, page)) = book.locate(id as u32) else {
            continue;
        };
        builder.add(&Fields {
            title: &page.title,
            headings: &section.headings,
            body: &passage.text,
            lang: &page.lang,
        });
    }
    builder.finish()
}
