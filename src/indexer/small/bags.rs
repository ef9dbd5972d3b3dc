//! Texts as the small encoder sees them: bags of tokens.

use std::collections::BTreeMap;

/// Bags of token ids, one after the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Bags {
    ends: Vec<u32>,
    ids: Vec<u32>,
}

impl Bags {
    /// Appends a bag.
    pub fn push(&mut self, ids: &[u32]) {
        self.ids.extend_from_slice(ids);
        self.ends.push(self.ids.len() as u32);
    }

    /// Number of bags.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The tokens of a bag.
    pub fn get(&self, bag: usize) -> &[u32] {
        let start = bag.checked_sub(1).map_or(0, |last| self.ends[last]);
        &self.ids[start as usize..self.ends[bag] as usize]
    }

    /// The same bags with each id replaced by its place in `tokens`, which has them all.
    pub fn renumbered(mut self, tokens: &[u32]) -> Self {
        let places: BTreeMap<u32, u32> = tokens.iter().copied().zip(0..).collect();
        for id in &mut self.ids {
            *id = places.get(id).copied().unwrap_or_default();
        }
        self
    }

    /// All bags in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.len()).map(|bag| self.get(bag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bags_come_back_in_order_and_under_other_numbers() {
        let mut bags = Bags::default();
        assert_eq!((bags.len(), bags.iter().count()), (0, 0));
        for bag in [&[7, 9, 7][..], &[], &[3]] {
            bags.push(bag);
        }
        assert_eq!(bags.iter().collect::<Vec<_>>(), [&[7, 9, 7][..], &[], &[3]]);
        let renumbered = bags.renumbered(&[9, 3, 7]);
        assert_eq!(renumbered.len(), 3);
        assert_eq!(
            (renumbered.get(0), renumbered.get(2)),
            (&[2, 0, 2][..], &[1][..])
        );
    }
}
