//! A shelf's folder, opened.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use lectern_core::Error;
use lectern_core::search::{Mode, Searcher};
use lectern_core::shelf::{Kind, MANIFEST, Manifest, check_version};
use lectern_indexer::inflate;
use serde_json::Value;

use crate::files;

/// Name of the manifest in the library's errors.
const SECTION: &str = "manifest";

/// A folder with a manifest that was read and checked; sections are read when asked for.
#[derive(Debug)]
pub struct ShelfDir {
    dir: PathBuf,
    manifest: Manifest,
}

impl ShelfDir {
    /// Opens a shelf's folder.
    pub fn open(dir: &Path) -> Result<Self> {
        Self::parse(dir, &manifest_bytes(dir)?)
    }

    /// Checks the bytes of the manifest, its version before anything else.
    pub fn parse(dir: &Path, manifest: &[u8]) -> Result<Self> {
        let not_a_shelf = || Error::NotAShelf { section: SECTION };
        let json: Value = serde_json::from_slice(manifest).map_err(|_| not_a_shelf())?;
        let version = json["version"].as_u64().ok_or_else(not_a_shelf)?;
        check_version(u16::try_from(version).unwrap_or(u16::MAX))?;
        let odd = Error::Corrupt {
            section: SECTION,
            what: "its fields are not as expected",
        };
        let manifest: Manifest = serde_json::from_value(json).map_err(|_| odd)?;
        manifest.check()?;
        Ok(Self {
            dir: dir.to_owned(),
            manifest,
        })
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// A section's file as it is stored, with the length its manifest names.
    pub fn stored(&self, kind: Kind) -> Result<Vec<u8>> {
        let entry = self.manifest.section(kind)?;
        let path = self.dir.join(&entry.file);
        if !path.exists() {
            bail!(
                "the shelf is incomplete, {} is missing: copy the whole folder again, \
                 or rebuild it with `lectern index`",
                path.display()
            );
        }
        let bytes = files::read(&path)?;
        let (section, have) = (kind.name(), bytes.len() as u64);
        if have < entry.stored {
            return Err(Error::Truncated {
                section,
                need: entry.stored,
                have,
            }
            .into());
        }
        if have > entry.stored {
            return Err(Error::Corrupt {
                section,
                what: "its file is too long",
            }
            .into());
        }
        Ok(bytes)
    }

    /// A section, inflated.
    pub fn section(&self, kind: Kind) -> Result<Vec<u8>> {
        self.inflate(kind, self.stored(kind)?)
    }

    /// A section from the bytes of its file.
    pub fn inflate(&self, kind: Kind, stored: Vec<u8>) -> Result<Vec<u8>> {
        let entry = self.manifest.section(kind)?;
        let damaged = |_| {
            anyhow!(Error::Checksum {
                section: kind.name()
            })
        };
        let section = inflate(stored, entry.size).map_err(damaged)?;
        if section.len() as u64 != entry.size {
            let what = "it has another size than the manifest says";
            return Err(Error::Corrupt {
                section: kind.name(),
                what,
            }
            .into());
        }
        Ok(section)
    }

    /// The book, open for search in this mode: by words alone the encoder is not even read.
    pub fn searcher(&self, mode: Mode) -> Result<Searcher> {
        let [catalog, text, words] = [Kind::Catalog, Kind::Text, Kind::Words];
        let mut searcher = Searcher::open(
            &self.section(catalog)?,
            &self.section(text)?,
            &self.section(words)?,
        )?;
        if mode != Mode::Words {
            let [vectors, graph, encoder] = [Kind::Vectors, Kind::Graph, Kind::Encoder];
            searcher.add_meaning(
                &self.section(vectors)?,
                &self.section(graph)?,
                &self.section(encoder)?,
            )?;
        }
        Ok(searcher)
    }
}

/// The manifest's bytes; what is said when there are none knows the usual mistakes.
pub fn manifest_bytes(dir: &Path) -> Result<Vec<u8>> {
    let path = dir.join(MANIFEST);
    let bytes = std::fs::read(&path);
    match bytes {
        Err(error) if [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&error.kind()) => {
            bail!("{} is not a shelf: {}", dir.display(), hint(dir))
        }
        bytes => bytes.with_context(|| format!("cannot read {}", path.display())),
    }
}

fn hint(dir: &Path) -> String {
    let inside = dir.join("lectern");
    if inside.join(MANIFEST).exists() {
        return format!("did you mean {}?", inside.display());
    }
    let what = match (dir.is_dir(), dir.exists()) {
        (true, _) => "it holds no manifest.json",
        (false, true) => "it is a file",
        (false, false) => "there is no such folder",
    };
    format!(
        "{what}. Make one with `lectern index BUILD_DIR --out {}`",
        dir.display()
    )
}
