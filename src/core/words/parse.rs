//! From what a reader types to weighted terms of the index.

use super::bm25::{PAIR_WEIGHT, idf};
use super::index::WordIndex;
use super::lexicon::Candidate;
use super::query::{Correction, Kind, QueryTerm, WordQuery};
use crate::text::{Analyzer, Form, Term};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::Range;

impl WordQuery {
    /// Looks the words of `text` up. Stop words are dropped unless nothing is left; the last word
    /// is completed when the text ends with it; an unknown word of 4 letters or more is replaced
    /// by the closest words of the book; neighbours that are neighbours in the book add a pair. Of
    /// a very long text the first [`MAX_WORDS`] words count, [`MAX_UNKNOWN`] of them for correction.
    pub fn parse(text: &str, lang: &str, index: &WordIndex) -> Self {
        let analyzer = Analyzer::for_lang(lang);
        let mut terms = analyzer.terms(text);
        let says_nothing =
            |term: &Term| term.form == Form::Word && analyzer.is_stop_word(&term.surface);
        if !terms.iter().all(says_nothing) {
            terms.retain(|term| !says_nothing(term));
        }
        terms.truncate(MAX_WORDS);
        let mut parser = Parser {
            index,
            text,
            query: Self::default(),
            copied: 0,
            unknown: 0,
        };
        let mut before: Option<(u32, &str)> = None;
        for term in &terms {
            let found = parser.look_up(term);
            if term.form == Form::Word {
                if let (Some((first, a)), Some(second)) = (before, found) {
                    parser.pair(first, second, || format!("{a} {}", term.text));
                }
                before = found.map(|ordinal| (ordinal, term.text.as_str()));
            }
        }
        parser.query.corrected_text.push_str(&text[parser.copied..]);
        parser.query
    }
}

/// Builds one [`WordQuery`].
struct Parser<'a> {
    index: &'a WordIndex,
    text: &'a str,
    query: WordQuery,
    /// Bytes of `text` that are in the corrected text already.
    copied: usize,
    /// Words that were looked for among close ones.
    unknown: usize,
}

