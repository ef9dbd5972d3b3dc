//! Unicode's normalisation forms by the browser, which has their tables.

use js_sys::JsString;
use lectern_core::text::unicode::{Form, use_host};
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs when the module is instantiated, before anything reads text.
#[wasm_bindgen(start)]
pub fn use_the_browsers_unicode() {
    use_host(normalise);
}

/// `String.prototype.normalize`.
pub(crate) fn normalise(text: &str, form: Form) -> String {
    let name = match form {
        Form::Nfd => "NFD",
        Form::Nfc => "NFC",
        Form::Nfkc => "NFKC",
    };
    JsString::from(text).normalize(name).into()
}
