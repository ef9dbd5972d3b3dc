//! Stemming by language: Snowball (<https://snowballstem.org>, the `rust-stemmers` crate), and of Arabic
//! a lighter one.

use super::arabic;
use super::normalise::strip_accents;
use rust_stemmers::{Algorithm, Stemmer};

/// Removes endings, and then the accents of Latin letters.
pub enum Stem {
    /// The language has no stemmer: words keep their endings.
    None,
    /// Arabic.
    Arabic,
    /// English, whose stemmer does not know accents: they go first, so that `résumés` and
    /// `resumes` meet.
    AccentsFirst(Stemmer),
    /// The stemmer reads accents (`-ación`, `-ées`): they go last.
    AccentsLast(Stemmer),
}

impl Stem {
    /// The stemmer of a language by the primary subtag of its BCP 47 tag.
    pub fn for_language(primary: &str) -> Self {
        match primary {
            "en" => return Self::AccentsFirst(Stemmer::create(Algorithm::English)),
            _ if !cfg!(feature = "languages") => return Self::None,
            "ar" => return Self::Arabic,
            _ => {}
        }
        let algorithm = algorithm(primary).map(Stemmer::create);
        algorithm.map_or(Self::None, Self::AccentsLast)
    }

    /// The stem of a word in the form [`super::normalise::fold_case`] gives it.
    pub fn stem(&self, folded: &str) -> String {
        match self {
            Self::None => strip_accents(folded),
            Self::Arabic => arabic::stem(&strip_accents(folded)),
            Self::AccentsFirst(stemmer) => stemmer.stem(&strip_accents(folded)).into_owned(),
            Self::AccentsLast(stemmer) => strip_accents(&stemmer.stem(folded)),
        }
    }
}

/// The Snowball algorithm of a language other than English.
fn algorithm(primary: &str) -> Option<Algorithm> {
    Some(match primary {
        "da" => Algorithm::Danish,
        "de" => Algorithm::German,
        "el" => Algorithm::Greek,
        "es" => Algorithm::Spanish,
        "fi" => Algorithm::Finnish,
        "fr" => Algorithm::French,
        "hu" => Algorithm::Hungarian,
        "it" => Algorithm::Italian,
        "nb" | "nn" | "no" => Algorithm::Norwegian,
        "nl" => Algorithm::Dutch,
        "pt" => Algorithm::Portuguese,
        "ro" => Algorithm::Romanian,
        "ru" => Algorithm::Russian,
        "sv" => Algorithm::Swedish,
        "ta" => Algorithm::Tamil,
        "tr" => Algorithm::Turkish,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflected_words_share_a_stem() {
        for (language, a, b) in [
            ("en", "localisation", "localised"),
            ("en", "résumés", "resumes"),
            ("de", "häuser", "haus"),
            ("fr", "continuité", "continuités"),
            ("es", "localización", "localizaciones"),
            ("ar", "كتابين", "كتابان"),
            ("ru", "роботы", "роботов"),
        ] {
            let stem = Stem::for_language(language);
            assert_eq!(stem.stem(a), stem.stem(b), "{language}");
        }
    }

    #[test]
    fn a_language_without_a_stemmer_keeps_its_words() {
        assert_eq!(Stem::for_language("ur").stem("روبوٹس"), "روبوٹس");
        assert_eq!(Stem::for_language("").stem("robots"), "robots");
    }
}
