//! The opened word index.

use super::bm25::{norms, saturate, weighted_tf};
use super::lexicon::Lexicon;
use super::postings::{Posting, Postings};
use super::query::{QueryTerm, WordQuery};
use crate::shelf::codec::Reader;
use crate::text::Term;
use crate::{Error, Result};

/// Word index of one book. Made by [`super::WordIndexBuilder`].
#[derive(Debug)]
pub struct WordIndex {
    payload: Vec<u8>,
    /// `K1 · (1 − B + B · length / mean length)` of each passage.
    norms: Vec<f32>,
    pub(super) lexicon: Lexicon,
    /// Ordinals of the first and second term of each pair, ascending.
    pairs: Vec<(u32, u32)>,
    /// Where each list of postings ends in the payload: those of the terms, then those of the
    /// pairs. The first begins at `lists`.
    ends: Vec<usize>,
    lists: usize,
}

impl WordIndex {
    /// Opens a payload: reads its tables, not its postings.
    ///
    /// # Errors
    /// [`Error::Truncated`] or [`Error::Corrupt`] when the bytes are not such a payload. What
    /// opens can be searched without panic.
    pub fn open(payload: Vec<u8>) -> Result<Self> {
        let mut reader = Reader::new(super::SECTION, &payload);
        let passages = reader.count(1)?;
        let lengths = (0..passages)
            .map(|_| reader.varint_u32())
            .collect::<Result<Vec<u32>>>()?;
        let lexicon = Lexicon::open(reader.bytes()?)?;
        let terms = reader.count(1)?;
        let mut ends = Vec::with_capacity(terms);
        for _ in 0..terms {
            ends.push(reader.varint_u32()? as usize);
        }
        let pairs = read_pairs(&mut reader, &mut ends)?;
        let lists = reader.position();
        let mut end = lists;
        for list in &mut ends {
            end = end
                .checked_add(*list)
                .filter(|&end| end <= payload.len())
                .ok_or(Error::Truncated {
                    section: super::SECTION,
                    need: end as u64 + *list as u64,
                    have: payload.len() as u64,
                })?;
            *list = end;
        }
        if end != payload.len() {
            return Err(reader.corrupt("bytes are left over"));
        }
        Ok(Self {
            norms: norms(&lengths),
            lexicon,
            pairs,
            ends,
            lists,
            payload,
        })
    }

    /// Decodes everything: the lexicon, the table of pairs, every posting.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for the first thing that is impossible.
    pub fn verify(&self) -> Result<()> {
        let corrupt = |what| {
            Err(Error::Corrupt {
                section: super::SECTION,
                what,
            })
        };
        let terms = self.terms();
        self.lexicon.verify(terms)?;
        if !self.pairs.is_sorted_by(|a, b| a < b) {
            return corrupt("pairs are not in order");
        }
        if self.pairs.iter().any(|&(a, b)| a.max(b) as usize >= terms) {
            return corrupt("a pair has no such term");
        }
        for ordinal in 0..self.ends.len() {
            let mut empty = true;
            for posting in self.postings(ordinal as u32) {
                let posting = posting?;
                if posting.passage as usize >= self.norms.len() {
                    return corrupt("a posting has no such passage");
                }
                if (posting.head, posting.body) == (0, 0) {
                    return corrupt("a posting counts nothing");
                }
                empty = false;
            }
            if empty {
                return corrupt("a term has no postings");
            }
        }
        Ok(())
    }

    /// Count of passages: the length of the scores.
    pub fn len(&self) -> usize {
        self.norms.len()
    }

    /// Whether there are no passages.
    pub fn is_empty(&self) -> bool {
        self.norms.is_empty()
    }

    /// Count of distinct terms.
    pub fn terms(&self) -> usize {
        self.ends.len() - self.pairs.len()
    }

    /// Count of adjacent pairs that are kept.
    pub fn pairs(&self) -> usize {
        self.pairs.len()
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

    /// What one posting of one term of the query adds to a score.
    pub(super) fn contribution(&self, term: &QueryTerm, posting: Posting) -> f32 {
        let norm = self
            .norms
            .get(posting.passage as usize)
            .copied()
            .unwrap_or(super::bm25::K1);
        let tf = weighted_tf(posting.head, posting.body);
        term.weight * term.idf * saturate(tf, norm)
    }

    /// Ordinal of what a word or identifier stands for: its stem, or else, where the reader left
    /// out the accents that the stemmer needs, that of the word itself.
    pub(super) fn ordinal(&self, term: &Term) -> Option<u32> {
        self.lexicon
            .term(&term.text)
            .or_else(|| self.lexicon.word(&term.surface))
    }

    /// Postings of a term or, from [`Self::terms`] on, of a pair.
    pub(super) fn postings(&self, ordinal: u32) -> Postings<'_> {
        Postings::new(self.list(ordinal))
    }

    /// Bytes of a list of postings, which grow with the frequency of the term.
    pub(super) fn list(&self, ordinal: u32) -> &[u8] {
        let at = ordinal as usize;
        let start = if at == 0 {
            Some(self.lists)
        } else {
            self.ends.get(at - 1).copied()
        };
        let range = start.zip(self.ends.get(at).copied());
        range
            .and_then(|(start, end)| self.payload.get(start..end))
            .unwrap_or_default()
    }

    /// Ordinal of the pair of two terms.
    pub(super) fn pair(&self, first: u32, second: u32) -> Option<u32> {
        let at = self.pairs.binary_search(&(first, second)).ok()?;
        u32::try_from(self.terms() + at).ok()
    }
}

