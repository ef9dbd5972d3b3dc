//! The syntax of a query: what a reader types beside words.
//!
//! ```text
//! "two words"         a phrase: these words in a row
//! -word  -"a phrase"  not with these
//! section:word        a heading or the title has these words
//! section:"a phrase"
//! ```
//!
//! Most queries have no syntax, and many that look as if they had are pasted: commands, error
//! messages, code. So an operator counts only where it is hardly there by accident, and what does
//! not count is text like all else:
//!
//! - a minus begins a word and is followed by a word of two letters or more: `--symlink-install`,
//!   `a-b`, `-1`, `-v` and `-DX=1` are text;
//! - a quote opens behind anything but a letter or digit (`24"` is a length) and closes before
//!   anything but those; one that is not closed yet is a phrase as far as it was typed; one word in
//!   quotes in a sentence ([`SENTENCE`]) is an emphasis;
//! - what would leave nothing to look for excludes nothing.

use super::segment::is_unspaced;
use std::ops::Range;

/// A query taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The query with every operator, and what it excludes, overwritten by spaces, byte for byte: a
    /// place in it is the same place in the query. This is what is looked up and embedded.
    pub text: String,
    /// Words that must stand in a row.
    pub phrases: Vec<Phrase>,
    /// Words or phrases that must not be there.
    pub excluded: Vec<Phrase>,
    /// Words or phrases that the title or the headings must have.
    pub sections: Vec<Phrase>,
}

/// The words of an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// As typed, without quotes.
    pub text: String,
    /// Whether the query ends in it, so that its last word may be the beginning of one.
    pub open: bool,
}

impl Query {
    /// Takes a query apart. Of a query with more than [`MAX_OPERATORS`] operators the others are text.
    pub fn parse(source: &str) -> Self {
        let mut reader = Reader {
            source,
            query: Self {
                text: source.to_owned(),
                ..Self::default()
            },
        };
        let mut at = 0;
        while let Some(c) = source[at..].chars().next() {
            at = reader.operator(at).unwrap_or(at + c.len_utf8());
        }
        if reader.query.text.trim().is_empty() {
            return Self {
                text: source.to_owned(),
                ..Self::default()
            };
        }
        reader.query
    }

    /// Whether there is any operator.
    pub fn is_plain(&self) -> bool {
        self.operators() == 0
    }

    fn operators(&self) -> usize {
        self.phrases.len() + self.excluded.len() + self.sections.len()
    }
}

/// Fills one [`Query`].
struct Reader<'a> {
    source: &'a str,
    query: Query,
}

