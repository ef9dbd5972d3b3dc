//! Light stemming of Arabic: light10 of Larkey, Ballesteros and Connell, "Light stemming for Arabic
//! information retrieval" (2007).
//!
//! It takes off articles, the conjunction and the commonest endings. Snowball's stemmer, which also
//! tries verbs, gives `روبوت` and `الروبوت` two stems.

/// The stem of a word in the form [`super::normalise::fold_case`] gives it.
pub fn stem(word: &str) -> String {
    let letters = word.chars().count();
    let rest = PREFIXES.iter().find_map(|prefix| {
        let least = prefix.chars().count().max(MIN_CONJUNCTION) + MIN_STEM - 1;
        let rest = word.strip_prefix(prefix)?;
        (letters > least).then_some(rest)
    });
    let mut stem = rest.unwrap_or(word);
    for suffix in SUFFIXES {
        if let Some(rest) = stem.strip_suffix(suffix)
            && rest.chars().count() >= MIN_STEM
        {
            stem = rest;
        }
    }
    stem.to_owned()
}

/// "the", "and the", "with the", "as the", "so the", "for the"; "and".
const PREFIXES: [&str; 7] = ["ال", "وال", "بال", "كال", "فال", "لل", "و"];

/// In the order in which they are tried; each may be taken off once.
const SUFFIXES: [&str; 10] = ["ها", "ان", "ات", "ون", "ين", "يه", "ية", "ه", "ة", "ي"];

/// Letters that are left at least.
const MIN_STEM: usize = 2;

/// The conjunction is one letter, and many words begin with it: three must follow.
const MIN_CONJUNCTION: usize = 2;

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn articles_and_endings_come_off() {
        for word in [
            "روبوت",
            "الروبوت",
            "الروبوتات",
            "والروبوت",
            "للروبوت",
            "بالروبوتات",
        ] {
            assert_eq!(stem(word), "روبوت", "{word}");
        }
        assert_eq!(stem("كتابين"), stem("كتابان"));
        assert_eq!(stem("المدرسة"), stem("مدرسه"));
    }

    #[test]
    fn short_words_keep_their_letters() {
        for word in ["ال", "ولد", "يد", "في", ""] {
            assert_eq!(stem(word), word);
        }
        assert_eq!(stem("وكتب"), "كتب");
    }
}
