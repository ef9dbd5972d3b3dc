//! Search of one book: words and meaning, fused, with snippets.
//!
//! A search needs parts of the index that may not be here. [`Searcher::needs`] says which, round by
//! round; [`Searcher::search`] answers from what is here at any time. After [`ROUNDS`] it is the answer:
//!
//! 1. the blocks of its words: which passages words find, and the query's vector. For its first words that may be
//!    misspelt, the blocks of the spelling list that would tell what was meant;
//! 2. the cells that are near, and the groups of the passages that words find best: these have exact
//!    vectors, which the query is moved towards, and can be shown. The blocks of the right words, where one was
//!    misspelt, and those of the spelling list for a later one;
//! 3. the groups of what is best by both; what waits for the right words.
//!
//! A small book has one cell of exact vectors, which comes in the first round; then a round is left out.

mod addresses;
mod answer;
mod around;
mod duplicates;
mod fusion;
mod gather;
mod hits;
mod meaning;
mod pages;
mod ranking;
mod response;
mod rounds;
mod shingles;
mod snippet;

pub use around::SOURCES;
pub use fusion::{MEANING_WEIGHT, MIN_COSINE, Mode, NAMED_BONUS, TITLE_BONUS};
pub use meaning::{FEEDBACK_PASSAGES, FEEDBACK_WEIGHT, Tier, open_core, write_core};
pub use pages::{Located, Pages, address};
pub use response::{Explain, Hit, PageHits, Response, Snippet};
pub use rounds::{BY_WORDS, Need, ROUNDS};

use addresses::Addresses;
use fusion::Candidate;
use meaning::Meaning;
use ranking::Chosen;

use crate::meaning::nibbles::row_bytes;
use crate::shelf::addresses::Entry;
use crate::shelf::directory::Directory;
use crate::shelf::family::{Family, Member};
use crate::shelf::{self, Kind};
use crate::words::{Matcher, WordIndex, WordQuery};
use crate::{Error, Result};

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
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(default)]
pub struct Options {
    /// Most hits returned.
    pub limit: usize,
    /// Words, meaning or both.
    pub mode: Mode,
    /// Whether hits say how their score came about.
    pub explain: bool,
    /// Folders and pages to search in, all of the book where there are none: see
    /// [`address::holds`](crate::address::holds). One that begins with `!` is left out. Of those that hold
    /// a page the longest decides; what none holds is searched where the first is left out.
    pub within: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limit: DEFAULT_LIMIT,
            mode: Mode::Auto,
            explain: false,
            within: Vec::new(),
        }
    }
}

/// An open book. Words come first; meaning is added when it has arrived.
#[derive(Debug)]
pub struct Searcher {
    directory: Directory,
    /// Language in which queries are read.
    lang: String,
    words: WordIndex,
    pages: Pages,
    addresses: Addresses,
    /// Which passages the query that is read looks among, where not among all.
    within: Option<Vec<bool>>,
    meaning: Option<Meaning>,
    /// What could not be had.
    lost: Vec<Member>,
    scores: Vec<f32>,
    candidates: Vec<Candidate>,
}

impl Searcher {
    /// Opens a book for search by words from the file of its directory, inflated; queries are read in
    /// the language `lang`.
    pub fn open(directory: &[u8], lang: &str) -> Result<Self> {
        let directory = Directory::open(shelf::unwrap(Kind::Directory, directory)?)?;
        Ok(Self {
            lang: lang.to_owned(),
            words: WordIndex::new(&directory),
            pages: Pages::new(&directory),
            addresses: Addresses::new(&directory.addresses),
            within: None,
            meaning: None,
            lost: Vec::new(),
            scores: Vec::new(),
            candidates: Vec::new(),
            directory,
        })
    }

    /// What the shelf's files are, from the directory.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The numbered files of a kind that the book has, those of cells only once they can be added.
    pub fn family(&self, kind: Kind) -> &Family {
        const NONE: &Family = &Family::none();
        match (kind, &self.meaning) {
            (Kind::Terms, _) => &self.directory.terms,
            (Kind::Spelling, _) => &self.directory.spelling,
            (Kind::Group, _) => &self.directory.groups,
            (Kind::Addresses, _) => &self.directory.addresses.family,
            (Kind::Cell, Some(meaning)) => meaning.cells.family(),
            _ => NONE,
        }
    }

    /// Adds a numbered file.
    pub fn add_part(&mut self, member: Member, file: &[u8]) -> Result<()> {
        let payload = member.unwrap(file)?;
        let index = member.index as usize;
        match member.kind {
            Kind::Terms | Kind::Spelling => self.words.add(member.kind, index, payload)?,
            Kind::Group => self.pages.add(index, payload)?,
            Kind::Addresses => self.addresses.add(index, payload)?,
            Kind::Cell => self.meaning()?.cells.add(index, payload)?,
            kind => {
                return Err(Error::Corrupt {
                    section: kind.name(),
                    what: "it is not in parts",
                });
            }
        }
        self.lost.retain(|own| *own != member);
        self.check_rows(member)
    }

    /// Searches do without a file that could not be had, until [`Searcher::retry`].
    pub fn lose(&mut self, member: Member) {
        let index = member.index as usize;
        match (member.kind, &mut self.meaning) {
            (Kind::Group, _) => self.pages.lose(index),
            (Kind::Addresses, _) => self.addresses.lose(index),
            (Kind::Cell, Some(meaning)) => meaning.cells.lose(index),
            _ => self.words.lose(member.kind, index),
        }
        if !self.lost.contains(&member) {
            self.lost.push(member);
        }
    }

