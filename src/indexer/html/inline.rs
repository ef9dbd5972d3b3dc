//! What stands in a line: text, images, formulas.

use super::dom::{Dom, Id, Step};
use super::flow::Flow;
use super::{formula, rules};

/// Adds to `flow` what a node says by itself; whether what is below it is to be read too.
pub(super) fn add(dom: &Dom, id: Id, flow: &mut Flow) -> bool {
    if let Some(text) = dom.text(id) {
        flow.push(text);
        return true;
    }
    match dom.name(id) {
        "br" => flow.space(),
        "img" => flow.push(alternative(dom, id)),
        "math" => {
            flow.push(&formula::text(dom, id));
            return false;
        }
        _ => {}
    }
    true
}

/// All that is to be read below `root`, on one line.
pub(super) fn text_of(dom: &Dom, root: Id) -> String {
    let mut flow = Flow::default();
    let mut walk = dom.walk(root);
    while let Some(step) = walk.next() {
        let (Step::Enter(id) | Step::Leave(id)) = step;
        if rules::is_block(dom, id) {
            flow.space();
        }
        let entered = step == Step::Enter(id);
        if entered && (rules::is_left_out(dom, id) || !add(dom, id, &mut flow)) {
            walk.pass_over(id);
        }
    }
    flow.take()
}

/// An image's text, where it says more than a label does.
fn alternative(dom: &Dom, image: Id) -> &str {
    let text = dom.attribute(image, "alt").unwrap_or_default();
    if text.split_whitespace().count() > MAX_LABEL_WORDS {
        text
    } else {
        ""
    }
}

/// An `alt` of as many words is a label ("Docusaurus logo"), no description.
const MAX_LABEL_WORDS: usize = 3;
