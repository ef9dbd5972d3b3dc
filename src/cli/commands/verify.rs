//! `lectern verify`: whether every byte of a shelf is what it should be.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use lectern_core::meaning::Cells;
use lectern_core::search::{Located, Tier};
use lectern_core::shelf::directory::Directory;
use lectern_core::shelf::family::Family;
use lectern_core::shelf::{Kind, unwrap};
use lectern_indexer::{Scan, inflate_file, inflate_part};
use sha2::{Digest, Sha256};

use crate::Outcome;
use crate::files::hex;
use crate::shelf_dir::{ShelfDir, manifest_bytes};
use crate::terminal::stdout;

const EXAMPLES: &str = "\
Examples:
  lectern verify build/lectern
  lectern verify build/lectern || lectern index build --out build/lectern";

/// Bytes of a hash that names show.
const SHOWN: usize = 8;

/// Arguments of `lectern verify`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder of the shelf
    dir: PathBuf,
}

/// Prints `ok` or the first problem.
pub fn run(args: Args) -> Result<Outcome> {
    let manifest = manifest_bytes(&args.dir)?;
    let found = ShelfDir::parse(&args.dir, &manifest).and_then(|shelf| check(&shelf));
    let mut out = stdout();
    let outcome = match found {
        Ok(()) => {
            writeln!(out, "ok")?;
            Outcome::Yes
        }
        Err(problem) => {
            writeln!(out, "damaged: {problem:#}")?;
            Outcome::No
        }
    };
    out.flush()?;
    Ok(outcome)
}

fn check(shelf: &ShelfDir) -> Result<()> {
    check_files(shelf)?;
    let manifest = shelf.manifest();
    let tiers = match manifest.has_meaning() {
        true => &[Tier::Small, Tier::Full][..],
        false => &[Tier::None],
    };
    for &tier in tiers {
        let searcher = shelf.searcher(tier, Scan::All)?;
        searcher.verify()?;
        let pages: BTreeSet<&str> = searcher
            .pages()
            .iter()
            .map(|(_, at)| &at.page.url[..])
            .collect();
        let counts = [
            ("pages", manifest.pages as usize, pages.len()),
            (
                "passages",
                manifest.passages as usize,
                searcher.pages().iter().count(),
            ),
        ];
        let is_lost = |(number, at): &(u32, Located<'_>)| {
            let page = searcher.page(&at.page.url);
            !page.is_some_and(|page| page.passages.contains(number))
        };
        if let Some((number, at)) = searcher.pages().iter().find(is_lost) {
            let url = &at.page.url;
            bail!("passage {number} is not among those of its page {url:?}. Rebuild the index");
        }
        for (what, expected, found) in counts {
            if expected != found {
                bail!(
                    "the manifest names {expected} {what}, the book has {found}. Rebuild the index"
                );
            }
        }
    }
    Ok(())
}

/// Every file against its name, every section and part against its header, all of them against the
/// hash of the whole.
fn check_files(shelf: &ShelfDir) -> Result<()> {
    let mut all = Sha256::new();
    let directory = shelf.section(Kind::Directory)?;
    let directory = Directory::open(unwrap(Kind::Directory, &directory)?)?;
    for section in &shelf.manifest().sections {
        let kinds = Kind::WORDS.into_iter().chain(Kind::MEANING);
        for kind in kinds.filter(|kind| kind.name() == section.kind) {
            match kind {
                Kind::Directory => {
                    check_family(shelf, Kind::Terms, &directory.terms, &mut all)?;
                    check_family(shelf, Kind::Spelling, &directory.spelling, &mut all)?;
                    check_family(shelf, Kind::Group, &directory.groups, &mut all)?;
                    let addresses = &directory.addresses.family;
                    check_family(shelf, Kind::Addresses, addresses, &mut all)?;
                }
                Kind::Cells => {
                    let cells = shelf.section(Kind::Cells)?;
                    let cells = Cells::open(unwrap(Kind::Cells, &cells)?)?;
                    check_family(shelf, Kind::Cell, cells.family(), &mut all)?;
                }
                Kind::Core => {
                    for part in shelf.layers()?.iter() {
                        let (of, stored, size) =
                            (Kind::Layer, part.stored.into(), part.size.into());
                        check_file(shelf, of, &part.file(of), stored, size, &mut all)?;
                    }
                }
                _ => {}
            }
            let (stored, size) = (section.stored, section.size);
            check_file(shelf, kind, &section.file, stored, size, &mut all)?;
        }
    }
    if hex(&all.finalize()[..SHOWN]) != shelf.manifest().hash {
        bail!("the files belong to another manifest (hash). Copy the whole folder again");
    }
    Ok(())
}

fn check_family(shelf: &ShelfDir, kind: Kind, family: &Family, all: &mut Sha256) -> Result<()> {
    for member in family.members(kind) {
        let name = member.file();
        let section = inflate_part(kind, shelf.stored(&name)?).context(name.clone())?;
        member.unwrap(&section).context(name)?;
        all.update(Sha256::digest(&section));
    }
    Ok(())
}

fn check_file(
    shelf: &ShelfDir,
    kind: Kind,
    name: &str,
    stored: u64,
    size: u64,
    all: &mut Sha256,
) -> Result<()> {
    let bytes = shelf.stored(name)?;
    let digest = Sha256::digest(&bytes);
    // First, since "cut short" says more than "another hash".
    let section = inflate_file(kind, bytes, stored, size)?;
    if format!("{}.{}.lectern", kind.name(), hex(&digest[..SHOWN])) != name {
        bail!("{name} does not hold what its name says (hash). Rebuild the index");
    }
    unwrap(kind, &section)?;
    all.update(Sha256::digest(&section));
    Ok(())
}
