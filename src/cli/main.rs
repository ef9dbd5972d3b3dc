//! The `lectern` command: indexing, searching and judging a book from a terminal.
//!
//! All file, thread and terminal work is here; what is computed is in the libraries.

mod args;
mod cache;
mod commands;
mod embed;
mod files;
mod jsonl;
mod metrics;
mod models;
mod paths;
mod progress;
mod publish;
mod shelf_dir;
mod terminal;
mod walk;

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::args::Cli;

/// `lectern serve` is the relay, which needs an allocator that gives memory back: see the relay's `main.rs`.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What a command found out, as its exit code tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done, found, whole, good enough: 0.
    Yes,
    /// Nothing found, damaged, below the threshold: 1.
    No,
}

/// Exit code of errors and of wrong usage, as `grep` has it.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    match Cli::parse().command.run() {
        Ok(Outcome::Yes) => ExitCode::SUCCESS,
        Ok(Outcome::No) => ExitCode::FAILURE,
        // Whoever read the output has had enough, which is no error.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Where there is no standard error, the exit code has to do.
            let _ = writeln!(io::stderr(), "lectern: error: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|io| io.kind() == ErrorKind::BrokenPipe)
}
