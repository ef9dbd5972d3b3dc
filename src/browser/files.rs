//! The files of a shelf: fetched, checked, inflated where they are stored compressed.

use std::cell::Cell;

use js_sys::{Array, JSON, Promise, Uint8Array};
use lectern_core::Error;
use lectern_core::shelf::family::{LARGEST_PART, Member};
use lectern_core::shelf::parts::Part;
use lectern_core::shelf::{Kind, MANIFEST, Manifest, check_version, unwrap};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, RequestCache};

use crate::error::BrowserError;
use crate::fields;
use crate::http::{Progress, body, collect, get, network, pause};
use crate::store::Store;

/// First bytes of a gzip file (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Milliseconds before a file that broke off is asked for again, each time.
const PAUSES: [i32; 2] = [250, 1_000];

#[wasm_bindgen]
extern "C" {
    /// <https://compression.spec.whatwg.org/#decompression-stream>; `web-sys` has it behind a flag.
    type DecompressionStream;

    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<DecompressionStream, JsValue>;

    /// Throws where there is no `crypto.subtle`: on pages that are neither https nor local.
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = digest, catch)]
    fn digest(algorithm: &str, data: &Uint8Array) -> Result<Promise, JsValue>;
}

/// A file and what its manifest or its section says of it.
pub(crate) struct File {
    pub kind: Kind,
    pub name: String,
    pub stored: u64,
    /// Bytes once inflated; of a numbered file at most.
    size: u64,
    numbered: bool,
}

impl File {
    /// The file of a section.
    pub fn section(manifest: &Manifest, kind: Kind) -> Result<Self, Error> {
        let section = manifest.section(kind)?;
        Ok(Self {
            kind,
            name: section.file.clone(),
            stored: section.stored,
            size: section.size,
            numbered: false,
        })
    }

    /// The file of a part of the section `kind`.
    pub fn part(kind: Kind, part: Part) -> Self {
        Self {
            kind,
            name: part.file(kind),
            stored: part.stored.into(),
            size: part.size.into(),
            numbered: false,
        }
    }

    /// A numbered file, of which nobody has said how many bytes it has: its header and its checksum
    /// tell whether it is whole.
    pub fn member(member: Member) -> Self {
        Self {
            kind: member.kind,
            name: member.file(),
            stored: 0,
            size: LARGEST_PART,
            numbered: true,
        }
    }

    fn corrupt(&self, what: &'static str) -> Error {
        let section = self.kind.name();
        Error::Corrupt { section, what }
    }

    fn checksum(&self) -> Error {
        let section = self.kind.name();
        Error::Checksum { section }
    }
}

/// Fetches and checks the manifest of the shelf at `shelf`, past every cache.
pub(crate) async fn manifest(shelf: &str) -> Result<Manifest, BrowserError> {
    let response = get(&format!("{shelf}{MANIFEST}"), RequestCache::NoCache).await?;
    let text = response
        .text()
        .await
        .map_err(|e| network(MANIFEST, e.to_string()))?;
    // A host that answers every address with a page of its own has no shelf.
    let not_a_shelf = |_| Error::NotAShelf {
        section: "manifest",
    };
    let json = JSON::parse(&text).map_err(not_a_shelf)?;
    let version = fields::field(&json, "version").as_f64();
    check_version(version.ok_or(Error::NotAShelf {
        section: "manifest",
    })? as u16)?;
    let manifest = fields::manifest(&json).ok_or(Error::Corrupt {
        section: "manifest",
        what: "its fields are not as expected",
    })?;
    manifest.check()?;
    Ok(manifest)
}

/// Fetches a file of the shelf at `shelf`, inflated; browsers keep it as they see fit.
pub(crate) async fn fetch(
    shelf: &str,
    file: &File,
    progress: &Progress,
) -> Result<Vec<u8>, BrowserError> {
    let stored = download(shelf, file, RequestCache::Default, progress).await?;
    inflate(file, &stored).await
}

/// Like [`fetch`], but past the browser's cache.
pub(crate) async fn fetch_anew(
    shelf: &str,
    file: &File,
    progress: &Progress,
) -> Result<Vec<u8>, BrowserError> {
    let stored = download(shelf, file, RequestCache::Reload, progress).await?;
    inflate(file, &stored).await
}

