//! Truncated and damaged shelves: an error or the same results, never a panic, a hang or a huge
//! allocation.

#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests, too, fail by panicking.

use std::alloc::System;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cap::Cap;
use lectern_core::meaning::Vectors;
use lectern_core::search::{Options, Response};
use lectern_core::shelf::{self, Kind, MANIFEST, Manifest, SectionFile};
use lectern_indexer::{Embedder, Indexer, OpenError, build_graph, inflate, model, open};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// A damaged shelf may take this many times its inflated size, and the constant, to open.
const ALLOCATION_FACTOR: usize = 12;
const ALLOCATION_BASE: usize = 4 << 20;

const QUERIES: [&str; 3] = [
    "how does a robot keep its balance",
    "ros2 topic list",
    "torqe",
];

/// The allocator is shared, so one test runs at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

type Files = BTreeMap<String, Vec<u8>>;

/// SplitMix64 (Steele, Lea & Flood 2014), seeded.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(z ^ (z >> 31)) * limit as u128) >> 64) as usize
    }
}

const PAGES: [(&str, &str); 3] = [
    (
        "docs/balance/index.html",
        "<main><h1>Balance</h1><p>A robot keeps its balance by moving its feet.</p>
         <h2 id=torque>Torque</h2><p>Too little torque and the ankle gives way. The foot tips.</p>
         <pre><code>tau = m * g * l\nprint(tau)</code></pre></main>",
    ),
    (
        "docs/topics.html",
        "<main><h1>Topics</h1><h2 id=cli>On the command line</h2><p>Use <code>ros2 topic list</code>
         to see all topics.</p><ul><li>publishers</li><li>subscribers</li></ul></main>",
    ),
    ("flat.html", "<main><p>A page without headings about a camera and its lens.</p></main>"),
];

fn build() -> Files {
    let model = model::testing::tiny(7).unwrap();
    let mut embedder = Embedder::open(&model).unwrap();
    let mut indexer = Indexer::new(
        model,
        lectern_indexer::Options {
            title: "Book".into(),
        },
    )
    .unwrap();
    for (file, html) in PAGES {
        indexer.add_page(file, html.as_bytes()).unwrap();
    }
    for pending in indexer.pending().unwrap() {
        let vector = embedder.embed(&pending.text).unwrap();
        indexer.set_vector(pending.key, vector).unwrap();
    }
    let shelf = indexer.finish().unwrap();
    let files = shelf.files.into_iter();
    with_graph(files.map(|file| (file.name, file.bytes)).collect())
}

/// The shelf with the graph that a large book would have.
fn with_graph(mut files: Files) -> Files {
    let mut manifest = manifest(&files);
    let vectors = manifest.section(Kind::Vectors).unwrap();
    let section = inflate(files[&vectors.file].clone(), vectors.size).unwrap();
    let vectors = Vectors::open(shelf::unwrap(Kind::Vectors, &section).unwrap()).unwrap();
    let graph = shelf::wrap(Kind::Graph, &build_graph(vectors).unwrap());
    let encoder = manifest.sections.len() - 1;
    let entry = SectionFile {
        kind: Kind::Graph.name().into(),
        file: "graph.lectern".into(),
        stored: graph.len() as u64,
        size: graph.len() as u64,
    };
    manifest.sections.insert(encoder, entry);
    files.insert("graph.lectern".into(), graph);
    let json = serde_json::to_vec(&manifest.seal()).unwrap();
    files.insert(MANIFEST.into(), json);
    files
}

/// Opens the shelf and asks it everything; the answers, or the first error.
fn answers(files: &Files) -> Result<Vec<Response>, OpenError> {
    let mut read = |name: &str| {
        files
            .get(name)
            .cloned()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    };
    let (_, mut searcher) = open(&mut read)?;
    searcher.verify()?;
    let options = Options {
        explain: true,
        ..Options::default()
    };
    QUERIES
        .iter()
        .map(|query| Ok(searcher.search(query, &options)?))
        .collect()
}

fn manifest(files: &Files) -> Manifest {
    serde_json::from_slice(&files[MANIFEST]).unwrap()
}

#[test]
fn the_whole_shelf_answers() {
    let _alone = alone();
    let found = answers(&build()).unwrap();
    assert_eq!(found[0].pages[0].url, "docs/balance/");
    assert_eq!(found[1].pages[0].hits[0].url, "docs/topics.html#cli");
    assert_eq!(found[2].corrections[0].to, "torque");
}

#[test]
fn the_same_pages_give_the_same_bytes() {
    let _alone = alone();
    assert_eq!(build(), build());
}

