//! What a reader who wants a certain page types: its title, or the end of its address.

use super::analyzer::{Analyzer, Form, Term};
use super::normalise::lower;

/// The whole of a title, or of a query, as one term of the word index: the stems of its words in a
/// row, without stop words unless nothing is left. Equal for `Topics and QoS`, `topic qos` and
/// `topics-and-qos`; `None` of a text without words.
///
/// `END` follows the first stem, so that the key stands behind that stem in the order of terms, and
/// is mostly in the block that a query for it fetches anyway. No word has it.
pub fn title_key(analyzer: &Analyzer, text: &str) -> Option<String> {
    let mut terms = analyzer.terms(&lower(text));
    terms.retain(|term| term.form == Form::Word);
    let says_something = |term: &Term| !analyzer.is_stop_word(&term.surface);
    if terms.iter().any(says_something) {
        terms.retain(says_something);
    }
    let (first, others) = terms.split_first()?;
    let mut key = format!("{}{END}", first.text);
    for term in others {
        if key.len() + term.text.len() > MAX_BYTES {
            break;
        }
        key.push_str(&term.text);
        key.push(' ');
    }
    Some(key)
}

/// [`title_key`] of the last segment of a page's address: `docs/ros2/topics-and-qos.html` has that of
/// `topics and qos`, `docs/ros2/` that of `ros2`.
pub fn address_key(analyzer: &Analyzer, url: &str) -> Option<String> {
    let path = url.trim_end_matches('/');
    let path = path.strip_suffix(".html").unwrap_or(path);
    let path = path.strip_suffix("/index").unwrap_or(path);
    let segment = path.rsplit('/').next().unwrap_or(path);
    title_key(analyzer, &segment.replace(['-', '_', '.', '+'], " "))
}

/// What parts the first stem of a title's key from the others.
const END: char = '\u{1}';

/// Longest key. Two titles that begin alike for so long are told apart by their words.
const MAX_BYTES: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Option<String> {
        title_key(&Analyzer::for_lang("en"), text)
    }

    #[test]
    fn a_title_and_what_readers_type_for_it_have_one_key() {
        let title = key("Topics and QoS");
        assert_eq!(title.as_deref(), Some("topic\u{1}qos "));
        for text in ["topics and qos", "Topic: QoS?", "the topics & the qos "] {
            assert_eq!(key(text), title, "{text}");
        }
        assert_ne!(key("QoS topics"), title);
        assert_eq!(key("ros2_control"), key("ROS2 control"));
        assert_eq!(key("LiDAR"), key("lidar"));
        assert_eq!(key("How to be").as_deref(), Some("how\u{1}to be "));
        assert_eq!(key("Installation").as_deref(), Some("instal\u{1}"));
        assert_eq!(key(" … "), None);
        assert!(key(&"long words ".repeat(100)).is_some_and(|key| key.len() <= MAX_BYTES + 1));
    }

    #[test]
    fn the_last_segment_of_an_address_is_a_title() {
        let address = |url| address_key(&Analyzer::for_lang("en"), url);
        for url in [
            "docs/a/topics-and-qos",
            "topics_and_qos.html",
            "b/topics-and-qos/index.html",
            "topics-and-qos/",
        ] {
            assert_eq!(address(url), key("topics and qos"), "{url}");
        }
        assert_eq!(address(""), None);
    }
}