impl Reader<'_> {
    /// Reads the operator that begins at `at`; returns where it ends.
    fn operator(&mut self, at: usize) -> Option<usize> {
        if self.query.operators() == MAX_OPERATORS {
            return None;
        }
        let begins_word = self.source[..at]
            .chars()
            .next_back()
            .is_none_or(char::is_whitespace);
        let rest = &self.source[at..];
        if begins_word && rest.starts_with('-') {
            return self.exclusion(at);
        }
        let keyword = rest.get(..SECTION.len());
        if begins_word && keyword.is_some_and(|word| word.eq_ignore_ascii_case(SECTION)) {
            return self.section(at);
        }
        let (words, end) = self.quoted(at)?;
        if self.is_emphasis(&words) {
            return None;
        }
        self.blank(at..words.start);
        self.blank(words.end..end);
        let phrase = self.phrase(words);
        self.query.phrases.push(phrase);
        Some(end)
    }

    /// `-word` or `-"a phrase"`.
    fn exclusion(&mut self, at: usize) -> Option<usize> {
        let (words, end) = self.quoted(at + 1).or_else(|| self.word(at + 1))?;
        let mut letters = self.source[words.clone()].chars();
        let is_word = letters.next().is_some_and(char::is_alphabetic) && letters.next().is_some();
        if !is_word {
            return None;
        }
        self.blank(at..end);
        let phrase = self.phrase(words);
        self.query.excluded.push(phrase);
        Some(end)
    }

    /// `section:word` or `section:"a phrase"`, whose words are looked up too.
    fn section(&mut self, at: usize) -> Option<usize> {
        let value = at + SECTION.len();
        let (words, end) = self.quoted(value).or_else(|| self.word(value))?;
        self.blank(at..words.start);
        self.blank(words.end..end);
        let phrase = self.phrase(words);
        self.query.sections.push(phrase);
        Some(end)
    }

    /// What stands between the quote at `at` and the next that closes it, and where that ends.
    fn quoted(&self, at: usize) -> Option<(Range<usize>, usize)> {
        let opening = self.source[at..].chars().next()?;
        let family = QUOTES.iter().find(|family| has(family, opening))?;
        if ends_in_word(&self.source[..at]) {
            return None;
        }
        let start = at + opening.len_utf8();
        let rest = &self.source[start..];
        let closing = rest
            .char_indices()
            .find(|&(i, c)| has(family, c) && !begins_with_word(&rest[i + c.len_utf8()..]));
        let (length, end) = match closing {
            Some((i, c)) => (i, start + i + c.len_utf8()),
            None if rest.starts_with(char::is_whitespace) => return None,
            None => (rest.len(), self.source.len()),
        };
        let has_word = rest[..length].contains(char::is_alphanumeric);
        has_word.then_some((start..start + length, end))
    }

    fn is_emphasis(&self, words: &Range<usize>) -> bool {
        let count = |text: &str| text.split_whitespace().take(SENTENCE).count();
        count(&self.source[words.clone()]) == 1 && count(self.source) == SENTENCE
    }

    /// The word at `at`, without the punctuation after it, and where that ends. Punctuation inside
    /// makes it a piece of code.
    fn word(&self, at: usize) -> Option<(Range<usize>, usize)> {
        let rest = &self.source[at..];
        let token = rest.split(char::is_whitespace).next()?;
        let word = token.trim_end_matches([',', '.', ';', ':', '!', '?', ')']);
        let is_code = |c: char| c.is_ascii_punctuation() && !has("_.:'-", c);
        let counts = word.starts_with(char::is_alphanumeric) && !word.contains(is_code);
        counts.then_some((at..at + word.len(), at + token.len()))
    }

    fn phrase(&self, words: Range<usize>) -> Phrase {
        Phrase {
            open: words.end == self.source.len(),
            text: self.source[words].to_owned(),
        }
    }

    fn blank(&mut self, range: Range<usize>) {
        let spaces = " ".repeat(range.len());
        self.query.text.replace_range(range, &spaces);
    }
}

/// Whether text ends in a word, in a script that sets words apart.
/// Whether a character is among these few: [`str::contains`] comes with a search for whole strings.
fn has(few: &str, c: char) -> bool {
    few.chars().any(|own| own == c)
}

fn ends_in_word(text: &str) -> bool {
    text.chars().next_back().is_some_and(is_spaced_letter)
}

fn begins_with_word(text: &str) -> bool {
    text.chars().next().is_some_and(is_spaced_letter)
}

fn is_spaced_letter(c: char) -> bool {
    c.is_alphanumeric() && !is_unspaced(c)
}

const SECTION: &str = "section:";

/// Words, with those in quotes, from which on a query is a sentence. People quote single words in those to
/// set them off: `why is a fever a “good” thing`.
pub const SENTENCE: usize = 6;

/// Operators of a query that count.
pub const MAX_OPERATORS: usize = 16;

