//! Search of one book: words and meaning, fused, with snippets.

mod fusion;
mod response;
mod snippet;

pub use fusion::{MEANING_WEIGHT, MIN_COSINE, Mode};
pub use response::{Explain, Hit, PageHits, Response, Snippet};

use fusion::{Candidate, Maxima};

use crate::encoder::{Encoder, Role};
use crate::meaning::{EF_SEARCH, Graph, GraphSearch, QueryVector, Vectors};
use crate::shelf::{self, Kind};
use crate::words::{WordIndex, WordQuery};
use crate::{Book, Error, Result};

/// Longest query, in characters. A question is far shorter; a pasted log is not a question.
pub const LONGEST_QUERY: usize = 2_000;

/// Up to this many passages every vector is compared; above, the graph is walked.
pub const EXACT_LIMIT: usize = 10_000;

/// Hits when the caller does not say how many.
pub const DEFAULT_LIMIT: usize = 20;

/// How to search: `SearchOptions` of JavaScript.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(default)]
pub struct Options {
    /// Most hits returned.
    pub limit: usize,
    /// Words, meaning or both.
    pub mode: Mode,
    /// Whether hits say how their score came about.
    pub explain: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limit: DEFAULT_LIMIT,
            mode: Mode::Auto,
            explain: false,
        }
    }
}

/// An open book. Words come first; meaning is added when it has arrived.
#[derive(Debug)]
pub struct Searcher {
    book: Book,
    /// Language in which queries are read.
    lang: String,
    words: WordIndex,
    meaning: Option<Meaning>,
    scores: Vec<f32>,
    candidates: Vec<Candidate>,
}

/// What search by meaning needs.
#[derive(Debug)]
struct Meaning {
    vectors: Vectors,
    graph: Graph,
    encoder: Encoder,
    query: QueryVector,
    vector: Vec<f32>,
    cosines: Vec<f32>,
    walk: GraphSearch,
}

impl Searcher {
    /// Opens a book for search by words from the files of its first three sections, inflated.
    pub fn open(catalog: &[u8], text: &[u8], words: &[u8]) -> Result<Self> {
        let book = shelf::catalog::open(
            shelf::unwrap(Kind::Catalog, catalog)?,
            shelf::unwrap(Kind::Text, text)?,
        )?;
        let words = WordIndex::open(shelf::unwrap(Kind::Words, words)?.to_vec())?;
        if words.len() != book.passages.len() {
            return Err(Error::Mixed {
                what: "the word index is of another number of passages",
            });
        }
        Ok(Self {
            lang: book.language().to_owned(),
            book,
            words,
            meaning: None,
            scores: Vec::new(),
            candidates: Vec::new(),
        })
    }

    /// Adds search by meaning from the files of the other sections, inflated.
    pub fn add_meaning(&mut self, vectors: &[u8], graph: &[u8], encoder: &[u8]) -> Result<()> {
        let vectors = Vectors::open(shelf::unwrap(Kind::Vectors, vectors)?)?;
        if vectors.len() != self.book.passages.len() {
            return Err(Error::Mixed {
                what: "the vectors are of another number of passages",
            });
        }
        let graph = Graph::open(shelf::unwrap(Kind::Graph, graph)?, vectors.len())?;
        let encoder = Encoder::open(shelf::unwrap(Kind::Encoder, encoder)?)?;
        vectors.check_dims(encoder.config().hidden)?;
        self.meaning = Some(Meaning {
            vectors,
            graph,
            encoder,
            query: QueryVector::default(),
            vector: Vec::new(),
            cosines: Vec::new(),
            walk: GraphSearch::default(),
        });
        Ok(())
    }

    /// The book.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// Whether search by meaning is loaded.
    pub fn has_meaning(&self) -> bool {
        self.meaning.is_some()
    }

    /// Decodes everything that opening leaves for later, and fails where it makes no sense.
    pub fn verify(&self) -> Result<()> {
        self.words.verify()
    }

    /// Searches the book.
    pub fn search(&mut self, query: &str, options: &Options) -> Result<Response> {
        let text = query.trim();
        check_length(text)?;
        let mode = self.mode(options.mode)?;
        let words = WordQuery::parse(query.trim_start(), &self.lang, &self.words);
        self.gather(&words, text, mode)?;
        let maxima = Maxima::of(&self.candidates);
        let ranked = rank(&self.candidates, mode, &maxima, options.limit);
        let mut response = Response {
            query: query.to_owned(),
            mode,
            pages: Vec::new(),
            corrections: words.corrections().to_vec(),
        };
        let mut page_of = Vec::new();
        for (score, candidate) in ranked {
            let Some((section, page)) = self.book.locate(candidate.passage) else {
                continue;
            };
            let mut hit = self.hit(&words, candidate.passage, score);
            if options.explain {
                hit.explain = Some(self.explain(&words, &candidate, mode, &maxima));
            }
            match page_of.iter().position(|&seen| seen == section.page) {
                Some(at) => {
                    let own: &mut PageHits = &mut response.pages[at];
                    own.hits.push(hit);
                }
                None => {
                    page_of.push(section.page);
                    let (url, title) = (page.url.clone(), page.title.clone());
                    response.pages.push(PageHits {
                        url,
                        title,
                        hits: vec![hit],
                    });
                }
            }
        }
        Ok(response)
    }

