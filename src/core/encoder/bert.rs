//! How BERT cleans a text and cuts it into words (Devlin et al. 2019; `BasicTokenizer` of
//! <https://github.com/google-research/bert>).

use super::bert_tables::{FORMAT, NONSPACING_MARKS, PUNCTUATION, contains};
use crate::text::normalise::lower;
use crate::text::unicode::{Form, normalise};

/// What becomes of a text before it is cut into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cleaning {
    /// Control characters go, and all white space becomes spaces.
    pub clean_text: bool,
    /// Each Chinese character becomes a word.
    pub set_chinese_apart: bool,
    /// Letters lose their accents.
    pub strip_accents: bool,
    /// Letters become small.
    pub lower_case: bool,
}

impl Cleaning {
    /// That of the uncased models, of which the default encoder is one.
    pub const UNCASED: Self = Self {
        clean_text: true,
        set_chinese_apart: true,
        strip_accents: true,
        lower_case: true,
    };

    /// The settings in the order of their declaration, the first in the lowest bit.
    pub(super) fn bits(self) -> u64 {
        let flags = [
            self.clean_text,
            self.set_chinese_apart,
            self.strip_accents,
            self.lower_case,
        ];
        let bits = flags.iter().enumerate();
        bits.map(|(at, &flag)| u64::from(flag) << at).sum()
    }

    /// The settings of these bits; `None` where there are more bits than settings.
    pub(super) fn from_bits(bits: u64) -> Option<Self> {
        let flag = |at: u32| bits >> at & 1 == 1;
        (bits < 16).then(|| Self {
            clean_text: flag(0),
            set_chinese_apart: flag(1),
            strip_accents: flag(2),
            lower_case: flag(3),
        })
    }

    /// Replaces `out` by the clean text.
    pub(super) fn clean_into(self, text: &str, out: &mut String) {
        out.clear();
        for c in text
            .chars()
            .filter(|&c| !(self.clean_text && is_dropped(c)))
        {
            match c {
                c if self.clean_text && c.is_whitespace() => out.push(' '),
                c if self.set_chinese_apart && is_chinese(c) => out.extend([' ', c, ' ']),
                c => out.push(c),
            }
        }
        if self.strip_accents && !out.is_ascii() {
            *out = normalise(out, Form::Nfd);
            out.retain(|c| !contains(NONSPACING_MARKS, c));
        }
        if self.lower_case {
            *out = lower(out);
        }
    }
}

/// The words of a clean text: what is between white space, and each punctuation mark alone.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        let end = match is_punctuation(first) {
            true => first.len_utf8(),
            false => rest
                .find(|c: char| c.is_whitespace() || is_punctuation(c))
                .unwrap_or(rest.len()),
        };
        let word;
        (word, rest) = rest.split_at(end);
        Some(word)
    })
}

/// Whether cleaning drops a character: controls, format characters (Cf) and those for private use
/// (Co), and what stands for bytes that are no text.
fn is_dropped(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\u{fffd}' | '\u{e000}'..='\u{f8ff}' => true,
        '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}' => true,
        c => c.is_control() || contains(FORMAT, c),
    }
}

/// Whether a character is of Unicode's blocks of Chinese characters, but for those added since 2015.
fn is_chinese(c: char) -> bool {
    matches!(c,
        '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{2a6df}'
        | '\u{2a700}'..='\u{2b73f}' | '\u{2b740}'..='\u{2b81f}' | '\u{2b920}'..='\u{2ceaf}'
        | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}')
}

/// All of ASCII's signs, `$` and `+` too, and Unicode's punctuation (P).
fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation() || contains(PUNCTUATION, c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(cleaning: Cleaning, text: &str) -> String {
        let mut out = "old".to_owned();
        cleaning.clean_into(text, &mut out);
        out
    }

    #[test]
    fn text_is_cleaned_as_the_settings_say() {
        let text = "Ünï\u{ad}\tＡΣ\u{0}中ÇA\u{fffd}";
        assert_eq!(clean(Cleaning::UNCASED, text), "uni ａσ 中 ca");
        let nothing = Cleaning::from_bits(0).unwrap();
        assert_eq!(clean(nothing, text), text);
        let cased = Cleaning {
            strip_accents: false,
            lower_case: false,
            ..Cleaning::UNCASED
        };
        assert_eq!(clean(cased, text), "Ünï ＡΣ 中 ÇA");
    }

    #[test]
    fn settings_are_bits_and_there_are_no_others() {
        for bits in 0..16 {
            assert_eq!(Cleaning::from_bits(bits).unwrap().bits(), bits);
        }
        assert_eq!(Cleaning::from_bits(16), None);
        assert_eq!(Cleaning::UNCASED.bits(), 15);
    }

    #[test]
    fn words_end_at_white_space_and_punctuation_marks_are_words() {
        let found: Vec<_> = words(" don't  stop。now +1\u{2028}x ").collect();
        assert_eq!(found, ["don", "'", "t", "stop", "。", "now", "+", "1", "x"]);
        assert_eq!(words(" \u{a0} ").count(), 0);
    }
}
