//! From what a reader types to weighted terms of the index.

use super::bm25::{PAIR_WEIGHT, idf};
use super::edits::Edits;
use super::filter::Filter;
use super::index::{Found, WordIndex};
use super::query::{Correction, Kind, Meant, QueryTerm, WordQuery};
use super::spelling::{Candidate, Spelling};
use crate::order::sort_by;
use crate::shelf;
use crate::shelf::family::Slot;
use crate::text::segment::is_unspaced;
use crate::text::{Analyzer, Form, Query, Term, title_key};
use std::ops::Range;

impl WordQuery {
    /// Reads a query's syntax ([`Query`]) and looks its words up. Stop words are dropped unless nothing is left; the last word
    /// is completed when the text ends with it; an unknown word of 4 letters or more is replaced
    /// by the closest words of the book, one that the book hardly has is joined by close ones that it has
    /// often and that stand beside it; neighbours that are neighbours in the book add a pair. Of
    /// a very long text the first [`MAX_WORDS`] words count, [`MAX_UNKNOWN`] of them for correction.
    ///
    /// What leads to a block that is not here is left out, and the block is among
    /// [`WordQuery::wanted`].
    pub fn parse(source: &str, lang: &str, index: &WordIndex) -> Self {
        let analyzer = Analyzer::for_lang(lang);
        let syntax = Query::parse(source);
        let text = syntax.text.as_str();
        let mut terms = analyzer.terms(text);
        drop_stop_words(&analyzer, &mut terms);
        terms.truncate(MAX_WORDS);
        let mut parser = Parser {
            index,
            analyzer,
            source,
            text,
            query: Self::default(),
            ahead: LOOK_AHEAD,
            word: 0,
            copied: 0,
            unknown: 0,
        };
        let mut before: Option<(u32, String)> = None;
        for (word, term) in (0..).zip(&terms) {
            parser.word = word;
            let found = parser.look_up(term);
            if term.form == Form::Word {
                if let (Some((first, a)), Some((_, second))) = (&before, &found) {
                    parser.pair(*first, second, || format!("{a} {}", term.text));
                }
                before = found.map(|(ordinal, _)| (ordinal, term.text.clone()));
            }
        }
        parser.query.corrected_text.push_str(&text[parser.copied..]);
        parser.query.suggestion.push_str(&source[parser.copied..]);
        parser.name();
        parser.filter(&syntax);
        let mut asked = parser.analyzer.terms(&parser.query.corrected_text);
        drop_stop_words(&parser.analyzer, &mut asked);
        parser.query.asked = asked;
        parser.query
    }
}

/// Drops words that say nothing, unless all do.
fn drop_stop_words(analyzer: &Analyzer, terms: &mut Vec<Term>) {
    let says_nothing =
        |term: &Term| term.form == Form::Word && analyzer.is_stop_word(&term.surface);
    if !terms.iter().all(says_nothing) {
        terms.retain(|term| !says_nothing(term));
    }
}

/// Builds one [`WordQuery`].
struct Parser<'a> {
    index: &'a WordIndex,
    analyzer: Analyzer,
    source: &'a str,
    /// The source without its operators, place for place.
    text: &'a str,
    query: WordQuery,
    /// Number of the word that is looked up.
    word: u32,
    /// Bytes of `text` that are in the corrected text already.
    copied: usize,
    /// Words that were looked for among close ones.
    unknown: usize,
    /// Words that the spelling list may still be asked for before it is known whether the book has them.
    ahead: usize,
}

