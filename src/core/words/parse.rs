//! From what a reader types to weighted terms of the index.

mod near;

use near::most_edits;
pub use near::{
    FUZZY_WEIGHTS, LONGER_WORD_WEIGHT, MAX_COMPLETIONS, MAX_CORRECTIONS, MAX_UNKNOWN, PREFIX_WEIGHT,
};

use super::bm25::{PAIR_WEIGHT, idf};
use super::filter::Filter;
use super::index::{Found, WordIndex};
use super::query::{Correction, Kind, Meant, QueryTerm, WordQuery};
use crate::shelf;
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

/// Words and identifiers of a query that count.
pub const MAX_WORDS: usize = 64;
/// Words of a query for which the spelling list is asked for before it is known whether the book has them, so that
/// a misspelt one takes no round more than others. In a book of 14,000 pages that is 5 KB of a query.
pub const LOOK_AHEAD: usize = 3;

#[cfg(test)]
mod tests;
