//! The opened word index: what has come of its blocks.

use super::block::{Block, LIST_BITS, MOST_LISTS};
use super::bm25::{LEVELS, saturate, weighted_tf};
use super::postings::{Posting, Postings};
use super::query::{QueryTerm, WordQuery};
use super::spelling::{self, FEW_BLOCKS, Spelling};
use crate::shelf::Kind;
use crate::shelf::directory::Directory;
use crate::shelf::family::{Slot, slots};
use crate::shelf::keys::Keys;
use crate::text::Term;
use crate::{Error, Result};
use std::ops::Range;

/// Word index of one book. Made by [`super::WordIndexBuilder`].
#[derive(Debug)]
pub struct WordIndex {
    passages: usize,
    /// Numbers of passages are below.
    capacity: usize,
    norms: [f32; LEVELS],
    first_terms: Keys,
    blocks: Vec<Slot<Block>>,
    first_words: Keys,
    spelling: Vec<Slot<Spelling>>,
}

/// Where a word led.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// To this ordinal, or to the block of this number.
    Here(u32),
    /// To a block that is not here yet.
    Wanted(usize),
    /// The book does not have it.
    Nowhere,
}

impl WordIndex {
    /// The index that a directory tells of; no block is here yet.
    pub fn new(directory: &Directory) -> Self {
        Self {
            passages: directory.passages as usize,
            capacity: directory.capacity(),
            norms: directory
                .lengths
                .norms(directory.length, directory.passages as usize),
            first_terms: directory.first_terms.clone(),
            blocks: slots(directory.terms.len()),
            first_words: directory.first_words.clone(),
            spelling: slots(directory.spelling.len()),
        }
    }

    /// Takes the payload of a block of terms or of the spelling list.
    ///
    /// # Errors
    /// [`Error::Truncated`] or [`Error::Corrupt`] when the bytes are not such a block. What is taken can
    /// be searched without panic.
    pub fn add(&mut self, kind: Kind, index: usize, payload: &[u8]) -> Result<()> {
        match kind {
            Kind::Spelling => put(&mut self.spelling, index, Spelling::open(payload)?),
            _ => put(&mut self.blocks, index, Block::open(payload)?),
        }
    }

    /// Searches do without a block from now on.
    pub fn lose(&mut self, kind: Kind, index: usize) {
        match kind {
            Kind::Spelling => self.spelling.get_mut(index).map(Slot::lose),
            _ => self.blocks.get_mut(index).map(Slot::lose),
        };
    }

    /// Asks again for the blocks that could not be had.
    pub fn retry(&mut self) {
        self.blocks.iter_mut().for_each(Slot::retry);
        self.spelling.iter_mut().for_each(Slot::retry);
    }

    /// Decodes everything that is here.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for the first thing that is impossible.
    pub fn verify(&self) -> Result<()> {
        let (section, blocks) = (super::SECTION, self.blocks.iter().filter_map(Slot::here));
        for block in blocks {
            for list in 0..block.lists() {
                let mut before = None;
                for posting in block.postings(list) {
                    let posting = posting?;
                    if posting.passage as usize >= self.capacity
                        || before >= Some(posting.passage)
                        || (posting.head, posting.body) == (0, 0)
                    {
                        let what = "a posting is impossible";
                        return Err(Error::Corrupt { section, what });
                    }
                    before = Some(posting.passage);
                }
                if before.is_none() {
                    let what = "a term has no postings";
                    return Err(Error::Corrupt { section, what });
                }
            }
        }
        Ok(())
    }

    /// Numbers of passages are below: the length of the scores.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Count of passages.
    pub fn len(&self) -> usize {
        self.passages
    }

    /// Whether there are no passages.
    pub fn is_empty(&self) -> bool {
        self.passages == 0
    }

    /// Counts of distinct terms and of adjacent pairs that are kept, of the blocks that are here.
    pub fn counts(&self) -> (usize, usize) {
        let here = self.blocks.iter().filter_map(Slot::here);
        here.fold((0, 0), |(terms, pairs), block| {
            (terms + block.terms(), pairs + block.pairs())
        })
    }

    /// Adds the BM25 score of each passage to its slot in `scores`; the caller zeroes them.
    /// Passages beyond the end of `scores` are left out.
    pub fn score(&self, query: &WordQuery, scores: &mut [f32]) {
        for term in query.terms() {
            for posting in self.postings(term.ordinal).map_while(Result::ok) {
                if let Some(slot) = scores.get_mut(posting.passage as usize) {
                    *slot += self.contribution(term, posting);
                }
            }
        }
    }

    /// The cell of a passage that the query finds by a rare term, in a book of several.
    pub fn cell(&self, query: &WordQuery, passage: u32) -> Option<usize> {
        let terms = query.terms().iter();
        let mut lists = terms.filter_map(|term| self.block(term.ordinal));
        lists.find_map(|(block, list)| block.cell(list, passage))
    }

    /// The passages that begin a page which the query names, by its title or the end of its address.
    pub fn named(&self, query: &WordQuery) -> Vec<u32> {
        let lists = query.names.iter().map(|&name| self.postings(name));
        let postings = lists.flat_map(|list| list.map_while(Result::ok));
        postings.map(|posting| posting.passage).collect()
    }

    /// What one posting of one term of the query adds to a score.
    pub(super) fn contribution(&self, term: &QueryTerm, posting: Posting) -> f32 {
        let norm = self.norms[usize::from(posting.level) % LEVELS];
        let tf = weighted_tf(posting.head, posting.body);
        term.weight * term.idf * saturate(tf, norm)
    }

