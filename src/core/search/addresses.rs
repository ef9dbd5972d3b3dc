//! Pages by their addresses: as many as are here.

use std::ops::Range;

use crate::address::{holds, is_page, path};
use crate::order::sort_by;
use crate::shelf::addresses::{self, Entry};
use crate::shelf::family::{Slot, slots};
use crate::shelf::keys::Keys;
use crate::{Error, Result};

/// Blocks of addresses.
#[derive(Debug)]
pub(super) struct Addresses {
    firsts: Keys,
    runs: Vec<Range<u32>>,
    blocks: Vec<Slot<Vec<Entry>>>,
}

impl Addresses {
    /// The blocks that a directory tells of; none is here yet.
    pub fn new(listed: &addresses::Addresses) -> Self {
        Self {
            firsts: listed.firsts.clone(),
            runs: listed.runs.clone(),
            blocks: slots(listed.firsts.len()),
        }
    }

    /// Takes the payload of a block.
    pub fn add(&mut self, index: usize, payload: &[u8]) -> Result<()> {
        let entries = addresses::open(payload)?;
        let slot = self.blocks.get_mut(index);
        let (section, what) = ("addresses", "there is no such block");
        *slot.ok_or(Error::Corrupt { section, what })? = Slot::Here(entries);
        Ok(())
    }

    pub fn lose(&mut self, index: usize) {
        self.blocks.get_mut(index).map(Slot::lose);
    }

    pub fn retry(&mut self) {
        self.blocks.iter_mut().for_each(Slot::retry);
    }

    /// Which passages, of `capacity`, are in these places; `want` hears the blocks that would tell and are
    /// to be asked for. Of the places that hold a page the longest decides; what none holds is admitted
    /// where the first is an exclusion.
    pub fn within(
        &self,
        places: &[String],
        capacity: usize,
        want: &mut dyn FnMut(usize),
    ) -> Vec<bool> {
        let excludes = |place: &str| place.starts_with(EXCLUSION);
        let mut within = vec![places.first().is_some_and(|place| excludes(place)); capacity];
        let mut places: Vec<&str> = places.iter().map(String::as_str).collect();
        let length = |place: &str| (path(bare(place)).len(), is_page(place));
        sort_by(&mut places, |a, b| length(a).cmp(&length(b)));
        for place in places {
            self.runs_in(bare(place), want, &mut |passages| {
                let end = capacity.min(passages.end as usize);
                if let Some(own) = within.get_mut(passages.start as usize..end) {
                    own.fill(!excludes(place));
                }
            });
        }
        within
    }

    /// Shows `found` the passages of the pages that a place holds.
    fn runs_in(
        &self,
        place: &str,
        want: &mut dyn FnMut(usize),
        found: &mut dyn FnMut(&Range<u32>),
    ) {
        for at in self.blocks_of(place) {
            match (&self.blocks[at], self.run(at, place)) {
                (_, Some(run)) => found(run),
                (Slot::Here(entries), None) => {
                    let own = entries.iter().filter(|entry| holds(place, &entry.url));
                    own.for_each(|entry| found(&entry.passages));
                }
                (Slot::Absent, None) => want(at),
                (Slot::Lost, None) => {}
            }
        }
    }

    /// The page at an address, if its block is here; `want` hears the blocks that are to be asked for.
    pub fn page(&self, url: &str, want: &mut dyn FnMut(usize)) -> Option<&Entry> {
        let own = path(url);
        let mut found = None;
        for at in self.blocks_of_page(own) {
            match &self.blocks[at] {
                Slot::Here(entries) => {
                    found = found.or(entries.iter().find(|entry| path(&entry.url) == own));
                }
                Slot::Absent => want(at),
                Slot::Lost => {}
            }
        }
        found
    }

    /// The blocks in which pages that a place holds may be.
    fn blocks_of(&self, place: &str) -> Range<usize> {
        let own = path(place);
        match is_page(place) {
            true => self.blocks_of_page(own),
            false => self.firsts.blocks_of_prefix(own),
        }
    }

    /// The blocks in which the page of a path may be: between it and it with a slash are all ways to
    /// write it.
    fn blocks_of_page(&self, path: &str) -> Range<usize> {
        let start = self.firsts.block_of(path).unwrap_or(0);
        let end = self.firsts.block_of(&[path, "/"].concat());
        start..end.map_or(start, |last| last + 1)
    }

    /// The passages of a block whose pages all are in a place, as far as can be told without it.
    fn run(&self, at: usize, place: &str) -> Option<&Range<u32>> {
        let own = path(place);
        let inside = |at: usize| {
            let rest = self.firsts.get(at)?.strip_prefix(own)?;
            (own.is_empty() || rest.starts_with('/')).then_some(())
        };
        inside(at).and(inside(at + 1))?;
        self.runs
            .get(at)
            .filter(|run| !run.is_empty() && !is_page(place))
    }
}

/// A place without what says that it is excluded.
fn bare(place: &str) -> &str {
    place.strip_prefix(EXCLUSION).unwrap_or(place)
}

/// What a place that is excluded begins with.
const EXCLUSION: char = '!';
