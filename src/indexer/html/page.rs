//! What a page says about itself: address, title, whether it is for the index.

use super::document::SkipReason;
use super::dom::{Dom, Id};
use lectern_core::{NoPrior, Prior};

/// What stands in `<head>` and on `<html>`.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// Whether Docusaurus built the page.
    pub(super) docusaurus: bool,
    /// Path of `<link rel="canonical">`, decoded.
    pub(super) canonical: Option<String>,
    /// `og:title`, else `<title>`.
    title: Option<String>,
    /// What a crawler is told.
    robots: String,
    /// `content` of `<meta name="lectern:prior">`.
    prior: Option<String>,
    refresh: bool,
    /// Classes of `<html>`.
    classes: Vec<String>,
}

impl Head {
    /// Reads the head of a page.
    pub(super) fn read(dom: &Dom) -> Self {
        let mut head = Self::default();
        let mut titles = (None, None);
        for id in dom.subtree(Id::DOCUMENT) {
            match dom.name(id) {
                "html" => head.classes = dom.classes(id).map(str::to_owned).collect(),
                "title" if titles.1.is_none() => titles.1 = Some(dom.raw_text(id)),
                "link" if dom.attribute_is(id, "rel", "canonical") => {
                    head.canonical = dom.attribute(id, "href").map(path);
                }
                "meta" if dom.attribute_is(id, "property", "og:title") => {
                    titles.0 = dom.attribute(id, "content").map(str::to_owned);
                }
                "meta" => head.meta(dom, id),
                "body" => break,
                _ => {}
            }
        }
        head.title = titles.0.or(titles.1);
        head
    }

    /// Why the page is not indexed, as far as can be told without reading its content.
    pub(super) fn skip_reason(&self, dom: &Dom, file: &str) -> Option<SkipReason> {
        let has = |wanted: &[&str]| self.classes.iter().any(|class| wanted.contains(&&**class));
        let file = clean(file);
        if self.refresh {
            Some(SkipReason::Redirect)
        } else if self.robots.contains("noindex") || self.robots.trim() == "none" {
            Some(SkipReason::NoIndex)
        } else if file == "404.html" || file.ends_with("/404.html") || file == "404/index.html" {
            Some(SkipReason::NotFound)
        } else if has(&["search-page-wrapper"])
            || ["search.html", "search/index.html"].contains(&&*file)
        {
            Some(SkipReason::Search)
        } else if has(LIST_PAGES)
            || (has(&["plugin-blog"]) && !has(&["blog-post-page"]))
            || dom
                .subtree(Id::DOCUMENT)
                .any(|id| is_generated_index(dom, id))
        {
            Some(SkipReason::List)
        } else {
            None
        }
    }

    /// The prior that the page gives itself, if it gives one.
    pub(super) fn prior(&self) -> Option<Result<Prior, NoPrior>> {
        self.prior.as_deref().map(str::parse)
    }

    fn meta(&mut self, dom: &Dom, id: Id) {
        let content = dom
            .attribute(id, "content")
            .unwrap_or_default()
            .to_lowercase();
        if ["name", "property"]
            .iter()
            .any(|key| dom.attribute_is(id, key, "robots"))
        {
            self.robots.push_str(&content);
        } else if dom.attribute_is(id, "name", "generator") {
            self.docusaurus |= content.starts_with("docusaurus");
        } else if dom.attribute_is(id, "name", "lectern:prior") {
            self.prior = Some(content);
        } else if dom.attribute_is(id, "http-equiv", "refresh") {
            // Without an address the page only loads itself again.
            self.refresh |= content.contains("url=");
        }
    }
}

/// Address of a page below the base URL. `a/index.html` is `a/` and `a.html` is itself, unless the
/// canonical address ends with `a`: then the site is served without slashes or endings.
pub(super) fn url(file: &str, canonical: Option<&str>) -> String {
    let file = clean(file);
    let is_canonical = |short: &str| {
        let rest = canonical.and_then(|canonical| canonical.strip_suffix(short));
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    };
    if file == "index.html" {
        return String::new();
    }
    let (short, long) = match (file.strip_suffix("/index.html"), file.strip_suffix(".html")) {
        (Some(folder), _) => (folder, format!("{folder}/")),
        (None, Some(name)) => (name, file.clone()),
        (None, None) => return file,
    };
    if is_canonical(short) {
        short.to_owned()
    } else {
        long
    }
}

/// Title of a page: its heading, else what its head says without the site's name, else its file name.
pub(super) fn title(heading: Option<String>, head: &Head, file: &str) -> String {
    let own = head.title.as_deref().map(|title| {
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        title
            .rsplit_once(" | ")
            .map_or(title.clone(), |(own, _)| own.to_owned())
    });
    let known = [heading, own]
        .into_iter()
        .flatten()
        .find(|title| !title.is_empty());
    known.unwrap_or_else(|| words(&clean(file)))
}

/// `docs/robot-arms.html` is `robot arms`.
fn words(file: &str) -> String {
    let name = file.strip_suffix(".html").unwrap_or(file);
    let name = name.strip_suffix("/index").unwrap_or(name);
    let name = name.rsplit('/').next().unwrap_or(name);
    name.split(['-', '_', ' '])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A path as a URL writes it, without anything before it.
fn clean(file: &str) -> String {
    let file = file.replace('\\', "/");
    file.trim_start_matches("./")
        .trim_start_matches('/')
        .to_owned()
}

/// The path of a URL, its percent-encoding decoded.
fn path(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let url = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None => url,
    };
    let mut bytes = Vec::with_capacity(url.len());
    let mut rest = url.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let code = tail
            .get(..2)
            .filter(|_| byte == b'%')
            .and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(code) => {
                bytes.push(code);
                rest = &tail[2..];
            }
            None => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Docusaurus' page of a sidebar category without a page of its own: a title and cards.
fn is_generated_index(dom: &Dom, id: Id) -> bool {
    dom.classes(id)
        .any(|class| class.starts_with("generatedIndexPage_"))
}

/// Classes that Docusaurus gives to the `<html>` of pages that list documents. All pages of its blog
/// but the posts list posts, the archive without a class of its own.
const LIST_PAGES: &[&str] = &[
    "docs-tag-doc-list-page",
    "docs-tags-doc-list-page",
    "docs-tags-list-page",
];