/// Quotes, those together that close each other somewhere: „German“, “English”, ”Swedish”, «French»,
/// »Danish«, 「Japanese」.
const QUOTES: [&str; 5] = ["\"“”„‟＂〝〞〟", "«»", "「」", "『』", "《》"];

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of phrases, exclusions and sections; an open one ends in `…`.
    fn read(source: &str) -> [Vec<String>; 3] {
        let query = Query::parse(source);
        assert_eq!(query.text.len(), source.len());
        let texts = |phrases: Vec<Phrase>| {
            let text = |p: Phrase| p.text + if p.open { "…" } else { "" };
            phrases.into_iter().map(text).collect()
        };
        [
            texts(query.phrases),
            texts(query.excluded),
            texts(query.sections),
        ]
    }

    fn plain_text(source: &str) -> String {
        let text = Query::parse(source).text;
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn operators_are_read_and_taken_out_of_the_text() {
        let query =
            "\"quality of service\" -python Section:\"topic names\" -\"old api\" qos section:ros ";
        assert_eq!(
            read(query),
            [
                vec!["quality of service"],
                vec!["python", "old api"],
                vec!["topic names", "ros"]
            ]
        );
        assert_eq!(plain_text(query), "quality of service topic names qos ros");
        let at = Query::parse(query).text.find("qos");
        assert_eq!(at, query.find("qos"));
    }

    #[test]
    fn an_operator_that_is_being_typed_counts_as_far_as_it_was_typed() {
        assert_eq!(read("robot \"inverse kine")[0], ["inverse kine…"]);
        assert_eq!(read("robot -kine")[1], ["kine…"]);
        assert_eq!(read("robot section:kine")[2], ["kine…"]);
        assert_eq!(read("robot \"arm\"")[0], ["arm"]);
        for begun in [
            "robot \"",
            "robot -",
            "robot section:",
            "robot \" arm",
            "robot \"\"",
        ] {
            assert!(Query::parse(begun).is_plain(), "{begun}");
            assert_eq!(Query::parse(begun).text, begun);
        }
    }

    #[test]
    fn what_is_pasted_stays_text() {
        for source in [
            "colcon build --symlink-install",
            "a-b well-known -1 - x",
            "ls -l -v",
            "cmake -DCMAKE_BUILD_TYPE=Release -I/usr/include",
            "section: 3 subsection:two",
            "a 24\" screen and a 27\" one",
            "it's the robots' arm, isn't it",
            "Why is a fever a “good” thing",
            "E: Unable to locate package ros-humble-desktop",
            "[ERROR] [launch]: process has died [pid 12, exit code -11]",
        ] {
            assert!(Query::parse(source).is_plain(), "{source}");
            assert_eq!(Query::parse(source).text, source);
        }
    }

    #[test]
    fn a_query_that_only_excludes_is_text() {
        assert_eq!(Query::parse("-python -Wall").text, "-python -Wall");
        assert!(Query::parse("-python").is_plain());
    }

    #[test]
    fn quotes_of_all_languages_are_quotes() {
        for source in [
            "„zwei Wörter“ x",
            "“zwei Wörter” x",
            "”zwei Wörter” x",
            "«zwei Wörter» x",
            "»zwei Wörter« x",
            "＂zwei Wörter＂ x",
            "\"zwei Wörter” x",
            "x (\"zwei Wörter\").",
        ] {
            assert_eq!(read(source)[0], ["zwei Wörter"], "{source}");
        }
        assert_eq!(read("使用「机器人」控制")[0], ["机器人"]);
        assert_eq!(read("使用\"机器人\"控制")[0], ["机器人"]);
        assert_eq!(read("-「机器人」 手")[1], ["机器人"]);
    }

    #[test]
    fn any_text_can_be_parsed_and_a_flood_of_operators_is_bounded() {
        let flood = "-ab \"c\" section:d ".repeat(100);
        assert_eq!(Query::parse(&flood).operators(), MAX_OPERATORS);
        let pieces = [
            "-", "\"", "«", "„", "section:", "é", "机", " ", "\u{200d}", "ab", "\n",
        ];
        let mut state = 1u32;
        for _ in 0..2000 {
            let text: String = (0..8)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    pieces[(state >> 24) as usize % pieces.len()]
                })
                .collect();
            assert_eq!(Query::parse(&text).text.len(), text.len());
        }
    }
}