    /// The mode that `asked` comes to with what is loaded.
    fn mode(&self, asked: Mode) -> Result<Mode> {
        match (asked, self.has_meaning()) {
            (Mode::Auto, true) => Ok(Mode::Hybrid),
            (Mode::Auto, false) => Ok(Mode::Words),
            (Mode::Meaning | Mode::Hybrid, false) => Err(Error::NoMeaning),
            (mode, _) => Ok(mode),
        }
    }

    /// Scores passages by words and by meaning, as the mode asks, into `candidates`.
    fn gather(&mut self, words: &WordQuery, text: &str, mode: Mode) -> Result<()> {
        let Self {
            words: index,
            meaning,
            scores,
            candidates,
            book,
            ..
        } = self;
        scores.clear();
        scores.resize(book.passages.len(), 0.0);
        if mode != Mode::Meaning {
            index.score(words, scores);
        }
        candidates.clear();
        let all = scores.iter().enumerate();
        let by_words = all.map(|(id, &words)| Candidate {
            passage: id as u32,
            words,
            cosine: 0.0,
        });
        match meaning {
            Some(meaning) if mode != Mode::Words => {
                let corrected = words.corrected_text();
                meaning.encode(if corrected.is_empty() {
                    text
                } else {
                    corrected
                })?;
                if meaning.vectors.len() <= EXACT_LIMIT {
                    let Meaning {
                        vectors,
                        query,
                        cosines,
                        ..
                    } = meaning;
                    vectors.cosines(query, cosines);
                    candidates.extend(
                        by_words
                            .zip(cosines.iter())
                            .map(|(c, &cosine)| Candidate { cosine, ..c }),
                    );
                } else {
                    candidates.extend(by_words.filter(|c| c.words > 0.0));
                    meaning.walk(candidates);
                }
            }
            _ => candidates.extend(by_words.filter(|c| c.words > 0.0)),
        }
        Ok(())
    }

    fn hit(&self, words: &WordQuery, passage: u32, score: f32) -> Hit {
        let mut hit = Hit {
            passage,
            url: String::new(),
            headings: Vec::new(),
            score,
            snippet: Snippet::default(),
            explain: None,
        };
        if let Some((section, page)) = self.book.locate(passage) {
            hit.url = match section.anchor.as_str() {
                "" => page.url.clone(),
                anchor => format!("{}#{anchor}", page.url),
            };
            hit.headings = section.headings.clone();
            let own = &self.book.passages[passage as usize];
            let matches = self.words.matched_ranges(words, &page.lang, &own.text);
            hit.snippet = snippet::snippet(own, &matches);
        }
        hit
    }

    fn explain(
        &self,
        query: &WordQuery,
        candidate: &Candidate,
        mode: Mode,
        maxima: &Maxima,
    ) -> Explain {
        let (words, meaning) = fusion::parts(mode, candidate, maxima);
        let terms = self.words.explain(query, candidate.passage);
        let terms = if candidate.words > 0.0 {
            terms
        } else {
            Vec::new()
        };
        Explain {
            words,
            meaning,
            bm25: candidate.words,
            cosine: candidate.cosine,
            terms,
        }
    }
}

impl Meaning {
    fn encode(&mut self, text: &str) -> Result<()> {
        self.encoder.encode(text, Role::Query, &mut self.vector)?;
        self.query.set(&self.vector);
        Ok(())
    }

    /// Adds what a walk of the graph finds to `candidates`, which are ascending, and gives those
    /// that are there already their cosine.
    fn walk(&mut self, candidates: &mut Vec<Candidate>) {
        self.graph
            .search(&self.vectors, &self.query, EF_SEARCH, &mut self.walk);
        let by_words = candidates.len();
        for candidate in candidates.iter_mut() {
            candidate.cosine = self.vectors.cosine(&self.query, candidate.passage);
        }
        for near in &self.walk.found {
            let known = &candidates[..by_words];
            if known
                .binary_search_by_key(&near.passage, |c| c.passage)
                .is_err()
            {
                candidates.push(Candidate {
                    passage: near.passage,
                    words: 0.0,
                    cosine: near.cosine,
                });
            }
        }
    }
}

fn check_length(text: &str) -> Result<()> {
    if text.is_empty() {
        return Err(Error::EmptyQuery);
    }
    // Bytes first: counting the characters of a huge paste is not worth it.
    if text.len() > LONGEST_QUERY {
        let chars = text.chars().count();
        if chars > LONGEST_QUERY {
            return Err(Error::LongQuery {
                chars,
                limit: LONGEST_QUERY,
            });
        }
    }
    Ok(())
}

/// The best `limit` candidates with their scores, best first; the earlier passage of equals.
fn rank(
    candidates: &[Candidate],
    mode: Mode,
    maxima: &Maxima,
    limit: usize,
) -> Vec<(f32, Candidate)> {
    let scored = |c: &Candidate| {
        let (words, meaning) = fusion::parts(mode, c, maxima);
        (words + meaning, *c)
    };
    let mut hits: Vec<_> = candidates
        .iter()
        .filter(|c| fusion::is_hit(mode, c))
        .map(scored)
        .collect();
    let order = |a: &(f32, Candidate), b: &(f32, Candidate)| {
        b.0.total_cmp(&a.0).then(a.1.passage.cmp(&b.1.passage))
    };
    if hits.len() > limit && limit > 0 {
        hits.select_nth_unstable_by(limit - 1, order);
    }
    hits.truncate(limit);
    hits.sort_unstable_by(order);
    hits
}
