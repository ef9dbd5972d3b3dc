//! Sketches: eight bytes for a sentence, to tell which one of a passage a query is nearest to.
//!
//! The signs of a vector's first values, whose axes are the principal components (random hyperplanes of
//! Charikar, "Similarity estimation techniques from rounding algorithms", 2002, with axes that say the
//! most). Between the few sentences of one passage that decides as whole vectors mostly do.

/// Values that have a sign in a sketch.
const VALUES: usize = 64;

/// Bytes of a sketch.
pub const SKETCH_BYTES: usize = VALUES / 8;

/// The sketch of a vector.
pub fn sketch(vector: &[f32]) -> [u8; SKETCH_BYTES] {
    let mut sketch = [0; SKETCH_BYTES];
    for (at, &x) in vector.iter().take(VALUES).enumerate() {
        sketch[at / 8] |= u8::from(x >= 0.0) << (at % 8);
    }
    sketch
}

/// How near a query is to what was sketched, above zero for what is near; comparable between sketches of
/// the same query alone.
pub fn resemblance(sketch: &[u8], query: &[f32]) -> f32 {
    let signs = (0..VALUES).map(|at| {
        sketch
            .get(at / 8)
            .is_some_and(|byte| byte >> (at % 8) & 1 == 1)
    });
    let pairs = query.iter().zip(signs);
    pairs.fold(0.0, |sum, (&x, sign)| if sign { sum + x } else { sum - x })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_nearest_to_the_sketch_of_what_is_like_it() {
        let vector = |seed: u32| -> Vec<f32> {
            let mut state = seed;
            let value = |_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 16) as f32 / 32_768.0 - 1.0
            };
            (0..256).map(value).collect()
        };
        let query: Vec<f32> = vector(3)
            .iter()
            .zip(vector(4))
            .map(|(a, b)| a + 0.3 * b)
            .collect();
        let own = resemblance(&sketch(&vector(3)), &query);
        assert!(own > 0.0);
        for other in [1, 2, 5, 6, 7] {
            assert!(
                own > resemblance(&sketch(&vector(other)), &query),
                "{other}"
            );
        }
    }

    #[test]
    fn short_vectors_and_sketches_are_no_trouble() {
        assert_eq!(sketch(&[1.0, -1.0, 0.0]), [0b101, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(resemblance(&[], &[0.5]), -0.5);
    }
}
