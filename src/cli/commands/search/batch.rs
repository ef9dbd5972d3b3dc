//! Many queries at once, for programs that compare answers: one line of JSON each.

use std::io::Write;
use std::path::Path;

use super::{Answered, Asked};
use anyhow::{Context, Result};
use lectern_core::answer::Quote;
use lectern_core::search::Mode;
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
    /// Sentences that answer, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    quotes: Option<&'a [Quote]>,
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
        let answered = answered.with_context(|| format!("query {text:?}"))?;
        found |= !answered.response.pages.is_empty();
        writeln!(out, "{}", serde_json::to_string(&answer(&answered))?)?;
    }
    Ok(found)
}

fn answer(answered: &Answered) -> Answer<'_> {
    let response = &answered.response;
    let hits = response.ranked().into_iter().map(|hit| Line {
        passage: hit.passage,
        score: hit.score,
        bits: format!("{:08x}", hit.score.to_bits()),
        url: &hit.url,
    });
    let rounds = answered.rounds.iter();
    Answer {
        query: &response.query,
        mode: response.mode,
        hits: hits.collect(),
        quotes: answered.quotes.as_deref(),
        rounds: rounds.map(|round| (round.files, round.bytes)).collect(),
    }
}
