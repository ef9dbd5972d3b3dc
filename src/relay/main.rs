//! The relay alone, without the other commands of `lectern`.

use anyhow::Result;
use clap::Parser;
use lectern_relay::config::Config;

/// Answers questions about a book: accounts, limits, an LLM, cited answers
#[derive(Debug, Parser)]
#[command(name = "lectern-relay", version)]
struct Cli {
    #[command(flatten)]
    config: Config,
}

fn main() -> Result<()> {
    Ok(lectern_relay::run(Cli::parse().config)?)
}
