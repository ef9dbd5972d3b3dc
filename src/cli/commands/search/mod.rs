//! `lectern search`: questions to a shelf.

mod batch;
mod pretty;

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use lectern_core::search::{Options, Searcher};

use crate::Outcome;
use crate::args::{EncoderArg, ModeArg};
use crate::shelf_dir::ShelfDir;
use crate::terminal::{Style, stdout};

const EXAMPLES: &str = "\
Examples:
  lectern search build/lectern how do I keep a biped from falling over
  lectern search build/lectern create_publisher --mode words -k 3 --explain
  lectern search build/lectern \"what is a tf2 frame\" --json | jq '.pages[0].url'
  lectern search build/lectern --queries questions.jsonl --json > hits.jsonl

Exit code 1 means that nothing was found.";

/// Arguments of `lectern search`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder of the shelf
    dir: PathBuf,
    /// What to look for; several words are one query
    #[arg(required_unless_present = "queries", conflicts_with = "queries")]
    query: Vec<String>,
    /// Most hits
    #[arg(short = 'k', long, value_name = "N", default_value_t = 10,
          value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// How to search
    #[arg(long, value_enum, default_value_t = ModeArg::Hybrid)]
    mode: ModeArg,
    /// Which encoder reads the query
    #[arg(long, value_enum, default_value_t = EncoderArg::Small)]
    encoder: EncoderArg,
    /// Show how each score came about
    #[arg(long)]
    explain: bool,
    /// Print JSON; ranges count bytes of UTF-8
    #[arg(long)]
    json: bool,
    /// Answer each line {"text": ...} of a file with a line of JSON
    #[arg(long, value_name = "FILE", requires = "json")]
    queries: Option<PathBuf>,
}

/// Searches and prints what was found.
pub fn run(args: Args) -> Result<Outcome> {
    let mode = args.mode.into();
    let options = Options {
        limit: args.limit as usize,
        mode,
        explain: args.explain,
    };
    let mut searcher = ShelfDir::open(&args.dir)?.searcher(args.encoder.tier(mode))?;
    let mut out = stdout();
    let found = match &args.queries {
        Some(file) => batch::run(&mut searcher, file, &options, &mut out)?,
        None => one(
            &mut searcher,
            &args.query.join(" "),
            &options,
            args.json,
            &mut out,
        )?,
    };
    out.flush()?;
    Ok(if found { Outcome::Yes } else { Outcome::No })
}

fn one(
    searcher: &mut Searcher,
    query: &str,
    options: &Options,
    json: bool,
    out: &mut impl Write,
) -> Result<bool> {
    let response = searcher.search(query, options)?;
    if json {
        writeln!(out, "{}", serde_json::to_string(&response)?)?;
    } else {
        pretty::print(&response, Style::of_stdout(), out)?;
    }
    Ok(!response.pages.is_empty())
}
