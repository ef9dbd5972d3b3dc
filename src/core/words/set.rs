//! Sets of words of a query.

use super::highlight::Match;

/// Words of a query, by their numbers, which are below [`MAX_WORDS`](super::MAX_WORDS).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WordSet(u64);

const _: () = assert!(super::MAX_WORDS == u64::BITS as usize);

impl WordSet {
    /// The words that match in a text.
    pub fn of(matches: &[Match]) -> Self {
        let mut words = Self::default();
        for own in matches {
            words.insert(own.word);
        }
        words
    }

    /// Adds a word; whether it was not there.
    pub fn insert(&mut self, word: u32) -> bool {
        let before = self.0;
        self.0 |= 1u64.checked_shl(word).unwrap_or(0);
        self.0 != before
    }

    /// Whether a word is there.
    pub fn has(self, word: usize) -> bool {
        self.0 >> (word & 63) & 1 == 1
    }

    /// These words and the others.
    pub fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// These words but for the others.
    pub fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Their numbers, ascending.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..u64::BITS as usize).filter(move |&word| self.has(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_there_once() {
        let mut words = WordSet::default();
        let news = [63, 0, 63, 64, u32::MAX].map(|word| words.insert(word));
        assert_eq!(news, [true, true, false, false, false]);
        assert_eq!(words.iter().collect::<Vec<_>>(), [0, 63]);
        let mut other = WordSet::default();
        other.insert(5);
        assert_eq!(words.with(other).iter().count(), 3);
        assert_eq!(words.with(other).without(words), other);
    }
}
