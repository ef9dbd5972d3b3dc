//! How fast passages are embedded, on as many threads as asked for.
//!
//! `cargo bench -p lectern-indexer --bench throughput -- TEXTS [--threads N] [--vectors FILE]`
//! reads one JSON string a line and prints `{"texts", "wordpieces", "threads", "seconds"}`: the time
//! from the first text to the last vector, opening the model not counted. `--vectors` keeps the
//! vectors, `f32` in little-endian order, a row a text. The model is `$LECTERN_MODEL`.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{env, fs, thread};

use lectern_core::encoder::Role;
use lectern_indexer::{Embedder, Pending, batches};

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The command line.
#[derive(Debug)]
struct Args {
    texts: PathBuf,
    threads: usize,
    vectors: Option<PathBuf>,
}

/// A text's place in the file, and its vector.
type Placed = (usize, Vec<f32>);

fn main() -> Fallible<()> {
    let args = parse(env::args().skip(1))?;
    let texts: Vec<String> = fs::read_to_string(&args.texts)?
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let model = fs::read(env::var("LECTERN_MODEL").map_err(|_| "set LECTERN_MODEL")?)?;
    let wordpieces = count(&model, &texts)?;
    let (mut placed, seconds) = embed_all(&model, &texts, args.threads)?;
    if let Some(file) = args.vectors {
        placed.sort_unstable_by_key(|&(place, _)| place);
        let values = placed.iter().flat_map(|(_, vector)| vector);
        let bytes: Vec<u8> = values.flat_map(|x| x.to_le_bytes()).collect();
        fs::write(file, bytes)?;
    }
    let (texts, threads) = (texts.len(), args.threads);
    println!(
        r#"{{"texts":{texts},"wordpieces":{wordpieces},"threads":{threads},"seconds":{seconds}}}"#
    );
    Ok(())
}

fn parse(words: impl Iterator<Item = String>) -> Fallible<Args> {
    let (mut texts, mut threads, mut vectors) = (None, 1, None);
    // Cargo itself adds `--bench`.
    let mut words = words.filter(|word| word != "--bench");
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        match word.as_str() {
            "--threads" => threads = value()?.parse()?,
            "--vectors" => vectors = Some(PathBuf::from(value()?)),
            file => texts = Some(PathBuf::from(file)),
        }
    }
    let texts = texts.ok_or("name a file of texts, one JSON string a line")?;
    Ok(Args {
        texts,
        threads,
        vectors,
    })
}

/// Wordpieces of all texts as they are encoded, special tokens included.
fn count(model: &[u8], texts: &[String]) -> Fallible<usize> {
    let mut embedder = Embedder::open(model)?;
    let mut sum = 0;
    for text in texts {
        sum += embedder.encoder().tokens(text, Role::Passage)?.len();
    }
    Ok(sum)
}

/// All vectors and the seconds they took. Threads take batches, the longest texts first, as the
/// indexer does.
fn embed_all(model: &[u8], texts: &[String], threads: usize) -> Fallible<(Vec<Placed>, f64)> {
    let mut pending: Vec<Pending> = texts.iter().enumerate().map(pending).collect();
    pending.sort_by_key(|one| std::cmp::Reverse(one.text.len()));
    let batches = batches(&pending);
    let (next, ready) = (AtomicUsize::new(0), Barrier::new(threads + 1));
    let work = || -> Fallible<Vec<Placed>> {
        let embedder = Embedder::open(model);
        // Before `?`, or the others would wait for ever.
        ready.wait();
        let mut embedder = embedder?;
        let (mut done, mut vectors) = (Vec::new(), Vec::new());
        while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
            let texts: Vec<_> = batch.iter().map(|t| (&t.text[..], t.role)).collect();
            let encoder = embedder.encoder();
            encoder.encode_batch(&texts, &mut vectors)?;
            let rows = vectors.chunks(encoder.config().hidden);
            for (text, row) in batch.iter().zip(rows) {
                done.push((text.key.parse()?, row.to_vec()));
            }
        }
        Ok(done)
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        ready.wait();
        let start = Instant::now();
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.join().map_err(|_| "a thread panicked")??);
        }
        Ok((all, start.elapsed().as_secs_f64()))
    })
}

/// A text whose key is its place.
fn pending((place, text): (usize, &String)) -> Pending {
    Pending {
        key: place.to_string(),
        role: Role::Passage,
        text: text.clone(),
    }
}
