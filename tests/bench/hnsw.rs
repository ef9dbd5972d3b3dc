//! The graph and the exact scan over the same quantised vectors: recall, time, size.
//!
//! `cargo bench -p lectern-indexer --bench hnsw -- [--json] [--counts 1000,10000] [--scan-only]`.
//! The vectors are synthetic, seeded, and clustered as the passages of a book are: topics, pages of
//! about ten passages in a topic, and what is a passage's own; later axes have less variance, as
//! after a PCA. Queries are new passages of existing pages.

#![allow(missing_docs, clippy::unwrap_used)]

use std::time::Instant;

use lectern_core::encoder::Backend;
use lectern_core::encoder::math::normalize;
use lectern_core::meaning::nibbles::encode_row;
use lectern_core::meaning::{Graph, GraphSearch, QueryVector, Vectors};
use lectern_indexer::build_graph;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

const DIMS: usize = 256;
const QUERIES: usize = 200;
const EFS: [usize; 3] = [50, 100, 200];
/// What counts as found.
const TOP: usize = 10;
/// Shares of candidates that the one-bit pass hands on, in thousandths.
const KEPT: [usize; 2] = [1, 10];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| args.iter().any(|arg| arg == name);
    let counts = args.iter().position(|arg| arg == "--counts");
    let counts = counts.map_or("1000,10000,100000", |at| &args[at + 1]);
    let reports = counts.split(',').map(|count| {
        let report = measure(count.parse().unwrap(), has("--scan-only"));
        if !has("--json") {
            print(&report);
        }
        report
    });
    let reports: Vec<Value> = reports.collect();
    if has("--json") {
        println!("{}", serde_json::to_string_pretty(&reports).unwrap());
    }
}

/// Everything about one size.
fn measure(count: usize, scan_only: bool) -> Value {
    let (rows, queries) = clustered(count);
    let mut vectors = Vectors::new(DIMS);
    for row in &rows {
        vectors.push(&encode_row(row)).unwrap();
    }
    let exact = Exact::new(&vectors, &queries);
    let mut report = json!({
        "count": count,
        "cosine_of_tenth": exact.tenth,
        "scan_us": scans(&vectors, &queries),
        "one_bit": KEPT.map(|share| one_bit(&rows, &vectors, &queries, &exact, share)),
    });
    drop(rows);
    if !scan_only {
        let start = Instant::now();
        let payload = build_graph(vectors.clone()).unwrap();
        report["build_s"] = json!(start.elapsed().as_secs_f64());
        report["link_bytes"] = json!(payload.len() as f64 / count as f64);
        let graph = Graph::open(&payload, count).unwrap();
        report["walk"] = EFS
            .map(|ef| walk(&graph, &vectors, &queries, &exact, ef))
            .into();
    }
    report
}

fn print(report: &Value) {
    println!(
        "\n{} vectors (the tenth neighbour at cosine {:.2})",
        report["count"],
        report["cosine_of_tenth"].as_f64().unwrap()
    );
    for (backend, micros) in report["scan_us"].as_object().unwrap() {
        println!("  scan {backend:8} {:10.1} µs", micros.as_f64().unwrap());
    }
    for row in report["one_bit"].as_array().unwrap() {
        println!(
            "  1 bit, {:>6} rescored {:10.1} µs  recall {:.4}",
            row["kept"],
            row["us"].as_f64().unwrap(),
            row["recall"].as_f64().unwrap()
        );
    }
    for row in report["walk"].as_array().into_iter().flatten() {
        println!(
            "  walk ef {:3} {:10.1} µs  recall {:.4}",
            row["ef"],
            row["us"].as_f64().unwrap(),
            row["recall"].as_f64().unwrap()
        );
    }
    if let Some(seconds) = report["build_s"].as_f64() {
        println!(
            "  built in {seconds:.1} s, {:.1} bytes of links a passage",
            report["link_bytes"].as_f64().unwrap()
        );
    }
}

/// What the exact scan finds.
struct Exact {
    best: Vec<Vec<u32>>,
    /// Mean cosine of the tenth.
    tenth: f64,
}

impl Exact {
    fn new(vectors: &Vectors, queries: &[Vec<f32>]) -> Self {
        let (mut query, mut cosines) = (QueryVector::default(), Vec::new());
        let (mut best, mut tenth) = (Vec::new(), 0.0);
        for values in queries {
            query.set(values);
            vectors.cosines(&query, &mut cosines);
            let all = cosines.iter().zip(0..).map(|(&cosine, id)| (cosine, id));
            let top = top(all.collect());
            tenth += f64::from(cosines[top[TOP - 1] as usize]) / queries.len() as f64;
            best.push(top);
        }
        Self { best, tenth }
    }

    fn recall(&self, found: &[Vec<u32>]) -> f64 {
        let hits = |(best, found): (&Vec<u32>, &Vec<u32>)| {
            best.iter().filter(|id| found.contains(id)).count()
        };
        let all: usize = self.best.iter().zip(found).map(hits).sum();
        all as f64 / (found.len() * TOP) as f64
    }
}

