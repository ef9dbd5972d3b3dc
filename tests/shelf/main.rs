//! Truncated and damaged shelves: an error or the same results, never a panic, a hang or a huge
//! allocation.

#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests, too, fail by panicking.

mod book;
mod lost;
mod made;
mod rare;
mod sharded;
mod tiers;

use std::alloc::System;
use std::sync::{Mutex, MutexGuard, PoisonError};

use book::{Payloads, answers, build, manifest, written};
use cap::Cap;
use lectern_core::search::{Options, Searcher};
use lectern_core::shelf::directory::Directory;
use lectern_core::shelf::family::{Family, MOST};
use lectern_core::shelf::{Kind, MANIFEST, VERSION, wrap};
use lectern_indexer::OpenError;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// A damaged shelf may take this many times its inflated size, and the constant, to open. A tokenizer
/// takes 2.2 MB however few tokens it has, and the full encoder has its own beside that of the book.
const ALLOCATION_FACTOR: usize = 12;
const ALLOCATION_BASE: usize = 8 << 20;

/// Corruptions tried of each kind.
const ROUNDS: usize = 10_000;

/// The allocator is shared, so one test runs at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

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
    assert_eq!(written(3, 7), written(3, 7));
}

#[test]
fn every_truncation_is_an_error() {
    let _alone = alone();
    let files = build();
    for (name, bytes) in &files {
        let mut damaged = files.clone();
        // Each length near both ends, and every 61st between: all kinds of places, in seconds.
        let near = |cut: usize| cut < 200 || bytes.len() - cut < 200 || cut.is_multiple_of(61);
        for cut in (0..bytes.len()).filter(|&cut| near(cut)) {
            damaged.insert(name.clone(), bytes[..cut].to_vec());
            assert!(answers(&damaged).is_err(), "{name} cut at {cut}");
        }
    }
    let mut missing = files.clone();
    missing.remove(MANIFEST);
    assert!(matches!(answers(&missing), Err(OpenError::Read { .. })));
}

/// Checksums stop accidents. These cuts and the corruptions below carry good ones, so the code behind
/// is on its own.
#[test]
fn every_truncation_with_good_checksums_is_an_error() {
    let _alone = alone();
    let payloads = Payloads::of(&written(3, 7));
    let mut all = Vec::new();
    payloads.pack(&mut |kind, payload| all.push((kind, payload.len())));
    for (target, &(kind, length)) in all.iter().enumerate() {
        let near = |cut: usize| cut < 100 || length - cut < 100 || cut.is_multiple_of(61);
        for cut in (0..length).filter(|&cut| near(cut)) {
            let mut place = 0;
            let damaged = payloads.pack(&mut |_, payload| {
                if place == target {
                    payload.truncate(cut);
                }
                place += 1;
            });
            assert!(
                answers(&damaged).is_err(),
                "{kind:?} cut at {cut} of {length}"
            );
        }
    }
}

#[test]
fn corruptions_give_an_error_or_the_same_answers() {
    let _alone = alone();
    let files = build();
    let expected = answers(&files).unwrap();
    let names: Vec<&String> = files.keys().collect();
    let mut random = Random(1);
    for round in 0..ROUNDS {
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

#[test]
fn corruptions_with_good_checksums_neither_panic_nor_allocate_much() {
    let _alone = alone();
    let payloads = Payloads::of(&written(3, 7));
    let mut kinds = Vec::new();
    payloads.pack(&mut |kind, _| kinds.push(kind));
    let size = payloads.size();
    let mut random = Random(2);
    let mut opened = 0;
    for round in 0..ROUNDS {
        let target = random.below(kinds.len());
        let mut place = 0;
        let damaged = payloads.pack(&mut |_, payload| {
            if place == target {
                damage(payload, &mut random);
            }
            place += 1;
        });
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
        opened > ROUNDS / 10,
        "{opened} of {ROUNDS} opened: the test reaches little"
    );
}

#[test]
fn a_directory_that_claims_many_files_opens_in_little_memory() {
    let _alone = alone();
    let directory = Directory {
        passages: u32::MAX,
        groups: Family::new(vec![5; MOST as usize]),
        ..Directory::default()
    };
    let file = wrap(Kind::Directory, &directory.write());
    let before = ALLOCATOR.allocated();
    ALLOCATOR.set_limit(before + ALLOCATION_BASE).unwrap();
    let opened = Searcher::open(&file, "en").map(|_| ());
    let honest = Directory {
        passages: 1,
        ..directory
    };
    let file = wrap(Kind::Directory, &honest.write());
    let searcher = Searcher::open(&file, "en");
    let found = searcher.and_then(|mut searcher| searcher.search("robot", &Options::default()));
    ALLOCATOR.set_limit(usize::MAX).unwrap();
    assert_eq!(opened.unwrap_err().code(), "shelf-corrupt");
    assert!(found.unwrap().pages.is_empty());
}

/// Puts up to three bytes in a payload that are likely to do harm.
fn damage(payload: &mut [u8], random: &mut Random) {
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
        message.contains(&format!("shelf format {}", VERSION + 1))
            && message.contains("same version of Lectern"),
        "{message}"
    );
}

#[test]
fn sections_of_two_books_do_not_mix() {
    let _alone = alone();
    let empty = lectern_core::meaning::Graph::write(0, 0, &[]);
    let mixed = Payloads::of(&written(3, 7)).pack(&mut |kind, payload| {
        if kind == Kind::Graph {
            payload.clone_from(&empty);
        }
    });
    let message = answers(&mixed).unwrap_err().to_string();
    assert!(message.contains("do not belong together"), "{message}");
}
