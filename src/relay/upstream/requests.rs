//! Asks a server for the same again and again, over connections that stay, and prints how often it was answered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use lectern_upstream::Target;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;

/// Asks a server for the same again and again
#[derive(Debug, Parser)]
struct Cli {
    #[command(flatten)]
    target: Target,
    /// Body of a request, JSON; without one it is a GET
    #[arg(long)]
    body: Option<String>,
    /// Bearer token
    #[arg(long, default_value = "none")]
    token: String,
    /// Status that every answer is to have
    #[arg(long, default_value_t = 200)]
    status: u16,
    /// Connections
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// How long, in milliseconds
    #[arg(long, default_value_t = 3000)]
    time: u64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let cli = Arc::new(Cli::parse());
    let began = Instant::now();
    let until = began + Duration::from_millis(cli.time);
    let mut asking = JoinSet::new();
    for _ in 0..cli.connections {
        asking.spawn(ask(cli.clone(), until));
    }
    let mut answered = 0;
    while let Some(done) = asking.join_next().await {
        answered += done??;
    }
    let per_second = f64::from(answered) / began.elapsed().as_secs_f64();
    println!("{}", serde_json::json!({ "per_second": per_second }));
    Ok(())
}

/// One connection; how many answers came over it.
async fn ask(cli: Arc<Cli>, until: Instant) -> Result<u32> {
    let request = cli.target.request(&cli.token, "", cli.body.as_deref());
    let expected = format!("HTTP/1.1 {} ", cli.status);
    let mut socket = cli.target.connect().await?;
    let mut read = Vec::new();
    let mut answered = 0;
    while Instant::now() < until {
        socket.write_all(request.as_bytes()).await?;
        read.clear();
        while !is_whole(&read)? {
            ensure!(socket.read_buf(&mut read).await? > 0, "it was cut");
        }
        let is_expected = read.starts_with(expected.as_bytes());
        ensure!(is_expected, "{}", String::from_utf8_lossy(&read));
        answered += 1;
    }
    Ok(answered)
}

/// Whether this is an answer with all of its body, whose length it tells.
fn is_whole(read: &[u8]) -> Result<bool> {
    let Some(end) = read.windows(4).position(|own| own == b"\r\n\r\n") else {
        return Ok(false);
    };
    let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
    let length = head.split("content-length:").nth(1);
    let length = length.and_then(|rest| rest.lines().next());
    let length: usize = length.context("an answer has no length")?.trim().parse()?;
    Ok(read.len() >= end + 4 + length)
}
