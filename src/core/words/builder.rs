//! Builds the word index of a book.

use super::bm25::HEAD_WEIGHT;
use super::lexicon::Lexicon;
use super::postings::{Posting, encode};
use crate::shelf::codec::Writer;
use crate::text::{Analyzer, Form};
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

/// Collects passages in order, then writes the payload that [`super::WordIndex`] opens.
#[derive(Default)]
pub struct WordIndexBuilder {
    lengths: Vec<u32>,
    /// Term to its number in the order of arrival, the index in `lists`.
    terms: BTreeMap<String, u32>,
    lists: Vec<Vec<Posting>>,
    /// Surface word to the number of its term; where languages disagree the first has it.
    words: BTreeMap<String, u32>,
    pairs: BTreeMap<(u32, u32), Vec<Posting>>,
}

/// In which count of a posting an occurrence goes.
#[derive(Clone, Copy)]
enum Field {
    Head,
    Body,
}

impl WordIndexBuilder {
    /// A builder without passages.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next passage.
    pub fn add(&mut self, fields: &Fields<'_>) {
        let analyzer = Analyzer::for_lang(fields.lang);
        self.lengths.push(0);
        self.field(&analyzer, fields.title, Field::Head);
        for heading in fields.headings {
            self.field(&analyzer, heading, Field::Head);
        }
        self.field(&analyzer, fields.body, Field::Body);
    }

    /// The payload. Equal passages give equal bytes.
    pub fn finish(self) -> Vec<u8> {
        let mut out = Writer::new();
        out.varint(self.lengths.len() as u64);
        for &length in &self.lengths {
            out.varint(u64::from(length));
        }
        // Terms are numbered by their bytes from here on.
        let mut ordinals = vec![0; self.lists.len()];
        for (ordinal, &number) in self.terms.values().enumerate() {
            ordinals[number as usize] = ordinal as u32;
        }
        let terms: Vec<&str> = self.terms.keys().map(String::as_str).collect();
        let words = self
            .words
            .into_iter()
            .map(|(word, number)| (word, ordinals[number as usize]))
            .collect();
        out.bytes(&Lexicon::build(&terms, &words));

        let lists: Vec<Vec<u8>> = self
            .terms
            .values()
            .map(|&number| encode(&self.lists[number as usize]))
            .collect();
        out.varint(lists.len() as u64);
        for list in &lists {
            out.varint(list.len() as u64);
        }
        let pairs = write_pairs(&mut out, self.pairs, &ordinals);
        for list in lists.iter().chain(&pairs) {
            out.raw(list);
        }
        out.finish()
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
        });
    }
    if let Some(posting) = list.last_mut() {
        match field {
            Field::Head => posting.head += 1,
            Field::Body => posting.body += 1,
        }
    }
}

/// Writes the table of the pairs worth keeping and returns their postings.
fn write_pairs(
    out: &mut Writer,
    pairs: BTreeMap<(u32, u32), Vec<Posting>>,
    ordinals: &[u32],
) -> Vec<Vec<u8>> {
    let ordinal = |number: u32| ordinals[number as usize];
    let pairs = pairs
        .into_iter()
        .filter(|(_, list)| occurrences(list) >= MIN_PAIR);
    let kept: BTreeMap<(u32, u32), Vec<u8>> = pairs
        .map(|((a, b), list)| ((ordinal(a), ordinal(b)), encode(&list)))
        .collect();
    out.varint(kept.len() as u64);
    let mut last = (0, 0);
    for (&(first, second), list) in &kept {
        let base = if first == last.0 { last.1 } else { 0 };
        out.varint(u64::from(first - last.0));
        out.varint(u64::from(second - base));
        out.varint(list.len() as u64);
        last = (first, second);
    }
    kept.into_values().collect()
}

fn occurrences(list: &[Posting]) -> u64 {
    list.iter()
        .map(|posting| u64::from(posting.head) + u64::from(posting.body))
        .sum()
}

/// Pairs that stand fewer times in the whole book are left out: they would be half of the payload.
pub const MIN_PAIR: u64 = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::WordIndex;

    fn build(bodies: &[&str]) -> Vec<u8> {
        let mut builder = WordIndexBuilder::new();
        for body in bodies {
            builder.add(&Fields {
                title: "Robots",
                headings: &["Maps".to_owned()],
                body,
                lang: "en",
            });
        }
        builder.finish()
    }

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
            let index = WordIndex::open(build(bodies)).unwrap();
            assert_eq!(index.verify(), Ok(()));
            assert_eq!(index.len(), bodies.len());
        }
    }

    #[test]
    fn fields_are_counted_apart() {
        let index = WordIndex::open(build(&["nothing", "robot robot map"])).unwrap();
        let robot = index.lexicon.term("robot").unwrap();
        let postings: Vec<_> = index
            .postings(robot)
            .map(|p| p.unwrap())
            .map(|p| (p.passage, p.head, p.body))
            .collect();
        assert_eq!(postings, [(0, 1, 0), (1, 1, 2)]);
    }

    #[test]
    fn pairs_reach_over_stop_words_but_not_over_fields_and_must_repeat() {
        let index = WordIndex::open(build(&[
            "quality of service",
            "service quality",
            "quality service",
        ]))
        .unwrap();
        let term = |text| index.lexicon.term(text).unwrap();
        let pair = |a, b| index.pair(term(a), term(b));
        assert!(pair("qualiti", "servic").is_some());
        assert_eq!(pair("servic", "qualiti"), None);
        assert_eq!(pair("robot", "map"), None);
        assert_eq!(index.pairs(), 1);
    }

    #[test]
    fn equal_books_give_equal_bytes() {
        let bodies = ["one two three", "two three four", "createRclcppNode"];
        assert_eq!(build(&bodies), build(&bodies));
    }
}
