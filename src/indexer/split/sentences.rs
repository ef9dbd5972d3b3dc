//! Sentences.

use unicode_segmentation::UnicodeSegmentation;

/// Divides a text between sentences (UAX #29, which knows the full stops of Chinese and Japanese),
/// but not after an abbreviation or an initial. The parts together are the text.
pub(crate) fn sentences(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, part) in text.split_sentence_bound_indices() {
        let end = at + part.len();
        if end == text.len() || !ends_in_abbreviation(part) {
            parts.push(&text[start..end]);
            start = end;
        }
    }
    parts
}

fn ends_in_abbreviation(text: &str) -> bool {
    let last = text
        .trim_end()
        .rsplit(char::is_whitespace)
        .next()
        .unwrap_or_default();
    let Some(word) = last
        .trim_start_matches(['(', '[', '"', '“', '‘', '\''])
        .strip_suffix('.')
    else {
        return false;
    };
    let mut letters = word.chars();
    let is_initial =
        matches!((letters.next(), letters.next()), (Some(c), None) if c.is_uppercase());
    is_initial || ABBREVIATIONS.contains(&&*word.to_lowercase())
}

/// Abbreviations that a capital letter or a number often follows, without their last full stop.
const ABBREVIATIONS: &[&str] = &[
    "al", "app", "approx", "art", "bzw", "ca", "cf", "ch", "chap", "def", "dr", "e.g", "eg", "eq",
    "eqs", "etc", "ex", "fig", "figs", "i.e", "ie", "inc", "jr", "lem", "ltd", "mr", "mrs", "ms",
    "no", "nos", "nr", "p", "p.ej", "ph.d", "pp", "prof", "prop", "ref", "refs", "resp", "sec",
    "sr", "st", "tab", "thm", "usw", "v", "viz", "vol", "vs", "z.b",
];

#[cfg(test)]
mod tests {
    use super::sentences;

    #[test]
    fn sentences_end_at_stops_and_not_at_abbreviations() {
        let text = "Use a planner, e.g. RRT*. See Fig. 3 and Eq. 2. J. Craig wrote it! Is 3.5 m/s fast? (Cf. \
                    Ch. 4.) Yes.";
        let expected = [
            "Use a planner, e.g. RRT*. ",
            "See Fig. 3 and Eq. 2. ",
            "J. Craig wrote it! ",
            "Is 3.5 m/s fast? ",
            "(Cf. Ch. 4.) ",
            "Yes.",
        ];
        assert_eq!(sentences(text), expected);
    }

    #[test]
    fn chinese_and_japanese_sentences_end_at_their_own_stops() {
        assert_eq!(
            sentences("机器人走路。它会跌倒吗？不会！好"),
            ["机器人走路。", "它会跌倒吗？", "不会！", "好"]
        );
        assert_eq!(
            sentences("ロボットは歩く。転ばない。"),
            ["ロボットは歩く。", "転ばない。"]
        );
    }

    #[test]
    fn nothing_has_no_sentences() {
        assert!(sentences("").is_empty());
    }
}
