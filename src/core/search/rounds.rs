//! What a query needs of the index before it is answered as well as that can be, round by round.

use super::meaning::{FEEDBACK_PASSAGES, Meaning, best};
use super::{Mode, Options, Searcher, Tier, check_length, meant};
use crate::meaning::cells::{PROBES, PROBES_BESIDE_WORDS};
use crate::shelf::Kind;
use crate::shelf::family::Member;
use crate::words::WordQuery;
use crate::{Error, Result};

/// Rounds after which a query is answered with what is here. Of 800 made for a book of 14,000 pages 42 would ask
/// for more, 33 of them misspelt, and all together would find .7 % more of the ten best hits.
pub const ROUNDS: usize = 3;

/// Passages found by words whose groups are asked for before it is known what is near by meaning, where
/// cells are coarse: their exact vectors are in the groups. Eight more are 8 KB of a query, .4 % of the
/// ten best hits, and seldomer a third round.
pub const BY_WORDS: usize = 32;

/// The same where nothing is coarse, so that the groups are for the text alone, to be shown until a server's
/// vector is here.
const BY_WORDS_SHOWN: usize = 10;

/// First hits whose groups must be here before a query counts as answered; a longer list shows what else
/// is here.
pub(super) const WANTED: usize = 10;

/// Hits whose groups are asked for where one of the first [`WANTED`] is missing: codes misplace some. Five
/// more would be 2.5 KB of a query and .1 % of the ten best hits, five fewer 2.3 KB and .4 %.
pub(super) const SHOWN: usize = 20;

/// The same where nothing is coarse.
const SHOWN_EXACTLY: usize = 15;

/// What a query needs before it can be answered as well as the index can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// A numbered file of the shelf.
    Part(Member),
    /// The vector of this text, by the full encoder.
    Vector(String),
}

impl Searcher {
    /// The next round of what a query needs to be answered as well as the index can; nothing, when it
    /// can be, or when the query is none.
    pub fn needs(&mut self, query: &str, options: &Options) -> Result<Vec<Need>> {
        let text = query.trim();
        if text.is_empty() || check_length(text).is_err() {
            return Ok(Vec::new());
        }
        let mut needs = self.look_within(&options.within);
        let mut words = WordQuery::parse(query.trim_start(), &self.lang, &self.words);
        let wanted = words.wanted().iter();
        needs.extend(wanted.filter_map(|&(kind, at)| self.part(kind, at)));
        if options.mode != Mode::Words && !self.is_coarse() {
            // What every query is compared with.
            let cells = self.meaning.iter().flat_map(|own| own.cells.absent(&[0]));
            needs.extend(cells.filter_map(|at| self.part(Kind::Cell, at)));
        }
        if needs.is_empty() {
            return self.needs_beyond_words(&mut words, text, options);
        }
        // What the other words find is shown while it is looked up what was meant by this one.
        if words.is_unsure() && options.mode != Mode::Meaning {
            let more = self.needs_beyond_words(&mut words, text, options)?;
            needs.extend(
                more.into_iter()
                    .filter(|need| !needs.contains(need))
                    .collect::<Vec<_>>(),
            );
        }
        Ok(needs)
    }

    /// The same once the blocks of the words are here.
    fn needs_beyond_words(
        &mut self,
        words: &mut WordQuery,
        text: &str,
        options: &Options,
    ) -> Result<Vec<Need>> {
        let (mode, tier) = match self.read(words, text, options.mode) {
            Ok(read) => read,
            Err(Error::NoMeaning) => (Mode::Words, Tier::None),
            Err(error) => return Err(error),
        };
        let shown = match self.is_coarse() {
            true => SHOWN,
            false => SHOWN_EXACTLY,
        };
        loop {
            let needs = self.second_round(words, text, mode, options);
            if !needs.is_empty() {
                return Ok(needs);
            }
            self.gather(words, mode, tier);
            let chosen = self.choose(words, mode, options.limit.min(shown));
            if !chosen.is_empty() || !words.relax() {
                return Ok(self.groups(chosen.absent.into_iter()));
            }
        }
    }

    /// Notes where a query looks; what would tell and is not here.
    pub(super) fn look_within(&mut self, places: &[String]) -> Vec<Need> {
        self.within = None;
        let mut wanted = Vec::new();
        if !places.is_empty() {
            let want = &mut |block| {
                if !wanted.contains(&block) {
                    wanted.push(block);
                }
            };
            let capacity = self.words.capacity();
            self.within = Some(self.addresses.within(places, capacity, want));
        }
        self.blocks_of_addresses(wanted)
    }

