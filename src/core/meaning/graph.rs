//! The HNSW graph (Malkov & Yashunin 2018): links made by `instant-distance` when the book was
//! indexed, stored compactly, walked here.
//!
//! Payload: number of passages, number of upper layers, entry passage; then the bottom layer and
//! the upper ones from the top down. A layer is its passages (all of them at the bottom) and, for
//! each, its links, ascending, as differences.

use super::query::QueryVector;
use super::vectors::Vectors;
use crate::Result;
use crate::shelf::codec::{Reader, Writer};

/// Name of this section in errors.
const SECTION: &str = "graph";

/// Candidates kept while walking the bottom layer: `ef` in the paper. Of 3,000 vectors in clusters
/// that queries lie outside of, recall@10 is .961 at 100, .992 at 200 and 1.000 at 400.
pub const EF_SEARCH: usize = 200;

/// Links of one layer before they are written: passages, ascending, each with its links.
pub type Links = Vec<(u32, Vec<u32>)>;

/// The links between passages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Graph {
    entry: u32,
    /// From the top layer down; the last one is the bottom layer.
    layers: Vec<Layer>,
}

/// One layer: links of `passages[i]` are `links[starts[i]..starts[i + 1]]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Layer {
    passages: Vec<u32>,
    starts: Vec<u32>,
    links: Vec<u32>,
}

impl Graph {
    /// A payload from layers, top first, bottom last; `count` passages in all.
    pub fn write(count: usize, entry: u32, layers: &[Links]) -> Vec<u8> {
        let mut w = Writer::new();
        w.varint(count as u64);
        w.varint(layers.len() as u64);
        w.varint(u64::from(entry));
        for layer in layers {
            w.varint(layer.len() as u64);
            let mut previous = 0;
            for (passage, links) in layer {
                w.varint(u64::from(passage - previous));
                previous = *passage;
                let mut links = links.clone();
                links.sort_unstable();
                links.dedup();
                w.varint(links.len() as u64);
                let mut last = 0;
                for link in links {
                    w.varint(u64::from(link - last));
                    last = link;
                }
            }
        }
        w.finish()
    }

    /// Opens the payload of a graph over `passages` passages; every link is checked.
    pub fn open(payload: &[u8], passages: usize) -> Result<Self> {
        let mut r = Reader::new(SECTION, payload);
        if r.varint()? != passages as u64 {
            return Err(crate::Error::Mixed {
                what: "the graph is of another number of passages",
            });
        }
        let depth = r.count(1)?;
        let entry = r.varint_u32()?;
        let mut layers = Vec::with_capacity(depth);
        for _ in 0..depth {
            layers.push(Layer::read(&mut r, passages)?);
        }
        r.end()?;
        let whole = layers
            .last()
            .is_none_or(|bottom| bottom.passages.len() == passages);
        let entered = layers.iter().all(|layer| layer.place(entry).is_some());
        if !whole || !entered || layers.is_empty() != (passages == 0) {
            return Err(r.corrupt("a layer of the graph is incomplete"));
        }
        Ok(Self { entry, layers })
    }

    /// The passages nearest to `query`, best first: at most `ef` of them in `search.found`.
    ///
    /// Algorithm 5 of the paper: greedy descent through the upper layers, then a best-first walk
    /// of the bottom layer that keeps `ef` candidates (algorithm 2).
    pub fn search(
        &self,
        vectors: &Vectors,
        query: &QueryVector,
        ef: usize,
        search: &mut GraphSearch,
    ) {
        search.found.clear();
        let Some((bottom, upper)) = self.layers.split_last() else {
            return;
        };
        let mut entry = Near::new(vectors, query, self.entry);
        for layer in upper {
            search.walk(layer, vectors, query, entry, 1);
            entry = search.found.first().copied().unwrap_or(entry);
        }
        search.walk(bottom, vectors, query, entry, ef.max(1));
    }
}

impl Layer {
    fn read(r: &mut Reader<'_>, count: usize) -> Result<Self> {
        let size = r.count(2)?;
        let mut layer = Self {
            passages: Vec::with_capacity(size),
            starts: Vec::with_capacity(size + 1),
            links: Vec::new(),
        };
        layer.starts.push(0);
        let mut passage = None;
        for _ in 0..size {
            let next = ascending(r, passage, count)?;
            passage = Some(next);
            layer.passages.push(next);
            let mut link = None;
            for _ in 0..r.count(1)? {
                let next = ascending(r, link, count)?;
                link = Some(next);
                layer.links.push(next);
            }
            layer.starts.push(layer.links.len() as u32);
        }
        if layer.links.iter().any(|&link| layer.place(link).is_none()) {
            return Err(r.corrupt("a link leads out of its layer"));
        }
        Ok(layer)
    }

    /// Where a passage stands in this layer.
    fn place(&self, passage: u32) -> Option<usize> {
        match self.passages.get(passage as usize) {
            Some(&found) if found == passage => Some(passage as usize),
            _ => self.passages.binary_search(&passage).ok(),
        }
    }

    fn links(&self, passage: u32) -> &[u32] {
        let Some(at) = self.place(passage) else {
            return &[];
        };
        &self.links[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}

/// Reads the difference to `last`; the sum must be larger than it and below `count`.
fn ascending(r: &mut Reader<'_>, last: Option<u32>, count: usize) -> Result<u32> {
    let step = r.varint_u32()?;
    let next = last
        .unwrap_or(0)
        .checked_add(step)
        .filter(|&next| (next as usize) < count);
    match next {
        Some(next) if last.is_none_or(|last| next > last) => Ok(next),
        _ => Err(r.corrupt("links are out of order")),
    }
}

/// A passage and its cosine to the query; the greater is the nearer, then the earlier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Cosine to the query.
    pub cosine: f32,
    /// The passage.
    pub passage: u32,
}

impl Near {
    fn new(vectors: &Vectors, query: &QueryVector, passage: u32) -> Self {
        Self {
            cosine: vectors.cosine(query, passage),
            passage,
        }
    }
}

impl Eq for Near {}

impl Ord for Near {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.cosine
            .total_cmp(&other.cosine)
            .then(other.passage.cmp(&self.passage))
    }
}

