//! Labels of tab panels.

use super::dom::{Dom, Id};
use super::inline;
use super::rules::has_role;
use std::collections::BTreeMap;

/// The tab lists met so far, by the element that holds list and panels.
#[derive(Debug, Default)]
pub(super) struct Tabs {
    lists: BTreeMap<Id, List>,
}

#[derive(Debug)]
struct List {
    labels: Vec<String>,
    selected: usize,
    panels: usize,
}

impl Tabs {
    /// Keeps the labels of an element with the role `tablist`.
    pub(super) fn add(&mut self, dom: &Dom, list: Id) {
        let Some(holder) = dom[list].parent else {
            return;
        };
        let tabs: Vec<Id> = dom
            .subtree(list)
            .filter(|&id| has_role(dom, id, "tab"))
            .collect();
        let selected = tabs
            .iter()
            .position(|&tab| dom.attribute_is(tab, "aria-selected", "true"));
        let labels = tabs.iter().map(|&tab| inline::text_of(dom, tab)).collect();
        self.lists.insert(
            holder,
            List {
                labels,
                selected: selected.unwrap_or(0),
                panels: 0,
            },
        );
    }

    /// The label of the next panel: the one in its place, or the selected one when, as Docusaurus
    /// does for `lazy` tabs, the page holds its panel alone.
    pub(super) fn label(&mut self, dom: &Dom, panel: Id) -> Option<&str> {
        let holder = dom
            .ancestors(panel)
            .find(|id| self.lists.contains_key(id))?;
        let list = self.lists.get_mut(&holder)?;
        let place = list.panels;
        list.panels += 1;
        let node = &dom[panel];
        let alone = node.previous.is_none() && node.next.is_none();
        let tab = if alone { list.selected } else { place };
        list.labels
            .get(tab)
            .map(String::as_str)
            .filter(|label| !label.is_empty())
    }
}
