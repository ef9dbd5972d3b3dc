//! What is imported, and what is refused.

use super::testing::{TinyFolder, tiny, tiny_folder, tiny_with_general};
use super::{Folder, ModelError, import, with_general};
use lectern_core::encoder::{self, Encoder, Role};
use lectern_core::shelf::{self, Kind};

fn folder(files: &TinyFolder) -> Folder<'_> {
    Folder {
        name: "tiny",
        config: &files.config,
        tokenizer: &files.tokenizer,
        weights: &files.weights,
        modules: None,
        pooling: None,
        prompts: None,
    }
}

fn vector(folder: &Folder<'_>, role: Role) -> Vec<f32> {
    let file = import(folder).unwrap();
    let mut encoder = Encoder::open(shelf::unwrap(Kind::Model, &file).unwrap()).unwrap();
    let mut out = Vec::new();
    encoder.encode("robots walk", role, &mut out).unwrap();
    out
}

fn refusal(folder: &Folder<'_>) -> String {
    import(folder).unwrap_err().to_string()
}

fn with_config(files: &TinyFolder, key: &str, value: serde_json::Value) -> TinyFolder {
    let mut config: serde_json::Value = serde_json::from_slice(&files.config).unwrap();
    config[key] = value;
    TinyFolder {
        config: config.to_string().into_bytes(),
        ..files.clone()
    }
}

#[test]
fn pooling_is_what_the_folder_says_and_mean_where_it_says_nothing() {
    let files = tiny_folder(1).unwrap();
    let with = |pooling: &'static str| Folder {
        pooling: Some(pooling.as_bytes()),
        ..folder(&files)
    };
    let mean = vector(&with(r#"{"pooling_mode_mean_tokens": true}"#), Role::Query);
    let cls = vector(&with(r#"{"pooling_mode_cls_token": true}"#), Role::Query);
    assert_eq!(vector(&folder(&files), Role::Query), mean);
    assert_ne!(cls, mean);
    let both = r#"{"pooling_mode_mean_tokens": true, "pooling_mode_max_tokens": true}"#;
    assert!(refusal(&with(both)).contains("neither mean nor CLS"));
}

#[test]
fn prompts_go_before_the_texts_they_are_for() {
    let files = tiny_folder(1).unwrap();
    let prompts = br#"{"prompts": {"query": "query: ", "document": ""}}"#;
    let prompted = Folder {
        prompts: Some(prompts),
        ..folder(&files)
    };
    let plain = vector(&folder(&files), Role::Query);
    assert_eq!(vector(&prompted, Role::Passage), plain);
    assert_ne!(vector(&prompted, Role::Query), plain);
}

#[test]
fn what_would_be_lost_or_misread_is_refused() {
    let files = tiny_folder(1).unwrap();
    let dense = br#"[{"type": "sentence_transformers.models.Dense"}]"#;
    let dense = Folder {
        modules: Some(dense),
        ..folder(&files)
    };
    assert!(refusal(&dense).contains("Dense"));
    let other = with_config(&files, "model_type", "roberta".into());
    assert!(refusal(&folder(&other)).contains("roberta"));
    let rotary = with_config(&files, "position_embedding_type", "relative_key".into());
    assert!(refusal(&folder(&rotary)).contains("relative_key"));
    let silu = with_config(&files, "hidden_act", "silu".into());
    assert!(refusal(&folder(&silu)).contains("silu"));
}

#[test]
fn a_tokenizer_that_would_cut_text_otherwise_is_refused() {
    let files = tiny_folder(1).unwrap();
    let with = |pointer: &str, value: serde_json::Value| {
        let mut json: serde_json::Value = serde_json::from_slice(&files.tokenizer).unwrap();
        *json.pointer_mut(pointer).unwrap() = value;
        let tokenizer = json.to_string().into_bytes();
        let files = TinyFolder {
            tokenizer,
            ..files.clone()
        };
        refusal(&folder(&files))
    };
    let kind = serde_json::json!({"type": "Lowercase"});
    assert!(with("/normalizer", kind).contains("Lowercase"));
    let kind = serde_json::json!({"type": "Whitespace"});
    assert!(with("/pre_tokenizer", kind).contains("Whitespace"));
    assert!(with("/model/continuing_subword_prefix", "@@".into()).contains("@@"));
    assert!(with("/model/unk_token", "[unk]".into()).contains("[unk]"));
    assert!(with("/model/vocab/a", 77.into()).contains("config.json"));
    assert!(with("/model/vocab/a", (1u64 << 40).into()).contains("cannot be used"));
    assert!(with("/added_tokens/1/special", false.into()).contains("[UNK]"));
}

#[test]
fn weights_of_another_shape_or_cut_short_are_named() {
    let files = tiny_folder(1).unwrap();
    let wide = with_config(&files, "intermediate_size", 128.into());
    assert!(matches!(
        import(&folder(&wide)),
        Err(ModelError::Tensor { name, .. }) if name == "encoder.layer.0.intermediate.dense.weight"
    ));
    for cut in [0, 7, 100, files.weights.len() - 1] {
        let short = TinyFolder {
            weights: files.weights[..cut].to_vec(),
            ..files.clone()
        };
        assert!(
            refusal(&folder(&short)).contains("Fetch it again"),
            "cut at {cut}"
        );
    }
}

#[test]
fn a_general_part_is_added_replaced_and_taken_out_and_changes_no_vector() {
    let (bare, whole) = (tiny(1).unwrap(), tiny_with_general(1, 16).unwrap());
    assert_eq!(whole, tiny_with_general(1, 16).unwrap());
    let payload = |file| shelf::unwrap(Kind::Model, file).unwrap();
    assert!(encoder::general(payload(&bare)).unwrap().is_none());
    let general = encoder::general(payload(&whole)).unwrap().unwrap();
    assert_eq!(
        (general.projection.dims(), general.projection.width()),
        (16, 32)
    );
    assert_eq!(with_general(&whole, b"").unwrap(), bare);
    let read = |file| {
        let mut out = Vec::new();
        let mut encoder = Encoder::open(payload(file)).unwrap();
        encoder
            .encode("robots walk", Role::Query, &mut out)
            .unwrap();
        out
    };
    assert_eq!(read(&bare), read(&whole));
}

#[test]
fn a_general_part_of_another_model_or_a_damaged_one_is_refused() {
    let model = tiny(1).unwrap();
    // Of vectors of three values and a vocabulary of four tokens.
    let foreign = encoder::general::write(&[1.0, 0.0, 0.0], 3, &[0.5; 4]);
    assert!(with_general(&model, &foreign).is_err());
    let small = encoder::general::write(&[0.5; 32], 32, &[0.5; 4]);
    for damaged in [&small[..], &small[..9], b"x"] {
        assert!(with_general(&model, damaged).is_err());
    }
}
