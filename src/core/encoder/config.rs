//! The shape of an encoder, as its model file gives it.

pub use lectern_kernels::{Activation, Pooling};

use lectern_kernels::Shape;

use crate::Result;
use crate::shelf::codec::{Reader, Writer};

/// Shape and habits of a BERT-family encoder (Devlin et al. 2019).
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Name of the model, for people: `all-MiniLM-L6-v2`.
    pub name: String,
    /// Rows of the word-embedding table.
    pub vocabulary: usize,
    /// Width of a token vector, and of the result.
    pub hidden: usize,
    /// Layers.
    pub layers: usize,
    /// Attention heads of a layer; divides `hidden`.
    pub heads: usize,
    /// Width between the two products of a feed-forward layer.
    pub intermediate: usize,
    /// Longest input in tokens, `[CLS]` and `[SEP]` included.
    pub positions: usize,
    /// Added to the variance in layer normalisation.
    pub epsilon: f32,
    /// Non-linearity of the feed-forward layers.
    pub activation: Activation,
    /// How token vectors become one.
    pub pooling: Pooling,
    /// Ids of `[CLS]` and `[SEP]`.
    pub special: [u32; 2],
    /// Text that the model wants before a query; often empty.
    pub query_prompt: String,
    /// Text that the model wants before a passage; often empty.
    pub passage_prompt: String,
}

/// Far above any model of this family; keeps a damaged file from asking for impossible sizes.
const LARGEST: u32 = 1 << 20;

impl Config {
    /// What the forward pass needs to know.
    pub fn shape(&self) -> Shape {
        Shape {
            hidden: self.hidden,
            heads: self.heads,
            intermediate: self.intermediate,
            epsilon: self.epsilon,
            activation: self.activation,
            pooling: self.pooling,
        }
    }

    /// Appends the configuration to a payload.
    pub fn write(&self, w: &mut Writer) {
        w.str(&self.name);
        let sizes = [
            self.vocabulary,
            self.hidden,
            self.layers,
            self.heads,
            self.intermediate,
            self.positions,
        ];
        for size in sizes {
            w.varint(size as u64);
        }
        w.f32(self.epsilon);
        w.varint(match self.activation {
            Activation::Gelu => 0,
            Activation::GeluTanh => 1,
            Activation::Relu => 2,
        });
        w.varint(match self.pooling {
            Pooling::Mean => 0,
            Pooling::Cls => 1,
        });
        for id in self.special {
            w.varint(u64::from(id));
        }
        w.str(&self.query_prompt);
        w.str(&self.passage_prompt);
    }

    /// Reads what [`Config::write`] wrote; every size is checked to be possible.
    pub fn read(r: &mut Reader<'_>) -> Result<Self> {
        let name = r.str()?.to_owned();
        let mut sizes = [0; 6];
        for size in &mut sizes {
            let value = r.varint_u32()?;
            if value == 0 || value > LARGEST {
                return Err(r.corrupt("a size of the encoder is impossible"));
            }
            *size = value as usize;
        }
        let [vocabulary, hidden, layers, heads, intermediate, positions] = sizes;
        if hidden % heads != 0 || positions < 2 {
            return Err(r.corrupt("the encoder's shape is impossible"));
        }
        let epsilon = r.f32()?;
        let activation = match r.varint()? {
            0 => Activation::Gelu,
            1 => Activation::GeluTanh,
            2 => Activation::Relu,
            _ => return Err(r.corrupt("an unknown activation")),
        };
        let pooling = match r.varint()? {
            0 => Pooling::Mean,
            1 => Pooling::Cls,
            _ => return Err(r.corrupt("an unknown pooling")),
        };
        let special = [r.varint_u32()?, r.varint_u32()?];
        if special.iter().any(|&id| id as usize >= vocabulary) {
            return Err(r.corrupt("a special token is outside the vocabulary"));
        }
        let query_prompt = r.str()?.to_owned();
        let passage_prompt = r.str()?.to_owned();
        Ok(Self {
            name,
            vocabulary,
            hidden,
            layers,
            heads,
            intermediate,
            positions,
            epsilon,
            activation,
            pooling,
            special,
            query_prompt,
            passage_prompt,
        })
    }
}
