//! Search of one book: words and meaning, fused, with snippets.
//!
//! A search needs parts of the index that may not be here. [`Searcher::needs`] says which, round by
//! round; [`Searcher::search`] answers from what is here at any time. Three rounds bring all of most
//! queries whose words the book has; misspelt ones take two more, for the spelling list and right words:
//!
//! 1. the blocks of its words: which passages words find, and the query's vector;
//! 2. the groups of the best of them, and the cells that are near: what is found by words can be shown,
//!    and the query is moved towards it;
//! 3. the groups of what is best by both.

mod addresses;
mod answer;
mod around;
mod duplicates;
mod fusion;
mod hits;
mod meaning;
mod pages;
mod ranking;
mod response;
mod shingles;
mod snippet;

pub use around::SOURCES;
pub use fusion::{MEANING_WEIGHT, MIN_COSINE, Mode, NAMED_BONUS, TITLE_BONUS};
pub use meaning::{FEEDBACK_PASSAGES, FEEDBACK_WEIGHT, Tier, open_core, write_core};
pub use pages::{Located, Pages, address};
pub use response::{Explain, Hit, PageHits, Response, Snippet};

use addresses::Addresses;
use fusion::Candidate;

use meaning::{Meaning, best, merge};
use ranking::Chosen;

use crate::meaning::cells::{PROBES, PROBES_BESIDE_WORDS};
use crate::meaning::nibbles::row_bytes;
use crate::order::sort_by;
use crate::shelf::addresses::Entry;
use crate::shelf::directory::{Directory, GROUP};
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

/// Passages found by words whose groups are asked for before it is known what is near by meaning, where
/// cells are coarse: their exact vectors are in the groups. Eight more are 8 KB of a query, .4 % of the
/// ten best hits, and seldomer a third round.
pub const BY_WORDS: usize = 32;

/// The same where nothing is coarse, so that the groups are for the text alone.
const BY_WORDS_SHOWN: usize = 10;

/// First hits whose groups must be here before a query counts as answered; a longer list shows what else
/// is here.
const WANTED: usize = 10;

/// Hits whose groups are asked for where one of the first [`WANTED`] is missing: codes misplace some. Five
/// more would be 2.5 KB of a query and .1 % of the ten best hits, five fewer 2.3 KB and .4 %.
const SHOWN: usize = 20;

/// The same where nothing is coarse.
const SHOWN_EXACTLY: usize = 15;

/// Candidates whose cosine is made exact where their group is here: codes put what is among the ten best
/// seldom lower.
const RESCORED: usize = 64;