impl Parser<'_> {
    /// Adds what a word stands for; returns the likeliest ordinal.
    fn look_up(&mut self, term: &Term) -> Option<u32> {
        let exact = self.index.ordinal(term);
        if let Some(ordinal) = exact {
            self.add(self.term(ordinal, 1.0, Kind::Exact, term.text.clone()));
        }
        let completed = self.complete(term, exact);
        let corrected = match exact.or(completed) {
            None if term.form == Form::Word => self.correct(term),
            _ => None,
        };
        exact.or(completed).or(corrected)
    }

    /// Adds words that begin with the last word of the text, if this is it.
    fn complete(&mut self, term: &Term, exact: Option<u32>) -> Option<u32> {
        let long_enough = term.surface.chars().nth(1).is_some() || !term.surface.is_ascii();
        if term.range.end != self.text.len() || !long_enough {
            return None;
        }
        let mut found = self.index.lexicon.starting_with(&term.surface);
        found.retain(|candidate| Some(candidate.ordinal) != exact);
        self.rank(&mut found, |_| 0, MAX_COMPLETIONS);
        let first = found.first()?.ordinal;
        // Rare completions must not outweigh the likeliest: none says more than that one does.
        let most = self.idf(exact.unwrap_or(first));
        let weight = if exact.is_some() {
            LONGER_WORD_WEIGHT
        } else {
            PREFIX_WEIGHT
        };
        for candidate in found {
            let completion = self.term(candidate.ordinal, weight, Kind::Prefix, candidate.word);
            self.add(QueryTerm {
                idf: completion.idf.min(most),
                ..completion
            });
        }
        self.query.prefixes.push(term.surface.clone());
        Some(first)
    }

    /// Adds the words of the book closest to one that it does not have.
    fn correct(&mut self, term: &Term) -> Option<u32> {
        let limit = match term.surface.chars().count() {
            _ if !term.surface.chars().all(char::is_alphabetic) => return None,
            0..4 => return None,
            4..8 => 1,
            _ => 2,
        };
        self.unknown += 1;
        if self.unknown > MAX_UNKNOWN {
            return None;
        }
        let mut found = self.index.lexicon.near(&term.surface, limit);
        found.retain(|candidate| candidate.word.chars().all(char::is_alphabetic));
        let other_initial = |word: &str| word.chars().next() != term.surface.chars().next();
        self.rank(
            &mut found,
            |c| 2 * c.distance + u8::from(other_initial(&c.word)),
            MAX_CORRECTIONS,
        );
        for candidate in &found {
            let distance = candidate.distance;
            let weight = FUZZY_WEIGHTS[usize::from(distance.clamp(1, 2)) - 1];
            self.add(self.term(
                candidate.ordinal,
                weight,
                Kind::Fuzzy { distance },
                candidate.word.clone(),
            ));
        }
        let best = found.first()?;
        if best.distance == 1 || !other_initial(&best.word) {
            self.replace(term.range.clone(), &best.word);
        }
        Some(best.ordinal)
    }

    /// Keeps one word for each term, the best few: by `rank`, then the more frequent, then by
    /// spelling.
    fn rank(&self, found: &mut Vec<Candidate>, rank: impl Fn(&Candidate) -> u8, most: usize) {
        let frequency = |candidate: &Candidate| self.index.list(candidate.ordinal).len();
        found.sort_by_cached_key(|c| (rank(c), Reverse(frequency(c)), c.word.clone()));
        let mut seen = BTreeSet::new();
        found.retain(|candidate| seen.len() < most && seen.insert(candidate.ordinal));
    }

    fn pair(&mut self, first: u32, second: u32, spelling: impl Fn() -> String) {
        if let Some(ordinal) = self.index.pair(first, second) {
            self.add(self.term(ordinal, PAIR_WEIGHT, Kind::Pair, spelling()));
        }
    }

    fn term(&self, ordinal: u32, weight: f32, kind: Kind, term: String) -> QueryTerm {
        QueryTerm {
            ordinal,
            weight,
            kind,
            idf: self.idf(ordinal),
            term,
        }
    }

    fn idf(&self, ordinal: u32) -> f32 {
        let df = self.index.postings(ordinal).map_while(Result::ok).count();
        idf(self.index.len(), df)
    }

    /// Adds a term; of two with the same ordinal the one of larger weight stays.
    fn add(&mut self, term: QueryTerm) {
        match self
            .query
            .terms
            .iter_mut()
            .find(|same| same.ordinal == term.ordinal)
        {
            Some(same) if term.weight > same.weight => *same = term,
            Some(_) => {}
            None => self.query.terms.push(term),
        }
    }

    fn replace(&mut self, range: Range<usize>, word: &str) {
        let query = &mut self.query;
        query
            .corrected_text
            .push_str(&self.text[self.copied..range.start]);
        query.corrected_text.push_str(word);
        self.copied = range.end;
        query.corrections.push(Correction {
            from: self.text[range].to_owned(),
            to: word.to_owned(),
        });
    }
}

