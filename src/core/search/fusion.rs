//! One score from two: words and meaning.
//!
//! ```text
//! score = MEANING_WEIGHT · cos⁺ / max cos⁺  +  (1 − MEANING_WEIGHT) · bm25 / max bm25
//! ```
//!
//! where the query's vector has been moved a little towards the passages that words find best
//! ([`super::FEEDBACK_WEIGHT`]), `cos⁺` is the cosine, or zero below zero, and the maxima are over all passages for this
//! query. A weighted sum of scaled scores keeps what reciprocal-rank fusion throws away, how much
//! better one passage is than the next (Bruch, Gai & Ingber 2023), and unlike min-max scaling it
//! needs no minimum, so exact search and a walk of the graph give the same score.

/// Share of meaning in the score of a hybrid search. On three question sets the full encoder does as
/// well with .5 as with .6 (mean nDCG@10 .670, .668), the small one better (.663, .661).
pub const MEANING_WEIGHT: f32 = 0.5;

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
    pub fn of(candidates: &[Candidate]) -> Self {
        let zero = Self {
            words: 0.0,
            cosine: 0.0,
        };
        candidates.iter().fold(zero, |most, c| Self {
            words: most.words.max(c.words),
            cosine: most.cosine.max(c.cosine),
        })
    }
}

/// `(words, meaning)`: the two parts of a candidate's score, whose sum it is.
pub fn parts(mode: Mode, candidate: &Candidate, maxima: &Maxima) -> (f32, f32) {
    let share = match mode {
        Mode::Words => 0.0,
        Mode::Meaning => 1.0,
        Mode::Hybrid | Mode::Auto => MEANING_WEIGHT,
    };
    let scaled = |part: f32, most: f32| if part > 0.0 { part / most } else { 0.0 };
    let words = (1.0 - share) * scaled(candidate.words, maxima.words);
    (words, share * scaled(candidate.cosine, maxima.cosine))
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

    #[test]
    fn the_best_in_both_scores_one() {
        let all = [
            candidate(8.0, 0.5),
            candidate(2.0, 0.25),
            candidate(0.0, -0.1),
        ];
        let maxima = Maxima::of(&all);
        let score = |c| {
            let (words, meaning) = parts(Mode::Hybrid, c, &maxima);
            words + meaning
        };
        assert!((score(&all[0]) - 1.0).abs() < 1e-6);
        let second = (1.0 - MEANING_WEIGHT) * 0.25 + MEANING_WEIGHT * 0.5;
        assert!((score(&all[1]) - second).abs() < 1e-6);
        assert_eq!(score(&all[2]), 0.0);
        assert_eq!(parts(Mode::Words, &all[1], &maxima), (0.25, 0.0));
        assert_eq!(parts(Mode::Meaning, &all[1], &maxima), (0.0, 0.5));
    }

    #[test]
    fn nothing_found_divides_by_nothing() {
        let none = [candidate(0.0, 0.0)];
        assert_eq!(
            parts(Mode::Hybrid, &none[0], &Maxima::of(&none)),
            (0.0, 0.0)
        );
        assert!(!is_hit(Mode::Hybrid, &none[0]));
    }
}
