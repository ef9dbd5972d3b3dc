//! `lectern model info`: what a model file holds.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use lectern_core::encoder::{Config, Encoder};
use lectern_core::shelf::{Kind, unwrap};

use crate::terminal::{harmless, size, stdout};
use crate::{Outcome, files};

const EXAMPLES: &str = "\
Examples:
  lectern model info ~/.cache/lectern/all-MiniLM-L6-v2.lectern";

/// Arguments of `lectern model info`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Model file
    file: PathBuf,
}

/// Prints name, shape, size and hash.
pub fn run(args: Args) -> Result<Outcome> {
    describe(&args.file, &files::read(&args.file)?)?;
    Ok(Outcome::Yes)
}

/// Prints what a model file holds.
pub fn describe(path: &Path, model: &[u8]) -> Result<()> {
    let config = config(model).with_context(|| format!("cannot use {}", path.display()))?;
    let Config {
        hidden,
        layers,
        heads,
        intermediate,
        vocabulary,
        positions,
        ..
    } = config;
    let mut out = stdout();
    writeln!(out, "{}", path.display())?;
    writeln!(out, "  name       {}", harmless(&config.name))?;
    writeln!(
        out,
        "  shape      {layers} layers of {heads} heads, {hidden} wide, {intermediate} inside"
    )?;
    writeln!(
        out,
        "  vocabulary {vocabulary} wordpieces, at most {positions} of them a text"
    )?;
    writeln!(
        out,
        "  pooling    {:?}, {:?}",
        config.pooling, config.activation
    )?;
    writeln!(
        out,
        "  size       {} ({} bytes)",
        size(model.len() as u64),
        model.len()
    )?;
    writeln!(out, "  SHA-256    {}", files::sha256(model))?;
    out.flush()?;
    Ok(())
}

/// Shape and name of the encoder in a model file, all of which is checked.
pub fn config(model: &[u8]) -> Result<Config> {
    let encoder = Encoder::open(unwrap(Kind::Model, model)?)?;
    Ok(encoder.config().clone())
}
