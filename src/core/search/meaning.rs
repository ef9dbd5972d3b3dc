//! The part of a search that is by meaning: which encoder reads the query, and how near it is to
//! the passages.

use super::fusion::Candidate;
use super::pages::Pages;
use crate::encoder::math::normalize;
use crate::encoder::{Encoder, Projection, Role, Vocabulary, parts};
use crate::meaning::nibbles::{decode_row, nothing, row_bytes};
use crate::meaning::{Cells, CodedQuery, EF_SEARCH, Graph, GraphSearch, Vectors};
use crate::order::sort_by;
use crate::shelf::codec::{Reader, Writer};
use crate::shelf::parts::Parts;
use crate::shelf::{Kind, unwrap};
use crate::words::{WordIndex, WordQuery};
use crate::{Error, Result};

/// Passages found by words that a hybrid query is moved towards.
pub const FEEDBACK_PASSAGES: usize = 3;

/// What they weigh together; the query weighs 1. On three question sets the hybrid's mean nDCG@10 with
/// the small encoder is .668 without, .677 with .3 and .680 with .6.
pub const FEEDBACK_WEIGHT: f32 = 0.5;

/// Which encoder turns a query into a vector: `Encoder` of JavaScript.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// None: search is by words.
    #[default]
    None,
    /// The words' vectors distilled for the book.
    Small,
    /// The encoder itself, on a server.
    Relay,
    /// The encoder itself, here.
    Full,
}

/// How a query meets the vectors of a book, and what turns a query into another.
#[derive(Debug)]
pub(super) struct Meaning {
    pub cells: Cells,
    /// All vectors, where they are here: then they are compared, and not those of the nearest cells.
    all: Option<Vectors>,
    /// Of large books alone.
    graph: Option<Graph>,
    small: bool,
    full: Option<Full>,
    relay: Option<Relayed>,
    vector: Vec<f32>,
    query: CodedQuery,
    /// Cells near to the query as it was read.
    pub near: Vec<usize>,
    /// What words have found best, and the vector of one of them.
    best: Vec<(f32, u32)>,
    passage: Vec<f32>,
    cosines: Vec<f32>,
    compared: Vec<(u32, f32)>,
    walk: GraphSearch,
}

#[derive(Debug)]
struct Full {
    encoder: Encoder,
    projection: Option<Projection>,
    hidden: Vec<f32>,
    /// The last text that was encoded: a query is read once for each round of what it needs.
    text: String,
    vector: Vec<f32>,
}

/// The last text that a server has embedded, and its vector.
#[derive(Debug, Default)]
struct Relayed {
    text: String,
    vector: Vec<f32>,
}

impl Meaning {
    /// Opens the file that leads to the cells; there is no encoder yet.
    pub fn open(cells: &[u8]) -> Result<Self> {
        Ok(Self {
            cells: Cells::open(unwrap(Kind::Cells, cells)?)?,
            all: None,
            graph: None,
            small: false,
            full: None,
            relay: None,
            vector: Vec::new(),
            query: CodedQuery::default(),
            near: Vec::new(),
            best: Vec::new(),
            passage: Vec::new(),
            cosines: Vec::new(),
            compared: Vec::new(),
            walk: GraphSearch::default(),
        })
    }

    /// Takes all vectors from the groups, which must all be here, and the links between them, which go
    /// as far as the last passage that there is.
    pub fn compare_all(
        &mut self,
        pages: &Pages,
        capacity: usize,
        graph: Option<&[u8]>,
    ) -> Result<()> {
        let mut all = Vectors::new(self.cells.dims());
        let nothing = nothing(self.cells.dims());
        let mut numbers = 0..capacity as u32;
        let last = numbers.rfind(|&passage| pages.row(passage).is_some());
        for passage in 0..last.map_or(0, |last| last + 1) {
            all.push(pages.row(passage).unwrap_or(&nothing))?;
        }
        let open = |file| Graph::open(unwrap(Kind::Graph, file)?, all.len());
        self.graph = graph.map(open).transpose()?;
        self.all = Some(all);
        Ok(())
    }

    /// From now on the words' own vectors make that of a query, unless there is better.
    pub fn use_small(&mut self) {
        self.small = true;
    }

