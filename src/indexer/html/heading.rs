//! Where a link to a heading leads.

use super::dom::{Dom, Id};
use super::inline;

/// The id that brings a reader to a heading: its own, that of an anchor in it or right before it,
/// or that of the nearest element around it below `root`. Empty when there is none.
pub(super) fn anchor(dom: &Dom, heading: Id, root: Id) -> String {
    let around = || dom.ancestors(heading).take_while(|&id| id != root);
    own_id(dom, heading)
        .or_else(|| dom.subtree(heading).find_map(|id| target(dom, id)))
        .or_else(|| anchor_before(dom, heading))
        .or_else(|| around().find_map(|id| own_id(dom, id)))
        .unwrap_or_default()
        .to_owned()
}

fn own_id(dom: &Dom, id: Id) -> Option<&str> {
    dom.attribute(id, "id").filter(|id| !id.is_empty())
}

/// What an `<a id>`, `<a name>` or `<span id>` names.
fn target(dom: &Dom, id: Id) -> Option<&str> {
    match dom.name(id) {
        "a" => own_id(dom, id).or_else(|| dom.attribute(id, "name").filter(|name| !name.is_empty())),
        "span" => own_id(dom, id),
        _ => None,
    }
}

/// An anchor without text before the heading, alone or in a paragraph of its own.
fn anchor_before(dom: &Dom, heading: Id) -> Option<&str> {
    let before = dom.element_before(heading)?;
    if !matches!(dom.name(before), "a" | "span" | "p") || !inline::text_of(dom, before).is_empty() {
        return None;
    }
    dom.subtree(before).find_map(|id| target(dom, id))
}
