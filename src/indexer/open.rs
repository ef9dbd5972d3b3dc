//! Opening of a shelf from its files, wherever they are.

use lectern_core::Error;
use lectern_core::search::{Need, Options, ROUNDS, Searcher, Tier, open_core};
use lectern_core::shelf::family::LARGEST_PART;
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

/// Which vectors a query is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scan {
    /// All of them.
    #[default]
    All,
    /// Those of the cells nearest to it, as in a browser. Nothing is read before [`bring`] is told of a
    /// query.
    Cells,
}

/// Opens a shelf for search by words, and by meaning with the encoder `tier`, all of it at once.
pub fn open(
    read: &mut ReadFile<'_>,
    tier: Tier,
    scan: Scan,
) -> Result<(Manifest, Searcher), OpenError> {
    let manifest = parse_manifest(&read_file(read, MANIFEST)?)?;
    let mut files = Files {
        manifest: &manifest,
        read,
    };
    let mut searcher = Searcher::open(&files.section(Kind::Directory)?, &manifest.lang)?;
    if tier != Tier::None {
        searcher.add_meaning(&files.section(Kind::Cells)?)?;
    }
    if scan == Scan::All {
        for kind in [
            Kind::Terms,
            Kind::Spelling,
            Kind::Group,
            Kind::Addresses,
            Kind::Cell,
        ] {
            files.family(kind, &mut searcher)?;
        }
    }
    if tier != Tier::None && scan == Scan::All {
        let graph = manifest.find(Kind::Graph);
        let graph = graph.map(|_| files.section(Kind::Graph)).transpose()?;
        searcher.compare_all(graph.as_deref())?;
    }
    match tier {
        Tier::None => {}
        Tier::Small => searcher.use_small()?,
        Tier::Full => {
            let core = files.section(Kind::Core)?;
            let (layers, _, _) = open_core(unwrap(Kind::Core, &core)?)?;
            let layers = files.parts(Kind::Layer, &layers)?;
            let (vocabulary, rows) = (files.section(Kind::Vocabulary)?, files.section(Kind::Rows)?);
            searcher.add_full(&vocabulary, &core, &layers, &rows)?;
        }
        Tier::Relay => searcher.use_relay()?,
    }
    Ok((manifest, searcher))
}

/// Files that were read at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// How many.
    pub files: usize,
    /// Their bytes as stored.
    pub bytes: usize,
}

/// Reads what a query needs, as a browser fetches it: round by round, [`ROUNDS`] at most.
pub fn bring(
    read: &mut ReadFile<'_>,
    searcher: &mut Searcher,
    query: &str,
    options: &Options,
) -> Result<Vec<Round>, OpenError> {
    let mut rounds = Vec::new();
    while rounds.len() < ROUNDS {
        let Some(round) = bring_round(read, searcher, query, options)? else {
            break;
        };
        rounds.push(round);
    }
    Ok(rounds)
}

/// Reads the next round of what a query needs; `None` when that is nothing more.
pub fn bring_round(
    read: &mut ReadFile<'_>,
    searcher: &mut Searcher,
    query: &str,
    options: &Options,
) -> Result<Option<Round>, OpenError> {
    let needs = searcher.needs(query, options)?;
    let mut round = Round { files: 0, bytes: 0 };
    for need in needs {
        let Need::Part(member) = need else { continue };
        let stored = read_file(read, &member.file())?;
        round.files += 1;
        round.bytes += stored.len();
        searcher.add_part(member, &inflate_part(member.kind, stored)?)?;
    }
    Ok((round.files > 0).then_some(round))
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

    fn family(&mut self, kind: Kind, searcher: &mut Searcher) -> Result<(), OpenError> {
        for member in searcher.family(kind).clone().members(kind) {
            let stored = read_file(self.read, &member.file())?;
            searcher.add_part(member, &inflate_part(kind, stored)?)?;
        }
        Ok(())
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

/// A numbered file from its bytes as stored. Nobody has said how many it has, but its header does.
pub fn inflate_part(kind: Kind, stored: Vec<u8>) -> Result<Vec<u8>, Error> {
    let section = kind.name();
    let inflated = inflate(stored, LARGEST_PART).map_err(|_| Error::Checksum { section })?;
    match inflated.len() as u64 {
        size if size <= LARGEST_PART => Ok(inflated),
        _ => Err(Error::Corrupt {
            section,
            what: "its file is too long",
        }),
    }
}

fn read_file(read: &mut ReadFile<'_>, name: &str) -> Result<Vec<u8>, OpenError> {
    read(name).map_err(|source| OpenError::Read {
        name: name.to_owned(),
        source,
    })
}
