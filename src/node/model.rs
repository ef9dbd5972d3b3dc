//! Import of a model, so that a site needs no native command to get one.

use js_sys::{Object, Reflect, Uint8Array};
use lectern_indexer::model;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::js_error;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** The files of a sentence-transformers folder that matter. */
export interface ModelFolder {
  /** `config.json` */
  config: Uint8Array;
  /** `tokenizer.json` */
  tokenizer: Uint8Array;
  /** `model.safetensors` */
  weights: Uint8Array;
  /** `modules.json` */
  modules?: Uint8Array;
  /** `1_Pooling/config.json` */
  pooling?: Uint8Array;
  /** `config_sentence_transformers.json` */
  prompts?: Uint8Array;
}
"#;

/// Converts a BERT-family sentence-transformers folder into a Lectern model file.
///
/// `general` is the part that serves the small encoder of every book and takes long to make; without
/// it, a book's small encoder learns from the book alone.
#[wasm_bindgen(js_name = importModel)]
pub fn import_model(
    name: &str,
    #[wasm_bindgen(unchecked_param_type = "ModelFolder")] folder: &Object,
    general: Option<Vec<u8>>,
) -> Result<Vec<u8>, JsValue> {
    let file = |key: &str| -> Option<Vec<u8>> {
        let value = Reflect::get(folder, &key.into()).ok()?;
        Some(value.dyn_into::<Uint8Array>().ok()?.to_vec())
    };
    let needed =
        |key: &str| file(key).ok_or_else(|| js_error(format!("the model's folder has no {key}")));
    let (config, tokenizer, weights) =
        (needed("config")?, needed("tokenizer")?, needed("weights")?);
    let [modules, pooling, prompts] = ["modules", "pooling", "prompts"].map(file);
    let model = model::import(&model::Folder {
        name,
        config: &config,
        tokenizer: &tokenizer,
        weights: &weights,
        modules: modules.as_deref(),
        pooling: pooling.as_deref(),
        prompts: prompts.as_deref(),
    })
    .map_err(js_error)?;
    match general {
        Some(general) => model::with_general(&model, &general).map_err(js_error),
        None => Ok(model),
    }
}
