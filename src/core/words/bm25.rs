//! Okapi BM25 with weighted fields.
//!
//! Fields are merged as in Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple
//! weighted fields" (CIKM 2004): a word in the title or a heading counts [`HEAD_WEIGHT`] times,
//! in the frequency as well as in the length, and the usual formula follows:
//!
//! ```text
//! score = Σ weight · idf · tf · (K1 + 1) / (tf + K1 · (1 − B + B · length / mean length))
//! tf    = HEAD_WEIGHT · (in title and headings) + (in body)
//! idf   = ln(1 + (N − df + 0.5) / (df + 0.5))
//! ```

use crate::Result;
use crate::shelf::codec::{Reader, Writer};

/// How soon repeating a word stops to count.
pub const K1: f32 = 1.2;
/// How much long passages are held back.
pub const B: f32 = 0.75;
/// Weight of a word in the title or the headings against one in the body.
pub const HEAD_WEIGHT: u32 = 2;
/// Weight of an adjacent pair against a word.
pub const PAIR_WEIGHT: f32 = 0.2;

/// Inverse document frequency of a term in `df` of `passages` passages; never negative.
pub fn idf(passages: usize, df: usize) -> f32 {
    let (n, df) = (passages as f64, df.min(passages) as f64);
    libm::log(1.0 + (n - df + 0.5) / (df + 0.5)) as f32
}

/// Frequency of a term in a passage, fields weighted.
pub fn weighted_tf(head: u32, body: u32) -> f32 {
    HEAD_WEIGHT as f32 * head as f32 + body as f32
}

/// `tf` saturated: between 0 and `K1 + 1`. `norm` is one of [`Lengths::norms`].
pub fn saturate(tf: f32, norm: f32) -> f32 {
    tf * (K1 + 1.0) / (tf + norm)
}

/// Number of lengths that passages are told apart by.
pub const LEVELS: usize = 16;

/// The lengths that passages are taken to have: 4 bits with a posting say which, and a reader who has
/// a block of postings needs no table of all passages.
///
/// They are chosen for the book, so that each stands for as many passages as the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lengths([u32; LEVELS]);

impl Lengths {
    /// The means of sixteenths of these lengths in their order; those of no length are no passages.
    pub fn of(lengths: &[u32]) -> Self {
        let mut sorted: Vec<u32> = lengths
            .iter()
            .copied()
            .filter(|&length| length > 0)
            .collect();
        sorted.sort_unstable();
        let mut levels = [0; LEVELS];
        let mut before = sorted.first().copied().unwrap_or_default();
        for (i, level) in levels.iter_mut().enumerate() {
            let own = &sorted[i * sorted.len() / LEVELS..(i + 1) * sorted.len() / LEVELS];
            let sum: u64 = own.iter().copied().map(u64::from).sum();
            // A mean of numbers of 32 bits has no more.
            let mean = (sum + own.len() as u64 / 2).checked_div(own.len() as u64);
            before = mean.map_or(before, |mean| mean as u32);
            *level = before;
        }
        Self(levels)
    }

    /// The place of the length that is closest to this one.
    pub fn level(&self, length: u32) -> u8 {
        let closer = |pair: &[u32]| 2 * u64::from(length) > u64::from(pair[0]) + u64::from(pair[1]);
        self.0.windows(2).take_while(|pair| closer(pair)).count() as u8
    }

    /// `K1 · (1 − B + B · length / mean length)` for each, given the length of all passages together.
    pub fn norms(&self, total: u64, passages: usize) -> [f32; LEVELS] {
        let mean = (total as f64 / passages.max(1) as f64).max(1.0) as f32;
        self.0
            .map(|length| K1 * (1.0 - B + B * length as f32 / mean))
    }

    /// Appends them, each as what it is longer than the one before.
    pub fn write(&self, w: &mut Writer) {
        let mut before = 0;
        for length in self.0 {
            w.varint(u64::from(length - before));
            before = length;
        }
    }

    /// Reads what [`Lengths::write`] gave.
    ///
    /// # Errors
    /// [`crate::Error::Truncated`], or [`crate::Error::Corrupt`] where one is above 32 bits.
    pub fn read(r: &mut Reader<'_>) -> Result<Self> {
        let (mut levels, mut before) = ([0; LEVELS], 0u32);
        for level in &mut levels {
            let length = before.checked_add(r.varint_u32()?);
            before = length.ok_or_else(|| r.corrupt("a passage is too long"))?;
            *level = before;
        }
        Ok(Self(levels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_gives_what_is_computed_by_hand() {
        // ln(1 + (10 − 3 + 0.5) / (3 + 0.5)) and 4 · 2.2 / (4 + 1.2 · (0.25 + 0.75 · 34 / 20)).
        assert!((idf(10, 3) - 1.145_132_3).abs() < 1e-6);
        let lengths = Lengths::of(&[6, 34]);
        let norm = lengths.norms(40, 2)[usize::from(lengths.level(34))];
        assert!((norm - 1.83).abs() < 1e-6);
        assert!((saturate(weighted_tf(1, 2), norm) - 8.8 / 5.83).abs() < 1e-6);
    }

    #[test]
    fn few_lengths_are_met_and_many_nearly() {
        let few = [5, 9, 9, 0, 120, 70_000];
        let lengths = Lengths::of(&few);
        let met = |length: u32| lengths.0[usize::from(lengths.level(length))];
        for length in few.into_iter().filter(|&length| length > 0) {
            assert_eq!(met(length), length);
        }
        let many: Vec<u32> = (0..1000).map(|i| 60 + i % 160).collect();
        let lengths = Lengths::of(&many);
        for length in many {
            let met = lengths.0[usize::from(lengths.level(length))];
            assert!(met.abs_diff(length) <= 5, "{length}: {met}");
        }
    }

    #[test]
    fn lengths_come_back_and_impossible_ones_are_refused() {
        for lengths in [&[][..], &[3], &[7, 1, 4000, u32::MAX]] {
            let (lengths, mut w) = (Lengths::of(lengths), Writer::new());
            lengths.write(&mut w);
            let bytes = w.finish();
            assert_eq!(Lengths::read(&mut Reader::new("", &bytes)), Ok(lengths));
            assert!(Lengths::read(&mut Reader::new("", &bytes[1..])).is_err());
        }
        let mut w = Writer::new();
        (0..LEVELS).for_each(|_| w.varint(u64::from(u32::MAX)));
        assert!(Lengths::read(&mut Reader::new("", &w.finish())).is_err());
    }

    #[test]
    fn degenerate_counts_stay_finite_and_positive() {
        assert!(idf(0, 0) > 0.0 && idf(5, 5) > 0.0 && idf(5, 50) > 0.0);
        for norms in [(0, 0), (u64::MAX, 1)]
            .map(|(total, passages)| Lengths::default().norms(total, passages))
        {
            assert!(norms.iter().all(|norm| norm.is_finite() && *norm > 0.0));
        }
        let norms = Lengths::of(&[u32::MAX]).norms(1, 1);
        assert!(saturate(weighted_tf(u32::MAX, u32::MAX), norms[0]) <= K1 + 1.0);
    }
}
