//! One spelling for what a reader takes for the same word.
//!
//! [`fold_case`] keeps accents, which most Snowball stemmers need; [`strip_accents`] removes them.

use unicode_normalization::UnicodeNormalization;

/// Most characters of a word that count. What is longer (a hash, a data URL) is cut, so that the
/// lexicon stays small and its trie shallow.
pub const MAX_CHARS: usize = 48;

/// The word in NFKC and lower case, without invisible characters, and for Arabic script without
/// tatweel and harakat and with one letter each for alef, yeh, kaf and heh. At most [`MAX_CHARS`]
/// characters.
pub fn fold_case(word: &str) -> String {
    if word.is_ascii() {
        return word
            .chars()
            .take(MAX_CHARS)
            .map(|c| c.to_ascii_lowercase())
            .collect();
    }
    let lower = word.nfkc().flat_map(char::to_lowercase);
    lower
        .nfd()
        .filter_map(fold_letter)
        .nfc()
        .take(MAX_CHARS)
        .collect()
}

/// The word without the accents of Latin letters: `café` gives `cafe`, `straße` gives `strasse`.
/// Marks of other scripts stay, since there they make another letter (`й`). At most [`MAX_CHARS`]
/// characters.
pub fn strip_accents(word: &str) -> String {
    if word.is_ascii() {
        return word.chars().take(MAX_CHARS).collect();
    }
    let mut after_latin = false;
    let mut plain = String::with_capacity(word.len());
    for c in word.nfd() {
        if after_latin && is_accent(c) {
            continue;
        }
        after_latin = c.is_ascii_alphabetic();
        match latin_letters(c) {
            Some(letters) => plain.push_str(letters),
            None => plain.push(c),
        }
    }
    plain.nfc().take(MAX_CHARS).collect()
}

/// [`fold_case`], then [`strip_accents`]: the form in which words are compared and shown.
pub fn normalise(word: &str) -> String {
    strip_accents(&fold_case(word))
}

/// One character of the canonical decomposition, folded; `None` when it is dropped.
fn fold_letter(c: char) -> Option<char> {
    match c {
        // Tatweel; harakat and the hamza and madda that NFD takes off alef, waw and yeh; Koranic marks.
        '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' => None,
        // Soft hyphen, zero-width characters and marks of direction.
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => None,
        '\u{671}' => Some('ا'),
        'ى' | 'ی' => Some('ي'),
        'ک' => Some('ك'),
        'ہ' | 'ە' => Some('ه'),
        '٠'..='٩' => char::from_digit(c as u32 - '٠' as u32, 10),
        '۰'..='۹' => char::from_digit(c as u32 - '۰' as u32, 10),
        '’' | '‘' | 'ʼ' => Some('\''),
        _ => Some(c),
    }
}

fn is_accent(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Latin letters that Unicode does not decompose, as they are written without their accent.
fn latin_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' => "d",
        'ł' => "l",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_accents_and_case_do_not_matter() {
        assert_eq!(normalise("Café"), "cafe");
        assert_eq!(normalise("cafe\u{301}"), "cafe");
        assert_eq!(normalise("ÜBERSTRAßE"), "uberstrasse");
        assert_eq!(normalise("İstanbul"), "istanbul");
        assert_eq!(normalise("ｒｏｂｏｔ ﬁ"), "robot fi");
        assert_eq!(normalise("don’t"), "don't");
        assert_eq!(normalise("co\u{ad}operate"), "cooperate");
    }

    #[test]
    fn marks_of_other_scripts_stay() {
        assert_eq!(normalise("Чайник"), "чайник");
        assert_eq!(normalise("が"), "が");
        assert_eq!(normalise("한국"), "한국");
    }

    #[test]
    fn arabic_and_urdu_spellings_are_unified() {
        assert_eq!(normalise("أَلرُّوبُوت"), "الروبوت");
        assert_eq!(normalise("آلـــة"), "الة");
        assert_eq!(normalise("إلى"), "الي");
        assert_eq!(normalise("کہانی"), "كهاني");
        assert_eq!(normalise("۲۰٢٤"), "2024");
    }

    #[test]
    fn folding_twice_changes_nothing_and_length_is_bounded() {
        for word in ["Ǆ", "Straße", "ﷺ", "ΌΔΟΣ", "ẞ", "ﬀ"] {
            let once = normalise(word);
            assert_eq!(normalise(&once), once);
        }
        assert_eq!(normalise(&"é".repeat(1000)).chars().count(), MAX_CHARS);
        assert_eq!(normalise(&"ﷺ".repeat(1000)).chars().count(), MAX_CHARS);
    }
}
