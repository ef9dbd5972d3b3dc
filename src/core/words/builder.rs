//! Builds the word index of a book, in blocks.

use super::bm25::{HEAD_WEIGHT, Lengths};
use super::layout::Layout;
use super::postings::Posting;
use crate::shelf::keys::Keys;
use crate::text::{Analyzer, Form, address_key, title_key};
use std::collections::BTreeMap;

/// What is indexed of a passage.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    /// Title of its page.
    pub title: &'a str,
    /// Headings above it, from the page's second level down.
    pub headings: &'a [String],
    /// Its text, code included.
    pub body: &'a str,
    /// BCP 47 tag of its language.
    pub lang: &'a str,
}

/// Collects passages, then writes the blocks that [`super::WordIndex`] takes.
pub struct WordIndexBuilder {
    /// Of the language in which queries are read.
    pub(super) analyzer: Analyzer,
    /// Weighted lengths by number of the passage.
    pub(super) lengths: Vec<u32>,
    pub(super) passages: usize,
    /// Term to its number in the order of arrival, the index in `lists`.
    pub(super) terms: BTreeMap<String, u32>,
    pub(super) lists: Vec<Vec<Posting>>,
    /// Surface word to the number of its term; where languages disagree the first has it.
    pub(super) words: BTreeMap<String, u32>,
    pub(super) pairs: BTreeMap<(u32, u32), Vec<Posting>>,
    /// Words that the book does not have and that queries may; with their terms.
    pub(super) general: BTreeMap<String, String>,
}

/// What blocks are to be like; by default as is best for the book.
#[derive(Debug, Clone, Copy, Default)]
pub struct Begin<'a> {
    /// First terms of the blocks of terms.
    pub terms: Option<&'a Keys>,
    /// First words of the blocks of the spelling list.
    pub words: Option<&'a Keys>,
    /// The lengths that passages are taken to have.
    pub lengths: Option<Lengths>,
    /// The cell of each passage by its number, in a book of several cells.
    pub cells: &'a [u16],
}

/// A word index in blocks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Blocks {
    /// Number of passages.
    pub passages: usize,
    /// Their weighted length together.
    pub length: u64,
    /// The lengths that passages are taken to have.
    pub lengths: Lengths,
    /// First term of each block of terms.
    pub first_terms: Keys,
    /// Payloads of the blocks of terms.
    pub terms: Vec<Vec<u8>>,
    /// First word of each block of the spelling list.
    pub first_words: Keys,
    /// Payloads of the blocks of the spelling list.
    pub spelling: Vec<Vec<u8>>,
}

/// In which count of a posting an occurrence goes.
#[derive(Clone, Copy)]
enum Field {
    Head,
    Body,
}

impl WordIndexBuilder {
    /// A builder without passages, of a book whose queries are read in the language `lang`.
    pub fn new(lang: &str) -> Self {
        Self {
            analyzer: Analyzer::for_lang(lang),
            lengths: Vec::new(),
            passages: 0,
            terms: BTreeMap::new(),
            lists: Vec::new(),
            words: BTreeMap::new(),
            pairs: BTreeMap::new(),
            general: BTreeMap::new(),
        }
    }

    /// Adds a passage by its number; numbers ascend.
    pub fn add(&mut self, passage: u32, fields: &Fields<'_>) {
        let analyzer = Analyzer::for_lang(fields.lang);
        self.lengths.resize(passage as usize + 1, 0);
        self.passages += 1;
        self.field(&analyzer, fields.title, Field::Head);
        for heading in fields.headings {
            self.field(&analyzer, heading, Field::Head);
        }
        self.field(&analyzer, fields.body, Field::Body);
    }

    /// Lets the passage that was added last stand for its page where a query is the page's title or the
    /// end of its address.
    pub fn name(&mut self, lang: &str, title: &str, url: &str) {
        let Some(passage) = self.lengths.len().checked_sub(1) else {
            return;
        };
        let analyzer = Analyzer::for_lang(lang);
        let title = title_key(&analyzer, title);
        let address = address_key(&analyzer, url).filter(|key| Some(key) != title.as_ref());
        for key in title.into_iter().chain(address) {
            let number = self.number(key);
            count(
                &mut self.lists[number as usize],
                passage as u32,
                Field::Head,
            );
        }
    }

