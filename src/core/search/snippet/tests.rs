//! What snippets show.

#![allow(clippy::single_range_in_vec_init)] // Most passages have one range of code.

use super::*;

fn passage(text: &str, code: &[Range<u32>]) -> Passage {
    Passage {
        section: 0,
        text: text.into(),
        code: code.to_vec(),
    }
}

/// Where the words stand; each weighs 1.
fn find(text: &str, words: &[&str]) -> Vec<Match> {
    let each = words.iter().zip(0..).flat_map(|(w, word)| {
        text.match_indices(w).map(move |(at, w)| Match {
            range: at..at + w.len(),
            word,
            weight: 1.0,
        })
    });
    let mut found: Vec<_> = each.collect();
    found.sort_by_key(|own| own.range.start);
    found
}

fn marked(snippet: &Snippet) -> Vec<&str> {
    let text = |&(a, b): &(u32, u32)| &snippet.text[a as usize..b as usize];
    snippet.highlights.iter().map(text).collect()
}

fn shown(text: &str, words: &[&str], by_meaning: &[f32]) -> String {
    snippet(&passage(text, &[]), &find(text, words), by_meaning).text
}

/// Three sentences, each too long to be shown with the next.
fn three() -> String {
    let long = |word: &str| format!("{word} {}.", "and so on".repeat(16));
    [
        long("A robot robot robot"),
        long("A robot with torque"),
        long("The end"),
    ]
    .join(" ")
}

#[test]
fn distinct_words_in_one_sentence_beat_repeats() {
    assert!(shown(&three(), &["robot", "torque"], &[]).starts_with("A robot with torque"));
}

#[test]
fn a_rare_word_beats_a_common_one() {
    let text = three();
    let mut matches = find(&text, &["end", "torque", "with"]);
    for own in &mut matches {
        own.weight = if own.word == 0 { 5.0 } else { 1.0 };
    }
    let snippet = snippet(&passage(&text, &[]), &matches, &[]);
    assert!(snippet.text.starts_with("The end"), "{}", snippet.text);
}

#[test]
fn meaning_decides_where_words_do_not_and_both_are_mixed() {
    let text = three();
    assert!(shown(&text, &[], &[0.1, 0.2, 0.6]).starts_with("The end"));
    assert!(shown(&text, &["robot"], &[0.1, 0.5, 0.6]).starts_with("A robot with"));
    assert!(shown(&text, &["torque"], &[0.1, 0.5, 0.6]).starts_with("A robot with"));
    assert!(shown(&text, &["torque"], &[-1.0, 0.0, 0.6, 0.9]).starts_with("A robot with"));
}

#[test]
fn what_follows_is_shown_as_far_as_it_fits_and_what_precedes_a_short_end() {
    let text = "A robot walks. It falls when its torque saturates. It stands up. Then it goes on to walk slowly.";
    assert_eq!(
        shown(text, &["torque"], &[]),
        &text["A robot walks. ".len()..]
    );
    assert_eq!(
        shown("One thing. Another thing.", &["Another"], &[]),
        "One thing. Another thing."
    );
}

#[test]
fn a_long_sentence_is_cut_around_the_most_of_its_matches() {
    let hay = "hay stack ".repeat(60);
    let text = format!("{hay}needle {hay}thread and needle {hay}");
    let snippet = snippet(
        &passage(&text, &[]),
        &find(&text, &["needle", "thread"]),
        &[],
    );
    assert!(snippet.text.chars().count() <= LONGEST + 2);
    assert!(snippet.text.starts_with('…') && snippet.text.ends_with('…'));
    assert_eq!(marked(&snippet), ["thread", "needle"]);
    let mut words = snippet.text.trim_matches('…').split(' ');
    assert!(words.all(|w| ["hay", "stack", "needle", "thread", "and"].contains(&w)));
}

#[test]
fn code_keeps_its_lines_and_stays_apart_from_prose() {
    let text = "Run it:\nros2 run a b\n  ros2 topic list\nThen look.";
    let snippet = snippet(&passage(text, &[8..38]), &find(text, &["topic"]), &[]);
    assert!(snippet.code);
    assert_eq!(snippet.text, "ros2 run a b\n  ros2 topic list…");
    assert_eq!(marked(&snippet), ["topic"]);
}

#[test]
fn matches_that_overlap_are_one_highlight() {
    let text = "Use create_node here.";
    let snippet = snippet(
        &passage(text, &[]),
        &find(text, &["create_node", "create", "node", "here"]),
        &[],
    );
    assert_eq!(marked(&snippet), ["create_node", "here"]);
}

#[test]
fn no_match_shows_the_beginning_and_nothing_shows_nothing() {
    assert_eq!(shown("One. Two.", &[], &[]), "One. Two.");
    assert_eq!(snippet(&passage("", &[]), &[], &[]), Snippet::default());
    let cut = shown(&"漢字かな交じり文".repeat(100), &[], &[]);
    assert!(cut.chars().count() <= LONGEST + 1);
}
