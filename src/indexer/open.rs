//! Opening of a shelf from its files, wherever they are.

use lectern_core::Error;
use lectern_core::search::{Searcher, Tier, open_core};
use lectern_core::shelf::parts::{Part, Parts};
use lectern_core::shelf::{Kind, MANIFEST, Manifest, check_version, unwrap};

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

/// Opens a shelf for search by words, and by meaning with the encoder `tier`, all of it at once.
pub fn open(read: &mut ReadFile<'_>, tier: Tier) -> Result<(Manifest, Searcher), OpenError> {
    let manifest = parse_manifest(&read_file(read, MANIFEST)?)?;
    let mut files = Files {
        manifest: &manifest,
        read,
    };
    let mut searcher = Searcher::open(
        &files.section(Kind::Catalog)?,
        &files.section(Kind::Text)?,
        &files.section(Kind::Words)?,
    )?;
    if tier != Tier::None {
        let graph = manifest.find(Kind::Graph);
        let graph = graph.map(|_| files.section(Kind::Graph)).transpose()?;
        searcher.add_meaning(
            &files.section(Kind::Vectors)?,
            graph.as_deref(),
            &files.section(Kind::Vocabulary)?,
        )?;
    }
    match tier {
        Tier::None => {}
        Tier::Small => {
            let blocks = searcher.add_small(&files.section(Kind::Small)?)?;
            for (place, block) in files.parts(Kind::Block, &blocks)?.iter().enumerate() {
                searcher.add_block(place, block)?;
            }
        }
        Tier::Full => {
            let core = files.section(Kind::Core)?;
            let (layers, _, _) = open_core(unwrap(Kind::Core, &core)?)?;
            let layers = files.parts(Kind::Layer, &layers)?;
            searcher.add_full(&core, &layers, &files.section(Kind::Rows)?)?;
        }
        Tier::Relay => searcher.use_relay()?,
    }
    Ok((manifest, searcher))
}

/// The files of a shelf.
struct Files<'a, 'r> {
    manifest: &'a Manifest,
    read: &'a mut ReadFile<'r>,
}

impl Files<'_, '_> {
    fn section(&mut self, kind: Kind) -> Result<Vec<u8>, OpenError> {
        let file = self.manifest.section(kind)?;
        let stored = read_file(self.read, &file.file)?;
        Ok(inflate_file(kind, stored, file.stored, file.size)?)
    }

    fn parts(&mut self, kind: Kind, parts: &Parts) -> Result<Vec<Vec<u8>>, OpenError> {
        let mut part = |part: Part| -> Result<Vec<u8>, OpenError> {
            let stored = read_file(self.read, &part.file(kind))?;
            Ok(inflate_file(
                kind,
                stored,
                part.stored.into(),
                part.size.into(),
            )?)
        };
        parts.iter().map(&mut part).collect()
    }
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

/// A section or part from the bytes of its file, which must be as many as was said, stored and
/// inflated.
pub fn inflate_file(kind: Kind, bytes: Vec<u8>, stored: u64, size: u64) -> Result<Vec<u8>, Error> {
    let (section, need, have) = (kind.name(), stored, bytes.len() as u64);
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
    let inflated = inflate(bytes, size).map_err(|_| Error::Checksum { section })?;
    if inflated.len() as u64 == size {
        Ok(inflated)
    } else {
        Err(Error::Corrupt {
            section,
            what: "it has another size than was said",
        })
    }
}

fn read_file(read: &mut ReadFile<'_>, name: &str) -> Result<Vec<u8>, OpenError> {
    read(name).map_err(|source| OpenError::Read {
        name: name.to_owned(),
        source,
    })
}