/// What a query needs before it can be answered as well as the index can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// A numbered file of the shelf.
    Part(Member),
    /// The vector of this text, by the full encoder.
    Vector(String),
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

    /// The next round of what a query needs to be answered as well as the index can; nothing, when it
    /// can be, or when the query is none.
    pub fn needs(&mut self, query: &str, options: &Options) -> Result<Vec<Need>> {
        let text = query.trim();
        if text.is_empty() || check_length(text).is_err() {
            return Ok(Vec::new());
        }
        let mut needs = self.look_within(&options.within);
        let mut words = WordQuery::parse(query.trim_start(), &self.lang, &self.words);
        let wanted = words.wanted().iter();
        needs.extend(wanted.filter_map(|&(kind, at)| self.part(kind, at)));
        if !needs.is_empty() {
            return Ok(needs);
        }
        let (mode, tier) = match self.read(&words, text, options.mode) {
            Ok(read) => read,
            Err(Error::NoMeaning) => (Mode::Words, Tier::None),
            Err(error) => return Err(error),
        };
        let shown = match self.is_coarse() {
            true => SHOWN,
            false => SHOWN_EXACTLY,
        };
        loop {
            let needs = self.second_round(&words, text, mode, options);
            if !needs.is_empty() {
                return Ok(needs);
            }
            self.gather(&words, mode, tier);
            let chosen = self.choose(&words, mode, options.limit.min(shown));
            if !chosen.is_empty() || !words.relax() {
                return Ok(self.groups(chosen.absent.into_iter()));
            }
        }
    }

    /// Notes where a query looks; what would tell and is not here.
    fn look_within(&mut self, places: &[String]) -> Vec<Need> {
        self.within = None;
        let mut wanted = Vec::new();
        if !places.is_empty() {
            let want = &mut |block| {
                if !wanted.contains(&block) {
                    wanted.push(block);
                }
            };
            let capacity = self.words.capacity();
            self.within = Some(self.addresses.within(places, capacity, want));
        }
        self.blocks_of_addresses(wanted)
    }

    fn blocks_of_addresses(&self, wanted: Vec<usize>) -> Vec<Need> {
        let parts = wanted.into_iter();
        parts
            .filter_map(|at| self.part(Kind::Addresses, at))
            .collect()
    }

    /// What leads to the page at an address and is not here.
    pub fn needs_of_page(&self, url: &str) -> Vec<Need> {
        let mut wanted = Vec::new();
        self.addresses.page(url, &mut |block| wanted.push(block));
        self.blocks_of_addresses(wanted)
    }

    /// The page at an address, if the book has it and what leads to it is here.
    pub fn page(&self, url: &str) -> Option<&Entry> {
        let capacity = self.directory.capacity() as u32;
        let page = self.addresses.page(url, &mut |_| {});
        page.filter(|page| page.passages.end <= capacity)
    }

    /// What holds these passages and is not here.
    pub fn needs_of_passages(&self, passages: &[u32]) -> Vec<Need> {
        self.groups(passages.iter().copied())
    }

    /// Groups of what words find best, cells, the vector by a server.
    fn second_round(
        &mut self,
        words: &WordQuery,
        text: &str,
        mode: Mode,
        options: &Options,
    ) -> Vec<Need> {
        let mut needs = Vec::new();
        self.scores.clear();
        if options.mode != Mode::Meaning {
            self.score_words(words);
            let mut top = Vec::new();
            let count = self.by_words(mode, options.limit).max(FEEDBACK_PASSAGES);
            best(&self.scores, count, &mut top);
            needs.extend(self.groups(top.iter().map(|&(_, passage)| passage)));
        }
        let text = meant(words, text);
        let asked = self
            .meaning
            .as_ref()
            .filter(|_| options.mode != Mode::Words);
        if asked.is_some_and(|meaning| meaning.wants_vector(text)) {
            needs.push(Need::Vector(text.to_owned()));
        } else if mode != Mode::Words {
            self.probe(words);
            let cells = self.meaning.iter().flat_map(Meaning::absent);
            needs.extend(cells.filter_map(|at| self.part(Kind::Cell, at)));
        }
        needs
    }

    /// Chooses the cells that a query is compared with: the nearest, more of them where words find less,
    /// and those of the passages that it is moved towards, where rare words tell them.
    fn probe(&mut self, words: &WordQuery) {
        let found = self.scores.iter().filter(|&&score| score > 0.0).count();
        let mut top = Vec::new();
        best(&self.scores, FEEDBACK_PASSAGES, &mut top);
        let own = top
            .iter()
            .filter_map(|&(_, passage)| self.words.cell(words, passage));
        if let Some(meaning) = &mut self.meaning {
            meaning.probe(probes(found), own);
        }
    }

    /// How many of what words find best are asked for, of a search for `limit` hits.
    fn by_words(&self, mode: Mode, limit: usize) -> usize {
        match self.is_coarse() && mode != Mode::Words {
            true => BY_WORDS.min(4 * limit),
            false => BY_WORDS_SHOWN.min(limit),
        }
    }

    fn is_coarse(&self) -> bool {
        self.meaning.as_ref().is_some_and(Meaning::is_coarse)
    }

    fn groups(&self, passages: impl Iterator<Item = u32>) -> Vec<Need> {
        let absent = self.pages.absent(passages).into_iter();
        absent.filter_map(|at| self.part(Kind::Group, at)).collect()
    }

    fn part(&self, kind: Kind, index: usize) -> Option<Need> {
        Some(Need::Part(self.family(kind).member(kind, index)?))
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

    /// Scores of passages by words, in `scores`; zero of those that the query's operators leave out.
    fn score_words(&mut self, words: &WordQuery) {
        self.scores.clear();
        self.scores.resize(self.words.capacity(), 0.0);
        self.words.score(words, &mut self.scores);
        if let Some(admitted) = self.admitted(words) {
            for (score, admitted) in self.scores.iter_mut().zip(admitted) {
                if !admitted {
                    *score = 0.0;
                }
            }
        }
    }

    /// Which passages a query may find, by number, as far as its operators and where it looks tell;
    /// `None` when that is all.
    fn admitted(&self, words: &WordQuery) -> Option<Vec<bool>> {
        let Some(mut admitted) = self.words.admitted(words.filter()) else {
            return self.within.clone();
        };
        for (own, within) in admitted.iter_mut().zip(self.within.iter().flatten()) {
            *own &= within;
        }
        Some(admitted)
    }

    /// Scores passages by words and by meaning, as the mode asks, into `candidates`, ascending. Those that
    /// the query names are among them.
    fn gather(&mut self, words: &WordQuery, mode: Mode, tier: Tier) {
        self.candidates.clear();
        self.scores.clear();
        if mode != Mode::Meaning {
            self.score_words(words);
            let named = self.words.named(words);
            let scores = self.scores.iter().copied().zip(0..);
            let found = scores.filter(|(score, passage)| *score > 0.0 || named.contains(passage));
            self.candidates
                .extend(found.map(|(words, passage)| Candidate {
                    passage,
                    words,
                    cosine: 0.0,
                }));
        }
        if tier != Tier::None {
            self.probe(words);
        }
        if let (Some(meaning), true) = (&mut self.meaning, tier != Tier::None) {
            if mode == Mode::Hybrid {
                meaning.feed_back(&self.scores, &self.pages);
            }
            meaning.gather(&mut self.candidates);
            self.rescore_found_by_words(mode);
        }
    }

    /// Makes the cosines of what words find best exact, and of what stands beside it: their groups are
    /// the ones that are here when it is decided which others to ask for.
    fn rescore_found_by_words(&mut self, mode: Mode) {
        if mode == Mode::Meaning {
            return;
        }
        let mut found = Vec::new();
        best(&self.scores, self.by_words(mode, SHOWN), &mut found);
        let mut groups: Vec<u32> = found.iter().map(|&(_, id)| id / GROUP as u32).collect();
        sort_by(&mut groups, u32::cmp);
        groups.dedup();
        let members = groups
            .iter()
            .flat_map(|group| (0..GROUP as u32).map(move |i| group * GROUP as u32 + i));
        self.rescore(members.collect());
    }

    /// Makes the cosines of the best candidates exact, as far as their groups are here.
    fn rescore_best(&mut self, words: &WordQuery, mode: Mode) {
        let ranked = self.standing(words, mode).best(&self.candidates, RESCORED);
        let mut best: Vec<u32> = ranked
            .iter()
            .map(|(_, candidate)| candidate.passage)
            .collect();
        sort_by(&mut best, u32::cmp);
        self.rescore(best);
    }

    /// Makes the cosines of these passages, which ascend, exact where the groups with their vectors are
    /// here.
    fn rescore(&mut self, passages: Vec<u32>) {
        let Some(meaning) = &self.meaning else {
            return;
        };
        let exact = passages
            .into_iter()
            .filter_map(|passage| Some((passage, meaning.exact_cosine(&self.pages, passage)?)));
        merge(&mut self.candidates, &exact.collect::<Vec<_>>());
    }
}

/// How many cells a query is compared with of which words have found so many passages: as many as by
/// meaning alone where that is none, and fewer the more groups of [`BY_WORDS`] are fetched.
fn probes(found: usize) -> usize {
    PROBES - (PROBES - PROBES_BESIDE_WORDS) * found.min(BY_WORDS) / BY_WORDS
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_make_up_for_what_words_do_not_find() {
        assert_eq!(probes(0), PROBES);
        assert_eq!(probes(BY_WORDS), PROBES_BESIDE_WORDS);
        assert_eq!(probes(usize::MAX), PROBES_BESIDE_WORDS);
        assert!((0..BY_WORDS).all(|found| probes(found) >= probes(found + 1)));
        assert!(probes(5) > probes(20));
    }
}
