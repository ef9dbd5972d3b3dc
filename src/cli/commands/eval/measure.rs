//! From ranked lists to the numbers of a report.

use std::time::Instant;

use anyhow::{Context, Result};
use lectern_core::search::{Mode, Options, Response, Searcher};

use super::report::{Latency, Row};
use crate::metrics::{Ranking, mean, percentile};

/// The measure that a threshold is for.
pub const RECALL: &str = "recall@5";

/// What came of one question.
#[derive(Debug)]
pub struct Judged {
    /// Its pages, or chunks, in ranked order.
    pub items: Ranking,
    /// Its sections, where the question names one.
    pub sections: Option<Ranking>,
    /// Time of the search, in milliseconds.
    pub millis: f64,
}

/// A search with its time in milliseconds.
pub fn timed(
    searcher: &mut Searcher,
    text: &str,
    mode: Mode,
    limit: usize,
) -> Result<(Response, f64)> {
    let start = Instant::now();
    let response = searcher.search(
        text,
        &Options {
            limit,
            mode,
            ..Options::default()
        },
    );
    let millis = start.elapsed().as_secs_f64() * 1e3;
    Ok((
        response.with_context(|| format!("question {text:?}"))?,
        millis,
    ))
}

/// The row of a mode for questions of pages: recall first.
pub fn by_page(mode: Mode, typos: bool, judged: &[Judged], depth: usize) -> Row {
    let mut measures = recalls(judged, depth);
    let sections: Vec<&Ranking> = judged
        .iter()
        .filter_map(|one| one.sections.as_ref())
        .collect();
    if !sections.is_empty() {
        let found = mean(sections.iter().map(|ranking| ranking.success(5)));
        measures.push(("section recall@5".to_owned(), found));
    }
    measures.push(reciprocal_rank(judged, depth));
    measures.push(ndcg(judged, depth));
    Row {
        mode,
        typos,
        measures,
        latency: latency(judged),
    }
}

/// The row of a mode for a corpus of chunks: nDCG first.
pub fn by_chunk(mode: Mode, typos: bool, judged: &[Judged], depth: usize) -> Row {
    let mut measures = vec![ndcg(judged, depth), reciprocal_rank(judged, depth)];
    measures.extend(recalls(judged, depth));
    Row {
        mode,
        typos,
        measures,
        latency: latency(judged),
    }
}

fn recalls(judged: &[Judged], depth: usize) -> Vec<(String, f64)> {
    let mut cuts = vec![1, 5, depth];
    cuts.sort_unstable();
    cuts.dedup();
    let recall = |k: usize| mean(judged.iter().map(|one| one.items.success(k)));
    cuts.into_iter()
        .map(|k| (format!("recall@{k}"), recall(k)))
        .collect()
}

fn reciprocal_rank(judged: &[Judged], depth: usize) -> (String, f64) {
    let value = mean(judged.iter().map(|one| one.items.reciprocal_rank(depth)));
    (format!("MRR@{depth}"), value)
}

fn ndcg(judged: &[Judged], depth: usize) -> (String, f64) {
    (
        format!("nDCG@{depth}"),
        mean(judged.iter().map(|one| one.items.ndcg(depth))),
    )
}

fn latency(judged: &[Judged]) -> Latency {
    let millis: Vec<f64> = judged.iter().map(|one| one.millis).collect();
    let at = |share| percentile(&millis, share);
    Latency {
        p50: at(0.50),
        p95: at(0.95),
        p99: at(0.99),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(places: &[bool], section: Option<bool>) -> Judged {
        Judged {
            items: Ranking::new(places.to_vec(), 1),
            sections: section.map(|found| Ranking::new(vec![found], 1)),
            millis: 2.0,
        }
    }

    #[test]
    fn a_row_is_the_mean_over_questions() {
        let all = [
            judged(&[true], Some(true)),
            judged(&[false, true], None),
            judged(&[], Some(false)),
        ];
        let row = by_page(Mode::Hybrid, false, &all, 10);
        let names: Vec<&str> = row.measures.iter().map(|(name, _)| name.as_str()).collect();
        let expected = [
            "recall@1",
            "recall@5",
            "recall@10",
            "section recall@5",
            "MRR@10",
            "nDCG@10",
        ];
        assert_eq!(names, expected);
        assert_eq!(row.value("recall@1"), Some(1.0 / 3.0));
        assert_eq!(row.value(RECALL), Some(2.0 / 3.0));
        assert_eq!(row.value("section recall@5"), Some(0.5));
        assert_eq!(row.value("MRR@10"), Some(0.5));
        assert_eq!(row.latency.p99, 2.0);
    }

    #[test]
    fn of_a_corpus_ndcg_comes_first_and_cuts_are_not_repeated() {
        let row = by_chunk(Mode::Words, true, &[judged(&[true], None)], 5);
        let names: Vec<&str> = row.measures.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["nDCG@5", "MRR@5", "recall@1", "recall@5"]);
    }
}
