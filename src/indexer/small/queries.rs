//! What a reader might ask, made from the book itself.
//!
//! Four kinds, drawn in turn for each passage: a sentence with words left out, a few words in a row
//! that begin and end with ones that mean something, the same after the beginning of a question or
//! after the passage's heading; and every title and heading once.

use lectern_core::Book;
use lectern_core::text::{segment, stop_words};

use super::random::Random;
use crate::split::sentences;

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
    let mut random = Random::new(seed);
    let mut queries = headings(book);
    let passages = book.passages.len();
    let each = wanted
        .saturating_sub(queries.len())
        .div_ceil(passages.max(1));
    for id in 0..passages as u32 {
        let source = Source::new(book, id);
        for turn in 0..each {
            let kind = KINDS[(turn + id as usize) % KINDS.len()];
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
    /// Words of each sentence, as they are written, and whether they are stop words.
    sentences: Vec<Vec<(&'a str, bool)>>,
}

impl<'a> Source<'a> {
    fn new(book: &'a Book, id: u32) -> Self {
        let (heading, lang) = book.locate(id).map_or(("", ""), |(section, page)| {
            let heading = section.headings.last().unwrap_or(&page.title);
            (heading.as_str(), page.lang.as_str())
        });
        let primary = lang.split('-').next().unwrap_or_default();
        let stop = stop_words::for_language(primary);
        let words = |sentence: &'a str| -> Vec<(&'a str, bool)> {
            segment::runs(sentence)
                .into_iter()
                .map(|run| &sentence[run.range])
                .map(|word| (word, stop.binary_search(&&*word.to_lowercase()).is_ok()))
                .collect()
        };
        let text = &book.passages[id as usize].text;
        let sentences = text.lines().flat_map(sentences).map(words);
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

/// A run of at most [`LONGEST`] words of a sentence, with some left out.
fn thinned(words: &[(&str, bool)], random: &mut Random) -> String {
    let start = random.below(words.len().saturating_sub(LONGEST) + 1);
    let kept = words[start..]
        .iter()
        .take(LONGEST)
        .filter(|_| random.below(100) >= DROPPED);
    let kept: Vec<&str> = kept.map(|(word, _)| *word).collect();
    kept.join(" ")
}

/// About `length` words in a row, without the stop words at either end.
fn window(words: &[(&str, bool)], length: usize, random: &mut Random) -> String {
    let start = random.below(words.len());
    let mut window = &words[start..];
    while let [(_, true), rest @ ..] = window {
        window = rest;
    }
    window = &window[..length.min(window.len())];
    while let [rest @ .., (_, true)] = window {
        window = rest;
    }
    let window: Vec<&str> = window.iter().map(|(word, _)| *word).collect();
    window.join(" ")
}
