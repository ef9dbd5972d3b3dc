//! A shelf's folder, opened.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use lectern_core::search::{Options, Searcher, Tier, open_core};
use lectern_core::shelf::parts::Parts;
use lectern_core::shelf::{Kind, MANIFEST, Manifest, unwrap};
use lectern_indexer::{OpenError, Round, Scan, inflate_file, parse_manifest};

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

    /// A file of the shelf as it is stored.
    pub fn stored(&self, name: &str) -> Result<Vec<u8>> {
        let path = self.dir.join(name);
        if !path.exists() {
            return Err(self.missing(name));
        }
        files::read(&path)
    }

    /// A section, inflated.
    pub fn section(&self, kind: Kind) -> Result<Vec<u8>> {
        let file = self.manifest.section(kind)?;
        let stored = self.stored(&file.file)?;
        Ok(inflate_file(kind, stored, file.stored, file.size)?)
    }

    /// The layers of the full encoder.
    pub fn layers(&self) -> Result<Parts> {
        let core = self.section(Kind::Core)?;
        Ok(open_core(unwrap(Kind::Core, &core)?)?.0)
    }

    /// The book, open for search with this encoder: without one, what it needs is not even read.
    pub fn searcher(&self, tier: Tier, scan: Scan) -> Result<Searcher> {
        let mut read = |name: &str| std::fs::read(self.dir.join(name));
        let opened = lectern_indexer::open(&mut read, tier, scan);
        let (_, searcher) = opened.map_err(|e| self.explain(e))?;
        Ok(searcher)
    }

    /// Reads what a query needs of a book that is searched as in a browser.
    pub fn bring(
        &self,
        searcher: &mut Searcher,
        query: &str,
        options: &Options,
    ) -> Result<Vec<Round>> {
        let mut read = |name: &str| std::fs::read(self.dir.join(name));
        let brought = lectern_indexer::bring(&mut read, searcher, query, options);
        brought.map_err(|e| self.explain(e))
    }

    fn explain(&self, error: OpenError) -> anyhow::Error {
        match error {
            OpenError::Read { name, source } if source.kind() == ErrorKind::NotFound => {
                self.missing(&name)
            }
            error => error.into(),
        }
    }

    fn missing(&self, name: &str) -> anyhow::Error {
        anyhow!(
            "the shelf is incomplete, {} is missing: copy the whole folder again, \
             or rebuild it with `lectern index`",
            self.dir.join(name).display()
        )
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
