//! A parsed page as a tree in one vector, so that neither walking nor dropping it recurses.

use html5ever::{Attribute, QualName};
use std::num::NonZeroU32;
use std::ops::{Index, IndexMut};

/// A node of a [`Dom`]: its place there, from 1, so that a link to none takes no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id(NonZeroU32);

impl Id {
    /// The node that all others are below.
    pub(super) const DOCUMENT: Self = Self(NonZeroU32::MIN);
}

/// The tree of a page. A page has far fewer nodes than fit in 32 bits, as it has fewer bytes.
#[derive(Debug)]
pub(super) struct Dom {
    nodes: Vec<Node>,
}

/// What a node is, and its links.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) data: Data,
    pub(super) parent: Option<Id>,
    pub(super) previous: Option<Id>,
    pub(super) next: Option<Id>,
    pub(super) first: Option<Id>,
    pub(super) last: Option<Id>,
    /// Ancestors it had when it was put in.
    pub(super) depth: u32,
}

/// The kinds of nodes that are kept.
#[derive(Debug)]
pub(super) enum Data {
    /// The document, the contents of a template, a comment: nothing to read.
    Other,
    /// An element.
    Element(Box<Element>),
    /// A run of text.
    Text(String),
}

/// Tag and attributes.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: QualName,
    pub(super) attributes: Vec<Attribute>,
}

/// A step of a [`Walk`]. Text is entered and left like an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Enter(Id),
    Leave(Id),
}

/// Visits a subtree in document order, its root included.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    dom: &'a Dom,
    root: Id,
    next: Option<Step>,
}

impl Dom {
    /// A tree of nothing but the document.
    pub(super) fn new() -> Self {
        let mut dom = Self { nodes: Vec::new() };
        dom.add(Data::Other);
        dom
    }

    /// Adds a node that is linked to nothing.
    pub(super) fn add(&mut self, data: Data) -> Id {
        let (parent, previous, next, first, last) = (None, None, None, None, None);
        let id = Id(Id::DOCUMENT.0.saturating_add(self.nodes.len() as u32));
        self.nodes.push(Node {
            data,
            parent,
            previous,
            next,
            first,
            last,
            depth: 0,
        });
        id
    }

    /// Visits `root` and everything below it.
    pub(super) fn walk(&self, root: Id) -> Walk<'_> {
        Walk {
            dom: self,
            root,
            next: Some(Step::Enter(root)),
        }
    }

    /// `root`, then everything below it, in document order.
    pub(super) fn subtree(&self, root: Id) -> impl Iterator<Item = Id> + '_ {
        self.walk(root).filter_map(|step| match step {
            Step::Enter(id) => Some(id),
            Step::Leave(_) => None,
        })
    }

    /// The node's parent, that one's parent, and so on.
    pub(super) fn ancestors(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(self[id].parent, |&id| self[id].parent)
    }

    /// Local name of an element, empty for any other node.
    pub(super) fn name(&self, id: Id) -> &str {
        match &self[id].data {
            Data::Element(element) => &element.name.local,
            _ => "",
        }
    }

    /// The text of a text node.
    pub(super) fn text(&self, id: Id) -> Option<&str> {
        match &self[id].data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// All text below a node as it stands there.
    pub(super) fn raw_text(&self, id: Id) -> String {
        self.subtree(id).filter_map(|id| self.text(id)).collect()
    }

    /// Value of an attribute, empty when it has none.
    pub(super) fn attribute(&self, id: Id, name: &str) -> Option<&str> {
        let Data::Element(element) = &self[id].data else {
            return None;
        };
        element
            .attributes
            .iter()
            .find(|a| &*a.name.local == name)
            .map(|a| &*a.value)
    }

    /// Whether an attribute has this value, in any case of letters.
    pub(super) fn attribute_is(&self, id: Id, name: &str, value: &str) -> bool {
        self.attribute(id, name)
            .is_some_and(|v| v.trim().eq_ignore_ascii_case(value))
    }

    /// Classes of an element.
    pub(super) fn classes(&self, id: Id) -> impl Iterator<Item = &str> {
        self.attribute(id, "class")
            .unwrap_or_default()
            .split_ascii_whitespace()
    }

    /// Whether an element has a class.
    pub(super) fn has_class(&self, id: Id, class: &str) -> bool {
        self.classes(id).any(|c| c == class)
    }

    /// `node`, or else the node before it under the same parent where only white space stands
    /// between, if that is an element.
    pub(super) fn element_back(&self, node: Option<Id>) -> Option<Id> {
        let mut node = node?;
        while self.text(node).is_some_and(|text| text.trim().is_empty()) {
            node = self[node].previous?;
        }
        Some(node).filter(|&id| !self.name(id).is_empty())
    }
}

impl Index<Id> for Dom {
    type Output = Node;

    fn index(&self, id: Id) -> &Node {
        &self.nodes[id.0.get() as usize - 1]
    }
}

impl IndexMut<Id> for Dom {
    fn index_mut(&mut self, id: Id) -> &mut Node {
        &mut self.nodes[id.0.get() as usize - 1]
    }
}

impl Walk<'_> {
    /// After `Enter(id)`: goes on behind `id`; neither what is below it nor its `Leave` is visited.
    pub(super) fn pass_over(&mut self, id: Id) {
        self.next = self.after(id);
    }

    fn after(&self, id: Id) -> Option<Step> {
        if id == self.root {
            return None;
        }
        let node = &self.dom[id];
        node.next.map(Step::Enter).or(node.parent.map(Step::Leave))
    }
}

impl Iterator for Walk<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let step = self.next?;
        self.next = match step {
            Step::Enter(id) => Some(self.dom[id].first.map_or(Step::Leave(id), Step::Enter)),
            Step::Leave(id) => self.after(id),
        };
        Some(step)
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    #[test]
    fn a_walk_enters_and_leaves_every_node_once_and_skips_what_it_is_told_to() {
        let dom = parse("<main><p>a<b>c</b></p><hr><ul><li>d</ul></main>").dom;
        let main = dom
            .subtree(Id::DOCUMENT)
            .find(|&id| dom.name(id) == "main")
            .unwrap();
        let steps: Vec<Step> = dom.walk(main).collect();
        assert_eq!(steps.len(), 2 * dom.subtree(main).count());
        assert_eq!(steps.first(), Some(&Step::Enter(main)));
        assert_eq!(steps.last(), Some(&Step::Leave(main)));

        let mut walk = dom.walk(main);
        let mut seen = Vec::new();
        while let Some(step) = walk.next() {
            if let Step::Enter(id) = step {
                seen.push(dom.name(id));
                if dom.name(id) == "p" {
                    walk.pass_over(id);
                }
            }
        }
        assert_eq!(seen, ["main", "p", "hr", "ul", "li", ""]);
    }
}
