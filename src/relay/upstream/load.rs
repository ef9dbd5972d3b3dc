//! Asks a server for many streams at a time, and prints what came of it as one line of JSON.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use lectern_upstream::Target;
use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;

/// Asks a server for many streams at a time
#[derive(Debug, Parser)]
struct Cli {
    #[command(flatten)]
    target: Target,
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
    byte_p50: f64,
    byte_p99: f64,
    token_p50: f64,
    token_p99: f64,
    bytes: usize,
    example: Option<String>,
}

/// A whole answer: how long its first byte and its first token took from the request, and its bytes.
struct Answer {
    byte: Duration,
    token: Duration,
    bytes: usize,
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

fn report(answers: Vec<Result<Answer>>, took: Duration) -> Report {
    let streams = answers.len();
    let (whole, failed): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    let whole: Vec<Answer> = whole.into_iter().flatten().collect();
    let (byte_p50, byte_p99) = percentiles(whole.iter().map(|answer| answer.byte));
    let (token_p50, token_p99) = percentiles(whole.iter().map(|answer| answer.token));
    let mut failed = failed.into_iter().filter_map(Result::err);
    Report {
        streams,
        failed: streams - whole.len(),
        seconds: took.as_secs_f64(),
        streams_per_second: streams as f64 / took.as_secs_f64(),
        byte_p50,
        byte_p99,
        token_p50,
        token_p99,
        bytes: whole.iter().map(|answer| answer.bytes).sum(),
        example: failed.next().map(|error| format!("{error:#}")),
    }
}

/// The median, and what all but one in a hundred are below.
fn percentiles(times: impl Iterator<Item = Duration>) -> (f64, f64) {
    let mut times: Vec<_> = times.map(|time| time.as_secs_f64() * 1000.0).collect();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied();
    (at(0.5).unwrap_or(f64::NAN), at(0.99).unwrap_or(f64::NAN))
}

/// One stream, begun in its turn.
async fn stream(cli: Arc<Cli>, place: usize) -> Result<Answer> {
    let wait = cli.over * place as u64 / cli.streams as u64;
    tokio::time::sleep(Duration::from_millis(wait)).await;
    tokio::time::timeout(PATIENCE, answer(&cli, place))
        .await
        .context("too late")?
}

async fn answer(cli: &Cli, place: usize) -> Result<Answer> {
    let mut socket = cli.target.connect().await?;
    let token = cli
        .tokens
        .get(place % cli.tokens.len().max(1))
        .map_or("", String::as_str);
    let request = cli
        .target
        .request(token, "Connection: close\r\n", Some(&cli.body));
    let asked = Instant::now();
    socket.write_all(request.as_bytes()).await?;
    let mut read = Vec::new();
    let (mut byte, mut token) = (None, None);
    while socket.read_buf(&mut read).await? > 0 {
        byte = byte.or_else(|| Some(asked.elapsed()));
        if token.is_none() && contains(&read, &cli.first) {
            token = Some(asked.elapsed());
        }
    }
    let start = String::from_utf8_lossy(&read[..read.len().min(200)]).into_owned();
    ensure!(contains(&read, &cli.whole), "not whole: {start}");
    Ok(Answer {
        byte: byte.context("no byte")?,
        token: token.context("no token")?,
        bytes: read.len(),
    })
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}
