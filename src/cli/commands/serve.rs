//! `lectern serve`: the relay, as the program `lectern-relay` has it alone.

use anyhow::Result;
use lectern_relay::config::Config;

use crate::Outcome;

const EXAMPLES: &str = "\
Examples:
  lectern serve --shelf build/lectern
  lectern serve --shelf build/lectern --check-config
  LECTERN_OPENAI_KEY=... lectern serve --shelf build/lectern --allowed-origins https://docs.example.org

Every option is an environment variable as well. Without an LLM, answers are quoted from the book.";

/// Arguments of `lectern serve`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    config: Config,
}

/// Serves until it is told to stop.
pub fn run(args: Args) -> Result<Outcome> {
    lectern_relay::run(args.config)?;
    Ok(Outcome::Yes)
}
