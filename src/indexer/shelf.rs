//! The files of a shelf: sections compressed, named after their content, and the manifest.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use lectern_core::shelf::family::Family;
use lectern_core::shelf::parts::{Part, Parts};
use lectern_core::shelf::{Kind, MANIFEST, Manifest, SectionFile, VERSION, wrap};
use sha2::{Digest, Sha256};

use crate::IndexError;

/// First bytes of a gzip file (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A section is stored compressed when that leaves at most this share of it: a browser pays for
/// inflating too.
const WORTH_IT: f64 = 0.95;

/// A file to be written into the shelf's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A finished shelf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    /// All files, the manifest last: what it names is there when it is.
    pub files: Vec<File>,
    /// What was indexed.
    pub summary: Summary,
    /// Its hash, as the manifest has it.
    pub hash: String,
}

/// What was indexed.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Summary {
    /// Pages with text.
    pub pages: usize,
    /// Files that were left out, and why.
    pub skipped: Vec<(String, String)>,
    /// Pages that are odd, and how.
    pub warnings: Vec<(String, String)>,
    /// Sections with a heading of their own.
    pub sections: usize,
    /// Passages.
    pub passages: usize,
    /// Bytes of all files.
    pub bytes: usize,
}

/// What the manifest says beside the files.
pub(crate) struct Facts {
    pub title: String,
    pub lang: String,
    pub model: String,
    pub pages: usize,
    pub passages: usize,
}

/// The files of a shelf while they are made.
#[derive(Debug, Default)]
pub(crate) struct Sections {
    files: Vec<File>,
    sections: Vec<SectionFile>,
    all: Sha256,
}

impl Sections {
    /// Adds a section.
    pub fn add(&mut self, kind: Kind, payload: &[u8]) -> Result<(), IndexError> {
        let part = self.file(kind, payload)?;
        self.list(kind, part, 0, 0);
        Ok(())
    }

    /// Adds a section whose payload is made once the files of its parts, sections `of`, are known.
    pub fn add_with_parts(
        &mut self,
        kind: Kind,
        of: Kind,
        payloads: &[Vec<u8>],
        head: impl FnOnce(&Parts) -> Vec<u8>,
    ) -> Result<(), IndexError> {
        let parts = payloads.iter().map(|payload| self.file(of, payload));
        let parts = parts.collect::<Result<Vec<Part>, _>>()?;
        let stored = parts.iter().map(|part| u64::from(part.stored)).sum();
        let count = parts.len() as u32;
        let part = self.file(kind, &head(&Parts::new(parts)))?;
        self.list(kind, part, count, stored);
        Ok(())
    }

    /// Adds the numbered files of a family, and returns the bytes they take as stored.
    pub fn add_family(
        &mut self,
        kind: Kind,
        payloads: &[Vec<u8>],
        family: &Family,
    ) -> Result<u64, IndexError> {
        let mut stored = 0;
        for (member, payload) in family.members(kind).zip(payloads) {
            let section = member.wrap(payload);
            self.all.update(Sha256::digest(&section));
            let bytes = compress(&section)?;
            stored += bytes.len() as u64;
            let name = member.file();
            self.files.push(File { name, bytes });
        }
        Ok(stored)
    }

    /// Adds a section with families of files.
    pub fn add_with_families(
        &mut self,
        kind: Kind,
        payload: &[u8],
        count: usize,
        stored: u64,
    ) -> Result<(), IndexError> {
        let part = self.file(kind, payload)?;
        self.list(kind, part, count as u32, stored);
        Ok(())
    }

    /// All files, the manifest last, and the hash of the shelf.
    pub fn finish(mut self, facts: Facts) -> Result<(Vec<File>, String), IndexError> {
        let hash = hex(&self.all.finalize()[..8]);
        let manifest = Manifest {
            version: VERSION,
            generator: env!("CARGO_PKG_VERSION").into(),
            title: facts.title,
            lang: facts.lang,
            model: facts.model,
            pages: facts.pages as u32,
            passages: facts.passages as u32,
            hash: hash.clone(),
            sections: self.sections,
            checksum: String::new(),
        }
        .seal();
        let json = serde_json::to_vec_pretty(&manifest).map_err(std::io::Error::other)?;
        self.files.push(File {
            name: MANIFEST.into(),
            bytes: json,
        });
        Ok((self.files, hash))
    }

    fn file(&mut self, kind: Kind, payload: &[u8]) -> Result<Part, IndexError> {
        let section = wrap(kind, payload);
        self.all.update(Sha256::digest(&section));
        let bytes = compress(&section)?;
        let mut hash = [0; 8];
        hash.copy_from_slice(&Sha256::digest(&bytes)[..8]);
        let part = Part {
            hash: u64::from_be_bytes(hash),
            stored: bytes.len() as u32,
            size: section.len() as u32,
        };
        let name = part.file(kind);
        // Two parts may be equal, and then are one file.
        if !self.files.iter().any(|file| file.name == name) {
            self.files.push(File { name, bytes });
        }
        Ok(part)
    }

    fn list(&mut self, kind: Kind, part: Part, parts: u32, parts_stored: u64) {
        self.sections.push(SectionFile {
            kind: kind.name().into(),
            file: part.file(kind),
            stored: part.stored.into(),
            size: part.size.into(),
            parts,
            parts_stored,
        });
    }
}

/// The stamp of numbered files with these contents: the first bytes of the hash of them all.
pub(crate) fn stamp(families: &[&[Vec<u8>]]) -> u32 {
    let mut all = Sha256::new();
    for payload in families.iter().copied().flatten() {
        all.update((payload.len() as u64).to_le_bytes());
        all.update(payload);
    }
    let digest = all.finalize();
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// Compresses a section where that pays. The gzip header holds no time and no name, so the same
/// section gives the same bytes.
fn compress(section: &[u8]) -> Result<Vec<u8>, IndexError> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(section)?;
    let packed = encoder.finish()?;
    let pays = packed.len() as f64 <= section.len() as f64 * WORTH_IT;
    Ok(if pays { packed } else { section.to_vec() })
}

/// A section as it was before it was stored; never more than the `size` its manifest names.
pub fn inflate(stored: Vec<u8>, size: u64) -> std::io::Result<Vec<u8>> {
    if !stored.starts_with(&GZIP) {
        return Ok(stored);
    }
    let mut section = Vec::new();
    GzDecoder::new(&stored[..])
        .take(size.saturating_add(1))
        .read_to_end(&mut section)?;
    Ok(section)
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compressed_section_comes_back_and_noise_is_stored_as_it_is() {
        let text = b"words words words ".repeat(100);
        let packed = compress(&text).unwrap();
        assert!(packed.len() < text.len());
        assert_eq!(inflate(packed, text.len() as u64).unwrap(), text);
        let mut state = 1u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(1000)
        .collect();
        assert_eq!(compress(&noise).unwrap(), noise);
    }

    #[test]
    fn inflating_stops_at_the_size_it_was_told() {
        let bomb = compress(&vec![0; 10_000_000]).unwrap();
        assert_eq!(inflate(bomb, 1_000).unwrap().len(), 1_001);
    }
}