/// The ten best, best first.
fn top(mut scored: Vec<(f32, u32)>) -> Vec<u32> {
    let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    scored.select_nth_unstable_by(TOP - 1, order);
    scored.truncate(TOP);
    scored.sort_unstable_by(order);
    scored.into_iter().map(|(_, id)| id).collect()
}

/// Median microseconds of a scan, for each backend.
fn scans(vectors: &Vectors, queries: &[Vec<f32>]) -> Value {
    let mut report = serde_json::Map::new();
    for backend in Backend::available() {
        let vectors = vectors.clone().with_backend(backend);
        let (mut query, mut cosines) = (QueryVector::default(), Vec::new());
        let asked = &queries[..QUERIES.min(20_000_000 / vectors.len()).max(9)];
        let micros = median(asked.iter().map(|values| {
            query.set(values);
            timed(|| vectors.cosines(&query, &mut cosines))
        }));
        report.insert(format!("{backend:?}"), json!(micros));
    }
    report.into()
}

/// A walk of the graph: median time and recall.
fn walk(graph: &Graph, vectors: &Vectors, queries: &[Vec<f32>], exact: &Exact, ef: usize) -> Value {
    let (mut query, mut walk) = (QueryVector::default(), GraphSearch::default());
    let (mut found, mut micros) = (Vec::new(), Vec::new());
    for values in queries {
        query.set(values);
        micros.push(timed(|| graph.search(vectors, &query, ef, &mut walk)));
        found.push(
            walk.found
                .iter()
                .take(TOP)
                .map(|near| near.passage)
                .collect(),
        );
    }
    json!({ "ef": ef, "us": median(micros), "recall": exact.recall(&found) })
}

/// Signs first, then the best `share` thousandths (at least 100) by their 4 bits.
fn one_bit(
    rows: &[Vec<f32>],
    vectors: &Vectors,
    queries: &[Vec<f32>],
    exact: &Exact,
    share: usize,
) -> Value {
    let kept = (rows.len() * share / 1000).max(100).min(rows.len());
    let signs: Vec<[u64; DIMS / 64]> = rows.iter().map(|row| self::signs(row)).collect();
    let mut query = QueryVector::default();
    let (mut found, mut micros) = (Vec::new(), Vec::new());
    let mut distances: Vec<u32> = Vec::new();
    for values in queries.iter().take(50) {
        query.set(values);
        micros.push(timed(|| {
            let own = self::signs(values);
            let distance = |row: &[u64; DIMS / 64]| -> u32 {
                row.iter().zip(own).map(|(a, b)| (a ^ b).count_ones()).sum()
            };
            distances.clear();
            distances.extend(signs.iter().map(distance));
            // Distances are small integers: counting them finds the bound.
            let mut counts = [0usize; DIMS + 1];
            distances.iter().for_each(|&d| counts[d as usize] += 1);
            let mut bound = 0;
            let mut below = counts[0];
            while below < kept {
                bound += 1;
                below += counts[bound];
            }
            let near = distances
                .iter()
                .zip(0..)
                .filter(|(d, _)| **d as usize <= bound);
            let scored = near.map(|(_, id)| (vectors.cosine(&query, id), id));
            found.push(top(scored.collect()));
        }));
    }
    json!({ "kept": kept, "us": median(micros), "recall": exact.recall(&found) })
}

fn signs(values: &[f32]) -> [u64; DIMS / 64] {
    let mut words = [0; DIMS / 64];
    for (i, &x) in values.iter().enumerate() {
        words[i / 64] |= u64::from(x > 0.0) << (i % 64);
    }
    words
}

/// `count` passages and the queries to them, unit vectors.
fn clustered(count: usize) -> (Vec<Vec<f32>>, Vec<Vec<f32>>) {
    let mut rng = SmallRng::seed_from_u64(1);
    // Irwin & Hall: a sum of four uniform values is normal enough.
    let mut normal = |weight: f32| -> Vec<f32> {
        let value = |i: usize| weight * (i as f32 + 4.0).powf(-0.4);
        let mut draw = || (0..4).map(|_| rng.gen_range(-1.0f32..1.0)).sum::<f32>();
        (0..DIMS).map(|i| value(i) * draw()).collect()
    };
    let add = |a: &[f32], b: &[f32]| -> Vec<f32> { a.iter().zip(b).map(|(a, b)| a + b).collect() };
    let topics: Vec<_> = (0..(count as f64).sqrt() as usize)
        .map(|_| normal(0.7))
        .collect();
    let pages: Vec<_> = (0..count / 10)
        .map(|i| add(&topics[i % topics.len()], &normal(0.3)))
        .collect();
    let mut passage = |page: usize| {
        let mut values = add(&pages[page], &normal(1.0));
        normalize(&mut values);
        values
    };
    let rows = (0..count)
        .map(|i| passage(i * pages.len() / count))
        .collect();
    let queries = (0..QUERIES)
        .map(|i| passage(i * pages.len() / QUERIES))
        .collect();
    (rows, queries)
}

fn timed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64() * 1e6
}

fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
