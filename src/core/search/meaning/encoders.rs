//! What turns a query into a vector: the words of a book, a server, or the encoder itself.

use super::Meaning;
use crate::encoder::math::normalize;
use crate::encoder::{Encoder, Projection, Role, Vocabulary, parts};
use crate::meaning::nibbles::{decode_row, row_bytes};
use crate::shelf::codec::{Reader, Writer};
use crate::shelf::parts::Parts;
use crate::shelf::{Kind, unwrap};
use crate::words::{WordIndex, WordQuery};
use crate::{Error, Result};

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

#[derive(Debug)]
pub(super) struct Full {
    encoder: Encoder,
    projection: Option<Projection>,
    hidden: Vec<f32>,
    /// The last text that was encoded: a query is read once for each round of what it needs.
    text: String,
    vector: Vec<f32>,
}

/// The last text that a server has embedded, and its vector.
#[derive(Debug, Default)]
pub(super) struct Relayed {
    text: String,
    vector: Vec<f32>,
}

impl Meaning {
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

    /// The text that a server is to embed before this query can be read, if any.
    pub fn wants_vector(&self, text: &str) -> bool {
        self.tier() == Tier::Relay && !self.relayed(text)
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
