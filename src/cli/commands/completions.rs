//! `lectern completions`: what a shell needs to complete the command line.

use std::io::Write;

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;

use crate::Outcome;
use crate::args::Cli;
use crate::terminal::stdout;

const EXAMPLES: &str = "\
Examples:
  lectern completions bash > ~/.local/share/bash-completion/completions/lectern
  lectern completions zsh > ~/.zfunc/_lectern
  lectern completions fish > ~/.config/fish/completions/lectern.fish";

/// Arguments of `lectern completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The shell
    shell: Shell,
}

/// Prints the completions.
pub fn run(args: Args) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "lectern", &mut script);
    let mut out = stdout();
    out.write_all(&script)?;
    out.flush()?;
    Ok(Outcome::Yes)
}
