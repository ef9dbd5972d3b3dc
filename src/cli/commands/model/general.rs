//! `lectern model general`: what every book's small encoder starts from.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use lectern_core::encoder::Role;
use lectern_indexer::{Pending, general_part};

use crate::args::WorkArgs;
use crate::embed::Source;
use crate::progress::Reporting;
use crate::{Outcome, files};

const EXAMPLES: &str = "\
Examples:
  lectern model general minilm.lectern --texts english.txt --out minilm.general
  lectern model import ./all-MiniLM-L6-v2 --general minilm.general --out minilm.lectern

The text should be of many subjects, in the language of the books, some hundred thousand short lines:
definitions, sentences, terms, questions. Without a general part a model works too: its shelves hold longer
vectors, and their small encoders know the words of their own book alone.";

/// Arguments of `lectern model general`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Model file
    model: PathBuf,
    /// General text, one text a line
    #[arg(long, value_name = "FILE")]
    texts: PathBuf,
    /// File to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Values of a vector in a shelf
    #[arg(long, value_name = "N", default_value_t = 256,
          value_parser = clap::value_parser!(u16).range(1..=4096))]
    dimensions: u16,
    #[command(flatten)]
    work: WorkArgs,
}

/// Embeds the texts, distils the table, writes the file.
pub fn run(args: Args) -> Result<Outcome> {
    let model = files::read(&args.model)?;
    let texts = fs::read_to_string(&args.texts);
    let texts = texts.with_context(|| format!("cannot read {}", args.texts.display()))?;
    let texts: Vec<String> = texts.lines().map(str::to_owned).collect();
    if texts.is_empty() {
        bail!("{} holds no text", args.texts.display());
    }
    let source = Source::new(&model, args.work, Reporting::Shown)?;
    // In the order of length, so that texts share the work; keys tell the order of the file.
    let mut pending: Vec<Pending> = texts.iter().enumerate().map(pending).collect();
    pending.sort_by_key(|text| std::cmp::Reverse(text.text.len()));
    let mut vectors = source.embed_once("embedding texts", &pending)?;
    vectors.sort();
    let vectors: Vec<Vec<u8>> = vectors.into_iter().map(|(_, vector)| vector).collect();
    let dims = usize::from(args.dimensions);
    let general = source.distilling(|show| general_part(&model, &texts, &vectors, dims, show))?;
    files::write(&args.out, &general)?;
    Ok(Outcome::Yes)
}

fn pending((place, text): (usize, &String)) -> Pending {
    Pending {
        key: format!("{place:08}"),
        role: Role::Query,
        text: text.clone(),
    }
}
