//! Token ids and vectors against `make.py`'s, which come from an independent implementation.

#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests, too, fail by panicking.

mod distil;
mod tokenizer;

use lectern_core::encoder::{Backend, Encoder, Role, Vocabulary, parts};
use lectern_core::shelf::{self, Kind};
use lectern_indexer::model::ModelVocabulary;

const DIMS: usize = 384;

#[derive(serde::Deserialize)]
struct Sentence {
    text: String,
    ids: Vec<u32>,
}

fn sentences() -> Vec<Sentence> {
    let lines = include_str!("sentences.jsonl").lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The reference vectors, stored as IEEE 754 binary16.
fn references() -> Vec<Vec<f32>> {
    let half = |bytes: &[u8]| {
        let bits = u16::from_le_bytes([bytes[0], bytes[1]]);
        let exponent = i32::from(bits >> 10 & 0x1f);
        let fraction = f32::from(bits & 0x3ff) / 1024.0;
        let magnitude = match exponent {
            0 => fraction * 2f32.powi(-14),
            _ => (1.0 + fraction) * 2f32.powi(exponent - 15),
        };
        if bits >> 15 == 1 {
            -magnitude
        } else {
            magnitude
        }
    };
    let values: Vec<f32> = include_bytes!("vectors.f16")
        .chunks_exact(2)
        .map(half)
        .collect();
    values.chunks_exact(DIMS).map(<[f32]>::to_vec).collect()
}

/// Opens the encoder of a book with these texts, at 4 bits. Its tokens come in falling order of
/// their ids, so that no test passes by chance.
fn of_book(texts: &[String]) -> impl Fn(Backend) -> Encoder {
    let model = model();
    let payload = shelf::unwrap(Kind::Model, &model).unwrap();
    let mut whole = encoder(Backend::detect());
    let mut used: Vec<u32> = Vec::new();
    for text in texts {
        used.extend(whole.tokens(text, Role::Passage).unwrap());
    }
    used.sort_unstable();
    let vocabulary = ModelVocabulary::open(payload).unwrap();
    let mut keep = vocabulary.keep(&used);
    keep.reverse();
    let tokens = vocabulary.for_book(&keep).unwrap();
    let parts::Core { head, layers } = parts::core(payload).unwrap();
    let opened = Vocabulary::open(&tokens).unwrap();
    let rows = parts::rows(payload, &keep, &head, &opened).unwrap();
    move |backend| {
        let vocabulary = Vocabulary::open(&tokens).unwrap();
        Encoder::from_parts_with_backend(&head, &layers, &rows, vocabulary, backend).unwrap()
    }
}

/// The model that `scripts/setup model` fetches.
fn model() -> Vec<u8> {
    let own = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../.cache/models/all-MiniLM-L6-v2.lectern"
    );
    let path = std::env::var("LECTERN_MODEL").unwrap_or_else(|_| own.to_owned());
    std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}. Run: scripts/setup model"))
}

fn encoder(backend: Backend) -> Encoder {
    Encoder::with_backend(shelf::unwrap(Kind::Model, &model()).unwrap(), backend).unwrap()
}

#[test]
fn token_ids_are_those_of_the_python_tokenizer() {
    let mut encoder = encoder(Backend::detect());
    for sentence in sentences() {
        let ids = encoder.tokens(&sentence.text, Role::Passage).unwrap();
        assert_eq!(ids, sentence.ids, "{:?}", sentence.text);
    }
}

#[test]
fn vectors_are_close_to_the_reference() {
    let (mean, worst) = cosines(&mut encoder(Backend::detect()));
    println!("cosine to the reference: mean {mean:.4}, worst {worst:.4}");
    assert!(mean >= 0.99, "mean cosine {mean}");
    assert!(worst >= 0.98, "worst cosine {worst}");
}

