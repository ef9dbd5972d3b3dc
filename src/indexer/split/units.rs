//! The parts of a section that are never divided further, and how well they may be parted.

use crate::html::{Block, BlockKind, Row};
use lectern_core::text::sentences::split_sentences;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// A part of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    /// Index of its block.
    pub(super) block: usize,
    /// Its bytes in the block's text.
    pub(super) range: Range<usize>,
    /// Its wordpieces, at least 1.
    pub(super) cost: usize,
    /// What a passage that begins with it parts.
    pub(super) before: Break,
    /// The block that such a passage repeats above it, and the wordpieces of that.
    pub(super) header: Option<usize>,
    /// Wordpieces of the header; 0 without one.
    pub(super) header_cost: usize,
}

/// What is parted where one passage ends and the next begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Break {
    /// Two blocks.
    Blocks,
    /// A block and what it introduces: code, rows under their header, what follows a colon.
    Introduction,
    /// Two rows of a table.
    Rows,
    /// Two lines of code.
    Lines,
    /// Two sentences of a paragraph.
    Sentences,
    /// Two words of a sentence.
    Words,
}

/// The units of a section, in reading order.
pub(super) fn of(
    blocks: &[Block],
    limit: usize,
    count: &mut dyn FnMut(&str) -> usize,
) -> Vec<Unit> {
    let mut units = Units {
        limit,
        count,
        blocks,
        units: Vec::new(),
        header: None,
    };
    for (index, block) in blocks.iter().enumerate() {
        if !block.text.trim().is_empty() {
            units.add(index);
        }
    }
    units.units
}

struct Units<'a> {
    limit: usize,
    count: &'a mut dyn FnMut(&str) -> usize,
    blocks: &'a [Block],
    units: Vec<Unit>,
    /// The header of the table that is being read, and its wordpieces.
    header: Option<(usize, usize)>,
}

impl Units<'_> {
    fn add(&mut self, block: usize) {
        let Block { kind, text } = &self.blocks[block];
        let cost = self.measure(text);
        if !matches!(kind, BlockKind::Table(Row::Next)) {
            self.header = None;
        }
        let first = self.units.len();
        if cost <= self.limit {
            self.push(block, 0..text.len(), cost, Break::Blocks);
        } else if *kind == BlockKind::Code {
            self.add_lines(block);
        } else {
            self.divide(block, 0..text.len(), Break::Blocks, DIVISIONS);
        }
        self.units[first].before = self.break_before(first);
        if *kind == BlockKind::Table(Row::Next) && cost <= self.limit {
            self.repeat_header(first);
        }
        if *kind == BlockKind::Table(Row::Header) && cost <= self.limit / 2 {
            self.header = Some((block, cost));
        }
    }

    /// Lines of code, each with the empty ones after it.
    fn add_lines(&mut self, block: usize) {
        let text = &self.blocks[block].text;
        let first = self.units.len();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let range = start..start + line.len();
            start = range.end;
            match self.units.last_mut() {
                Some(unit) if line.trim().is_empty() && unit.block == block => {
                    unit.range.end = range.end
                }
                _ => {
                    let cost = self.measure(line);
                    let before = if self.units.len() == first {
                        Break::Blocks
                    } else {
                        Break::Lines
                    };
                    self.push(block, range, cost, before);
                }
            }
        }
    }

    /// Divides a text by the first of `divisions`, and what is still too long by those after it.
    fn divide(&mut self, block: usize, range: Range<usize>, before: Break, divisions: &[Division]) {
        let Some((division, finer)) = divisions.split_first() else {
            return;
        };
        let mut start = range.start;
        for part in (division.parts)(&self.blocks[block].text[range.clone()]) {
            let before = if start == range.start {
                before
            } else {
                division.parting
            };
            let part_range = start..start + part.len();
            start = part_range.end;
            let cost = self.measure(part);
            if cost <= self.limit || finer.is_empty() {
                self.push(block, part_range, cost, before);
            } else {
                self.divide(block, part_range, before, finer);
            }
        }
    }

    fn push(&mut self, block: usize, range: Range<usize>, cost: usize, before: Break) {
        self.units.push(Unit {
            block,
            range,
            cost,
            before,
            header: None,
            header_cost: 0,
        });
    }

    /// Wordpieces of a text. One that cannot fit is not counted.
    fn measure(&mut self, text: &str) -> usize {
        if text.len() > self.limit.saturating_mul(MAX_BYTES_PER_PIECE) {
            return self.limit + 1;
        }
        (self.count)(text.trim()).max(1)
    }

    fn repeat_header(&mut self, unit: usize) {
        let Some((block, cost)) = self.header else {
            return;
        };
        if cost + self.units[unit].cost <= self.limit {
            (self.units[unit].header, self.units[unit].header_cost) = (Some(block), cost);
        }
    }

    /// How a block's first unit hangs on the unit before it.
    fn break_before(&self, first: usize) -> Break {
        let Some(before) = first.checked_sub(1).map(|at| &self.units[at]) else {
            return Break::Blocks;
        };
        let unit = &self.units[first];
        let (above, here) = (&self.blocks[before.block], &self.blocks[unit.block]);
        let introduced = match (above.kind, here.kind) {
            (BlockKind::Table(Row::Header), BlockKind::Table(Row::Next)) => true,
            (BlockKind::Table(_), BlockKind::Table(Row::Next)) => return Break::Rows,
            (BlockKind::Code, _) => false,
            (_, BlockKind::Code) => true,
            _ => above.text.ends_with([':', '：']),
        };
        match introduced && before.cost + unit.cost <= self.limit {
            true => Break::Introduction,
            false => Break::Blocks,
        }
    }
}

/// A way to divide a text into parts that together are the text.
struct Division {
    parts: fn(&str) -> Vec<&str>,
    parting: Break,
}

/// From the best to the last resort. UAX #29 words are for scripts without spaces.
const DIVISIONS: &[Division] = &[
    Division {
        parts: split_sentences,
        parting: Break::Sentences,
    },
    Division {
        parts: |text| runs(text, spaced(text)),
        parting: Break::Words,
    },
    Division {
        parts: |text| spaced(text).collect(),
        parting: Break::Words,
    },
    Division {
        parts: |text| runs(text, text.split_word_bounds()),
        parting: Break::Words,
    },
    Division {
        parts: |text| text.split_word_bounds().collect(),
        parting: Break::Words,
    },
];

/// Words with the white space after them.
fn spaced(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(char::is_whitespace)
}

/// Runs of [`WORDS_PER_RUN`] words, so that words need not be counted one by one.
fn runs<'a>(text: &'a str, words: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut runs = Vec::new();
    let (mut start, mut end) = (0, 0);
    for (i, word) in words.enumerate() {
        if i > 0 && i % WORDS_PER_RUN == 0 {
            runs.push(&text[start..end]);
            start = end;
        }
        end += word.len();
    }
    runs.push(&text[start..]);
    runs
}

const WORDS_PER_RUN: usize = 16;

/// Far more than prose or code has (4 to 5); a text with more is divided without being counted.
const MAX_BYTES_PER_PIECE: usize = 64;
