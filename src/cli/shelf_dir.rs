//! A shelf's folder, opened.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use lectern_core::search::{Mode, Searcher};
use lectern_core::shelf::{Kind, MANIFEST, Manifest};
use lectern_indexer::{inflate_section, parse_manifest};

use crate::files;

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

    /// Checks the bytes of the manifest.
    pub fn parse(dir: &Path, manifest: &[u8]) -> Result<Self> {
        Ok(Self {
            dir: dir.to_owned(),
            manifest: parse_manifest(manifest)?,
        })
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// A section's file as it is stored.
    pub fn stored(&self, kind: Kind) -> Result<Vec<u8>> {
        let path = self.dir.join(&self.manifest.section(kind)?.file);
        if !path.exists() {
            bail!(
                "the shelf is incomplete, {} is missing: copy the whole folder again, \
                 or rebuild it with `lectern index`",
                path.display()
            );
        }
        files::read(&path)
    }

    /// A section, inflated.
    pub fn section(&self, kind: Kind) -> Result<Vec<u8>> {
        self.inflate(kind, self.stored(kind)?)
    }

    /// A section from the bytes of its file.
    pub fn inflate(&self, kind: Kind, stored: Vec<u8>) -> Result<Vec<u8>> {
        Ok(inflate_section(&self.manifest, kind, stored)?)
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
