//! Opening of a shelf from its files, wherever they are.

use lectern_core::Error;
use lectern_core::search::Searcher;
use lectern_core::shelf::{Kind, MANIFEST, Manifest, check_version};

use crate::inflate;

/// Why a shelf cannot be opened.
#[derive(Debug, thiserror::Error)]
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
    Shelf(#[from] Error),
}

/// Gives a shelf's file by its name.
pub type ReadFile<'a> = dyn FnMut(&str) -> std::io::Result<Vec<u8>> + 'a;

/// Opens a whole shelf, for search by words and meaning.
pub fn open(read: &mut ReadFile<'_>) -> Result<(Manifest, Searcher), OpenError> {
    let manifest = parse_manifest(&read_file(read, MANIFEST)?)?;
    let mut section = |kind| -> Result<Vec<u8>, OpenError> {
        let stored = read_file(read, &manifest.section(kind)?.file)?;
        Ok(inflate_section(&manifest, kind, stored)?)
    };
    let mut searcher = Searcher::open(
        &section(Kind::Catalog)?,
        &section(Kind::Text)?,
        &section(Kind::Words)?,
    )?;
    searcher.add_meaning(
        &section(Kind::Vectors)?,
        &section(Kind::Graph)?,
        &section(Kind::Encoder)?,
    )?;
    Ok((manifest, searcher))
}

/// A shelf's manifest from its bytes, checked; its version before anything else.
pub fn parse_manifest(json: &[u8]) -> Result<Manifest, Error> {
    let not_a_shelf = || Error::NotAShelf {
        section: "manifest",
    };
    let value: serde_json::Value = serde_json::from_slice(json).map_err(|_| not_a_shelf())?;
    let version = value["version"].as_u64().ok_or_else(not_a_shelf)?;
    check_version(u16::try_from(version).unwrap_or(u16::MAX))?;
    let (section, what) = ("manifest", "its fields are not as expected");
    let damaged = |_| Error::Corrupt { section, what };
    let manifest: Manifest = serde_json::from_value(value).map_err(damaged)?;
    manifest.check()?;
    Ok(manifest)
}

/// A section from the bytes of its file, which must be as many as the manifest says, stored and
/// inflated.
pub fn inflate_section(manifest: &Manifest, kind: Kind, stored: Vec<u8>) -> Result<Vec<u8>, Error> {
    let file = manifest.section(kind)?;
    let (section, need, have) = (kind.name(), file.stored, stored.len() as u64);
    if have < need {
        return Err(Error::Truncated {
            section,
            need,
            have,
        });
    }
    if have > need {
        return Err(Error::Corrupt {
            section,
            what: "its file is too long",
        });
    }
    // Whatever gzip finds wrong, the file is not what was written.
    let inflated = inflate(stored, file.size).map_err(|_| Error::Checksum { section })?;
    if inflated.len() as u64 == file.size {
        Ok(inflated)
    } else {
        Err(Error::Corrupt {
            section,
            what: "it has another size than the manifest says",
        })
    }
}

fn read_file(read: &mut ReadFile<'_>, name: &str) -> Result<Vec<u8>, OpenError> {
    read(name).map_err(|source| OpenError::Read {
        name: name.to_owned(),
        source,
    })
}
