//! Word boundaries by Unicode Standard Annex 29, section 4, Unicode 17
//! (<https://www.unicode.org/reports/tr29/#Word_Boundaries>), as the crate `unicode-segmentation` has them
//! with tables of ten times the size.

use std::sync::OnceLock;

/// The property Word_Break, as far as the rules tell its values apart; `Extended_Pictographic` is a value too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Any,
    Letter,
    Hebrew,
    Numeric,
    Katakana,
    ExtendNumLet,
    /// Extend and Format.
    Extend,
    /// The zero-width joiner.
    Joiner,
    MidLetter,
    MidNum,
    MidNumLet,
    Regional,
    Space,
    /// Newline, CR and LF.
    Newline,
    Pictograph,
    /// Letter and pictograph: `ℹ`, `Ⓜ`.
    LetterPictograph,
    SingleQuote,
    DoubleQuote,
}

use Class::{
    Any, DoubleQuote, Extend, ExtendNumLet, Hebrew, Joiner, Katakana, Letter, LetterPictograph,
    MidLetter, MidNum, MidNumLet, Newline, Numeric, Pictograph, Regional, SingleQuote, Space,
};

/// The classes that the table has, by their numbers in it.
const CLASSES: [Class; 16] = [
    Any,
    Letter,
    Hebrew,
    Numeric,
    Katakana,
    ExtendNumLet,
    Extend,
    Joiner,
    MidLetter,
    MidNum,
    MidNumLet,
    Regional,
    Space,
    Newline,
    Pictograph,
    LetterPictograph,
];

/// The classes of characters above ASCII that are not `Letter` for all that is alphabetic and `Any` for the rest:
/// ranges, each as its distance from the end of the one before and its length less one with its class in the
/// lowest four bits, both as LEB128.
static TABLE: &[u8] = include_bytes!("word_breaks.bin");

/// The words of a text with their places: the segments that have a letter or a number.
pub(super) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    segments(text).filter(|(_, segment)| segment.contains(char::is_alphanumeric))
}

/// What lies between the boundaries of a text, with its places.
pub(crate) fn segments(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = 0;
    std::iter::from_fn(move || {
        let (at, rest) = (next, &text[next..]);
        let segment = &rest[..first(rest)];
        next += segment.len();
        (!segment.is_empty()).then_some((at, segment))
    })
}

/// A character that joins what is before it only if this follows: where the boundary is if it does not, before
/// the character or, if nowhere, after it.
type Doubtful = (Option<usize>, fn(Class) -> bool);

/// Bytes of a text before its first boundary.
fn first(text: &str) -> usize {
    if text.starts_with("\r\n") {
        return 2; // WB3
    }
    let mut chars = text.char_indices();
    let mut left = chars.next().map_or(Any, |(_, c)| letter(class(c)));
    let (mut joined, mut extended) = (left == Joiner, false);
    let mut doubtful: Option<Doubtful> = None;
    for (at, c) in chars {
        if left == Newline {
            return at;
        }
        let right = class(c);
        if matches!(right, Extend | Joiner) {
            (joined, extended) = (right == Joiner, true);
            continue;
        }
        let by_joiner = joined && matches!(right, Pictograph | LetterPictograph); // WB3c
        joined = false;
        left = match (left, letter(right)) {
            _ if by_joiner => Any,
            (_, right) if doubtful.is_some_and(|(_, goes_on)| goes_on(right)) => right,
            _ if doubtful.is_some() => return doubtful.and_then(|(end, _)| end).unwrap_or(at),
            (Space, Space) if !extended => Space, // WB3d
            (Letter | Hebrew | Numeric, Letter | Hebrew | Numeric) => letter(right), // WB5, 8, 9, 10
            (Hebrew, SingleQuote) => {
                doubtful = Some((None, is_letter)); // WB7a
                continue;
            }
            (Letter | Hebrew, MidLetter | MidNumLet | SingleQuote) => {
                doubtful = Some((Some(at), is_letter)); // WB6, 7
                continue;
            }
            (Hebrew, DoubleQuote) => {
                doubtful = Some((Some(at), |class| class == Hebrew)); // WB7b, 7c
                continue;
            }
            (Numeric, MidNum | MidNumLet | SingleQuote) => {
                doubtful = Some((Some(at), |class| class == Numeric)); // WB11, 12
                continue;
            }
            (Katakana | ExtendNumLet, right @ (Katakana | ExtendNumLet)) => right, // WB13, 13a, 13b
            (Letter | Hebrew | Numeric, ExtendNumLet) => ExtendNumLet,             // WB13a
            (ExtendNumLet, right @ (Letter | Hebrew | Numeric)) => right,          // WB13b
            (Regional, Regional) => Any,                                           // WB15, 16
            _ => return at,
        };
        doubtful = None;
    }
    doubtful.and_then(|(end, _)| end).unwrap_or(text.len())
}

fn is_letter(class: Class) -> bool {
    matches!(class, Letter | Hebrew)
}

fn letter(class: Class) -> Class {
    match class {
        LetterPictograph => Letter,
        _ => class,
    }
}

fn class(c: char) -> Class {
    match c {
        'a'..='z' | 'A'..='Z' => Letter,
        '0'..='9' => Numeric,
        ' ' => Space,
        '\n' | '\r' | '\u{b}' | '\u{c}' => Newline,
        '.' => MidNumLet,
        ',' | ';' => MidNum,
        ':' => MidLetter,
        '_' => ExtendNumLet,
        '\'' => SingleQuote,
        '"' => DoubleQuote,
        '\0'..='\x7f' => Any,
        _ => beyond_ascii(c),
    }
}

fn beyond_ascii(c: char) -> Class {
    static RANGES: OnceLock<Vec<(u32, u32, Class)>> = OnceLock::new();
    let ranges = RANGES.get_or_init(ranges);
    let at = ranges.partition_point(|&(_, last, _)| last < c as u32);
    match ranges.get(at) {
        Some(&(first, _, class)) if first <= c as u32 => class,
        _ if c.is_alphabetic() => Letter,
        _ => Any,
    }
}

/// The ranges of the table with their classes: first and last character.
fn ranges() -> Vec<(u32, u32, Class)> {
    let mut bytes = TABLE.iter();
    let mut number = || {
        let mut value = 0;
        for (place, byte) in bytes.by_ref().enumerate() {
            value |= u32::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    };
    let mut next = 0;
    let mut range = || {
        let (gap, value) = (number()?, number()?);
        let (first, last) = (next + gap, next + gap + (value >> 4));
        next = last + 1;
        Some((first, last, CLASSES[value as usize & 15]))
    };
    std::iter::from_fn(&mut range).collect()
}

#[cfg(test)]
#[path = "word_breaks_tests.rs"]
mod tests;
