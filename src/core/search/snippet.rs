//! The part of a passage that a result shows: the sentence that answers, with as much around it as fits.
//!
//! ```text
//! score = (1 − MEANING_SHARE) · words / max words  +  MEANING_SHARE · cos⁺ / max cos⁺
//! ```
//!
//! for each sentence, line of code, list item or table row, where `words` is the sum of the weights of
//! the distinct words of the query in it, `cos⁺` its cosine to the query where the caller knows it,
//! and the maxima are over the passage. Without cosines words alone decide.

mod window;

use std::ops::Range;

use super::Snippet;
use crate::Passage;
use crate::text::sentences::{Unit, run_of, units};
use crate::words::{Match, WordSet};

/// Share of meaning in the choice of a sentence.
const MEANING_SHARE: f32 = 0.5;

/// Characters a snippet has at most, as long as its words are no longer.
const LONGEST: usize = 220;

/// A snippet with fewer characters begins before its best sentence.
const SHORTEST: usize = 80;

/// Lines of code a snippet shows at most.
const CODE_LINES: usize = 4;

/// The part of `passage` that answers best. `matches` are in the order of the text; `by_meaning` is
/// empty or has a score for each of the passage's
/// [`sentences`](crate::text::sentences::sentences()).
pub fn snippet(passage: &Passage, matches: &[Match], by_meaning: &[f32]) -> Snippet {
    let units = units(&passage.text, &passage.code);
    let Some(best) = best(&units, matches, by_meaning) else {
        return Snippet::default();
    };
    let code = units[best].code;
    let run = around(&passage.text, &units, best);
    let range = units[run.start].range.start..units[run.end - 1].range.end;
    let range = window::best(&passage.text, range, matches, LONGEST);
    cut(&passage.text, range, matches, code)
}

/// The unit with the best score; the earliest of equals.
fn best(units: &[Unit], matches: &[Match], by_meaning: &[f32]) -> Option<usize> {
    let words: Vec<f32> = units
        .iter()
        .map(|unit| weight(matches, &unit.range))
        .collect();
    let meaning = spread(by_meaning, units.len());
    let most = |scores: &[f32]| scores.iter().copied().fold(0.0, f32::max);
    let (most_words, most_meaning) = (most(&words), most(&meaning));
    let share = |own: f32, most: f32| if own > 0.0 { own / most } else { 0.0 };
    let score = |at: usize| {
        let by_meaning = meaning.get(at).map_or(0.0, |&own| share(own, most_meaning));
        (1.0 - MEANING_SHARE) * share(words[at], most_words) + MEANING_SHARE * by_meaning
    };
    (0..units.len()).reduce(|best, at| if score(at) > score(best) { at } else { best })
}

/// The weights of the distinct words that match inside a range, in sum.
fn weight(matches: &[Match], range: &Range<usize>) -> f32 {
    let first = matches.partition_point(|own| own.range.start < range.start);
    let inside = matches[first..]
        .iter()
        .take_while(|own| own.range.start < range.end);
    let mut seen = WordSet::default();
    let distinct = inside.filter(|own| seen.insert(own.word));
    distinct.map(|own| own.weight).sum()
}

/// The score of each unit, given those of sentences that may hold several; none where the two are not
/// of one passage.
fn spread(by_meaning: &[f32], units: usize) -> Vec<f32> {
    let runs = by_meaning.iter().enumerate();
    let spread = runs.flat_map(|(at, &score)| vec![score; run_of(at, units).len()]);
    let scores: Vec<f32> = spread.take(units).collect();
    if scores.len() == units {
        scores
    } else {
        Vec::new()
    }
}

/// The run of units that is shown for the best one: it and those that follow, and where that is little
/// to read those before it, as long as it all fits. Code and prose do not mix.
fn around(text: &str, units: &[Unit], best: usize) -> Range<usize> {
    let code = units[best].code;
    let length = |run: &Range<usize>| {
        let range = units[run.start].range.start..units[run.end - 1].range.end;
        text[range].chars().count()
    };
    let fits = |run: &Range<usize>| length(run) <= LONGEST && (!code || run.len() <= CODE_LINES);
    let mut run = best..best + 1;
    while units.get(run.end).is_some_and(|next| next.code == code)
        && fits(&(run.start..run.end + 1))
    {
        run.end += 1;
    }
    while length(&run) < SHORTEST
        && run.start > 0
        && units[run.start - 1].code == code
        && fits(&(run.start - 1..run.end))
    {
        run.start -= 1;
    }
    run
}

fn cut(text: &str, range: Range<usize>, matches: &[Match], code: bool) -> Snippet {
    const MORE: &str = "…";
    let before = text[..range.start].trim_end_matches([' ', '\u{a0}']);
    let lead = if before.is_empty() || ends_sentence(before) {
        ""
    } else {
        MORE
    };
    let piece = &text[range.clone()];
    let body = if code {
        piece.to_owned()
    } else {
        piece.replace('\n', " ")
    };
    let whole = text[range.end..].trim().is_empty() || ends_sentence(piece);
    let tail = if whole { "" } else { MORE };
    let mut highlights: Vec<(u32, u32)> = Vec::new();
    for own in matches.iter().map(|own| &own.range) {
        if own.start < range.start || own.end > range.end {
            continue;
        }
        let shift = |at: usize| (at - range.start + lead.len()) as u32;
        match highlights.last_mut() {
            // A part of an identifier, or a bigram that shares a character with the one before.
            Some(last) if shift(own.start) < last.1 => last.1 = last.1.max(shift(own.end)),
            _ => highlights.push((shift(own.start), shift(own.end))),
        }
    }
    Snippet {
        text: format!("{lead}{body}{tail}"),
        highlights,
        code,
    }
}

/// Whether a reader would take the end of `text` for the end of a sentence or a line.
fn ends_sentence(text: &str) -> bool {
    text.ends_with(['.', '!', '?', ':', '\n', '।', '。', '！', '？', '؟', '۔'])
}

#[cfg(test)]
mod tests;
