//! Which elements are content, and which of them stand as blocks.

use super::dom::{Dom, Id};

/// Whether an element and all it holds is no part of the page's text.
pub(super) fn is_left_out(dom: &Dom, id: Id) -> bool {
    let name = dom.name(id);
    if name.is_empty() {
        return false;
    }
    match name {
        "script" => return !is_tex_script(dom, id),
        "header" => {
            return !dom
                .ancestors(id)
                .any(|id| is_article_body(dom, id) || is_main(dom, id));
        }
        "footer" => {
            let article = |id| dom.name(id) == "article";
            return dom[id].parent.is_some_and(article)
                || !dom.ancestors(id).any(|id| is_article_body(dom, id));
        }
        _ => {}
    }
    LEFT_OUT.contains(&name)
        || is_ignored(dom, id)
        || (dom.attribute(id, "hidden").is_some() && !has_role(dom, id, "tabpanel"))
        || dom.attribute_is(id, "aria-hidden", "true")
        || ["navigation", "search"]
            .iter()
            .any(|role| has_role(dom, id, role))
        || ["data-footnote-ref", "data-footnote-backref"]
            .iter()
            .any(|a| dom.attribute(id, a).is_some())
        || dom.classes(id).any(is_left_out_class)
}

/// Whether the author marked an element as not for the index.
pub(super) fn is_ignored(dom: &Dom, id: Id) -> bool {
    dom.attribute(id, "data-lectern-ignore").is_some()
}

/// Whether an element has an ARIA role.
pub(super) fn has_role(dom: &Dom, id: Id, role: &str) -> bool {
    dom.attribute_is(id, "role", role)
}

/// Whether an element is the page's `<main>`.
pub(super) fn is_main(dom: &Dom, id: Id) -> bool {
    dom.name(id) == "main" || has_role(dom, id, "main")
}

/// Whether an element separates what is in it from what is around it.
pub(super) fn is_block(dom: &Dom, id: Id) -> bool {
    BLOCKS.contains(&dom.name(id)) || dom.classes(id).any(|class| class == "katex-display")
}

/// Level of a heading, 1 to 6.
pub(super) fn heading_level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', digit @ b'1'..=b'6'] => Some(digit - b'0'),
        _ => None,
    }
}

/// Whether a script holds a formula for MathJax.
pub(super) fn is_tex_script(dom: &Dom, id: Id) -> bool {
    dom.name(id) == "script"
        && dom
            .attribute(id, "type")
            .is_some_and(|kind| kind.starts_with("math/tex"))
}

fn is_article_body(dom: &Dom, id: Id) -> bool {
    dom.name(id) == "article" || dom.has_class(id, "markdown")
}

fn is_left_out_class(class: &str) -> bool {
    LEFT_OUT_CLASSES.contains(&class) || LEFT_OUT_PREFIXES.iter().any(|p| class.starts_with(p))
}

const LEFT_OUT: &[&str] = &[
    "area", "aside", "audio", "button", "canvas", "datalist", "dialog", "embed", "head", "iframe",
    "input", "map", "meter", "nav", "noembed", "noframes", "noscript", "object", "option",
    "progress", "rp", "rt", "select", "style", "svg", "template", "textarea", "title", "video",
];

/// Classes of Docusaurus (its `ThemeClassNames`, Infima), and of the anchors and line numbers that
/// mdBook, Sphinx, MkDocs, MathJax and highlighters add.
const LEFT_OUT_CLASSES: &[&str] = &[
    "anchor-link",
    "anchorjs-link",
    "breadcrumbs",
    "footnote-backref",
    "footnote-ref",
    "hash-link",
    "header-anchor",
    "headerlink",
    "line-numbers-rows",
    "lineno",
    "linenos",
    "MathJax",
    "MathJax_Display",
    "MathJax_Preview",
    "pagination-nav",
    "sr-only",
    "table-of-contents",
    "theme-back-to-top-button",
    "theme-blog-footer-edit-meta-row",
    "theme-blog-footer-tags-row",
    "theme-doc-breadcrumbs",
    "theme-doc-card-container",
    "theme-doc-version-badge",
    "theme-doc-version-banner",
    "theme-draft-banner",
    "theme-edit-this-page",
    "theme-last-updated",
    "theme-unlisted-banner",
];

/// Beginnings of classes: families, and CSS modules, whose names end in a hash.
const LEFT_OUT_PREFIXES: &[&str] = &[
    "codeLineNumber_",
    "hljs-ln-n",
    "theme-doc-footer",
    "theme-doc-sidebar-",
    "theme-doc-toc-",
    "theme-pages-footer-",
    "tocCollapsible_",
];

const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "search",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];
