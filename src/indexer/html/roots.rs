//! Which elements hold the content of a page.

use super::dom::{Dom, Id, Step};
use super::page::Head;
use super::{heading, rules};

/// The elements that hold a page's content, in document order, none inside another.
#[derive(Debug)]
pub(super) struct Roots {
    pub(super) ids: Vec<Id>,
    /// Whether nothing better than `<body>` was found.
    pub(super) fallback: bool,
}

/// Finds the content: what Docusaurus made of Markdown, else `<main>`, else every `<article>`.
pub(super) fn find(dom: &Dom, head: &Head) -> Roots {
    let named = |wanted: &'static str| move |id: Id| dom.name(id) == wanted;
    let in_article = |id: Id| dom.ancestors(id).any(named("article"));
    let places: [&dyn Fn(Id) -> bool; 5] = [
        &|id| dom.has_class(id, "theme-doc-markdown"),
        &|id| dom.has_class(id, "markdown") && in_article(id),
        &|id| head.docusaurus && dom.name(id) == "article",
        &|id| rules::is_main(dom, id),
        &named("article"),
    ];
    let found = places
        .iter()
        .map(|place| outermost(dom, place))
        .find(|ids| !ids.is_empty());
    match found {
        Some(ids) => Roots {
            ids,
            fallback: false,
        },
        None => Roots {
            ids: outermost(dom, &named("body")),
            fallback: true,
        },
    }
}

/// The `<h1>` that is the page's title: the first in its content, or else (a blog post's stands
/// above its text) in the article or main part around it.
pub(super) fn title_heading(dom: &Dom, roots: &Roots) -> Option<Id> {
    let around = roots.ids.first().and_then(|&root| {
        dom.ancestors(root)
            .find(|&id| dom.name(id) == "article" || rules::is_main(dom, id))
    });
    let is_title =
        |id| dom.name(id) == "h1" && heading::text(dom, id).is_some_and(|text| !text.is_empty());
    let mut places = roots.ids.iter().copied().chain(around);
    places.find_map(|place| first_read(dom, place, is_title))
}

/// The language of the content, as the nearest element around it says.
pub(super) fn language(dom: &Dom, roots: &Roots) -> String {
    let tag = roots.ids.first().and_then(|&root| {
        let around = std::iter::once(root).chain(dom.ancestors(root));
        around
            .filter_map(|id| dom.attribute(id, "lang"))
            .map(str::trim)
            .find(|tag| !tag.is_empty())
    });
    tag.unwrap_or("en").to_lowercase().replace('_', "-")
}

fn outermost(dom: &Dom, wanted: &dyn Fn(Id) -> bool) -> Vec<Id> {
    let mut found = Vec::new();
    let mut walk = dom.walk(Id::DOCUMENT);
    while let Some(step) = walk.next() {
        let Step::Enter(id) = step else { continue };
        if rules::is_ignored(dom, id) {
            walk.pass_over(id);
        } else if wanted(id) {
            found.push(id);
            walk.pass_over(id);
        }
    }
    found
}

fn first_read(dom: &Dom, root: Id, wanted: impl Fn(Id) -> bool) -> Option<Id> {
    let mut walk = dom.walk(root);
    while let Some(step) = walk.next() {
        match step {
            Step::Enter(id) if rules::is_left_out(dom, id) => walk.pass_over(id),
            Step::Enter(id) if wanted(id) => return Some(id),
            _ => {}
        }
    }
    None
}
