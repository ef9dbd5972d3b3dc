//! Typing errors for questions that come without any, the same for the same seed.

use std::cmp::Reverse;
use std::ops::Range;

use sha2::{Digest, Sha256};

/// Letters of the shortest word that gets an error: of fewer, too little is left to tell it by.
const SHORTEST: usize = 4;

/// The keys around each letter on a US keyboard, from `a` to `z`.
const NEIGHBOURS: [&str; 26] = [
    "qwsz", "vghn", "xdfv", "serfcx", "wsdr", "drtgvc", "ftyhbv", "gyujnb", "ujko", "huikmn",
    "jiolm", "kop", "njk", "bhjm", "iklp", "ol", "wa", "edft", "awedxz", "rfgy", "yhji", "cfgb",
    "qase", "zsdc", "tghu", "asx",
];

/// The single errors that Damerau (1964) found behind most misspellings.
#[derive(Debug, Clone, Copy)]
enum Slip {
    Deletion,
    Insertion,
    Substitution,
    Transposition,
}

const SLIPS: [Slip; 4] = [
    Slip::Deletion,
    Slip::Insertion,
    Slip::Substitution,
    Slip::Transposition,
];

/// How many errors are made, and which.
#[derive(Debug, Clone, Copy)]
pub struct Typos {
    /// Another seed makes other errors.
    pub seed: u64,
    /// Words of a question that get one error each; all where there are fewer.
    pub words: usize,
}

impl Typos {
    /// The text with its errors; unchanged where no word has four letters from A to Z. A text has the
    /// same errors wherever it stands, and each of its words and each [`Slip`] is as likely.
    pub fn made_in(self, text: &str) -> String {
        let mut draw = Draw::new(self.seed, text);
        let mut words = words(text);
        while words.len() > self.words {
            words.swap_remove(draw.below(words.len()));
        }
        // From the last on, so that the ranges of the others stay true.
        words.sort_by_key(|word| Reverse(word.start));
        let mut mistyped = text.to_owned();
        for word in words {
            mistyped.replace_range(word.clone(), &slip(&text[word], &mut draw));
        }
        mistyped
    }
}

/// Where the words are that may get an error.
fn words(text: &str) -> Vec<Range<usize>> {
    let apart = |c: char| !c.is_alphabetic();
    let mut end = 0;
    let ranges = text.split_inclusive(apart).map(|piece| {
        let start = end;
        end += piece.len();
        start..start + piece.trim_end_matches(apart).len()
    });
    let fits = |word: &str| word.len() >= SHORTEST && word.bytes().all(|b| b.is_ascii_alphabetic());
    ranges.filter(|word| fits(&text[word.clone()])).collect()
}

/// A word of ASCII letters with one error.
fn slip(word: &str, draw: &mut Draw) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let swaps: Vec<usize> = (1..letters.len())
        .filter(|&at| letters[at - 1] != letters[at])
        .collect();
    let at = draw.below(letters.len());
    match SLIPS[draw.below(SLIPS.len())] {
        Slip::Insertion => letters.insert(at + 1, neighbour(letters[at], draw)),
        Slip::Substitution => letters[at] = neighbour(letters[at], draw),
        Slip::Transposition if !swaps.is_empty() => {
            let at = swaps[draw.below(swaps.len())];
            letters.swap(at - 1, at);
        }
        Slip::Deletion | Slip::Transposition => {
            letters.remove(at);
        }
    }
    letters.into_iter().collect()
}

/// A key beside a letter's, in the same case.
fn neighbour(letter: char, draw: &mut Draw) -> char {
    let place = letter.to_ascii_lowercase() as usize - 'a' as usize;
    let keys = NEIGHBOURS[place].as_bytes();
    let key = char::from(keys[draw.below(keys.len())]);
    if letter.is_ascii_uppercase() {
        key.to_ascii_uppercase()
    } else {
        key
    }
}

/// Numbers from a hash of seed, text and their place in the sequence.
struct Draw {
    origin: Sha256,
    drawn: u64,
}

impl Draw {
    fn new(seed: u64, text: &str) -> Self {
        Self {
            origin: Sha256::new()
                .chain_update(seed.to_le_bytes())
                .chain_update(text),
            drawn: 0,
        }
    }

    /// A number below `end`, which is not zero.
    fn below(&mut self, end: usize) -> usize {
        self.drawn += 1;
        let hash = self.origin.clone().chain_update(self.drawn.to_le_bytes());
        let number = hash.finalize()[..8]
            .iter()
            .fold(0u64, |number, &byte| number << 8 | u64::from(byte));
        (number % end as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn made(seed: u64, words: usize, text: &str) -> String {
        Typos { seed, words }.made_in(text)
    }

    #[test]
    fn a_seed_makes_the_same_errors_on_every_machine_and_another_seed_others() {
        let text = "Why does a walking robot fall?";
        assert_eq!(made(7, 1, text), made(7, 1, text));
        assert_eq!(made(7, 1, text), "Why does a walking robto fall?");
        let all: BTreeSet<String> = (0..50).map(|seed| made(seed, 1, text)).collect();
        assert!(all.len() > 25, "{all:?}");
    }

    #[test]
    fn as_many_words_get_an_error_as_asked_and_none_twice() {
        let text = "does walking robot fall";
        for (words, expected) in [(1, 1), (3, 3), (9, 4)] {
            for seed in 0..50 {
                let mistyped = made(seed, words, text);
                let pairs = text.split(' ').zip(mistyped.split(' '));
                let wrong = pairs.filter(|(own, typed)| own != typed).count();
                assert_eq!(wrong, expected, "{mistyped}");
            }
        }
    }

    #[test]
    fn every_kind_of_error_is_made_and_case_is_kept() {
        let all: BTreeSet<String> = (0..500).map(|seed| made(seed, 1, "Lidar")).collect();
        for expected in ["Lidr", "Liidar", "Lidfar", "Kidar", "Ldiar", "iLdar"] {
            let possible = expected != "Liidar";
            assert_eq!(all.contains(expected), possible, "{expected} in {all:?}");
        }
        assert!(!all.contains("Lidar"));
    }

    #[test]
    fn short_words_numbers_and_other_scripts_are_left_alone() {
        for text in [
            "tf2 is up",
            "как робот ходит",
            "机器人 12345",
            "",
            "été naïve",
        ] {
            assert_eq!(made(1, 5, text), text);
        }
        let mistyped = made(1, 5, "naïve ros2_control (über) aaaa");
        assert!(mistyped.starts_with("naïve ros2_"), "{mistyped}");
        assert!(mistyped.contains(" (über) "), "{mistyped}");
        assert!(!mistyped.contains("control") && !mistyped.ends_with(" aaaa"));
    }

    #[test]
    fn keys_are_neighbours_of_each_other() {
        for (place, keys) in NEIGHBOURS.iter().enumerate() {
            let own = char::from(b'a' + place as u8);
            for key in keys.bytes() {
                let back = NEIGHBOURS[usize::from(key - b'a')];
                assert!(back.contains(own), "{own} is beside {}", char::from(key));
            }
        }
    }
}
