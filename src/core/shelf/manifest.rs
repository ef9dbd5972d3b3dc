//! `manifest.json`: which files make up a shelf. The only file that must not be cached.

use serde::{Deserialize, Serialize};

use super::{Kind, VERSION};
use crate::checksum::crc32;
use crate::{Error, Result};

/// Name of the manifest in a shelf's folder.
pub const MANIFEST: &str = "manifest.json";

/// Name of this part in errors.
const SECTION: &str = "manifest";

/// The manifest of a shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of the format; [`check_version`] before anything else is read.
    pub version: u16,
    /// Version of Lectern that wrote the shelf.
    pub generator: String,
    /// Title of the book.
    pub title: String,
    /// Language of most of its pages.
    pub lang: String,
    /// Name of the encoder's model.
    pub model: String,
    /// Number of pages.
    pub pages: u32,
    /// Number of passages.
    pub passages: u32,
    /// Hash of all sections: two shelves with the same hash hold the same book.
    pub hash: String,
    /// The files, in the order of [`Kind::WORDS`] and [`Kind::MEANING`].
    pub sections: Vec<SectionFile>,
    /// CRC-32 of the other fields, as eight hexadecimal digits.
    pub checksum: String,
}

/// One file of a shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionFile {
    /// Name of its [`Kind`].
    pub kind: String,
    /// File name; it holds the file's hash, so a name never changes its content.
    pub file: String,
    /// Bytes as stored.
    pub stored: u64,
    /// Bytes of the section, header included, once inflated.
    pub size: u64,
    /// Number of its parts, which are files of their own.
    pub parts: u32,
    /// Bytes of its parts as stored.
    pub parts_stored: u64,
}

/// Fails unless this code reads shelves of this version.
pub fn check_version(got: u16) -> Result<()> {
    if got == VERSION {
        Ok(())
    } else {
        Err(Error::Version {
            section: SECTION,
            expected: VERSION,
            got,
        })
    }
}

impl Manifest {
    /// Sets the checksum.
    pub fn seal(mut self) -> Self {
        self.checksum = self.digest();
        self
    }

    /// Checks version, checksum and that every section has one file with a plain name. The graph may
    /// be left out, and all that search by meaning needs.
    pub fn check(&self) -> Result<()> {
        check_version(self.version)?;
        if self.digest() != self.checksum {
            return Err(Error::Checksum { section: SECTION });
        }
        let plain = |name: &str| !name.starts_with('.') && name.bytes().all(is_plain);
        let meaning = Kind::MEANING.into_iter();
        let meaning = meaning.filter(|&kind| match kind {
            Kind::Graph => self.find(kind).is_some(),
            _ => self.has_meaning(),
        });
        let expected = Kind::WORDS.into_iter().chain(meaning).map(Kind::name);
        let kinds = self.sections.iter().map(|section| section.kind.as_str());
        if kinds.eq(expected) && self.sections.iter().all(|section| plain(&section.file)) {
            Ok(())
        } else {
            Err(Error::Corrupt {
                section: SECTION,
                what: "it does not list all sections",
            })
        }
    }

    /// Whether the shelf can be searched by meaning.
    pub fn has_meaning(&self) -> bool {
        self.find(Kind::Cells).is_some()
    }

    /// The file of a section, if there is one.
    pub fn find(&self, kind: Kind) -> Option<&SectionFile> {
        let mut sections = self.sections.iter();
        sections.find(|section| section.kind == kind.name())
    }

    /// The file of a section; `check` has made sure of those of search by words.
    pub fn section(&self, kind: Kind) -> Result<&SectionFile> {
        self.find(kind).ok_or(Error::NoEncoder)
    }

    fn digest(&self) -> String {
        let mut w = super::codec::Writer::new();
        w.varint(u64::from(self.version));
        for text in [
            &self.generator,
            &self.title,
            &self.lang,
            &self.model,
            &self.hash,
        ] {
            w.str(text);
        }
        w.varint(u64::from(self.pages));
        w.varint(u64::from(self.passages));
        for section in &self.sections {
            w.str(&section.kind);
            w.str(&section.file);
            w.varint(section.stored);
            w.varint(section.size);
            w.varint(u64::from(section.parts));
            w.varint(section.parts_stored);
        }
        format!("{:08x}", crc32(&w.finish()))
    }
}

/// Characters of file names that need no escape in an address.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._-".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Manifest {
        let kinds = Kind::WORDS.into_iter().chain(Kind::MEANING);
        let sections = kinds.map(|kind| SectionFile {
            kind: kind.name().into(),
            file: format!("{}.0123456789abcdef.lectern", kind.name()),
            stored: 10,
            size: 30,
            parts: 0,
            parts_stored: 0,
        });
        let text = |text: &str| text.to_owned();
        Manifest {
            version: VERSION,
            generator: text("0.1.0"),
            title: text("A book"),
            lang: text("en"),
            model: text("m"),
            pages: 1,
            passages: 2,
            hash: text("00"),
            sections: sections.collect(),
            checksum: String::new(),
        }
        .seal()
    }

    #[test]
    fn a_sealed_manifest_is_good_and_a_changed_one_is_not() {
        assert_eq!(sample().check(), Ok(()));
        let mut changed = sample();
        changed.passages = 3;
        assert_eq!(changed.check().unwrap_err().code(), "shelf-checksum");
        let mut future = sample();
        future.version = VERSION + 1;
        assert_eq!(future.seal().check().unwrap_err().code(), "shelf-version");
    }

    #[test]
    fn the_graph_may_be_left_out_and_meaning_as_a_whole() {
        let without = |left_out: &[Kind]| {
            let mut manifest = sample();
            let names: Vec<&str> = left_out.iter().map(|kind| kind.name()).collect();
            let kept = |section: &SectionFile| !names.contains(&section.kind.as_str());
            manifest.sections.retain(kept);
            manifest.seal().check().is_ok()
        };
        for kind in Kind::WORDS.into_iter().chain(Kind::MEANING) {
            assert_eq!(without(&[kind]), kind == Kind::Graph, "{kind:?}");
        }
        assert!(without(&Kind::MEANING));
    }

    #[test]
    fn a_manifest_cannot_name_files_elsewhere() {
        for name in ["../secret", "a/b", ".hidden", "https:x"] {
            let mut outside = sample();
            outside.sections[0].file = name.into();
            assert_eq!(
                outside.seal().check().unwrap_err().code(),
                "shelf-corrupt",
                "{name}"
            );
        }
    }
}
