//! From pages to a shelf, step by step.

use std::collections::BTreeMap;

use lectern_core::meaning::cells::write_head;
use lectern_core::search::EXACT_LIMIT;
use lectern_core::shelf::Kind;
use lectern_core::shelf::addresses::Addresses;
use lectern_core::shelf::directory::Directory;
use lectern_core::shelf::family::Family;
use lectern_core::shelf::priors::Priors as PassagePriors;
use lectern_core::words::{Begin, Blocks, Fields, WordIndexBuilder};
use lectern_core::{Book, Page, Passage, Prior, Section};

use crate::cells::Cells;
use crate::html::{self, Document, Extracted};
use crate::meaning::{Meaning, Pending};
use crate::previous::Previous;
use crate::priors::Priors;
use crate::shelf::{self, Facts, Sections, Shelf, Summary};
use crate::{IndexError, addresses, groups, split};

/// Most wordpieces of a passage.
pub const PASSAGE_LIMIT: usize = 256;

/// What an author may set.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Title of the book.
    pub title: String,
    /// What the author gives folders of the site.
    pub priors: Priors,
}

/// Takes pages, then vectors, and gives a shelf.
#[derive(Debug)]
pub struct Indexer {
    options: Options,
    given: Book,
    pages: BTreeMap<String, (Document, Vec<split::SplitPassage>)>,
    /// Of a book that is searched by meaning too.
    meaning: Option<Meaning>,
    summary: Summary,
}

impl Indexer {
    /// Starts a book with a model file.
    pub fn new(model: Vec<u8>, options: Options) -> Result<Self, IndexError> {
        let meaning = Some(Meaning::open(model)?);
        Ok(Self {
            meaning,
            ..Self::of_words(options)
        })
    }

    /// Starts a book that is searched by words alone, for which nothing is to be embedded.
    pub fn of_words(options: Options) -> Self {
        Self {
            options,
            given: Book::default(),
            pages: BTreeMap::new(),
            meaning: None,
            summary: Summary::default(),
        }
    }

    /// Adds an HTML page; `file` is its path below the site's output folder.
    ///
    /// Pages that are no part of a book (redirects, lists of tags, empty ones) are left out and
    /// named in the summary.
    pub fn add_page(&mut self, file: &str, bytes: &[u8]) -> Result<(), IndexError> {
        let note = |what: String| (file.to_owned(), what);
        let doc = match html::extract(file, bytes)? {
            Extracted::Page(doc) => doc,
            Extracted::Skipped(reason) => {
                self.summary.skipped.push(note(reason.to_string()));
                return Ok(());
            }
        };
        for warning in &doc.warnings {
            self.summary.warnings.push(note(warning.to_string()));
        }
        if self.pages.contains_key(&doc.url) {
            let what = format!(
                "has the address of another page, {:?}, and was left out",
                doc.url
            );
            self.summary.warnings.push(note(what));
            return Ok(());
        }
        let mut failed = None;
        let meaning = &mut self.meaning;
        let mut count = |text: &str| match meaning {
            Some(meaning) => meaning
                .embedder()
                .encoder()
                .count(text)
                .unwrap_or_else(|error| {
                    failed = Some(error);
                    text.len()
                }),
            None => words_as_wordpieces(text),
        };
        let passages = split::split(&doc, PASSAGE_LIMIT, &mut count);
        if let Some(error) = failed {
            return Err(error.into());
        }
        self.pages.insert(doc.url.clone(), (doc, passages));
        Ok(())
    }

    /// Takes a book that is split into passages already, in place of one given before. Its
    /// passages stand before those of pages, and keep their numbers.
    pub fn set_book(&mut self, book: Book) {
        self.given = book;
    }

    /// The distinct texts that have no vector yet: passages, and questions for the small encoder
    /// unless it has its table.
    pub fn pending(&self) -> Vec<Pending> {
        let meaning = self.meaning.as_ref();
        meaning.map_or_else(Vec::new, |meaning| meaning.pending(&self.book()))
    }

