//! A tiny encoder made in code, for tests that need a model but not its judgement.
//!
//! It has the files of a sentence-transformers folder, so importing is tested along the way. Its
//! vocabulary is the letters and digits, so it reads any text; its weights are pseudo-random, so
//! texts that share letters come out closer than texts that do not.

use lectern_core::encoder::Role;
use safetensors::tensor::{Dtype, TensorView, serialize};
use serde_json::{Value, json};

use super::{Folder, ModelError, import, with_general};
use crate::{Embedder, IndexError, Indexer, Pending, general_part};

const HIDDEN: usize = 32;
const INTERMEDIATE: usize = 64;
const POSITIONS: usize = 300;

/// The files of a model folder of one layer, 32 wide.
#[derive(Debug, Clone)]
pub struct TinyFolder {
    /// `config.json`.
    pub config: Vec<u8>,
    /// `tokenizer.json`.
    pub tokenizer: Vec<u8>,
    /// `model.safetensors`.
    pub weights: Vec<u8>,
}

/// A Lectern model file of the tiny encoder; `seed` chooses its weights.
pub fn tiny(seed: u64) -> Result<Vec<u8>, ModelError> {
    tiny_with_words(seed, 0)
}

/// A Lectern model file of the tiny encoder that knows the words `w0`, `w1` and so on too.
pub fn tiny_with_words(seed: u64, words: usize) -> Result<Vec<u8>, ModelError> {
    let folder = folder(seed, words)?;
    import(&Folder {
        name: "tiny",
        config: &folder.config,
        tokenizer: &folder.tokenizer,
        weights: &folder.weights,
        modules: None,
        pooling: None,
        prompts: None,
    })
}

/// The same with a general part that shortens its vectors to `dims` values.
pub fn tiny_with_general(seed: u64, dims: usize) -> Result<Vec<u8>, IndexError> {
    let model = tiny(seed)?;
    let words = [
        "robot", "gait", "lens", "torque", "axis", "9 volts", "q", "x7",
    ];
    let texts: Vec<String> = (0..64)
        .map(|i| format!("{} {}", words[i % 8], words[i / 8]))
        .collect();
    let roles: Vec<(&str, Role)> = texts.iter().map(|text| (&text[..], Role::Query)).collect();
    let embeddings = Embedder::open(&model)?.embed_batch(&roles)?;
    let general = general_part(&model, &texts, &embeddings, dims, &mut |_| {})?;
    Ok(with_general(&model, &general)?)
}

/// Gives an indexer the vectors of all texts that it names, by this model file.
pub fn embed_pending(indexer: &mut Indexer, model: &[u8]) -> Result<(), IndexError> {
    let mut embedder = Embedder::open(model)?;
    for Pending { key, role, text } in indexer.pending() {
        for vector in embedder.embed_batch(&[(&text, role)])? {
            indexer.set_vector(key.clone(), vector)?;
        }
    }
    Ok(())
}

/// The tiny encoder as sentence-transformers would keep it on disk.
pub fn tiny_folder(seed: u64) -> Result<TinyFolder, ModelError> {
    folder(seed, 0)
}

fn folder(seed: u64, words: usize) -> Result<TinyFolder, ModelError> {
    let vocabulary = vocabulary(words);
    let config = json!({
        "model_type": "bert",
        "vocab_size": vocabulary.len(),
        "hidden_size": HIDDEN,
        "num_hidden_layers": 1,
        "num_attention_heads": 4,
        "intermediate_size": INTERMEDIATE,
        "max_position_embeddings": POSITIONS,
        "hidden_act": "gelu",
    });
    Ok(TinyFolder {
        config: config.to_string().into_bytes(),
        tokenizer: tokenizer(&vocabulary).to_string().into_bytes(),
        weights: weights(seed, vocabulary.len())?,
    })
}

/// Special tokens, then each letter and digit at the start of a word and inside one, then words.
fn vocabulary(words: usize) -> Vec<String> {
    let characters = || ('a'..='z').chain('0'..='9');
    let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].map(str::to_owned);
    let starts = characters().map(String::from);
    let insides = characters().map(|c| format!("##{c}"));
    let words = (0..words).map(|word| format!("w{word}"));
    let characters = special.into_iter().chain(starts).chain(insides);
    characters.chain(words).collect()
}

