//! From a sentence-transformers folder to Lectern's weight file.

use lectern_core::encoder::weights::{write_f32s, write_matrix};
use lectern_core::encoder::{self, Activation, Config, Encoder, Pooling};
use lectern_core::shelf::codec::Writer;
use lectern_core::shelf::{self, Kind};
use serde::Deserialize;
use serde_json::Value;

use super::ModelError;
use super::tensors::Tensors;

/// The files of a sentence-transformers folder that matter.
#[derive(Debug, Clone, Copy)]
pub struct Folder<'a> {
    /// Name for people, such as the folder's.
    pub name: &'a str,
    /// `config.json`.
    pub config: &'a [u8],
    /// `tokenizer.json`.
    pub tokenizer: &'a [u8],
    /// `model.safetensors`.
    pub weights: &'a [u8],
    /// `modules.json`, where there is one.
    pub modules: Option<&'a [u8]>,
    /// `1_Pooling/config.json`, where there is one.
    pub pooling: Option<&'a [u8]>,
    /// `config_sentence_transformers.json`, where there is one.
    pub prompts: Option<&'a [u8]>,
}

/// The part of `config.json` that shapes a BERT.
#[derive(Debug, Deserialize)]
struct BertConfig {
    model_type: String,
    vocab_size: usize,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    max_position_embeddings: usize,
    hidden_act: String,
    #[serde(default = "default_epsilon")]
    layer_norm_eps: f32,
    #[serde(default = "default_positions")]
    position_embedding_type: String,
}

/// The default of `transformers`' `BertConfig`.
fn default_epsilon() -> f32 {
    1e-12
}

