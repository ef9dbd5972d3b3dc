//! What a reader might ask, made from the book itself.
//!
//! Four kinds, drawn in turn for each passage: a sentence with words left out, a few words in a row
//! that begin and end with ones that mean something, the same after the beginning of a question or
//! after the passage's heading; and every title and heading once.
//!
//! What is drawn for a passage depends on its own text, not on where it is in the book: when an
//! author changes one page, the vectors of all other questions are still in the cache.

use lectern_core::text::segment::{self, Script};
use lectern_core::text::sentences::split_sentences;
use lectern_core::text::stop_words;
use lectern_core::{Book, hash};
use unicode_segmentation::UnicodeSegmentation;

use crate::random::Random;

/// Longest pseudo-query in words.
const LONGEST: usize = 24;

/// Share of a sentence's words that is left out, in percent.
const DROPPED: usize = 30;

/// Beginnings of questions, by language.
const OPENINGS: &[(&str, &[&str])] = &[(
    "en",
    &[
        "what is",
        "what are",
        "how does",
        "how do i",
        "how to",
        "why is",
        "why does",
        "when is",
        "which",
        "who",
        "where is",
        "what happens when",
        "difference between",
        "what does",
        "how many",
        "can i",
        "explain",
        "what is the role of",
        "what causes",
    ],
)];

/// About `wanted` texts, each with the passage that it is about.
pub(super) fn pseudo_queries(book: &Book, wanted: usize, seed: u64) -> Vec<(u32, String)> {
    let mut queries = headings(book);
    let passages = book.passages.len();
    let each = wanted
        .saturating_sub(queries.len())
        .div_ceil(passages.max(1));
    for id in 0..passages as u32 {
        let source = Source::new(book, id);
        let text = book.passages[id as usize].text.as_bytes();
        let seed = seed ^ hash::hash(hash::OFFSET, text);
        // Where there are fewer turns than kinds, each kind is some passages' first.
        let first = seed as usize % KINDS.len();
        for turn in 0..each {
            let kind = KINDS[(first + turn) % KINDS.len()];
            // Each from its own seed: one language's openings move nothing in the turns after it.
            let mut random = Random::new(seed.wrapping_add(turn as u64));
            if let Some(text) = source.query(kind, &mut random) {
                queries.push((id, text));
            }
        }
    }
    queries.sort();
    queries.dedup();
    queries
}

/// Titles and headings, each with the first passage below it.
fn headings(book: &Book) -> Vec<(u32, String)> {
    let mut queries = Vec::new();
    let (mut last_page, mut last_section) = (None, None);
    for (id, passage) in book.passages.iter().enumerate() {
        let Some((section, page)) = book.locate(id as u32) else {
            continue;
        };
        if last_page != Some(section.page) {
            last_page = Some(section.page);
            queries.push((id as u32, page.title.clone()));
        }
        if last_section != Some(passage.section) {
            last_section = Some(passage.section);
            if let Some(heading) = section.headings.last() {
                queries.push((id as u32, heading.clone()));
                queries.push((id as u32, format!("{} {heading}", page.title)));
            }
        }
    }
    queries.retain(|(_, text)| !text.trim().is_empty());
    queries
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Sentence,
    Words,
    Question,
    Heading,
}

const KINDS: [Kind; 8] = [
    Kind::Sentence,
    Kind::Words,
    Kind::Sentence,
    Kind::Question,
    Kind::Sentence,
    Kind::Words,
    Kind::Sentence,
    Kind::Heading,
];

/// A passage in words.
struct Source<'a> {
    heading: &'a str,
    openings: &'a [&'a str],
    sentences: Vec<Vec<Word<'a>>>,
}

/// A word as it is written; of a script without spaces, a character.
struct Word<'a> {
    text: &'a str,
    stop: bool,
    script: Script,
}

