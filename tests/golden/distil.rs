//! The small encoder of a fixed book: the same bits everywhere, and near the full encoder on
//! questions that it has not seen.

use lectern_core::encoder::{Role, Small, Vocabulary, general};
use lectern_core::shelf::codec::Reader;
use lectern_core::shelf::parts::Parts;
use lectern_core::shelf::{self, Kind};
use lectern_core::{Book, Page, Passage, Section};
use lectern_indexer::model::testing::embed_pending;
use lectern_indexer::{Indexer, Options, Shelf, inflate};
use sha2::{Digest, Sha256};

use super::{Backend, encoder, model, sentences};

/// SHA-256 of the table, whatever the machine and the number of its threads.
const TABLE: &str = "2b823ba4e530be9abde05b8dac7af981c1d789deb6c6fbfe0cb6f8534cc17f38";

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
    let mut small = SmallEncoder::of(&indexer.finish().unwrap());
    let payload = shelf::unwrap(Kind::Model, &model).unwrap();
    let projection = general(payload).unwrap().unwrap().projection;
    let mut full = encoder(Backend::detect());
    let (mut vector, mut projected) = (Vec::new(), Vec::new());
    let mut cosines = Vec::new();
    for question in questions() {
        full.encode(&question, Role::Query, &mut vector).unwrap();
        projection.apply(&vector, &mut projected);
        let length = projected.iter().map(|x| x * x).sum::<f32>().sqrt();
        let own = small.encode(&question);
        let dot: f32 = own.iter().zip(&projected).map(|(a, b)| a * b).sum();
        cosines.push(dot / length);
    }
    let mean = cosines.iter().sum::<f32>() / cosines.len() as f32;
    println!("cosine of {} questions: mean {mean:.4}", cosines.len());
    assert!(mean >= 0.66, "mean cosine {mean}");
    assert_eq!(digest, TABLE);
}

/// The small encoder as a shelf has it.
struct SmallEncoder {
    vocabulary: Vocabulary,
    table: Small,
}

impl SmallEncoder {
    fn of(shelf: &Shelf) -> Self {
        let payload = |kind: Kind, name: &str| {
            let file = shelf.files.iter().find(|f| f.name.starts_with(name));
            let file = inflate(file.unwrap().bytes.clone(), u64::from(u32::MAX)).unwrap();
            shelf::unwrap(kind, &file).unwrap().to_vec()
        };
        let vocabulary = Vocabulary::open(&payload(Kind::Vocabulary, "vocabulary.")).unwrap();
        let head = payload(Kind::Small, "small.");
        let mut table = Small::open(&head, &vocabulary).unwrap();
        let parts = Parts::read(&mut Reader::new("test", &head)).unwrap();
        for (place, part) in parts.iter().enumerate() {
            let block = payload(Kind::Block, &part.file(Kind::Block));
            table.add(place, &block).unwrap();
        }
        Self { vocabulary, table }
    }

    fn encode(&mut self, text: &str) -> Vec<f32> {
        let mut tokens = vec![self.vocabulary.first()];
        self.vocabulary.tokens(text, Role::Query, &mut tokens);
        let unknown = self.vocabulary.unknown();
        tokens.retain(|&token| token != unknown);
        let mut out = Vec::new();
        assert!(self.table.encode(&tokens, &mut out).unwrap(), "{text:?}");
        out
    }
}
