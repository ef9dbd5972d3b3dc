//! Words in a row.

use super::analyzer::{Form, Term};
use super::segment::is_unspaced;

/// Whether the words of `phrase` stand in `text` one after the other, stop words among them. Words
/// are the same when their stems are or when they are spelled alike; of an `open` phrase the last
/// word may be the beginning of one. A phrase without words is in no text.
pub fn holds_phrase(text: &[Term], phrase: &[Term], open: bool) -> bool {
    let phrase = words(phrase);
    let Some((last, before)) = phrase.split_last() else {
        return false;
    };
    let begins = |own: &Term| open && own.surface.starts_with(&last.surface);
    words(text).windows(phrase.len()).any(|run| {
        let (end, start) = (run[run.len() - 1], &run[..run.len() - 1]);
        start
            .iter()
            .zip(before)
            .all(|(own, asked)| same(own, asked))
            && (same(end, last) || begins(end))
    })
}

/// Whether every one of some words stands in `text`, in any order. No words are in no text.
pub fn holds_words(text: &[Term], asked: &[Term]) -> bool {
    let (text, asked) = (words(text), words(asked));
    let is_there = |asked: &&Term| text.iter().any(|own| same(own, asked));
    !asked.is_empty() && asked.iter().all(is_there)
}

fn words(terms: &[Term]) -> Vec<&Term> {
    terms
        .iter()
        .filter(|term| term.form == Form::Word)
        .collect()
}

fn same(own: &Term, asked: &Term) -> bool {
    let mut chars = asked.surface.chars();
    // A character that is asked for alone is half of a bigram in the text.
    let has_half = match (chars.next(), chars.next()) {
        (Some(half), None) => is_unspaced(half) && own.surface.chars().any(|c| c == half),
        _ => false,
    };
    own.text == asked.text || own.surface == asked.surface || has_half
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Analyzer;

    fn holds(lang: &str, text: &str, phrase: &str, open: bool) -> bool {
        let analyzer = Analyzer::for_lang(lang);
        holds_phrase(&analyzer.terms(text), &analyzer.terms(phrase), open)
    }

    #[test]
    fn words_must_follow_each_other_in_order() {
        let text = "Set the quality of service of ros2_control nodes.";
        for phrase in [
            "quality of service",
            "QUALITIES of services",
            "ros2 control node",
            "ros2_control",
        ] {
            assert!(holds("en", text, phrase, false), "{phrase}");
        }
        for phrase in [
            "quality service",
            "service of quality",
            "nodes set",
            "the",
            "",
            "…",
        ] {
            assert_eq!(
                holds("en", text, phrase, false),
                phrase == "the",
                "{phrase}"
            );
        }
    }

    #[test]
    fn the_last_word_of_an_open_phrase_may_be_a_beginning() {
        assert!(holds("en", "quality of service", "quality of ser", true));
        assert!(!holds("en", "quality of service", "quality of ser", false));
        assert!(!holds("en", "quality of service", "qual of", true));
    }

    #[test]
    fn words_may_stand_in_any_order() {
        let analyzer = Analyzer::for_lang("en");
        let title = analyzer.terms("Topics and QoS");
        for (asked, held) in [
            ("qos topic", true),
            ("QoS", true),
            ("topics map", false),
            ("", false),
        ] {
            assert_eq!(holds_words(&title, &analyzer.terms(asked)), held, "{asked}");
        }
    }

    #[test]
    fn phrases_without_spaces_are_rows_of_bigrams() {
        assert!(holds("zh", "使用机器人控制", "机器人", false));
        assert!(!holds("zh", "使用机器人控制", "机人", false));
        assert!(holds("zh", "机械手控制", "手", false));
        assert!(holds("ko", "로봇을 제어한다", "로봇", false));
    }
}
