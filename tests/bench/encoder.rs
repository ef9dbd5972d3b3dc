//! Throughput of the full encoder, in tokens per second, by length of the texts and threads.
//!
//! `cargo bench -p lectern-indexer --bench encoder -- [--json] [BACKEND]`, where a backend is named
//! as `Backend` prints it (`Vnni`). Each figure is the best of some rounds: other work on the machine
//! only ever slows one down.

#![allow(clippy::unwrap_used, clippy::panic)] // A bench fails by panicking.

use std::thread;
use std::time::Instant;

use lectern_core::encoder::{Backend, Encoder, Role};
use lectern_core::shelf::{self, Kind};

/// Lengths in tokens, `[CLS]` and `[SEP]` included.
const LENGTHS: [usize; 4] = [12, 32, 128, 200];
const THREADS: [usize; 2] = [1, 2];
const ROUNDS: usize = 5;
/// Tokens that one thread encodes in a round.
const TOKENS: usize = 2_400;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let json = arguments.iter().any(|a| a == "--json");
    let named = |b: &Backend| arguments.iter().any(|a| *a == format!("{b:?}"));
    let backend = Backend::available().into_iter().find(named);
    let backend = backend.unwrap_or_else(Backend::detect);

    let model = model();
    let payload = shelf::unwrap(Kind::Model, &model).unwrap();
    let open = || Encoder::with_backend(payload, backend).unwrap();
    let mut encoders: Vec<Encoder> = (0..2).map(|_| open()).collect();
    let mut rows = Vec::new();
    for length in LENGTHS {
        for threads in THREADS {
            let encoders = &mut encoders[..threads];
            let alone = throughput(encoders, length, false);
            let batched = throughput(encoders, length, true);
            rows.push((length, threads, alone, batched));
        }
    }
    report(backend, &rows, json);
}

fn report(backend: Backend, rows: &[(usize, usize, f64, f64)], json: bool) {
    if json {
        let rows: Vec<_> = rows
            .iter()
            .map(|(tokens, threads, alone, batched)| {
                serde_json::json!({
                    "tokens": tokens,
                    "threads": threads,
                    "alone": alone.round(),
                    "batched": batched.round(),
                })
            })
            .collect();
        let backend = format!("{backend:?}").to_lowercase();
        println!(
            "{}",
            serde_json::json!({ "backend": backend, "tokensPerSecond": rows })
        );
        return;
    }
    println!("{backend:?}, tokens per second");
    println!("length  threads  one by one  in batches");
    for (tokens, threads, alone, batched) in rows {
        println!("{tokens:6} {threads:8} {alone:11.0} {batched:11.0}");
    }
}

/// Tokens per second of all threads together, each with texts of `length` tokens.
fn throughput(encoders: &mut [Encoder], length: usize, batched: bool) -> f64 {
    let texts: Vec<String> = (0..TOKENS / length).map(|i| text(i, length)).collect();
    let texts: Vec<(&str, Role)> = texts.iter().map(|t| (&t[..], Role::Passage)).collect();
    let step = if batched { texts.len() } else { 1 };
    let tokens = (texts.len() * length * encoders.len()) as f64;
    let mut best = 0f64;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        thread::scope(|scope| {
            for encoder in encoders.iter_mut() {
                let texts = &texts;
                scope.spawn(move || {
                    let mut out = Vec::new();
                    for batch in texts.chunks(step) {
                        encoder.encode_batch(batch, &mut out).unwrap();
                    }
                });
            }
        });
        best = best.max(tokens / start.elapsed().as_secs_f64());
    }
    best
}

/// A text of exactly `length` tokens, all of whose words are wordpieces.
fn text(seed: usize, length: usize) -> String {
    const WORDS: [&str; 16] = [
        "the", "robot", "walks", "over", "rough", "ground", "and", "keeps", "its", "balance",
        "when", "a", "foot", "lands", "on", "stone",
    ];
    let words = (0..length - 2).map(|i| WORDS[(seed * 7 + i * i + i / 3) % WORDS.len()]);
    words.collect::<Vec<_>>().join(" ")
}

/// The model that `scripts/setup model` fetches.
fn model() -> Vec<u8> {
    let own = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../.cache/models/all-MiniLM-L6-v2.lectern"
    );
    let path = std::env::var("LECTERN_MODEL").unwrap_or_else(|_| own.to_owned());
    std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}. Run: scripts/setup model"))
}
