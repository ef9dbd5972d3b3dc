//! The part of a passage that a result shows: the sentence that answers, and what follows it.

use std::collections::BTreeSet;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::Snippet;
use crate::Passage;

/// Characters a snippet has at most, as long as its first sentence has.
const LONGEST: usize = 220;

/// Lines of code a snippet shows at most.
const CODE_LINES: usize = 4;

/// The part of `passage` with the most of the words at `matches` (ascending byte ranges).
pub fn snippet(passage: &Passage, matches: &[Range<usize>]) -> Snippet {
    let units = units(passage);
    let Some(first) = best(passage, &units, matches) else {
        return Snippet::default();
    };
    let code = units[first].code;
    let mut range = units[first].range.clone();
    for (taken, next) in units[first + 1..].iter().enumerate() {
        let fits = if code { taken + 1 < CODE_LINES } else { true };
        let length = passage.text[range.start..next.range.end].chars().count();
        if next.code != code || !fits || length > LONGEST {
            break;
        }
        range.end = next.range.end;
    }
    let range = shorten(&passage.text, range, matches);
    cut(passage, range, matches, code)
}

/// A sentence, or a line of code.
struct Unit {
    range: Range<usize>,
    code: bool,
}

fn units(passage: &Passage) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut at = 0;
    for line in passage.text.split('\n') {
        let code = passage.code.iter().any(|c| c.contains(&(at as u32)));
        if code {
            push(&mut units, &passage.text, at..at + line.len(), true);
        } else {
            for (start, sentence) in line.split_sentence_bound_indices() {
                push(
                    &mut units,
                    &passage.text,
                    at + start..at + start + sentence.len(),
                    false,
                );
            }
        }
        at += line.len() + 1;
    }
    units
}

fn push(units: &mut Vec<Unit>, text: &str, range: Range<usize>, code: bool) {
    let piece = &text[range.clone()];
    let kept = piece.trim_end();
    if !kept.trim().is_empty() {
        units.push(Unit {
            range: range.start..range.start + kept.len(),
            code,
        });
    }
}

/// The unit with the most different matched words; the earliest of equals.
fn best(passage: &Passage, units: &[Unit], matches: &[Range<usize>]) -> Option<usize> {
    let words = |unit: &Unit| -> usize {
        let inside = matches
            .iter()
            .filter(|m| unit.range.start <= m.start && m.end <= unit.range.end);
        inside
            .map(|m| passage.text[m.clone()].to_lowercase())
            .collect::<BTreeSet<_>>()
            .len()
    };
    let most = units.iter().map(words).max()?;
    units.iter().position(|unit| words(unit) == most)
}

/// Cuts a single sentence that is too long, so that its first match is well inside.
fn shorten(text: &str, range: Range<usize>, matches: &[Range<usize>]) -> Range<usize> {
    let piece = &text[range.clone()];
    if piece.chars().count() <= LONGEST {
        return range;
    }
    let target = matches
        .iter()
        .find(|m| range.contains(&m.start))
        .map_or(range.start, |m| m.start);
    let before = LONGEST / 4;
    let start = back(text, range.start, target, before);
    let end = text[start..range.end]
        .char_indices()
        .nth(LONGEST)
        .map_or(range.end, |(at, _)| start + at);
    let end = if end < range.end {
        word_end(text, start, end)
    } else {
        end
    };
    start..end
}

/// The start of a word about `chars` characters before `from`, not before `least`.
fn back(text: &str, least: usize, from: usize, chars: usize) -> usize {
    let Some((at, _)) = text[least..from].char_indices().rev().nth(chars) else {
        return least;
    };
    let start = text[least + at..from]
        .find(char::is_whitespace)
        .map(|space| least + at + space);
    start.map_or(least + at, |space| from.min(space + 1))
}

/// The end of the last whole word before `end`.
fn word_end(text: &str, start: usize, end: usize) -> usize {
    let last = text[start..end].rfind(char::is_whitespace);
    last.filter(|&space| space > 0)
        .map_or(end, |space| start + space)
}

