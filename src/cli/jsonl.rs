//! Text files, gzipped or not; mostly of one JSON value a line.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::read::MultiGzDecoder;
use serde::de::DeserializeOwned;

use crate::files;

/// First bytes of a gzip file (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The values of a file; empty lines are skipped, errors name file and line.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let text = text(path)?;
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            serde_json::from_str(line)
                .with_context(|| format!("{}, line {}", path.display(), number + 1))
        })
        .collect()
}

/// The text of a file.
pub fn text(path: &Path) -> Result<String> {
    inflate(files::read(path)?).with_context(|| format!("{} is no text", path.display()))
}

/// A file of a folder, or the same with `.gz` after its name.
pub fn find(dir: &Path, name: &str) -> Option<PathBuf> {
    let candidates = [dir.join(name), dir.join(format!("{name}.gz"))];
    candidates.into_iter().find(|path| path.is_file())
}

fn inflate(bytes: Vec<u8>) -> Result<String> {
    if !bytes.starts_with(&GZIP) {
        return Ok(String::from_utf8(bytes)?);
    }
    let mut text = String::new();
    MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn plain_and_gzipped_files_are_read_and_errors_name_the_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("numbers.jsonl");
        files::write(&path, b"1\n\n2\n").unwrap();
        assert_eq!(read::<u8>(&path).unwrap(), [1, 2]);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(b"3\n").unwrap();
        files::write(&path, &gzip.finish().unwrap()).unwrap();
        assert_eq!(read::<u8>(&path).unwrap(), [3]);
        files::write(&path, b"1\nx\n").unwrap();
        let error = format!("{:#}", read::<u8>(&path).unwrap_err());
        assert!(error.contains("numbers.jsonl, line 2"), "{error}");
    }
}
