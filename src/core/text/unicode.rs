//! Unicode's normalisation forms (Standard Annex 15).

use unicode_normalization::UnicodeNormalization;

/// The canonical decomposition: letters apart from their accents.
pub fn nfd(text: &str) -> String {
    text.nfd().collect()
}
