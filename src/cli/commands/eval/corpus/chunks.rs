//! The simple format: `chunks.jsonl` and `queries.jsonl`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use lectern_core::{Book, Page, Passage, Section};
use serde::Deserialize;
use serde_json::Value;

use super::{Corpus, Question, need};
use crate::jsonl;

/// The file that tells this format.
pub const FILE: &str = "chunks.jsonl";

/// A line of `chunks.jsonl`. Ids are numbers or strings.
#[derive(Debug, Deserialize)]
struct Chunk {
    id: Value,
    #[serde(default)]
    doc: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    heading: String,
    text: String,
}

/// A line of `queries.jsonl`.
#[derive(Debug, Deserialize)]
struct Query {
    text: String,
    rel: Vec<Value>,
    typo: Option<String>,
    /// The part of the questions that this one belongs to, where there are several.
    split: Option<String>,
}

/// Reads a folder, and of its queries those of the part `split`, or all.
pub fn read(dir: &Path, file: &Path, split: Option<&str>) -> Result<Corpus> {
    let chunks: Vec<Chunk> = jsonl::read(file)?;
    let mut queries: Vec<Query> = jsonl::read(&need(dir, "queries.jsonl")?)?;
    if let Some(split) = split {
        queries.retain(|query| query.split.as_deref() == Some(split));
        if queries.is_empty() {
            bail!(
                "{} has no queries of --split {split}: name another split or leave --split out",
                dir.display()
            );
        }
    }
    let places = chunks
        .iter()
        .zip(0..)
        .map(|(chunk, place)| (chunk.id.to_string(), place))
        .collect();
    let questions = queries.into_iter().map(|query| question(query, &places));
    Ok(Corpus {
        questions: questions.collect::<Result<_>>()?,
        book: book(chunks),
        part: split.map(str::to_owned),
    })
}

/// A question with the places of the chunks that answer it.
fn question(query: Query, places: &BTreeMap<String, u32>) -> Result<Question> {
    let Query {
        text, rel, typo, ..
    } = query;
    let gain = |id: &Value| {
        let place = places.get(&id.to_string());
        let place = place
            .with_context(|| format!("query {text:?} names chunk {id}, which is not there"))?;
        Ok((*place, 1.0))
    };
    Ok(Question {
        gains: rel.iter().map(gain).collect::<Result<_>>()?,
        text,
        typo,
        itself: None,
    })
}

/// A passage for each chunk, in order; chunks in a row with one document and title are a page, with
/// one heading a section.
fn book(chunks: Vec<Chunk>) -> Book {
    let mut book = Book::default();
    let mut last: Option<(String, String, String)> = None;
    for Chunk {
        doc,
        title,
        heading,
        text,
        ..
    } in chunks
    {
        let (new_page, new_section) = match &last {
            Some((d, t, h)) => ((d, t) != (&doc, &title), h != &heading),
            None => (true, true),
        };
        if new_page {
            let url = format!("{doc}/{}", book.pages.len());
            book.pages.push(Page {
                url,
                title: title.clone(),
                lang: "en".into(),
            });
        }
        if new_page || new_section {
            let page = book.pages.len() as u32 - 1;
            let headings = if heading.is_empty() {
                Vec::new()
            } else {
                vec![heading.clone()]
            };
            book.sections.push(Section {
                page,
                headings,
                anchor: String::new(),
            });
        }
        let section = book.sections.len() as u32 - 1;
        book.passages.push(Passage {
            section,
            text,
            code: Vec::new(),
        });
        last = Some((doc, title, heading));
    }
    book
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(id: u64, doc: &str, heading: &str) -> Chunk {
        let text = format!("text {id}");
        Chunk {
            id: id.into(),
            doc: doc.into(),
            title: String::new(),
            heading: heading.into(),
            text,
        }
    }

    #[test]
    fn chunks_keep_their_places_and_share_pages_and_sections() {
        let book = book(vec![
            chunk(7, "a", "x"),
            chunk(8, "a", "x"),
            chunk(9, "a", "y"),
            chunk(1, "b", "y"),
            chunk(2, "a", ""),
        ]);
        assert_eq!(
            (book.pages.len(), book.sections.len(), book.passages.len()),
            (3, 4, 5)
        );
        let pages: Vec<u32> = (0..5)
            .map(|id| book.locate(id).map(|(section, _)| section.page).unwrap())
            .collect();
        assert_eq!(pages, [0, 0, 0, 1, 2]);
        assert_eq!(book.passages[3].text, "text 1");
        assert_eq!(book.sections[3].headings, Vec::<String>::new());
    }

    #[test]
    fn a_query_about_a_chunk_that_is_not_there_is_an_error() {
        let query = |rel: u64| Query {
            text: "?".into(),
            rel: vec![rel.into()],
            typo: None,
            split: None,
        };
        let places = BTreeMap::from([("7".to_owned(), 0)]);
        let known = question(query(7), &places).unwrap();
        assert_eq!(known.gains, BTreeMap::from([(0, 1.0)]));
        let unknown = question(query(8), &places).unwrap_err().to_string();
        assert!(unknown.contains("chunk 8"), "{unknown}");
    }
}
