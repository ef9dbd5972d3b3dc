//! Shingles: what words in a row a text has (Broder, "On the resemblance and containment of documents", 1997).

use crate::hash::{OFFSET, PRIME, hash};
use crate::order::sort_by;
use crate::text::segment::is_unspaced;

/// Longest text that is compared, in bytes. A passage is far shorter.
const LONGEST: usize = 1 << 14;

/// All runs of `length` words of a text, each hashed to 64 bits, ascending; of a text with fewer words the one
/// of all its words.
pub fn shingles(text: &str, length: usize) -> Vec<u64> {
    let words = words(&text[..text.floor_char_boundary(LONGEST)]);
    let runs = words.windows(length.min(words.len()).max(1));
    let of_run = |run: &[u64]| {
        // Words are hashes, so that a step for each is enough; turned, for their order to matter.
        let step = |sum: u64, word: &u64| (sum.rotate_left(23) ^ word).wrapping_mul(PRIME);
        run.iter().fold(OFFSET, step)
    };
    let mut shingles: Vec<u64> = runs.map(of_run).collect();
    sort_by(&mut shingles, u64::cmp);
    shingles.dedup();
    shingles
}

/// The words of a text, in small letters and hashed: letters and digits in a row, of scripts without
/// spaces each character.
fn words(text: &str) -> Vec<u64> {
    let mut words = Vec::new();
    let mut word = OFFSET;
    for c in text.chars() {
        if !c.is_alphanumeric() || is_unspaced(c) {
            words.extend((word != OFFSET).then_some(word));
            word = OFFSET;
        }
        if c.is_alphanumeric() {
            for small in c.to_lowercase() {
                word = hash(word, small.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        if is_unspaced(c) {
            words.push(word);
            word = OFFSET;
        }
    }
    words.extend((word != OFFSET).then_some(word));
    words
}
