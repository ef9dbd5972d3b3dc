//! Questions to a shelf, judged by page and by section.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use anyhow::Result;
use lectern_core::search::{DEFAULT_LIMIT, Mode, Response, Searcher};
use lectern_indexer::Scan;

use super::Plan;
use super::measure::{Judged, by_page, timed};
use super::questions::{self, Question, page};
use super::report::{Miss, Report};
use crate::args::EncoderArg;
use crate::metrics::Ranking;
use crate::shelf_dir::ShelfDir;

/// A question is missed when none of its pages is among the first so many.
const MISSED: usize = 5;

/// Questions that warnings name; the rest is counted.
const NAMED: usize = 5;

/// Asks every question in every mode.
pub(super) fn run(dir: &Path, queries: &Path, encoder: EncoderArg, plan: &Plan) -> Result<Report> {
    let &Plan {
        ref modes, depth, ..
    } = plan;
    let shelf = ShelfDir::open(dir)?;
    let mut questions = questions::read(queries)?;
    for question in &mut questions {
        question.typo = plan.mistyped(&question.text, question.typo.take());
    }
    let all_words = modes.iter().all(|&mode| mode == Mode::Words);
    let mut searcher = shelf.searcher(
        encoder.tier(if all_words { Mode::Words } else { Mode::Hybrid }),
        Scan::All,
    )?;
    warn(&questions::unknown(&questions, searcher.pages()));
    let subject = shelf.manifest().title.clone();
    let mut report = Report {
        subject,
        questions: questions.len(),
        ..Report::default()
    };
    for &mode in modes {
        // The first search of a mode finds cold caches, which is not what is measured.
        Answer::of(&mut searcher, &questions[0].text, mode, depth)?;
        let mut judged = Vec::new();
        for question in &questions {
            let answer = Answer::of(&mut searcher, &question.text, mode, depth)?;
            judged.push(answer.judge(question));
            if mode == modes[0]
                && judged
                    .last()
                    .is_some_and(|one| one.items.success(MISSED) == 0.0)
            {
                report.misses.push(answer.miss(question));
            }
        }
        report.rows.push(by_page(mode, false, &judged, depth));
    }
    for &mode in modes {
        let mut judged = Vec::new();
        for (question, typo) in questions.iter().filter_map(|q| Some((q, q.typo.as_ref()?))) {
            judged.push(Answer::of(&mut searcher, typo, mode, depth)?.judge(question));
        }
        if !judged.is_empty() {
            report.rows.push(by_page(mode, true, &judged, depth));
        }
    }
    Ok(report)
}

/// What a search gave, in ranked order, each item once.
#[derive(Debug)]
struct Answer {
    pages: Vec<String>,
    sections: Vec<(String, String)>,
    millis: f64,
}

impl Answer {
    /// Searches as a reader does, which is timed, and then for more hits until there are `depth`
    /// different pages, or no more hits.
    fn of(searcher: &mut Searcher, text: &str, mode: Mode, depth: usize) -> Result<Self> {
        let mut limit = DEFAULT_LIMIT;
        let (mut response, millis) = timed(searcher, text, mode, limit)?;
        while response.pages.len() < depth.max(MISSED) && response.ranked().len() == limit {
            limit *= 4;
            response = timed(searcher, text, mode, limit)?.0;
        }
        let (pages, sections) = items(&response);
        Ok(Self {
            pages,
            sections,
            millis,
        })
    }

    fn judge(&self, question: &Question) -> Judged {
        let pages = self
            .pages
            .iter()
            .map(|url| question.pages.contains(url))
            .collect();
        let sections = self
            .sections
            .iter()
            .map(|own| question.sections.contains(own))
            .collect();
        let named = question.sections.len();
        Judged {
            items: Ranking::new(pages, question.pages.len()),
            sections: (named > 0).then(|| Ranking::new(sections, named)),
            millis: self.millis,
        }
    }

    fn miss(&self, question: &Question) -> Miss {
        Miss {
            id: question.id.clone(),
            text: question.text.clone(),
            expected: question.pages.iter().cloned().collect(),
            found: self.pages.iter().take(MISSED).cloned().collect(),
        }
    }
}

fn items(response: &Response) -> (Vec<String>, Vec<(String, String)>) {
    let pages = response
        .pages
        .iter()
        .map(|own| page(&own.url).to_owned())
        .collect();
    let mut seen = BTreeSet::new();
    let sections = response.ranked().into_iter().map(|hit| {
        let (url, anchor) = hit.url.split_once('#').unwrap_or((&hit.url, ""));
        (page(url).to_owned(), anchor.to_owned())
    });
    (
        pages,
        sections
            .filter(|section| seen.insert(section.clone()))
            .collect(),
    )
}

fn warn(unknown: &[String]) {
    if unknown.is_empty() {
        return;
    }
    let named = unknown
        .iter()
        .take(NAMED)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    let more = if unknown.len() > NAMED { ", …" } else { "" };
    // The numbers come all the same.
    let _ = writeln!(
        std::io::stderr(),
        "lectern: warning: {} answers are not in the book, so they cannot be found: {named}{more}",
        unknown.len()
    );
}
