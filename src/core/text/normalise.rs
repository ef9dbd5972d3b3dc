//! One spelling for what a reader takes for the same word.
//!
//! [`fold_case`] keeps accents, which most Snowball stemmers need; [`strip_accents`] removes them.

use super::unicode::{Form, normalise as in_form};

/// Most characters of a word that count. What is longer (a hash, a data URL) is cut, so that the
/// lexicon stays small and its trie shallow.
pub const MAX_CHARS: usize = 48;

/// The word in NFKC and lower case, without invisible characters; in Arabic script without tatweel
/// and harakat and with one letter each for alef, yeh, kaf and heh, in Cyrillic without the dots of ё,
/// in Greek with one sigma, in Devanagari without nukta and with one sign for nasals. At most
/// [`MAX_CHARS`] characters.
pub fn fold_case(word: &str) -> String {
    if word.is_ascii() {
        let letters = word.chars().take(MAX_CHARS);
        return letters.map(|c| c.to_ascii_lowercase()).collect();
    }
    if word.chars().all(is_simple) {
        let lower = word.chars().flat_map(char::to_lowercase);
        return lower.filter_map(fold_letter).take(MAX_CHARS).collect();
    }
    let composed = in_form(word, Form::Nfkc);
    let lower = composed.chars().flat_map(char::to_lowercase);
    // Most Russian text is printed without the dots, and so are the lists of the stemmer.
    let lower: String = lower.map(|c| if c == 'ё' { 'е' } else { c }).collect();
    let apart = in_form(&lower, Form::Nfd);
    let folded: String = apart.chars().filter_map(fold_letter).collect();
    first(in_form(&folded, Form::Nfc))
}

/// The text in lower case, letter by letter: unlike [`str::to_lowercase`], which knows where a Greek word ends.
pub fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// The word without the accents of Latin and Greek letters: `café` gives `cafe`, `straße` gives
/// `strasse`, `ρομπότ` gives `ρομποτ`. Marks of other scripts stay, since there they make another
/// letter (`й`). At most [`MAX_CHARS`] characters.
pub fn strip_accents(word: &str) -> String {
    if word.is_ascii() {
        return word.chars().take(MAX_CHARS).collect();
    }
    let mut plain = String::with_capacity(word.len());
    if word.chars().all(is_simple) {
        for c in word.chars() {
            push_plain(base_letter(c), &mut plain);
        }
        return first(plain);
    }
    let mut after_letter = false;
    for c in in_form(word, Form::Nfd).chars() {
        if after_letter && is_accent(c) {
            continue;
        }
        after_letter = c.is_ascii_alphabetic() || ('α'..='ω').contains(&c);
        push_plain(c, &mut plain);
    }
    first(in_form(&plain, Form::Nfc))
}

/// [`fold_case`], then [`strip_accents`]: the form in which words are compared and shown.
pub fn normalise(word: &str) -> String {
    strip_accents(&fold_case(word))
}

/// The first [`MAX_CHARS`] characters.
fn first(mut word: String) -> String {
    if let Some((end, _)) = word.char_indices().nth(MAX_CHARS) {
        word.truncate(end);
    }
    word
}

/// Whether a word of such characters is folded character by character: no form of Unicode changes
/// one or makes one out of two, and what is inside a composed one is not folded. They are most of
/// the letters of most languages; whatever is left out takes longer, and comes out the same.
fn is_simple(c: char) -> bool {
    match c {
        // Ligatures, and letters with dots and apostrophes beside them.
        '\u{130}' | '\u{132}' | '\u{133}' | '\u{13f}' | '\u{140}' | '\u{149}' | '\u{17f}' => false,
        '\0'..='\x7f' | 'À'..='\u{17f}' => true,
        // Greek without accents, and Cyrillic.
        'Α'..='Ρ' | 'Σ'..='Ω' | 'α'..='ω' => true,
        'Ђ'..='я' | 'ђ'..='\u{482}' | 'Ҋ'..='ӿ' => true,
        // Hebrew and Arabic without points, Persian and Urdu.
        'א'..='ת' | 'ا'..='غ' | 'ف'..='ي' | '٠'..='٩' | '۰'..='۹' => true,
        'ٹ' | 'پ' | 'چ' | 'ڈ' | 'ڑ' | 'ژ' | 'ک' | 'گ' | 'ں' | 'ھ' | 'ہ' | 'ی' | 'ے' => {
            true
        }
        // Kana, Chinese and Korean.
        'ぁ'..='ゖ' | 'ァ'..='ー' | '々' | '㐀'..='䶿' | '一'..='鿿' | '가'..='힣' => {
            true
        }
        _ => false,
    }
}

/// A simple character without its accent, if it is a Latin letter with one.
fn base_letter(c: char) -> char {
    let place = (c as usize).checked_sub('À' as usize);
    match place.and_then(|place| BASE_LETTERS.as_bytes().get(place)) {
        None | Some(b'-') => c,
        Some(&letter) => char::from(letter),
    }
}

/// The letters from U+00C0 to U+017E without their accents; `-` where Unicode knows of none.
const BASE_LETTERS: &str = "\
    AAAAAA-CEEEEIIII-NOOOOO--UUUUY--aaaaaa-ceeeeiiii-nooooo--uuuuy-y\
    AaAaAaCcCcCcCcDd--EeEeEeEeEeGgGgGgGgHh--IiIiIiIiI---JjKk-LlLlLl-\
    ---NnNnNn---OoOoOo--RrRrRrSsSsSsSsTtTt--UuUuUuUuUuUuWwYyYZzZzZz";

/// Appends a letter as it is written without the accent that Unicode does not take off.
fn push_plain(c: char, plain: &mut String) {
    match latin_letters(c) {
        Some(letters) => plain.push_str(letters),
        None => plain.push(c),
    }
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
        'ς' => Some('σ'),
        '\u{93c}' => None,
        '\u{901}' => Some('\u{902}'),
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
        'ı' => "i",
        'þ' => "th",
        'ð' => "d",
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
    fn one_spelling_for_greek_russian_turkish_and_hindi_words() {
        assert_eq!(normalise("ΔΡΌΜΟΣ"), normalise("δρόμος"));
        assert_eq!(normalise("ρομπότ"), "ρομποτ");
        assert_eq!(normalise("Полёт"), "полет");
        assert_eq!(normalise("ışık"), normalise("IŞIK"));
        assert_eq!(normalise("सड़क"), normalise("सडक"));
        assert_eq!(normalise("पाँच"), normalise("पांच"));
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
    fn simple_characters_are_folded_as_by_unicodes_forms() {
        let simple: Vec<char> = ('\0'..=char::MAX).filter(|&c| is_simple(c)).collect();
        assert!(simple.len() > 35_000);
        // A character that is not simple sends a word the long way; this one vanishes there.
        let long = |word: &str| format!("{word}\u{ad}");
        for (place, &c) in simple.iter().enumerate() {
            let other = simple[place * 7_919 % simple.len()];
            let pair = format!("{c}{other}");
            assert_eq!(fold_case(&pair), fold_case(&long(&pair)), "{pair:?}");
            let stripped = strip_accents(&pair) + "\u{ad}";
            assert_eq!(stripped, strip_accents(&long(&pair)), "{pair:?}");
        }
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
