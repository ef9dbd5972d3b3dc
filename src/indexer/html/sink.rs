//! Builds a [`Dom`] from what html5ever's tree builder says.

use super::dom::{Data, Dom, Element, Id};
use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, QualName};
use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};

/// The tree under construction.
#[derive(Debug)]
pub(super) struct Sink {
    dom: RefCell<Dom>,
    depth: Cell<u32>,
}

impl Sink {
    /// A tree of nothing but the document.
    pub(super) fn new() -> Self {
        Self {
            dom: RefCell::new(Dom::new()),
            depth: Cell::new(0),
        }
    }

    /// Ancestors of whatever comes next.
    pub(super) fn depth(&self) -> u32 {
        self.depth.get()
    }

    fn add(&self, data: Data) -> Id {
        self.dom.borrow_mut().add(data)
    }
}

impl TreeSink for Sink {
    type Handle = Id;
    type Output = Dom;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Dom {
        self.dom.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_document(&self) -> Id {
        Id::DOCUMENT
    }

    fn same_node(&self, x: &Id, y: &Id) -> bool {
        x == y
    }

    fn elem_name<'a>(&'a self, target: &'a Id) -> Ref<'a, QualName> {
        const NAMELESS: &QualName = &QualName {
            prefix: None,
            ns: html5ever::ns!(),
            local: html5ever::local_name!(""),
        };
        Ref::map(self.dom.borrow(), |dom| match &dom[*target].data {
            Data::Element(element) => &element.name,
            _ => NAMELESS,
        })
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Id {
        self.add(Data::Element(Box::new(Element { name, attributes })))
    }

    fn create_comment(&self, _: StrTendril) -> Id {
        self.add(Data::Other)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Id {
        self.add(Data::Other)
    }

    fn append(&self, parent: &Id, child: NodeOrText<Id>) {
        let (depth, id) = self.dom.borrow_mut().insert(*parent, None, child);
        self.depth.set(depth + u32::from(id.is_some()));
    }

    fn append_before_sibling(&self, sibling: &Id, child: NodeOrText<Id>) {
        let mut dom = self.dom.borrow_mut();
        if let Some(parent) = dom[*sibling].parent {
            let (depth, id) = dom.insert(parent, Some(*sibling), child);
            self.depth.set(depth + u32::from(id.is_some()));
        }
    }

    fn append_based_on_parent_node(&self, element: &Id, previous: &Id, child: NodeOrText<Id>) {
        let fostered = self.dom.borrow()[*element].parent.is_some();
        if fostered {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn pop(&self, node: &Id) {
        self.depth.set(self.dom.borrow()[*node].depth);
    }

    /// A detached node: what a template holds is no part of the page.
    fn get_template_contents(&self, _: &Id) -> Id {
        self.add(Data::Other)
    }

    fn add_attrs_if_missing(&self, target: &Id, attrs: Vec<Attribute>) {
        if let Data::Element(element) = &mut self.dom.borrow_mut()[*target].data {
            let attributes = &mut element.attributes;
            for new in attrs {
                if attributes.iter().all(|a| a.name != new.name) {
                    attributes.push(new);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &Id) {
        self.dom.borrow_mut().detach(*target);
    }

    fn reparent_children(&self, node: &Id, new_parent: &Id) {
        let mut dom = self.dom.borrow_mut();
        while let Some(child) = dom[*node].first {
            dom.detach(child);
            dom.link(*new_parent, None, child);
        }
    }
}

impl Dom {
    /// Puts a child under `parent`, before `next` or else last; text joins text before it. Returns
    /// the depth of the child, and which element it is.
    fn insert(&mut self, parent: Id, next: Option<Id>, child: NodeOrText<Id>) -> (u32, Option<Id>) {
        let depth = self[parent].depth + 1;
        match child {
            NodeOrText::AppendNode(id) => {
                self.detach(id);
                self.link(parent, next, id);
                (depth, Some(id))
            }
            NodeOrText::AppendText(text) => {
                let before = next.map_or(self[parent].last, |next| self[next].previous);
                if let Some(Data::Text(run)) = before.map(|id| &mut self[id].data) {
                    run.push_str(&text);
                } else {
                    let id = self.add(Data::Text(text.to_string()));
                    self.link(parent, next, id);
                }
                (depth, None)
            }
        }
    }

    fn link(&mut self, parent: Id, next: Option<Id>, child: Id) {
        let previous = next.map_or(self[parent].last, |next| self[next].previous);
        let depth = self[parent].depth + 1;
        let node = &mut self[child];
        (node.parent, node.previous, node.next, node.depth) = (Some(parent), previous, next, depth);
        match previous {
            Some(previous) => self[previous].next = Some(child),
            None => self[parent].first = Some(child),
        }
        match next {
            Some(next) => self[next].previous = Some(child),
            None => self[parent].last = Some(child),
        }
    }

    fn detach(&mut self, id: Id) {
        let node = &mut self[id];
        let Some(parent) = node.parent.take() else {
            return;
        };
        let (previous, next) = (node.previous.take(), node.next.take());
        match previous {
            Some(previous) => self[previous].next = next,
            None => self[parent].first = next,
        }
        match next {
            Some(next) => self[next].previous = previous,
            None => self[parent].last = previous,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    #[test]
    fn text_out_of_place_in_a_table_is_put_before_it_and_the_links_stay_right() {
        let dom = parse("<main>a<table>b<tr><td>c</td></tr>d</table>e</main>").dom;
        assert_eq!(dom.raw_text(Id::DOCUMENT), "abdce");
        for (id, node) in dom.subtree(Id::DOCUMENT).map(|id| (id, &dom[id])) {
            assert!(node.next.is_none_or(|next| dom[next].previous == Some(id)));
            assert!(node.first.is_none_or(|first| dom[first].parent == Some(id)));
            assert!(node.last.is_none_or(|last| dom[last].next.is_none()));
        }
    }

    #[test]
    fn contents_of_a_template_are_no_part_of_the_tree() {
        let dom = parse("<main>a<template><p>hidden</p></template>b</main>").dom;
        assert_eq!(dom.raw_text(Id::DOCUMENT), "ab");
    }

    #[test]
    fn misnested_links_keep_their_text_once() {
        let dom = parse("<p>1<a href=x>2<p>3<a href=y>4</a>5<div>6</a>7</div>").dom;
        assert_eq!(dom.raw_text(Id::DOCUMENT), "1234567");
    }
}
