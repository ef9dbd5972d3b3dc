//! The small encoder of a fixed book: the same bits everywhere, and near the full encoder on
//! questions that it has not seen.

use std::collections::BTreeMap;

use lectern_core::encoder::math::normalize;
use lectern_core::encoder::{Encoder, Role, general};
use lectern_core::meaning::nibbles::{decode_row, row_bytes};
use lectern_core::search::{self, Mode, Searcher, Tier};
use lectern_core::shelf::codec::Reader;
use lectern_core::shelf::{self, Kind};
use lectern_core::{Book, Page, Passage, Section};
use lectern_indexer::model::testing::embed_pending;
use lectern_indexer::{Indexer, Options, Scan, Shelf, open};
use sha2::{Digest, Sha256};

use super::{Backend, encoder, model, sentences};

/// SHA-256 of the table, whatever the machine and the number of its threads.
const TABLE: &str = "8abb49b7ee1c30feeb65266d34cc4d63670d053f755afefa4fe3bb68acc0e021";

/// Values of a vector.
const DIMS: usize = 256;

/// Passages of the book, of three sentences each.
const PASSAGES: usize = 20;

fn book() -> Book {
    let sentences = sentences();
    let chosen: Vec<&str> = sentences.iter().step_by(16).map(|s| &s.text[..]).collect();
    let passage = |(at, texts): (usize, &[&str])| Passage {
        section: at as u32 / 5,
        text: texts.join(" "),
        code: Vec::new(),
    };
    let page = |number: usize| Page {
        url: format!("p{number}"),
        title: format!("Chapter {number}"),
        lang: "en".into(),
    };
    let section = |page: usize| Section {
        page: page as u32,
        ..Section::default()
    };
    let passages = chosen.chunks_exact(3).take(PASSAGES).enumerate();
    Book {
        pages: (0..PASSAGES / 5).map(page).collect(),
        sections: (0..PASSAGES / 5).map(section).collect(),
        passages: passages.map(passage).collect(),
    }
}

/// The questions of readers of the book that the sentences are from.
fn questions() -> Vec<String> {
    let lines = include_str!("../fixtures/book-questions.jsonl").lines();
    let text = |line| {
        let question: serde_json::Value = serde_json::from_str(line).unwrap();
        question["text"].as_str().unwrap().to_owned()
    };
    lines.map(text).collect()
}

#[test]
fn distilling_a_fixed_book_gives_a_fixed_table_that_is_near_the_full_encoder() {
    let model = model();
    let mut indexer = Indexer::new(model.clone(), Options::default()).unwrap();
    indexer.set_book(book());
    embed_pending(&mut indexer, &model).unwrap();
    let table = indexer.distil(&mut |_| {}).unwrap();
    let digest = Sha256::digest(&table);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let small = SmallEncoder::open(&table);
    let payload = shelf::unwrap(Kind::Model, &model).unwrap();
    let projection = general(payload).unwrap().unwrap().projection;
    let mut full = encoder(Backend::detect());
    let (mut vector, mut projected) = (Vec::new(), Vec::new());
    let mut cosines = Vec::new();
    for question in questions() {
        full.encode(&question, Role::Query, &mut vector).unwrap();
        projection.apply(&vector, &mut projected);
        normalize(&mut projected);
        let own = small.encode(&mut full, &question);
        cosines.push(own.iter().zip(&projected).map(|(a, b)| a * b).sum());
    }
    let mean = cosines.iter().sum::<f32>() / cosines.len() as f32;
    println!("cosine of {} questions: mean {mean:.4}", cosines.len());
    assert!(mean >= 0.66, "mean cosine {mean}");
    let agreeing = agreeing(&indexer.finish().unwrap());
    println!("of the passages that the full encoder finds first, {agreeing:.2} among three");
    assert!(agreeing >= 0.7, "{agreeing} of the passages");
    assert_eq!(digest, TABLE);
}

/// Of the passages that the full encoder of a shelf finds first for the questions, the share that the
/// small one finds among the first three.
fn agreeing(shelf: &Shelf) -> f32 {
    let mut read = |name: &str| {
        let file = shelf.files.iter().find(|file| file.name == name);
        Ok(file.unwrap().bytes.clone())
    };
    let mut opened = |tier| open(&mut read, tier, Scan::All).unwrap().1;
    let (mut small, mut full) = (opened(Tier::Small), opened(Tier::Full));
    let questions = questions();
    let (mut asked, mut agreed) = (0, 0);
    for question in &questions {
        // Some questions are of what this small book says nothing about.
        if let [first, ..] = found(&mut full, question, 1)[..] {
            asked += 1;
            agreed += usize::from(found(&mut small, question, 3).contains(&first));
        }
    }
    assert!(asked > questions.len() / 2, "{asked} questions");
    agreed as f32 / asked as f32
}

fn found(searcher: &mut Searcher, question: &str, limit: usize) -> Vec<u32> {
    let options = search::Options {
        limit,
        mode: Mode::Meaning,
        ..search::Options::default()
    };
    let response = searcher.search(question, &options).unwrap();
    let hits = response.pages.iter().flat_map(|page| &page.hits);
    hits.map(|hit| hit.passage).collect()
}

/// The small encoder as it is kept before words are made of its tokens: a count, the tokens, their rows.
struct SmallEncoder {
    rows: BTreeMap<u32, Vec<u8>>,
}

impl SmallEncoder {
    fn open(table: &[u8]) -> Self {
        let mut r = Reader::new("table", table);
        let count = r.varint_u32().unwrap();
        let tokens: Vec<u32> = (0..count).map(|_| r.varint_u32().unwrap()).collect();
        let rows = tokens.into_iter();
        let rows = rows.map(|token| (token, r.raw(row_bytes(DIMS)).unwrap().to_vec()));
        Self {
            rows: rows.collect(),
        }
    }

    /// The sum of the rows of a text's tokens but for the one that ends it.
    fn encode(&self, tokenizer: &mut Encoder, text: &str) -> Vec<f32> {
        let tokens = tokenizer.tokens(text, Role::Query).unwrap();
        let mut sum = vec![0.0; DIMS];
        let mut row = vec![0.0; DIMS];
        for token in &tokens[..tokens.len() - 1] {
            let Some(own) = self.rows.get(token) else {
                continue;
            };
            decode_row(own, &mut row);
            for (sum, x) in sum.iter_mut().zip(&row) {
                *sum += x;
            }
        }
        normalize(&mut sum);
        sum
    }
}