    /// Asks again for what could not be had.
    pub fn retry(&mut self) {
        self.lost.clear();
        self.words.retry();
        self.pages.retry();
        self.addresses.retry();
        if let Some(meaning) = &mut self.meaning {
            meaning.cells.retry();
        }
    }

    /// Adds what leads to the cells, which search by meaning needs beside an encoder, from its file.
    pub fn add_meaning(&mut self, cells: &[u8]) -> Result<()> {
        let meaning = Meaning::open(cells)?;
        if self.pages.has_other_rows(row_bytes(meaning.cells.dims())) {
            return Err(Error::Mixed {
                what: "the cells are of other vectors than the passages'",
            });
        }
        self.meaning = Some(meaning);
        Ok(())
    }

    /// From now on all vectors are compared, or the graph is walked where its file is given, and not
    /// those of the nearest cells alone. All groups must be here.
    pub fn compare_all(&mut self, graph: Option<&[u8]>) -> Result<()> {
        let Self { meaning, pages, .. } = self;
        let meaning = meaning.as_mut().ok_or(Error::NoMeaning)?;
        meaning.compare_all(pages, self.directory.capacity(), graph)
    }

    /// From now on the words' own vectors make that of a query, unless there is better.
    pub fn use_small(&mut self) -> Result<()> {
        self.meaning()?.use_small();
        Ok(())
    }

    /// Adds the full encoder from the files of the book's vocabulary, of its core, its layers and the
    /// book's rows.
    pub fn add_full(
        &mut self,
        vocabulary: &[u8],
        core: &[u8],
        layers: &[Vec<u8>],
        rows: &[u8],
    ) -> Result<()> {
        self.meaning()?.add_full(vocabulary, core, layers, rows)
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

    fn meaning(&mut self) -> Result<&mut Meaning> {
        self.meaning.as_mut().ok_or(Error::NoMeaning)
    }

    /// The passages that are here.
    pub fn pages(&self) -> &Pages {
        &self.pages
    }

    /// Counts of terms and pairs that are here.
    pub fn counts(&self) -> (usize, usize) {
        self.words.counts()
    }

    /// Decodes everything that opening leaves for later, and fails where it makes no sense.
    pub fn verify(&self) -> Result<()> {
        self.words.verify()?;
        match &self.meaning {
            Some(meaning) => meaning.cells.verify(self.directory.capacity()),
            None => Ok(()),
        }
    }

    /// Rows that have come are as long as the vectors that they meet.
    fn check_rows(&self, member: Member) -> Result<()> {
        let Some(meaning) = &self.meaning else {
            return Ok(());
        };
        let (own, index) = (row_bytes(meaning.cells.dims()), member.index as usize);
        match (member.kind, self.pages.row_bytes(index)) {
            (Kind::Terms, _) => self.words.check_rows(index, own),
            (Kind::Group, rows) if rows != 0 && rows != own => Err(Error::Mixed {
                what: "the cells are of other vectors than the passages'",
            }),
            _ => Ok(()),
        }
    }

    /// The page at an address, if the book has it and what leads to it is here.
    pub fn page(&self, url: &str) -> Option<&Entry> {
        let capacity = self.directory.capacity() as u32;
        let page = self.addresses.page(url, &mut |_| {});
        page.filter(|page| page.passages.end <= capacity)
    }

    /// Searches the book with what is here.
    pub fn search(&mut self, query: &str, options: &Options) -> Result<Response> {
        let text = query.trim();
        check_length(text)?;
        self.look_within(&options.within);
        let mut words = WordQuery::parse(query.trim_start(), &self.lang, &self.words);
        let (mode, tier) = self.read(&words, text, options.mode)?;
        let mut chosen = self.find(&words, mode, tier, options.limit);
        let relaxed = chosen.is_empty() && words.relax();
        if relaxed {
            chosen = self.find(&words, mode, tier, options.limit);
        }
        let mut response = Response {
            query: query.to_owned(),
            mode,
            encoder: tier,
            pages: Vec::new(),
            corrections: words.corrections().to_vec(),
            suggestion: words.suggestion().map(str::to_owned),
            relaxed,
            lost: self.lost.len(),
        };
        let mut matcher = Matcher::new(&self.words, &words);
        for shown in &chosen.hits {
            let Some(located) = self.pages.locate(shown.candidate.passage) else {
                continue;
            };
            let mut hit = self.hit(&mut matcher, shown, &located);
            if options.explain {
                hit.explain = Some(self.explain(&words, shown));
            }
            let page = located.page;
            let pages = &mut response.pages;
            match pages.iter_mut().find(|seen| seen.url == page.url) {
                Some(own) => own.hits.push(hit),
                None => pages.push(PageHits {
                    url: page.url.clone(),
                    title: page.title.clone(),
                    hits: vec![hit],
                }),
            }
        }
        Ok(response)
    }

    /// Scores passages, as exactly as what is here allows, and chooses what is shown.
    fn find(&mut self, words: &WordQuery, mode: Mode, tier: Tier, limit: usize) -> Chosen {
        self.gather(words, mode, tier);
        if tier != Tier::None {
            self.rescore_best(words, mode);
        }
        self.choose(words, mode, limit)
    }

    /// Has the encoder read the query, and says which mode `asked` comes to and which encoder has
    /// understood something.
    fn read(&mut self, words: &WordQuery, text: &str, asked: Mode) -> Result<(Mode, Tier)> {
        if let Some(meaning) = &mut self.meaning {
            meaning.forget();
        }
        if asked == Mode::Words {
            return Ok((Mode::Words, Tier::None));
        }
        let tier = self.tier();
        let read = match &mut self.meaning {
            Some(meaning) => meaning.encode(words, &self.words, meant(words, text)),
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
