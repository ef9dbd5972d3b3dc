//! What the operators of a query ask of a passage.
//!
//! Postings tell most of it before any text is there: which passages have all words of a phrase, a
//! word in their headings, a word that is excluded. Whether words stand in a row only the text tells,
//! so candidates are asked again when theirs has come.

use super::index::{Found, WordIndex};
use super::postings::Posting;
use crate::Result;
use crate::text::{Analyzer, Form, Phrase, Query, Term, holds_phrase};

/// The operators of a query, looked up in an index.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    phrases: Vec<Demand>,
    sections: Vec<Demand>,
    excluded: Vec<Demand>,
}

/// One operator.
#[derive(Debug, Clone)]
struct Demand {
    phrase: Phrase,
    /// The terms of its words that postings can be asked for.
    ordinals: Vec<u32>,
    /// Whether the book has all its words.
    possible: bool,
}

impl Filter {
    /// Looks the operators of a query up; `want` hears the blocks of terms that are not here.
    pub(super) fn new(
        query: &Query,
        analyzer: &Analyzer,
        index: &WordIndex,
        want: &mut dyn FnMut(usize),
    ) -> Self {
        let mut demands = |phrases: Vec<Phrase>| {
            let demand = |phrase| Demand::new(phrase, analyzer, index, want);
            phrases.into_iter().filter_map(demand).collect()
        };
        // The beginning of a word excludes nothing that the word would not.
        let closed = |phrase: &Phrase| Phrase {
            open: false,
            ..phrase.clone()
        };
        Self {
            phrases: demands(query.phrases.clone()),
            sections: demands(query.sections.clone()),
            excluded: demands(query.excluded.iter().map(closed).collect()),
        }
    }

    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        !self.is_demanding() && self.excluded.is_empty()
    }

    /// Whether it asks for something that passages have, and not only for what they lack.
    fn is_demanding(&self) -> bool {
        !self.phrases.is_empty() || !self.sections.is_empty()
    }

    /// Asks for nothing from now on but that what is excluded is not there; whether it did before.
    pub fn relax(&mut self) -> bool {
        let demanding = self.is_demanding();
        self.phrases.clear();
        self.sections.clear();
        demanding
    }

    /// Whether a passage is what it asks for. `heads` are the title and the headings.
    pub fn admits(&self, lang: &str, heads: &[&str], text: &str) -> bool {
        if self.is_empty() {
            return true;
        }
        let analyzer = Analyzer::for_lang(lang);
        let mut fields: Vec<Vec<Term>> = heads.iter().map(|head| analyzer.terms(head)).collect();
        let heads = fields.len();
        fields.push(analyzer.terms(text));
        let is_in = |demand: &Demand, fields: &[Vec<Term>]| {
            let Phrase { text, open } = &demand.phrase;
            let asked = analyzer.terms(text);
            fields
                .iter()
                .any(|field| holds_phrase(field, &asked, *open))
        };
        self.phrases.iter().all(|demand| is_in(demand, &fields))
            && self
                .sections
                .iter()
                .all(|demand| is_in(demand, &fields[..heads]))
            && !self.excluded.iter().any(|demand| is_in(demand, &fields))
    }
}

impl Demand {
    /// `None` of a text without words.
    fn new(
        phrase: Phrase,
        analyzer: &Analyzer,
        index: &WordIndex,
        want: &mut dyn FnMut(usize),
    ) -> Option<Self> {
        let mut terms = analyzer.terms(&phrase.text);
        terms.retain(|term| term.form == Form::Word);
        if terms.is_empty() {
            return None;
        }
        let (mut ordinals, mut possible) = (Vec::new(), true);
        for (place, term) in (1..).zip(&terms) {
            // Of the last word there may be only a beginning.
            let begun = phrase.open && place == terms.len();
            match index.find(term) {
                _ if begun => {}
                Found::Here(ordinal) => ordinals.push(ordinal),
                Found::Wanted(block) => want(block),
                Found::Nowhere => possible = false,
            }
        }
        Some(Self {
            phrase,
            ordinals,
            possible,
        })
    }
}

impl WordIndex {
    /// Which passages a filter admits as far as postings tell, by number; `None` when that is all.
    pub fn admitted(&self, filter: &Filter) -> Option<Vec<bool>> {
        if filter.is_empty() {
            return None;
        }
        let demands = || filter.phrases.iter().chain(&filter.sections);
        let possible = demands().all(|demand| demand.possible);
        let mut admitted = vec![possible; self.capacity()];
        for demand in &filter.phrases {
            self.require(demand, |_| true, &mut admitted);
        }
        for demand in &filter.sections {
            self.require(demand, |posting| posting.head > 0, &mut admitted);
        }
        for demand in &filter.excluded {
            // Words in a row are excluded, not each of them.
            if let ([only], true) = (&demand.ordinals[..], demand.possible) {
                for posting in self.postings(*only).map_while(Result::ok) {
                    if let Some(own) = admitted.get_mut(posting.passage as usize) {
                        *own = false;
                    }
                }
            }
        }
        Some(admitted)
    }

