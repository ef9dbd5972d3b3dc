//! Edit distance, one character of a key at a time.
//!
//! The distance is that of optimal string alignment: insertions, deletions, substitutions and
//! swaps of neighbours count one each, by characters (Damerau 1964; the recurrence of Boytsov,
//! "Indexing methods for approximate dictionary searching", 2011). A state is the last two rows of
//! its table, so keys that begin alike share the work for their beginning.

use crate::text::normalise::MAX_CHARS;

/// Measures keys at most `limit` edits away from a word.
pub struct Edits {
    word: Vec<char>,
    limit: u8,
}

/// What is known after some characters of a key.
#[derive(Debug, Clone, Copy)]
pub struct State {
    /// Row of the table: `row[i]` edits turn the first `i` characters of the word into the key so
    /// far.
    row: Row,
    /// The row before, and the character between the two.
    before: Row,
    last: char,
    /// The last of these is the edits of the whole word.
    length: usize,
    /// Whether no key can match any more.
    dead: bool,
}

impl State {
    /// Edits between the word and the key so far.
    pub fn distance(&self) -> u8 {
        self.row[self.length]
    }

    /// Whether no key that begins like this is near.
    pub fn is_dead(&self) -> bool {
        self.dead
    }
}

impl Edits {
    /// For a word; of a word longer than [`MAX_CHARS`] for its beginning.
    pub fn new(word: &str, limit: u8) -> Self {
        Self {
            word: word.chars().take(MAX_CHARS).collect(),
            limit,
        }
    }

    /// The state after one more character of the key.
    pub fn step(&self, state: &State, c: char) -> State {
        let old = &state.row;
        let mut row = NOWHERE;
        row[0] = old[0].saturating_add(1);
        let mut least = row[0];
        for (i, &own) in (1..).zip(&self.word) {
            let substituted = old[i - 1].saturating_add(u8::from(own != c));
            let mut edits = substituted
                .min(old[i].saturating_add(1))
                .min(row[i - 1].saturating_add(1));
            if i > 1 && own == state.last && self.word[i - 2] == c {
                edits = edits.min(state.before[i - 2].saturating_add(1));
            }
            row[i] = edits;
            least = least.min(edits);
        }
        let dead = least > self.limit;
        State {
            row,
            before: *old,
            last: c,
            dead,
            ..*state
        }
    }

    /// The state before a key.
    pub fn start(&self) -> State {
        let mut row = NOWHERE;
        for (edits, cell) in (0..).zip(&mut row) {
            *cell = edits;
        }
        // No swap reaches over the start of the key.
        State {
            row,
            before: NOWHERE,
            last: char::MAX,
            length: self.word.len(),
            dead: false,
        }
    }

    /// Whether a key is near.
    pub fn reach(&self, key: &str) -> Option<u8> {
        let end = key
            .chars()
            .fold(self.start(), |state, c| self.step(&state, c));
        self.near(&end)
    }

    /// The edits of a whole key, if they are few enough.
    pub fn near(&self, state: &State) -> Option<u8> {
        Some(state.distance()).filter(|&edits| !state.dead && edits <= self.limit)
    }
}

/// A row of the table for the longest word.
type Row = [u8; MAX_CHARS + 1];
/// A row with more edits everywhere than any limit.
const NOWHERE: Row = [u8::MAX; MAX_CHARS + 1];

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(word: &str, key: &str) -> Option<u8> {
        let edits = Edits::new(word, 2);
        let state = key
            .chars()
            .fold(edits.start(), |state, c| edits.step(&state, c));
        edits.near(&state)
    }

    /// The whole table, by the textbook.
    fn oracle(a: &str, b: &str) -> usize {
        let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
        let mut d = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                d[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                    let swapped = if swap {
                        d[i - 2][j - 2] + 1
                    } else {
                        usize::MAX
                    };
                    let substituted = d[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    substituted
                        .min(d[i - 1][j] + 1)
                        .min(d[i][j - 1] + 1)
                        .min(swapped)
                };
            }
        }
        d[a.len()][b.len()]
    }

    #[test]
    fn each_kind_of_edit_counts_one() {
        for typed in ["method", "mthod", "meethod", "nethod", "mtehod", "methdo"] {
            assert_eq!(
                distance(typed, "method"),
                Some(u8::from(typed != "method")),
                "{typed}"
            );
        }
        assert_eq!(distance("übung", "ubung"), Some(1));
        assert_eq!(distance("机器人", "机器"), Some(1));
        assert_eq!(distance("robot", "rover"), None);
    }

    #[test]
    fn states_agree_with_the_table() {
        let words: Vec<String> = (0..256u32)
            .map(|n| {
                (0..4)
                    .map(|i| ['a', 'b', 'é', 'd'][(n >> (2 * i)) as usize & 3])
                    .collect()
            })
            .collect();
        for a in &words {
            for b in words
                .iter()
                .flat_map(|b| [b.as_str(), b.get(..2).unwrap_or("")])
            {
                let expected = oracle(a, b);
                assert_eq!(
                    distance(a, b),
                    (expected <= 2).then_some(expected as u8),
                    "{a} {b}"
                );
            }
        }
    }
}