impl PartialOrd for Near {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Memory of a search; after the first one over a graph nothing is allocated.
#[derive(Debug, Default)]
pub struct GraphSearch {
    /// The result: best first.
    pub found: Vec<Near>,
    /// `W` and `C` in the paper in one, best first: what is not among the best `ef` would never be
    /// expanded.
    beam: Vec<Candidate>,
    /// The walk in which a passage was last seen.
    visited: Vec<u32>,
    walk: u32,
}

/// One of the best so far.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    near: Near,
    expanded: bool,
}

impl GraphSearch {
    /// Algorithm 2 of the paper: the `ef` nearest of one layer, from `entry`, into `found`.
    fn walk(
        &mut self,
        layer: &Layer,
        vectors: &Vectors,
        query: &QueryVector,
        entry: Near,
        ef: usize,
    ) {
        self.start(vectors.len(), ef);
        self.visit(entry.passage);
        self.insert(entry, ef);
        // All before this place are expanded.
        let mut at = 0;
        while let Some(candidate) = self.beam.get_mut(at) {
            if candidate.expanded {
                at += 1;
                continue;
            }
            candidate.expanded = true;
            for &link in layer.links(candidate.near.passage) {
                if self.visit(link) {
                    let place = self.insert(Near::new(vectors, query, link), ef);
                    at = at.min(place);
                }
            }
        }
        self.found.clear();
        self.found
            .extend(self.beam.iter().map(|candidate| candidate.near));
    }

    /// Puts a passage where it belongs among the best `ef`; returns its place, or one behind them.
    fn insert(&mut self, near: Near, ef: usize) -> usize {
        if self.beam.len() == ef {
            match self.beam.last() {
                Some(last) if near > last.near => self.beam.pop(),
                _ => return ef,
            };
        }
        let place = self.beam.partition_point(|other| other.near > near);
        let expanded = false;
        self.beam.insert(place, Candidate { near, expanded });
        place
    }

    fn start(&mut self, passages: usize, ef: usize) {
        self.beam.clear();
        self.beam.reserve(ef.min(passages));
        if self.visited.len() != passages || self.walk == u32::MAX {
            self.visited.clear();
            self.visited.resize(passages, 0);
            self.walk = 0;
        }
        self.walk += 1;
    }

    /// Marks a passage; false when it was marked in this walk before.
    fn visit(&mut self, passage: u32) -> bool {
        let seen = &mut self.visited[passage as usize];
        let first = *seen != self.walk;
        *seen = self.walk;
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meaning::nibbles;

    /// Vectors on a circle, each linked to its neighbours; every eighth is in the upper layer.
    fn ring(count: u32) -> (Vectors, Vec<u8>) {
        let mut vectors = Vectors::new(2);
        for i in 0..count {
            let angle = f64::from(i) / f64::from(count) * std::f64::consts::TAU;
            let v = [libm::cos(angle) as f32, libm::sin(angle) as f32];
            vectors.push(&nibbles::encode_row(&v)).unwrap();
        }
        let link = |step: u32, i: u32| vec![(i + count - step) % count, (i + step) % count];
        let upper: Links = (0..count).step_by(8).map(|i| (i, link(8, i))).collect();
        let bottom: Links = (0..count).map(|i| (i, link(1, i))).collect();
        let payload = Graph::write(count as usize, 0, &[upper, bottom]);
        (vectors, payload)
    }

    #[test]
    fn a_walk_finds_what_lies_nearest() {
        let (vectors, payload) = ring(64);
        let graph = Graph::open(&payload, 64).unwrap();
        let mut query = QueryVector::default();
        let mut search = GraphSearch::default();
        for target in [0u32, 7, 31, 50] {
            let angle = f64::from(target) / 64.0 * std::f64::consts::TAU;
            query.set(&[libm::cos(angle) as f32, libm::sin(angle) as f32]);
            graph.search(&vectors, &query, 8, &mut search);
            assert_eq!(search.found.len(), 8);
            assert!(search.found.windows(2).all(|pair| pair[0] > pair[1]));
            let near: Vec<u32> = search.found.iter().map(|near| near.passage).collect();
            assert!(near[..3].contains(&target), "{target} in {near:?}");
        }
    }

    #[test]
    fn every_damage_to_a_payload_is_an_error_or_a_graph() {
        let (vectors, payload) = ring(16);
        let mut query = QueryVector::default();
        query.set(&[1.0, 0.0]);
        for cut in 0..payload.len() {
            assert!(Graph::open(&payload[..cut], 16).is_err(), "cut at {cut}");
        }
        for at in 0..payload.len() {
            for value in [0, 1, 15, 16, 0x7f, 0x80, 0xff] {
                let mut damaged = payload.clone();
                damaged[at] = value;
                if let Ok(graph) = Graph::open(&damaged, 16) {
                    graph.search(&vectors, &query, 4, &mut GraphSearch::default());
                }
            }
        }
        assert_eq!(Graph::open(&payload, 17).unwrap_err().code(), "shelf-mixed");
    }

    #[test]
    fn a_book_without_passages_has_an_empty_graph() {
        let graph = Graph::open(&Graph::write(0, 0, &[]), 0).unwrap();
        let mut search = GraphSearch::default();
        graph.search(&Vectors::new(2), &QueryVector::default(), 4, &mut search);
        assert!(search.found.is_empty());
    }
}
