//! Named `f32` tensors of a safetensors file.

use safetensors::{Dtype, SafeTensors};

use super::ModelError;

/// The tensors of one file, whatever prefix their names have.
pub(super) struct Tensors<'a> {
    file: SafeTensors<'a>,
    prefix: &'static str,
}

/// Prefixes under which models store the encoder.
const PREFIXES: [&str; 3] = ["", "bert.", "model."];

/// A name that every BERT has.
const PROBE: &str = "embeddings.word_embeddings.weight";

impl<'a> Tensors<'a> {
    /// Opens a safetensors file.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ModelError> {
        let file = SafeTensors::deserialize(bytes).map_err(|e| ModelError::File {
            file: "model.safetensors",
            what: format!("not a safetensors file ({e}). Fetch it again"),
        })?;
        let prefix = PREFIXES
            .into_iter()
            .find(|prefix| file.tensor(&format!("{prefix}{PROBE}")).is_ok())
            .ok_or_else(|| ModelError::Unsupported(format!("the weights have no {PROBE}")))?;
        Ok(Self { file, prefix })
    }

    /// The values of a tensor of this shape, as `f32`.
    pub fn get(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        let fail = |what: String| ModelError::Tensor {
            name: name.to_owned(),
            what,
        };
        let tensor = self
            .file
            .tensor(&format!("{}{name}", self.prefix))
            .map_err(|e| fail(e.to_string()))?;
        if tensor.shape() != shape {
            return Err(fail(format!(
                "shape {:?}, expected {shape:?}",
                tensor.shape()
            )));
        }
        let data = tensor.data();
        let values: Vec<f32> = match tensor.dtype() {
            Dtype::F32 => words(data).map(f32::from_le_bytes).collect(),
            Dtype::BF16 => words(data)
                .map(|[a, b]| f32::from_le_bytes([0, 0, a, b]))
                .collect(),
            Dtype::F16 => words(data).map(|b| half(u16::from_le_bytes(b))).collect(),
            other => return Err(fail(format!("{other:?} weights; convert them to F32"))),
        };
        if values.iter().all(|x| x.is_finite()) {
            Ok(values)
        } else {
            Err(fail("a weight is not finite".into()))
        }
    }
}

fn words<const N: usize>(data: &[u8]) -> impl Iterator<Item = [u8; N]> {
    data.chunks_exact(N).map(|chunk| {
        let mut word = [0; N];
        word.copy_from_slice(chunk);
        word
    })
}

/// An IEEE 754 binary16 as `f32`.
fn half(bits: u16) -> f32 {
    let sign = u32::from(bits >> 15) << 31;
    let exponent = u32::from(bits >> 10 & 0x1f);
    let fraction = u32::from(bits & 0x3ff);
    let magnitude = match exponent {
        // Subnormal: fraction · 2⁻²⁴.
        0 => (fraction as f32 * f32::from_bits(0x3380_0000)).to_bits(),
        31 => 0x7f80_0000 | fraction << 13,
        _ => (exponent + 112) << 23 | fraction << 13,
    };
    f32::from_bits(sign | magnitude)
}

#[cfg(test)]
mod tests {
    use super::half;

    #[test]
    fn half_precision_follows_ieee_754() {
        for (bits, value) in [
            (0x0000, 0.0),
            (0x8000, -0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0400, 6.103_515_6e-5),
            (0x0001, 5.960_464_5e-8),
            (0x3555, 0.333_251_95),
        ] {
            assert_eq!(half(bits).to_bits(), f32::to_bits(value), "{bits:#x}");
        }
        assert!(half(0x7c00).is_infinite() && half(0x7e00).is_nan());
    }
}
