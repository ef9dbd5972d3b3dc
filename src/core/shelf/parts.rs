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

/// The list of a section's parts: for each its hash and its size, as stored and inflated.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shelf::Kind;

    fn sample() -> Parts {
        let part = |hash, stored, size| Part { hash, stored, size };
        Parts::new(vec![
            part(0x0123_4567_89ab_cdef, 1, 30),
            part(0xff, u32::MAX, u32::MAX),
        ])
    }

    fn written(parts: &Parts) -> Vec<u8> {
        let mut w = Writer::new();
        parts.write(&mut w);
        w.finish()
    }

    #[test]
    fn a_list_comes_back_and_what_follows_it_is_left() {
        let bytes = [&written(&sample())[..], b"rest"].concat();
        let mut r = Reader::new("test", &bytes);
        let parts = Parts::read(&mut r).unwrap();
        assert_eq!((&parts, r.remaining()), (&sample(), 4));
        assert_eq!((parts.get(1).unwrap().hash, parts.get(2)), (0xff, None));
        assert!(!parts.is_empty() && Parts::default().is_empty());
    }

    #[test]
    fn a_file_is_named_after_its_hash() {
        let name = sample().get(0).unwrap().file(Kind::Layer);
        assert_eq!(name, "layer.0123456789abcdef.lectern");
        assert_eq!(file_name(Kind::Layer, 1), "layer.0000000000000001.lectern");
    }

    #[test]
    fn every_cut_is_an_error_and_a_count_beyond_the_bytes_reserves_nothing() {
        let bytes = written(&sample());
        for cut in 0..bytes.len() {
            assert!(
                Parts::read(&mut Reader::new("test", &bytes[..cut])).is_err(),
                "{cut}"
            );
        }
        let mut w = Writer::new();
        w.varint(u64::from(u32::MAX));
        let huge = w.finish();
        assert!(Parts::read(&mut Reader::new("test", &huge)).is_err());
    }
}