fn tokenizer(vocabulary: &[String]) -> Value {
    let ids = vocabulary
        .iter()
        .enumerate()
        .map(|(id, token)| (token.clone(), json!(id)));
    let added = vocabulary
        .iter()
        .enumerate()
        .take_while(|(_, token)| token.starts_with('['));
    let added = added.map(|(id, token)| {
        json!({
            "id": id, "content": token, "special": true, "normalized": false,
            "single_word": false, "lstrip": false, "rstrip": false,
        })
    });
    json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": added.collect::<Vec<_>>(),
        "normalizer": {
            "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
            "strip_accents": null, "lowercase": true,
        },
        "pre_tokenizer": { "type": "BertPreTokenizer" },
        "post_processor": null,
        "decoder": null,
        "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100, "vocab": ids.collect::<serde_json::Map<_, _>>(),
        },
    })
}

fn weights(seed: u64, vocabulary: usize) -> Result<Vec<u8>, ModelError> {
    let mut random = Random(seed);
    // Of their own, so that models of more words have the same layers.
    let mut random_words = Random(!seed);
    let tensors: Vec<(String, Vec<usize>, Vec<u8>)> = shapes(vocabulary)
        .into_iter()
        .map(|(name, shape)| {
            // A normalisation leaves its input as it is; the rest is small.
            let (centre, spread) = match name.as_str() {
                name if name.ends_with("LayerNorm.weight") => (1.0, 0.0),
                name if name.ends_with("bias") => (0.0, 0.0),
                _ => (0.0, 0.5),
            };
            let count = shape.iter().product();
            let random = match name.contains("word_embeddings") {
                true => &mut random_words,
                false => &mut random,
            };
            let values = (0..count).map(|_| centre + spread * random.next());
            let bytes = values.flat_map(f32::to_le_bytes).collect();
            (name, shape, bytes)
        })
        .collect();
    let fail = |what: String| ModelError::File {
        file: "model.safetensors",
        what,
    };
    let views: Result<Vec<_>, _> = tensors
        .iter()
        .map(|(name, shape, bytes)| Ok((name, TensorView::new(Dtype::F32, shape.clone(), bytes)?)))
        .collect();
    views
        .and_then(|views| serialize(views, None))
        .map_err(|e| fail(e.to_string()))
}

fn shapes(vocabulary: usize) -> Vec<(String, Vec<usize>)> {
    let mut shapes = vec![
        (
            "embeddings.word_embeddings.weight".to_owned(),
            vec![vocabulary, HIDDEN],
        ),
        (
            "embeddings.position_embeddings.weight".to_owned(),
            vec![POSITIONS, HIDDEN],
        ),
        (
            "embeddings.token_type_embeddings.weight".to_owned(),
            vec![2, HIDDEN],
        ),
    ];
    let mut pair = |name: &str, shape: &[usize]| {
        shapes.push((format!("{name}.weight"), shape.to_vec()));
        shapes.push((format!("{name}.bias"), vec![shape[0]]));
    };
    pair("embeddings.LayerNorm", &[HIDDEN]);
    for part in ["self.query", "self.key", "self.value", "output.dense"] {
        pair(
            &format!("encoder.layer.0.attention.{part}"),
            &[HIDDEN, HIDDEN],
        );
    }
    pair("encoder.layer.0.attention.output.LayerNorm", &[HIDDEN]);
    pair(
        "encoder.layer.0.intermediate.dense",
        &[INTERMEDIATE, HIDDEN],
    );
    pair("encoder.layer.0.output.dense", &[HIDDEN, INTERMEDIATE]);
    pair("encoder.layer.0.output.LayerNorm", &[HIDDEN]);
    shapes
}

/// SplitMix64 (Steele, Lea & Flood 2014), as values from −1 to 1.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z >> 40) as f32 / (1u32 << 23) as f32 - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tiny_model_reads_any_text_and_its_seed_decides() {
        let model = tiny(1).unwrap();
        assert_eq!(model, tiny(1).unwrap());
        assert_ne!(model, tiny(2).unwrap());
        let mut embedder = Embedder::open(&model).unwrap();
        let texts = [("a robot", Role::Passage), ("robots", Role::Passage)];
        let vectors = embedder.embed_batch(&texts).unwrap();
        assert_ne!(vectors[0], vectors[1]);
        assert_eq!(vectors[0].len(), HIDDEN + size_of::<f32>());
    }
}
