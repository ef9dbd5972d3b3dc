//! The answer without a language model, from passages of the book.

use super::{Located, Mode, Searcher, check_length};
use crate::answer::{Quote, Source, extract};
use crate::words::{Match, Matcher, WordQuery, WordSet};
use crate::{Error, Result};

impl Searcher {
    /// The sentences of these passages that answer a question best, each with the place of its
    /// passage in `passages`, counted from 1; none where nothing fits. WordSet decide, and meaning where
    /// an encoder is here. Passages that are not here are left out.
    pub fn answer(&mut self, question: &str, passages: &[u32]) -> Result<Vec<Quote>> {
        let text = question.trim();
        check_length(text)?;
        // The space says that the last word is whole.
        let words = WordQuery::parse(&format!("{text} "), &self.lang, &self.words);
        match self.read(&words, text, Mode::Auto) {
            Ok(_) | Err(Error::NoMeaning) => {}
            Err(error) => return Err(error),
        }
        let mut matcher = Matcher::new(&self.words, &words);
        let located = (1..)
            .zip(passages)
            .filter_map(|(number, &passage)| Some((number, passage, self.pages.locate(passage)?)));
        let found: Vec<_> = located
            .map(|(number, passage, located)| Found {
                number,
                text: &located.passage.text,
                code: &located.passage.code,
                matches: matcher.matches(&located.page.lang, &located.passage.text),
                heads: heads(&mut matcher, &located),
                by_meaning: self.by_meaning(passage),
            })
            .collect();
        let sources: Vec<Source<'_>> = found.iter().map(Found::source).collect();
        Ok(extract(&self.words.weights(&words), &sources))
    }
}

/// WordSet of the question that the title and the headings of a passage have.
fn heads(matcher: &mut Matcher<'_>, located: &Located<'_>) -> WordSet {
    let mut heads = located.page.title.clone();
    for heading in &located.section.headings {
        heads.push('\n');
        heads.push_str(heading);
    }
    WordSet::of(&matcher.matches(&located.page.lang, &heads))
}

/// What a [`Source`] borrows.
struct Found<'a> {
    number: u32,
    text: &'a str,
    code: &'a [std::ops::Range<u32>],
    matches: Vec<Match>,
    heads: WordSet,
    by_meaning: Vec<f32>,
}

impl Found<'_> {
    fn source(&self) -> Source<'_> {
        Source {
            number: self.number,
            text: self.text,
            code: self.code,
            matches: &self.matches,
            heads: self.heads,
            by_meaning: &self.by_meaning,
        }
    }
}