/// Like [`fetch`], but the file comes from the store if it is there, and is there afterwards.
pub(crate) async fn fetch_into(
    store: Option<&Store>,
    shelf: &str,
    file: &File,
    progress: &Progress,
) -> Result<Vec<u8>, BrowserError> {
    let Some(store) = store else {
        return fetch(shelf, file, progress).await;
    };
    if let Some(kept) = stored(store, file).await {
        progress.add(file.stored as f64);
        return Ok(kept);
    }
    // It is not to be kept twice.
    let stored = download(shelf, file, RequestCache::NoStore, progress).await?;
    let inflated = inflate(file, &stored).await?;
    store.put(&file.name, &stored).await;
    Ok(inflated)
}

/// A file from the store, inflated; a damaged one is deleted.
pub(crate) async fn stored(store: &Store, file: &File) -> Option<Vec<u8>> {
    let stored = store.get(&file.name).await?;
    let inflated = inflate(file, &stored).await;
    let whole = match has_named_hash(file, &stored).await {
        Some(whole) => whole,
        None => inflated
            .as_ref()
            .is_ok_and(|f| unwrap(file.kind, f).is_ok()),
    };
    if !whole {
        store.delete(&file.name).await;
        return None;
    }
    inflated.ok()
}

/// A file as it is stored. It is asked for again, past the browser's cache, where the connection
/// breaks or the content is not what the file's name says.
async fn download(
    shelf: &str,
    file: &File,
    mut cache: RequestCache,
    progress: &Progress,
) -> Result<Uint8Array, BrowserError> {
    let counted = Cell::new(0.0);
    let mut pauses = PAUSES.into_iter();
    loop {
        let mut count = |bytes| {
            counted.set(counted.get() + f64::from(bytes));
            progress.add(f64::from(bytes));
        };
        match download_once(shelf, file, cache, &mut count).await {
            Err(error) if error.is_passing() => {
                progress.add(-counted.take());
                pause(pauses.next().ok_or(error)?).await;
                cache = match cache {
                    RequestCache::NoStore => cache,
                    _ => RequestCache::Reload,
                };
            }
            settled => return settled,
        }
    }
}

async fn download_once(
    shelf: &str,
    file: &File,
    cache: RequestCache,
    count: &mut dyn FnMut(u32),
) -> Result<Uint8Array, BrowserError> {
    let response = get(&format!("{shelf}{}", file.name), cache).await?;
    // Some hosts inflate what they take for a compressed copy.
    let limit = file.stored.max(file.size);
    let stored = body(&response, &file.name, limit, count).await?;
    let stored = stored.ok_or_else(|| file.corrupt("its file is too long"))?;
    let have = u64::from(stored.length());
    if have < file.stored {
        let (section, need) = (file.kind.name(), file.stored);
        return Err(Error::Truncated {
            section,
            need,
            have,
        }
        .into());
    }
    if file.numbered {
        return Ok(stored);
    }
    if have == file.stored && has_named_hash(file, &stored).await == Some(false) {
        return Err(file.checksum().into());
    }
    Ok(stored)
}

/// Whether the content has the hash that is in the file's name, where that can be found out.
async fn has_named_hash(file: &File, stored: &Uint8Array) -> Option<bool> {
    let digest = JsFuture::from(digest("SHA-256", stored).ok()?).await.ok()?;
    let digest = Uint8Array::new(&digest).to_vec();
    let hash: String = digest.iter().take(8).map(|b| format!("{b:02x}")).collect();
    Some(file.name.split('.').nth(1) == Some(&hash))
}

/// Inflates by the browser's own code.
async fn inflate(file: &File, stored: &Uint8Array) -> Result<Vec<u8>, BrowserError> {
    let is_gzip = stored.length() >= 2 && [stored.get_index(0), stored.get_index(1)] == GZIP;
    let inflated = if is_gzip {
        let gunzipped = gunzip(stored, file.size).await;
        gunzipped.map_err(|_| file.checksum())?
    } else {
        Some(stored.clone())
    };
    match inflated {
        Some(inflated) if file.numbered || u64::from(inflated.length()) == file.size => {
            Ok(inflated.to_vec())
        }
        _ => Err(file.corrupt("it has another size than was said").into()),
    }
}

async fn gunzip(stored: &Uint8Array, limit: u64) -> Result<Option<Uint8Array>, JsValue> {
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(stored))?;
    let inflater = DecompressionStream::new("gzip")?;
    let stream = blob.stream().pipe_through(inflater.unchecked_ref());
    collect(&stream, limit, &mut |_| {}).await
}