#[test]
fn the_encoder_of_a_book_at_4_bits_reads_the_book_as_the_whole_one_does() {
    let texts: Vec<String> = sentences()
        .into_iter()
        .step_by(50)
        .map(|s| s.text)
        .collect();
    let mut whole = encoder(Backend::detect());
    let open = of_book(&texts);
    let mut first: Option<Vec<Vec<u32>>> = None;
    for backend in Backend::available() {
        let mut own = open(backend);
        assert!(own.config().vocabulary < whole.config().vocabulary / 2);
        // A word that the book does not have falls into pieces that it has.
        assert!(own.tokens("xylophone", Role::Query).unwrap().len() > 3);
        let mut vectors = Vec::new();
        for text in &texts {
            let count = whole.count(text).unwrap();
            assert_eq!(own.count(text).unwrap(), count, "{text:?}");
            let mut out = Vec::new();
            own.encode(text, Role::Query, &mut out).unwrap();
            vectors.push(out.iter().map(|x| x.to_bits()).collect());
        }
        assert_eq!(
            first.get_or_insert_with(|| vectors.clone()),
            &vectors,
            "{backend:?}"
        );
    }
}

#[test]
fn vectors_at_4_bits_are_close_to_the_reference() {
    let texts: Vec<String> = sentences().into_iter().map(|s| s.text).collect();
    let (mean, worst) = cosines(&mut of_book(&texts)(Backend::detect()));
    println!("cosine to the reference at 4 bits: mean {mean:.4}, worst {worst:.4}");
    assert!(mean >= 0.96, "mean cosine {mean}");
    assert!(worst >= 0.91, "worst cosine {worst}");
}

/// The mean and the least cosine of an encoder's vectors to the reference.
fn cosines(encoder: &mut Encoder) -> (f32, f32) {
    let mut vector = Vec::new();
    let mut cosines = Vec::new();
    for (sentence, reference) in sentences().iter().zip(references()) {
        encoder
            .encode(&sentence.text, Role::Passage, &mut vector)
            .unwrap();
        let dot: f32 = vector.iter().zip(&reference).map(|(a, b)| a * b).sum();
        let norm: f32 = reference.iter().map(|x| x * x).sum();
        cosines.push(dot / norm.sqrt());
    }
    assert_eq!(cosines.len(), 1_000);
    let mean = cosines.iter().sum::<f32>() / cosines.len() as f32;
    let worst = cosines.iter().copied().fold(f32::MAX, f32::min);
    (mean, worst)
}

#[test]
fn every_backend_gives_the_same_bits() {
    let texts: Vec<String> = sentences()
        .into_iter()
        .step_by(50)
        .map(|s| s.text)
        .collect();
    let vectors = |backend| -> Vec<Vec<u32>> {
        let mut encoder = encoder(backend);
        let mut out = Vec::new();
        let bits = |text: &String| {
            encoder.encode(text, Role::Query, &mut out).unwrap();
            out.iter().map(|x| x.to_bits()).collect()
        };
        texts.iter().map(bits).collect()
    };
    let oracle = vectors(Backend::Scalar);
    for backend in Backend::available() {
        assert_eq!(vectors(backend), oracle, "{backend:?}");
    }
}

#[test]
fn a_batch_gives_the_bits_of_each_text_alone() {
    let sentences = sentences();
    let long = vec!["robot"; 600].join(" ");
    let mut texts: Vec<(&str, Role)> = vec![("", Role::Query), (&long, Role::Passage)];
    texts.extend(sentences.iter().map(|s| (&s.text[..], Role::Passage)));
    for backend in Backend::available() {
        // The oracle is slow, and a short batch has all that a long one has.
        let count = if backend == Backend::Scalar { 30 } else { 400 };
        let mut encoder = encoder(backend);
        let (mut together, mut alone) = (Vec::new(), Vec::new());
        encoder
            .encode_batch(&texts[..count], &mut together)
            .unwrap();
        for (&(text, role), vector) in texts.iter().zip(together.chunks_exact(DIMS)) {
            encoder.encode(text, role, &mut alone).unwrap();
            assert_eq!(vector, alone, "{backend:?} {text:?}");
        }
        assert_eq!(together.len(), count * DIMS);
    }
}
