//! A retrieval corpus, indexed in memory as a book is, and judged by passage.

mod beir;
mod chunks;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, bail};
use lectern_core::Book;
use lectern_core::search::{Mode, Searcher};
use lectern_indexer::{Indexer, Options, Scan};

use super::Plan;
use super::measure::{Judged, by_chunk, timed};
use super::report::Report;
use crate::args::{EncoderArg, ModelArg, WorkArgs};
use crate::embed::Source;
use crate::metrics::Ranking;
use crate::progress::{Progress, Reporting};
use crate::{jsonl, paths};

/// Passages and questions to them.
#[derive(Debug)]
struct Corpus {
    book: Book,
    questions: Vec<Question>,
    /// Which part of the questions this is, where there are several.
    part: Option<String>,
}

/// A question and the passages that answer it.
#[derive(Debug, Clone, PartialEq)]
struct Question {
    text: String,
    /// The same with typing errors.
    typo: Option<String>,
    /// How much each passage is worth; none of those that are left out.
    gains: BTreeMap<u32, f64>,
    /// The question's own passage, where it is one: not an answer to itself.
    itself: Option<u32>,
}

/// Indexes a corpus and asks its questions in every mode.
pub(super) fn run(
    dir: &Path,
    split: Option<&str>,
    open: impl FnOnce(Book) -> Result<Searcher>,
    plan: &Plan,
) -> Result<Report> {
    let Corpus {
        book,
        mut questions,
        part,
    } = read(dir, split)?;
    for question in &mut questions {
        question.typo = plan.mistyped(&question.text, question.typo.take());
    }
    let mut searcher = open(book)?;
    let name = paths::folder_name(dir)?;
    let mut report = Report {
        subject: part.map_or(name.clone(), |part| format!("{name}, {part}")),
        questions: questions.len(),
        ..Report::default()
    };
    let clean = questions.iter().map(|q| (q.text.as_str(), q)).collect();
    let typed = questions
        .iter()
        .filter_map(|q| Some((q.typo.as_deref()?, q)));
    let sets: [(bool, Vec<_>); 2] = [(false, clean), (true, typed.collect())];
    for (typos, asked) in sets.iter().filter(|(_, asked)| !asked.is_empty()) {
        for &mode in &plan.modes {
            let judged = ask(&mut searcher, asked, mode, plan.depth)?;
            report
                .rows
                .push(by_chunk(mode, *typos, &judged, plan.depth));
        }
    }
    Ok(report)
}

/// Reads a folder in the format that its files tell.
fn read(dir: &Path, split: Option<&str>) -> Result<Corpus> {
    let found = |name| jsonl::find(dir, name);
    match (found(chunks::FILE), found(beir::FILE), split) {
        (Some(_), Some(_), _) => bail!(
            "{} holds {} and {}: move the one that is not meant away",
            dir.display(),
            chunks::FILE,
            beir::FILE
        ),
        (Some(file), None, split) => chunks::read(dir, &file, split),
        (None, Some(file), split) => beir::read(dir, &file, split),
        (None, None, _) => bail!(
            "{} is no corpus: neither {} nor {} is there, plain or with .gz",
            dir.display(),
            chunks::FILE,
            beir::FILE
        ),
    }
}

/// A file of a corpus that must be there, plain or gzipped.
fn need(dir: &Path, name: &str) -> Result<std::path::PathBuf> {
    jsonl::find(dir, name)
        .with_context(|| format!("{} has no {name}, plain or with .gz", dir.display()))
}

fn ask(
    searcher: &mut Searcher,
    asked: &[(&str, &Question)],
    mode: Mode,
    depth: usize,
) -> Result<Vec<Judged>> {
    let progress = Progress::start("asking", asked.len(), Reporting::Shown);
    let judge = |(text, question): &(&str, &Question)| {
        let limit = depth.max(5) + usize::from(question.itself.is_some());
        let (response, millis) = timed(searcher, text, mode, limit)?;
        let found = response.ranked().into_iter().map(|hit| hit.passage);
        let gain = |passage| question.gains.get(&passage).copied().unwrap_or(0.0);
        let gains = found
            .filter(|&passage| question.itself != Some(passage))
            .map(gain)
            .collect();
        progress.step();
        Ok(Judged {
            items: Ranking::graded(gains, question.gains.values().copied().collect()),
            sections: None,
            millis,
        })
    };
    asked.iter().map(judge).collect()
}

/// Indexes the passages by the same steps as the pages of a site, and opens the result.
pub fn open(book: Book, encoder: EncoderArg, model: ModelArg, work: WorkArgs) -> Result<Searcher> {
    let model = paths::read_model(model.model)?;
    let mut indexer = Indexer::new(model.clone(), Options::default())?;
    indexer.set_book(book);
    Source::new(&model, work, Reporting::Shown)?.fill(&mut indexer, None)?;
    let files = indexer.finish()?.files.into_iter();
    let files: BTreeMap<String, Vec<u8>> = files.map(|file| (file.name, file.bytes)).collect();
    let mut read = |name: &str| files.get(name).cloned().ok_or(ErrorKind::NotFound.into());
    let (_, searcher) = lectern_indexer::open(&mut read, encoder.tier(Mode::Hybrid), Scan::All)?;
    Ok(searcher)
}
