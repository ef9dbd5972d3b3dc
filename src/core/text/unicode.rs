//! Unicode's normalisation forms (Standard Annex 15).
//!
//! Their tables take 46 KB to download, and a browser has them already. So the crate
//! `unicode-normalization` is behind the feature `unicode-tables`, which all but the browser's build
//! have, and [`use_host`] puts the host's function in its place. By Unicode's stability policy both
//! give the same text for all characters that the host's version of Unicode knows.

use std::sync::OnceLock;

/// A normalisation form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Canonical decomposition: letters apart from their accents.
    Nfd,
    /// Canonical decomposition, then composition.
    Nfc,
    /// Compatibility decomposition, then canonical composition: `ﬁ` is `fi`.
    Nfkc,
}

/// A function that brings a text into a form.
pub type Normaliser = fn(&str, Form) -> String;

static HOST: OnceLock<Normaliser> = OnceLock::new();

/// Has the host normalise text from now on. A program without the feature `unicode-tables` calls it
/// before all else: without either, only ASCII is normalised. The first call counts.
pub fn use_host(normaliser: Normaliser) {
    // A second host would have to be the same.
    let _ = HOST.set(normaliser);
}

/// The text in this form. Of ASCII, that is the text itself.
pub fn normalise(text: &str, form: Form) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    match HOST.get() {
        Some(host) => host(text, form),
        None => by_tables(text, form),
    }
}

#[cfg(feature = "unicode-tables")]
fn by_tables(text: &str, form: Form) -> String {
    use unicode_normalization::UnicodeNormalization;
    match form {
        Form::Nfd => text.nfd().collect(),
        Form::Nfc => text.nfc().collect(),
        Form::Nfkc => text.nfkc().collect(),
    }
}

#[cfg(not(feature = "unicode-tables"))]
fn by_tables(text: &str, _: Form) -> String {
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_those_of_the_standard() {
        for (form, expected) in [
            (Form::Nfd, "e\u{301}ﬁ가".replace('가', "\u{1100}\u{1161}")),
            (Form::Nfc, "éﬁ가".to_owned()),
            (Form::Nfkc, "éfi가".to_owned()),
        ] {
            assert_eq!(normalise("éﬁ가", form), expected);
        }
    }
}
