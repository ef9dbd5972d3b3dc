//! The command line: which commands there are, and what several of them share.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use lectern_core::search::{Mode, Tier};
use lectern_indexer::Scan;

use crate::Outcome;
use crate::commands::{completions, eval, index, inspect, model, search, serve, verify};

/// Search for one book: index its built pages, search them, judge the search.
#[derive(Debug, Parser)]
#[command(name = "lectern", version, max_term_width = 100, after_help = EXAMPLES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  lectern model fetch                              once: get the sentence encoder
  lectern index build --out build/lectern          index a built site
  lectern search build/lectern \"how do I begin?\"   search it

Exit codes: 0 done or found, 1 nothing found, damaged or below a threshold, 2 an error.";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Index the built pages of a site
    Index(index::Args),
    /// Search a shelf
    Search(search::Args),
    /// Show what a shelf holds and how large it is
    Inspect(inspect::Args),
    /// Check every byte of a shelf
    Verify(verify::Args),
    /// Measure how well questions are answered
    Eval(eval::Args),
    /// Get, convert and show sentence encoders
    #[command(subcommand)]
    Model(model::Command),
    /// Answer readers' questions: accounts, limits, an LLM, cited answers
    Serve(Box<serve::Args>),
    /// Print completions for a shell
    Completions(completions::Args),
}

impl Command {
    /// Runs the command.
    pub fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::Index(args) => index::run(args),
            Self::Search(args) => search::run(args),
            Self::Inspect(args) => inspect::run(args),
            Self::Verify(args) => verify::run(args),
            Self::Eval(args) => eval::run(args),
            Self::Model(command) => command.run(),
            Self::Serve(args) => serve::run(*args),
            Self::Completions(args) => completions::run(args),
        }
    }
}

/// Which model file to use.
#[derive(Debug, clap::Args)]
pub struct ModelArg {
    /// Model file [default: $LECTERN_MODEL, else the one of `lectern model fetch`]
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
}

/// Where vectors are kept between runs.
#[derive(Debug, clap::Args)]
pub struct WorkArgs {
    /// Folder that keeps vectors between runs [default: lectern/vectors in the user's cache]
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,
    /// Threads that embed [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

/// Which encoder reads queries, as the command line names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EncoderArg {
    /// The token table that a reader's browser starts with
    Small,
    /// The full encoder at 4 bits
    Full,
}

impl EncoderArg {
    /// The encoder that a search in this mode needs.
    pub fn tier(self, mode: Mode) -> Tier {
        match (mode, self) {
            (Mode::Words, _) => Tier::None,
            (_, Self::Small) => Tier::Small,
            (_, Self::Full) => Tier::Full,
        }
    }
}

/// Which vectors a query is compared with, as the command line names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScanArg {
    /// All of them
    All,
    /// Those of the cells nearest to the query, as in a browser
    Cells,
}

impl From<ScanArg> for Scan {
    fn from(scan: ScanArg) -> Self {
        match scan {
            ScanArg::All => Self::All,
            ScanArg::Cells => Self::Cells,
        }
    }
}

/// How to search, as the command line names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ModeArg {
    /// Words and meaning together
    Hybrid,
    /// Words alone: no encoder is loaded
    Words,
    /// Meaning alone
    Meaning,
}

impl From<ModeArg> for Mode {
    fn from(mode: ModeArg) -> Self {
        match mode {
            ModeArg::Hybrid => Self::Hybrid,
            ModeArg::Words => Self::Words,
            ModeArg::Meaning => Self::Meaning,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_shows_examples() {
        fn check(command: &clap::Command) {
            let help = command.get_after_help().map(ToString::to_string);
            assert!(
                help.is_some_and(|help| help.contains("lectern ")),
                "{}",
                command.get_name()
            );
            command.get_subcommands().for_each(check);
        }
        check(&Cli::command());
    }
}
