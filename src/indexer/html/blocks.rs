//! Collects blocks under their headings.

use super::document::{Block, BlockKind, DocSection};

/// The sections read so far.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    done: Vec<DocSection>,
    current: DocSection,
    /// Level and text of the headings above.
    path: Vec<(u8, String)>,
    /// Terms that wait for their description.
    terms: Vec<String>,
}

impl Blocks {
    /// Starts the section of a heading.
    pub(super) fn heading(&mut self, level: u8, text: String, anchor: String) {
        self.close();
        self.path.retain(|(above, _)| *above < level);
        self.path.push((level, text));
        self.current = DocSection {
            headings: self.path.iter().map(|(_, text)| text.clone()).collect(),
            anchor,
            blocks: Vec::new(),
        };
    }

    /// Adds a block, unless it is empty.
    pub(super) fn push(&mut self, kind: BlockKind, text: String) {
        if text.is_empty() {
            return;
        }
        let text = match (kind, self.terms.is_empty()) {
            (_, true) => text,
            (BlockKind::Definition, false) => format!("{}: {text}", self.take_terms()),
            _ => {
                self.release_terms();
                text
            }
        };
        self.current.blocks.push(Block { kind, text });
    }

    /// Holds a term until its description comes.
    pub(super) fn term(&mut self, text: String) {
        if !text.is_empty() {
            self.terms.push(text);
        }
    }

    /// Terms that got no description become blocks of their own.
    pub(super) fn release_terms(&mut self) {
        if !self.terms.is_empty() {
            let text = self.take_terms();
            self.current.blocks.push(Block {
                kind: BlockKind::Definition,
                text,
            });
        }
    }

    /// All sections; the part above the first heading only where it has text.
    pub(super) fn finish(mut self) -> Vec<DocSection> {
        self.close();
        self.done
    }

    fn take_terms(&mut self) -> String {
        std::mem::take(&mut self.terms).join(", ")
    }

    fn close(&mut self) {
        self.release_terms();
        let section = std::mem::take(&mut self.current);
        if !section.headings.is_empty() || !section.blocks.is_empty() {
            self.done.push(section);
        }
    }
}