    /// Takes the files of the full encoder.
    pub fn add_full(
        &mut self,
        vocabulary: &[u8],
        core: &[u8],
        layers: &[Vec<u8>],
        rows: &[u8],
    ) -> Result<()> {
        let (_, head, projection) = open_core(unwrap(Kind::Core, core)?)?;
        let layers = layers.iter().map(|layer| unwrap(Kind::Layer, layer));
        let layers = layers.collect::<Result<Vec<_>>>()?;
        let vocabulary = Vocabulary::open(unwrap(Kind::Vocabulary, vocabulary)?)?;
        let rows = unwrap(Kind::Rows, rows)?;
        let encoder = Encoder::from_parts(head, &layers, rows, vocabulary)?;
        let width = encoder.config().hidden;
        if projection.as_ref().is_some_and(|p| p.width() != width) {
            return Err(Error::Mixed {
                what: "the projection belongs to another encoder",
            });
        }
        self.check_dims(projection.as_ref().map_or(width, Projection::dims))?;
        self.full = Some(Full {
            encoder,
            projection,
            hidden: Vec::new(),
            text: String::new(),
            vector: Vec::new(),
        });
        Ok(())
    }

    /// From now on a server embeds queries, unless the full encoder is here.
    pub fn use_relay(&mut self) {
        self.relay.get_or_insert_default();
    }

    /// Takes the vector of a text from a server.
    pub fn set_vector(&mut self, text: String, vector: Vec<f32>) -> Result<()> {
        self.check_dims(vector.len())?;
        if !vector.iter().all(|x| x.is_finite()) {
            return Err(Error::Model(
                "a vector holds values that are no numbers".into(),
            ));
        }
        self.relay = Some(Relayed { text, vector });
        Ok(())
    }

    fn check_dims(&self, dims: usize) -> Result<()> {
        if dims == self.cells.dims() {
            Ok(())
        } else {
            Err(Error::Mixed {
                what: "the encoder's vectors and the passages' differ in size",
            })
        }
    }

    /// The encoder that reads queries: the best there is.
    pub fn tier(&self) -> Tier {
        match (&self.full, &self.relay, self.small) {
            (Some(_), _, _) => Tier::Full,
            (None, Some(_), _) => Tier::Relay,
            (None, None, true) => Tier::Small,
            (None, None, false) => Tier::None,
        }
    }

    /// The query as it was read and moved; empty where none was.
    pub fn read(&self) -> &[f32] {
        &self.vector
    }

    /// Forgets the query that was read.
    pub fn forget(&mut self) {
        self.vector.clear();
    }

    /// The text that a server is to embed before this query can be read, if any.
    pub fn wants_vector(&self, text: &str) -> bool {
        self.tier() == Tier::Relay && !self.relayed(text)
    }

    /// Whether what is near is known coarsely alone, until the groups of passages are here.
    pub fn is_coarse(&self) -> bool {
        self.cells.family().len() > 1
    }

    /// Reads a query; whether anything in it says something to the encoder.
    pub fn encode(&mut self, words: &WordQuery, index: &WordIndex, text: &str) -> Result<bool> {
        let known = match self.tier() {
            Tier::None => return Err(Error::NoMeaning),
            Tier::Full => self.encode_fully(text)?,
            Tier::Relay if !self.relayed(text) => return Err(Error::NoMeaning),
            Tier::Relay => {
                let relayed = self.relay.as_ref().map_or(&[][..], |relay| &relay.vector);
                self.vector.clear();
                self.vector.extend_from_slice(relayed);
                true
            }
            Tier::Small => self.add_up(words, index),
        };
        normalize(&mut self.vector);
        self.query.set(&self.vector);
        Ok(known)
    }

    /// Chooses the cells that the query is compared with: the `most` nearest, and `own`.
    pub fn probe(&mut self, most: usize, own: impl Iterator<Item = usize>) {
        if self.all.is_none() {
            self.cells.probe(&self.query, most, &mut self.near);
            for cell in own {
                if !self.near.contains(&cell) {
                    self.near.push(cell);
                }
            }
        }
    }