impl Parser<'_> {
    /// Adds what a word stands for; returns the likeliest ordinal and the text of its term.
    fn look_up(&mut self, term: &Term) -> Option<(u32, String)> {
        let known = self.mean(term);
        match self.find(term) {
            Found::Here(ordinal) => {
                self.add(self.term(ordinal, 1.0, Kind::Exact, term.text.clone()));
                self.complete_known(term, ordinal);
                self.doubt(term, ordinal);
                Some((ordinal, term.text.clone()))
            }
            Found::Wanted(_) => {
                self.look_ahead(term);
                None
            }
            Found::Nowhere => {
                self.query.is_unsure = true;
                let completed = self.complete(term);
                match completed {
                    None if term.form == Form::Word && !known => self.correct(term),
                    completed => completed,
                }
            }
        }
    }

    /// Asks for what would complete or correct a word in the same round as for the block that tells whether
    /// the book has it.
    fn look_ahead(&mut self, term: &Term) {
        if self.index.begins_block(term) {
            return;
        }
        let mut keys = Vec::new();
        if self.ahead > 0 && term.form == Form::Word && most_edits(&term.surface) > 0 {
            self.ahead -= 1;
            keys = self.index.spelling_near(&term.surface);
        }
        if self.is_typed(term) {
            keys.extend(self.index.spelling_from(&term.surface));
        }
        for (_, blocks) in keys {
            self.spelling(blocks);
        }
    }

    /// Looks up the title that the query is, as a whole.
    fn name(&mut self) {
        let Some(key) = title_key(&self.analyzer, &self.query.corrected_text) else {
            return;
        };
        let title = Term {
            surface: key.clone(),
            text: key,
            range: 0..0,
            position: 0,
            form: Form::Identifier,
        };
        if let Found::Here(ordinal) = self.find(&title) {
            self.query.names.push(ordinal);
        }
    }

    fn filter(&mut self, syntax: &Query) {
        let mut wanted = Vec::new();
        let want = &mut |block| wanted.push(block);
        self.query.filter = Filter::new(syntax, &self.analyzer, self.index, want);
        for block in wanted {
            self.query.want(shelf::Kind::Terms, block);
        }
    }

    fn find(&mut self, term: &Term) -> Found {
        let found = self.index.find(term);
        if let Found::Wanted(block) = found {
            self.query.want(shelf::Kind::Terms, block);
        }
        found
    }

    /// Adds the vector of a word; whether it has one.
    fn mean(&mut self, term: &Term) -> bool {
        if term.form == Form::Identifier {
            return false;
        }
        let home = self.index.home_of_row(term);
        match home {
            Found::Here(block) => self.query.meant.push(Meant {
                block,
                word: term.surface.clone(),
            }),
            Found::Wanted(block) => self.query.want(shelf::Kind::Terms, block),
            Found::Nowhere => {}
        }
        matches!(home, Found::Here(_))
    }

    /// Whether a word may be the beginning of another: it is being typed, or it is one character of a
    /// script whose words are indexed by pairs of them.
    fn is_typed(&self, term: &Term) -> bool {
        let mut chars = term.surface.chars();
        let alone = matches!((chars.next(), chars.next()), (Some(_), None));
        let pair_begins = alone && term.surface.chars().all(is_unspaced);
        let long_enough = !alone || !term.surface.is_ascii();
        pair_begins || (term.range.end == self.text.len() && long_enough)
    }

    /// Adds longer words than the last one, which the book has too: those that stand beside it.
    fn complete_known(&mut self, term: &Term, exact: u32) {
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
    fn complete(&mut self, term: &Term) -> Option<(u32, String)> {
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
    fn correct(&mut self, term: &Term) -> Option<(u32, String)> {
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
    fn doubt(&mut self, term: &Term, ordinal: u32) {
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
    fn spelling(&mut self, blocks: Range<usize>) -> Vec<&'_ Spelling> {
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

    fn pair(&mut self, first: u32, second: &str, spelling: impl Fn() -> String) {
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
            word: self.word,
            term,
        }
    }

    fn idf(&self, ordinal: u32) -> f32 {
        idf(self.index.len(), self.index.df(ordinal))
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
        for (corrected, from) in [
            (&mut query.corrected_text, self.text),
            (&mut query.suggestion, self.source),
        ] {
            corrected.push_str(&from[self.copied..range.start]);
            corrected.push_str(word);
        }
        self.copied = range.end;
        query.corrections.push(Correction {
            from: self.text[range].to_owned(),
            to: word.to_owned(),
        });
    }
}

/// Edits between a word as typed and one of the book that it may be; none for short ones, and for what
/// is not all letters.
fn most_edits(word: &str) -> u8 {
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
/// Words and identifiers of a query that count.
pub const MAX_WORDS: usize = 64;
/// Most completions of the last word.
pub const MAX_COMPLETIONS: usize = 8;
/// Most words that stand in for an unknown one.
pub const MAX_CORRECTIONS: usize = 3;
/// Unknown words of a query that are corrected; each costs a walk over the lexicon.
pub const MAX_UNKNOWN: usize = 16;
/// Words of a query for which the spelling list is asked for before it is known whether the book has them, so that
/// a misspelt one takes no round more than others. In a book of 14,000 pages that is 5 KB of a query.
pub const LOOK_AHEAD: usize = 3;
/// Weight of a completion of what is not a word of the book.
pub const PREFIX_WEIGHT: f32 = 0.5;
/// Weight of a longer word than the one typed, which the book has too.
pub const LONGER_WORD_WEIGHT: f32 = 0.2;
/// Weights of a word one and two edits away.
pub const FUZZY_WEIGHTS: [f32; 2] = [0.8, 0.6];

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
