//! Numbered files: what a large book has thousands of.
//!
//! A file of a family is named after its number and a stamp: `terms.1f.5c0a9e37.lectern`. The stamp is
//! drawn from the content of the whole shelf that the file was first made for, so a name never changes
//! its content, and a reader needs four bytes for a family, not eight for each of its files. A shelf
//! that takes over files of the one before it keeps their stamps: a family is a list of runs of files
//! with one stamp each.

use super::codec::{Reader, Writer};
use super::{Kind, unwrap, wrap};
use crate::{Error, Result};

/// The files of one kind: how many in a row have which stamp.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Family {
    runs: Vec<Run>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    /// Number after the run's last file.
    end: u32,
    stamp: u32,
}

/// One file of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Member {
    /// What it holds.
    pub kind: Kind,
    /// Its number.
    pub index: u32,
    /// Its stamp.
    pub stamp: u32,
}

/// Bytes that the shortest run takes.
const SHORTEST: usize = 5;

impl Family {
    /// A family of files with these stamps.
    pub fn new(stamps: impl IntoIterator<Item = u32>) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        for (end, stamp) in (1..).zip(stamps) {
            match runs.last_mut() {
                Some(last) if last.stamp == stamp => last.end = end,
                _ => runs.push(Run { end, stamp }),
            }
        }
        Self { runs }
    }

    /// A family without files.
    pub const fn none() -> Self {
        Self { runs: Vec::new() }
    }

    /// Appends the family to a payload: number of runs, then of each its files and its stamp.
    pub fn write(&self, w: &mut Writer) {
        w.varint(self.runs.len() as u64);
        let mut start = 0;
        for run in &self.runs {
            w.varint(u64::from(run.end - start));
            w.u32(run.stamp);
            start = run.end;
        }
    }

    /// Reads what [`Family::write`] wrote.
    pub fn read(r: &mut Reader<'_>) -> Result<Self> {
        let count = r.count(SHORTEST)?;
        let mut runs = Vec::with_capacity(count);
        let mut end = 0u32;
        for _ in 0..count {
            let files = r.varint_u32()?;
            end = end
                .checked_add(files)
                .filter(|&end| files > 0 && end <= MOST)
                .ok_or_else(|| r.corrupt("a family has an impossible number of files"))?;
            let stamp = r.u32()?;
            runs.push(Run { end, stamp });
        }
        Ok(Self { runs })
    }

    /// Number of files.
    pub fn len(&self) -> usize {
        self.runs.last().map_or(0, |run| run.end as usize)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// A file by its number.
    pub fn member(&self, kind: Kind, index: usize) -> Option<Member> {
        let index = u32::try_from(index).ok()?;
        let run = self.runs.partition_point(|run| run.end <= index);
        let stamp = self.runs.get(run)?.stamp;
        Some(Member { kind, index, stamp })
    }

    /// All files in order.
    pub fn members(&self, kind: Kind) -> impl Iterator<Item = Member> + '_ {
        (0..self.len()).filter_map(move |index| self.member(kind, index))
    }
}

/// Bytes of the largest file of a family once inflated: far above any.
pub const LARGEST_PART: u64 = 16 << 20;

/// Most files of a family: groups of 8 hold a million passages. A few bytes can name as many, and a reader
/// sets memory aside for each.
pub const MOST: u32 = 1 << 16;

impl Member {
    /// Name of its file.
    pub fn file(self) -> String {
        format!(
            "{}.{:x}.{:08x}.lectern",
            self.kind.name(),
            self.index,
            self.stamp
        )
    }

    /// Its file: a section whose payload begins with number and stamp.
    pub fn wrap(self, payload: &[u8]) -> Vec<u8> {
        let mut w = Writer::new();
        w.varint(u64::from(self.index));
        w.u32(self.stamp);
        w.raw(payload);
        wrap(self.kind, &w.finish())
    }

    /// The payload of its file.
    pub fn unwrap(self, file: &[u8]) -> Result<&[u8]> {
        let mut r = Reader::new(self.kind.name(), unwrap(self.kind, file)?);
        if (r.varint_u32()?, r.u32()?) != (self.index, self.stamp) {
            return Err(Error::Mixed {
                what: "another file stands in the place of a block",
            });
        }
        r.raw(r.remaining())
    }
}

/// What is known of a file of a family.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Slot<T> {
    /// It was not asked for.
    #[default]
    Absent,
    /// It could not be had, and searches do without it.
    Lost,
    /// It is here.
    Here(T),
}

impl<T> Slot<T> {
    /// What is here.
    pub fn here(&self) -> Option<&T> {
        match self {
            Self::Here(own) => Some(own),
            _ => None,
        }
    }

    /// Whether it is still to be asked for.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Gives up what is not here.
    pub fn lose(&mut self) {
        if self.is_absent() {
            *self = Self::Lost;
        }
    }

    /// Asks again for what could not be had.
    pub fn retry(&mut self) {
        if matches!(self, Self::Lost) {
            *self = Self::Absent;
        }
    }
}

/// As many slots, all absent.
pub fn slots<T>(count: usize) -> Vec<Slot<T>> {
    std::iter::repeat_with(|| Slot::Absent)
        .take(count)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(family: &Family) -> Vec<u8> {
        let mut w = Writer::new();
        family.write(&mut w);
        w.finish()
    }

    #[test]
    fn files_know_their_stamps_and_a_family_of_one_build_takes_few_bytes() {
        let family = Family::new(vec![7; 5_000]);
        assert!(written(&family).len() < 8);
        let mixed = Family::new([7, 7, 9, 7]);
        for family in [family, mixed.clone(), Family::default()] {
            let bytes = written(&family);
            assert_eq!(Family::read(&mut Reader::new("test", &bytes)), Ok(family));
        }
        let stamps: Vec<u32> = mixed.members(Kind::Terms).map(|m| m.stamp).collect();
        assert_eq!(stamps, [7, 7, 9, 7]);
        assert_eq!(mixed.member(Kind::Terms, 4), None);
        let name = mixed.member(Kind::Terms, 2).map(Member::file);
        assert_eq!(name.as_deref(), Some("terms.2.00000009.lectern"));
    }

    #[test]
    fn a_file_in_the_place_of_another_is_refused() {
        let member = |index, stamp| Member {
            kind: Kind::Group,
            index,
            stamp,
        };
        let file = member(300, 5).wrap(b"text");
        assert_eq!(member(300, 5).unwrap(&file), Ok(&b"text"[..]));
        for other in [member(301, 5), member(300, 6)] {
            assert_eq!(other.unwrap(&file).unwrap_err().code(), "shelf-mixed");
        }
        for cut in 0..file.len() {
            assert!(member(300, 5).unwrap(&file[..cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn impossible_families_are_errors() {
        for bytes in [&[1, 0, 0, 0, 0, 0][..], &[1, 1, 0], &[0xff; 9]] {
            assert!(Family::read(&mut Reader::new("test", bytes)).is_err());
        }
        let mut w = Writer::new();
        w.varint(1);
        w.varint(u64::from(MOST) + 1);
        w.u32(0);
        assert!(Family::read(&mut Reader::new("test", &w.finish())).is_err());
    }

    #[test]
    fn what_was_lost_is_asked_for_again() {
        let mut slots = slots::<u8>(2);
        slots[1] = Slot::Here(3);
        for slot in &mut slots {
            slot.lose();
        }
        assert_eq!(slots, [Slot::Lost, Slot::Here(3)]);
        slots[0].retry();
        assert!(slots[0].is_absent() && slots[1].here() == Some(&3));
    }
}
