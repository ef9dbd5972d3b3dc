//! What an index takes over from the one before it, so that a deployment uploads what has changed.
//!
//! Pages keep the numbers of their passages, blocks begin at the terms they began at, cells keep their
//! centroids. So nearly all numbered files come out as they were, and those keep their names. A page that
//! has grown by a passage gets numbers behind all others, and leaves holes.

use std::collections::HashMap;
use std::ops::Range;

use lectern_core::shelf::directory::{Directory, GROUP};
use lectern_core::shelf::family::{Family, Member};
use lectern_core::shelf::{Kind, MANIFEST, Manifest, group, unwrap};
use lectern_core::{Book, meaning::Cells};

use crate::open::{OpenError, ReadFile, inflate_file, inflate_part, parse_manifest};

/// Share of holes from which on an index is made anew.
const MOST_HOLES: f64 = 0.25;

/// An index that was made before.
#[derive(Debug)]
pub struct Previous {
    manifest: Manifest,
    pub(crate) directory: Directory,
    cells: Option<Cells>,
    /// Payloads by kind, in order.
    payloads: HashMap<Kind, Vec<Vec<u8>>>,
}

impl Previous {
    /// Reads an index.
    pub fn open(read: &mut ReadFile<'_>) -> Result<Self, OpenError> {
        let manifest = parse_manifest(&read_file(read, MANIFEST)?)?;
        let directory = section(read, &manifest, Kind::Directory)?;
        let directory = Directory::open(unwrap(Kind::Directory, &directory)?)?;
        let cells = match manifest.has_meaning() {
            true => {
                let cells = section(read, &manifest, Kind::Cells)?;
                Some(Cells::open(unwrap(Kind::Cells, &cells)?)?)
            }
            false => None,
        };
        let mut previous = Self {
            manifest,
            directory,
            cells,
            payloads: HashMap::new(),
        };
        for kind in [
            Kind::Terms,
            Kind::Spelling,
            Kind::Group,
            Kind::Addresses,
            Kind::Cell,
        ] {
            let members: Vec<Member> = previous.family(kind).members(kind).collect();
            let mut payloads = Vec::with_capacity(members.len());
            for member in members {
                let file = inflate_part(kind, read_file(read, &member.file())?)?;
                payloads.push(member.unwrap(&file)?.to_vec());
            }
            if let (Some(cells), Kind::Cell) = (&mut previous.cells, kind) {
                for (at, payload) in payloads.iter().enumerate() {
                    cells.add(at, payload)?;
                }
            }
            previous.payloads.insert(kind, payloads);
        }
        Ok(previous)
    }

    /// Hash of the book: see [`Manifest::hash`].
    pub fn hash(&self) -> &str {
        &self.manifest.hash
    }

    /// Name of the encoder's model.
    pub(crate) fn model(&self) -> &str {
        &self.manifest.model
    }

    /// The centroids of the cells, where there are several.
    pub(crate) fn centroids(&self) -> Vec<Vec<u8>> {
        let cells = self.cells.iter();
        let centroids =
            cells.flat_map(|cells| (0..cells.family().len()).map(|at| cells.centroid(at)));
        centroids.collect::<Option<Vec<_>>>().unwrap_or_default()
    }

    /// The stamps of files of these contents: that of the file before it where that has the same.
    pub(crate) fn stamps(&self, kind: Kind, payloads: &[Vec<u8>], new: u32) -> Family {
        let before = self.payloads(kind);
        let family = self.family(kind);
        let stamp = |(at, payload): (usize, &Vec<u8>)| {
            let same = before.get(at).is_some_and(|before| before == payload);
            let member = family.member(kind, at).filter(|_| same);
            member.map_or(new, |member| member.stamp)
        };
        Family::new(payloads.iter().enumerate().map(stamp))
    }

