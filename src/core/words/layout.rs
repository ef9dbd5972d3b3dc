//! Lays a collected word index out in blocks.
//!
//! A query fetches a block for each of its words, and every reader the first term of each block. With
//! `T` bytes of all blocks, `B` bytes a block, `w` words of all queries of a visit and about 3.5
//! compressed bytes a first term, a visit costs
//!
//! ```text
//! w · B + 3.5 · T / B,   least at B = √(3.5 · T / w)
//! ```
//!
//! For a book of 14,000 pages, `T` = 15 MB, that is 3.6 KB for one query of four words and 1.6 KB for
//! five; for a book of 30 pages 1.1 KB. Halving [`BLOCK_BYTES`] from 4 KB saves such a visit a few KB and
//! doubles the files of a site, so 4 KB it is.

use super::block::{self, Content, FEW, Key, List, MOST_LISTS, ROW, TERM, WORD, second_of_pair};
use super::bm25::{LEVELS, Lengths, saturate, weighted_tf};
use super::builder::{Begin, Blocks, WordIndexBuilder};
use super::postings::{Posting, encode};
use super::spelling::{self, Entry, FEW_BLOCKS, WHOLE_BLOCK_BYTES, is_of_long_list};
use crate::shelf::keys::Keys;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Bytes of a block before it is compressed; a term with more has a block of its own.
pub const BLOCK_BYTES: usize = 4 << 10;

/// Pairs that stand fewer times in the whole book are left out: they would be half of the index.
pub const MIN_PAIR: u64 = 2;

/// Pairs of one first term that are kept, those in the most passages: each takes ten bytes of a block
/// that everybody fetches who asks for the term.
pub const MAX_PAIRS: usize = 256;

/// Postings that are kept of a term, those that add most to a score. With 4,096 in a book of 67,000
/// passages the ten best hits of hybrid searches are to 99 % those of whole lists (98 % with 2,000, 96 %
/// with 1,000); what such a common word adds to a passage outside of them is little.
pub const CHAMPIONS: usize = 4_096;

/// A word index that is being laid out.
pub(super) struct Layout<'a> {
    from: &'a WordIndexBuilder,
    begin: Begin<'a>,
    /// Texts of the terms by number.
    texts: Vec<&'a str>,
    length: u64,
    lengths: Lengths,
    norms: [f32; LEVELS],
}

/// What a block holds of one term.
#[derive(Default)]
struct Home {
    /// Of each key its flags and its row.
    keys: BTreeMap<String, (u8, Vec<u8>)>,
    list: Option<List>,
    /// Hash of the second term, ascending, and postings.
    pairs: BTreeMap<u32, List>,
}

