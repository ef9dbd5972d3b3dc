//! An encoder in parts: whole, of other models and books, cut short and damaged.

use lectern_core::Error;
use lectern_core::encoder::{Encoder, Role, Vocabulary, parts};
use lectern_core::shelf::{self, Kind};

use super::ModelVocabulary;
use super::testing::tiny;

/// The payloads of an encoder of one layer.
#[derive(Clone)]
struct Parts {
    head: Vec<u8>,
    layer: Vec<u8>,
    rows: Vec<u8>,
    vocabulary: Vec<u8>,
}

/// The special tokens, then the letters and digits in an order of the book's own.
fn keep() -> Vec<u32> {
    (0..5).chain((5..77).rev()).collect()
}

fn of_model(seed: u64, keep: &[u32]) -> Parts {
    let file = tiny(seed).unwrap();
    let payload = shelf::unwrap(Kind::Model, &file).unwrap();
    let vocabulary = ModelVocabulary::open(payload)
        .unwrap()
        .for_book(keep)
        .unwrap();
    let core = parts::core(payload).unwrap();
    assert_eq!(core.layers.len(), 1);
    let opened = Vocabulary::open(&vocabulary).unwrap();
    let rows = parts::rows(payload, keep, &core.head, &opened).unwrap();
    let layer = core.layers[0].clone();
    Parts {
        head: core.head,
        layer,
        rows,
        vocabulary,
    }
}

impl Parts {
    fn all(&mut self) -> [&mut Vec<u8>; 4] {
        [
            &mut self.head,
            &mut self.layer,
            &mut self.rows,
            &mut self.vocabulary,
        ]
    }

    fn open(&self) -> Result<Encoder, Error> {
        let vocabulary = Vocabulary::open(&self.vocabulary)?;
        Encoder::from_parts(&self.head, &[&self.layer], &self.rows, vocabulary)
    }

    /// Names each part by what it is now, so that what is read behind the names is reached.
    fn seal(&mut self) {
        let name = |bytes: &[u8]| crc32(bytes).to_le_bytes();
        if let Some(at) = self.head.len().checked_sub(4) {
            self.head[at..].copy_from_slice(&name(&self.layer));
        }
        if self.rows.len() >= 8 {
            self.rows[..4].copy_from_slice(&name(&self.head));
            self.rows[4..8].copy_from_slice(&name(&self.vocabulary));
        }
    }
}

/// CRC-32 (ISO-HDLC), bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
    let byte = |crc: u32, &byte: &u8| (0..8).fold(crc ^ u32::from(byte), step);
    !bytes.iter().fold(u32::MAX, byte)
}

fn vector(encoder: &mut Encoder, text: &str) -> Result<Vec<f32>, Error> {
    let mut out = Vec::new();
    encoder.encode(text, Role::Query, &mut out)?;
    Ok(out)
}

#[test]
fn an_encoder_in_parts_is_close_to_its_model_whatever_the_order_of_its_tokens() {
    let file = tiny(1).unwrap();
    let mut whole = Encoder::open(shelf::unwrap(Kind::Model, &file).unwrap()).unwrap();
    let mut own = of_model(1, &keep()).open().unwrap();
    let in_order: Vec<u32> = (0..77).collect();
    let mut ordered = of_model(1, &in_order).open().unwrap();
    for text in ["robots walk", "a", "", "x€y 42"] {
        let (a, b) = (vector(&mut whole, text), vector(&mut own, text));
        let cosine: f32 = a
            .unwrap()
            .iter()
            .zip(b.as_ref().unwrap())
            .map(|(a, b)| a * b)
            .sum();
        assert!(cosine > 0.97, "{text:?} {cosine}");
        assert_eq!(vector(&mut ordered, text), b);
    }
}

#[test]
fn the_core_is_the_same_for_all_books_and_long_texts_are_cut() {
    let (one, other) = (of_model(1, &keep()), of_model(1, &[0, 1, 2, 3, 4, 5, 50]));
    assert_eq!((&one.head, &one.layer), (&other.head, &other.layer));
    assert_ne!(one.rows, other.rows);
    let mut encoder = one.open().unwrap();
    let long = "a ".repeat(400);
    let tokens = encoder.tokens(&long, Role::Query).unwrap();
    assert_eq!(tokens.len(), parts::MAX_POSITIONS);
    // The tokens whose places are 2 and 3 are [CLS] and [SEP].
    assert_eq!((tokens[0], tokens[255]), (2, 3));
}