/// The default of `transformers`' `BertConfig`.
fn default_positions() -> String {
    "absolute".into()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PoolingConfig {
    pooling_mode_cls_token: bool,
    pooling_mode_mean_tokens: bool,
    pooling_mode_max_tokens: bool,
    pooling_mode_mean_sqrt_len_tokens: bool,
}

/// Converts a folder into a weight file and opens the result once, so that a file that was
/// written can be used.
pub fn import(folder: &Folder<'_>) -> Result<Vec<u8>, ModelError> {
    check_modules(folder)?;
    let bert: BertConfig = json("config.json", folder.config)?;
    let tokenizer = super::vocabulary::read(folder.tokenizer)?;
    let config = config(folder, &bert, &tokenizer)?;
    let tensors = Tensors::open(folder.weights)?;
    let weights = weights(&tensors, &config)?;
    let payload = encoder::write(
        &config,
        &tokenizer.payload(config.vocabulary)?,
        &[],
        &weights,
    );
    Encoder::open(&payload)?;
    Ok(shelf::wrap(Kind::Model, &payload))
}

/// A model file with a general part, as [`crate::general_part`] makes it, in place of the one it had.
pub fn with_general(model: &[u8], general: &[u8]) -> Result<Vec<u8>, ModelError> {
    let payload = encoder::with_general(shelf::unwrap(Kind::Model, model)?, general)?;
    Ok(shelf::wrap(Kind::Model, &payload))
}

fn json<'a, T: Deserialize<'a>>(file: &'static str, bytes: &'a [u8]) -> Result<T, ModelError> {
    serde_json::from_slice(bytes).map_err(|e| ModelError::File {
        file,
        what: e.to_string(),
    })
}

/// Refuses pipelines with steps that would be lost, such as a dense layer after pooling.
fn check_modules(folder: &Folder<'_>) -> Result<(), ModelError> {
    const KNOWN: [&str; 3] = ["Transformer", "Pooling", "Normalize"];
    let Some(bytes) = folder.modules else {
        return Ok(());
    };
    let modules: Vec<Value> = json("modules.json", bytes)?;
    for module in &modules {
        let kind = module["type"].as_str().unwrap_or_default();
        let name = kind.rsplit('.').next().unwrap_or_default();
        if !KNOWN.contains(&name) {
            return Err(ModelError::Unsupported(format!(
                "the model has a step {kind:?}"
            )));
        }
    }
    Ok(())
}

fn config(
    folder: &Folder<'_>,
    bert: &BertConfig,
    tokenizer: &super::vocabulary::Source,
) -> Result<Config, ModelError> {
    if bert.model_type != "bert" || bert.position_embedding_type != "absolute" {
        return Err(ModelError::Unsupported(format!(
            "the model is a {:?} with {:?} positions",
            bert.model_type, bert.position_embedding_type
        )));
    }
    let activation = match bert.hidden_act.as_str() {
        "gelu" => Activation::Gelu,
        "gelu_new" | "gelu_pytorch_tanh" => Activation::GeluTanh,
        "relu" => Activation::Relu,
        other => {
            return Err(ModelError::Unsupported(format!(
                "the activation is {other:?}"
            )));
        }
    };
    let prompts: Value = match folder.prompts {
        Some(bytes) => json("config_sentence_transformers.json", bytes)?,
        None => Value::Null,
    };
    let prompt = |names: [&str; 2]| {
        let found = names
            .into_iter()
            .find_map(|name| prompts["prompts"][name].as_str());
        found.unwrap_or_default().to_owned()
    };
    Ok(Config {
        name: folder.name.to_owned(),
        vocabulary: bert.vocab_size,
        hidden: bert.hidden_size,
        layers: bert.num_hidden_layers,
        heads: bert.num_attention_heads,
        intermediate: bert.intermediate_size,
        positions: bert.max_position_embeddings,
        epsilon: bert.layer_norm_eps,
        activation,
        pooling: pooling(folder)?,
        special: [tokenizer.id("[CLS]")?, tokenizer.id("[SEP]")?],
        query_prompt: prompt(["query", "query"]),
        passage_prompt: prompt(["passage", "document"]),
    })
}

/// Mean where the folder does not say, as sentence-transformers does.
fn pooling(folder: &Folder<'_>) -> Result<Pooling, ModelError> {
    let Some(bytes) = folder.pooling else {
        return Ok(Pooling::Mean);
    };
    let mode: PoolingConfig = json("1_Pooling/config.json", bytes)?;
    let other = mode.pooling_mode_max_tokens || mode.pooling_mode_mean_sqrt_len_tokens;
    match (
        mode.pooling_mode_mean_tokens,
        mode.pooling_mode_cls_token,
        other,
    ) {
        (true, false, false) => Ok(Pooling::Mean),
        (false, true, false) => Ok(Pooling::Cls),
        _ => Err(ModelError::Unsupported(
            "the pooling is neither mean nor CLS alone".into(),
        )),
    }
}

/// Everything after the tokenizer, in the order of [`lectern_core::encoder::weights`].
fn weights(tensors: &Tensors<'_>, config: &Config) -> Result<Vec<u8>, ModelError> {
    let (hidden, inner) = (config.hidden, config.intermediate);
    let mut w = Writer::new();
    let words = tensors.get(
        "embeddings.word_embeddings.weight",
        &[config.vocabulary, hidden],
    )?;
    write_matrix(&mut w, &words, hidden);
    write_matrix(&mut w, &positions(tensors, config)?, hidden);
    norm(tensors, &mut w, "embeddings.LayerNorm", hidden)?;
    for i in 0..config.layers {
        let name = |part: &str| format!("encoder.layer.{i}.{part}");
        let mut qkv = Vec::new();
        let mut bias = Vec::new();
        for part in ["query", "key", "value"] {
            let base = name(&format!("attention.self.{part}"));
            qkv.extend(tensors.get(&format!("{base}.weight"), &[hidden, hidden])?);
            bias.extend(tensors.get(&format!("{base}.bias"), &[hidden])?);
        }
        write_matrix(&mut w, &qkv, hidden);
        write_f32s(&mut w, &bias);
        linear(
            tensors,
            &mut w,
            &name("attention.output.dense"),
            [hidden, hidden],
        )?;
        norm(tensors, &mut w, &name("attention.output.LayerNorm"), hidden)?;
        linear(
            tensors,
            &mut w,
            &name("intermediate.dense"),
            [inner, hidden],
        )?;
        linear(tensors, &mut w, &name("output.dense"), [hidden, inner])?;
        norm(tensors, &mut w, &name("output.LayerNorm"), hidden)?;
    }
    Ok(w.finish())
}

/// Position vectors with the vector of token type 0 added: one text has one type.
fn positions(tensors: &Tensors<'_>, config: &Config) -> Result<Vec<f32>, ModelError> {
    let hidden = config.hidden;
    let name = "embeddings.position_embeddings.weight";
    let mut positions = tensors.get(name, &[config.positions, hidden])?;
    let types = tensors.get("embeddings.token_type_embeddings.weight", &[2, hidden])?;
    for row in positions.chunks_exact_mut(hidden) {
        for (x, t) in row.iter_mut().zip(&types) {
            *x += t;
        }
    }
    Ok(positions)
}

fn norm(tensors: &Tensors<'_>, w: &mut Writer, name: &str, size: usize) -> Result<(), ModelError> {
    for part in ["weight", "bias"] {
        write_f32s(w, &tensors.get(&format!("{name}.{part}"), &[size])?);
    }
    Ok(())
}

fn linear(
    tensors: &Tensors<'_>,
    w: &mut Writer,
    name: &str,
    shape: [usize; 2],
) -> Result<(), ModelError> {
    write_matrix(
        w,
        &tensors.get(&format!("{name}.weight"), &shape)?,
        shape[1],
    );
    write_f32s(w, &tensors.get(&format!("{name}.bias"), &shape[..1])?);
    Ok(())
}
