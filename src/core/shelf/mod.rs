//! The shelf: the set of files that holds a book's index.
//!
//! Each file is one section: a header of 20 bytes, then the payload. All integers are
//! little-endian.
//!
//! | offset | bytes | what |
//! |---|---|---|
//! | 0 | 4 | `LCTN` |
//! | 4 | 2 | format version, [`VERSION`]; encoders have one of their own |
//! | 6 | 2 | kind of the section, [`Kind`] |
//! | 8 | 8 | length of the payload |
//! | 16 | 4 | CRC-32 (ISO-HDLC) of the payload |

pub mod addresses;
pub mod codec;
pub mod directory;
pub mod family;
pub mod group;
pub mod keys;
mod manifest;
pub mod parts;
pub mod priors;

pub use manifest::{MANIFEST, Manifest, SectionFile, check_version};

use crate::checksum::crc32;
use crate::{Error, Result};

/// Version of the format that this code reads and writes.
pub const VERSION: u16 = 7;

/// Version of the format of encoders: of model files, and of what readers keep of them across books.
const ENCODER_VERSION: u16 = 3;

const MAGIC: [u8; 4] = *b"LCTN";
const HEADER: usize = 20;

/// What a section holds, or one of its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What a reader has before the first query, and what leads to the rest.
    Directory,
    /// What leads to the cells of the passage vectors.
    Cells,
    /// Links of the HNSW graph, of large books alone, for who has all vectors.
    Graph,
    /// The book's tokens, which the full encoder needs.
    Vocabulary,
    /// The full encoder as it is for every book, but for its layers.
    Core,
    /// The full encoder's word vectors of the book's tokens.
    Rows,
    /// A block of the word index: words, their vectors, postings.
    Terms,
    /// A block of the list of words that queries are completed and corrected with.
    Spelling,
    /// A group of passages: pages, headings, text, vectors.
    Group,
    /// A cell: vectors that are near each other, coarsely.
    Cell,
    /// A layer of the full encoder.
    Layer,
    /// A model file, which is no part of a shelf.
    Model,
    /// A block of addresses: which passages are a page's.
    Addresses,
}

impl Kind {
    /// The section that search by words needs.
    pub const WORDS: [Self; 1] = [Self::Directory];

    /// The sections that search by meaning needs beside it, in the order of the manifest. The
    /// graph may be left out, and all may, of a book that is searched by words alone.
    pub const MEANING: [Self; 5] = [
        Self::Cells,
        Self::Graph,
        Self::Vocabulary,
        Self::Core,
        Self::Rows,
    ];

    /// Name in file names, the manifest and errors.
    pub fn name(self) -> &'static str {
        match self {
            Self::Directory => "directory",
            Self::Cells => "cells",
            Self::Graph => "graph",
            Self::Vocabulary => "vocabulary",
            Self::Core => "core",
            Self::Rows => "rows",
            Self::Terms => "terms",
            Self::Spelling => "spelling",
            Self::Group => "group",
            Self::Cell => "cell",
            Self::Layer => "layer",
            Self::Model => "model file",
            Self::Addresses => "addresses",
        }
    }

    fn code(self) -> u16 {
        self as u16 + 1
    }

    fn version(self) -> u16 {
        match self {
            Self::Model | Self::Core | Self::Layer | Self::Rows | Self::Vocabulary => {
                ENCODER_VERSION
            }
            _ => VERSION,
        }
    }
}

/// A section's file: header and payload.
pub fn wrap(kind: Kind, payload: &[u8]) -> Vec<u8> {
    let mut file = Vec::with_capacity(HEADER + payload.len());
    file.extend_from_slice(&MAGIC);
    file.extend_from_slice(&kind.version().to_le_bytes());
    file.extend_from_slice(&kind.code().to_le_bytes());
    file.extend_from_slice(&(payload.len() as u64).to_le_bytes());
    file.extend_from_slice(&crc32(payload).to_le_bytes());
    file.extend_from_slice(payload);
    file
}

/// The payload of a section's file, its header and checksum checked.
pub fn unwrap(kind: Kind, file: &[u8]) -> Result<&[u8]> {
    let section = kind.name();
    if file.len() < MAGIC.len() || file[..MAGIC.len()] != MAGIC {
        return Err(Error::NotAShelf { section });
    }
    let truncated = |need: u64| Error::Truncated {
        section,
        need,
        have: file.len() as u64,
    };
    if file.len() < HEADER {
        return Err(truncated(HEADER as u64));
    }
    let mut header = codec::Reader::new(section, &file[MAGIC.len()..HEADER]);
    let (version, code) = (header.u16()?, header.u16()?);
    if version != kind.version() {
        return Err(Error::Version {
            section,
            expected: kind.version(),
            got: version,
        });
    }
    if code != kind.code() {
        return Err(Error::Corrupt {
            section,
            what: "another section stands in its place",
        });
    }
    let length = u64::from(header.u32()?) | u64::from(header.u32()?) << 32;
    let checksum = header.u32()?;
    let payload = &file[HEADER..];
    match (payload.len() as u64).cmp(&length) {
        std::cmp::Ordering::Less => Err(truncated(length.saturating_add(HEADER as u64))),
        std::cmp::Ordering::Greater => Err(Error::Corrupt {
            section,
            what: "bytes are left over",
        }),
        std::cmp::Ordering::Equal if crc32(payload) != checksum => Err(Error::Checksum { section }),
        std::cmp::Ordering::Equal => Ok(payload),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_comes_back() {
        let file = wrap(Kind::Terms, b"payload");
        assert_eq!(unwrap(Kind::Terms, &file), Ok(&b"payload"[..]));
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_an_error() {
        let file = wrap(Kind::Terms, b"payload");
        for cut in 0..file.len() {
            assert!(unwrap(Kind::Terms, &file[..cut]).is_err(), "cut at {cut}");
        }
        for bit in 0..file.len() * 8 {
            let mut damaged = file.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(unwrap(Kind::Terms, &damaged).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn errors_tell_what_is_wrong() {
        let file = wrap(Kind::Terms, b"payload");
        let code = |file: &[u8]| unwrap(Kind::Terms, file).unwrap_err().code();
        assert_eq!(code(b"<!doctype html>"), "shelf-missing");
        assert_eq!(code(&file[..file.len() - 1]), "shelf-truncated");
        let mut other = file.clone();
        other[4] += 1;
        assert_eq!(code(&other), "shelf-version");
        assert_eq!(
            unwrap(Kind::Group, &file).unwrap_err().code(),
            "shelf-corrupt"
        );
    }
}
