//! The files of a sentence-transformers folder, from a disk or from a Python package.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use anyhow::{Context, Result, bail};
use lectern_indexer::model::{self, Folder};
use zip::ZipArchive;
use zip::result::ZipError;

const CONFIG: &str = "config.json";
const TOKENIZER: &str = "tokenizer.json";
const WEIGHTS: &str = "model.safetensors";

/// The files in memory.
#[derive(Debug)]
pub struct ModelFolder {
    config: Vec<u8>,
    tokenizer: Vec<u8>,
    /// The weights, as safetensors.
    pub weights: Vec<u8>,
    modules: Option<Vec<u8>>,
    pooling: Option<Vec<u8>>,
    prompts: Option<Vec<u8>>,
}

impl ModelFolder {
    /// Reads a folder on disk.
    pub fn read(dir: &Path) -> Result<Self> {
        if !dir.is_dir() {
            bail!(
                "there is no folder {}: name a sentence-transformers folder",
                dir.display()
            );
        }
        let remedy = |name| remedy(name, |other| dir.join(other).exists());
        Self::collect(&mut |name| read_optional(&dir.join(name)), remedy)
            .with_context(|| format!("{} cannot be imported", dir.display()))
    }

    /// Reads the folder `inside` a zip archive.
    pub fn unzip(archive: &Path, inside: &str) -> Result<Self> {
        let context = || format!("cannot read {}", archive.display());
        let mut zip = ZipArchive::new(File::open(archive).with_context(context)?)?;
        let mut read = |name: &str| match zip.by_name(&format!("{inside}/{name}")) {
            Err(ZipError::FileNotFound) => Ok(None),
            Err(error) => Err(error.into()),
            Ok(mut file) => {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes)?;
                Ok(Some(bytes))
            }
        };
        Self::collect(&mut read, |_| "the package is incomplete").with_context(context)
    }

    /// Converts it to a model file.
    pub fn import(&self, name: &str) -> Result<Vec<u8>> {
        let folder = Folder {
            name,
            config: &self.config,
            tokenizer: &self.tokenizer,
            weights: &self.weights,
            modules: self.modules.as_deref(),
            pooling: self.pooling.as_deref(),
            prompts: self.prompts.as_deref(),
        };
        Ok(model::import(&folder)?)
    }

    /// Takes each file from `read`; `remedy` says what to do about one that must be there and is not.
    fn collect(
        read: &mut dyn FnMut(&str) -> Result<Option<Vec<u8>>>,
        remedy: impl Fn(&'static str) -> &'static str,
    ) -> Result<Self> {
        let mut required = |name| {
            let found = read(name)?;
            found.with_context(|| format!("{name} is missing: {}", remedy(name)))
        };
        Ok(Self {
            config: required(CONFIG)?,
            tokenizer: required(TOKENIZER)?,
            weights: required(WEIGHTS)?,
            modules: read("modules.json")?,
            pooling: read("1_Pooling/config.json")?,
            prompts: read("config_sentence_transformers.json")?,
        })
    }
}

fn read_optional(path: &Path) -> Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        bytes => {
            Ok(Some(bytes.with_context(|| {
                format!("cannot read {}", path.display())
            })?))
        }
    }
}

/// What to do about a missing file, going by what is there instead.
fn remedy(missing: &str, exists: impl Fn(&str) -> bool) -> &'static str {
    match missing {
        WEIGHTS if exists("model.safetensors.index.json") => {
            "its weights are in several files. Load the model with transformers and save it with \
             save_pretrained(DIR, max_shard_size=\"5GB\")"
        }
        WEIGHTS if exists("pytorch_model.bin") => {
            "its weights are in the format of PyTorch. Load the model with transformers and save it \
             with save_pretrained(DIR, safe_serialization=True)"
        }
        TOKENIZER if exists("vocab.txt") => {
            "it has the vocabulary alone. Load AutoTokenizer from it with transformers and save that \
             with save_pretrained(DIR)"
        }
        _ => "name the folder of a BERT-family sentence-transformers model",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_goes_by_what_is_there() {
        assert!(remedy(WEIGHTS, |name| name == "pytorch_model.bin").contains("safe_serialization"));
        assert!(remedy(TOKENIZER, |name| name == "vocab.txt").contains("AutoTokenizer"));
        assert!(remedy(CONFIG, |_| false).contains("sentence-transformers"));
    }
}
