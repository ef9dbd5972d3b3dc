//! Asks a server for many streams at a time, and prints what came of it as one line of JSON.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Asks a server for many streams at a time
#[derive(Debug, Parser)]
struct Cli {
    /// Address of the server
    #[arg(long)]
    server: SocketAddr,
    /// Path that is asked
    #[arg(long)]
    path: String,
    /// Body of a request, JSON
    #[arg(long)]
    body: String,
    /// Bearer tokens, which take turns, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "none")]
    tokens: Vec<String>,
    /// What the first token of an answer is known by
    #[arg(long)]
    first: String,
    /// What a whole answer is known by
    #[arg(long)]
    whole: String,
    /// Streams
    #[arg(long, default_value_t = 2000)]
    streams: usize,
    /// Time over which they begin, in milliseconds
    #[arg(long, default_value_t = 1000)]
    over: u64,
}

/// What came of it. Times are in milliseconds.
#[derive(Debug, Serialize)]
struct Report {
    streams: usize,
    failed: usize,
    seconds: f64,
    streams_per_second: f64,
    first_p50: f64,
    first_p99: f64,
    bytes: usize,
    example: Option<String>,
}

/// How long a stream may take.
const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::main]
async fn main() -> Result<()> {
    let cli = Arc::new(Cli::parse());
    let began = Instant::now();
    let mut asking = JoinSet::new();
    for place in 0..cli.streams {
        asking.spawn(stream(cli.clone(), place));
    }
    let answers: Vec<_> = asking.join_all().await;
    println!(
        "{}",
        serde_json::to_string(&report(answers, began.elapsed()))?
    );
    Ok(())
}

fn report(answers: Vec<Result<(Duration, usize)>>, took: Duration) -> Report {
    let streams = answers.len();
    let mut firsts = Vec::new();
    let mut bytes = 0;
    let mut example = None;
    for answer in answers {
        match answer {
            Ok((first, read)) => {
                firsts.push(first.as_secs_f64() * 1000.0);
                bytes += read;
            }
            Err(error) => example = Some(format!("{error:#}")),
        }
    }
    firsts.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (firsts.len() as f64 * share) as usize;
        firsts
            .get(place.min(firsts.len().saturating_sub(1)))
            .copied()
            .unwrap_or(f64::NAN)
    };
    Report {
        streams,
        failed: streams - firsts.len(),
        seconds: took.as_secs_f64(),
        streams_per_second: streams as f64 / took.as_secs_f64(),
        first_p50: at(0.5),
        first_p99: at(0.99),
        bytes,
        example,
    }
}

/// One stream: how long its first token took from the request, and its bytes.
async fn stream(cli: Arc<Cli>, place: usize) -> Result<(Duration, usize)> {
    let wait = cli.over * place as u64 / cli.streams as u64;
    tokio::time::sleep(Duration::from_millis(wait)).await;
    tokio::time::timeout(PATIENCE, answer(&cli, place))
        .await
        .context("too late")?
}

async fn answer(cli: &Cli, place: usize) -> Result<(Duration, usize)> {
    let mut socket = TcpStream::connect(cli.server).await?;
    socket.set_nodelay(true)?;
    let token = cli
        .tokens
        .get(place % cli.tokens.len().max(1))
        .map_or("", String::as_str);
    let request = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{}",
        cli.path,
        cli.server,
        cli.body.len(),
        cli.body
    );
    let asked = Instant::now();
    socket.write_all(request.as_bytes()).await?;
    let mut read = Vec::new();
    let mut first = None;
    while socket.read_buf(&mut read).await? > 0 {
        if first.is_none() && contains(&read, &cli.first) {
            first = Some(asked.elapsed());
        }
    }
    let start = String::from_utf8_lossy(&read[..read.len().min(200)]).into_owned();
    ensure!(contains(&read, &cli.whole), "not whole: {start}");
    Ok((first.context("no token")?, read.len()))
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}
