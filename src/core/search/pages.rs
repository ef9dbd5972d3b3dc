//! The passages of a book, as many as are here.

use crate::shelf::directory::{Directory, GROUP};
use crate::shelf::family::{Slot, slots};
use crate::shelf::group::{self, Group};
use crate::{Error, Page, Passage, Result, Section};

/// Passages by number, in groups.
#[derive(Debug)]
pub struct Pages {
    /// Boxed: a directory names more of them in a few bytes than memory should be set aside for.
    groups: Vec<Slot<Box<Group>>>,
}

/// A passage and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located<'a> {
    /// The passage.
    pub passage: &'a Passage,
    /// Its section.
    pub section: &'a Section,
    /// Its page.
    pub page: &'a Page,
}

impl Pages {
    /// The passages that a directory tells of; no group is here yet.
    pub(super) fn new(directory: &Directory) -> Self {
        Self {
            groups: slots(directory.groups.len()),
        }
    }

    /// Takes the payload of a group.
    pub(super) fn add(&mut self, index: usize, payload: &[u8]) -> Result<()> {
        let group = group::open(payload)?;
        let slot = self.groups.get_mut(index);
        let (section, what) = ("group", "there is no such group");
        *slot.ok_or(Error::Corrupt { section, what })? = Slot::Here(Box::new(group));
        Ok(())
    }

    pub(super) fn lose(&mut self, index: usize) {
        self.groups.get_mut(index).map(Slot::lose);
    }

    pub(super) fn retry(&mut self) {
        self.groups.iter_mut().for_each(Slot::retry);
    }

    /// The groups of these passages that are to be asked for, each once, in this order.
    pub(super) fn absent(&self, passages: impl Iterator<Item = u32>) -> Vec<usize> {
        let mut absent = Vec::new();
        for passage in passages {
            let group = passage as usize / GROUP;
            if self.is_absent(passage) && !absent.contains(&group) {
                absent.push(group);
            }
        }
        absent
    }

    /// Whether the group of a passage is to be asked for.
    pub(super) fn is_absent(&self, passage: u32) -> bool {
        let group = self.groups.get(passage as usize / GROUP);
        group.is_some_and(Slot::is_absent)
    }

    /// Passage, section and page of a number, if its group is here and has it.
    pub fn locate(&self, passage: u32) -> Option<Located<'_>> {
        let group = self.group(passage)?;
        let passage = group.book.passages.get(passage as usize % GROUP)?;
        if passage.text.is_empty() {
            // A number that was given up.
            return None;
        }
        let section = group.book.sections.get(passage.section as usize)?;
        let page = group.book.pages.get(section.page as usize)?;
        Some(Located {
            passage,
            section,
            page,
        })
    }

    /// The vector of a passage, if its group is here and has it.
    pub(super) fn row(&self, passage: u32) -> Option<&[u8]> {
        self.group(passage)?.row(passage as usize % GROUP)
    }

    /// The sketches of a passage's sentences, as many as there are.
    pub(super) fn sketches(&self, passage: u32) -> impl Iterator<Item = &[u8]> {
        let group = self.group(passage).into_iter();
        group.flat_map(move |group| group.sketches(passage as usize % GROUP))
    }

    /// All passages that are here, by number.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Located<'_>)> {
        let all = 0..(self.groups.len() * GROUP) as u32;
        all.filter_map(|number| Some((number, self.locate(number)?)))
    }

    /// Groups that are here and have rows of another size.
    pub(super) fn has_other_rows(&self, row_bytes: usize) -> bool {
        let mut groups = self.groups.iter().filter_map(Slot::here);
        groups.any(|group| !group.book.passages.is_empty() && group.row_bytes() != row_bytes)
    }

    /// Bytes of the rows of a group.
    pub(super) fn row_bytes(&self, index: usize) -> usize {
        self.groups
            .get(index)
            .and_then(Slot::here)
            .map_or(0, |group| group.row_bytes())
    }

    fn group(&self, passage: u32) -> Option<&Group> {
        self.groups
            .get(passage as usize / GROUP)?
            .here()
            .map(Box::as_ref)
    }
}

/// Address of a section below the site's base URL.
pub fn address(located: &Located<'_>) -> String {
    match located.section.anchor.as_str() {
        "" => located.page.url.clone(),
        anchor => format!("{}#{anchor}", located.page.url),
    }
}
