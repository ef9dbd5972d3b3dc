//! The passages that a reader has selected text of.
//!
//! What a browser gives of a selection is not what was indexed: white space and the marks of formulas
//! differ, words are cut at both ends, and it may reach over several passages. So what counts is which
//! words in a row the two have in common.

use super::Searcher;
use super::shingles::shingles;

/// Passages that an answer is made of.
pub const SOURCES: usize = 8;

/// Words in a row that are compared; fewer where nothing has as many in common.
const ROW: usize = 4;

/// A passage has at least this part of what the best one has in common with the selection; where that
/// is fewer words in a row, as much as the best one.
const LEAST_PART: usize = 4;

impl Searcher {
    /// Those of `passages`, the passages of a page in reading order, that have most in common with a
    /// selected text, and their neighbours: at most [`SOURCES`], in reading order. None where nothing is.
    pub fn around(&self, passages: &[u32], text: &str) -> Vec<u32> {
        let in_common = |passage: &u32, row: usize, selected: &[u64]| {
            let located = self.pages.locate(*passage);
            let own = located.map_or_else(Vec::new, |own| shingles(&own.passage.text, row));
            own.iter()
                .filter(|row| selected.binary_search(row).is_ok())
                .count()
        };
        let (mut counts, mut most, mut row) = (Vec::new(), 0, ROW + 1);
        while row > 1 && most == 0 {
            row -= 1;
            let selected = shingles(text, row);
            let own = passages.iter().map(|own| in_common(own, row, &selected));
            counts = own.collect();
            most = counts.iter().copied().max().unwrap_or(0);
        }
        let part = if row == ROW { LEAST_PART } else { 1 };
        let is_of = |at: usize| {
            counts
                .get(at)
                .is_some_and(|&own| own > 0 && own * part >= most)
        };
        let is_near = |at: usize| is_of(at) || is_of(at + 1) || at > 0 && is_of(at - 1);
        let near = passages.iter().enumerate().filter(|&(at, _)| is_near(at));
        near.map(|(_, &passage)| passage).take(SOURCES).collect()
    }
}