/// Words with their flags, by the term that they are kept with.
type Homes<'a> = BTreeMap<&'a str, Vec<(&'a str, u8)>>;

impl<'a> Layout<'a> {
    pub fn of(from: &'a WordIndexBuilder, begin: Begin<'a>) -> Self {
        let mut texts = vec![""; from.lists.len()];
        for (text, &number) in &from.terms {
            texts[number as usize] = text;
        }
        let length = from.lengths.iter().map(|&length| u64::from(length)).sum();
        let lengths = begin.lengths.unwrap_or_else(|| Lengths::of(&from.lengths));
        Self {
            from,
            texts,
            length,
            norms: lengths.norms(length, from.passages),
            lengths,
            begin,
        }
    }

    pub fn blocks<E>(&self, row: &mut dyn FnMut(&str) -> Result<Vec<u8>, E>) -> Result<Blocks, E> {
        let (first_words, spelling) = self.spelling(self.begin.words);
        let mut blocks = Blocks {
            passages: self.from.passages,
            length: self.length,
            lengths: self.lengths,
            first_words,
            spelling,
            ..Blocks::default()
        };
        let cells = !self.begin.cells.is_empty();
        let mut firsts = self.begin.terms.into_iter().flat_map(Keys::iter).peekable();
        // The first block begins before every term.
        let mut open = Open::at(firsts.next().unwrap_or(""));
        for (text, words) in self.homes() {
            let home = self.home(text, words, row)?;
            while let Some(first) = firsts.next_if(|&first| first <= text) {
                std::mem::replace(&mut open, Open::at(first)).close(cells, &mut blocks);
            }
            let full = self.begin.terms.is_none() && open.bytes + home.bytes() > BLOCK_BYTES;
            if open.bytes > 0 && (full || open.lists() + home.lists() > MOST_LISTS) {
                std::mem::replace(&mut open, Open::at(text)).close(cells, &mut blocks);
            }
            open.add(home);
        }
        for first in firsts {
            std::mem::replace(&mut open, Open::at(first)).close(cells, &mut blocks);
        }
        open.close(cells, &mut blocks);
        Ok(blocks)
    }

    fn homes(&self) -> Homes<'a> {
        let mut homes: Homes<'a> = self.texts.iter().map(|&text| (text, Vec::new())).collect();
        for (word, &number) in &self.from.words {
            let home = self.itself(word).unwrap_or(self.texts[number as usize]);
            homes.entry(home).or_default().push((word, WORD));
        }
        for (word, term) in &self.from.general {
            let home = self.itself(word).unwrap_or(term);
            homes.entry(home).or_default().push((word, 0));
        }
        homes
    }

    /// A word that is the stem of others stands for those, even if its own stem differs.
    fn itself(&self, word: &str) -> Option<&'a str> {
        let term = self.from.terms.get_key_value(word);
        term.map(|(same, _)| same.as_str())
    }

    fn home<E>(
        &self,
        text: &str,
        words: Vec<(&str, u8)>,
        row: &mut dyn FnMut(&str) -> Result<Vec<u8>, E>,
    ) -> Result<Home, E> {
        let mut home = Home::default();
        if let Some(&number) = self.from.terms.get(text) {
            home.keys.insert(text.to_owned(), (TERM, Vec::new()));
            home.list = Some(self.list(&self.from.lists[number as usize]));
            for (second, list) in self.pairs(number) {
                let hash = second_of_pair(self.texts[second as usize]);
                home.pairs.entry(hash).or_insert_with(|| self.list(list));
            }
        }
        for (word, flag) in words {
            let row = row(word)?;
            let flags = flag | if row.is_empty() { 0 } else { ROW };
            if flags != 0 {
                let own = home.keys.entry(word.to_owned()).or_default();
                *own = (own.0 | flags, row);
            }
        }
        Ok(home)
    }

    /// The pairs of a first term that are kept: its second terms with their postings.
    fn pairs(&self, first: u32) -> Vec<(u32, &'a [Posting])> {
        let all = self.from.pairs.range((first, 0)..=(first, u32::MAX));
        let repeated = all.filter(|(_, list)| occurrences(list) >= MIN_PAIR);
        let mut pairs: Vec<_> = repeated
            .map(|(&(_, second), list)| (second, &list[..]))
            .collect();
        pairs.sort_by_key(|&(second, list)| (Reverse(list.len()), self.texts[second as usize]));
        pairs.truncate(MAX_PAIRS);
        pairs
    }

    fn list(&self, postings: &[Posting]) -> List {
        let level = |posting: &Posting| Posting {
            level: self
                .lengths
                .level(self.from.lengths[posting.passage as usize]),
            ..*posting
        };
        let mut kept: Vec<Posting> = postings.iter().map(level).collect();
        if kept.len() > CHAMPIONS {
            let score = |posting: &Posting| {
                let norm = self.norms[usize::from(posting.level)];
                saturate(weighted_tf(posting.head, posting.body), norm)
            };
            let best = |a: &Posting, b: &Posting| {
                score(b)
                    .total_cmp(&score(a))
                    .then(a.passage.cmp(&b.passage))
            };
            kept.select_nth_unstable_by(CHAMPIONS, best);
            kept.truncate(CHAMPIONS);
            kept.sort_unstable_by_key(|posting| posting.passage);
        }
        let mut bytes = encode(&kept);
        if !self.begin.cells.is_empty() && kept.len() <= FEW as usize {
            let cells = kept
                .iter()
                .map(|own| self.begin.cells[own.passage as usize]);
            bytes.extend(cells.flat_map(u16::to_le_bytes));
        }
        List {
            df: postings.len(),
            kept: kept.len(),
            bytes,
        }
    }

    /// First words and payloads of the spelling list's blocks.
    fn spelling(&self, firsts: Option<&Keys>) -> (Keys, Vec<Vec<u8>>) {
        let entry = |(word, &number): (&String, &u32)| {
            let term = self.texts[number as usize];
            let read = self.from.analyzer.terms(word);
            let odd = read.first().is_none_or(|read| read.text != term);
            Entry {
                word: word.clone(),
                df: self.from.lists[number as usize].len(),
                term: odd.then(|| term.to_owned()),
            }
        };
        let mut entries: Vec<Entry> = self.from.words.iter().map(entry).collect();
        let bytes: usize = entries.iter().map(size).sum();
        let mut block = WHOLE_BLOCK_BYTES;
        if bytes > FEW_BLOCKS * block
            || firsts.is_some_and(|firsts| firsts.iter().any(is_of_long_list))
        {
            block = spelling::block_bytes(bytes);
            let twice = entries.into_iter().flat_map(|entry| {
                spelling::keys(&entry.word).map(|word| Entry {
                    word,
                    ..entry.clone()
                })
            });
            entries = twice.collect();
            entries.sort_by(|a, b| a.word.cmp(&b.word));
        }
        let firsts = firsts.cloned();
        let firsts = firsts.unwrap_or_else(|| first_words(&entries, block));
        let mut payloads = Vec::new();
        let mut rest = &entries[..];
        for at in 0..firsts.len() {
            let next = firsts.get(at + 1);
            let end = next.map_or(rest.len(), |next| {
                rest.partition_point(|entry| entry.word.as_str() < next)
            });
            let (own, others) = rest.split_at(end);
            payloads.push(spelling::write(own));
            rest = others;
        }
        (firsts, payloads)
    }
}

