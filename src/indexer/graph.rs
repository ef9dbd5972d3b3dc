//! The HNSW graph, built by `instant-distance`.
//!
//! The library shuffles its points with a random generator that differs between 32 and 64 bits, and
//! inserts them on as many threads as there are. Neither may show in the shelf, so points are handed
//! over in the order that its shuffle turns into ours, and one thread inserts them.

use std::sync::Arc;

use instant_distance::{Builder, Heuristic, Point};
use lectern_core::meaning::{Graph, Links, QueryVector, Vectors};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize, Serializer};

use crate::IndexError;

/// Candidates kept while a point is inserted: `efConstruction` in the paper.
const EF_CONSTRUCTION: usize = 200;

/// Share of a layer's passages that stand in the layer above too: `1 / M` for the library's M of 32,
/// which is what the paper's `mL = 1 / ln M` comes to.
const ML: f32 = 1.0 / 32.0;

/// Algorithm 4 of the paper, without filling up with what it discards: of 10,000 vectors that and
/// [`ML`] leave 44 bytes of links a passage, not 108, and recall@10 at `ef` 200 stays 1.000.
const SELECT: Heuristic = Heuristic {
    extend_candidates: false,
    keep_pruned: false,
};

/// Any number will do, but always the same.
const SEED: u64 = 0x1ec7_e121;

/// A passage's vector, by its place. Serialised as nothing: only links leave the library.
#[derive(Clone)]
struct Node {
    points: Arc<Points>,
    passage: u32,
}

/// The vectors, as rows and as queries: kernels compare one of each.
struct Points {
    rows: Vectors,
    queries: Vec<QueryVector>,
}

impl Points {
    fn new(rows: Vectors) -> Self {
        let mut queries = vec![QueryVector::default(); rows.len()];
        for (passage, query) in (0..).zip(&mut queries) {
            rows.as_query(passage, query);
        }
        Self { rows, queries }
    }
}