#[test]
fn parts_of_different_encoders_or_books_do_not_mix() {
    let (one, other) = (of_model(1, &keep()), of_model(2, &keep()));
    let mut reversed = keep();
    reversed[5..].reverse();
    let book = of_model(1, &reversed);
    let mixed = [
        Parts {
            head: other.head.clone(),
            ..one.clone()
        },
        Parts {
            layer: other.layer.clone(),
            ..one.clone()
        },
        Parts {
            rows: other.rows.clone(),
            ..one.clone()
        },
        Parts {
            rows: book.rows.clone(),
            ..one.clone()
        },
        Parts {
            vocabulary: book.vocabulary.clone(),
            ..one.clone()
        },
    ];
    for (case, parts) in mixed.iter().enumerate() {
        assert_eq!(parts.open().unwrap_err().code(), "shelf-mixed", "{case}");
    }
    let vocabulary = Vocabulary::open(&one.vocabulary).unwrap();
    let layers: [&[u8]; 2] = [&one.layer, &one.layer];
    let error = Encoder::from_parts(&one.head, &layers, &one.rows, vocabulary).unwrap_err();
    assert_eq!(error.code(), "shelf-mixed");
}

#[test]
fn every_cut_and_every_byte_too_many_is_an_error() {
    let mut whole = of_model(1, &keep());
    for part in 0..4 {
        let length = whole.all()[part].len();
        for cut in 0..=length {
            let mut damaged = whole.clone();
            damaged.all()[part].truncate(cut);
            if cut == length {
                damaged.all()[part].push(b'x');
            }
            damaged.seal();
            let outcome = damaged.open();
            assert!(outcome.is_err(), "part {part} cut at {cut} of {length}");
        }
    }
}

#[test]
fn a_flipped_bit_is_an_error() {
    let mut whole = of_model(1, &keep());
    for part in 0..4 {
        for bit in (0..whole.all()[part].len() * 8).step_by(13) {
            let mut damaged = whole.clone();
            damaged.all()[part][bit / 8] ^= 1 << (bit % 8);
            // Values and scales of word vectors mean something whatever they are; the checksum
            // of their section is what tells.
            let values = part == 2 && bit / 8 >= 8;
            assert!(values || damaged.open().is_err(), "part {part} bit {bit}");
        }
    }
}

#[test]
fn damage_with_names_that_fit_gives_an_error_or_an_encoder_that_works() {
    let whole = of_model(1, &keep());
    let mut state = 7u64;
    let mut below = |limit: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as usize) % limit
    };
    let mut opened = 0;
    for round in 0..6_000 {
        let mut damaged = whole.clone();
        let part = below(4);
        for _ in 0..=below(3) {
            let bytes = &mut damaged.all()[part][..];
            // Sizes and counts stand at the front; the rest is hit often enough.
            let reach = [bytes.len(), bytes.len().min(64)][below(2)];
            bytes[below(reach)] = [0, 1, b'\n', 0x7f, 0x80, 0xff, below(256) as u8][below(7)];
        }
        damaged.seal();
        if let Ok(mut encoder) = damaged.open() {
            opened += 1;
            let out = vector(&mut encoder, "robots walk \u{20ac} 42");
            assert!(
                out.is_err() || out.is_ok_and(|out| out.len() == 32),
                "round {round}"
            );
        }
    }
    assert!(opened > 1_000, "{opened}: the test reaches little");
}

#[test]
fn a_book_keeps_common_tokens_its_own_and_what_words_fall_into() {
    let file = tiny(1).unwrap();
    let payload = shelf::unwrap(Kind::Model, &file).unwrap();
    let vocabulary = ModelVocabulary::open(payload).unwrap();
    assert_eq!(vocabulary.keep(&[7]), (0..77).collect::<Vec<_>>());
    assert_eq!(vocabulary.token(2), Some("[CLS]"));
    assert_eq!(vocabulary.token(77), None);
    assert!(vocabulary.for_book(&[2, 3, 77]).is_err());
    // Without a token for unknown words it would be of no use.
    assert!(vocabulary.for_book(&[2, 3, 5]).is_err());
}
