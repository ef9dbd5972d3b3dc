//! The answer without a language model: the sentences of some passages that answer a question best,
//! quoted, each with the number of its passage.
//!
//! ```text
//! score = rank · worth · (words + HEAD_SHARE · words of the headings alone + MEANING_SHARE · cos⁺ / max cos⁺)
//! rank  = 1 / (1 + RANK_STEP · place of the passage)
//! ```
//!
//! for each sentence, line of code, list item or table row, where `worth` is 1 of prose that says
//! something ([`CODE`] and [`POOR`] of other text), `words` is the share of the question's
//! words in it, weighted by inverse document frequency. What was quoted already counts less
//! ([`REPEATED`]), so the next quotation says something else. The greedy choice is that of maximal
//! marginal relevance (Carbonell and Goldstein, SIGIR 1998), with words in the place of cosines.

use std::ops::Range;

use crate::text::sentences::{Unit, run_of, units};
use crate::words::{Match, WordSet};

/// Share of the question's words, by weight, that a passage has at least, title and headings
/// included; what has fewer speaks of something else.
pub const LEAST_COVERAGE: f32 = 0.45;

/// Weight of words that the headings have and the sentence has not.
pub const HEAD_SHARE: f32 = 0.3;

/// Weight of meaning, where cosines are known.
pub const MEANING_SHARE: f32 = 0.5;

/// How fast later passages lose weight.
pub const RANK_STEP: f32 = 0.1;

/// Weight of a word that a quotation has already.
pub const REPEATED: f32 = 0.4;

/// Weight of a sentence that is too short to say much, or itself a question.
pub const POOR: f32 = 0.5;

/// Weight of a line of code: where prose answers too, it says more.
pub const CODE: f32 = 0.6;

/// Characters that say something.
const SHORTEST: usize = 25;

/// A sentence with less than this share of the first one's score is not quoted.
const LEAST_GAIN: f32 = 0.4;

/// What stands between the cells of a table's row.
const CELL: &[u8] = b" | ";

/// Most sentences chosen; what they introduce comes with them.
const MOST: usize = 5;

/// Bytes of text after which no more is chosen.
const ENOUGH: usize = 1_200;

/// Units that come with one that ends in a colon, and lines with a line of code.
const COMPANY: usize = 6;

/// A passage that may answer.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its number in the answer.
    pub number: u32,
    /// Its text.
    pub text: &'a str,
    /// Byte ranges of `text` that are code, ascending.
    pub code: &'a [Range<u32>],
    /// Where words of the question stand in it, in the order of the text.
    pub matches: &'a [Match],
    /// WordSet of the question that its title and headings have.
    pub heads: WordSet,
    /// How near each of its [`sentences`](crate::text::sentences::sentences()) is to the question;
    /// empty where that is not known.
    pub by_meaning: &'a [f32],
}

/// WordSet of a passage.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Quote {
    /// Number of the passage.
    pub number: u32,
    /// The words, as they stand there.
    pub text: String,
    /// Whether they are code; line breaks count then.
    pub code: bool,
}

/// The sentences of `sources` that answer best, in the order of the sources and of their texts; none
/// where nothing fits. `asked` has the weight of each word of the question; sources come best first.
pub fn extract(asked: &[f32], sources: &[Source<'_>]) -> Vec<Quote> {
    let total: f32 = asked.iter().sum();
    if total <= 0.0 {
        return Vec::new();
    }
    let extracts: Vec<Extract<'_>> = sources
        .iter()
        .enumerate()
        .filter(|(_, source)| coverage(asked, source) >= LEAST_COVERAGE * total)
        .map(|(rank, source)| Extract::new(source, rank))
        .collect();
    let chosen = choose(asked, &extracts);
    let mut quotes = Vec::new();
    for (at, extract) in extracts.iter().enumerate() {
        extract.quote(&chosen, at, &mut quotes);
    }
    quotes
}

/// Weight of the distinct words that a passage has, in text and headings.
fn coverage(asked: &[f32], source: &Source<'_>) -> f32 {
    let words = WordSet::of(source.matches).with(source.heads);
    words.iter().filter_map(|word| asked.get(word)).sum()
}

/// A passage taken apart.
struct Extract<'a> {
    source: &'a Source<'a>,
    factor: f32,
    units: Vec<Unit>,
    words: Vec<WordSet>,
    meaning: Vec<f32>,
}

impl<'a> Extract<'a> {
    fn new(source: &'a Source<'a>, rank: usize) -> Self {
        let units = units(source.text, source.code);
        let words = units
            .iter()
            .map(|unit| words_in(source.matches, &unit.range));
        let spread = source.by_meaning.iter().enumerate();
        let spread =
            spread.flat_map(|(at, &score)| run_of(at, units.len()).map(move |_| score.max(0.0)));
        Self {
            words: words.collect(),
            meaning: spread.take(units.len()).collect(),
            factor: 1.0 / (1.0 + RANK_STEP * rank as f32),
            units,
            source,
        }
    }

