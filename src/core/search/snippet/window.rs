//! Where a text that is too long to show is cut: at words, around what matched.

use std::ops::Range;

use crate::text::word_breaks::segments;
use crate::words::{Match, WordSet};

/// The part of `range` of about `longest` characters with the matches that weigh most, cut at words;
/// the whole where it is no longer.
pub fn best(text: &str, range: Range<usize>, matches: &[Match], longest: usize) -> Range<usize> {
    let piece = &text[range.clone()];
    if piece.chars().count() <= longest {
        return range;
    }
    let first = heaviest(text, &range, matches, longest * 3 / 4);
    let cuts = Cuts::of(piece);
    let first = first - range.start;
    let start = cuts.after(back(piece, first, longest / 4), first);
    let end = cuts.before(start, forward(piece, start, longest));
    range.start + start..range.start + end
}

/// Where the first of those matches begins that weigh most together, within `chars` characters; the
/// start of the range when there are none.
fn heaviest(text: &str, range: &Range<usize>, matches: &[Match], chars: usize) -> usize {
    let inside = |own: &&Match| range.start <= own.range.start && own.range.end <= range.end;
    let inside: Vec<&Match> = matches.iter().filter(inside).collect();
    let (mut most, mut first) = (0.0, range.start);
    for (i, own) in inside.iter().enumerate() {
        let end = forward(text, own.range.start, chars);
        let mut seen = WordSet::default();
        let near = inside[i..]
            .iter()
            .take_while(|other| other.range.end <= end);
        let weight: f32 = near.filter(|m| seen.insert(m.word)).map(|m| m.weight).sum();
        if weight > most {
            (most, first) = (weight, own.range.start);
        }
    }
    first
}

fn back(text: &str, from: usize, chars: usize) -> usize {
    let mut before = text[..from].char_indices().rev();
    before.nth(chars.saturating_sub(1)).map_or(0, |(at, _)| at)
}

fn forward(text: &str, from: usize, chars: usize) -> usize {
    let mut after = text[from..].char_indices();
    after.nth(chars).map_or(text.len(), |(at, _)| from + at)
}

/// Where a text may be cut: between words as UAX #29 has them, so never inside what a reader sees as
/// one character, and better at white space.
struct Cuts<'a> {
    text: &'a str,
    /// Ascending; the first is 0, the last the length of the text.
    words: Vec<usize>,
}

impl<'a> Cuts<'a> {
    fn of(text: &'a str) -> Self {
        let starts = segments(text).map(|(at, _)| at);
        // A sign that belongs to the letter before it, though for UAX #29 it is a word by itself.
        let is_cut = |at: &usize| !text[*at..].starts_with(['\u{e33}', '\u{eb3}']);
        let mut words: Vec<usize> = starts.filter(is_cut).collect();
        words.push(text.len());
        Self { text, words }
    }

    /// The start of a word at `least` or a little after, where a space is there, but not after `most`;
    /// of a word that is longer than that its own start.
    fn after(&self, least: usize, most: usize) -> usize {
        if least == 0 {
            return 0;
        }
        let from = self.words.partition_point(|&at| at < least);
        let most = most.min(least + NEAR);
        let mut near = self.words[from..].iter().take_while(|&&at| at <= most);
        let first = near.clone().next();
        let spaced = near.find(|&&at| self.text[..at].ends_with(char::is_whitespace));
        let own = self.words[from.saturating_sub(1)];
        spaced.or(first).copied().unwrap_or(own)
    }

    /// The end of a word at `most` or before it, but after `start`; a word that is longer is cut where
    /// it is plain ASCII, and else shown whole.
    fn before(&self, start: usize, most: usize) -> usize {
        let upto = self.words.partition_point(|&at| at <= most);
        let ends = self.words[..upto]
            .iter()
            .rev()
            .take_while(|&&at| at > start);
        let spaced =
            |at: usize| at == self.text.len() || self.text[at..].starts_with(char::is_whitespace);
        let near = |at: &&usize| **at + NEAR >= most && spaced(**at);
        if let Some(&end) = ends.clone().find(near).or(ends.clone().next()) {
            return start + self.text[start..end].trim_end().len();
        }
        let bytes = self.text.as_bytes();
        match bytes[most - 1].is_ascii_alphanumeric() && bytes[most].is_ascii_alphanumeric() {
            true => most,
            false => self.words.get(upto).copied().unwrap_or(self.text.len()),
        }
    }
}

/// Bytes that a cut may move to find a space.
const NEAR: usize = 40;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use unicode_segmentation::UnicodeSegmentation;

    #[test]
    fn no_cut_is_inside_a_grapheme_or_a_word() {
        let scripts = [
            "robot arm ",
            "क्षत्रिय ",
            "หุ่นยนต์ทำงาน",
            "👩‍🚀👨‍👩‍👧",
            "e\u{301}\u{301}",
            "機器人",
            "한국어 ",
            "🇵🇰🇩🇪",
            "ကျွန်ုပ်",
            "न\u{200d}ि ",
            "مُدَرِّس ",
            "กำ",
            "a_b::c ",
            "\r\n",
            "ກຳ",
        ];
        let mut state = 9u32;
        for _ in 0..400 {
            let mut random = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 16) as usize
            };
            let text: String = (0..60).map(|_| scripts[random() % scripts.len()]).collect();
            let at = text
                .char_indices()
                .nth(random() % 100)
                .map_or(0, |(at, _)| at);
            let found = Match {
                range: at..at + text[at..].chars().next().map_or(0, char::len_utf8),
                word: 0,
                weight: 1.0,
            };
            let cut = best(&text, 0..text.len(), &[found], 40);
            let graphemes: BTreeSet<usize> = text
                .grapheme_indices(true)
                .map(|(at, _)| at)
                .chain([text.len()])
                .collect();
            let words: BTreeSet<usize> = text
                .split_word_bound_indices()
                .map(|(at, _)| at)
                .chain([text.len()])
                .collect();
            for end in [cut.start, cut.end] {
                assert!(graphemes.contains(&end), "{text:?} {end}");
                assert!(words.contains(&end), "{text:?} {end}");
            }
            assert!(cut.start <= at && cut.start < cut.end, "{text:?} {cut:?}");
        }
    }

    #[test]
    fn a_word_without_end_is_cut_where_that_harms_nothing() {
        let hash = "a1b2".repeat(200);
        assert_eq!(best(&hash, 0..800, &[], 100), 0..100);
        let wide = format!("x{}", "\u{301}".repeat(300));
        assert_eq!(best(&wide, 0..wide.len(), &[], 100), 0..wide.len());
    }
}
