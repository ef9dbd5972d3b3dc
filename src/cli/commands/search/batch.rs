//! Many queries at once, for programs that compare answers: one line of JSON each.

use std::io::Write;
use std::path::Path;

use super::Asked;
use anyhow::{Context, Result};
use lectern_core::search::{Mode, Response};
use lectern_indexer::Round;
use serde::{Deserialize, Serialize};

use crate::jsonl;

#[derive(Deserialize)]
struct Query {
    text: String,
}

#[derive(Serialize)]
struct Answer<'a> {
    query: &'a str,
    mode: Mode,
    hits: Vec<Line<'a>>,
    /// Files and bytes that were read, where not all were read at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rounds: Vec<(usize, usize)>,
}

#[derive(Serialize)]
struct Line<'a> {
    passage: u32,
    score: f32,
    /// The bits of the score, for comparisons that must be exact.
    bits: String,
    url: &'a str,
}

/// Answers every query of a file; whether any of them found something.
pub fn run(asked: &mut Asked<'_>, file: &Path, out: &mut impl Write) -> Result<bool> {
    let mut found = false;
    for Query { text } in jsonl::read::<Query>(file)? {
        let answered = asked.search(&text);
        let (response, rounds) = answered.with_context(|| format!("query {text:?}"))?;
        found |= !response.pages.is_empty();
        writeln!(
            out,
            "{}",
            serde_json::to_string(&answer(&response, &rounds))?
        )?;
    }
    Ok(found)
}

fn answer<'a>(response: &'a Response, rounds: &[Round]) -> Answer<'a> {
    let hits = response.ranked().into_iter().map(|hit| Line {
        passage: hit.passage,
        score: hit.score,
        bits: format!("{:08x}", hit.score.to_bits()),
        url: &hit.url,
    });
    Answer {
        query: &response.query,
        mode: response.mode,
        hits: hits.collect(),
        rounds: rounds
            .iter()
            .map(|round| (round.files, round.bytes))
            .collect(),
    }
}