    fn text(&self, at: usize) -> &'a str {
        let range = self.units.get(at).map(|unit| unit.range.clone());
        range
            .and_then(|range| self.source.text.get(range))
            .unwrap_or_default()
    }

    /// What the unit `at` adds to what has been said.
    fn score(&self, at: usize, asked: &[f32], said: WordSet, most_meaning: f32) -> f32 {
        let (Some(&words), Some(unit)) = (self.words.get(at), self.units.get(at)) else {
            return 0.0;
        };
        let total: f32 = asked.iter().sum();
        let part = |words: WordSet, share: f32| -> f32 {
            let weight = |word: usize| {
                let weight = asked.get(word).copied().unwrap_or(0.0);
                share * weight * if said.has(word) { REPEATED } else { 1.0 }
            };
            words.iter().map(weight).sum()
        };
        let own = part(words, 1.0);
        let heads = part(self.source.heads.without(words), HEAD_SHARE);
        let meaning = match self.meaning.get(at) {
            Some(&own) if most_meaning > 0.0 => MEANING_SHARE * own / most_meaning,
            _ => 0.0,
        };
        if words == WordSet::default() && meaning == 0.0 || self.is_header(at) {
            return 0.0;
        }
        let text = self.text(at);
        let is_short = !unit.code && text.chars().take(SHORTEST).count() < SHORTEST;
        let is_poor = is_short || text.ends_with(['?', '？', '؟']);
        let worth = match unit.code {
            true => CODE,
            false if is_poor => POOR,
            false => 1.0,
        };
        worth * self.factor * ((own + heads) / total + meaning)
    }

    /// Whether the unit `at` is the first row of a table, which says what its rows tell, and tells nothing.
    fn is_header(&self, at: usize) -> bool {
        // `contains` would add 2 KB to what readers load.
        let is_row = |at| {
            self.text(at)
                .as_bytes()
                .windows(CELL.len())
                .any(|own| own == CELL)
        };
        is_row(at) && is_row(at + 1) && !at.checked_sub(1).is_some_and(is_row)
    }

    /// The unit `at` and what belongs to it: what a colon introduces, the code around a line of code.
    fn company(&self, at: usize) -> Range<usize> {
        let is_code = |at: usize| self.units.get(at).is_some_and(|unit| unit.code);
        let (mut start, mut end) = (at, at + 1);
        if is_code(at) {
            while end - start < COMPANY && is_code(end) {
                end += 1;
            }
            while end - start < COMPANY && start > 0 && is_code(start - 1) {
                start -= 1;
            }
        } else if self.text(at).ends_with([':', '：']) {
            end = (at + 1 + COMPANY).min(self.units.len());
        }
        start..end
    }

    /// Quotes these units, neighbours together, code apart from prose.
    fn quote(&self, chosen: &[(usize, Range<usize>)], own: usize, quotes: &mut Vec<Quote>) {
        let mut before: Option<(usize, Range<usize>)> = None;
        for (at, unit) in self.units.iter().enumerate() {
            if !chosen
                .iter()
                .any(|(of, run)| *of == own && run.contains(&at))
            {
                continue;
            }
            let joined = before.take().filter(|(last, range)| {
                let gap = self.source.text.get(range.end..unit.range.start);
                *last + 1 == at
                    && self.units.get(*last).map(|own| own.code) == Some(unit.code)
                    && (unit.code || !gap.unwrap_or_default().contains('\n'))
            });
            let range = match joined {
                Some((_, range)) => {
                    quotes.pop();
                    range.start..unit.range.end
                }
                None => unit.range.clone(),
            };
            let text = self.source.text.get(range.clone()).unwrap_or_default();
            quotes.push(Quote {
                number: self.source.number,
                text: if unit.code { text } else { text.trim() }.to_owned(),
                code: unit.code,
            });
            before = Some((at, range));
        }
    }
}

fn words_in(matches: &[Match], range: &Range<usize>) -> WordSet {
    let before = |end: usize| matches.partition_point(|own| own.range.start < end);
    let inside = matches.get(before(range.start)..before(range.end));
    WordSet::of(inside.unwrap_or_default())
}

/// Chooses units greedily: pairs of a passage and the run of its units to quote.
fn choose(asked: &[f32], extracts: &[Extract<'_>]) -> Vec<(usize, Range<usize>)> {
    let all = extracts.iter().flat_map(|own| own.meaning.iter().copied());
    let most_meaning = all.fold(0.0, f32::max);
    let (mut chosen, mut said) = (Vec::new(), WordSet::default());
    let mut texts: Vec<&str> = Vec::new();
    let (mut first, mut bytes) = (None, 0);
    while chosen.len() < MOST && bytes < ENOUGH {
        let mut best: Option<(f32, usize, usize)> = None;
        for (source, extract) in extracts.iter().enumerate() {
            for at in 0..extract.units.len() {
                let score = extract.score(at, asked, said, most_meaning);
                let is_new = !texts.contains(&extract.text(at));
                if is_new && score > best.map_or(0.0, |best| best.0) {
                    best = Some((score, source, at));
                }
            }
        }
        let Some((score, source, at)) = best else {
            break;
        };
        if score < LEAST_GAIN * *first.get_or_insert(score) {
            break;
        }
        let Some(extract) = extracts.get(source) else {
            break;
        };
        let run = extract.company(at);
        for unit in run.clone() {
            said = said.with(extract.words.get(unit).copied().unwrap_or_default());
            texts.push(extract.text(unit));
            bytes += extract.text(unit).len();
        }
        chosen.push((source, run));
    }
    chosen
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)] // A passage mostly has one range of code.
mod tests;