    /// Takes the vector of a pending text, from [`Embedder::embed_batch`](crate::Embedder) or a cache.
    pub fn set_vector(&mut self, key: String, vector: Vec<u8>) -> Result<(), IndexError> {
        self.meaning()?.set_vector(key, vector)
    }

    /// Where a cache keeps the small encoder's table of the book as it stands; nowhere, where the book
    /// is searched by words alone.
    pub fn table_key(&self) -> Option<String> {
        let meaning = self.meaning.as_ref();
        meaning.map(|meaning| meaning.table_key(&self.book()))
    }

    /// Takes the table that [`Indexer::distil`] returned for the same key.
    pub fn set_table(&mut self, table: &[u8]) -> Result<(), IndexError> {
        self.meaning()?.set_table(table)
    }

    /// Distils the small encoder's table, once all vectors are there, and returns it for a cache;
    /// `progress` hears the share that is done. [`Indexer::finish`] does it where it was not done.
    pub fn distil(&mut self, progress: &mut dyn FnMut(f32)) -> Result<Vec<u8>, IndexError> {
        let book = self.book();
        self.meaning()?.distil(&book, progress)
    }

    /// The files of the shelf.
    pub fn finish(self) -> Result<Shelf, IndexError> {
        self.finish_with(None, EXACT_LIMIT)
    }

    /// The files of the shelf, as many as can be those of the shelf before it. It takes over nothing
    /// where too much has changed.
    pub fn finish_after(self, previous: &Previous) -> Result<Shelf, IndexError> {
        self.finish_with(Some(previous), EXACT_LIMIT)
    }

    fn finish_with(
        mut self,
        previous: Option<&Previous>,
        exact_limit: usize,
    ) -> Result<Shelf, IndexError> {
        let book = self.book();
        if book.passages.is_empty() {
            return Err(IndexError::NoPassages {
                skipped: self.summary.skipped.len(),
            });
        }
        let model = self.meaning.as_ref().map(Meaning::model_name);
        let mut sections = Sections::default();
        self.write(&book, previous, exact_limit, &mut sections)?;
        let (files, hash) = sections.finish(Facts {
            title: self.options.title,
            lang: book.language().to_owned(),
            model: model.unwrap_or_default(),
            pages: book.pages.len(),
            passages: book.passages.len(),
        })?;
        let summary = Summary {
            pages: book.pages.len(),
            sections: book.sections.len(),
            passages: book.passages.len(),
            bytes: files.iter().map(|file| file.bytes.len()).sum(),
            ..self.summary
        };
        Ok(Shelf {
            files,
            summary,
            hash,
        })
    }

