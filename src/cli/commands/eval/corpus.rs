//! A retrieval corpus, indexed in memory as a book is, and judged by chunk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use lectern_core::search::{Mode, Searcher};
use lectern_core::shelf::Kind;
use lectern_core::{Book, Page, Passage, Section};
use lectern_indexer::{Indexer, Options, Shelf, inflate};
use serde::Deserialize;
use serde_json::Value;

use super::measure::{Judged, by_chunk, timed};
use super::report::Report;
use crate::args::{ModelArg, WorkArgs};
use crate::embed::Source;
use crate::metrics::Ranking;
use crate::progress::{Progress, Reporting};
use crate::{jsonl, paths};

/// A line of `chunks.jsonl.gz`. Ids are numbers or strings.
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

/// A line of `queries.jsonl.gz`.
#[derive(Debug, Deserialize)]
struct Query {
    text: String,
    rel: Vec<Value>,
    typo: Option<String>,
}

/// Indexes a corpus and asks its queries in every mode.
pub fn run(
    dir: &Path,
    model: ModelArg,
    work: WorkArgs,
    modes: &[Mode],
    depth: usize,
) -> Result<Report> {
    let chunks: Vec<Chunk> = jsonl::read(&dir.join("chunks.jsonl.gz"))?;
    let queries: Vec<Query> = jsonl::read(&dir.join("queries.jsonl.gz"))?;
    let places = chunks
        .iter()
        .enumerate()
        .map(|(place, chunk)| (chunk.id.to_string(), place as u32));
    let relevant = relevant(&queries, &places.collect())?;
    let mut searcher = open(chunks, model, work)?;
    let subject = paths::folder_name(dir)?;
    let mut report = Report {
        subject,
        questions: queries.len(),
        ..Report::default()
    };
    let clean = queries.iter().map(|query| Some(query.text.as_str()));
    let typed = queries.iter().map(|query| query.typo.as_deref());
    let sets: [(bool, Vec<_>); 2] = [(false, clean.collect()), (true, typed.collect())];
    for (typos, texts) in sets {
        let asked: Vec<(&str, &BTreeSet<u32>)> = texts
            .into_iter()
            .zip(&relevant)
            .filter_map(|(text, rel)| Some((text?, rel)))
            .collect();
        if asked.is_empty() {
            continue;
        }
        for &mode in modes {
            let judged = ask(&mut searcher, &asked, mode, depth)?;
            report.rows.push(by_chunk(mode, typos, &judged, depth));
        }
    }
    Ok(report)
}

/// The places of the chunks that answer each query.
fn relevant(queries: &[Query], places: &BTreeMap<String, u32>) -> Result<Vec<BTreeSet<u32>>> {
    let place = |id: &Value| places.get(&id.to_string()).copied();
    let of = |query: &Query| -> Result<BTreeSet<u32>> {
        let known = query.rel.iter().map(|id| {
            place(id).with_context(|| {
                format!(
                    "query {:?} names chunk {id}, which is not there",
                    query.text
                )
            })
        });
        known.collect()
    };
    queries.iter().map(of).collect()
}

fn ask(
    searcher: &mut Searcher,
    asked: &[(&str, &BTreeSet<u32>)],
    mode: Mode,
    depth: usize,
) -> Result<Vec<Judged>> {
    let progress = Progress::start("asking", asked.len(), Reporting::Shown);
    let judge = |(text, relevant): &(&str, &BTreeSet<u32>)| {
        let (response, millis) = timed(searcher, text, mode, depth.max(5))?;
        let ranked = response.ranked();
        let places = ranked
            .iter()
            .map(|hit| relevant.contains(&hit.passage))
            .collect();
        progress.step();
        Ok(Judged {
            items: Ranking::new(places, relevant.len()),
            sections: None,
            millis,
        })
    };
    asked.iter().map(judge).collect()
}

/// Indexes the chunks by the same steps as the pages of a site, and opens the result.
fn open(chunks: Vec<Chunk>, model: ModelArg, work: WorkArgs) -> Result<Searcher> {
    let model = paths::read_model(model.model)?;
    let mut indexer = Indexer::new(model.clone(), Options::default())?;
    indexer.set_book(book(chunks));
    Source::new(&model, work, Reporting::Shown)?.fill(&mut indexer)?;
    let mut sections = sections(indexer.finish()?)?;
    let mut take = |kind: Kind| sections.remove(kind.name()).context(kind.name());
    let mut searcher = Searcher::open(
        &take(Kind::Catalog)?,
        &take(Kind::Text)?,
        &take(Kind::Words)?,
    )?;
    searcher.add_meaning(
        &take(Kind::Vectors)?,
        &take(Kind::Graph)?,
        &take(Kind::Encoder)?,
    )?;
    Ok(searcher)
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

/// The sections of a shelf in memory, by the name of their kind.
fn sections(shelf: Shelf) -> Result<BTreeMap<String, Vec<u8>>> {
    let name = |file: &str| file.split('.').next().unwrap_or_default().to_owned();
    let files = shelf.files.into_iter();
    let sections = files.map(|file| Ok((name(&file.name), inflate(file.bytes, u64::MAX)?)));
    sections.collect()
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
        };
        let places = BTreeMap::from([("7".to_owned(), 0)]);
        assert_eq!(
            relevant(&[query(7)], &places).unwrap(),
            [BTreeSet::from([0])]
        );
        assert!(
            relevant(&[query(8)], &places)
                .unwrap_err()
                .to_string()
                .contains("chunk 8")
        );
    }
}