#[test]
fn every_truncation_is_an_error() {
    let _alone = alone();
    let files = build();
    for (name, bytes) in &files {
        let mut damaged = files.clone();
        // Each length near both ends, and every 61st between: all kinds of places, in seconds.
        let near = |cut: usize| cut < 300 || bytes.len() - cut < 300 || cut.is_multiple_of(61);
        for cut in (0..bytes.len()).filter(|&cut| near(cut)) {
            damaged.insert(name.clone(), bytes[..cut].to_vec());
            assert!(answers(&damaged).is_err(), "{name} cut at {cut}");
        }
    }
    let mut missing = files.clone();
    missing.remove(MANIFEST);
    assert!(matches!(answers(&missing), Err(OpenError::Read { .. })));
}

#[test]
fn ten_thousand_corruptions_give_an_error_or_the_same_answers() {
    let _alone = alone();
    let files = build();
    let expected = answers(&files).unwrap();
    let names: Vec<&String> = files.keys().collect();
    let mut random = Random(1);
    for round in 0..10_000 {
        let mut damaged = files.clone();
        let name = names[random.below(names.len())];
        let bytes = damaged.get_mut(name).unwrap();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len());
            bytes[at] = random.below(256) as u8;
        }
        if let Ok(found) = answers(&damaged) {
            assert_eq!(found, expected, "round {round}, {name}");
        }
    }
}

/// Checksums stop accidents. These corruptions carry good ones, so the code behind is on its own.
#[test]
fn corruptions_with_good_checksums_neither_panic_nor_allocate_much() {
    let _alone = alone();
    let files = build();
    let manifest = manifest(&files);
    let mut random = Random(2);
    let payloads = Kind::ALL.map(|kind| {
        let file = manifest.section(kind).unwrap();
        let section = inflate(files[&file.file].clone(), file.size).unwrap();
        shelf::unwrap(kind, &section).unwrap().to_vec()
    });
    let size: usize = payloads.iter().map(Vec::len).sum();
    let mut opened = 0;
    for round in 0..10_000 {
        let which = random.below(Kind::ALL.len());
        let kind = Kind::ALL[which];
        let mut payload = payloads[which].clone();
        for _ in 0..=random.below(3) {
            // Sizes and counts stand at the front; the rest is hit often enough.
            let reach = if random.below(2) == 0 {
                payload.len().min(64)
            } else {
                payload.len()
            };
            let at = random.below(reach);
            payload[at] = [0, 1, 0x7f, 0x80, 0xff, random.below(256) as u8][random.below(6)];
        }
        let mut damaged = files.clone();
        let section = shelf::wrap(kind, &payload);
        let mut manifest = manifest.clone();
        let entry = manifest
            .sections
            .iter_mut()
            .find(|s| s.kind == kind.name())
            .unwrap();
        (entry.stored, entry.size) = (section.len() as u64, section.len() as u64);
        damaged.insert(entry.file.clone(), section);
        damaged.insert(
            MANIFEST.into(),
            serde_json::to_vec(&manifest.seal()).unwrap(),
        );
        let before = ALLOCATOR.allocated();
        ALLOCATOR
            .set_limit(before + size * ALLOCATION_FACTOR + ALLOCATION_BASE)
            .unwrap();
        let result = answers(&damaged);
        ALLOCATOR.set_limit(usize::MAX).unwrap();
        opened += usize::from(result.is_ok());
        if let Err(error) = result {
            assert!(!error.to_string().is_empty(), "round {round}");
        }
    }
    assert!(
        opened > 0,
        "no corruption was harmless: the test reaches nothing"
    );
}

#[test]
fn a_shelf_of_another_version_says_so() {
    let _alone = alone();
    let mut files = build();
    let mut manifest = manifest(&files);
    manifest.version += 1;
    files.insert(
        MANIFEST.into(),
        serde_json::to_vec(&manifest.seal()).unwrap(),
    );
    let message = answers(&files).unwrap_err().to_string();
    assert!(
        message.contains("shelf format 2") && message.contains("same version of Lectern"),
        "{message}"
    );
}

#[test]
fn sections_of_two_books_do_not_mix() {
    let _alone = alone();
    let files = build();
    let manifest = manifest(&files);
    let mut other = files.clone();
    let graph = manifest.section(Kind::Graph).unwrap();
    let foreign = shelf::wrap(Kind::Graph, &lectern_core::meaning::Graph::write(0, 0, &[]));
    let mut manifest = manifest.clone();
    let entry = manifest
        .sections
        .iter_mut()
        .find(|s| s.kind == "graph")
        .unwrap();
    (entry.stored, entry.size) = (foreign.len() as u64, foreign.len() as u64);
    other.insert(graph.file.clone(), foreign);
    other.insert(
        MANIFEST.into(),
        serde_json::to_vec(&manifest.seal()).unwrap(),
    );
    assert!(
        answers(&other)
            .unwrap_err()
            .to_string()
            .contains("do not belong together")
    );
}
