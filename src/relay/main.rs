//! The relay alone, without the other commands of `lectern`.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use lectern_relay::config::Config;

/// Thousands of answers come and go at a time. This allocator gives back what they had (its settings are in
/// `.cargo/config.toml`), and takes less time than the system's.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Answers questions about a book: accounts, limits, an LLM, cited answers
#[derive(Debug, Parser)]
#[command(name = "lectern-relay", version)]
struct Cli {
    #[command(flatten)]
    config: Config,
}

/// Exit code of errors, as `lectern` and `clap` have it.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    match lectern_relay::run(Cli::parse().config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where there is no standard error, the exit code has to do.
            let _ = writeln!(io::stderr(), "lectern-relay: error: {error}");
            ExitCode::from(FAILED)
        }
    }
}
