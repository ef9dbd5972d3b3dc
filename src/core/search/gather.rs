//! Scores of passages, by words and by meaning.

use super::fusion::Candidate;
use super::meaning::{best, merge};
use super::rounds::SHOWN;
use super::{Mode, Searcher, Tier};
use crate::order::sort_by;
use crate::shelf::directory::GROUP;
use crate::words::WordQuery;

/// Candidates whose cosine is made exact where their group is here: codes put what is among the ten best
/// seldom lower.
const RESCORED: usize = 64;

impl Searcher {
    /// Scores of passages by words, in `scores`; zero of those that the query's operators leave out.
    pub(super) fn score_words(&mut self, words: &WordQuery) {
        self.scores.clear();
        self.scores.resize(self.words.capacity(), 0.0);
        self.words.score(words, &mut self.scores);
        if let Some(admitted) = self.admitted(words) {
            for (score, admitted) in self.scores.iter_mut().zip(admitted) {
                if !admitted {
                    *score = 0.0;
                }
            }
        }
    }

    /// Which passages a query may find, by number, as far as its operators and where it looks tell;
    /// `None` when that is all.
    pub(super) fn admitted(&self, words: &WordQuery) -> Option<Vec<bool>> {
        let Some(mut admitted) = self.words.admitted(words.filter()) else {
            return self.within.clone();
        };
        for (own, within) in admitted.iter_mut().zip(self.within.iter().flatten()) {
            *own &= within;
        }
        Some(admitted)
    }

    /// Scores passages by words and by meaning, as the mode asks, into `candidates`, ascending. Those that
    /// the query names are among them.
    pub(super) fn gather(&mut self, words: &WordQuery, mode: Mode, tier: Tier) {
        self.candidates.clear();
        self.scores.clear();
        if mode != Mode::Meaning {
            self.score_words(words);
            let named = self.words.named(words);
            let scores = self.scores.iter().copied().zip(0..);
            let found = scores.filter(|(score, passage)| *score > 0.0 || named.contains(passage));
            self.candidates
                .extend(found.map(|(words, passage)| Candidate {
                    passage,
                    words,
                    cosine: 0.0,
                }));
        }
        if tier != Tier::None {
            self.probe(words);
        }
        if let (Some(meaning), true) = (&mut self.meaning, tier != Tier::None) {
            if mode == Mode::Hybrid {
                meaning.feed_back(&self.scores, &self.pages);
            }
            meaning.gather(&mut self.candidates);
            self.rescore_found_by_words(mode);
        }
    }

    /// Makes the cosines of what words find best exact, and of what stands beside it: their groups are
    /// the ones that are here when it is decided which others to ask for.
    fn rescore_found_by_words(&mut self, mode: Mode) {
        if mode == Mode::Meaning {
            return;
        }
        let mut found = Vec::new();
        best(&self.scores, self.by_words(mode, SHOWN), &mut found);
        let mut groups: Vec<u32> = found.iter().map(|&(_, id)| id / GROUP as u32).collect();
        sort_by(&mut groups, u32::cmp);
        groups.dedup();
        let members = groups
            .iter()
            .flat_map(|group| (0..GROUP as u32).map(move |i| group * GROUP as u32 + i));
        self.rescore(members.collect());
    }

    /// Makes the cosines of the best candidates exact, as far as their groups are here.
    pub(super) fn rescore_best(&mut self, words: &WordQuery, mode: Mode) {
        let ranked = self.standing(words, mode).best(&self.candidates, RESCORED);
        let mut best: Vec<u32> = ranked
            .iter()
            .map(|(_, candidate)| candidate.passage)
            .collect();
        sort_by(&mut best, u32::cmp);
        self.rescore(best);
    }

    /// Makes the cosines of these passages, which ascend, exact where the groups with their vectors are
    /// here.
    fn rescore(&mut self, passages: Vec<u32>) {
        let Some(meaning) = &self.meaning else {
            return;
        };
        let exact = passages
            .into_iter()
            .filter_map(|passage| Some((passage, meaning.exact_cosine(&self.pages, passage)?)));
        merge(&mut self.candidates, &exact.collect::<Vec<_>>());
    }
}
