use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::*;

fn filter(chunks: &[&str], passages: u32) -> String {
    let (mut citations, mut out) = (Citations::new(passages), String::new());
    for chunk in chunks {
        citations.push(chunk, &mut out);
        assert!(citations.held.len() <= HOLD + 4, "{:?}", citations.held);
    }
    citations.finish(&mut out);
    out
}

#[test]
fn numbers_of_passages_that_were_sent_stay_and_others_go() {
    for (text, expected) in [
        ("A robot walks [1].", "A robot walks [1]."),
        ("It walks [9].", "It walks."),
        ("It walks [1, 2].", "It walks [1][2]."),
        ("It walks [1,9; 3].", "It walks [1][3]."),
        ("It walks [1][9][2].", "It walks [1][2]."),
        ("It walks [9] [2].", "It walks [2]."),
        ("It walks [2-4] far", "It walks [2][3] far"),
        ("It walks [2–99] far", "It walks [2][3] far"),
        ("It walks [3-1] far", "It walks far"),
        ("[0]", ""),
        ("[1]", "[1]"),
        ("[ 2 ]", "[2]"),
        ("walks[9]and", "walksand"),
        ("walks [9]and", "walks and"),
        ("[99999999999999999999]!", "!"),
        (
            "- [ ] task, [x], [^1], [a], [1a], [], [1,], [",
            "- [ ] task, [x], [^1], [a], [1a], [], [1,], [",
        ),
        ("[see [9] there]", "[see there]"),
        ("\\[9]", "\\"),
    ] {
        assert_eq!(filter(&[text], 3), expected, "{text:?}");
    }
}

#[test]
fn code_is_left_alone_and_only_code() {
    for (text, expected) in [
        ("`a[0]` and a[0]", "`a[0]` and a"),
        ("``a`[0]`` [9]", "``a`[0]``"),
        ("```\na[0]\n```\n[9]", "```\na[0]\n```\n"),
        ("  ```py\na[0]\n  ````  \n[9]", "  ```py\na[0]\n  ````  \n"),
        (
            "~~~\na[0]\n```\n[7]\n~~~\n[9]",
            "~~~\na[0]\n```\n[7]\n~~~\n",
        ),
        ("1. ```\n   a[0]\n   ```\n[9]", "1. ```\n   a[0]\n   ```\n"),
        ("> ```\n> a[0]\n> ```\n[9]", "> ```\n> a[0]\n> ```\n"),
        ("```\na[0]", "```\na[0]"),
        // What is not closed on its line is no code.
        ("a ` b [9]\n` [9]", "a ` b\n`"),
        ("\\`[9]\\`", "\\`\\`"),
        // Inline, though it stands at the start of a line.
        ("```a[0]``` [9]\n[9]", "```a[0]```\n"),
        ("`` [9] `", "`` `"),
    ] {
        assert_eq!(filter(&[text], 3), expected, "{text:?}");
    }
}

#[test]
fn a_span_without_end_hides_nothing_and_is_not_held_for_ever() {
    let text = format!("`{}[9]`", "x".repeat(2 * HOLD));
    assert!(!filter(&[&text], 3).contains("[9]"));
    let pieces: Vec<String> = text.chars().map(String::from).collect();
    let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
    assert_eq!(filter(&pieces, 3), filter(&[&text], 3));
    for text in [
        " ".repeat(3 * HOLD),
        "`".repeat(3 * HOLD),
        "~".repeat(3 * HOLD),
    ] {
        assert_eq!(filter(&[&text], 3), text);
    }
    let nested = "[".repeat(3 * HOLD);
    assert_eq!(
        filter(&[&nested, "1, ", &"2, ".repeat(HOLD)], 3).len(),
        3 * HOLD + 3 + 3 * HOLD
    );
}

#[test]
fn any_chunks_give_the_same_text() {
    const ALPHABET: [&str; 22] = [
        "[", "]", "1", "2", "9", ",", "-", " ", "  ", "`", "```", "~~~", "\n", "a", "é", "\\",
        "[1]", "[9]", " [2, 9]", "> ", "word ", "。",
    ];
    let mut random = SmallRng::seed_from_u64(5);
    for round in 0..4_000 {
        let length = random.gen_range(1..60);
        let text: String = (0..length)
            .map(|_| ALPHABET[random.gen_range(0..ALPHABET.len())])
            .collect();
        let text = match round % 8 {
            0 => format!("`{}{text}", "y".repeat(random.gen_range(200..300))),
            _ => text,
        };
        let whole = filter(&[&text], 2);
        let characters: Vec<String> = text.chars().map(String::from).collect();
        let single: Vec<&str> = characters.iter().map(String::as_str).collect();
        assert_eq!(filter(&single, 2), whole, "{text:?}");
        let mut chunks = Vec::new();
        let mut left = single.as_slice();
        while !left.is_empty() {
            let (chunk, rest) = left.split_at(random.gen_range(1..=left.len()));
            chunks.push(chunk.concat());
            left = rest;
        }
        let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
        assert_eq!(filter(&chunks, 2), whole, "{text:?}");
    }
}

#[test]
fn passages_that_come_later_may_be_cited_from_then_on_and_what_was_cited_is_known() {
    let (mut citations, mut out) = (Citations::new(1), String::new());
    citations.push("One [1], two [2]. ", &mut out);
    citations.allow(2);
    citations.push("Two [2].", &mut out);
    citations.finish(&mut out);
    assert_eq!(out, "One [1], two. Two [2].");
    assert_eq!(
        citations.cited().iter().copied().collect::<Vec<_>>(),
        [1, 2]
    );
}

#[test]
fn stripped_text_has_no_citations() {
    assert_eq!(
        strip("As in [12], `a[0]` is [1, 3] first."),
        "As in, `a[0]` is first."
    );
}
