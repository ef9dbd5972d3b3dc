//! From what is shown to what a program gets of it.

use super::meaning::Meaning;
use super::pages::{Located, address};
use super::ranking::Shown;
use super::snippet::snippet;
use super::{Explain, Hit, Searcher};
use crate::meaning::sketch::resemblance;
use crate::words::{Matcher, WordQuery};

impl Searcher {
    pub(super) fn hit(
        &self,
        matcher: &mut Matcher<'_>,
        shown: &Shown,
        located: &Located<'_>,
    ) -> Hit {
        let own = located.passage;
        let matches = matcher.matches(&located.page.lang, &own.text);
        let repeats = shown
            .duplicates
            .iter()
            .filter_map(|&other| self.pages.locate(other));
        Hit {
            passage: shown.candidate.passage,
            url: address(located),
            headings: located.section.headings.clone(),
            score: shown.score.total(),
            snippet: snippet(own, &matches, &self.by_meaning(shown.candidate.passage)),
            duplicates: repeats.map(|other| address(&other)).collect(),
            explain: None,
        }
    }

    /// How near the query that was read last is to each sentence of a passage; nothing, where no encoder
    /// has read it, or where a passage has one sentence.
    pub(super) fn by_meaning(&self, passage: u32) -> Vec<f32> {
        let query = self.meaning.as_ref().map_or(&[][..], Meaning::read);
        match query {
            [] => Vec::new(),
            query => {
                let sketches = self.pages.sketches(passage);
                sketches.map(|sketch| resemblance(sketch, query)).collect()
            }
        }
    }

    pub(super) fn explain(&self, words: &WordQuery, shown: &Shown) -> Explain {
        let Shown {
            candidate, score, ..
        } = shown;
        let terms = match candidate.words > 0.0 {
            true => self.words.explain(words, candidate.passage),
            false => Vec::new(),
        };
        Explain {
            words: score.words,
            meaning: score.meaning,
            title: score.title,
            named: score.named,
            prior: score.prior.factor(),
            bm25: candidate.words,
            cosine: candidate.cosine,
            terms,
        }
    }
}
