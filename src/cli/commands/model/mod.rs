//! `lectern model`: sentence encoders.

mod fetch;
mod folder;
mod general;
mod import;
mod info;

use anyhow::Result;
use clap::Subcommand;

use crate::Outcome;

/// The commands of `lectern model`.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum Command {
    /// Get the default encoder, all-MiniLM-L6-v2
    Fetch(fetch::Args),
    /// Convert a sentence-transformers folder
    Import(import::Args),
    /// Make the general part of a model from general text
    General(general::Args),
    /// Show what a model file holds
    Info(info::Args),
}

const EXAMPLES: &str = "\
Examples:
  lectern model fetch
  lectern model import ~/models/bge-small-en-v1.5 --out bge-small.lectern
  lectern model info bge-small.lectern";

impl Command {
    /// Runs the command.
    pub fn run(self) -> Result<Outcome> {
        match self {
            Self::Fetch(args) => fetch::run(args),
            Self::Import(args) => import::run(args),
            Self::General(args) => general::run(args),
            Self::Info(args) => info::run(args),
        }
    }
}
