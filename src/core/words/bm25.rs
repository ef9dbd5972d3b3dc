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

/// `tf` saturated: between 0 and `K1 + 1`. `norm` is one of [`norms`].
pub fn saturate(tf: f32, norm: f32) -> f32 {
    tf * (K1 + 1.0) / (tf + norm)
}

/// The lengths that passages are taken to have: 4 bits with a posting say which, and a reader who has
/// a block of postings needs no table of all passages. Each is 1.3 times the one before, so a length
/// is met to 14 % and its norm to 10 %, as Lucene has done for decades with fewer steps.
pub const LENGTHS: [u16; 16] = [
    12, 16, 20, 26, 34, 45, 58, 75, 98, 127, 165, 215, 280, 364, 473, 614,
];

/// The place in [`LENGTHS`] of the one closest to a length.
pub fn length_level(length: u32) -> u8 {
    let closer = |pair: &[u16]| 2 * u64::from(length) > u64::from(pair[0]) + u64::from(pair[1]);
    LENGTHS.windows(2).take_while(|pair| closer(pair)).count() as u8
}

/// `K1 · (1 − B + B · length / mean length)` for each of [`LENGTHS`], given the length of all passages
/// together.
pub fn norms(total: u64, passages: usize) -> [f32; LENGTHS.len()] {
    let mean = (total as f64 / passages.max(1) as f64).max(1.0) as f32;
    LENGTHS.map(|length| K1 * (1.0 - B + B * f32::from(length) / mean))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_gives_what_is_computed_by_hand() {
        // ln(1 + (10 − 3 + 0.5) / (3 + 0.5)) and 4 · 2.2 / (4 + 1.2 · (0.25 + 0.75 · 34 / 20)).
        assert!((idf(10, 3) - 1.145_132_3).abs() < 1e-6);
        let norm = norms(40, 2)[usize::from(length_level(34))];
        assert!((norm - 1.83).abs() < 1e-6);
        assert!((saturate(weighted_tf(1, 2), norm) - 8.8 / 5.83).abs() < 1e-6);
    }

    #[test]
    fn a_length_gets_the_closest_level() {
        for (level, &length) in LENGTHS.iter().enumerate() {
            assert_eq!(usize::from(length_level(length.into())), level);
        }
        assert_eq!(
            [0, 14, 15, 543, 544, 1 << 20].map(length_level),
            [0, 0, 1, 14, 15, 15]
        );
    }

    #[test]
    fn degenerate_counts_stay_finite_and_positive() {
        assert!(idf(0, 0) > 0.0 && idf(5, 5) > 0.0 && idf(5, 50) > 0.0);
        for norms in [norms(0, 0), norms(u64::MAX, 1)] {
            assert!(norms.iter().all(|norm| norm.is_finite() && *norm > 0.0));
        }
        assert!(saturate(weighted_tf(u32::MAX, u32::MAX), norms(1, 1)[0]) <= K1 + 1.0);
    }
}
