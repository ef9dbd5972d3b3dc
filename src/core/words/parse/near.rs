//! Words of the book that a word may stand for: what it begins, and what it is close to.

use std::ops::Range;

use super::Parser;
use crate::order::sort_by;
use crate::shelf;
use crate::shelf::family::Slot;
use crate::text::{Form, Term};
use crate::words::edits::Edits;
use crate::words::index::Found;
use crate::words::query::{Kind, QueryTerm};
use crate::words::spelling::{Candidate, Spelling};

impl Parser<'_> {
    /// Adds longer words than the last one, which the book has too: those that stand beside it.
    pub(super) fn complete_known(&mut self, term: &Term, exact: u32) {
        if !self.is_typed(term) {
            return;
        }
        let longer = self.index.beside(exact, &term.surface);
        let mut found: Vec<(&str, u32, usize)> = longer.filter(|own| own.1 != exact).collect();
        sort_by(&mut found, |a, b| (b.2, a.0).cmp(&(a.2, b.0)));
        let mut seen = Vec::new();
        found.retain(|own| {
            let is_new = seen.len() < MAX_COMPLETIONS && !seen.contains(&own.1);
            seen.extend(is_new.then_some(own.1));
            is_new
        });
        let most = self.idf(exact);
        for (word, ordinal, _) in found {
            self.add_completion(ordinal, LONGER_WORD_WEIGHT, word.to_owned(), most);
        }
        self.query.prefixes.push((term.surface.clone(), self.word));
    }

    /// Adds words that begin with the last word of the text, if this is it.
    pub(super) fn complete(&mut self, term: &Term) -> Option<(u32, String)> {
        if !self.is_typed(term) {
            return None;
        }
        let mut found = Vec::new();
        for (key, blocks) in self.index.spelling_from(&term.surface) {
            for block in self.spelling(blocks) {
                found.extend(block.starting_with(&key));
            }
        }
        let mut found = self.resolve(found, |_| 0, MAX_COMPLETIONS);
        let (_, first, text) = found.first().cloned()?;
        // Rare completions must not outweigh the likeliest: none says more than that one does.
        let most = self.idf(first);
        for (candidate, ordinal, _) in found.drain(..) {
            self.add_completion(ordinal, PREFIX_WEIGHT, candidate.word, most);
        }
        self.query.prefixes.push((term.surface.clone(), self.word));
        Some((first, text))
    }

    fn add_completion(&mut self, ordinal: u32, weight: f32, word: String, most: f32) {
        let completion = self.term(ordinal, weight, Kind::Prefix, word);
        self.add(QueryTerm {
            idf: completion.idf.min(most),
            ..completion
        });
    }

    /// Adds the words of the book closest to one that it does not have.
    pub(super) fn correct(&mut self, term: &Term) -> Option<(u32, String)> {
        let found = self.near(term);
        let (best, ordinal, text) = found.into_iter().next()?;
        if best.distance == 1 || !other_initial(&best, term) {
            self.replace(term.range.clone(), &best.word);
            let word = self.word(&best);
            self.mean(&word);
        }
        Some((ordinal, text))
    }

    /// Adds words close to one that the book has, where it hardly has it: it may be a slip there too.
    /// Those in the block of its term are looked at alone, for most begin alike, and asking for others
    /// would cost every rare word a round.
    pub(super) fn doubt(&mut self, term: &Term, ordinal: u32) {
        let limit = most_edits(&term.surface);
        if self.index.df(ordinal) > RARE || term.form != Form::Word || limit == 0 {
            return;
        }
        let edits = Edits::new(&term.surface, limit);
        let often = self.index.beside(ordinal, "").filter(|own| own.2 >= RARER);
        let near = often.filter_map(|own| Some((edits.reach(own.0)?, own)));
        let mut found: Vec<_> = near.collect();
        sort_by(&mut found, |a, b| {
            (a.0, b.1.2, a.1.0).cmp(&(b.0, a.1.2, b.1.0))
        });
        found.truncate(MAX_CORRECTIONS);
        for (distance, (word, other, _)) in found {
            self.add_fuzzy(other, distance, word.to_owned());
        }
    }

    /// Adds the closest words of the book; returns them, the likeliest first.
    fn near(&mut self, term: &Term) -> Vec<(Candidate, u32, String)> {
        let limit = most_edits(&term.surface);
        if limit == 0 {
            return Vec::new();
        }
        self.unknown += 1;
        if self.unknown > MAX_UNKNOWN {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (key, blocks) in self.index.spelling_near(&term.surface) {
            for block in self.spelling(blocks) {
                found.extend(block.near(&key, limit));
            }
        }
        found.retain(|own| own.word.chars().all(char::is_alphabetic));
        let rank = |own: &Candidate| 2 * own.distance + u8::from(other_initial(own, term));
        let found = self.resolve(found, rank, MAX_CORRECTIONS);
        for (candidate, ordinal, _) in &found {
            self.add_fuzzy(*ordinal, candidate.distance, candidate.word.clone());
        }
        found
    }

    fn add_fuzzy(&mut self, ordinal: u32, distance: u8, word: String) {
        let weight = FUZZY_WEIGHTS[usize::from(distance.clamp(1, 2)) - 1];
        self.add(self.term(ordinal, weight, Kind::Fuzzy { distance }, word));
    }

    /// Those of these blocks of the spelling list that are here.
    pub(super) fn spelling(&mut self, blocks: Range<usize>) -> Vec<&'_ Spelling> {
        for block in blocks.clone() {
            if self.index.spelling(block).is_absent() {
                self.query.want(shelf::Kind::Spelling, block);
            }
        }
        blocks
            .filter_map(|block| Slot::here(self.index.spelling(block)))
            .collect()
    }

    /// The best few candidates with the ordinals and texts of their terms, each term once: by `rank`,
    /// then the more common, then by spelling.
    fn resolve(
        &mut self,
        mut found: Vec<Candidate>,
        rank: impl Fn(&Candidate) -> u8,
        most: usize,
    ) -> Vec<(Candidate, u32, String)> {
        sort_by(&mut found, |a, b| {
            (rank(a), b.common, &a.word).cmp(&(rank(b), a.common, &b.word))
        });
        let mut seen = Vec::new();
        let mut best = Vec::new();
        for candidate in found {
            let word = self.word(&candidate);
            if seen.len() == most {
                break;
            }
            if seen.contains(&word.text) {
                continue;
            }
            seen.push(word.text.clone());
            if let Found::Here(ordinal) = self.find(&word) {
                best.push((candidate, ordinal, word.text));
            }
        }
        best
    }

    /// A word of the spelling list as the analyzer would give it.
    fn word(&self, candidate: &Candidate) -> Term {
        let read = self.analyzer.terms(&candidate.word).into_iter().next();
        let text = read.map_or_else(|| candidate.word.clone(), |term| term.text);
        Term {
            text: candidate.term.clone().unwrap_or(text),
            surface: candidate.word.clone(),
            range: 0..0,
            position: 0,
            form: Form::Word,
        }
    }
}

/// Edits between a word as typed and one of the book that it may be; none for short ones, and for what
/// is not all letters.
pub(super) fn most_edits(word: &str) -> u8 {
    match word.chars().count() {
        _ if !word.chars().all(char::is_alphabetic) => 0,
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    }
}

fn other_initial(candidate: &Candidate, term: &Term) -> bool {
    candidate.word.chars().next() != term.surface.chars().next()
}

/// Most passages of a word that may be a slip of the book's.
pub const RARE: usize = 1;
/// Passages of the word that it may be a slip of, at least.
pub const RARER: usize = 20;
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
