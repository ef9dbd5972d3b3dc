//! From text to index terms: segmentation, identifier parts, normalisation, stemming.
//!
//! One stage per file, in the order a word passes them:
//!
//! 1. [`segment`] finds words by Unicode Standard Annex 29, rejoins identifiers that its rules
//!    take apart, and runs of the scripts that put no spaces between words;
//! 2. [`identifier`] takes identifiers apart at camelCase, snake_case, digits and punctuation;
//! 3. [`normalise`] folds case, compatibility forms, accents and the spellings of Arabic letters;
//! 4. [`stem`] removes endings with a Snowball stemmer where the language has one;
//! 5. [`stop_words`] names the words that say nothing about a passage.
//!
//! Invariant: the index and the query pass the same stages, so equal text gives equal terms.

pub mod analyzer;
pub mod identifier;
pub mod normalise;
pub mod segment;
pub mod stem;
pub mod stop_words;
pub mod unicode;

pub use analyzer::{Analyzer, Form, Term};
