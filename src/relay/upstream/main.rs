//! The mock upstream as a process: prints its address, serves until it is stopped.

use std::net::SocketAddr;

use clap::Parser;
use lectern_upstream::Upstream;

/// An LLM that says what it is told: OpenAI's protocol under /v1, Gemini's under /v1beta
#[derive(Debug, Parser)]
struct Cli {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let upstream = Upstream::start_at(Cli::parse().listen).await?;
    println!("http://{}", upstream.address());
    upstream.forever().await;
    Ok(())
}