impl<'a> Source<'a> {
    fn new(book: &'a Book, id: u32) -> Self {
        let (heading, lang) = book.locate(id).map_or(("", ""), |(section, page)| {
            let heading = section.headings.last().unwrap_or(&page.title);
            (heading.as_str(), page.lang.as_str())
        });
        let primary = lang.split('-').next().unwrap_or_default();
        let stop = stop_words::for_language(primary);
        let words = |sentence: &'a str| words(sentence, stop);
        let text = &book.passages[id as usize].text;
        let sentences = text.lines().flat_map(split_sentences).map(words);
        Self {
            heading,
            openings: OPENINGS
                .iter()
                .find(|(lang, _)| *lang == primary)
                .map_or(&[], |(_, openings)| openings),
            sentences: sentences.filter(|words| words.len() > 1).collect(),
        }
    }

    fn query(&self, kind: Kind, random: &mut Random) -> Option<String> {
        if self.sentences.is_empty() {
            return None;
        }
        let words = &self.sentences[random.below(self.sentences.len())];
        let query = match kind {
            Kind::Sentence => thinned(words, random),
            Kind::Words => window(words, 1 + random.below(6), random),
            Kind::Question if self.openings.is_empty() => window(words, 4, random),
            Kind::Question => {
                let opening = self.openings[random.below(self.openings.len())];
                format!("{opening} {}", window(words, 1 + random.below(6), random))
            }
            Kind::Heading => format!("{} {}", self.heading, window(words, 2, random)),
        };
        (!query.trim().is_empty()).then_some(query)
    }
}

fn words<'a>(sentence: &'a str, stop: &[&str]) -> Vec<Word<'a>> {
    let mut words = Vec::new();
    for segment::Run { range, script } in segment::runs(sentence) {
        let run = &sentence[range];
        match script {
            Script::Spaced => words.push(Word {
                text: run,
                stop: stop.binary_search(&&*run.to_lowercase()).is_ok(),
                script,
            }),
            Script::Unspaced => words.extend(run.graphemes(true).map(|text| Word {
                text,
                stop: false,
                script,
            })),
        }
    }
    words
}

/// Words as one writes them.
fn join<'a>(words: impl Iterator<Item = &'a Word<'a>>) -> String {
    let mut text = String::new();
    let mut last = Script::Unspaced;
    for word in words {
        if !text.is_empty() && (last, word.script) != (Script::Unspaced, Script::Unspaced) {
            text.push(' ');
        }
        text.push_str(word.text);
        last = word.script;
    }
    text
}