    /// Ordinal of what a word or identifier stands for: its stem, or else, where the reader left
    /// out the accents that the stemmer needs, that of the word itself.
    pub(super) fn find(&self, term: &Term) -> Found {
        self.seek(term, &|home, block| {
            let list = block.term(&term.text).or_else(|| block.word(&term.surface));
            Some(ordinal(home, list?))
        })
    }

    /// The block that has the vector of a word: that of its term, or its own where it is the stem of others.
    pub(super) fn home_of_row(&self, term: &Term) -> Found {
        self.seek(term, &|home, block| {
            block.row(&term.surface).map(|_| home as u32)
        })
    }

    /// Looks in the blocks that a word may be in: that of its term and its own.
    fn seek(&self, term: &Term, look: &dyn Fn(usize, &Block) -> Option<u32>) -> Found {
        for text in [&term.text, &term.surface] {
            let Some(home) = self.first_terms.block_of(text) else {
                continue;
            };
            match &self.blocks[home] {
                Slot::Absent => return Found::Wanted(home),
                Slot::Lost => {}
                Slot::Here(block) => {
                    if let Some(found) = look(home, block) {
                        return Found::Here(found);
                    }
                }
            }
        }
        Found::Nowhere
    }

    /// The vector of a word that [`WordIndex::home_of_row`] found in this block.
    pub(crate) fn row_in(&self, block: u32, surface: &str) -> Option<&[u8]> {
        self.blocks.get(block as usize)?.here()?.row(surface)
    }

    /// Words in the block of a term that begin with `prefix`, with their ordinals and frequencies.
    pub(super) fn beside<'a>(
        &'a self,
        ordinal_of: u32,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, u32, usize)> + 'a {
        let home = (ordinal_of >> LIST_BITS) as usize;
        let block = self.blocks.get(home).and_then(Slot::here).into_iter();
        block.flat_map(move |block| {
            let words = block.starting_with(prefix);
            words.map(move |(word, list)| (word, ordinal(home, list), block.df(list)))
        })
    }

    /// Keys of the spelling list that words close to this one are near to, and where they are.
    pub(super) fn spelling_near(&self, word: &str) -> Vec<(String, Range<usize>)> {
        self.in_spelling(word, spelling::keys_near)
    }

    /// What keys of the spelling list begin with whose words begin with this one, and where they are.
    pub(super) fn spelling_from(&self, word: &str) -> Vec<(String, Range<usize>)> {
        self.in_spelling(word, spelling::beginnings)
    }

    fn in_spelling(
        &self,
        word: &str,
        keys: fn(&str) -> Vec<String>,
    ) -> Vec<(String, Range<usize>)> {
        let second = self.first_words.get(1);
        let is_long = second.is_some_and(spelling::is_of_long_list);
        let (keys, few) = match is_long {
            true => (keys(word), 1),
            false => (vec![word.to_owned()], FEW_BLOCKS),
        };
        let own = |key: String| {
            let blocks = self.spelling_of(&key, few);
            (key, blocks)
        };
        keys.into_iter().map(own).collect()
    }

    /// The blocks of the keys that begin as this one does, as far as it takes for them to be at most `few`, by their numbers.
    fn spelling_of(&self, key: &str, few: usize) -> Range<usize> {
        let ends = key.char_indices().map(|(at, _)| at).chain([key.len()]);
        let mut last = 0..0;
        for end in ends {
            last = self.first_words.blocks_of_prefix(&key[..end]);
            if last.len() <= few {
                break;
            }
        }
        last
    }

    /// Whether a word surely is one of the book's: a block begins with its term.
    pub(super) fn begins_block(&self, term: &Term) -> bool {
        self.first_terms.find(&term.text).is_some()
    }

    /// A block of the spelling list.
    pub(super) fn spelling(&self, block: usize) -> &Slot<Spelling> {
        self.spelling.get(block).unwrap_or(&Slot::Lost)
    }

    /// Postings of a term or pair.
    pub(super) fn postings(&self, ordinal: u32) -> Postings<'_> {
        match self.block(ordinal) {
            Some((block, list)) => block.postings(list),
            None => Postings::new(&[], 0),
        }
    }

    /// Passages that have a term or pair.
    pub(super) fn df(&self, ordinal: u32) -> usize {
        self.block(ordinal)
            .map_or(0, |(block, list)| block.df(list))
    }

    /// Ordinal of the pair of two terms, the second by its text.
    pub(super) fn pair(&self, first: u32, second: &str) -> Option<u32> {
        let (block, list) = self.block(first)?;
        Some(ordinal(
            (first >> LIST_BITS) as usize,
            block.pair(list, second)?,
        ))
    }

    fn block(&self, ordinal: u32) -> Option<(&Block, u32)> {
        let block = self.blocks.get((ordinal >> LIST_BITS) as usize)?.here()?;
        Some((block, ordinal & (MOST_LISTS as u32 - 1)))
    }

    /// The rows of all blocks that are here are of this size, where they have any.
    pub(crate) fn check_rows(&self, index: usize, row_bytes: usize) -> Result<()> {
        let block = self.blocks.get(index).and_then(Slot::here);
        match block.map_or(0, Block::row_bytes) {
            0 => Ok(()),
            own if own == row_bytes => Ok(()),
            _ => Err(Error::Mixed {
                what: "the words' vectors and the passages' differ in size",
            }),
        }
    }
}

fn ordinal(block: usize, list: u32) -> u32 {
    (block as u32) << LIST_BITS | list
}

fn put<T>(slots: &mut [Slot<T>], index: usize, value: T) -> Result<()> {
    let section = super::SECTION;
    let what = "there is no such block";
    let slot = slots.get_mut(index);
    *slot.ok_or(Error::Corrupt { section, what })? = Slot::Here(value);
    Ok(())
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;