    /// Leaves only passages that have all words of a demand. A list of which only the best postings are
    /// kept does not tell which those are.
    fn require(&self, demand: &Demand, counts: impl Fn(&Posting) -> bool, admitted: &mut [bool]) {
        for &ordinal in &demand.ordinals {
            let postings: Vec<Posting> = self.postings(ordinal).map_while(Result::ok).collect();
            if postings.len() < self.df(ordinal) {
                continue;
            }
            let mut has = vec![false; admitted.len()];
            for posting in postings.iter().filter(|posting| counts(posting)) {
                if let Some(own) = has.get_mut(posting.passage as usize) {
                    *own = true;
                }
            }
            for (own, has) in admitted.iter_mut().zip(has) {
                *own &= has;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::words::testing::{build_with, open};
    use crate::words::{Fields, WordIndexBuilder, WordQuery, testing};

    const BODIES: [&str; 4] = [
        "quality of service of a topic",
        "the service has quality",
        "python quality",
        "nothing else",
    ];

    /// Passages that a query admits, by postings and then by text.
    fn admitted(query: &str) -> Vec<usize> {
        let index = open(build_with("Robots", &[], &BODIES));
        let query = WordQuery::parse(query, "en", &index);
        let by_postings = index.admitted(query.filter());
        let by_text = |&at: &usize| query.filter().admits("en", &["Robots"], BODIES[at]);
        let all = 0..BODIES.len();
        let found: Vec<usize> = all.clone().filter(by_text).collect();
        if let Some(by_postings) = by_postings {
            assert!(
                found.iter().all(|&at| by_postings[at]),
                "postings admit what texts do"
            );
        }
        found
    }

    #[test]
    fn phrases_must_be_there_and_exclusions_must_not() {
        assert_eq!(admitted("quality service"), [0, 1, 2, 3]);
        assert_eq!(admitted("\"quality of service\" "), [0]);
        assert_eq!(admitted("\"of serv"), [0]);
        assert!(admitted("\"service of quality\" x").is_empty());
        assert_eq!(admitted("quality -python "), [0, 1, 3]);
        assert_eq!(admitted("quality -\"of services\" "), [1, 2, 3]);
        assert_eq!(admitted("robots \"robot\" -service "), [2, 3]);
    }

    #[test]
    fn sections_are_titles_and_headings() {
        let mut builder = WordIndexBuilder::new("en");
        let headings = [
            vec!["Topics".to_owned()],
            vec!["Reliable quality".to_owned()],
        ];
        for (passage, headings) in (0..).zip(&headings) {
            let (title, body, lang) = ("Robots", "topics of quality", "en");
            builder.add(
                passage,
                &Fields {
                    title,
                    headings,
                    body,
                    lang,
                },
            );
        }
        let index = open(testing::finish(builder));
        let admitted = |query: &str| {
            let query = WordQuery::parse(query, "en", &index);
            index.admitted(query.filter()).map(|all| (all[0], all[1]))
        };
        assert_eq!(admitted("section:topic x"), Some((true, false)));
        assert_eq!(
            admitted("section:\"reliable quality\" x"),
            Some((false, true))
        );
        assert_eq!(admitted("section:robots x"), Some((true, true)));
        assert_eq!(admitted("section:rob"), Some((true, true)));
        assert_eq!(admitted("section:zebra x"), Some((false, false)));
        assert_eq!(admitted("section x"), None);
    }

    #[test]
    fn a_demand_that_cannot_be_met_is_dropped_but_not_an_exclusion() {
        let index = open(build_with("", &[], &BODIES));
        let mut query = WordQuery::parse("\"quality zebra\" -python x", "en", &index);
        assert!(
            index
                .admitted(query.filter())
                .is_some_and(|all| !all.contains(&true))
        );
        assert!(query.relax() && !query.relax());
        assert_eq!(
            index.admitted(query.filter()),
            Some(vec![true, true, false, true, true, true, true, true])
        );
    }

    #[test]
    fn a_title_or_the_end_of_an_address_names_a_page() {
        let mut builder = WordIndexBuilder::new("en");
        for (passage, title) in (0..).zip(["Topics and QoS", "Topics"]) {
            let (headings, body, lang) = (&[][..], "topics and qos", "en");
            builder.add(
                passage,
                &Fields {
                    title,
                    headings,
                    body,
                    lang,
                },
            );
            builder.name("en", title, &format!("docs/page-{passage}.html"));
        }
        let index = open(testing::finish(builder));
        let named = |query: &str| index.named(&WordQuery::parse(query, "en", &index));
        assert_eq!(named("topic qos"), [0]);
        assert_eq!(named("the topics"), [1]);
        assert_eq!(named("tpoics "), [1]);
        assert_eq!(named("Page 1"), [1]);
        assert!(named("qos topics").is_empty());
    }
}
