//! From a page's blocks to passages that fit the encoder.
//!
//! Sections never mix. Within one, blocks are put together where that gives passages of a good
//! length; a block that is too long by itself is divided between sentences, and only a sentence that
//! is too long between words. Code is divided between lines, a table between rows.

mod breaks;
mod units;

use crate::html::{Block, BlockKind, Document, trim_lines};
use std::ops::Range;
use units::Unit;

/// A passage of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SplitPassage {
    /// Index of its section in [`Document::sections`].
    pub section: usize,
    /// Its blocks, joined with `\n`.
    pub text: String,
    /// Byte ranges of `text` that are code: whole lines, ascending, not overlapping.
    pub code: Vec<Range<u32>>,
}

/// Splits a page into passages of at most `limit` pieces by `count`, in reading order.
///
/// `count` gives the wordpieces of a text; it is called a bounded number of times for every part of
/// the page, never on more than a part that could fit. Passages aim at three quarters of the limit.
/// A part of a table begins with the table's header again.
///
/// One word (in the sense of Unicode's UAX #29, where white space leaves no choice) or one line of
/// code with more than `limit` pieces is a passage by itself, longer than the limit.
pub fn split(
    doc: &Document,
    limit: usize,
    count: &mut dyn FnMut(&str) -> usize,
) -> Vec<SplitPassage> {
    let limit = limit.max(1);
    let mut passages = Vec::new();
    for (section, content) in doc.sections.iter().enumerate() {
        let units = units::of(&content.blocks, limit, count);
        // The stack holds what is still to be emitted, the next on top.
        let mut pending: Vec<&[Unit]> = Vec::new();
        for run in breaks::best(&units, limit) {
            pending.push(&units[run]);
            while let Some(run) = pending.pop() {
                let passage = join(section, &content.blocks, run);
                // Where `count` is more for the whole than for its parts, halves are tried.
                if run.len() > 1 && count(&passage.text) > limit {
                    let (left, right) = run.split_at(run.len() / 2);
                    pending.extend([right, left]);
                } else {
                    passages.push(passage);
                }
            }
        }
    }
    passages
}

/// The text of some units that follow each other.
fn join(section: usize, blocks: &[Block], units: &[Unit]) -> SplitPassage {
    let mut passage = SplitPassage {
        section,
        ..SplitPassage::default()
    };
    if let Some(header) = units.first().and_then(|unit| unit.header) {
        passage.text.push_str(blocks[header].text.trim());
    }
    for units in units.chunk_by(|a, b| a.block == b.block) {
        let block = &blocks[units[0].block];
        let piece = &block.text[units[0].range.start..units[units.len() - 1].range.end];
        if !passage.text.is_empty() {
            passage.text.push('\n');
        }
        let start = passage.text.len() as u32;
        if block.kind == BlockKind::Code {
            passage.text.push_str(trim_lines(piece));
            passage.code.push(start..passage.text.len() as u32);
        } else {
            passage.text.push_str(piece.trim());
        }
    }
    passage
}

#[cfg(test)]
mod tests;
