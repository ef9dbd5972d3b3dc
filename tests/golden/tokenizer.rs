//! The ids of our tokenizer against those of the crate `tokenizers`, whatever the text.

use std::io::Read;
use std::path::{Path, PathBuf};

use lectern_core::encoder::tokenizer::{Settings, Tokenizer, write};
use lectern_core::encoder::{self, Cleaning};
use lectern_core::shelf::codec::{Reader, Writer};
use lectern_core::shelf::{self, Kind};
use serde_json::json;
use tokenizers::pipeline::{EncodeOptions, Override, PipelineToken, PipelineTokenizer};

/// One tokenizer by two hands.
struct Pair {
    ours: Tokenizer,
    theirs: PipelineTokenizer,
    options: EncodeOptions,
    ids: [Vec<u32>; 2],
    tokens: Vec<PipelineToken>,
}

impl Pair {
    fn new(ours: Tokenizer) -> Self {
        let json = tokenizers::canonicalize_str(&json(&ours)).unwrap();
        Self {
            ours,
            theirs: tokenizers::from_json(&json).unwrap(),
            options: EncodeOptions {
                encode_special_tokens: true,
                padding: Override::Off,
                truncation: Override::Off,
                ..EncodeOptions::no_specials()
            },
            ids: Default::default(),
            tokens: Vec::new(),
        }
    }

    /// Fails where the two differ; the count of ids otherwise.
    fn compare(&mut self, text: &str) -> usize {
        let [ours, theirs] = &mut self.ids;
        ours.clear();
        theirs.clear();
        self.tokens.clear();
        self.ours.encode_into(text, ours);
        self.theirs
            .encode_into(text, &self.options, &mut self.tokens)
            .unwrap();
        theirs.extend(self.tokens.iter().map(|token| token.id()));
        assert_eq!(ours, theirs, "{text:?}, {:?}", self.ours.settings());
        ours.len()
    }
}

/// The `tokenizer.json` of a tokenizer.
fn json(tokenizer: &Tokenizer) -> String {
    let Settings {
        cleaning,
        longest_word,
        unknown,
    } = tokenizer.settings();
    let token = |id| tokenizer.token(id).map(|token| (token, id));
    let vocab = (0..tokenizer.size() as u32).filter_map(token);
    let vocab: serde_json::Map<_, _> = vocab.map(|(t, id)| (t.to_owned(), id.into())).collect();
    let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
    let added = special.iter().filter(|&&token| vocab.contains_key(token));
    let added = added.map(|&token| {
        json!({
            "id": vocab[token], "content": token, "special": true, "normalized": false,
            "single_word": false, "lstrip": false, "rstrip": false,
        })
    });
    json!({
        "version": "1.0", "truncation": null, "padding": null, "post_processor": null, "decoder": null,
        "added_tokens": added.collect::<Vec<_>>(),
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": cleaning.clean_text,
            "handle_chinese_chars": cleaning.set_chinese_apart,
            "strip_accents": cleaning.strip_accents,
            "lowercase": cleaning.lower_case,
        },
        "pre_tokenizer": { "type": "BertPreTokenizer" },
        "model": {
            "type": "WordPiece", "unk_token": tokenizer.token(unknown),
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": longest_word, "vocab": vocab,
        },
    })
    .to_string()
}

/// Characters that Unicode may assign, but for the far planes of private use.
fn characters() -> impl Iterator<Item = char> + Clone {
    ('\0'..='\u{323af}')
        .chain('\u{e0000}'..='\u{e01ff}')
        .chain('\u{10fff0}'..=char::MAX)
}

/// A tokenizer that knows every character, at the start of a word and inside one, so that its ids
/// say all about how it has cleaned and cut a text.
fn of_characters(cleaning: Cleaning) -> Tokenizer {
    let visible = characters().filter(|c| !(c.is_whitespace() || *c == '\0'));
    let starts = visible.clone().map(String::from);
    let insides = visible.map(|c| format!("##{c}"));
    let special = ["[UNK]", "[SEP]"].map(str::to_owned);
    let tokens: Vec<String> = special.into_iter().chain(starts).chain(insides).collect();
    let settings = Settings {
        cleaning,
        longest_word: 12,
        unknown: 0,
    };
    let mut w = Writer::new();
    write(&mut w, settings, tokens.iter().map(|token| &token[..]));
    Tokenizer::read(&mut Reader::new("test", &w.finish())).unwrap()
}

fn flags(of: u8) -> Cleaning {
    Cleaning {
        clean_text: of & 1 != 0,
        set_chinese_apart: of & 2 != 0,
        strip_accents: of & 4 != 0,
        lower_case: of & 8 != 0,
    }
}

#[test]
fn every_character_is_read_as_the_crate_reads_it_alone_and_inside_words() {
    let mut pair = Pair::new(of_characters(Cleaning::UNCASED));
    let mut ids = 0;
    for c in characters() {
        ids += pair.compare(&format!("{c} a{c} {c}B e{c}\u{301}\u{323}{c}"));
    }
    assert!(ids > 1_500_000, "{ids}: the test compares little");
}

#[test]
fn mixed_texts_are_read_as_the_crate_reads_them_with_several_settings() {
    let common: Vec<char> = "aZ éÄ\u{301}\u{327}ßİΣσ й가각中字がガ،اُـ٣١ #[]\t\n\u{200d}👩ﬁ"
        .chars()
        .collect();
    let all: Vec<char> = characters().collect();
    // SplitMix64 (Steele, Lea & Flood 2014).
    let mut state = 7u64;
    let mut random = |below: usize| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((z ^ (z >> 27)) >> 24) as usize % below
    };
    for of in [0b0000, 0b0011, 0b0110, 0b1001, 0b1111] {
        let mut pair = Pair::new(of_characters(flags(of)));
        pair.compare("[SEP] and [UNK], sep");
        for _ in 0..4_000 {
            let length = random(40);
            let text: String = (0..length)
                .map(|_| match random(3) {
                    0 => all[random(all.len())],
                    _ => common[random(common.len())],
                })
                .collect();
            pair.compare(&text);
        }
    }
}

#[test]
fn real_texts_are_read_as_the_crate_reads_them() {
    let model = super::model();
    let (_, ours) = encoder::vocabulary(shelf::unwrap(Kind::Model, &model).unwrap()).unwrap();
    let mut pair = Pair::new(ours);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut ids = 0;
    for path in files(&root.join("www/site/docs"), "md") {
        ids += pair.compare(&std::fs::read_to_string(path).unwrap());
    }
    assert!(ids > 50_000, "{ids}: the test compares little");
    // Question sets, where `scripts/bench encoder` looks for them.
    let sets = std::env::var("LECTERN_EVAL");
    let sets = sets.map_or_else(|_| root.join("../shared/eval"), PathBuf::from);
    for path in files(&sets, "gz") {
        let mut text = String::new();
        let file = std::fs::File::open(path).unwrap();
        flate2::read::GzDecoder::new(file)
            .read_to_string(&mut text)
            .unwrap();
        for line in text.lines() {
            pair.compare(line);
        }
    }
}

/// The files with this extension in a folder and all below it; none where it is not there.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    found
}
