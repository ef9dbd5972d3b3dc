//! Tables.

use super::document::Row;
use super::dom::{Dom, Id, Step};
use super::{inline, rules};

/// Rows of a table of data, their cells joined; `None` for a table that lays out other blocks.
pub(super) fn rows(dom: &Dom, table: Id) -> Option<Vec<(Row, String)>> {
    if is_layout(dom, table) {
        return None;
    }
    let mut rows = Vec::new();
    let mut walk = dom.walk(table);
    while let Some(step) = walk.next() {
        let Step::Enter(id) = step else { continue };
        if rules::is_left_out(dom, id) {
            walk.pass_over(id);
        } else if dom.name(id) == "tr" {
            walk.pass_over(id);
            let cells = cells(dom, id);
            if cells.iter().any(|(_, text)| !text.is_empty()) {
                rows.push((place(dom, id, &cells, rows.is_empty()), join(cells)));
            }
        }
    }
    Some(rows)
}

/// The table's caption.
pub(super) fn caption(dom: &Dom, table: Id) -> String {
    let caption = dom.subtree(table).find(|&id| dom.name(id) == "caption");
    caption
        .map(|id| inline::text_of(dom, id))
        .unwrap_or_default()
}

/// A table that holds another, a heading, or code without any header cell (line numbers beside
/// their lines) is there for its looks.
fn is_layout(dom: &Dom, table: Id) -> bool {
    let names = || dom.subtree(table).skip(1).map(|id| dom.name(id));
    names().any(|name| name == "table" || rules::heading_level(name).is_some())
        || (names().any(|name| name == "pre") && names().all(|name| name != "th"))
}

fn cells(dom: &Dom, row: Id) -> Vec<(Id, String)> {
    let children = std::iter::successors(dom[row].first, |&id| dom[id].next);
    children
        .filter(|&id| matches!(dom.name(id), "td" | "th") && !rules::is_left_out(dom, id))
        .map(|id| (id, inline::text_of(dom, id)))
        .collect()
}

fn place(dom: &Dom, row: Id, cells: &[(Id, String)], first: bool) -> Row {
    let in_head = dom[row].parent.is_some_and(|id| dom.name(id) == "thead");
    match first {
        false => Row::Next,
        true if in_head || cells.iter().all(|&(id, _)| dom.name(id) == "th") => Row::Header,
        true => Row::First,
    }
}

fn join(cells: Vec<(Id, String)>) -> String {
    cells
        .into_iter()
        .map(|(_, text)| text)
        .collect::<Vec<_>>()
        .join(" | ")
}
