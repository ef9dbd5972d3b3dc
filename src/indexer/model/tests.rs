//! What is imported, and what is refused.

use super::testing::{TinyFolder, tiny_folder};
use super::{Folder, ModelError, import};
use lectern_core::encoder::{Encoder, Role};
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
