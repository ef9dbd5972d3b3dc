use super::*;
use crate::words::testing::{build_with, empty, finish, open};
use crate::words::{Begin, Blocks, Fields, Matcher, WordIndexBuilder};

const BODIES: [&str; 5] = [
    "The robot drives to the map frame. The robot stops.",
    "A planner finds paths for robots on a map.",
    "Nothing of the kind is said here.",
    "Call createRclcppNode, then spin the node. 机器人导航",
    "The map frame is fixed to the world; see nav2_params.yaml.",
];

fn blocks() -> Blocks {
    let mut builder = WordIndexBuilder::new("en");
    for (i, body) in BODIES.iter().enumerate() {
        let title = if i == 2 { "Robots" } else { "Maps and frames" };
        builder.add(
            i as u32,
            &Fields {
                title,
                headings: &["Driving".to_owned()],
                body,
                lang: "en",
            },
        );
    }
    finish(builder)
}

fn scores(index: &WordIndex, text: &str) -> Vec<f32> {
    let mut scores = vec![0.0; index.len()];
    index.score(&WordQuery::parse(text, "en", index), &mut scores);
    scores
}

#[test]
fn a_score_is_the_formula() {
    // "planner" stands once, in passage 1: 9 words, title and heading of 4 words counted twice.
    let lengths = [10.0 + 8.0, 9.0 + 8.0, 7.0 + 4.0, 12.0 + 8.0, 13.0 + 8.0];
    let mean = lengths.iter().sum::<f64>() / 5.0;
    let expected = (4.5f64 / 1.5 + 1.0).ln() * 2.2 / (1.0 + 1.2 * (0.25 + 0.75 * 17.0 / mean));
    let scores = scores(&open(blocks()), "planner ");
    assert!(
        (f64::from(scores[1]) - expected).abs() < 1e-5,
        "{} {expected}",
        scores[1]
    );
    let only = |(i, score): (usize, &f32)| (i == 1) == (*score > 0.0);
    assert!(scores.iter().enumerate().all(only));
}

#[test]
fn titles_count_more_than_bodies() {
    let scores = scores(&open(blocks()), "robot ");
    assert!(scores[2] > scores[1] && scores[1] > 0.0);
}

#[test]
fn the_parts_that_explain_a_score_sum_to_it() {
    let index = open(blocks());
    for text in [
        "map frame ",
        "robto plannr mpa fra",
        "createRclcppNode 机器人",
        "the",
    ] {
        let query = WordQuery::parse(text, "en", &index);
        for (passage, score) in scores(&index, text).into_iter().enumerate() {
            let parts = index.explain(&query, passage as u32);
            let sum = parts.iter().fold(0.0f32, |sum, part| sum + part.score);
            assert_eq!(sum.to_bits(), score.to_bits());
            assert!(parts.iter().all(|part| part.score > 0.0 && part.tf > 0.0));
        }
    }
}

#[test]
fn scores_are_added_and_a_short_slice_is_enough() {
    let index = open(blocks());
    let query = WordQuery::parse("planner ", "en", &index);
    let mut scores = [1.0f32; 2];
    index.score(&query, &mut scores);
    assert!(scores[0] == 1.0 && scores[1] > 1.0);
}

#[test]
fn a_common_term_keeps_the_postings_that_add_most_and_its_true_frequency() {
    let count = crate::words::CHAMPIONS + 100;
    let mut bodies = vec!["robot and much that is no robot but a word among many others"; count];
    bodies[count - 1] = "robot robot robot";
    let index = open(build_with("", &[], &bodies));
    let robot = index.term("robot").unwrap();
    assert_eq!(index.df(robot), count);
    let kept: Vec<u32> = index.postings(robot).map(|p| p.unwrap().passage).collect();
    assert_eq!(kept.len(), crate::words::CHAMPIONS);
    assert!(kept.is_sorted() && kept.last() == Some(&(count as u32 - 1)));
    assert_eq!(index.verify(), Ok(()));
}

/// A book of many words, so that it has many blocks.
fn many() -> Blocks {
    let bodies: Vec<String> = (0..400)
        .map(|i| {
            format!(
                "w{} x{} y{} common words of w{}",
                i * 7919 % 10_007,
                i % 50,
                i,
                i + 1
            )
        })
        .collect();
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
    build_with("Title", &["Head".to_owned()], &bodies)
}