/// Reads the table of pairs; appends the sizes of their postings to `sizes`.
fn read_pairs(reader: &mut Reader<'_>, sizes: &mut Vec<usize>) -> Result<Vec<(u32, u32)>> {
    let count = reader.count(3)?;
    let mut pairs = Vec::with_capacity(count);
    sizes.reserve(count);
    let (mut first, mut second) = (0u32, 0u32);
    for _ in 0..count {
        let step = reader.varint_u32()?;
        let base = if step == 0 { second } else { 0 };
        let next = (
            first.checked_add(step),
            base.checked_add(reader.varint_u32()?),
        );
        let (Some(a), Some(b)) = next else {
            return Err(reader.corrupt("a pair has no such term"));
        };
        (first, second) = (a, b);
        pairs.push((first, second));
        sizes.push(reader.varint_u32()? as usize);
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Fields, WordIndexBuilder};

    const BODIES: [&str; 5] = [
        "The robot drives to the map frame. The robot stops.",
        "A planner finds paths for robots on a map.",
        "Nothing of the kind is said here.",
        "Call createRclcppNode, then spin the node. 机器人导航",
        "The map frame is fixed to the world; see nav2_params.yaml.",
    ];

    fn payload() -> Vec<u8> {
        let mut builder = WordIndexBuilder::new();
        for (i, body) in BODIES.iter().enumerate() {
            let title = if i == 2 { "Robots" } else { "Maps and frames" };
            builder.add(&Fields {
                title,
                headings: &["Driving".to_owned()],
                body,
                lang: "en",
            });
        }
        builder.finish()
    }

    fn scores(index: &WordIndex, text: &str) -> Vec<f32> {
        let mut scores = vec![0.0; index.len()];
        index.score(&WordQuery::parse(text, "en", index), &mut scores);
        scores
    }

    #[test]
    fn a_score_is_the_formula() {
        let index = WordIndex::open(payload()).unwrap();
        // "planner" stands once, in passage 1: 8 words, title and heading of 4 words counted twice.
        let lengths = [10.0 + 8.0, 9.0 + 8.0, 7.0 + 4.0, 12.0 + 8.0, 13.0 + 8.0];
        let mean = lengths.iter().sum::<f64>() / 5.0;
        let expected =
            (4.5f64 / 1.5 + 1.0).ln() * 2.2 / (1.0 + 1.2 * (0.25 + 0.75 * lengths[1] / mean));
        let scores = scores(&index, "planner ");
        assert!(
            (f64::from(scores[1]) - expected).abs() < 1e-5,
            "{} {expected}",
            scores[1]
        );
        assert!(
            scores
                .iter()
                .enumerate()
                .all(|(i, score)| (i == 1) == (*score > 0.0))
        );
    }

    #[test]
    fn titles_count_more_than_bodies() {
        let scores = scores(&WordIndex::open(payload()).unwrap(), "robot ");
        assert!(scores[2] > scores[1] && scores[1] > 0.0);
    }

    #[test]
    fn the_parts_that_explain_a_score_sum_to_it() {
        let index = WordIndex::open(payload()).unwrap();
        for text in [
            "map frame ",
            "robto plannr mpa fra",
            "createRclcppNode 机器人",
            "the",
        ] {
            let query = WordQuery::parse(text, "en", &index);
            for (passage, score) in scores(&index, text).into_iter().enumerate() {
                let parts = index.explain(&query, passage as u32);
                assert_eq!(
                    parts
                        .iter()
                        .fold(0.0f32, |sum, part| sum + part.score)
                        .to_bits(),
                    score.to_bits()
                );
                assert!(parts.iter().all(|part| part.score > 0.0 && part.tf > 0.0));
            }
        }
    }

    #[test]
    fn scores_are_added_and_a_short_slice_is_enough() {
        let index = WordIndex::open(payload()).unwrap();
        let query = WordQuery::parse("planner ", "en", &index);
        let mut scores = [1.0f32; 2];
        index.score(&query, &mut scores);
        assert!(scores[0] == 1.0 && scores[1] > 1.0);
    }

    /// Everything that can be asked of an index; its answers do not matter.
    fn exercise(payload: Vec<u8>) {
        let Ok(index) = WordIndex::open(payload) else {
            return;
        };
        let _ = index.verify();
        for text in [
            "robto drives map fra",
            "createRclcppNode map frame",
            "机器",
            "the",
        ] {
            let query = WordQuery::parse(text, "en", &index);
            let mut scores = vec![0.0; BODIES.len()];
            index.score(&query, &mut scores);
            assert!(scores.iter().all(|score| score.is_finite()));
            index.explain(&query, 1);
            index.matched_ranges(&query, "en", BODIES[0]);
        }
    }

    #[test]
    fn no_changed_byte_makes_it_panic() {
        let good = payload();
        for at in 0..good.len() {
            for flip in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
                let mut bytes = good.clone();
                bytes[at] ^= flip;
                exercise(bytes);
            }
        }
    }

    #[test]
    fn every_truncation_is_an_error() {
        let good = payload();
        for length in 0..good.len() {
            let opened = WordIndex::open(good[..length].to_vec());
            assert!(matches!(
                opened.unwrap_err().code(),
                "shelf-truncated" | "shelf-corrupt"
            ));
        }
        let longer = [good, vec![0]].concat();
        assert_eq!(WordIndex::open(longer).unwrap_err().code(), "shelf-corrupt");
    }

    #[test]
    fn verification_finds_postings_that_lead_nowhere() {
        let mut index = WordIndex::open(payload()).unwrap();
        assert_eq!(index.verify(), Ok(()));
        index.norms.pop();
        assert_eq!(index.verify().unwrap_err().code(), "shelf-corrupt");
    }
}