/// Words and identifiers of a query that count.
pub const MAX_WORDS: usize = 64;
/// Most completions of the last word.
pub const MAX_COMPLETIONS: usize = 8;
/// Most words that stand in for an unknown one.
pub const MAX_CORRECTIONS: usize = 3;
/// Unknown words of a query that are corrected; each costs a walk over the lexicon.
pub const MAX_UNKNOWN: usize = 16;
/// Weight of a completion of what is not a word of the book.
pub const PREFIX_WEIGHT: f32 = 0.5;
/// Weight of a longer word than the one typed, which the book has too.
pub const LONGER_WORD_WEIGHT: f32 = 0.2;
/// Weights of a word one and two edits away.
pub const FUZZY_WEIGHTS: [f32; 2] = [0.8, 0.6];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Fields, WordIndexBuilder};

    fn index() -> WordIndex {
        let mut builder = WordIndexBuilder::new();
        for body in [
            "Localisation estimates where the robot is.",
            "Navigation drives the robot; the navigation stack needs a map.",
            "The navigation stack plans with nav2_params.yaml and createRclcppNode.",
            "Navigable space is what a planner may use.",
        ] {
            builder.add(&Fields {
                title: "",
                headings: &[],
                body,
                lang: "en",
            });
        }
        WordIndex::open(builder.finish()).unwrap()
    }

    fn kinds(query: &WordQuery) -> Vec<(&str, Kind)> {
        query
            .terms()
            .iter()
            .map(|t| (t.term.as_str(), t.kind))
            .collect()
    }

    #[test]
    fn inflected_words_are_exact_and_stop_words_are_dropped() {
        let index = index();
        let query = WordQuery::parse("What localises the robots? ", "en", &index);
        assert_eq!(
            kinds(&query),
            [("localis", Kind::Exact), ("robot", Kind::Exact)]
        );
        assert_eq!(query.corrected_text(), "What localises the robots? ");
        let only = WordQuery::parse("where is the ", "en", &index);
        assert_eq!(only.terms().len(), 3);
        assert!(WordQuery::parse("", "en", &index).terms().is_empty());
    }

    #[test]
    fn the_last_word_is_completed_while_it_is_typed() {
        let index = index();
        let query = WordQuery::parse("robot loc", "en", &index);
        assert_eq!(
            kinds(&query),
            [("robot", Kind::Exact), ("localisation", Kind::Prefix)]
        );
        assert_eq!(query.terms()[1].weight, PREFIX_WEIGHT);
        assert!(query.corrections().is_empty());
        for text in ["robot loc ", "loc robot"] {
            let query = WordQuery::parse(text, "en", &index);
            assert!(
                query.terms().iter().all(|t| t.kind != Kind::Prefix),
                "{text}"
            );
        }
        let known = WordQuery::parse("nav", "en", &index);
        assert_eq!(
            kinds(&known)[..2],
            [("nav", Kind::Exact), ("navigable", Kind::Prefix)]
        );
        assert!(
            known.terms()[1..]
                .iter()
                .all(|t| t.weight == LONGER_WORD_WEIGHT)
        );
        assert!(
            known.terms()[1..]
                .iter()
                .all(|t| t.idf <= known.terms()[0].idf)
        );
        let typing = WordQuery::parse("createR", "en", &index);
        assert_eq!(kinds(&typing)[0], ("createrclcppnode", Kind::Prefix));
    }

    #[test]
    fn unknown_words_are_corrected_to_words_of_the_book() {
        let index = index();
        let query = WordQuery::parse(
            "Which Naivgation stakc, Localistaion of zzzz? ",
            "en",
            &index,
        );
        let corrections: Vec<_> = query
            .corrections()
            .iter()
            .map(|c| (c.from.as_str(), c.to.as_str()))
            .collect();
        assert_eq!(
            corrections,
            [
                ("Naivgation", "navigation"),
                ("stakc", "stack"),
                ("Localistaion", "localisation")
            ]
        );
        assert_eq!(
            query.corrected_text(),
            "Which navigation stack, localisation of zzzz? "
        );
        assert_eq!(
            kinds(&query)[0],
            ("navigation", Kind::Fuzzy { distance: 1 })
        );
        assert_eq!(query.terms()[0].weight, FUZZY_WEIGHTS[0]);
        let short = WordQuery::parse("mpa 2x4 ", "en", &index);
        assert!(short.corrections().is_empty() && short.terms().is_empty());
    }

    #[test]
    fn a_distant_word_with_another_initial_is_searched_but_not_put_in() {
        let index = index();
        let query = WordQuery::parse("abvigation ", "en", &index);
        assert_eq!(kinds(&query), [("navigation", Kind::Fuzzy { distance: 2 })]);
        assert!(query.corrections().is_empty());
        assert_eq!(query.corrected_text(), "abvigation ");
    }

    #[test]
    fn neighbours_of_the_book_add_a_pair_even_over_a_typo() {
        let index = index();
        for text in ["navigation stack ", "the navigation of a stakc "] {
            let query = WordQuery::parse(text, "en", &index);
            let pair = query.terms().iter().find(|t| t.kind == Kind::Pair).unwrap();
            assert_eq!(pair.weight, PAIR_WEIGHT);
        }
        let apart = WordQuery::parse("stack navigation ", "en", &index);
        assert!(apart.terms().iter().all(|t| t.kind != Kind::Pair));
    }

    #[test]
    fn identifiers_are_found_whole_and_by_their_parts() {
        let index = index();
        let query = WordQuery::parse("nav2_params.yaml ", "en", &index);
        let terms: Vec<_> = kinds(&query)
            .into_iter()
            .filter(|t| t.1 == Kind::Exact)
            .map(|t| t.0)
            .collect();
        assert_eq!(
            terms,
            ["nav2_params.yaml", "nav2", "nav", "2", "param", "yaml"]
        );
        assert_eq!(
            kinds(&WordQuery::parse("rclcpp ", "en", &index)),
            [("rclcpp", Kind::Exact)]
        );
    }

    #[test]
    fn a_term_counts_once_and_a_flood_of_words_is_bounded() {
        let index = index();
        assert_eq!(
            WordQuery::parse("robot robots robot ", "en", &index)
                .terms()
                .len(),
            1
        );
        let flood: String = (0..5000)
            .map(|i| format!("navigatio{} ", ["x", "xy", "q"][i % 3]))
            .collect();
        let query = WordQuery::parse(&flood, "en", &index);
        assert_eq!(query.corrections().len(), MAX_UNKNOWN);
    }
}