    /// Numbers for the passages of a book: those that their page has had, where they are not more than
    /// it had, else new ones. Nothing, where so many are given up that it is better to begin anew.
    pub(crate) fn numbers(&self, book: &Book) -> Option<Vec<u32>> {
        let known = self.pages()?;
        let mut next = self.directory.capacity() as u32;
        let mut numbers = Vec::with_capacity(book.passages.len());
        for page in pages(book) {
            let had = known.get(page.url).filter(|had| had.len() >= page.passages);
            let first = had.map_or(next, |had| had.start);
            let own = first..first + page.passages as u32;
            next = next.max(own.end);
            numbers.extend(own);
        }
        let holes = 1.0 - numbers.len() as f64 / f64::from(next.max(1));
        (holes <= MOST_HOLES).then_some(numbers)
    }

    /// The numbers of the passages of each page, by its address.
    fn pages(&self) -> Option<HashMap<String, Range<u32>>> {
        let mut known: HashMap<String, Range<u32>> = HashMap::new();
        for (payload, at) in self.payloads(Kind::Group).iter().zip(0u32..) {
            let group = group::open(payload).ok()?.book;
            let holds = |id: &u32| !group.passages[*id as usize].text.is_empty();
            for id in (0..group.passages.len() as u32).filter(holds) {
                let number = at * GROUP as u32 + id;
                let url = group.locate(id)?.1.url.clone();
                let range = known.entry(url).or_insert(number..number);
                range.end = number + 1;
            }
        }
        Some(known)
    }

    fn family(&self, kind: Kind) -> &Family {
        const NONE: &Family = &Family::none();
        match kind {
            Kind::Terms => &self.directory.terms,
            Kind::Spelling => &self.directory.spelling,
            Kind::Group => &self.directory.groups,
            Kind::Addresses => &self.directory.addresses.family,
            _ => self.cells.as_ref().map_or(NONE, Cells::family),
        }
    }

    fn payloads(&self, kind: Kind) -> &[Vec<u8>] {
        self.payloads.get(&kind).map_or(&[], Vec::as_slice)
    }
}

/// A page and how many passages it has.
struct Counted<'a> {
    url: &'a str,
    passages: usize,
}

/// The pages of a book that have passages, in the order of those.
fn pages(book: &Book) -> Vec<Counted<'_>> {
    let mut pages: Vec<Counted<'_>> = Vec::new();
    for id in 0..book.passages.len() as u32 {
        let Some((_, page)) = book.locate(id) else {
            continue;
        };
        match pages.last_mut() {
            Some(last) if last.url == page.url => last.passages += 1,
            _ => pages.push(Counted {
                url: &page.url,
                passages: 1,
            }),
        }
    }
    pages
}

fn section(read: &mut ReadFile<'_>, manifest: &Manifest, kind: Kind) -> Result<Vec<u8>, OpenError> {
    let file = manifest.section(kind)?;
    let stored = read_file(read, &file.file)?;
    Ok(inflate_file(kind, stored, file.stored, file.size)?)
}

