//! Where the words of a text are.

use super::identifier::SEPARATORS;
use super::word_breaks::words;
use std::ops::Range;

/// How a run's script separates its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// By spaces: the run is one word or one identifier.
    Spaced,
    /// Not at all, or not where a search needs it (Chinese, Japanese, Korean, Thai, Lao, Khmer,
    /// Burmese): the run is a phrase, to be indexed by character bigrams.
    Unspaced,
}

/// A word, an identifier or a phrase without spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// How it is to be taken apart.
    pub script: Script,
}

/// The runs of a text in reading order. Word boundaries are those of UAX 29; what they part but
/// a reader types as one name is joined again: `std::vector`, `params.2d`, `--symlink-install`.
pub fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (start, word) in words(text) {
        for piece in by_script(start, word) {
            match runs.last_mut() {
                Some(last) if joins(text, last, &piece) => last.range.end = piece.range.end,
                _ => runs.push(piece),
            }
        }
    }
    for run in &mut runs {
        run.range.end += language_suffix(&text[run.range.start..], run.range.len());
    }
    runs
}

/// Cuts a word where its script changes (`ROS2를` is `ROS2`, `를`), and Arabic script at a zero-width
/// non-joiner, which Persian sets before endings and many leave out or write as a space.
fn by_script(start: usize, word: &str) -> Vec<Run> {
    let mut pieces: Vec<Run> = Vec::new();
    for (at, c) in word.char_indices() {
        let range = start + at..start + at + c.len_utf8();
        let script = if is_unspaced(c) {
            Script::Unspaced
        } else {
            Script::Spaced
        };
        let before = word[..at].chars().next_back();
        if c == NON_JOINER && before.is_some_and(is_arabic) {
            continue;
        }
        match pieces.last_mut() {
            Some(last) if last.script == script && last.range.end == range.start => {
                last.range.end = range.end
            }
            _ => pieces.push(Run { range, script }),
        }
    }
    pieces
}

/// Whether a piece continues the run before it.
fn joins(text: &str, run: &Run, piece: &Run) -> bool {
    if run.script != piece.script {
        return false;
    }
    match (&text[run.range.end..piece.range.start], run.script) {
        ("", _) | ("::" | ".", Script::Spaced) => true,
        ("-", Script::Spaced) => is_flag(&text[..run.range.start]),
        _ => false,
    }
}

/// Whether what follows `before` is a command-line flag: one or two dashes that do not hang on
/// a word.
fn is_flag(before: &str) -> bool {
    let dashes = before
        .strip_suffix("--")
        .or_else(|| before.strip_suffix('-'));
    dashes.is_some_and(|rest| {
        !rest.ends_with(|c: char| c.is_alphanumeric() || SEPARATORS.contains(&c))
    })
}

/// Bytes of the sign that makes a letter the name of a language: `C++`, `C#`.
fn language_suffix(rest: &str, letter: usize) -> usize {
    let (word, tail) = rest.split_at(letter);
    match word.as_bytes() {
        [b] if b.is_ascii_alphabetic() && tail.starts_with("++") => 2,
        [b] if b.is_ascii_alphabetic() && tail.starts_with('#') => 1,
        _ => 0,
    }
}

/// Whether a script sets no spaces between words, or none where a search needs them.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' // Thai, Lao
        | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' // Burmese, Khmer
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' // kana
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' // Han
        | '\u{ac00}'..='\u{d7af}' | '\u{ff66}'..='\u{ff9f}' // Hangul, half-width kana
        | '\u{20000}'..='\u{3ffff}')
}

/// Arabic letters, those of Persian and Urdu too.
fn is_arabic(c: char) -> bool {
    ('\u{620}'..='\u{6ff}').contains(&c)
}

const NON_JOINER: char = '\u{200c}';

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<&str> {
        runs(text).into_iter().map(|run| &text[run.range]).collect()
    }

    #[test]
    fn prose_is_cut_into_words() {
        assert_eq!(
            pieces("It’s a real-time loop, 3.14 rad."),
            ["It’s", "a", "real", "time", "loop", "3.14", "rad"]
        );
        assert_eq!(pieces("left/right (both)…"), ["left", "right", "both"]);
        assert!(pieces(" —?! ").is_empty());
    }

    #[test]
    fn identifiers_stay_in_one_run() {
        assert_eq!(
            pieces("colcon build --symlink-install"),
            ["colcon", "build", "symlink-install"]
        );
        assert_eq!(
            pieces("std::vector<int> nav2_params.yaml"),
            ["std::vector", "int", "nav2_params.yaml"]
        );
        assert_eq!(
            pieces("ros2.launch(a) __init__"),
            ["ros2.launch", "a", "__init__"]
        );
        assert_eq!(pieces("C++ and C# (c++)"), ["C++", "and", "C#", "c++"]);
    }

    #[test]
    fn dashes_in_prose_join_nothing() {
        assert_eq!(pieces("robot--human-like"), ["robot", "human", "like"]);
        assert_eq!(pieces("- well-known"), ["well", "known"]);
    }

    #[test]
    fn scripts_without_spaces_are_runs_of_their_own() {
        assert_eq!(
            pieces("使用ROS2控制ロボット。"),
            ["使用", "ROS2", "控制ロボット"]
        );
        assert_eq!(pieces("ROS2를 쓰다"), ["ROS2", "를", "쓰다"]);
        let scripts: Vec<_> = runs("ROS2를").into_iter().map(|run| run.script).collect();
        assert_eq!(scripts, [Script::Spaced, Script::Unspaced]);
    }
}
