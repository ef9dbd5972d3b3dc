//! `lectern verify`: whether every byte of a shelf is what it should be.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Result, bail};
use lectern_core::search::Mode;
use lectern_core::shelf::{Kind, unwrap};
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
    let searcher = shelf.searcher(Mode::Hybrid)?;
    searcher.verify()?;
    let (book, manifest) = (searcher.book(), shelf.manifest());
    let counts = [
        ("pages", manifest.pages as usize, book.pages.len()),
        ("passages", manifest.passages as usize, book.passages.len()),
    ];
    for (what, expected, found) in counts {
        if expected != found {
            bail!("the manifest names {expected} {what}, the book has {found}. Rebuild the index");
        }
    }
    Ok(())
}

/// Every file against its name, every section against its header, all of them against the hash of
/// the whole.
fn check_files(shelf: &ShelfDir) -> Result<()> {
    let mut all = Sha256::new();
    for kind in Kind::ALL {
        let entry = shelf.manifest().section(kind)?;
        let stored = shelf.stored(kind)?;
        let digest = Sha256::digest(&stored);
        // First, since "cut short" says more than "another hash".
        let section = shelf.inflate(kind, stored)?;
        if format!("{}.{}.lectern", kind.name(), hex(&digest[..SHOWN])) != entry.file {
            bail!(
                "{} does not hold what its name says (hash). Rebuild the index",
                entry.file
            );
        }
        unwrap(kind, &section)?;
        all.update(Sha256::digest(&section));
    }
    if hex(&all.finalize()[..SHOWN]) != shelf.manifest().hash {
        bail!("the files belong to another manifest (hash). Copy the whole folder again");
    }
    Ok(())
}