fn read_file(read: &mut ReadFile<'_>, name: &str) -> Result<Vec<u8>, OpenError> {
    read(name).map_err(|source| OpenError::Read {
        name: name.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::ErrorKind;

    use lectern_core::search::{self, Searcher, Tier};

    use super::*;
    use crate::model::testing;
    use crate::{Indexer, Options, Scan, Shelf, open};

    type Files = BTreeMap<String, Vec<u8>>;

    const SUBJECTS: [&str; 8] = [
        "ankle", "battery", "camera", "drive", "encoder", "friction", "gripper", "hinge",
    ];

    /// A book with a page for each subject; `edit` may change what one says.
    fn indexer(model: &[u8], edit: impl Fn(&str) -> Option<String>) -> Indexer {
        let mut indexer = Indexer::new(model.to_vec(), Options::default()).unwrap();
        for subject in SUBJECTS {
            let text = format!("<h2 id=a>Of</h2><p>The {subject} of it.</p>");
            let body = edit(subject).unwrap_or(text);
            let page = format!("<main><h1>{subject}</h1><p>About the {subject}.</p>{body}</main>");
            indexer
                .add_page(&format!("{subject}.html"), page.as_bytes())
                .unwrap();
        }
        testing::embed_pending(&mut indexer, model).unwrap();
        indexer
    }

    fn files(shelf: Shelf) -> Files {
        shelf
            .files
            .into_iter()
            .map(|file| (file.name, file.bytes))
            .collect()
    }

    fn previous(files: &Files) -> Previous {
        Previous::open(&mut |name| files.get(name).cloned().ok_or(ErrorKind::NotFound.into()))
            .unwrap()
    }

    fn searcher(files: &Files) -> Searcher {
        let mut read = |name: &str| files.get(name).cloned().ok_or(ErrorKind::NotFound.into());
        open(&mut read, Tier::Small, Scan::All).unwrap().1
    }

    fn urls(searcher: &mut Searcher, query: &str) -> Vec<String> {
        let response = searcher.search(query, &search::Options::default()).unwrap();
        response
            .ranked()
            .iter()
            .map(|hit| hit.url.clone())
            .collect()
    }

    #[test]
    fn an_unchanged_book_gives_the_same_files() {
        let model = testing::tiny(7).unwrap();
        let before = files(indexer(&model, |_| None).finish().unwrap());
        let after = indexer(&model, |_| None)
            .finish_after(&previous(&before))
            .unwrap();
        assert_eq!(files(after), before);
    }

    #[test]
    fn a_changed_page_is_found_as_it_is_now_and_other_files_keep_their_names() {
        let model = testing::tiny(7).unwrap();
        let before = files(indexer(&model, |_| None).finish().unwrap());
        let grown = "<h2 id=a>Of</h2><p>The torso.</p><h2 id=b>More</h2><p>Of the torso.</p>";
        for body in ["<h2 id=a>Of</h2><p>The torso of it.</p>", grown, ""] {
            let edit = |subject: &str| (subject == "camera").then(|| body.to_owned());
            let after = indexer(&model, edit)
                .finish_after(&previous(&before))
                .unwrap();
            let after = files(after);
            let mut now = searcher(&after);
            assert_eq!(now.verify(), Ok(()));
            let anew = files(indexer(&model, edit).finish().unwrap());
            for query in ["torso ", "drive ", "camera ", "friction of it"] {
                let words = search::Options {
                    mode: search::Mode::Words,
                    ..Default::default()
                };
                let hits = |searcher: &mut Searcher| -> Vec<String> {
                    let found = searcher.search(query, &words).unwrap();
                    let mut urls: Vec<_> = found.ranked().iter().map(|h| h.url.clone()).collect();
                    urls.sort();
                    urls
                };
                assert_eq!(hits(&mut now), hits(&mut searcher(&anew)), "{body} {query}");
            }
            let groups = |files: &Files| -> Vec<String> {
                let names = files.keys().filter(|name| name.starts_with("group"));
                names.cloned().collect()
            };
            let (old, new) = (groups(&before), groups(&after));
            assert!(new.iter().any(|name| old.contains(name)), "{body}");
            assert!(!urls(&mut now, "hinge ").is_empty());
        }
    }

    #[test]
    fn a_book_that_has_lost_most_of_its_pages_is_made_anew() {
        let model = testing::tiny(7).unwrap();
        let before = files(indexer(&model, |_| None).finish().unwrap());
        let mut indexer = Indexer::new(model.clone(), Options::default()).unwrap();
        indexer
            .add_page("new.html", b"<main><h1>New</h1><p>A page.</p></main>")
            .unwrap();
        testing::embed_pending(&mut indexer, &model).unwrap();
        let after = indexer.finish_after(&previous(&before)).unwrap();
        let names: Vec<&str> = after.files.iter().map(|file| &file.name[..]).collect();
        assert!(
            names
                .iter()
                .filter(|name| name.starts_with("group.0."))
                .count()
                == 1
        );
        assert!(!names.iter().any(|name| name.starts_with("group.1.")));
    }
}