    /// Directory, blocks, groups and cells, then what encoders need.
    fn write(
        &mut self,
        book: &Book,
        previous: Option<&Previous>,
        exact_limit: usize,
        sections: &mut Sections,
    ) -> Result<(), IndexError> {
        let model = self
            .meaning
            .as_ref()
            .map(Meaning::model_name)
            .unwrap_or_default();
        let previous = previous.filter(|previous| previous.model() == model);
        let kept = previous.and_then(|previous| Some((previous, previous.numbers(book)?)));
        let (previous, numbers) = match kept {
            Some((previous, numbers)) => (Some(previous), numbers),
            None => (None, (0..book.passages.len() as u32).collect()),
        };
        let rows = match &mut self.meaning {
            Some(meaning) => meaning.vectors(book)?,
            None => Vec::new(),
        };
        let dims = self.meaning.as_ref().map(Meaning::dims);
        let centroids = previous.map_or_else(Vec::new, Previous::centroids);
        let cells = dims
            .map(|dims| Cells::of(&rows, dims, centroids))
            .transpose()?;
        let in_cells = cells.as_ref().map(|cells| cells.payloads(&rows, &numbers));
        let in_cells = in_cells.unwrap_or_default();
        let words = self.words(book, &numbers, previous, cells.as_ref())?;
        let sketches = match &mut self.meaning {
            Some(meaning) => {
                let passages = book.passages.iter();
                passages
                    .map(|own| meaning.sketches(own))
                    .collect::<Result<_, _>>()?
            }
            None => Vec::new(),
        };
        let groups = groups::groups(book, &numbers, &sketches, &rows);
        let begin = previous.map(|own| &own.directory.addresses.firsts);
        let addresses = addresses::blocks(book, &numbers, begin);
        let listed = &addresses.payloads;
        let stamp = shelf::stamp(&[&words.terms, &words.spelling, &groups, listed, &in_cells]);
        let family = |kind, payloads: &[Vec<u8>]| match previous {
            Some(previous) => previous.stamps(kind, payloads, stamp),
            None => Family::new(vec![stamp; payloads.len()]),
        };
        let directory = Directory {
            passages: book.passages.len() as u32,
            pages: book.pages.len() as u32,
            length: words.length,
            lengths: words.lengths,
            terms: family(Kind::Terms, &words.terms),
            first_terms: words.first_terms,
            spelling: family(Kind::Spelling, &words.spelling),
            first_words: words.first_words,
            groups: family(Kind::Group, &groups),
            addresses: Addresses {
                family: family(Kind::Addresses, listed),
                firsts: addresses.firsts,
                runs: addresses.runs,
            },
            priors: self.priors(book, &numbers),
        };
        let stored = sections.add_family(Kind::Terms, &words.terms, &directory.terms)?
            + sections.add_family(Kind::Spelling, &words.spelling, &directory.spelling)?
            + sections.add_family(Kind::Group, &groups, &directory.groups)?
            + sections.add_family(Kind::Addresses, listed, &directory.addresses.family)?;
        let files = words.terms.len() + words.spelling.len() + groups.len() + listed.len();
        sections.add_with_families(Kind::Directory, &directory.write(), files, stored)?;
        let (Some(mut meaning), Some(cells)) = (self.meaning.take(), cells) else {
            return Ok(());
        };
        let family = family(Kind::Cell, &in_cells);
        let stored = sections.add_family(Kind::Cell, &in_cells, &family)?;
        let head = write_head(cells.dims, &meaning.first_row()?, &family, &cells.centroids);
        sections.add_with_families(Kind::Cells, &head, family.len(), stored)?;
        meaning.write(&rows, &numbers, exact_limit, sections)
    }

    /// The blocks of the word index, with the words' vectors where the book is searched by meaning too.
    fn words(
        &mut self,
        book: &Book,
        numbers: &[u32],
        previous: Option<&Previous>,
        cells: Option<&Cells>,
    ) -> Result<Blocks, IndexError> {
        let mut builder = WordIndexBuilder::new(book.language());
        let mut ids: Vec<u32> = (0..book.passages.len() as u32).collect();
        ids.sort_unstable_by_key(|&id| numbers[id as usize]);
        for id in ids {
            let Some((section, page)) = book.locate(id) else {
                continue;
            };
            let fields = Fields {
                title: &page.title,
                headings: &section.headings,
                body: &book.passages[id as usize].text,
                lang: &page.lang,
            };
            builder.add(numbers[id as usize], &fields);
            if book.neighbours(id).0.is_none() {
                builder.name(&page.lang, &page.title, &page.url);
            }
        }
        let cells = cells.map(|cells| cells.by_number(numbers));
        let begin = Begin {
            terms: previous.map(|own| &own.directory.first_terms),
            words: previous.map(|own| &own.directory.first_words),
            lengths: previous.map(|own| own.directory.lengths),
            cells: cells.as_deref().unwrap_or_default(),
        };
        let Some(meaning) = &mut self.meaning else {
            return builder.finish(&mut |_| Ok(Vec::new()), begin);
        };
        for word in meaning.general_words() {
            builder.know(word);
        }
        builder.finish(&mut |word| meaning.word_row(word), begin)
    }

    fn meaning(&mut self) -> Result<&mut Meaning, IndexError> {
        self.meaning.as_mut().ok_or(IndexError::WordsAlone)
    }

