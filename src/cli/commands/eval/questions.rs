//! Questions and what answers them.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, bail};
use lectern_core::search::Pages;
use serde::Deserialize;

use crate::jsonl;

/// A question and its answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its name, for reports.
    pub id: String,
    /// What is asked.
    pub text: String,
    /// The same with typing errors.
    pub typo: Option<String>,
    /// Addresses of the pages that answer it, without slashes at their ends.
    pub pages: BTreeSet<String>,
    /// Page and anchor of the sections that answer it, where the file names any.
    pub sections: BTreeSet<(String, String)>,
}

/// A line of a question file, in either format.
#[derive(Debug, Deserialize)]
struct Line {
    id: Option<String>,
    text: String,
    typo: Option<String>,
    page: Option<String>,
    anchor: Option<String>,
    #[serde(default)]
    rel: Vec<String>,
}

/// Reads a question file.
pub fn read(path: &Path) -> Result<Vec<Question>> {
    let lines: Vec<Line> = jsonl::read(path)?;
    if lines.is_empty() {
        bail!("{} has no questions", path.display());
    }
    let numbered = lines.into_iter().enumerate();
    numbered
        .map(|(number, line)| question(number + 1, line, path))
        .collect()
}

/// An address without slashes at its ends: `docs/a/` and `/docs/a` are one page.
pub fn page(url: &str) -> &str {
    url.trim_matches('/')
}

/// Pages and sections that questions name and the book does not have: such questions are wrong, or
/// the book has changed.
pub fn unknown(questions: &[Question], book: &Pages) -> Vec<String> {
    let mut pages: BTreeSet<&str> = BTreeSet::new();
    let mut sections: BTreeSet<(String, String)> = BTreeSet::new();
    for (_, located) in book.iter() {
        let url = page(&located.page.url);
        pages.insert(url);
        sections.insert((url.to_owned(), located.section.anchor.clone()));
    }
    let mut unknown = BTreeSet::new();
    for question in questions {
        let missing = question
            .pages
            .iter()
            .filter(|url| !pages.contains(url.as_str()));
        unknown.extend(missing.map(|url| format!("{}: {url}", question.id)));
        let missing = question
            .sections
            .iter()
            .filter(|section| !sections.contains(section));
        unknown.extend(missing.map(|(url, anchor)| format!("{}: {url}#{anchor}", question.id)));
    }
    unknown.into_iter().collect()
}

fn question(number: usize, line: Line, path: &Path) -> Result<Question> {
    let id = line.id.unwrap_or_else(|| number.to_string());
    let own = line.page.map(|page| (page, line.anchor));
    let others = line.rel.into_iter().map(|rel| match rel.split_once('#') {
        Some((page, anchor)) => (page.to_owned(), Some(anchor.to_owned())),
        None => (rel, None),
    });
    let (mut pages, mut sections) = (BTreeSet::new(), BTreeSet::new());
    for (url, anchor) in own.into_iter().chain(others) {
        let url = page(&url).to_owned();
        sections.extend(anchor.map(|anchor| (url.clone(), anchor)));
        pages.insert(url);
    }
    if pages.is_empty() {
        bail!(
            "{}: question {id:?} names no page that answers it",
            path.display()
        );
    }
    Ok(Question {
        id,
        text: line.text,
        typo: line.typo,
        pages,
        sections,
    })
}

#[cfg(test)]
mod tests {
    use lectern_core::search::Tier;
    use lectern_indexer::{Indexer, Options, Scan, open};

    use super::*;

    fn parse(lines: &str) -> Result<Vec<Question>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("questions.jsonl");
        crate::files::write(&path, lines.as_bytes()).unwrap();
        read(&path)
    }

    #[test]
    fn both_formats_are_read() {
        let questions = parse(
            r#"{"id": "a", "text": "?", "page": "/docs/x/", "anchor": "y", "extra": 1}
               {"text": "?", "rel": ["docs/x#y", "docs/z"], "typo": "??"}"#,
        )
        .unwrap();
        let section = ("docs/x".to_owned(), "y".to_owned());
        assert_eq!(questions[0].pages, ["docs/x".to_owned()].into());
        assert_eq!(questions[0].sections, [section.clone()].into());
        assert_eq!(questions[1].id, "2");
        assert_eq!(
            questions[1].pages,
            ["docs/x".to_owned(), "docs/z".to_owned()].into()
        );
        assert_eq!(questions[1].sections, [section].into());
        assert_eq!(questions[1].typo.as_deref(), Some("??"));
    }

    #[test]
    fn a_question_without_an_answer_is_an_error() {
        let error = parse(r#"{"id": "lost", "text": "?"}"#)
            .unwrap_err()
            .to_string();
        assert!(error.contains("lost"), "{error}");
        assert!(parse("").unwrap_err().to_string().contains("no questions"));
    }

    #[test]
    fn answers_that_the_book_does_not_have_are_named() {
        let page = "<main><h1>X</h1><h2 id=y>Y</h2><p>text</p></main>";
        let mut indexer = Indexer::of_words(Options::default());
        indexer
            .add_page("docs/x/index.html", page.as_bytes())
            .unwrap();
        let files = indexer.finish().unwrap().files;
        let mut read = |name: &str| {
            let file = files.iter().find(|file| file.name == name);
            Ok(file.unwrap().bytes.clone())
        };
        let (_, searcher) = open(&mut read, Tier::None, Scan::All).unwrap();
        let questions = parse(
            r#"{"id": "a", "text": "?", "rel": ["docs/x#y"]}
               {"id": "b", "text": "?", "rel": ["docs/x#gone", "docs/gone"]}"#,
        )
        .unwrap();
        assert_eq!(
            unknown(&questions, searcher.pages()),
            ["b: docs/gone", "b: docs/x#gone"]
        );
    }
}
