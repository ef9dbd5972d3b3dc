//! What a search answers, in the form programs get it.

use serde::Serialize;

use super::{Mode, Tier};
use crate::order::sort_by;
use crate::words::{Correction, TermScore};

/// The answer to a query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Response {
    /// The query as it was given.
    pub query: String,
    /// How it was answered: `words`, `meaning` or `hybrid`.
    pub mode: Mode,
    /// The encoder that read the query; none where words alone answered.
    pub encoder: Tier,
    /// Hits by page, the page with the best hit first.
    pub pages: Vec<PageHits>,
    /// Words that are not in the book, with the ones that were searched for instead.
    pub corrections: Vec<Correction>,
    /// The query as the reader may have meant to type it, where words of it were corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// Whether no passage has the phrases or sections that the query asks for, so that this is what there
    /// is without asking for them.
    pub relaxed: bool,
    /// Files of the index that could not be had; the answer does without them.
    pub lost: usize,
}

/// The hits of one page, best first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageHits {
    /// Address below the site's base URL.
    pub url: String,
    /// Title of the page.
    pub title: String,
    /// Its hits.
    pub hits: Vec<Hit>,
}

/// A passage that answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hit {
    /// Number of the passage in the book.
    pub passage: u32,
    /// Address of the passage below the site's base URL, with its anchor.
    pub url: String,
    /// Headings above the passage, from the page's second level down.
    pub headings: Vec<String>,
    /// Fused score: 1 is best by words and by meaning; titles and priors may add to it.
    pub score: f32,
    /// The part of the passage to show.
    pub snippet: Snippet,
    /// Addresses of passages that say nearly the same and are not shown.
    pub duplicates: Vec<String>,
    /// How the score came about, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explain: Option<Explain>,
}

/// A short piece of a passage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Snippet {
    /// The text, with `…` where it was cut.
    pub text: String,
    /// Ranges of `text` to highlight, ascending: UTF-8 bytes, or UTF-16 units after
    /// [`Response::into_utf16`].
    pub highlights: Vec<(u32, u32)>,
    /// Whether the text is code; its line breaks count then.
    pub code: bool,
}

/// How a score came about: `prior · (words + meaning + title) + named`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explain {
    /// Share of the words.
    pub words: f32,
    /// Share of the meaning.
    pub meaning: f32,
    /// For a title with every word of the query.
    pub title: f32,
    /// For a title, or an address, that the query is.
    pub named: f32,
    /// What the author of the site gives the page.
    pub prior: f32,
    /// BM25 score before scaling; the terms add up to it.
    pub bm25: f32,
    /// Cosine of query and passage before scaling.
    pub cosine: f32,
    /// What each word added.
    pub terms: Vec<TermScore>,
}

impl Response {
    /// All hits in the order of their score.
    pub fn ranked(&self) -> Vec<&Hit> {
        let mut hits: Vec<&Hit> = self.pages.iter().flat_map(|page| &page.hits).collect();
        sort_by(&mut hits, |a, b| {
            b.score.total_cmp(&a.score).then(a.passage.cmp(&b.passage))
        });
        hits
    }

    /// The same with highlights counted in UTF-16 units, as JavaScript counts them.
    pub fn into_utf16(mut self) -> Self {
        for hit in self.pages.iter_mut().flat_map(|page| &mut page.hits) {
            let Snippet {
                text, highlights, ..
            } = &mut hit.snippet;
            for (start, end) in highlights {
                (*start, *end) = (utf16(text, *start), utf16(text, *end));
            }
        }
        self
    }
}

fn utf16(text: &str, at: u32) -> u32 {
    text.get(..at as usize)
        .unwrap_or(text)
        .encode_utf16()
        .count() as u32
}
