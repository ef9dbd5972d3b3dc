//! Files that belong to a section and are fetched one by one.

use super::codec::{Reader, Writer};
use crate::Result;

/// One of the files: a section like any other, with a header of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The first eight bytes of the SHA-256 of the file as it is stored, big-endian: as its name
    /// has them.
    pub hash: u64,
    /// Bytes as stored.
    pub stored: u32,
    /// Bytes once inflated, header included.
    pub size: u32,
}

/// The list of a section's parts: for each its hash, its size and by how much it is smaller as stored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parts(Vec<Part>);

/// Bytes that the shortest entry takes.
const SHORTEST: usize = 10;

impl Parts {
    /// A list of these parts, in order.
    pub fn new(parts: Vec<Part>) -> Self {
        Self(parts)
    }

    /// Appends the list to a payload.
    pub fn write(&self, w: &mut Writer) {
        w.varint(self.0.len() as u64);
        for part in &self.0 {
            w.raw(&part.hash.to_be_bytes());
            w.varint(u64::from(part.stored));
            w.varint(u64::from(part.size));
        }
    }

    /// Reads what [`Parts::write`] wrote.
    pub fn read(r: &mut Reader<'_>) -> Result<Self> {
        let count = r.count(SHORTEST)?;
        let mut parts = Vec::with_capacity(count);
        for _ in 0..count {
            let mut hash = [0; 8];
            hash.copy_from_slice(r.raw(8)?);
            parts.push(Part {
                hash: u64::from_be_bytes(hash),
                stored: r.varint_u32()?,
                size: r.varint_u32()?,
            });
        }
        Ok(Self(parts))
    }

    /// Number of parts.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A part by its place.
    pub fn get(&self, place: usize) -> Option<Part> {
        self.0.get(place).copied()
    }

    /// All parts in order.
    pub fn iter(&self) -> impl Iterator<Item = Part> {
        self.0.iter().copied()
    }
}

impl Part {
    /// The name of its file, which is of a section `kind`.
    pub fn file(&self, kind: super::Kind) -> String {
        file_name(kind, self.hash)
    }
}

/// The name of a file of a shelf: its kind and its content's hash, so a name never changes its
/// content.
pub fn file_name(kind: super::Kind, hash: u64) -> String {
    format!("{}.{hash:016x}.lectern", kind.name())
}
