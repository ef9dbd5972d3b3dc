use super::near::RARER;
use super::*;
use crate::words::testing::{build_with, empty, open};

fn index() -> WordIndex {
    open(build_with("", &[], &BODIES))
}

const BODIES: [&str; 4] = [
    "Localisation estimates where the robot is.",
    "Navigation drives the robot; the navigation stack needs a map.",
    "The navigation stack plans with nav2_params.yaml and createRclcppNode.",
    "Navigable space is what a planner may use.",
];

fn kinds(query: &WordQuery) -> Vec<(&str, Kind)> {
    query
        .terms()
        .iter()
        .map(|t| (t.term.as_str(), t.kind))
        .collect()
}

#[test]
fn inflected_words_are_exact_and_stop_words_are_dropped() {
    let index = index();
    let query = WordQuery::parse("What localises the robots? ", "en", &index);
    assert_eq!(
        kinds(&query),
        [("localis", Kind::Exact), ("robot", Kind::Exact)]
    );
    assert_eq!(query.corrected_text(), "What localises the robots? ");
    let only = WordQuery::parse("where is the ", "en", &index);
    assert_eq!(only.terms().len(), 3);
    assert!(WordQuery::parse("", "en", &index).terms().is_empty());
}

#[test]
fn the_last_word_is_completed_while_it_is_typed() {
    let index = index();
    let query = WordQuery::parse("robot loc", "en", &index);
    assert_eq!(
        kinds(&query),
        [("robot", Kind::Exact), ("localisation", Kind::Prefix)]
    );
    assert_eq!(query.terms()[1].weight, PREFIX_WEIGHT);
    assert!(query.corrections().is_empty());
    for text in ["robot loc ", "loc robot"] {
        let query = WordQuery::parse(text, "en", &index);
        assert!(
            query.terms().iter().all(|t| t.kind != Kind::Prefix),
            "{text}"
        );
    }
    let known = WordQuery::parse("nav", "en", &index);
    assert_eq!(
        kinds(&known)[..2],
        [("nav", Kind::Exact), ("navigable", Kind::Prefix)]
    );
    assert!(
        known.terms()[1..]
            .iter()
            .all(|t| t.weight == LONGER_WORD_WEIGHT)
    );
    assert!(
        known.terms()[1..]
            .iter()
            .all(|t| t.idf <= known.terms()[0].idf)
    );
    let typing = WordQuery::parse("createR", "en", &index);
    assert_eq!(kinds(&typing)[0], ("createrclcppnode", Kind::Prefix));
}

#[test]
fn unknown_words_are_corrected_to_words_of_the_book() {
    let index = index();
    let query = WordQuery::parse(
        "Which Naivgation stakc, Localistaion of zzzz? ",
        "en",
        &index,
    );
    let corrections: Vec<_> = query
        .corrections()
        .iter()
        .map(|c| (c.from.as_str(), c.to.as_str()))
        .collect();
    assert_eq!(
        corrections,
        [
            ("Naivgation", "navigation"),
            ("stakc", "stack"),
            ("Localistaion", "localisation")
        ]
    );
    assert_eq!(
        query.corrected_text(),
        "Which navigation stack, localisation of zzzz? "
    );
    assert_eq!(
        kinds(&query)[0],
        ("navigation", Kind::Fuzzy { distance: 1 })
    );
    assert_eq!(query.terms()[0].weight, FUZZY_WEIGHTS[0]);
    let short = WordQuery::parse("mpa 2x4 ", "en", &index);
    assert!(short.corrections().is_empty() && short.terms().is_empty());
}

#[test]
fn a_word_that_the_book_hardly_has_may_be_a_slip_of_one_that_it_has_often() {
    let often = vec!["the navigation stack"; RARER];
    let bodies = [&["a navigaton map", "a stuck map"][..], &often].concat();
    let index = open(build_with("", &[], &bodies));
    let query = WordQuery::parse("navigaton map ", "en", &index);
    let kinds = kinds(&query);
    assert!(kinds.contains(&("navigaton", Kind::Exact)));
    assert!(kinds.contains(&("navigation", Kind::Fuzzy { distance: 1 })));
    assert_eq!((query.corrections(), query.suggestion()), (&[][..], None));
    let fewer = open(build_with("", &[], &bodies[..RARER]));
    let query = WordQuery::parse("navigaton map ", "en", &fewer);
    assert!(query.terms().iter().all(|t| t.kind == Kind::Exact));
}

