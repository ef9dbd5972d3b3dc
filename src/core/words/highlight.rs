//! Which words of a text a query matches.

use super::bm25::idf;
use super::index::{Found, WordIndex};
use super::query::{Kind, QueryTerm, WordQuery};
use crate::hash::{OFFSET, hash};
use crate::order::sort_by;
use crate::text::{Analyzer, Form, Term};
use std::ops::Range;

/// A place in a text where a word of a query stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Which word of the query.
    pub word: u32,
    /// How much that word says: its weight times its inverse document frequency.
    pub weight: f32,
}

/// Finds the words of a query in texts.
pub struct Matcher<'a> {
    index: &'a WordIndex,
    query: &'a WordQuery,
    /// The terms of the query, by their ordinals.
    by_ordinal: Vec<&'a QueryTerm>,
    /// Words that match nothing, by their hashes, each where the end of its hash says: texts have many
    /// words, and mostly the same ones.
    idle: Vec<u64>,
}

/// Words that are remembered to match nothing; a power of two.
const REMEMBERED: usize = 1 << 10;

impl<'a> Matcher<'a> {
    /// For a query that was parsed with this index.
    pub fn new(index: &'a WordIndex, query: &'a WordQuery) -> Self {
        let mut by_ordinal: Vec<&QueryTerm> = query.terms().iter().collect();
        sort_by(&mut by_ordinal, |a, b| a.ordinal.cmp(&b.ordinal));
        Self {
            index,
            query,
            by_ordinal,
            idle: vec![0; REMEMBERED],
        }
    }

    /// Where words of `text`, which is in the language `lang`, match the query: by stem, as part of an
    /// identifier, as completion or as correction. In the order of the text; an identifier comes
    /// before its parts, bigrams overlap.
    pub fn matches(&mut self, lang: &str, text: &str) -> Vec<Match> {
        let seed = hash(OFFSET, lang.as_bytes());
        let idle = &self.idle;
        let is_idle = &mut |word: &str| {
            let own = hash(seed, word.as_bytes());
            idle[own as usize % REMEMBERED] == own
        };
        let terms = Analyzer::for_lang(lang).terms_but(text, is_idle);
        let mut found = Vec::new();
        for term in terms {
            match self.asked(&term).or_else(|| self.begun(&term)) {
                Some(own) => found.push(Match {
                    range: term.range,
                    word: own.word,
                    weight: own.weight * own.idf,
                }),
                None if term.form == Form::Word => {
                    let own = hash(seed, text[term.range].as_bytes());
                    self.idle[own as usize % REMEMBERED] = own;
                }
                None => {}
            }
        }
        found
    }

    fn asked(&self, term: &Term) -> Option<&'a QueryTerm> {
        match self.index.find(term) {
            Found::Here(ordinal) => {
                let place = self
                    .by_ordinal
                    .binary_search_by_key(&ordinal, |own| own.ordinal);
                self.by_ordinal.get(place.ok()?).copied()
            }
            _ => None,
        }
    }

    fn begun(&self, term: &Term) -> Option<&'a QueryTerm> {
        let begins = |own: &&(String, u32)| term.surface.starts_with(&own.0);
        let word = self.query.prefixes.iter().find(begins)?.1;
        self.query.terms().iter().find(|own| own.word == word)
    }
}

impl WordIndex {
    /// How much each word of a query says: its weight times its inverse document frequency, of a word
    /// that the book does not have the most that a word can say. A whole identifier that is not in the
    /// book says nothing beside its parts.
    pub fn weights(&self, query: &WordQuery) -> Vec<f32> {
        let unknown = idf(self.len(), 0);
        let weight = |term: &Term| match term.form {
            Form::Word => unknown,
            Form::Identifier => 0.0,
        };
        let mut weights: Vec<f32> = query.asked().iter().map(weight).collect();
        let mut is_known = vec![false; weights.len()];
        for term in query.terms().iter().filter(|term| term.kind != Kind::Pair) {
            let word = term.word as usize;
            if let (Some(weight), Some(known)) = (weights.get_mut(word), is_known.get_mut(word)) {
                let own = term.weight * term.idf;
                *weight = if *known { weight.max(own) } else { own };
                *known = true;
            }
        }
        weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::testing::{build_with, open};

    fn matched(text: &'static str, query: &str) -> Vec<&'static str> {
        let index = open(build_with("", &[], &[text]));
        let query = WordQuery::parse(query, "en", &index);
        let mut matcher = Matcher::new(&index, &query);
        let matches = matcher.matches("en", text);
        assert_eq!(matcher.matches("en", text), matches, "a second time");
        assert!(matches.is_sorted_by_key(|own| own.range.start));
        let mut whole: Vec<Range<usize>> = Vec::new();
        for Match { range, .. } in matches {
            match whole.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => whole.push(range),
            }
        }
        whole.into_iter().map(|range| &text[range]).collect()
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

    #[test]
    fn words_that_the_book_does_not_have_weigh_most() {
        let index = open(build_with("", &[], &["the robot maps", "robot", "robot"]));
        let query = WordQuery::parse("the robot maps xylophones ", "en", &index);
        let weights = index.weights(&query);
        assert_eq!(weights.len(), 3);
        assert!(weights.is_sorted() && weights[0] > 0.0, "{weights:?}");
    }

    #[test]
    fn a_match_tells_which_word_of_the_query_it_is_and_what_it_weighs() {
        let texts = ["the robot maps robots", "robot", "robot"];
        let index = open(build_with("", &[], &texts));
        let query = WordQuery::parse("robots mapping robo", "en", &index);
        let matches = Matcher::new(&index, &query).matches("en", texts[0]);
        let words: Vec<u32> = matches.iter().map(|own| own.word).collect();
        assert_eq!(words, [0, 1, 0]);
        assert!(
            matches[1].weight > matches[0].weight,
            "the rarer word weighs more"
        );
    }
}