    fn blocks_of_addresses(&self, wanted: Vec<usize>) -> Vec<Need> {
        let parts = wanted.into_iter();
        parts
            .filter_map(|at| self.part(Kind::Addresses, at))
            .collect()
    }

    /// What leads to the page at an address and is not here.
    pub fn needs_of_page(&self, url: &str) -> Vec<Need> {
        let mut wanted = Vec::new();
        self.addresses.page(url, &mut |block| wanted.push(block));
        self.blocks_of_addresses(wanted)
    }

    /// What holds these passages and is not here.
    pub fn needs_of_passages(&self, passages: &[u32]) -> Vec<Need> {
        self.groups(passages.iter().copied())
    }

    /// Cells and the vector by a server, and where what is found depends on exact vectors or takes a round
    /// more, the groups of what words find best.
    fn second_round(
        &mut self,
        words: &WordQuery,
        text: &str,
        mode: Mode,
        options: &Options,
    ) -> Vec<Need> {
        let mut needs = Vec::new();
        let text = meant(words, text);
        let asked = self
            .meaning
            .as_ref()
            .filter(|_| options.mode != Mode::Words);
        let wants_vector = asked.is_some_and(|meaning| meaning.wants_vector(text));
        self.scores.clear();
        if options.mode != Mode::Meaning {
            self.score_words(words);
            if wants_vector || mode != Mode::Words && self.is_coarse() {
                let count = self.by_words(mode, options.limit).max(FEEDBACK_PASSAGES);
                needs = self.groups_by_words(count);
            }
        }
        if wants_vector {
            needs.push(Need::Vector(text.to_owned()));
        } else if mode != Mode::Words {
            self.probe(words);
            let cells = self.meaning.iter().flat_map(Meaning::absent);
            needs.extend(cells.filter_map(|at| self.part(Kind::Cell, at)));
        }
        needs
    }

    /// Chooses the cells that a query is compared with: the nearest, more of them where words find less,
    /// and those of the passages that it is moved towards, where rare words tell them.
    pub(super) fn probe(&mut self, words: &WordQuery) {
        let found = self.scores.iter().filter(|&&score| score > 0.0).count();
        let mut top = Vec::new();
        best(&self.scores, FEEDBACK_PASSAGES, &mut top);
        let own = top
            .iter()
            .filter_map(|&(_, passage)| self.words.cell(words, passage));
        if let Some(meaning) = &mut self.meaning {
            meaning.probe(probes(found), own);
        }
    }

    /// How many of what words find best are asked for, of a search for `limit` hits.
    pub(super) fn by_words(&self, mode: Mode, limit: usize) -> usize {
        match self.is_coarse() && mode != Mode::Words {
            true => BY_WORDS.min(4 * limit),
            false => BY_WORDS_SHOWN.min(limit),
        }
    }

    pub(super) fn is_coarse(&self) -> bool {
        self.meaning.as_ref().is_some_and(Meaning::is_coarse)
    }

    /// The groups of what words find best, once that is scored.
    fn groups_by_words(&self, count: usize) -> Vec<Need> {
        let mut top = Vec::new();
        best(&self.scores, count, &mut top);
        self.groups(top.iter().map(|&(_, passage)| passage))
    }

    fn groups(&self, passages: impl Iterator<Item = u32>) -> Vec<Need> {
        let absent = self.pages.absent(passages).into_iter();
        absent.filter_map(|at| self.part(Kind::Group, at)).collect()
    }

    fn part(&self, kind: Kind, index: usize) -> Option<Need> {
        Some(Need::Part(self.family(kind).member(kind, index)?))
    }
}

/// How many cells a query is compared with of which words have found so many passages: as many as by
/// meaning alone where that is none, and fewer the more groups of [`BY_WORDS`] are fetched.
fn probes(found: usize) -> usize {
    PROBES - (PROBES - PROBES_BESIDE_WORDS) * found.min(BY_WORDS) / BY_WORDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_make_up_for_what_words_do_not_find() {
        assert_eq!(probes(0), PROBES);
        assert_eq!(probes(BY_WORDS), PROBES_BESIDE_WORDS);
        assert_eq!(probes(usize::MAX), PROBES_BESIDE_WORDS);
        assert!((0..BY_WORDS).all(|found| probes(found) >= probes(found + 1)));
        assert!(probes(5) > probes(20));
    }
}
