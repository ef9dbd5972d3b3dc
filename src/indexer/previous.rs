//! What an index takes over from the one before it, so that a deployment uploads what has changed.
//!
//! Pages that say what they said keep the numbers of their passages, blocks begin at the terms they
//! began at, cells keep their centroids. So nearly all numbered files come out as they were, and those
//! keep their names. Passages of changed pages get numbers behind all others and leave holes.

use std::collections::HashMap;

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
        for kind in [Kind::Terms, Kind::Spelling, Kind::Group, Kind::Cell] {
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

    /// Numbers for the passages of a book: those that they have, for pages that have not changed, else
    /// new ones. Nothing, where so many are given up that it is better to begin anew.
    pub(crate) fn numbers(&self, book: &Book) -> Option<Vec<u32>> {
        let known = self.pages()?;
        let mut next = self.directory.capacity() as u32;
        let mut numbers = Vec::with_capacity(book.passages.len());
        for page in pages(book) {
            let first = known.get(&page).copied();
            let first = first.unwrap_or_else(|| {
                let first = next;
                next += page.passages.len() as u32;
                first
            });
            numbers.extend(first..first + page.passages.len() as u32);
        }
        let holes = 1.0 - numbers.len() as f64 / f64::from(next.max(1));
        (holes <= MOST_HOLES).then_some(numbers)
    }

    /// The pages of this index, each with the number of its first passage.
    fn pages(&self) -> Option<HashMap<OnePage, u32>> {
        let mut book = Book::default();
        let mut numbers = Vec::new();
        for (payload, at) in self.payloads(Kind::Group).iter().zip(0u32..) {
            let group = group::open(payload).ok()?.book;
            let holds = |id: &usize| !group.passages[*id].text.is_empty();
            for id in (0..group.passages.len()).filter(holds) {
                let (section, page) = group.locate(id as u32)?;
                if book.pages.last() != Some(page) {
                    book.pages.push(page.clone());
                }
                let page = book.pages.len() as u32 - 1;
                let own = lectern_core::Section {
                    page,
                    ..section.clone()
                };
                if book.sections.last() != Some(&own) {
                    book.sections.push(own);
                }
                let section = book.sections.len() as u32 - 1;
                let passage = group.passages[id].clone();
                book.passages
                    .push(lectern_core::Passage { section, ..passage });
                numbers.push(at * GROUP as u32 + id as u32);
            }
        }
        let mut known = HashMap::new();
        let mut at = 0;
        for page in pages(&book) {
            let first = numbers[at];
            let count = page.passages.len();
            at += count;
            // What is torn apart is written anew.
            if numbers[at - 1] == first + count as u32 - 1 {
                known.insert(page, first);
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
            _ => self.cells.as_ref().map_or(NONE, Cells::family),
        }
    }

    fn payloads(&self, kind: Kind) -> &[Vec<u8>] {
        self.payloads.get(&kind).map_or(&[], Vec::as_slice)
    }
}

/// All that is said of a page.
#[derive(Debug, PartialEq, Eq, Hash)]
struct OnePage {
    page: String,
    /// Section and passage.
    passages: Vec<(String, String)>,
}

/// The pages of a book that have passages, in the order of those.
fn pages(book: &Book) -> Vec<OnePage> {
    let mut pages: Vec<(u32, OnePage)> = Vec::new();
    for (passage, id) in book.passages.iter().zip(0..) {
        let Some((section, page)) = book.locate(id) else {
            continue;
        };
        if pages.last().is_none_or(|(last, _)| *last != section.page) {
            let own = OnePage {
                page: format!("{page:?}"),
                passages: Vec::new(),
            };
            pages.push((section.page, own));
        }
        if let Some((_, last)) = pages.last_mut() {
            let heading = format!("{:?} {:?}", section.anchor, section.headings);
            let text = format!("{:?} {:?}", passage.text, passage.code);
            last.passages.push((heading, text));
        }
    }
    pages.into_iter().map(|(_, page)| page).collect()
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
