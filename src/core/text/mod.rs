//! From text to index terms: segmentation, identifier parts, normalisation, stemming.
//!
//! One stage per file, in the order a word passes them:
//!
//! 1. [`segment`] finds words by Unicode Standard Annex 29, rejoins identifiers that its rules
//!    take apart, and runs of the scripts that put no spaces between words;
//! 2. [`identifier`] takes identifiers apart at camelCase, snake_case, digits and punctuation;
//! 3. [`normalise`] folds case, compatibility forms, accents and the spellings of Arabic letters;
//! 4. [`stem`] removes endings where the language has a stemmer;
//! 5. [`stop_words`] names the words that say nothing about a passage.
//!
//! Beside them: [`query`] reads the syntax of a query, [`phrase`] finds words in a row, [`title`] makes
//! one term of a whole title, [`sentences`] divides a text into what a reader takes in at a glance.
//!
//! Invariant: the index and the query pass the same stages, so equal text gives equal terms.

pub mod analyzer;
mod arabic;
pub mod identifier;
pub mod normalise;
pub mod phrase;
pub mod query;
pub mod segment;
pub mod sentences;
pub mod stem;
pub mod stop_words;
pub mod title;
pub mod unicode;
pub(crate) mod word_breaks;

pub use analyzer::{Analyzer, Form, Term};
pub use phrase::{holds_phrase, holds_words};
pub use query::{Phrase, Query};
pub use title::{address_key, title_key};