    /// What pages say of themselves, else what the author says of their folders.
    fn priors(&self, book: &Book, numbers: &[u32]) -> PassagePriors {
        let of_page = |page: &Page| {
            let own = self.pages.get(&page.url).and_then(|(doc, _)| doc.prior);
            own.unwrap_or_else(|| self.options.priors.of(&page.url))
        };
        let passages = numbers.iter().zip(0..);
        let given =
            passages.filter_map(|(&number, id)| Some((number, of_page(book.locate(id)?.1))));
        let by_number: BTreeMap<u32, Prior> = given.collect();
        PassagePriors::new(by_number)
    }

    /// The book as it stands: pages in the order of their addresses, empty sections left out.
    fn book(&self) -> Book {
        let mut book = self.given.clone();
        for (url, (doc, passages)) in &self.pages {
            let page = book.pages.len() as u32;
            let Document { title, lang, .. } = doc;
            book.pages.push(Page {
                url: url.clone(),
                title: title.clone(),
                lang: lang.clone(),
            });
            let mut last = None;
            for passage in passages {
                let own = &doc.sections[passage.section];
                if last != Some(passage.section) {
                    last = Some(passage.section);
                    let (headings, anchor) = (own.headings.clone(), own.anchor.clone());
                    book.sections.push(Section {
                        page,
                        headings,
                        anchor,
                    });
                }
                let section = book.sections.len() as u32 - 1;
                let (text, code) = (passage.text.clone(), passage.code.clone());
                book.passages.push(Passage {
                    section,
                    text,
                    code,
                });
            }
        }
        book
    }
}

/// About how many wordpieces a text has, by the 4 to 3 that English has of them to words.
fn words_as_wordpieces(text: &str) -> usize {
    text.split_whitespace().count() * 4 / 3
}

#[cfg(test)]
mod tests {
    use lectern_core::search::{self, Mode, Searcher, Tier};
    use lectern_core::shelf::Manifest;

    use super::*;
    use crate::{Scan, model, open};

    /// A book of 41 passages, no whole number of groups, its shelf with a graph above `exact_limit` of them.
    fn opened(exact_limit: usize) -> (Manifest, Searcher) {
        let model = model::testing::tiny(7).unwrap();
        let mut indexer = Indexer::new(model.clone(), Options::default()).unwrap();
        let words = ["ankle", "battery", "camera", "drive", "encoder", "friction"];
        let section = |i: usize| {
            let (a, b) = (words[i % 6], words[i / 6 % 6]);
            format!("<h2 id=s{i}>{i}</h2><p>{a} {b} {i}</p>")
        };
        let body: String = (0..41).map(section).collect();
        let html = format!("<main><h1>Page</h1>{body}</main>");
        indexer.add_page("p.html", html.as_bytes()).unwrap();
        model::testing::embed_pending(&mut indexer, &model).unwrap();
        let shelf = indexer.finish_with(None, exact_limit).unwrap();
        let mut read = |name: &str| {
            let file = shelf.files.iter().find(|file| file.name == name);
            file.map(|file| file.bytes.clone())
                .ok_or_else(|| std::io::ErrorKind::NotFound.into())
        };
        open(&mut read, Tier::Small, Scan::All).unwrap()
    }

    #[test]
    fn a_book_above_the_limit_has_a_graph_and_walking_it_finds_what_scanning_finds() {
        let (with, mut walking) = opened(40);
        let (without, mut scanning) = opened(41);
        assert!(with.find(Kind::Graph).is_some() && without.find(Kind::Graph).is_none());
        for mode in [Mode::Meaning, Mode::Hybrid] {
            let options = search::Options {
                limit: 10,
                mode,
                explain: true,
                ..search::Options::default()
            };
            for query in ["ankle camera", "battery", "friction drive 7"] {
                let walked = walking.search(query, &options).unwrap();
                assert_eq!(walked, scanning.search(query, &options).unwrap(), "{query}");
                assert!(!walked.pages.is_empty());
            }
        }
    }
}