impl Point for Node {
    fn distance(&self, other: &Self) -> f32 {
        let query = &self.points.queries[self.passage as usize];
        1.0 - self.points.rows.cosine(query, other.passage)
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

/// What the library's graph looks like to serde: links by place, `u32::MAX` where there is none.
#[derive(Deserialize)]
struct Mirror {
    zero: Vec<Vec<u32>>,
    layers: Vec<Vec<Vec<u32>>>,
}

/// The payload of the graph section for these vectors.
pub fn build(vectors: Vectors) -> Result<Vec<u8>, IndexError> {
    let count = vectors.len();
    if count == 0 {
        return Ok(Graph::write(0, 0, &[]));
    }
    let order = insertion_order(count);
    let places = library_shuffle(count);
    let points = Arc::new(Points::new(vectors));
    let mut nodes = vec![
        Node {
            points: points.clone(),
            passage: 0
        };
        count
    ];
    for (&place, &passage) in places.iter().zip(&order) {
        nodes[place].passage = passage;
    }
    let builder = Builder::default()
        .seed(SEED)
        .ml(ML)
        .select_heuristic(Some(SELECT))
        .ef_construction(EF_CONSTRUCTION);
    let (hnsw, ids) = on_one_thread(|| builder.build_hnsw(nodes))?;
    let kept = places
        .iter()
        .enumerate()
        .all(|(at, &place)| ids[place].into_inner() as usize == at);
    if !kept {
        return Err(IndexError::Graph(
            "its shuffle is another than expected".into(),
        ));
    }
    let mirror = serde_json::to_vec(&hnsw).and_then(|json| serde_json::from_slice::<Mirror>(&json));
    let mirror = mirror.map_err(|e| IndexError::Graph(e.to_string()))?;
    let mut layers: Vec<Links> = mirror
        .layers
        .iter()
        .rev()
        .map(|layer| links(layer, &order))
        .collect();
    layers.push(links(&mirror.zero, &order));
    Ok(Graph::write(count, order[0], &layers))
}

/// The passages in the order in which they are inserted: a Fisher–Yates shuffle driven by
/// SplitMix64, the same on every machine.
fn insertion_order(count: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..count as u32).collect();
    let mut state = SEED;
    for i in (1..count).rev() {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        let j = ((u128::from(z) * (i as u128 + 1)) >> 64) as usize;
        order.swap(i, j);
    }
    order
}

/// `library_shuffle(n)[i]` is the input that the library puts at place `i`: its own code, with its
/// own generator, which differs between 32 and 64 bits.
fn library_shuffle(count: usize) -> Vec<usize> {
    let mut rng = SmallRng::seed_from_u64(SEED);
    let mut shuffled: Vec<(u32, usize)> = (0..count)
        .map(|i| (rng.gen_range(0..count as u32), i))
        .collect();
    shuffled.sort_unstable();
    shuffled.into_iter().map(|(_, i)| i).collect()
}

/// Links by passage, ascending, from links by place.
fn links(layer: &[Vec<u32>], order: &[u32]) -> Links {
    let passages = |places: &[u32]| -> Vec<u32> {
        places
            .iter()
            .filter_map(|&place| order.get(place as usize).copied())
            .collect()
    };
    let mut links: Links = layer
        .iter()
        .zip(order)
        .map(|(places, &passage)| (passage, passages(places)))
        .collect();
    links.sort_unstable();
    links
}

/// Runs `build` on a rayon pool of one thread, or where it is when there are no threads.
fn on_one_thread<T: Send>(build: impl FnOnce() -> T + Send) -> Result<T, IndexError> {
    if cfg!(target_arch = "wasm32") {
        return Ok(build());
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let pool = pool.map_err(|e| IndexError::Graph(e.to_string()))?;
    Ok(pool.install(build))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lectern_core::meaning::nibbles::encode_row;
    use lectern_core::meaning::{EF_SEARCH, GraphSearch};

    /// Clustered unit vectors: what sentence embeddings look like.
    fn clustered(count: usize, dims: usize, seed: u64) -> Vec<Vec<f32>> {
        let mut rng = SmallRng::seed_from_u64(seed);
        let mut random = |spread: f32| -> Vec<f32> {
            (0..dims)
                .map(|_| (0..4).map(|_| rng.gen_range(-1.0f32..1.0)).sum::<f32>() * spread)
                .collect()
        };
        let centres: Vec<_> = (0..32).map(|_| random(1.0)).collect();
        (0..count)
            .map(|i| {
                let mut v: Vec<f32> = centres[i % 32]
                    .iter()
                    .zip(random(0.5))
                    .map(|(c, x)| c + x)
                    .collect();
                lectern_core::encoder::math::normalize(&mut v);
                v
            })
            .collect()
    }

    fn vectors(points: &[Vec<f32>]) -> Vectors {
        let mut vectors = Vectors::new(points[0].len());
        for point in points {
            vectors.push(&encode_row(point)).unwrap();
        }
        vectors
    }

    #[test]
    fn a_walk_finds_98_of_100_of_what_exact_search_finds() {
        let points = clustered(3_000, 64, 1);
        let vectors = vectors(&points);
        let payload = build(vectors.clone()).unwrap();
        let graph = Graph::open(&payload, points.len()).unwrap();
        let (mut query, mut walk, mut exact) =
            (QueryVector::default(), GraphSearch::default(), vec![]);
        let (mut found, mut wanted) = (0, 0);
        for q in clustered(200, 64, 2) {
            query.set(&q);
            vectors.cosines(&query, &mut exact);
            let mut best: Vec<u32> = (0..points.len() as u32).collect();
            best.sort_by(|&a, &b| {
                exact[b as usize]
                    .total_cmp(&exact[a as usize])
                    .then(a.cmp(&b))
            });
            graph.search(&vectors, &query, EF_SEARCH, &mut walk);
            let near: Vec<u32> = walk
                .found
                .iter()
                .take(10)
                .map(|near| near.passage)
                .collect();
            found += best[..10].iter().filter(|id| near.contains(id)).count();
            wanted += 10;
        }
        let recall = found as f64 / f64::from(wanted);
        assert!(recall >= 0.98, "recall@10 is {recall}");
    }

    #[test]
    fn the_same_vectors_give_the_same_bytes() {
        let vectors = vectors(&clustered(700, 16, 3));
        assert_eq!(build(vectors.clone()).unwrap(), build(vectors).unwrap());
    }

    #[test]
    fn small_and_doubled_sets_work() {
        for count in [1usize, 2, 31, 33, 130] {
            let points = vec![vec![1.0, 0.0]; count];
            let payload = build(vectors(&points)).unwrap();
            let graph = Graph::open(&payload, count).unwrap();
            let mut query = QueryVector::default();
            query.set(&[1.0, 0.0]);
            let mut walk = GraphSearch::default();
            graph.search(&vectors(&points), &query, 10, &mut walk);
            assert_eq!(walk.found.len(), count.min(10));
        }
    }
}
