//! Opening of a shelf from its files, wherever they are.

use lectern_core::search::Searcher;
use lectern_core::shelf::{Kind, MANIFEST, Manifest, check_version};
use thiserror::Error;

use crate::inflate;

/// Why a shelf cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// A file cannot be read.
    #[error("{name}: {source}")]
    Read {
        /// Name of the file.
        name: String,
        /// Why.
        source: std::io::Error,
    },
    /// The shelf is damaged, of another version, or no shelf.
    #[error(transparent)]
    Shelf(#[from] lectern_core::Error),
}

/// Gives a shelf's file by its name.
pub type ReadFile<'a> = dyn FnMut(&str) -> std::io::Result<Vec<u8>> + 'a;

/// Opens a whole shelf, for search by words and meaning.
pub fn open(read: &mut ReadFile<'_>) -> Result<(Manifest, Searcher), OpenError> {
    let manifest = open_manifest(read)?;
    let mut section = |kind| open_section(read, &manifest, kind);
    let mut searcher =
        Searcher::open(&section(Kind::Catalog)?, &section(Kind::Text)?, &section(Kind::Words)?)?;
    searcher.add_meaning(
        &section(Kind::Vectors)?,
        &section(Kind::Graph)?,
        &section(Kind::Encoder)?,
    )?;
    Ok((manifest, searcher))
}

/// Reads and checks the manifest of a shelf.
pub fn open_manifest(read: &mut ReadFile<'_>) -> Result<Manifest, OpenError> {
    let section = "manifest";
    let json = read_file(read, MANIFEST)?;
    let value: serde_json::Value = serde_json::from_slice(&json)
        .map_err(|_| lectern_core::Error::NotAShelf { section })?;
    let version = value["version"].as_u64().ok_or(lectern_core::Error::NotAShelf { section })?;
    check_version(u16::try_from(version).unwrap_or(u16::MAX))?;
    let what = "its fields are not as expected";
    let manifest: Manifest = serde_json::from_value(value)
        .map_err(|_| lectern_core::Error::Corrupt { section, what })?;
    manifest.check()?;
    Ok(manifest)
}

/// Reads one section's file, inflated.
pub fn open_section(
    read: &mut ReadFile<'_>,
    manifest: &Manifest,
    kind: Kind,
) -> Result<Vec<u8>, OpenError> {
    let file = manifest.section(kind)?;
    let stored = read_file(read, &file.file)?;
    let (section, need, have) = (kind.name(), file.stored, stored.len() as u64);
    if have < need {
        return Err(lectern_core::Error::Truncated { section, need, have }.into());
    }
    // Whatever gzip finds wrong, the file is not what was written.
    Ok(inflate(stored, file.size).map_err(|_| lectern_core::Error::Checksum { section })?)
}

fn read_file(read: &mut ReadFile<'_>, name: &str) -> Result<Vec<u8>, OpenError> {
    read(name).map_err(|source| OpenError::Read { name: name.to_owned(), source })
}
