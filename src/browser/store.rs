//! Files kept in the browser for all books of an origin, in the Cache API.
//!
//! The full encoder is the same for every version and locale of a site and for every book beside it,
//! so its files are kept by name, which is their content's hash, and not by address. Each shelf that
//! uses some has a list of them here, written before they are fetched; what is on no list is deleted
//! once a shelf's files have all come. So a new build of a shelf removes what only its last build
//! used, and a shelf takes nothing from another.
//!
//! Where there is no Cache API (pages that are neither https nor local, some private windows) or no
//! room, nothing is kept, and nothing fails.

use js_sys::{Array, JsString, Promise, Uint8Array, encode_uri_component};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Cache, Request, Response};

/// Name of the cache.
const CACHE: &str = "lectern";

/// Keys of the Cache API are addresses; nothing is ever asked of this one (RFC 2606).
const FILES: &str = "https://lectern.invalid/files/";

/// Where the list of a shelf's files is, by the shelf's address.
const LISTS: &str = "https://lectern.invalid/lists/";

#[wasm_bindgen]
extern "C" {
    /// Throws where there is no Cache API.
    #[wasm_bindgen(js_namespace = caches, js_name = open, catch)]
    fn open_cache(name: &str) -> Result<Promise, JsValue>;
}

/// The files that are kept.
pub(crate) struct Store {
    cache: Cache,
}

impl Store {
    /// Opens the store, if this browser has one for this page.
    pub async fn open() -> Option<Self> {
        let cache = JsFuture::from(open_cache(CACHE).ok()?).await.ok()?;
        let cache = cache.unchecked_into();
        Some(Self { cache })
    }

    /// A file by its name.
    pub async fn get(&self, name: &str) -> Option<Uint8Array> {
        let response = self.response(&format!("{FILES}{name}")).await?;
        let buffer = JsFuture::from(response.array_buffer().ok()?).await.ok()?;
        Some(Uint8Array::new(&buffer))
    }

    /// Keeps a file, if there is room.
    pub async fn put(&self, name: &str, bytes: &Uint8Array) {
        if let Ok(response) = Response::new_with_opt_js_u8_array(Some(bytes)) {
            self.keep(&format!("{FILES}{name}"), &response).await;
        }
    }

    /// Deletes a file.
    pub async fn delete(&self, name: &str) {
        self.forget(&format!("{FILES}{name}")).await;
    }

    /// The names of all files.
    pub async fn names(&self) -> Vec<String> {
        let keys = self.keys().await;
        let names = keys.iter().filter_map(|key| key.strip_prefix(FILES));
        names.map(str::to_owned).collect()
    }

    /// Writes down which files a shelf uses, in place of what was written before.
    pub async fn list(&self, shelf: &str, names: &[&str]) {
        let key = format!("{LISTS}{}", String::from(encode_uri_component(shelf)));
        if let Ok(response) = Response::new_with_opt_str(Some(&names.join("\n"))) {
            self.keep(&key, &response).await;
        }
    }

    /// Deletes the files that are on no shelf's list.
    pub async fn prune(&self) {
        let keys = self.keys().await;
        let mut used: Vec<String> = Vec::new();
        for list in keys.iter().filter(|key| key.starts_with(LISTS)) {
            // Without one of the lists there is no telling what it would have named.
            let Some(text) = self.text(list).await else {
                return;
            };
            used.extend(text.lines().map(str::to_owned));
        }
        for key in &keys {
            if key
                .strip_prefix(FILES)
                .is_some_and(|name| !used.iter().any(|one| one == name))
            {
                self.forget(key).await;
            }
        }
    }

    async fn keys(&self) -> Vec<String> {
        let keys = JsFuture::from(self.cache.keys()).await;
        let keys: Array = keys.map(JsValue::unchecked_into).unwrap_or_default();
        let url = |key: JsValue| key.unchecked_into::<Request>().url();
        keys.iter().map(url).collect()
    }

    async fn text(&self, key: &str) -> Option<String> {
        let text = self.response(key).await?.text().ok()?;
        let text = JsFuture::from(text).await.ok()?;
        Some(text.unchecked_into::<JsString>().into())
    }

    async fn response(&self, key: &str) -> Option<Response> {
        let found = JsFuture::from(self.cache.match_with_str(key)).await;
        found.ok()?.dyn_into().ok()
    }

    async fn keep(&self, key: &str, response: &Response) {
        // A full quota means that it is not kept.
        let _ = JsFuture::from(self.cache.put_with_str(key, response)).await;
    }

    async fn forget(&self, key: &str) {
        // What cannot be deleted stays, and is checked when it is read.
        let _ = JsFuture::from(self.cache.delete_with_str(key)).await;
    }
}
