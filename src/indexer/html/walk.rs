//! Walks the content of a page and says each thing in it to [`Blocks`].

use super::blocks::Blocks;
use super::document::{BlockKind, DocSection};
use super::dom::{Dom, Id, Step};
use super::flow::Flow;
use super::roots::Roots;
use super::tabs::Tabs;
use super::{code, heading, inline, rules, table};

/// The sections of a page. `h1` is its title and no part of them.
pub(super) fn sections(dom: &Dom, roots: &Roots, h1: Option<Id>) -> Vec<DocSection> {
    let mut reader = Reader {
        dom,
        h1,
        root: Id::DOCUMENT,
        flow: Flow::default(),
        blocks: Blocks::default(),
        kinds: Vec::new(),
        links: 0,
        tabs: Tabs::default(),
    };
    for &root in &roots.ids {
        reader.read(root);
    }
    reader.blocks.finish()
}

struct Reader<'a> {
    dom: &'a Dom,
    h1: Option<Id>,
    root: Id,
    /// The block that is open.
    flow: Flow,
    blocks: Blocks,
    /// Kinds that the elements around here give to their text, innermost last.
    kinds: Vec<BlockKind>,
    /// Links around here.
    links: usize,
    tabs: Tabs,
}

impl Reader<'_> {
    fn read(&mut self, root: Id) {
        self.root = root;
        let mut walk = self.dom.walk(root);
        while let Some(step) = walk.next() {
            match step {
                Step::Enter(id) => {
                    if !self.enter(id) {
                        walk.pass_over(id);
                    }
                }
                Step::Leave(id) => self.leave(id),
            }
        }
        self.flush();
    }

    /// Reads a node by itself; whether what is below it is to be read too.
    fn enter(&mut self, id: Id) -> bool {
        let dom = self.dom;
        let is_panel = rules::has_role(dom, id, "tabpanel");
        if is_panel || rules::is_block(dom, id) {
            self.flush();
        }
        if self.h1 == Some(id) || rules::is_left_out(dom, id) {
            return false;
        }
        if rules::has_role(dom, id, "tablist") {
            self.tabs.add(dom, id);
            return false;
        }
        let name = dom.name(id);
        match name {
            "a" => self.links += 1,
            "pre" => {
                self.blocks.push(BlockKind::Code, code::text_of(dom, id));
                return false;
            }
            "table" => return !self.table(id),
            _ if rules::heading_level(name).is_some() => return !self.heading(id),
            _ => {}
        }
        if let Some(kind) = kind_given_by(name) {
            self.kinds.push(kind);
        }
        if is_panel && let Some(label) = self.tabs.label(dom, id) {
            self.blocks.push(BlockKind::Paragraph, label.to_owned());
        }
        inline::add(dom, id, &mut self.flow)
    }

    fn leave(&mut self, id: Id) {
        let name = self.dom.name(id);
        match name {
            "a" => self.links -= 1,
            "dt" => {
                let term = self.flow.take();
                self.blocks.term(term);
            }
            _ => {}
        }
        if rules::is_block(self.dom, id) {
            self.flush();
        }
        if name == "dl" {
            self.blocks.release_terms();
        }
        if kind_given_by(name).is_some() {
            self.kinds.pop();
        }
    }

    /// Ends the open block.
    fn flush(&mut self) {
        let kind = self.kinds.last().copied().unwrap_or(BlockKind::Paragraph);
        let text = self.flow.take();
        self.blocks.push(kind, text);
    }

    /// Starts a section; not for what only looks like a heading: the title of a card, which is
    /// inside a link, or a whole text.
    fn heading(&mut self, id: Id) -> bool {
        let Some(level) = rules::heading_level(self.dom.name(id)) else {
            return false;
        };
        if self.links > 0 {
            return false;
        }
        let Some(text) = heading::text(self.dom, id) else {
            return false;
        };
        if !text.is_empty() {
            self.blocks
                .heading(level, text, heading::anchor(self.dom, id, self.root));
        }
        true
    }

    /// Reads a table of data.
    fn table(&mut self, id: Id) -> bool {
        let Some(rows) = table::rows(self.dom, id) else {
            return false;
        };
        self.blocks
            .push(BlockKind::Paragraph, table::caption(self.dom, id));
        for (row, text) in rows {
            self.blocks.push(BlockKind::Table(row), text);
        }
        true
    }
}

fn kind_given_by(name: &str) -> Option<BlockKind> {
    match name {
        "li" => Some(BlockKind::ListItem),
        "blockquote" => Some(BlockKind::Quote),
        "dt" | "dd" => Some(BlockKind::Definition),
        _ => None,
    }
}
