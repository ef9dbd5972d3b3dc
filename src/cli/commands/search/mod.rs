//! `lectern search`: questions to a shelf.

mod batch;
mod pretty;

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use lectern_core::answer::Quote;
use lectern_core::search::{Options, Response, Searcher};
use lectern_indexer::Round;
use serde::Serialize;

use crate::Outcome;
use crate::args::{EncoderArg, ModeArg, ScanArg};
use crate::shelf_dir::ShelfDir;
use crate::terminal::{Style, size, stdout};

const EXAMPLES: &str = "\
Examples:
  lectern search build/lectern how do I keep a biped from falling over
  lectern search build/lectern create_publisher --mode words -k 3 --explain
  lectern search build/lectern reduce latency --within docs/ros2 --within blog
  lectern search build/lectern --answer what keeps a biped upright
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
    /// Which vectors are compared
    #[arg(long, value_enum, default_value_t = ScanArg::All)]
    scan: ScanArg,
    /// Search only in this folder or page of the site; may be given again [docs/ros2, docs/ros2# for the page alone]
    #[arg(long, value_name = "PATH")]
    within: Vec<String>,
    /// Quote the sentences of the hits that answer best
    #[arg(long)]
    answer: bool,
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
        within: args.within,
    };
    let shelf = ShelfDir::open(&args.dir)?;
    let mut asked = Asked {
        searcher: shelf.searcher(args.encoder.tier(mode), args.scan.into())?,
        shelf: (args.scan == ScanArg::Cells).then_some(&shelf),
        options,
        quotes: args.answer,
    };
    let mut out = stdout();
    let found = match &args.queries {
        Some(file) => batch::run(&mut asked, file, &mut out)?,
        None => one(&mut asked, &args.query.join(" "), args.json, &mut out)?,
    };
    out.flush()?;
    Ok(if found { Outcome::Yes } else { Outcome::No })
}

/// A book and how it is searched.
struct Asked<'a> {
    searcher: Searcher,
    /// Where what a query needs is read from, if it was not read at once.
    shelf: Option<&'a ShelfDir>,
    options: Options,
    /// Whether sentences are quoted.
    quotes: bool,
}

/// What came of a query.
#[derive(Serialize)]
struct Answered {
    #[serde(flatten)]
    response: Response,
    /// Sentences that answer; `number` counts the hits by their score from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    quotes: Option<Vec<Quote>>,
    /// What was read for it, round by round.
    #[serde(skip)]
    rounds: Vec<Round>,
}

impl Asked<'_> {
    /// Answers a query.
    fn search(&mut self, query: &str) -> Result<Answered> {
        let Self {
            searcher,
            shelf,
            options,
            quotes,
        } = self;
        let rounds = shelf.map(|shelf| shelf.bring(searcher, query, options));
        let rounds = rounds.transpose()?.unwrap_or_default();
        let response = searcher.search(query, options)?;
        let passages: Vec<u32> = response.ranked().iter().map(|hit| hit.passage).collect();
        let quotes = quotes.then(|| searcher.answer(query, &passages));
        Ok(Answered {
            response,
            quotes: quotes.transpose()?,
            rounds,
        })
    }
}

fn one(asked: &mut Asked<'_>, query: &str, json: bool, out: &mut impl Write) -> Result<bool> {
    let answered = asked.search(query)?;
    if json {
        writeln!(out, "{}", serde_json::to_string(&answered)?)?;
    } else {
        let style = Style::of_stdout();
        pretty::print_quotes(answered.quotes.as_deref().unwrap_or_default(), style, out)?;
        pretty::print(&answered.response, style, out)?;
        for (number, round) in (1..).zip(&answered.rounds) {
            writeln!(
                out,
                "round {number}: {} files, {}",
                round.files,
                size(round.bytes as u64)
            )?;
        }
    }
    Ok(!answered.response.pages.is_empty())
}
