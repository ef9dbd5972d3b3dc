//! `lectern eval`: how well questions are answered.

mod corpus;
mod measure;
mod questions;
mod report;
mod shelf;
mod typos;

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::ValueEnum;
use lectern_core::search::Mode;

use crate::Outcome;
use crate::args::{EncoderArg, ModeArg, ModelArg, WorkArgs};
use crate::terminal::stdout;
use measure::RECALL;
use report::{Report, Row};
use typos::Typos;

const EXAMPLES: &str = "\
Examples:
  lectern eval build/lectern --queries questions.jsonl
  lectern eval build/lectern --queries questions.jsonl --mode hybrid --misses
  lectern eval build/lectern --queries questions.jsonl --min-recall 0.9 --json
  lectern eval build/lectern --queries questions.jsonl --typos 1
  lectern eval --corpus eval/squad
  lectern eval --corpus beir/nfcorpus --split dev

Each line of a question file is {\"id\", \"text\", \"page\", \"anchor\"} or {\"id\", \"text\", \"rel\": [page or
page#anchor, ...]}, with \"typo\": the same question with typing errors, where there is one. A corpus is a
folder with chunks.jsonl, lines of {\"id\", \"doc\", \"title\", \"heading\", \"text\"}, and queries.jsonl, lines of
{\"text\", \"rel\": [chunk id, ...], \"typo\"}; or a folder of BEIR: corpus.jsonl, queries.jsonl and
qrels/SPLIT.tsv, where each document is one passage, however long, and nDCG weighs by score. Each file may
be gzipped (.gz).

recall@k is the share of questions with a right page (of a corpus: chunk) among the first k.";

/// Arguments of `lectern eval`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder of the shelf
    #[arg(required_unless_present = "corpus", requires = "queries")]
    dir: Option<PathBuf>,
    /// File of questions, one line of JSON each
    #[arg(long, value_name = "FILE")]
    queries: Option<PathBuf>,
    /// Folder of a corpus, which is indexed in memory instead
    #[arg(long, value_name = "DIR", conflicts_with_all = ["dir", "queries", "misses"])]
    corpus: Option<PathBuf>,
    /// Questions of a BEIR folder [default: test, else dev, else the only ones]
    #[arg(long, value_name = "NAME", requires = "corpus")]
    split: Option<String>,
    /// How to search
    #[arg(long, value_enum, default_value_t = Modes::All)]
    mode: Modes,
    /// Which encoder reads the questions
    #[arg(long, value_enum, default_value_t = EncoderArg::Small)]
    encoder: EncoderArg,
    /// Places that are looked at
    #[arg(short = 'k', value_name = "N", default_value_t = 10,
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    depth: u16,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Exit with 1 when recall@5 is below R: that of hybrid search, or of the one mode asked for
    #[arg(long, value_name = "R", value_parser = share)]
    min_recall: Option<f64>,
    /// List the questions whose page is not among the first 5
    #[arg(long)]
    misses: bool,
    /// Make typing errors in the questions, drawn by this number, instead of those that the file has
    #[arg(long, value_name = "SEED")]
    typos: Option<u64>,
    /// Words of each question that get an error
    #[arg(long, value_name = "N", requires = "typos", default_value_t = 1,
          value_parser = clap::value_parser!(u16).range(1..))]
    typo_words: u16,
    #[command(flatten)]
    model: ModelArg,
    #[command(flatten)]
    work: WorkArgs,
}

/// Which modes to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Modes {
    /// All three
    All,
    /// Words and meaning together
    Hybrid,
    /// Words alone
    Words,
    /// Meaning alone
    Meaning,
}

impl Modes {
    fn list(self) -> Vec<Mode> {
        match self {
            Self::All => [ModeArg::Hybrid, ModeArg::Words, ModeArg::Meaning]
                .map(Mode::from)
                .to_vec(),
            Self::Hybrid => vec![Mode::Hybrid],
            Self::Words => vec![Mode::Words],
            Self::Meaning => vec![Mode::Meaning],
        }
    }
}

/// What is asked of a book or corpus.
#[derive(Debug)]
struct Plan {
    /// How questions are searched for, the mode that the others are measured against first.
    modes: Vec<Mode>,
    /// Places that are looked at.
    depth: usize,
    /// Typing errors to make in the questions instead of those they came with.
    typos: Option<Typos>,
}

impl Plan {
    fn of(args: &Args) -> Self {
        let words = usize::from(args.typo_words);
        Self {
            modes: args.mode.list(),
            depth: usize::from(args.depth),
            typos: args.typos.map(|seed| Typos { seed, words }),
        }
    }

    /// A question with typing errors, where there is to be one: made anew, or as it came.
    fn mistyped(&self, text: &str, own: Option<String>) -> Option<String> {
        self.typos.map(|typos| typos.made_in(text)).or(own)
    }
}

/// Measures and reports.
pub fn run(args: Args) -> Result<Outcome> {
    let plan = Plan::of(&args);
    let report = match (&args.corpus, &args.dir, &args.queries) {
        (Some(corpus), _, _) => {
            let split = args.split.as_deref();
            let searcher = |book| corpus::open(book, args.encoder, args.model, args.work);
            corpus::run(corpus, split, searcher, &plan)?
        }
        (None, Some(dir), Some(queries)) => shelf::run(dir, queries, args.encoder, &plan)?,
        (None, _, _) => anyhow::bail!("name a shelf and its questions, or a --corpus"),
    };
    let mut out = stdout();
    if args.json {
        writeln!(
            out,
            "{}",
            serde_json::to_string_pretty(&report.json(args.misses))?
        )?;
    } else {
        write!(out, "{}", report.text(args.misses))?;
    }
    out.flush()?;
    Ok(args
        .min_recall
        .map_or(Outcome::Yes, |least| judge(&report, least)))
}

/// Compares the recall of the first mode, questions as they were asked, to the threshold.
fn judge(report: &Report, least: f64) -> Outcome {
    let recall = report
        .rows
        .iter()
        .find(|row| !row.typos)
        .and_then(|row: &Row| row.value(RECALL));
    let recall = recall.unwrap_or(0.0);
    if recall >= least {
        return Outcome::Yes;
    }
    // The exit code says it where standard error cannot.
    let _ = writeln!(
        std::io::stderr(),
        "lectern: {RECALL} is {recall:.3}, below {least}"
    );
    Outcome::No
}

fn share(text: &str) -> Result<f64, String> {
    let value: f64 = text
        .parse()
        .map_err(|_| "a number from 0 to 1 is needed".to_owned())?;
    if (0.0..=1.0).contains(&value) {
        Ok(value)
    } else {
        Err("it must be from 0 to 1".into())
    }
}
