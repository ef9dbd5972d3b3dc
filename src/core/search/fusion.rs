//! One score from all that speaks for a passage: words, meaning, its title, its page.
//!
//! ```text
//! score = prior · ( (1 − MEANING_WEIGHT) · bm25 / max bm25
//!                 + MEANING_WEIGHT · cos⁺ / max cos⁺
//!                 + TITLE_BONUS · [the title has every word of the query] )
//!       + NAMED_BONUS · [the query is the title, or the end of the address]
//! ```
//!
//! where the query's vector has been moved a little towards the passages that words find best
//! ([`super::FEEDBACK_WEIGHT`]), `cos⁺` is the cosine, or zero below zero, the maxima are over all
//! passages for this query, and the prior is what the author of the site gives the page. A weighted sum
//! of scaled scores keeps what reciprocal-rank fusion throws away, how much better one passage is than
//! the next (Bruch, Gai & Ingber 2023), and unlike min-max scaling it needs no minimum, so exact search
//! and a walk of the graph give the same score.

use crate::passage::Prior;

/// Share of meaning in the score of a hybrid search. On three question sets the full encoder does as
/// well with .5 as with .6 (mean nDCG@10 .670, .668), the small one better (.663, .661).
pub const MEANING_WEIGHT: f32 = 0.5;

/// For a title that has every word of the query.
pub const TITLE_BONUS: f32 = 0.05;

/// For the page that the query names, by its title or the end of its address: more than anything else
/// can add up to, so that it comes first whatever its prior.
pub const NAMED_BONUS: f32 = Prior::MAX * (1.0 + TITLE_BONUS);

/// A passage that no word of the query leads to is a hit only from this cosine on.
pub const MIN_COSINE: f32 = 0.2;

/// How a query is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The best that is loaded: hybrid, or words until the encoder is there.
    #[default]
    Auto,
    /// BM25 alone.
    Words,
    /// The encoder alone.
    Meaning,
    /// Both.
    Hybrid,
}

/// What one passage scored before fusion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The passage.
    pub passage: u32,
    /// BM25 score, zero where no word matched.
    pub words: f32,
    /// Cosine to the query, zero where it was not computed.
    pub cosine: f32,
}

/// The largest parts over all candidates of a query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Maxima {
    words: f32,
    cosine: f32,
}

impl Maxima {
    /// The largest parts of these candidates.
    pub fn of<'a>(candidates: impl IntoIterator<Item = &'a Candidate>) -> Self {
        let zero = Self {
            words: 0.0,
            cosine: 0.0,
        };
        candidates.into_iter().fold(zero, |most, c| Self {
            words: most.words.max(c.words),
            cosine: most.cosine.max(c.cosine),
        })
    }
}

/// The parts of a candidate's score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Share of the words.
    pub words: f32,
    /// Share of the meaning.
    pub meaning: f32,
    /// [`TITLE_BONUS`] or zero.
    pub title: f32,
    /// [`NAMED_BONUS`] or zero.
    pub named: f32,
    /// Factor of the first three.
    pub prior: Prior,
}

impl Score {
    /// The score of a candidate by words and meaning.
    pub fn of(mode: Mode, candidate: &Candidate, maxima: &Maxima) -> Self {
        let share = match mode {
            Mode::Words => 0.0,
            Mode::Meaning => 1.0,
            Mode::Hybrid | Mode::Auto => MEANING_WEIGHT,
        };
        let scaled = |part: f32, most: f32| if part > 0.0 { part / most } else { 0.0 };
        Self {
            words: (1.0 - share) * scaled(candidate.words, maxima.words),
            meaning: share * scaled(candidate.cosine, maxima.cosine),
            title: 0.0,
            named: 0.0,
            prior: Prior::default(),
        }
    }

    /// What the formula gives.
    pub fn total(&self) -> f32 {
        self.prior.factor() * (self.words + self.meaning + self.title) + self.named
    }
}

/// Whether a candidate is a hit at all.
pub fn is_hit(mode: Mode, candidate: &Candidate) -> bool {
    match mode {
        Mode::Words => candidate.words > 0.0,
        Mode::Meaning => candidate.cosine >= MIN_COSINE,
        Mode::Hybrid | Mode::Auto => candidate.words > 0.0 || candidate.cosine >= MIN_COSINE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(words: f32, cosine: f32) -> Candidate {
        Candidate {
            passage: 0,
            words,
            cosine,
        }
    }

    fn score(mode: Mode, candidate: &Candidate, maxima: &Maxima) -> f32 {
        Score::of(mode, candidate, maxima).total()
    }

    #[test]
    fn the_best_in_both_scores_one() {
        let all = [
            candidate(8.0, 0.5),
            candidate(2.0, 0.25),
            candidate(0.0, -0.1),
        ];
        let maxima = Maxima::of(&all);
        assert!((score(Mode::Hybrid, &all[0], &maxima) - 1.0).abs() < 1e-6);
        let second = (1.0 - MEANING_WEIGHT) * 0.25 + MEANING_WEIGHT * 0.5;
        assert!((score(Mode::Hybrid, &all[1], &maxima) - second).abs() < 1e-6);
        assert_eq!(score(Mode::Hybrid, &all[2], &maxima), 0.0);
        let parts = |mode| {
            let Score { words, meaning, .. } = Score::of(mode, &all[1], &maxima);
            (words, meaning)
        };
        assert_eq!(parts(Mode::Words), (0.25, 0.0));
        assert_eq!(parts(Mode::Meaning), (0.0, 0.5));
    }

    #[test]
    fn a_page_that_is_named_comes_before_all_others_and_priors_count_for_the_rest() {
        let all = [candidate(8.0, 0.5), candidate(1.0, 0.0)];
        let maxima = Maxima::of(&all);
        let of = |c| Score::of(Mode::Hybrid, c, &maxima);
        let prior = |text: &str| text.parse().unwrap();
        let best = Score {
            title: TITLE_BONUS,
            prior: prior("4"),
            ..of(&all[0])
        };
        let named = Score {
            named: NAMED_BONUS,
            prior: prior("0.25"),
            ..of(&all[1])
        };
        assert_eq!(best.total(), 4.0 * (1.0 + TITLE_BONUS));
        assert!(named.total() > best.total());
    }

    #[test]
    fn nothing_found_divides_by_nothing() {
        let none = [candidate(0.0, 0.0)];
        assert_eq!(score(Mode::Hybrid, &none[0], &Maxima::of(&none)), 0.0);
        assert!(!is_hit(Mode::Hybrid, &none[0]));
    }
}
