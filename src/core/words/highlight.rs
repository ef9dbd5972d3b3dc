//! Which words of a text a query matches.

use super::index::{Found, WordIndex};
use super::query::WordQuery;
use crate::text::{Analyzer, Term};
use std::collections::BTreeSet;
use std::ops::Range;

impl WordIndex {
    /// Byte ranges of the words of `text`, which is in the language `lang`, that match the query
    /// by stem, as part of an identifier, as completion of the last word or as correction.
    /// Ascending, not overlapping; words with only a space between them stay separate.
    pub fn matched_ranges(&self, query: &WordQuery, lang: &str, text: &str) -> Vec<Range<usize>> {
        let ordinals: BTreeSet<u32> = query.terms().iter().map(|term| term.ordinal).collect();
        let begins = |term: &Term| {
            query
                .prefixes
                .iter()
                .any(|prefix| term.surface.starts_with(prefix.as_str()))
        };
        let asked = |term: &Term| match self.find(term) {
            Found::Here(ordinal) => ordinals.contains(&ordinal),
            _ => false,
        };
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for term in Analyzer::for_lang(lang).terms(text) {
            if !asked(&term) && !begins(&term) {
                continue;
            }
            match ranges.last_mut() {
                // A part of an identifier, or a bigram that shares a character with the one before.
                Some(last) if term.range.start < last.end => {
                    last.end = last.end.max(term.range.end)
                }
                _ => ranges.push(term.range),
            }
        }
        ranges
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::testing::{build_with, open};

    fn matched(text: &'static str, query: &str) -> Vec<&'static str> {
        let index = open(build_with("", &[], &[text]));
        let query = WordQuery::parse(query, "en", &index);
        let ranges = index.matched_ranges(&query, "en", text);
        assert!(ranges.is_sorted_by(|a, b| a.end <= b.start));
        ranges.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn words_match_by_stem_completion_and_correction() {
        let text = "Robots localise; the robot's Localisation needs a café map.";
        assert_eq!(
            matched(text, "robot localised "),
            ["Robots", "localise", "robot's", "Localisation"]
        );
        assert_eq!(
            matched(text, "the cafe local"),
            ["localise", "Localisation", "café"]
        );
        assert_eq!(matched(text, "robtos "), ["Robots", "robot's"]);
        assert!(matched(text, "the ").len() == 1 && matched(text, "zebra ").is_empty());
    }

    #[test]
    fn neighbours_stay_separate_and_identifiers_come_whole_or_in_parts() {
        let text = "map server: nav2_map_server, 移动机器人";
        assert_eq!(
            matched(text, "map server "),
            ["map", "server", "map", "server"]
        );
        assert_eq!(
            matched(text, "nav2_map_server "),
            ["map", "server", "nav2_map_server"]
        );
        assert_eq!(matched(text, "机器人 "), ["机器人"]);
    }
}
