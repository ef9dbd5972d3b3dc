//! From one built HTML page to its sections and blocks of plain text.
//!
//! Knows what Docusaurus emits, and takes any page with a `<main>` or an `<article>`.

mod blocks;
mod code;
mod document;
mod dom;
mod flow;
mod formula;
mod heading;
mod inline;
mod page;
mod parse;
mod roots;
mod rules;
mod sink;
mod table;
mod tabs;
mod walk;

pub(crate) use code::trim_lines;
pub use document::{
    Block, BlockKind, DocSection, Document, ExtractError, Extracted, Row, SkipReason, Warning,
};

/// Largest page that is read, in bytes: far above any page meant for reading, and a bound on memory.
pub const MAX_PAGE_BYTES: usize = 32 << 20;

/// Reads one page.
///
/// `file` is its path below the site's output folder, `docs/ros2/nodes/index.html`; it gives the
/// page's address. Bytes that are not UTF-8 become U+FFFD, with a warning.
///
/// # Errors
/// A page larger than [`MAX_PAGE_BYTES`] is refused.
pub fn extract(file: &str, bytes: &[u8]) -> Result<Extracted, ExtractError> {
    if bytes.len() > MAX_PAGE_BYTES {
        let (file, bytes) = (file.to_owned(), bytes.len());
        return Err(ExtractError::TooLarge {
            file,
            bytes,
            limit: MAX_PAGE_BYTES,
        });
    }
    let mut warnings = Vec::new();
    let html = String::from_utf8_lossy(bytes);
    if matches!(html, std::borrow::Cow::Owned(_)) {
        warnings.push(Warning::InvalidUtf8);
    }
    let parse::Parsed { dom, flattened } = parse::parse(&html);
    if flattened {
        warnings.push(Warning::TooDeep);
    }
    let head = page::Head::read(&dom);
    if let Some(reason) = head.skip_reason(&dom, file) {
        return Ok(Extracted::Skipped(reason));
    }
    let roots = roots::find(&dom, &head);
    if roots.fallback {
        warnings.push(Warning::NoContentRoot);
    }
    let prior = head.prior();
    if let Some(Err(_)) = prior {
        warnings.push(Warning::NoPrior);
    }
    let h1 = roots::title_heading(&dom, &roots);
    let sections = walk::sections(&dom, &roots, h1);
    if sections.iter().all(|section| section.blocks.is_empty()) {
        return Ok(Extracted::Skipped(SkipReason::Empty));
    }
    let heading = h1.map(|h1| inline::text_of(&dom, h1));
    Ok(Extracted::Page(Document {
        url: page::url(file, head.canonical.as_deref()),
        title: page::title(heading, &head, file),
        lang: roots::language(&dom, &roots),
        prior: prior.and_then(Result::ok),
        sections,
        warnings,
    }))
}

#[cfg(test)]
mod tests;
