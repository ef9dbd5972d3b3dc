//! Which candidates are shown, and in which order.
//!
//! What is known of all passages ranks them: words, meaning, titles that the query names, priors. What
//! only a text tells is asked of the best of them, one by one, until there are enough: whether it is
//! what the query's operators ask for, whether it repeats a better one. Titles then order what is shown.

use super::Searcher;
use super::duplicates::Distinct;
use super::fusion::{Candidate, Maxima, Mode, NAMED_BONUS, Score, TITLE_BONUS, is_hit};
use super::pages::Located;
use super::rounds::WANTED;
use crate::order::{keep_first_by, sort_by};
use crate::shelf::priors::Priors;
use crate::text::{Analyzer, Term, holds_words};
use crate::words::WordQuery;

/// Candidates whose texts are looked at, however many of them are not shown.
const POOL: usize = 64;

/// Orders candidates by what is known of them before their texts are here.
pub(super) struct Standing<'a> {
    mode: Mode,
    maxima: Maxima,
    /// Passages that the query names.
    named: Vec<u32>,
    /// Passages that its operators admit, where it has any.
    admitted: Option<Vec<bool>>,
    priors: &'a Priors,
}

/// A candidate that is shown.
pub(super) struct Shown {
    pub candidate: Candidate,
    pub score: Score,
    /// Passages that repeat it.
    pub duplicates: Vec<u32>,
}

/// What is shown for a query.
#[derive(Default)]
pub(super) struct Chosen {
    /// Best first.
    pub hits: Vec<Shown>,
    /// Passages that belong among the hits if their texts say so, which are not here; none where
    /// the first [`WANTED`] are.
    pub absent: Vec<u32>,
}

impl Chosen {
    /// Whether there is nothing to show, now or once more texts are here.
    pub fn is_empty(&self) -> bool {
        self.hits.is_empty() && self.absent.is_empty()
    }
}

impl Standing<'_> {
    /// The score of a candidate but for its title.
    fn score(&self, candidate: &Candidate) -> Score {
        let named = self.named.contains(&candidate.passage);
        Score {
            named: if named { NAMED_BONUS } else { 0.0 },
            prior: self.priors.of(candidate.passage),
            ..Score::of(self.mode, candidate, &self.maxima)
        }
    }

    /// The best `limit` candidates with their scores, best first; the earlier passage of equals.
    pub fn best(&self, candidates: &[Candidate], limit: usize) -> Vec<(Score, Candidate)> {
        let is_hit = |c: &&Candidate| {
            is_admitted(&self.admitted, c)
                && (is_hit(self.mode, c) || self.named.contains(&c.passage))
        };
        let hits = candidates.iter().filter(is_hit);
        let mut keyed: Vec<(f32, Score, Candidate)> = hits
            .map(|c| (self.score(c), *c))
            .map(|(score, c)| (score.total(), score, c))
            .collect();
        let order = |a: &(f32, Score, Candidate), b: &(f32, Score, Candidate)| {
            b.0.total_cmp(&a.0).then(a.2.passage.cmp(&b.2.passage))
        };
        keep_first_by(&mut keyed, limit, order);
        keyed.into_iter().map(|(_, score, c)| (score, c)).collect()
    }
}

impl Searcher {
    /// What is known of the candidates of a query.
    pub(super) fn standing(&self, words: &WordQuery, mode: Mode) -> Standing<'_> {
        let named = match mode {
            Mode::Meaning => Vec::new(),
            _ => self.words.named(words),
        };
        let admitted = self.admitted(words);
        let candidates = self.candidates.iter();
        Standing {
            mode,
            maxima: Maxima::of(candidates.filter(|c| is_admitted(&admitted, c))),
            named,
            admitted,
            priors: &self.directory.priors,
        }
    }

    /// The best `limit` of the candidates that are here.
    pub(super) fn choose(&self, words: &WordQuery, mode: Mode, limit: usize) -> Chosen {
        let ranked = self
            .standing(words, mode)
            .best(&self.candidates, POOL.max(limit));
        let mut chosen = Chosen::default();
        let mut distinct = Distinct::default();
        let mut is_wanted = false;
        for (score, candidate) in ranked {
            if chosen.hits.len() == limit {
                break;
            }
            let Some(located) = self.pages.locate(candidate.passage) else {
                let place = chosen.hits.len() + chosen.absent.len();
                if place < limit && self.pages.is_absent(candidate.passage) {
                    chosen.absent.push(candidate.passage);
                    is_wanted |= place < WANTED;
                }
                continue;
            };
            if !words
                .filter()
                .admits(&located.page.lang, &heads(&located), &located.passage.text)
            {
                continue;
            }
            match distinct.add(&whole(&located)) {
                Some(better) => chosen.hits[better].duplicates.push(candidate.passage),
                None => chosen.hits.push(Shown {
                    candidate,
                    score,
                    duplicates: Vec::new(),
                }),
            }
        }
        if !is_wanted {
            chosen.absent.clear();
        }
        self.order_by_titles(words, &mut chosen.hits);
        chosen
    }

    /// Gives the hits whose title has every word of the query their bonus.
    fn order_by_titles(&self, words: &WordQuery, hits: &mut [Shown]) {
        let asked = words.asked();
        for hit in hits.iter_mut() {
            let located = self.pages.locate(hit.candidate.passage);
            if located.is_some_and(|located| has_words(&located, asked)) {
                hit.score.title = TITLE_BONUS;
            }
        }
        sort_by(hits, |a, b| b.score.total().total_cmp(&a.score.total()));
    }
}

fn is_admitted(admitted: &Option<Vec<bool>>, candidate: &Candidate) -> bool {
    let own = |all: &Vec<bool>| all.get(candidate.passage as usize) == Some(&true);
    admitted.as_ref().is_none_or(own)
}

fn has_words(located: &Located<'_>, asked: &[Term]) -> bool {
    let page = located.page;
    holds_words(&Analyzer::for_lang(&page.lang).terms(&page.title), asked)
}

/// The title of a passage's page and the headings above it.
fn heads<'a>(located: &Located<'a>) -> Vec<&'a str> {
    let headings = located.section.headings.iter().map(String::as_str);
    std::iter::once(located.page.title.as_str())
        .chain(headings)
        .collect()
}

/// A passage with its title and headings.
fn whole(located: &Located<'_>) -> String {
    let mut parts = heads(located);
    parts.push(&located.passage.text);
    parts.join("\n")
}