    /// Adds a word that the book need not have, so that its vector can be found.
    pub fn know(&mut self, word: &str) {
        let terms = self.analyzer.terms(word);
        if let [term] = &terms[..]
            && !self.words.contains_key(&term.surface)
        {
            self.general.insert(term.surface.clone(), term.text.clone());
        }
    }

    /// The blocks. `row` gives the vector of a word, or nothing. Equal passages give equal bytes.
    /// Blocks begin where `begin` says, else where the one before is full; passages are taken to be as
    /// long as one of its lengths, else of those that suit the book.
    pub fn finish<E>(
        mut self,
        row: &mut dyn FnMut(&str) -> Result<Vec<u8>, E>,
        begin: Begin<'_>,
    ) -> Result<Blocks, E> {
        let words = &self.words;
        self.general.retain(|word, _| !words.contains_key(word));
        Layout::of(&self, begin).blocks(row)
    }

    fn field(&mut self, analyzer: &Analyzer, text: &str, field: Field) {
        let mut before = None;
        for term in analyzer.terms(text) {
            let stop = analyzer.is_stop_word(&term.surface);
            let number = self.number(term.text);
            self.words.entry(term.surface).or_insert(number);
            let passage = self.lengths.len() - 1;
            count(&mut self.lists[number as usize], passage as u32, field);
            if term.form == Form::Identifier {
                continue;
            }
            self.lengths[passage] += match field {
                Field::Head => HEAD_WEIGHT,
                Field::Body => 1,
            };
            if stop {
                continue;
            }
            if let Some(first) = before {
                count(
                    self.pairs.entry((first, number)).or_default(),
                    passage as u32,
                    field,
                );
            }
            before = Some(number);
        }
    }

    fn number(&mut self, term: String) -> u32 {
        let next = self.lists.len() as u32;
        let number = *self.terms.entry(term).or_insert(next);
        if number == next {
            self.lists.push(Vec::new());
        }
        number
    }
}

/// Counts one occurrence in the passage that is being added.
fn count(list: &mut Vec<Posting>, passage: u32, field: Field) {
    if list.last().is_none_or(|last| last.passage != passage) {
        list.push(Posting {
            passage,
            head: 0,
            body: 0,
            level: 0,
        });
    }
    if let Some(posting) = list.last_mut() {
        match field {
            Field::Head => posting.head += 1,
            Field::Body => posting.body += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::words::testing::{build, open};

    #[test]
    fn what_is_built_opens_and_verifies() {
        for bodies in [
            &[][..],
            &[""],
            &[
                "Robots map robots.",
                "ROS 2 and ros2_control 机器人",
                "ROS 2",
            ],
        ] {
            let index = open(build(bodies));
            assert_eq!(index.verify(), Ok(()));
            assert_eq!(index.len(), bodies.len());
        }
    }

    #[test]
    fn fields_are_counted_apart() {
        let index = open(build(&["nothing", "robot robot map"]));
        let robot = index.term("robot").unwrap();
        let postings: Vec<_> = index
            .postings(robot)
            .map(|p| p.unwrap())
            .map(|p| (p.passage, p.head, p.body))
            .collect();
        assert_eq!(postings, [(0, 1, 0), (1, 1, 2)]);
    }

    #[test]
    fn pairs_reach_over_stop_words_but_not_over_fields_and_must_repeat() {
        let index = open(build(&[
            "quality of service",
            "service quality",
            "quality service",
        ]));
        let pair = |a, b| index.pair(index.term(a).unwrap(), b);
        assert!(pair("qualiti", "servic").is_some());
        assert_eq!(pair("servic", "qualiti"), None);
        assert_eq!(pair("robot", "map"), None);
        assert_eq!(index.counts().1, 1);
    }

    #[test]
    fn equal_books_give_equal_bytes() {
        let bodies = ["one two three", "two three four", "createRclcppNode"];
        assert_eq!(build(&bodies), build(&bodies));
    }
}