#[test]
fn in_a_book_of_many_words_a_slip_in_any_letter_is_corrected() {
    let letter = |i: usize| char::from(b'a' + (i % 26) as u8);
    let made = (0..6000).map(|i| {
        String::from_iter([
            letter(i),
            'o',
            letter(i / 26),
            'i',
            letter(i / 676),
            'x',
            'z',
        ])
    });
    let body = made
        .chain(["navigation", "robot", "frame"].map(str::to_owned))
        .collect::<Vec<_>>()
        .join(" ");
    let blocks = build_with("", &[], &[&body]);
    assert!(blocks.spelling.len() > 4);
    let index = open(blocks);
    let slips = [
        (
            "navigation",
            &[
                "mavigation",
                "vanigation",
                "nagivation",
                "navigatiom",
                "anvigation",
            ][..],
        ),
        (
            "robot",
            &[
                "obot", "orbot", "rbot", "rboot", "roobt", "robxt", "robto", "rrobot", "robots",
            ],
        ),
        ("frame", &["rame", "farme", "frxme", "frmae", "framme"]),
    ];
    for (word, typed) in slips {
        for typed in typed {
            let query = WordQuery::parse(&format!("{typed} "), "en", &index);
            let near = |term: &QueryTerm| term.term == word;
            assert!(query.terms().iter().any(near), "{typed}");
        }
    }
}

#[test]
fn a_suggestion_is_the_query_as_typed_with_its_corrections() {
    let index = index();
    let query = WordQuery::parse("\"naivgation stakc\" -zebra ", "en", &index);
    assert_eq!(query.suggestion(), Some("\"navigation stack\" -zebra "));
    assert_eq!(query.corrected_text().trim(), "navigation stack");
    assert_eq!(WordQuery::parse("robot ", "en", &index).suggestion(), None);
}

#[test]
fn one_character_is_completed_where_words_are_pairs_of_them() {
    let index = open(build_with("", &[], &["机械手臂", "손을 든다"]));
    for text in ["手 x ", "손 "] {
        let query = WordQuery::parse(text, "en", &index);
        assert!(
            query.terms().iter().any(|t| t.kind == Kind::Prefix),
            "{text}"
        );
    }
}

#[test]
fn a_distant_word_with_another_initial_is_searched_but_not_put_in() {
    let index = index();
    let query = WordQuery::parse("abvigation ", "en", &index);
    assert_eq!(kinds(&query), [("navigation", Kind::Fuzzy { distance: 2 })]);
    assert!(query.corrections().is_empty());
    assert_eq!(query.corrected_text(), "abvigation ");
}

#[test]
fn neighbours_of_the_book_add_a_pair_even_over_a_typo() {
    let index = index();
    for text in ["navigation stack ", "the navigation of a stakc "] {
        let query = WordQuery::parse(text, "en", &index);
        let pair = query.terms().iter().find(|t| t.kind == Kind::Pair).unwrap();
        assert_eq!(pair.weight, PAIR_WEIGHT);
    }
    let apart = WordQuery::parse("stack navigation ", "en", &index);
    assert!(apart.terms().iter().all(|t| t.kind != Kind::Pair));
}

#[test]
fn identifiers_are_found_whole_and_by_their_parts() {
    let index = index();
    let query = WordQuery::parse("nav2_params.yaml ", "en", &index);
    let terms: Vec<_> = kinds(&query)
        .into_iter()
        .filter(|t| t.1 == Kind::Exact)
        .map(|t| t.0)
        .collect();
    assert_eq!(
        terms,
        [
            "nav2_params.yaml",
            "nav2_params",
            "nav2",
            "nav",
            "2",
            "param",
            "yaml"
        ]
    );
    assert_eq!(
        kinds(&WordQuery::parse("rclcpp ", "en", &index)),
        [("rclcpp", Kind::Exact)]
    );
}

#[test]
fn a_term_counts_once_and_a_flood_of_words_is_bounded() {
    let index = index();
    assert_eq!(
        WordQuery::parse("robot robots robot ", "en", &index)
            .terms()
            .len(),
        1
    );
    let flood: String = (0..5000)
        .map(|i| format!("navigatio{} ", ["x", "xy", "q"][i % 3]))
        .collect();
    let query = WordQuery::parse(&flood, "en", &index);
    assert_eq!(query.corrections().len(), MAX_UNKNOWN);
}

#[test]
fn blocks_that_are_not_here_are_wanted_round_by_round() {
    let blocks = build_with("", &[], &BODIES);
    let mut index = empty(&blocks);
    let wanted = |index: &WordIndex| WordQuery::parse("the robto ", "en", index).wanted;
    let (terms, spelling) = ((shelf::Kind::Terms, 0), (shelf::Kind::Spelling, 0));
    assert_eq!(wanted(&index), [terms, spelling]);
    for (text, all) in [("2x4 ", &[terms][..]), ("2x4", &[terms, spelling])] {
        assert_eq!(WordQuery::parse(text, "en", &index).wanted, all, "{text:?}");
    }
    index.add(shelf::Kind::Terms, 0, &blocks.terms[0]).unwrap();
    assert_eq!(wanted(&index), [spelling]);
    let mut without = empty(&blocks);
    without
        .add(shelf::Kind::Terms, 0, &blocks.terms[0])
        .unwrap();
    without.lose(shelf::Kind::Spelling, 0);
    let query = WordQuery::parse("map robto ", "en", &without);
    assert_eq!(kinds(&query), [("map", Kind::Exact)]);
    assert!(query.wanted().is_empty());
    index
        .add(shelf::Kind::Spelling, 0, &blocks.spelling[0])
        .unwrap();
    assert_eq!(wanted(&index), []);
}
