//! The part of a search that is by meaning: which encoder reads the query, and how near it is to
//! the passages.

use super::fusion::Candidate;
use crate::encoder::math::normalize;
use crate::encoder::{Encoder, Projection, Role, Small, Vocabulary, parts};
use crate::meaning::{EF_SEARCH, Graph, GraphSearch, QueryVector, Vectors};
use crate::shelf::codec::{Reader, Writer};
use crate::shelf::parts::{Part, Parts};
use crate::shelf::{Kind, unwrap};
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
    /// The token table distilled for the book.
    Small,
    /// The encoder itself, on a server.
    Relay,
    /// The encoder itself, here.
    Full,
}

/// What a query needs before it can be searched by meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// A block of the small encoder's table: its place, and its file.
    Block(usize, Part),
    /// The vector of this text, by the full encoder.
    Vector(String),
}

/// The vectors of a book, and what turns a query into another.
#[derive(Debug)]
pub(super) struct Meaning {
    pub vectors: Vectors,
    /// Of large books alone.
    graph: Option<Graph>,
    /// What the full encoder opens its own from.
    vocabulary_payload: Vec<u8>,
    vocabulary: Vocabulary,
    small: Option<Small>,
    full: Option<Full>,
    relay: Option<Relayed>,
    tokens: Vec<u32>,
    vector: Vec<f32>,
    query: QueryVector,
    /// What words have found best, and the vector of one of them.
    best: Vec<(f32, u32)>,
    passage: Vec<f32>,
    pub cosines: Vec<f32>,
    walk: GraphSearch,
}

#[derive(Debug)]
struct Full {
    encoder: Encoder,
    projection: Option<Projection>,
    hidden: Vec<f32>,
}

/// The last text that a server has embedded, and its vector.
#[derive(Debug, Default)]
struct Relayed {
    text: String,
    vector: Vec<f32>,
}

impl Meaning {
    /// Opens the files of vectors, graph and vocabulary; there is no encoder yet.
    pub fn open(vectors: &[u8], graph: Option<&[u8]>, vocabulary: &[u8]) -> Result<Self> {
        let vectors = Vectors::open(unwrap(Kind::Vectors, vectors)?)?;
        let open = |file| Graph::open(unwrap(Kind::Graph, file)?, vectors.len());
        let graph = graph.map(open).transpose()?;
        let payload = unwrap(Kind::Vocabulary, vocabulary)?;
        Ok(Self {
            vectors,
            graph,
            vocabulary: Vocabulary::open(payload)?,
            vocabulary_payload: payload.to_vec(),
            small: None,
            full: None,
            relay: None,
            tokens: Vec::new(),
            vector: Vec::new(),
            query: QueryVector::default(),
            best: Vec::new(),
            passage: Vec::new(),
            cosines: Vec::new(),
            walk: GraphSearch::default(),
        })
    }

    /// Takes the head of the small encoder.
    pub fn add_small(&mut self, head: &[u8]) -> Result<Parts> {
        let small = Small::open(unwrap(Kind::Small, head)?, &self.vocabulary)?;
        self.vectors.check_dims(small.dims())?;
        let parts = small.parts().clone();
        self.small = Some(small);
        Ok(parts)
    }

    /// Takes a block of the small encoder's table.
    pub fn add_block(&mut self, place: usize, block: &[u8]) -> Result<()> {
        let small = self.small.as_mut().ok_or(Error::NoMeaning)?;
        small.add(place, unwrap(Kind::Block, block)?)
    }

    /// Takes the files of the full encoder.
    pub fn add_full(&mut self, core: &[u8], layers: &[Vec<u8>], rows: &[u8]) -> Result<()> {
        let (_, head, projection) = open_core(unwrap(Kind::Core, core)?)?;
        let layers = layers.iter().map(|layer| unwrap(Kind::Layer, layer));
        let layers = layers.collect::<Result<Vec<_>>>()?;
        let vocabulary = Vocabulary::open(&self.vocabulary_payload)?;
        let rows = unwrap(Kind::Rows, rows)?;
        let encoder = Encoder::from_parts(head, &layers, rows, vocabulary)?;
        let width = encoder.config().hidden;
        if projection.as_ref().is_some_and(|p| p.width() != width) {
            return Err(Error::Mixed {
                what: "the projection belongs to another encoder",
            });
        }
        let dims = projection.as_ref().map_or(width, Projection::dims);
        self.vectors.check_dims(dims)?;
        self.full = Some(Full {
            encoder,
            projection,
            hidden: Vec::new(),
        });
        Ok(())
    }

    /// From now on a server embeds queries, unless the full encoder is here.
    pub fn use_relay(&mut self) {
        self.relay.get_or_insert_default();
    }

    /// Takes the vector of a text from a server.
    pub fn set_vector(&mut self, text: String, vector: Vec<f32>) -> Result<()> {
        self.vectors.check_dims(vector.len())?;
        if !vector.iter().all(|x| x.is_finite()) {
            return Err(Error::Model(
                "a vector holds values that are no numbers".into(),
            ));
        }
        self.relay = Some(Relayed { text, vector });
        Ok(())
    }

    /// The encoder that reads queries: the best there is.
    pub fn tier(&self) -> Tier {
        match (&self.full, &self.relay, &self.small) {
            (Some(_), _, _) => Tier::Full,
            (None, Some(_), _) => Tier::Relay,
            (None, None, Some(_)) => Tier::Small,
            (None, None, None) => Tier::None,
        }
    }

