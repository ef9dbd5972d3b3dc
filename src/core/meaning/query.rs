//! A query as the kernels read it.

use lectern_kernels::nibbles::{Planes, WIDTH};

use super::nibbles::{self, BIAS, SCALE_STEP};
use crate::encoder::quantize::quantize_row;

/// A quantised query: 8 bits a value, one scale.
#[derive(Debug, Clone, Default)]
pub struct QueryVector {
    /// What meets the low nibbles of a row, then what meets the high ones: [`Planes`].
    planes: Vec<i8>,
    sum: i32,
    scale: f32,
    values: Vec<i8>,
}

impl QueryVector {
    /// Quantises a unit vector, replacing what was here.
    pub fn set(&mut self, values: &[f32]) {
        let mut row = std::mem::take(&mut self.values);
        row.resize(values.len(), 0);
        self.scale = quantize_row(values, &mut row);
        self.start(nibbles::nibble_bytes(values.len()));
        for (i, &q) in row.iter().enumerate() {
            self.place(i, q);
        }
        self.values = row;
    }

    /// Takes a passage's vector as it is, replacing what was here.
    pub(super) fn set_row(&mut self, nibbles: &[u8], scale: u16) {
        self.scale = f32::from(scale) * SCALE_STEP;
        self.start(nibbles.len());
        nibbles::each_value(nibbles, |i, q| self.place(i, q));
    }

    /// The two planes.
    pub(super) fn planes(&self) -> Planes<'_> {
        let (low, high) = self.planes.split_at(self.planes.len() / 2);
        Planes { low, high }
    }

    /// The cosine from a kernel's sum, which is of nibbles and not yet of values.
    #[inline]
    pub(super) fn cosine(&self, sum: i32, scale: u16) -> f32 {
        let product = sum - i32::from(BIAS) * self.sum;
        product as f32 * (self.scale * (f32::from(scale) * SCALE_STEP))
    }

    /// Empty planes that fit rows of `bytes` bytes.
    fn start(&mut self, bytes: usize) {
        self.planes.clear();
        self.planes.resize(2 * bytes.next_multiple_of(WIDTH), 0);
        self.sum = 0;
    }

    /// Puts value `i` where the kernels meet its nibble.
    fn place(&mut self, i: usize, q: i8) {
        let (group, within) = (i / nibbles::GROUP, i % nibbles::GROUP);
        let half = nibbles::GROUP / 2;
        let plane = within / half * (self.planes.len() / 2);
        self.planes[plane + group * half + within % half] = q;
        self.sum += i32::from(q);
    }
}
