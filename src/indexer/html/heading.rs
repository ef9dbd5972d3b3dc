//! What a heading says, and where a link to it leads.

use super::dom::{Dom, Id};
use super::inline;

/// Text of a heading; `None` for one so long that it must be text with a tag never closed.
pub(super) fn text(dom: &Dom, heading: Id) -> Option<String> {
    Some(inline::text_of(dom, heading)).filter(|text| text.len() <= MAX_BYTES)
}

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
        "a" => {
            own_id(dom, id).or_else(|| dom.attribute(id, "name").filter(|name| !name.is_empty()))
        }
        "span" => own_id(dom, id),
        _ => None,
    }
}

/// An anchor without text that ends what stands before the heading.
fn anchor_before(dom: &Dom, heading: Id) -> Option<&str> {
    let last = |id: &Id| dom.element_back(dom[*id].last);
    let before = dom.element_back(dom[heading].previous);
    let id = std::iter::successors(before, last).find(|&id| target(dom, id).is_some())?;
    target(dom, id).filter(|_| inline::text_of(dom, id).is_empty())
}

/// Longest heading, in bytes of text.
const MAX_BYTES: usize = 500;
