//! Sentences, and the other parts that a reader takes in at a glance: lines of code, items of lists,
//! rows of tables.

use super::normalise::lower;
use std::ops::Range;

/// Divides a text between sentences. The parts together are the text.
///
/// The rules are those of UAX #29 that need no table of characters: `.`, `!` and `?` end a sentence
/// before white space, `.` not before a small letter; the stops of other scripts end one anywhere.
/// Beyond those, an abbreviation or an initial ends none.
pub fn split_sentences(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(c) = text[at..].chars().next() {
        at += c.len_utf8();
        if let Some(tail) = tail(c, &text[start..at], &text[at..]) {
            at += tail;
            parts.push(&text[start..at]);
            start = at;
        }
    }
    if start < text.len() {
        parts.push(&text[start..]);
    }
    parts
}

/// Bytes of `rest` that still belong to the sentence `so_far`, which ends in `stop`: closing quotes and
/// brackets, spaces. `None` where the sentence goes on.
fn tail(stop: char, so_far: &str, rest: &str) -> Option<usize> {
    if stop == '\n' {
        return Some(0);
    }
    let own = STOPS.contains(&stop);
    if !own && !matches!(stop, '.' | '!' | '?') {
        return None;
    }
    let behind = rest.trim_start_matches(CLOSING);
    let next = behind.trim_start_matches(|c: char| c.is_whitespace() && c != '\n');
    let parted = behind.is_empty() || behind.starts_with(char::is_whitespace);
    let goes_on = match stop {
        _ if next.starts_with(['.', '!', '?']) || next.starts_with(STOPS) => true,
        _ if own => false,
        '.' => !parted || continues(next) || is_abbreviation(so_far),
        _ => !parted,
    };
    (!goes_on).then_some(rest.len() - next.len())
}

/// Whether the first letter of what follows a full stop is small (rule SB8).
fn continues(next: &str) -> bool {
    let ends_search = |c: char| c.is_alphabetic() || matches!(c, '.' | '!' | '?' | '\n');
    next.chars()
        .find(|&c| ends_search(c))
        .is_some_and(char::is_lowercase)
}

fn is_abbreviation(so_far: &str) -> bool {
    let last = so_far
        .rsplit(char::is_whitespace)
        .next()
        .unwrap_or_default();
    let opening = ['(', '[', '"', '“', '‘', '\''];
    let Some(word) = last.trim_start_matches(opening).strip_suffix('.') else {
        return false;
    };
    let mut letters = word.chars();
    let is_initial =
        matches!((letters.next(), letters.next()), (Some(c), None) if c.is_uppercase());
    is_initial || ABBREVIATIONS.contains(&&*lower(word))
}

/// A part of a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its bytes, without white space at the end; indented code keeps its indentation.
    pub range: Range<usize>,
    /// Whether it is a line of code.
    pub code: bool,
}

/// The sentences and lines of code of a passage, in reading order; an item of a list or a row of a
/// table is a line of its own. `code` are the ranges of code, ascending: whole lines.
pub fn units(text: &str, code: &[Range<u32>]) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let before = code.partition_point(|range| range.end as usize <= start);
        let is_code = code
            .get(before)
            .is_some_and(|range| range.start as usize <= start);
        let parts = if is_code {
            vec![line]
        } else {
            split_sentences(line)
        };
        for part in parts {
            let length = part.trim_end().len();
            if length > 0 {
                units.push(Unit {
                    range: start..start + length,
                    code: is_code,
                });
            }
            start += part.len();
        }
    }
    units
}

/// Byte ranges of the parts of a passage that are compared with a query by meaning: its [`units`], or
/// where there are more than [`MAX_SENTENCES`], that many runs of them.
pub fn sentences(text: &str, code: &[Range<u32>]) -> Vec<Range<usize>> {
    let units = units(text, code);
    let runs = (0..units.len().min(MAX_SENTENCES)).map(|run| run_of(run, units.len()));
    runs.map(|run| units[run.start].range.start..units[run.end - 1].range.end)
        .collect()
}

/// The units, of `units`, that the sentence `at` of [`sentences`] holds.
pub fn run_of(at: usize, units: usize) -> Range<usize> {
    let count = units.clamp(1, MAX_SENTENCES);
    at * units / count..(at + 1) * units / count
}

/// Most parts of a passage that are compared with a query by meaning.
pub const MAX_SENTENCES: usize = 16;

/// What may stand between a stop and the space after it.
const CLOSING: [char; 14] = [
    ')', ']', '"', '\'', '”', '’', '“', '»', '」', '』', '）', '】', '》', '〉',
];