/// A run of at most [`LONGEST`] words of a sentence, with some left out.
fn thinned(words: &[Word<'_>], random: &mut Random) -> String {
    let start = random.below(words.len().saturating_sub(LONGEST) + 1);
    let kept = words[start..]
        .iter()
        .take(LONGEST)
        .filter(|_| random.below(100) >= DROPPED);
    join(kept)
}

/// About `length` words in a row, without the stop words at either end.
fn window(words: &[Word<'_>], length: usize, random: &mut Random) -> String {
    let start = random.below(words.len());
    let mut window = &words[start..];
    while let [Word { stop: true, .. }, rest @ ..] = window {
        window = rest;
    }
    window = &window[..length.min(window.len())];
    while let [rest @ .., Word { stop: true, .. }] = window {
        window = rest;
    }
    join(window.iter())
}

#[cfg(test)]
mod tests {
    use lectern_core::{Page, Passage, Section};

    use super::*;

    const ENGLISH: &str = "A robot keeps its balance by moving its feet. The ankle gives way where \
        there is too little torque. A gait is a pattern of steps that repeats itself.";

    /// A page of one section with these passages.
    fn book(lang: &str, passages: &[(&str, bool)]) -> Book {
        let passage = |&(text, code): &(&str, bool)| Passage {
            section: 0,
            text: text.into(),
            code: code.then_some(0..text.len() as u32).into_iter().collect(),
        };
        Book {
            pages: vec![Page {
                url: "p".into(),
                title: "Walking".into(),
                lang: lang.into(),
            }],
            sections: vec![Section {
                page: 0,
                headings: vec!["Balance".into()],
                anchor: String::new(),
            }],
            passages: passages.iter().map(passage).collect(),
        }
    }

    /// How many there are about each passage.
    fn counts(queries: &[(u32, String)], passages: usize) -> Vec<usize> {
        let of = |id| {
            queries
                .iter()
                .filter(|query| query.0 as usize == id)
                .count()
        };
        (0..passages).map(of).collect()
    }

    #[test]
    fn the_seed_decides_what_is_asked_and_nothing_is_asked_twice() {
        let book = book("en", &[(ENGLISH, false); 3]);
        let queries = pseudo_queries(&book, 100, 1);
        assert_eq!(queries, pseudo_queries(&book, 100, 1));
        assert_ne!(queries, pseudo_queries(&book, 100, 2));
        assert!(queries.windows(2).all(|pair| pair[0] < pair[1]));
        for heading in ["Walking", "Balance", "Walking Balance"] {
            assert!(queries.contains(&(0, heading.to_owned())), "{heading}");
        }
    }

    #[test]
    fn another_passage_before_it_changes_nothing_that_a_passage_is_asked() {
        let other = "Batteries last an hour. Their weight is a tenth of the robot's.";
        let alone = pseudo_queries(&book("en", &[(ENGLISH, false)]), 43, 1);
        let second = pseudo_queries(&book("en", &[(other, false), (ENGLISH, false)]), 83, 1);
        let texts = |queries: &[(u32, String)], of: u32| -> Vec<String> {
            let own = queries.iter().filter(|(id, _)| *id == of);
            own.map(|(_, text)| text.clone()).collect()
        };
        // But for headings, which the first passage of each is asked.
        let [before, after] = [texts(&alone, 0), texts(&second, 1)];
        let kept = after.iter().filter(|text| before.contains(text)).count();
        assert!(after.len() > 20);
        assert_eq!(kept, after.len(), "{after:?}\n{before:?}");
    }

    #[test]
    fn there_are_about_as_many_as_are_wanted_and_none_is_empty() {
        let book = book("en", &[(ENGLISH, false); 5]);
        for wanted in [20, 100, 200] {
            let queries = pseudo_queries(&book, wanted, 1);
            let few = wanted * 3 / 5..=wanted + 5;
            assert!(
                few.contains(&queries.len()),
                "{} of {wanted}",
                queries.len()
            );
            assert!(queries.iter().all(|(_, text)| !text.trim().is_empty()));
            let longest = |text: &str| text.split(' ').count() <= LONGEST + 6;
            assert!(queries.iter().all(|(_, text)| longest(text)));
        }
    }

    #[test]
    fn other_languages_and_code_are_asked_about_too() {
        let passages = [
            ("El robot mantiene el equilibrio moviendo los pies.", false),
            ("机器人通过移动双脚保持平衡。步态是一种重复的步伐。", false),
            ("robot.walk(speed=2)\nprint(robot.torque)", true),
            ("Ρομπότ που περπατά και δεν πέφτει ποτέ.", false),
        ];
        for lang in ["es", "zh", "und", ""] {
            let queries = pseudo_queries(&book(lang, &passages), 80, 1);
            let counts = counts(&queries, passages.len());
            assert!(counts.iter().all(|&count| count > 3), "{lang}: {counts:?}");
            let english = |text: &str| text.starts_with("what is ") || text.starts_with("how ");
            assert!(!queries.iter().any(|(_, text)| english(text)), "{lang}");
            let words = ["机器", "保持", "步态", "双脚", "平衡", "移动", "重复"];
            let written = |(_, text): &(u32, String)| words.iter().any(|word| text.contains(word));
            assert!(
                queries.iter().any(written),
                "{lang}: characters of a word stay together"
            );
        }
    }

    #[test]
    fn passages_without_words_and_books_without_passages_are_left_alone() {
        let silent = book(
            "en",
            &[
                ("", false),
                ("—", false),
                ("one", false),
                ("the of and", false),
            ],
        );
        let queries = pseudo_queries(&silent, 40, 1);
        assert!(queries.iter().all(|(_, text)| !text.trim().is_empty()));
        assert!(pseudo_queries(&Book::default(), 40, 1).is_empty());
    }
}