#[test]
fn a_query_answers_from_the_blocks_it_asked_for_as_from_all() {
    let blocks = many();
    assert!(blocks.terms.len() > 5, "{}", blocks.terms.len());
    let whole = open(blocks.clone());
    for text in [
        "w100 common ",
        "x7 y21 w5",
        "comon wrods ",
        "y39",
        "nothing",
        "titl",
    ] {
        let mut index = empty(&blocks);
        for _ in 0..3 {
            let query = WordQuery::parse(text, "en", &index);
            for &(kind, block) in query.wanted() {
                let of = match kind {
                    Kind::Spelling => &blocks.spelling,
                    _ => &blocks.terms,
                };
                index.add(kind, block, &of[block]).unwrap();
            }
        }
        assert!(
            WordQuery::parse(text, "en", &index).wanted().is_empty(),
            "{text}"
        );
        assert_eq!(scores(&index, text), scores(&whole, text), "{text}");
    }
}

#[test]
fn a_word_that_is_the_stem_of_others_is_asked_for_where_its_vector_is() {
    // "witness" is the stem of "witnesser", and has the stem "wit", which is in another block.
    let between: Vec<String> = (0..2_000).map(|i| format!("witb{i}k")).collect();
    let mut builder = WordIndexBuilder::new("en");
    let body = format!("A witness is a witnesser. {}", between.join(" "));
    let fields = Fields {
        title: "",
        headings: &[],
        body: &body,
        lang: "en",
    };
    builder.add(0, &fields);
    let row = &mut |_: &str| Ok::<_, std::convert::Infallible>(vec![1; 4]);
    let blocks = builder.finish(row, Begin::default()).unwrap();
    let mut index = empty(&blocks);
    for _ in 0..3 {
        for &(kind, block) in WordQuery::parse("witness ", "en", &index).wanted() {
            if kind == Kind::Terms {
                index.add(kind, block, &blocks.terms[block]).unwrap();
            }
        }
    }
    assert_eq!(index.blocks.iter().filter_map(Slot::here).count(), 2);
    let query = WordQuery::parse("witness ", "en", &index);
    let [meant] = query.meant() else {
        panic!("{:?}", query.meant());
    };
    assert!(index.row_in(meant.block, &meant.word).is_some());
}

#[test]
fn blocks_can_be_made_to_begin_where_they_began() {
    let blocks = many();
    let mut builder = WordIndexBuilder::new("en");
    let body = "a word w500 of another book";
    builder.add(
        0,
        &Fields {
            title: "",
            headings: &[],
            body,
            lang: "en",
        },
    );
    let row = &mut |_: &str| Ok::<_, std::convert::Infallible>(vec![1]);
    let begin = Begin {
        cells: &[],
        terms: Some(&blocks.first_terms),
        words: Some(&blocks.first_words),
        lengths: Some(blocks.lengths),
    };
    let other = builder.finish(row, begin).unwrap();
    let known = |first: &str| blocks.first_terms.find(first).is_some();
    assert!(other.first_terms.iter().skip(1).all(known));
    assert!(open(other).term("w500").is_some());
}

/// Everything that can be asked of an index; its answers do not matter.
fn exercise(blocks: &Blocks, damaged: &[u8]) {
    let mut index = empty(blocks);
    for (at, block) in blocks.spelling.iter().enumerate() {
        index.add(Kind::Spelling, at, block).unwrap();
    }
    if index.add(Kind::Terms, 0, damaged).is_err() {
        return;
    }
    let _ = index.verify();
    for text in [
        "robto drives map fra",
        "createRclcppNode map frame",
        "机器",
        "the",
    ] {
        let query = WordQuery::parse(text, "en", &index);
        let mut scores = vec![0.0; BODIES.len()];
        index.score(&query, &mut scores);
        assert!(scores.iter().all(|score| score.is_finite()));
        index.explain(&query, 1);
        index.cell(&query, 1);
        Matcher::new(&index, &query).matches("en", BODIES[0]);
    }
}

#[test]
fn no_changed_byte_makes_it_panic() {
    let blocks = blocks();
    assert_eq!(blocks.terms.len(), 1);
    for at in 0..blocks.terms[0].len() {
        for flip in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
            let mut bytes = blocks.terms[0].clone();
            bytes[at] ^= flip;
            exercise(&blocks, &bytes);
        }
    }
}

#[test]
fn verification_finds_postings_that_lead_nowhere() {
    let mut index = open(blocks());
    assert_eq!(index.verify(), Ok(()));
    index.capacity = 4;
    assert_eq!(index.verify().unwrap_err().code(), "shelf-corrupt");
}

#[test]
fn a_block_beyond_the_last_is_refused() {
    let blocks = blocks();
    let mut index = empty(&blocks);
    assert!(index.add(Kind::Terms, 1, &blocks.terms[0]).is_err());
    assert!(index.add(Kind::Spelling, 9, &blocks.spelling[0]).is_err());
}
