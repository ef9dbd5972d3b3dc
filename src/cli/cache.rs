//! Vectors kept between runs, so that a rebuild embeds only what changed.
//!
//! One file a vector, named after its key (a hash of model and text) in one of 256 folders: the
//! first [`DIGEST`] bytes of the SHA-256 of key and vector, then the vector.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use crate::files;

/// Bytes of the digest before a vector.
const DIGEST: usize = 8;

/// A folder of vectors. It only ever saves work: what cannot be read is a miss, and what cannot be
/// written is remembered as one [`VectorCache::failure`].
#[derive(Debug)]
pub struct VectorCache {
    folder: PathBuf,
    failure: OnceLock<anyhow::Error>,
}

impl VectorCache {
    /// A cache in `folder`, which need not be there yet.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            failure: OnceLock::new(),
        }
    }

    /// The vector of a key, unless it is missing or damaged.
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        let bytes = fs::read(self.file(key)).ok()?;
        let (digest, vector) = bytes.split_at_checked(DIGEST)?;
        (*digest == self::digest(key, vector)).then(|| vector.to_vec())
    }

    /// Keeps the vector of a key. After a first failure nothing more is tried.
    pub fn put(&self, key: &str, vector: &[u8]) {
        if self.failure.get().is_none() {
            let bytes = [&digest(key, vector)[..], vector].concat();
            if let Err(error) = files::write(&self.file(key), &bytes) {
                self.failure.get_or_init(|| error);
            }
        }
    }

    /// Why vectors are not kept, where that is so.
    pub fn failure(self) -> Option<anyhow::Error> {
        self.failure.into_inner()
    }

    fn file(&self, key: &str) -> PathBuf {
        let (group, rest) = key.split_at_checked(2).unwrap_or((key, "_"));
        self.folder.join(group).join(rest)
    }
}

fn digest(key: &str, vector: &[u8]) -> [u8; DIGEST] {
    let whole = Sha256::new()
        .chain_update(key)
        .chain_update(vector)
        .finalize();
    let mut digest = [0; DIGEST];
    digest.copy_from_slice(&whole[..DIGEST]);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "00112233";

    #[test]
    fn a_vector_comes_back_for_its_own_key_alone() {
        let folder = tempfile::tempdir().unwrap();
        let cache = VectorCache::new(folder.path().join("new"));
        assert_eq!(cache.get(KEY), None);
        cache.put(KEY, b"vector");
        assert_eq!(cache.get(KEY).as_deref(), Some(&b"vector"[..]));
        let other = "0011ffff";
        fs::rename(cache.file(KEY), cache.file(other)).unwrap();
        assert_eq!(
            cache.get(other),
            None,
            "a file under the wrong name is damaged"
        );
    }

    #[test]
    fn a_damaged_entry_is_a_miss_and_is_mended() {
        let folder = tempfile::tempdir().unwrap();
        let cache = VectorCache::new(folder.path().to_owned());
        cache.put(KEY, b"vector");
        for damaged in [&b""[..], b"short", b"12345678other vector"] {
            fs::write(cache.file(KEY), damaged).unwrap();
            assert_eq!(cache.get(KEY), None);
        }
        cache.put(KEY, b"vector");
        assert!(cache.get(KEY).is_some());
        assert!(cache.failure().is_none());
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_remembered_and_fails_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "in the way").unwrap();
        let cache = VectorCache::new(file.join("cache"));
        cache.put(KEY, b"vector");
        cache.put("445566", b"vector");
        assert_eq!(cache.get(KEY), None);
        let why = format!("{:#}", cache.failure().unwrap());
        assert!(
            why.contains("cannot write") && why.contains("112233"),
            "{why}"
        );
    }
}
