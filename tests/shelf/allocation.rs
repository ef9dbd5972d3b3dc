//! A query by meaning allocates nothing once its memory is there.

#![allow(clippy::unwrap_used)] // Helpers of tests, too, fail by panicking.

use std::alloc::System;

use cap::Cap;
use lectern_core::meaning::nibbles::encode_row;
use lectern_core::meaning::{EF_SEARCH, Graph, GraphSearch, QueryVector, Vectors};
use lectern_indexer::build_graph;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

const PASSAGES: usize = 2_000;
const DIMS: usize = 64;

/// A vector that depends on `seed` alone, spread over all directions.
fn vector(seed: usize) -> Vec<f32> {
    let value = |i: usize| ((seed * DIMS + i) as f32 * 12.9898).sin() * 0.2;
    (0..DIMS).map(value).collect()
}

#[test]
fn walking_and_scanning_allocate_nothing_after_the_first_query() {
    let mut vectors = Vectors::new(DIMS);
    for seed in 0..PASSAGES {
        vectors.push(&encode_row(&vector(seed))).unwrap();
    }
    let graph = Graph::open(&build_graph(vectors.clone()).unwrap(), PASSAGES).unwrap();
    let mut query = QueryVector::default();
    let (mut walk, mut cosines) = (GraphSearch::default(), Vec::new());
    let queries: Vec<Vec<f32>> = (PASSAGES..PASSAGES + 200).map(vector).collect();
    let mut ask = |queries: &[Vec<f32>]| {
        let before = ALLOCATOR.total_allocated();
        for values in queries {
            query.set(values);
            graph.search(&vectors, &query, EF_SEARCH, &mut walk);
            vectors.cosines(&query, &mut cosines);
            assert_eq!((walk.found.len(), cosines.len()), (EF_SEARCH, PASSAGES));
        }
        ALLOCATOR.total_allocated() - before
    };
    assert!(ask(&queries[..1]) > 0);
    // The allocator is shared with the thread that waits for this test.
    let least = queries.chunks(50).map(ask).min();
    assert_eq!(least, Some(0), "bytes allocated");
}
