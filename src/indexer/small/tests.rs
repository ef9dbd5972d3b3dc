//! A table is near its teacher, and comes back from a cache as it was.

use lectern_core::{Page, Passage, Section};

use super::*;
use crate::model::testing::{tiny, tiny_with_general};

const TEXTS: [&str; 3] = [
    "A robot keeps its balance by moving its feet. Too little torque and the ankle gives way.",
    "Two cameras measure depth by disparity. A lens projects light onto a sensor.",
    "A gripper closes until friction holds the object. Contact forces resist disturbance.",
];

fn book() -> Book {
    let mut book = Book::default();
    for (page, text) in TEXTS.iter().enumerate() {
        book.pages.push(Page {
            title: format!("Chapter {page}"),
            lang: "en".into(),
            ..Page::default()
        });
        book.sections.push(Section {
            page: page as u32,
            ..Section::default()
        });
        book.passages.push(Passage {
            section: page as u32,
            text: (*text).into(),
            code: Vec::new(),
        });
    }
    book
}

/// The table of the book by this model, and how near the vectors of its questions are to those
/// of the full encoder: the mean cosine.
fn distilled(model: &[u8]) -> (Table, f32) {
    let payload = shelf::unwrap(Kind::Model, model).unwrap();
    let mut encoder = Encoder::open(payload).unwrap();
    let general = lectern_core::encoder::general(payload).unwrap();
    let book = book();
    let questions = questions(&book);
    let mut vector = |text: &str, role| {
        let (mut own, mut projected) = (Vec::new(), Vec::new());
        encoder.encode(text, role, &mut own).unwrap();
        let Some(general) = &general else { return own };
        general.projection.apply(&own, &mut projected);
        normalize(&mut projected);
        projected
    };
    let ids = 0..TEXTS.len() as u32;
    let texts = ids.filter_map(|id| book.embedding_text(id));
    let passages: Vec<f32> = texts.flat_map(|t| vector(&t, Role::Passage)).collect();
    let asked = questions.iter();
    let targets: Vec<f32> = asked.flat_map(|(_, t)| vector(t, Role::Query)).collect();
    let dims = passages.len() / TEXTS.len();
    let lesson = Lesson {
        encoder: &mut encoder,
        vocabulary: &ModelVocabulary::open(payload).unwrap(),
        general: general.as_ref(),
        book: &book,
        passages: &passages,
        questions: &questions,
        targets: targets.clone(),
        dims,
    };
    let table = distil(lesson, &mut |_| {}).unwrap();
    let mut rows = vec![0.0; table.tokens.len() * dims];
    let packed = table.rows.chunks_exact(nibbles::row_bytes(dims));
    for (row, out) in packed.zip(rows.chunks_exact_mut(dims)) {
        nibbles::decode_row(row, out);
    }
    let mut cosines = 0.0;
    for ((_, text), target) in questions.iter().zip(targets.chunks_exact(dims)) {
        let place = |id: &u32| table.tokens.iter().position(|token| token == id);
        let bag = bag(&mut encoder, text).unwrap().iter();
        let bag: Vec<u32> = bag.map(|id| place(id).unwrap() as u32).collect();
        let mut sum = vec![0.0; dims];
        train::add_rows(&rows, &bag, &mut sum);
        normalize(&mut sum);
        cosines += train::dot(&sum, target);
    }
    (table, cosines / questions.len() as f32)
}

#[test]
fn a_table_points_where_the_full_encoder_does_with_and_without_a_general_part() {
    for model in [tiny(1).unwrap(), tiny_with_general(1, 16).unwrap()] {
        let (table, cosine) = distilled(&model);
        println!("mean cosine {cosine}");
        assert!(cosine > 0.8, "mean cosine {cosine}");
        assert!(table.tokens.is_sorted_by(|a, b| a < b));
        assert!(table.tokens.contains(&2), "the token that begins a text");
        assert_eq!(table, distilled(&model).0);
    }
}

#[test]
fn a_table_comes_back_and_a_damaged_one_does_not() {
    let dims = 4;
    let rows = nibbles::encode_row(&[0.5, -0.25, 0.0, 1.0]).repeat(3);
    let tokens = vec![7, 300, 70_000];
    let table = Table { tokens, rows };
    let bytes = table.write();
    assert_eq!(Table::open(&bytes, dims).unwrap(), table);
    for cut in 0..bytes.len() {
        assert!(Table::open(&bytes[..cut], dims).is_err(), "cut at {cut}");
    }
    assert!(Table::open(&[&bytes[..], &[1]].concat(), dims).is_err());
    assert!(Table::open(&bytes, 64).is_err());
    let mut damaged = bytes.clone();
    let first = bytes.len() - table.rows.len();
    damaged[first] &= 0xf0;
    assert!(Table::open(&damaged, dims).is_err());
}

#[test]
fn a_long_book_is_ranked_in_stretches_with_the_questions_about_them() {
    let count = STRETCH + 2;
    let about = [
        0,
        5,
        STRETCH as u32 / 2,
        STRETCH as u32 / 2 + 1,
        STRETCH as u32 + 1,
    ];
    let questions = about.map(|passage| (passage, String::new()));
    let stretches = shelves(&questions, &vec![0.5; count * 2], 2);
    let texts: Vec<_> = stretches.iter().map(|shelf| shelf.texts.clone()).collect();
    assert_eq!(texts, [0..3, 3..5]);
}