    /// Those of these cells that are to be asked for.
    pub fn absent(&self) -> impl Iterator<Item = usize> {
        self.cells.absent(&self.near)
    }

    /// The sum of the words' vectors and of what all queries have in common; alone that says nothing.
    fn add_up(&mut self, words: &WordQuery, index: &WordIndex) -> bool {
        let dims = self.cells.dims();
        self.vector.clear();
        self.vector.resize(dims, 0.0);
        self.passage.resize(dims, 0.0);
        let rows = words.meant().iter();
        let rows = rows.filter_map(|meant| index.row_in(meant.block, &meant.word));
        let mut known = false;
        for row in rows.filter(|row| row.len() == row_bytes(dims)) {
            decode_row(row, &mut self.passage);
            for (sum, &x) in self.vector.iter_mut().zip(&self.passage) {
                *sum += x;
            }
            known |= self.passage.iter().any(|&x| x != 0.0);
        }
        if known {
            decode_row(self.cells.first(), &mut self.passage);
            for (sum, &x) in self.vector.iter_mut().zip(&self.passage) {
                *sum += x;
            }
        }
        known
    }

    fn encode_fully(&mut self, text: &str) -> Result<bool> {
        let Some(full) = &mut self.full else {
            return Err(Error::NoMeaning);
        };
        if full.text != text || full.vector.is_empty() {
            full.text.clear();
            full.encoder.encode(text, Role::Query, &mut full.hidden)?;
            match &full.projection {
                Some(projection) => projection.apply(&full.hidden, &mut full.vector),
                None => full.vector.clone_from(&full.hidden),
            }
            full.text.push_str(text);
        }
        self.vector.clone_from(&full.vector);
        Ok(true)
    }

    fn relayed(&self, text: &str) -> bool {
        let relay = self.relay.as_ref();
        relay.is_some_and(|relay| relay.text == text && !relay.vector.is_empty())
    }

    /// Moves the query that was read towards what search by words has found for it: the mean of the
    /// [`FEEDBACK_PASSAGES`] best of `scores`, each weighing as much as its score (Rocchio 1971, with
    /// passages taken for relevant that nobody has judged).
    pub fn feed_back(&mut self, scores: &[f32], pages: &Pages) {
        best(scores, FEEDBACK_PASSAGES, &mut self.best);
        let total: f32 = self.best.iter().map(|&(score, _)| score).sum();
        if total <= 0.0 {
            return;
        }
        self.passage.resize(self.cells.dims(), 0.0);
        for &(score, passage) in &self.best {
            match pages.row(passage) {
                Some(row) => decode_row(row, &mut self.passage),
                None if self.cells.decode(passage, &mut self.passage) => {}
                None => continue,
            }
            let share = FEEDBACK_WEIGHT * (score / total);
            for (x, &y) in self.vector.iter_mut().zip(&self.passage) {
                *x += share * y;
            }
        }
        normalize(&mut self.vector);
        self.query.set(&self.vector);
    }

    /// Adds what the query is near to to `candidates`, which are ascending, and gives those that are
    /// there already their cosine, as far as it is known.
    pub fn gather(&mut self, candidates: &mut Vec<Candidate>) {
        self.compared.clear();
        match (&self.all, &self.graph) {
            (None, _) => {
                self.cells
                    .compare(&self.near, &self.query, &mut self.compared);
                sort_by(&mut self.compared, |a, b| a.0.cmp(&b.0));
            }
            (Some(all), Some(graph)) => {
                graph.search(all, &self.query.vector, EF_SEARCH, &mut self.walk);
                let found = self
                    .walk
                    .found
                    .iter()
                    .map(|near| (near.passage, near.cosine));
                self.compared.extend(found);
                // Words may name passages that no group has.
                let known = all.len() as u32;
                let by_words = candidates
                    .iter()
                    .map(|c| c.passage)
                    .filter(|&id| id < known);
                self.compared
                    .extend(by_words.map(|id| (id, all.cosine(&self.query.vector, id))));
                sort_by(&mut self.compared, |a, b| a.0.cmp(&b.0));
                self.compared.dedup_by_key(|&mut (passage, _)| passage);
            }
            (Some(all), None) => {
                all.cosines(&self.query.vector, &mut self.cosines);
                self.compared
                    .extend((0..).zip(self.cosines.iter().copied()));
            }
        }
        merge(candidates, &self.compared);
    }

