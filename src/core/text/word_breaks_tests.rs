use unicode_segmentation::UnicodeSegmentation;

use super::*;

/// Where the table is, from the crate's folder.
const FILE: &str = "text/word_breaks.bin";

/// Whether the crate has no boundary within a text.
fn whole(text: &str) -> bool {
    text.split_word_bounds().count() == 1
}

/// The class of a character, asked of the crate by what it joins.
fn class_by_crate(c: char) -> Class {
    let joins = |before: &str, after: &str| whole(&format!("{before}{c}{after}"));
    let is_letter = joins("a", "a") && joins("a", "") && joins("", "a");
    let is_pictograph = joins("!\u{200d}", "") && !joins("!", "");
    match c {
        '\u{200d}' => Joiner,
        '\'' => SingleQuote,
        '"' => DoubleQuote,
        _ if joins("!", "") => Extend,
        _ if !joins("", "\u{301}") => Newline,
        _ if joins("", "🇦") => Regional,
        _ if joins(" ", "") => Space,
        _ if joins("", "ア") && is_letter => ExtendNumLet,
        _ if joins("", "ア") => Katakana,
        _ if is_letter && joins("1,", "") => Numeric,
        _ if is_letter && joins("", "'") => Hebrew,
        _ if is_letter && is_pictograph => LetterPictograph,
        _ if is_letter => Letter,
        _ if joins("a", "a") && joins("1", "1") => MidNumLet,
        _ if joins("a", "a") => MidLetter,
        _ if joins("1", "1") => MidNum,
        _ if is_pictograph => Pictograph,
        _ => Any,
    }
}

fn table() -> Vec<u8> {
    let mut ranges: Vec<(u32, u32, Class)> = Vec::new();
    for c in '\u{80}'..=char::MAX {
        let class = class_by_crate(c);
        let expected = if c.is_alphabetic() { Letter } else { Any };
        match ranges.last_mut() {
            _ if class == expected => {}
            Some((_, last, other)) if *last + 1 == c as u32 && *other == class => *last += 1,
            _ => ranges.push((c as u32, c as u32, class)),
        }
    }
    let mut table = Vec::new();
    let mut next = 0;
    for (first, last, class) in ranges {
        let class = CLASSES.iter().position(|&other| other == class).unwrap() as u32;
        for mut value in [first - next, (last - first) << 4 | class] {
            while value >= 0x80 {
                table.push(value as u8 | 0x80);
                value >>= 7;
            }
            table.push(value as u8);
        }
        next = last + 1;
    }
    table
}

#[test]
fn every_character_has_the_class_it_has_in_the_crate() {
    let wrong: Vec<char> = ('\0'..=char::MAX)
        .filter(|&c| class(c) != class_by_crate(c))
        .collect();
    if std::env::var_os("LECTERN_BLESS").is_some() {
        std::fs::write(FILE, table()).unwrap();
    }
    let remedy =
        "run LECTERN_BLESS=1 cargo test -p lectern-core word_breaks, then once more without";
    assert!(wrong.is_empty(), "{} characters: {remedy}", wrong.len());
    assert_eq!(TABLE, table(), "{remedy}");
}

#[test]
fn boundaries_are_those_of_the_crate_in_random_text() {
    let some = [
        "a", "Z", "é", "я", "1", "٣", "_", "‿", ".", ",", ";", ":", "·", "'", "’", "\"", "-", " ",
        "\u{3000}", "\n", "\r", "\u{85}", "א", "ב", "ア", "ー", "か", "漢", "한", "ก", "က",
        "\u{301}", "\u{ad}", "\u{200d}", "\u{200b}", "🇦", "👩", "🏽", "©", "Ⓜ", "ℹ", "㊗", "²",
        "½", "\u{fe0f}", "ꞏ", "٬",
    ];
    let mut seed = 7u32;
    let mut random = |below: usize| {
        // Numerical Recipes' generator.
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % below
    };
    for round in 0..200_000 {
        let text: String = (0..2 + random(9))
            .map(|_| match round % 4 {
                0 => char::from_u32(random(0x11_0000) as u32).map_or("x".into(), String::from),
                _ => some[random(some.len())].to_owned(),
            })
            .collect();
        let expected: Vec<_> = text.unicode_word_indices().collect();
        assert_eq!(words(&text).collect::<Vec<_>>(), expected, "{text:?}");
        let expected: Vec<_> = text.split_word_bound_indices().collect();
        assert_eq!(segments(&text).collect::<Vec<_>>(), expected, "{text:?}");
    }
}

#[test]
fn words_of_prose_are_those_of_the_crate() {
    let text = "It’s a “real-time” loop: 3.14 rad, 1,000.5 kg; e.g. ros2_control’s\r\n\r\nnode — 使用ROS2。 \
        כ\"ץ צה'ל ג'ירף. Naïve café\u{301}s 👩\u{200d}🚀 🇩🇪🇫🇷 x² ½ l’été L·L __init__ 10:30 a:b C++ カタカナ_ア";
    let expected: Vec<_> = text.unicode_word_indices().collect();
    assert_eq!(words(text).collect::<Vec<_>>(), expected);
}