fn cut(passage: &Passage, range: Range<usize>, matches: &[Range<usize>], code: bool) -> Snippet {
    const MORE: &str = "…";
    let before = passage.text[..range.start].trim_end_matches([' ', '\u{a0}']);
    let lead = if before.is_empty() || ends_sentence(before) {
        ""
    } else {
        MORE
    };
    let piece = &passage.text[range.clone()];
    let body = if code {
        piece.to_owned()
    } else {
        piece.replace('\n', " ")
    };
    let whole = range.end == passage.text.len() || ends_sentence(piece);
    let tail = if whole { "" } else { MORE };
    let shift = |at: usize| (at - range.start + lead.len()) as u32;
    let highlights = matches
        .iter()
        .filter(|m| range.start <= m.start && m.end <= range.end)
        .map(|m| (shift(m.start), shift(m.end)))
        .collect();
    Snippet {
        text: format!("{lead}{body}{tail}"),
        highlights,
        code,
    }
}

/// Whether a reader would take the end of `text` for the end of a sentence or a line.
fn ends_sentence(text: &str) -> bool {
    text.ends_with(['.', '!', '?', ':', '\n', '。', '！', '？', '؟', '۔'])
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)] // Most passages have one range of code.
mod tests {
    use super::*;

    fn passage(text: &str, code: &[Range<u32>]) -> Passage {
        Passage {
            section: 0,
            text: text.into(),
            code: code.to_vec(),
        }
    }

    fn find(text: &str, words: &[&str]) -> Vec<Range<usize>> {
        let mut found: Vec<_> = words
            .iter()
            .flat_map(|w| text.match_indices(w).map(|(at, w)| at..at + w.len()))
            .collect();
        found.sort_by_key(|range| range.start);
        found
    }

    fn marked(snippet: &Snippet) -> Vec<&str> {
        snippet
            .highlights
            .iter()
            .map(|&(a, b)| &snippet.text[a as usize..b as usize])
            .collect()
    }

    #[test]
    fn the_sentence_with_most_words_comes_first() {
        let text = "A robot walks. A robot falls when its torque saturates. It stands up.";
        let snippet = snippet(&passage(text, &[]), &find(text, &["robot", "torque"]));
        assert!(
            snippet.text.starts_with("A robot falls"),
            "{}",
            snippet.text
        );
        assert_eq!(marked(&snippet), ["robot", "torque"]);
    }

    #[test]
    fn a_long_sentence_is_cut_around_its_match_at_words() {
        let text = format!(
            "{}needle {}",
            "hay stack ".repeat(60),
            "more hay ".repeat(60)
        );
        let snippet = snippet(&passage(&text, &[]), &find(&text, &["needle"]));
        assert!(snippet.text.chars().count() <= LONGEST + 2);
        assert!(snippet.text.starts_with('…') && snippet.text.ends_with('…'));
        assert_eq!(marked(&snippet), ["needle"]);
        let words = snippet.text.trim_matches('…').split_whitespace();
        assert!(
            words
                .into_iter()
                .all(|w| ["hay", "stack", "needle", "more"].contains(&w))
        );
    }

    #[test]
    fn code_keeps_its_lines() {
        let text = "Run it:\nros2 run a b\nros2 topic list\nThen look.";
        let snippet = snippet(&passage(text, &[8..36]), &find(text, &["topic"]));
        assert!(snippet.code);
        assert_eq!(snippet.text, "ros2 topic list…");
        assert_eq!(marked(&snippet), ["topic"]);
    }

    #[test]
    fn no_match_shows_the_beginning_and_nothing_shows_nothing() {
        assert_eq!(snippet(&passage("One. Two.", &[]), &[]).text, "One. Two.");
        assert_eq!(snippet(&passage("", &[]), &[]), Snippet::default());
        let wide = "漢字かな交じり文".repeat(100);
        let cut = snippet(&passage(&wide, &[]), &[]);
        assert!(cut.text.chars().count() <= LONGEST + 1);
    }
}
