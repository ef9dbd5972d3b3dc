//! `lectern model import`: from a sentence-transformers folder to a model file.

use std::path::PathBuf;

use anyhow::Result;
use lectern_indexer::model::with_general;

use super::folder::ModelFolder;
use super::info::describe;
use crate::{Outcome, files, paths};

const EXAMPLES: &str = "\
Examples:
  lectern model import ~/models/all-MiniLM-L6-v2 --out minilm.lectern
  lectern model import ./bge-small-en-v1.5 --out bge.lectern --name bge-small

Any BERT-family model will do that has a WordPiece tokenizer and mean or CLS pooling.";

/// Arguments of `lectern model import`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder with config.json, tokenizer.json and model.safetensors
    dir: PathBuf,
    /// Model file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// General part, as `lectern model general` makes it
    #[arg(long, value_name = "FILE")]
    general: Option<PathBuf>,
    /// Name of the model [default: the name of the folder]
    #[arg(long)]
    name: Option<String>,
}

/// Converts the folder and says what came out.
pub fn run(args: Args) -> Result<Outcome> {
    let folder = ModelFolder::read(&args.dir)?;
    let name = args
        .name
        .map_or_else(|| paths::folder_name(&args.dir), Ok)?;
    let mut model = folder.import(&name)?;
    if let Some(general) = args.general {
        model = with_general(&model, &files::read(&general)?)?;
    }
    files::write(&args.out, &model)?;
    describe(&args.out, &model)?;
    Ok(Outcome::Yes)
}
