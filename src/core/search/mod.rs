//! Search of one book: words and meaning, fused, with snippets.

mod fusion;
mod meaning;
mod response;
mod snippet;

pub use fusion::{MEANING_WEIGHT, MIN_COSINE, Mode};
pub use meaning::{FEEDBACK_PASSAGES, FEEDBACK_WEIGHT, Need, Tier, open_core, write_core};
pub use response::{Explain, Hit, PageHits, Response, Snippet};

use fusion::{Candidate, Maxima};

use meaning::Meaning;

use crate::shelf::parts::Parts;
use crate::shelf::{self, Kind};
use crate::words::{WordIndex, WordQuery};
use crate::{Book, Error, Result};

/// Longest query, in characters. A question is far shorter; a pasted log is not a question.
pub const LONGEST_QUERY: usize = 2_000;

/// Up to this many passages a shelf has no graph, and every vector is compared; above, the graph is
/// walked.
///
/// Measured by `tests/bench/hnsw.rs` (256 values, 4 bits), scan against walk with `ef` 200:
/// - 10,000 vectors: 31 against 122 µs (AVX-512), 112 against 144 µs (WebAssembly);
/// - 100,000 vectors: 0.50 against 0.19 ms (AVX-512); the scan alone 1.9 ms in WebAssembly.
///
/// Walking 100,000 would save a query at most 2 ms, less than its encoding takes, and cost a reader
/// 61 bytes of links a passage (its vector has 130) and the author minutes of building.
///
/// A first pass over signs (1 bit) is not worth it either: of 100,000 it lost 6 % of the top ten with
/// 1,000 rescored and took longer than the whole scan natively; of a million, 2 % with 10,000.
pub const EXACT_LIMIT: usize = 100_000;

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

    /// Adds what search by meaning needs beside an encoder, from the files of vectors, graph (where
    /// there is one, it is walked; without it every vector is compared) and vocabulary, inflated.
    pub fn add_meaning(
        &mut self,
        vectors: &[u8],
        graph: Option<&[u8]>,
        vocabulary: &[u8],
    ) -> Result<()> {
        let meaning = Meaning::open(vectors, graph, vocabulary)?;
        if meaning.vectors.len() != self.book.passages.len() {
            return Err(Error::Mixed {
                what: "the vectors are of another number of passages",
            });
        }
        self.meaning = Some(meaning);
        Ok(())
    }

    /// Adds the small encoder from the file of its head, and returns which blocks its table has.
    pub fn add_small(&mut self, head: &[u8]) -> Result<Parts> {
        self.meaning()?.add_small(head)
    }

    /// Adds a block of the small encoder's table from its file.
    pub fn add_block(&mut self, place: usize, block: &[u8]) -> Result<()> {
        self.meaning()?.add_block(place, block)
    }

    /// Adds the full encoder from the files of its core, its layers and the book's rows.
    pub fn add_full(&mut self, core: &[u8], layers: &[Vec<u8>], rows: &[u8]) -> Result<()> {
        self.meaning()?.add_full(core, layers, rows)
    }

    /// From now on a server embeds queries, unless the full encoder is here.
    pub fn use_relay(&mut self) -> Result<()> {
        self.meaning()?.use_relay();
        Ok(())
    }

    /// Takes the vector of the text of a [`Need::Vector`].
    pub fn set_vector(&mut self, text: String, vector: Vec<f32>) -> Result<()> {
        self.meaning()?.set_vector(text, vector)
    }

    /// The encoder that reads queries.
    pub fn tier(&self) -> Tier {
        self.meaning.as_ref().map_or(Tier::None, Meaning::tier)
    }

    /// What a query needs before it can be searched by meaning.
    pub fn needs(&mut self, query: &str) -> Result<Vec<Need>> {
        let text = query.trim();
        if text.is_empty() || check_length(text).is_err() {
            return Ok(Vec::new());
        }
        let words = WordQuery::parse(query.trim_start(), &self.lang, &self.words);
        match &mut self.meaning {
            Some(meaning) => meaning.needs(meant(&words, text)),
            None => Ok(Vec::new()),
        }
    }

    fn meaning(&mut self) -> Result<&mut Meaning> {
        self.meaning.as_mut().ok_or(Error::NoMeaning)
    }

    /// The book.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// Decodes everything that opening leaves for later, and fails where it makes no sense.
    pub fn verify(&self) -> Result<()> {
        self.words.verify()
    }

    /// Searches the book.
    pub fn search(&mut self, query: &str, options: &Options) -> Result<Response> {
        let text = query.trim();
        check_length(text)?;
        let words = WordQuery::parse(query.trim_start(), &self.lang, &self.words);
        let (mode, tier) = self.read(&words, text, options.mode)?;
        self.gather(&words, mode, tier);
        let maxima = Maxima::of(&self.candidates);
        let ranked = rank(&self.candidates, mode, &maxima, options.limit);
        let mut response = Response {
            query: query.to_owned(),
            mode,
            encoder: tier,
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

    /// Has the encoder read the query, and says which mode `asked` comes to and which encoder has
    /// understood something.
    fn read(&mut self, words: &WordQuery, text: &str, asked: Mode) -> Result<(Mode, Tier)> {
        if asked == Mode::Words {
            return Ok((Mode::Words, Tier::None));
        }
        let tier = self.tier();
        let read = match &mut self.meaning {
            Some(meaning) => meaning.encode(meant(words, text)),
            None => Err(Error::NoMeaning),
        };
        match (read, asked) {
            (Err(Error::NoMeaning), Mode::Auto) => Ok((Mode::Words, Tier::None)),
            (Err(error), _) => Err(error),
            (Ok(false), Mode::Meaning) => Ok((Mode::Meaning, Tier::None)),
            (Ok(false), _) => Ok((Mode::Words, Tier::None)),
            (Ok(true), Mode::Auto) => Ok((Mode::Hybrid, tier)),
            (Ok(true), mode) => Ok((mode, tier)),
        }
    }

    /// Scores passages by words and by meaning, as the mode asks, into `candidates`.
    fn gather(&mut self, words: &WordQuery, mode: Mode, tier: Tier) {
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
        if let (Some(meaning), Mode::Hybrid) = (&mut *meaning, mode) {
            meaning.feed_back(scores);
        }
        candidates.clear();
        let all = scores.iter().enumerate();
        let by_words = all.map(|(id, &words)| Candidate {
            passage: id as u32,
            words,
            cosine: 0.0,
        });
        match meaning {
            Some(meaning) if tier != Tier::None && meaning.has_graph() => {
                candidates.extend(by_words.filter(|c| c.words > 0.0));
                meaning.walk(candidates);
            }
            Some(meaning) if tier != Tier::None => {
                meaning.compare_all();
                let cosines = meaning.cosines.iter();
                candidates.extend(
                    by_words
                        .zip(cosines)
                        .map(|(c, &cosine)| Candidate { cosine, ..c }),
                );
            }
            _ => candidates.extend(by_words.filter(|c| c.words > 0.0)),
        }
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

/// The text that an encoder reads: the query with its unknown words corrected.
fn meant<'a>(words: &'a WordQuery, text: &'a str) -> &'a str {
    match words.corrected_text() {
        "" => text,
        corrected => corrected.trim(),
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