    /// The exact cosine of the query and a passage whose group is here, unless it was compared exactly.
    pub fn exact_cosine(&self, pages: &Pages, passage: u32) -> Option<f32> {
        if self.all.is_some() {
            return None;
        }
        let mut one = Vectors::new(self.cells.dims());
        one.push(pages.row(passage)?).ok()?;
        Some(one.cosine(&self.query.vector, 0))
    }
}

/// Gives `candidates` their cosines, and adds those that are not among them; both are ascending, and the
/// result is.
pub(super) fn merge(candidates: &mut Vec<Candidate>, compared: &[(u32, f32)]) {
    let by_words = std::mem::take(candidates);
    candidates.reserve(by_words.len() + compared.len());
    let mut words = by_words.into_iter().peekable();
    for &(passage, cosine) in compared {
        while let Some(before) = words.next_if(|c| c.passage < passage) {
            candidates.push(before);
        }
        let words = words
            .next_if(|c| c.passage == passage)
            .map_or(0.0, |c| c.words);
        candidates.push(Candidate {
            passage,
            words,
            cosine,
        });
    }
    candidates.extend(words);
}

/// The `count` largest scores above zero with their passages, in `best`, largest first; the earlier
/// passage of equals.
pub(super) fn best(scores: &[f32], count: usize, best: &mut Vec<(f32, u32)>) {
    best.clear();
    let mut least = 0.0;
    for (&score, passage) in scores.iter().zip(0..) {
        if score <= least {
            continue;
        }
        let place = best.partition_point(|&(other, _)| other >= score);
        best.truncate(count - 1);
        best.insert(place.min(best.len()), (score, passage));
        if best.len() == count {
            least = best[count - 1].0;
        }
    }
}
/// The payload of the core section: the [`Parts`] of its layers, the head, and the projection of the
/// model if it has one.
pub fn write_core(layers: &Parts, core: &parts::Core, projection: Option<&Projection>) -> Vec<u8> {
    let mut w = Writer::new();
    layers.write(&mut w);
    w.bytes(&core.head);
    if let Some(projection) = projection {
        projection.write(&mut w);
    }
    w.finish()
}

/// The parts of a core section's payload: its layers' files, the head, the projection.
pub fn open_core(payload: &[u8]) -> Result<(Parts, &[u8], Option<Projection>)> {
    let mut r = Reader::new(Kind::Core.name(), payload);
    let layers = Parts::read(&mut r)?;
    let head = r.bytes()?;
    let projection = match r.remaining() {
        0 => None,
        _ => Some(Projection::read(&mut r)?),
    };
    r.end()?;
    Ok((layers, head, projection))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_come_first_the_earlier_of_equals_and_none_without_a_score() {
        let mut found = Vec::new();
        best(&[0.0, 2.0, 1.0, 2.0, 0.0, 3.0], 3, &mut found);
        assert_eq!(found, [(3.0, 5), (2.0, 1), (2.0, 3)]);
        best(&[0.0, 0.5], 3, &mut found);
        assert_eq!(found, [(0.5, 1)]);
        best(&[0.0; 4], 3, &mut found);
        assert_eq!(found, []);
        best(&[1.0, 1.0, 2.0], 1, &mut found);
        assert_eq!(found, [(2.0, 2)]);
    }

    #[test]
    fn what_words_and_vectors_found_is_merged_in_order() {
        let candidate = |passage, words, cosine| Candidate {
            passage,
            words,
            cosine,
        };
        let mut all = vec![
            candidate(1, 5.0, 0.0),
            candidate(4, 6.0, 0.0),
            candidate(9, 7.0, 0.0),
        ];
        merge(&mut all, &[(0, 0.1), (4, 0.4), (5, 0.5)]);
        let expected = [
            candidate(0, 0.0, 0.1),
            candidate(1, 5.0, 0.0),
            candidate(4, 6.0, 0.4),
            candidate(5, 0.0, 0.5),
            candidate(9, 7.0, 0.0),
        ];
        assert_eq!(all, expected);
    }
}