/// Stops of scripts other than Latin: Arabic, Urdu, Hindi, Armenian, Ethiopic, Burmese, Khmer, Tibetan,
/// Chinese and Japanese.
const STOPS: [char; 15] = [
    '؟', '۔', '।', '॥', '։', '።', '፧', '။', '។', '།', '。', '！', '？', '｡', '．',
];

/// Abbreviations that a capital letter or a number often follows, without their last full stop.
const ABBREVIATIONS: &[&str] = &[
    "al", "app", "approx", "art", "bzw", "ca", "cf", "ch", "chap", "def", "dr", "e.g", "eg", "eq",
    "eqs", "etc", "ex", "fig", "figs", "i.e", "ie", "inc", "jr", "lem", "ltd", "mr", "mrs", "ms",
    "no", "nos", "nr", "p", "p.ej", "ph.d", "pp", "prof", "prop", "ref", "refs", "resp", "sec",
    "sr", "st", "tab", "thm", "usw", "v", "viz", "vol", "vs", "z.b",
];

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)] // Most passages have one range of code.
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_stops_and_not_at_abbreviations() {
        let text = "Use a planner, e.g. RRT*. See Fig. 3 and Eq. 2. J. Craig wrote it! Is 3.5 m/s fast? (Cf. \
                    Ch. 4.) Yes. Is a != b? \"Yes.\" It’s node.py... Then? In v. 2, std::x.y() runs.";
        let expected = [
            "Use a planner, e.g. RRT*. ",
            "See Fig. 3 and Eq. 2. ",
            "J. Craig wrote it! ",
            "Is 3.5 m/s fast? ",
            "(Cf. Ch. 4.) ",
            "Yes. ",
            "Is a != b? ",
            "\"Yes.\" ",
            "It’s node.py... ",
            "Then? ",
            "In v. 2, std::x.y() runs.",
        ];
        assert_eq!(split_sentences(text), expected);
    }

    #[test]
    fn scripts_have_their_own_stops() {
        for (text, expected) in [
            (
                "机器人走路。它会跌倒吗？！不会",
                vec!["机器人走路。", "它会跌倒吗？！", "不会"],
            ),
            ("「歩く。」転ばない。", vec!["「歩く。」", "転ばない。"]),
            (
                "روبوٹ چلتا ہے۔ کیا؟ ہاں",
                vec!["روبوٹ چلتا ہے۔ ", "کیا؟ ", "ہاں"],
            ),
            ("रोबोट चलता है। हाँ।", vec!["रोबोट चलता है। ", "हाँ।"]),
            ("Робот идёт. Он стоит.", vec!["Робот идёт. ", "Он стоит."]),
        ] {
            assert_eq!(split_sentences(text), expected);
        }
    }

    #[test]
    fn parts_together_are_the_text() {
        for text in [
            "",
            ".",
            "...",
            "a.\n\nb",
            " . ? \n!",
            "a. \u{301}b",
            "?!。.",
        ] {
            assert_eq!(split_sentences(text).concat(), text);
        }
        assert!(split_sentences("").is_empty());
    }

    #[test]
    fn units_are_sentences_lines_of_code_and_items() {
        let text = "Run it. Look:\n  ros2 run a.b\n\nros2 x. Y\nitem one\nitem two ";
        let code = text.find("  ros2").unwrap() as u32..text.find("item").unwrap() as u32 - 1;
        let units = units(text, &[code]);
        let seen: Vec<_> = units
            .iter()
            .map(|u| (&text[u.range.clone()], u.code))
            .collect();
        assert_eq!(
            seen,
            [
                ("Run it.", false),
                ("Look:", false),
                ("  ros2 run a.b", true),
                ("ros2 x. Y", true),
                ("item one", false),
                ("item two", false),
            ]
        );
    }

    #[test]
    fn a_long_passage_has_few_sentences_that_hold_all_its_units() {
        let text: String = (0..50).map(|i| format!("Line {i} here.\n")).collect();
        let found = sentences(&text, &[]);
        assert_eq!(found.len(), MAX_SENTENCES);
        assert!(
            found
                .iter()
                .all(|range| range.len() > 2 * "Line 1 here.".len())
        );
        assert!(found.is_sorted_by(|a, b| a.end < b.start));
        assert_eq!((found[0].start, found[15].end), (0, text.len() - 1));
        assert_eq!(sentences("One. Two.", &[]), [0..4, 5..9]);
        assert!(sentences(" \n", &[]).is_empty());
    }
}