/// What blocks of so many bytes begin with; the first, which there always is, with nothing.
fn first_words(entries: &[Entry], block: usize) -> Keys {
    let mut firsts: Keys = [""].iter().collect();
    let mut rest = &entries[fitting(entries, block)..];
    while let Some(first) = rest.first() {
        firsts.extend([&first.word]);
        rest = &rest[fitting(rest, block)..];
    }
    firsts
}

/// Number of entries that fill so many bytes of the spelling list.
fn fitting(entries: &[Entry], block: usize) -> usize {
    let mut bytes = 0;
    let fits = |entry: &&Entry| {
        bytes += size(entry);
        bytes < block
    };
    entries
        .iter()
        .take_while(fits)
        .count()
        .max(1)
        .min(entries.len())
}

/// Bytes of an entry, about.
fn size(entry: &Entry) -> usize {
    entry.word.len() + 2
}

impl Home {
    fn bytes(&self) -> usize {
        let keys = self
            .keys
            .iter()
            .map(|(key, (_, row))| key.len() / 2 + 3 + row.len());
        let pairs = self.pairs.values().map(|list| list.bytes.len() + 6);
        let list = self.list.iter().map(|list| list.bytes.len() + 5);
        keys.chain(pairs).chain(list).sum()
    }

    fn lists(&self) -> usize {
        self.pairs.len() + usize::from(self.list.is_some())
    }
}

/// A block that is being filled.
#[derive(Default)]
struct Open {
    first: String,
    /// Its keys are not in order yet: words may stand before the term that they are kept with.
    content: Content,
    bytes: usize,
}

impl Open {
    fn at(first: &str) -> Self {
        Self {
            first: first.to_owned(),
            ..Self::default()
        }
    }

    fn lists(&self) -> usize {
        self.content.terms.len() + self.content.pairs.len()
    }

    fn add(&mut self, home: Home) {
        self.bytes += home.bytes();
        let term = self.content.terms.len() as u32;
        let key = |(text, (flags, row))| Key {
            text,
            flags,
            term,
            row,
        };
        self.content.keys.extend(home.keys.into_iter().map(key));
        self.content.terms.extend(home.list);
        let pairs = home.pairs.into_iter();
        self.content
            .pairs
            .extend(pairs.map(|(second, list)| (term, second, list)));
    }

    /// Terms come in the order of their texts, so their numbers are those of the sorted keys.
    fn close(mut self, cells: bool, blocks: &mut Blocks) {
        self.content.cells = cells;
        self.content.keys.sort_by(|a, b| a.text.cmp(&b.text));
        blocks.first_terms.extend([self.first]);
        blocks.terms.push(block::write(&self.content));
    }
}

fn occurrences(list: &[Posting]) -> u64 {
    let all = list.iter();
    all.map(|posting| u64::from(posting.head) + u64::from(posting.body))
        .sum()
}