    /// What the query `text` needs and is not there.
    pub fn needs(&mut self, text: &str) -> Result<Vec<Need>> {
        match self.tier() {
            Tier::None | Tier::Full => Ok(Vec::new()),
            Tier::Relay if self.relayed(text) => Ok(Vec::new()),
            Tier::Relay => Ok(vec![Need::Vector(text.to_owned())]),
            Tier::Small => {
                self.tokenize(text)?;
                let Some(small) = &self.small else {
                    return Ok(Vec::new());
                };
                let missing = small.missing(&self.tokens).into_iter();
                let need = |place| Some(Need::Block(place, small.parts().get(place)?));
                Ok(missing.filter_map(need).collect())
            }
        }
    }

    /// Reads a query; whether anything in it says something to the encoder.
    pub fn encode(&mut self, text: &str) -> Result<bool> {
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
            Tier::Small => {
                self.tokenize(text)?;
                let small = self.small.as_mut().ok_or(Error::NoMeaning)?;
                small.encode(&self.tokens, &mut self.vector)?
            }
        };
        self.query.set(&self.vector);
        Ok(known)
    }

    /// Moves the query that was read towards what search by words has found for it: the mean of the
    /// [`FEEDBACK_PASSAGES`] best of `scores`, each weighing as much as its score (Rocchio 1971, with
    /// passages taken for relevant that nobody has judged).
    pub fn feed_back(&mut self, scores: &[f32]) {
        best(scores, &mut self.best);
        let total: f32 = self.best.iter().map(|&(score, _)| score).sum();
        if total <= 0.0 {
            return;
        }
        normalize(&mut self.vector);
        self.passage.resize(self.vectors.dims(), 0.0);
        for &(score, passage) in &self.best {
            self.vectors.decode(passage, &mut self.passage);
            let share = FEEDBACK_WEIGHT * (score / total);
            for (x, &y) in self.vector.iter_mut().zip(&self.passage) {
                *x += share * y;
            }
        }
        normalize(&mut self.vector);
        self.query.set(&self.vector);
    }

    fn encode_fully(&mut self, text: &str) -> Result<bool> {
        let Some(full) = &mut self.full else {
            return Err(Error::NoMeaning);
        };
        match &full.projection {
            Some(projection) => {
                full.encoder.encode(text, Role::Query, &mut full.hidden)?;
                projection.apply(&full.hidden, &mut self.vector);
            }
            None => full.encoder.encode(text, Role::Query, &mut self.vector)?,
        }
        Ok(true)
    }

    fn relayed(&self, text: &str) -> bool {
        let relay = self.relay.as_ref();
        relay.is_some_and(|relay| relay.text == text && !relay.vector.is_empty())
    }

    fn tokenize(&mut self, text: &str) -> Result<()> {
        self.tokens.clear();
        self.vocabulary
            .tokens(text, Role::Query, &mut self.tokens)?;
        let unknown = self.vocabulary.unknown();
        self.tokens.retain(|&token| token != unknown);
        // What all texts have in common; alone it says nothing.
        if !self.tokens.is_empty() {
            self.tokens.push(self.vocabulary.first());
        }
        Ok(())
    }

    /// Whether passages are found by walking the graph, and not by comparing all vectors.
    pub fn has_graph(&self) -> bool {
        self.graph.is_some()
    }

    /// Cosines of all passages, in `cosines`.
    pub fn compare_all(&mut self) {
        self.vectors.cosines(&self.query, &mut self.cosines);
    }

    /// Adds what a walk of the graph finds to `candidates`, which are ascending, and gives those
    /// that are there already their cosine.
    pub fn walk(&mut self, candidates: &mut Vec<Candidate>) {
        let Some(graph) = &self.graph else { return };
        graph.search(&self.vectors, &self.query, EF_SEARCH, &mut self.walk);
        let by_words = candidates.len();
        for candidate in candidates.iter_mut() {
            candidate.cosine = self.vectors.cosine(&self.query, candidate.passage);
        }
        for near in &self.walk.found {
            let known = &candidates[..by_words];
            if known
                .binary_search_by_key(&near.passage, |c| c.passage)
                .is_err()
            {
                candidates.push(Candidate {
                    passage: near.passage,
                    words: 0.0,
                    cosine: near.cosine,
                });
            }
        }
    }
}

/// The [`FEEDBACK_PASSAGES`] largest scores above zero with their passages, in `best`, largest first;
/// the earlier passage of equals.
fn best(scores: &[f32], best: &mut Vec<(f32, u32)>) {
    best.clear();
    for (&score, passage) in scores.iter().zip(0..) {
        let place = best.partition_point(|&(other, _)| other >= score);
        if score > 0.0 && place < FEEDBACK_PASSAGES {
            best.truncate(FEEDBACK_PASSAGES - 1);
            best.insert(place, (score, passage));
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
        best(&[0.0, 2.0, 1.0, 2.0, 0.0, 3.0], &mut found);
        assert_eq!(found, [(3.0, 5), (2.0, 1), (2.0, 3)]);
        best(&[0.0, 0.5], &mut found);
        assert_eq!(found, [(0.5, 1)]);
        best(&[0.0; 4], &mut found);
        assert_eq!(found, []);
    }
}
