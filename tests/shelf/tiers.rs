//! Which encoder reads a query, from none to the full one, and what it needs for that.

use lectern_core::search::{Mode, Need, Options, Response, Searcher, Tier};
use lectern_core::shelf::Kind;

use super::alone;
use super::book::{DIMS, Files, build, opened, part_files, section, written};

const QUESTION: &str = "robot feet";

fn by_words(files: &Files) -> Searcher {
    let [catalog, text, words] = Kind::WORDS.map(|kind| section(files, kind));
    Searcher::open(&catalog, &text, &words).unwrap()
}

/// A searcher with vectors and vocabulary, but no encoder.
fn by_meaning(files: &Files) -> Searcher {
    let mut searcher = by_words(files);
    let [vectors, vocabulary] = [Kind::Vectors, Kind::Vocabulary].map(|kind| section(files, kind));
    searcher.add_meaning(&vectors, None, &vocabulary).unwrap();
    searcher
}

fn add_full(searcher: &mut Searcher, files: &Files) -> lectern_core::Result<()> {
    let layers = part_files(files, Kind::Core);
    let [core, rows] = [Kind::Core, Kind::Rows].map(|kind| section(files, kind));
    searcher.add_full(&core, &layers, &rows)
}

fn search(searcher: &mut Searcher, query: &str, mode: Mode) -> lectern_core::Result<Response> {
    let options = Options {
        mode,
        ..Options::default()
    };
    searcher.search(query, &options)
}

/// How a query is answered where the best there is may answer.
fn answered(searcher: &mut Searcher, query: &str) -> (Mode, Tier) {
    let response = search(searcher, query, Mode::Auto).unwrap();
    (response.mode, response.encoder)
}

fn code<T: std::fmt::Debug>(result: lectern_core::Result<T>) -> &'static str {
    result.unwrap_err().code()
}

#[test]
fn without_an_encoder_words_answer_and_nothing_is_needed() {
    let _alone = alone();
    let files = build();
    for mut searcher in [by_words(&files), by_meaning(&files)] {
        assert_eq!(searcher.tier(), Tier::None);
        assert_eq!(searcher.needs(QUESTION), Ok(Vec::new()));
        assert_eq!(answered(&mut searcher, QUESTION), (Mode::Words, Tier::None));
        for mode in [Mode::Meaning, Mode::Hybrid] {
            let refused = search(&mut searcher, QUESTION, mode);
            assert_eq!(code(refused), "meaning-not-loaded");
        }
    }
}

#[test]
fn the_small_encoder_needs_the_blocks_of_a_query_and_words_answer_until_they_are_there() {
    let _alone = alone();
    let files = build();
    let mut searcher = by_meaning(&files);
    let blocks = part_files(&files, Kind::Small);
    let parts = searcher.add_small(&section(&files, Kind::Small)).unwrap();
    assert_eq!((parts.len(), searcher.tier()), (blocks.len(), Tier::Small));
    let needs = searcher.needs(QUESTION).unwrap();
    assert!(!needs.is_empty());
    for need in needs {
        assert_eq!(answered(&mut searcher, QUESTION), (Mode::Words, Tier::None));
        let Need::Block(place, part) = need else {
            panic!("{need:?}");
        };
        assert_eq!(Some(part), parts.get(place));
        searcher.add_block(place, &blocks[place]).unwrap();
    }
    assert_eq!(searcher.needs(QUESTION), Ok(Vec::new()));
    assert_eq!(
        answered(&mut searcher, QUESTION),
        (Mode::Hybrid, Tier::Small)
    );
    let lazily = search(&mut searcher, QUESTION, Mode::Hybrid).unwrap();
    let mut whole = opened(&written(3, 7), Tier::Small).unwrap();
    assert_eq!(lazily, search(&mut whole, QUESTION, Mode::Hybrid).unwrap());
}

#[test]
fn the_full_encoder_takes_over_from_the_small_one_and_needs_nothing() {
    let _alone = alone();
    let files = build();
    let mut searcher = by_meaning(&files);
    searcher.add_small(&section(&files, Kind::Small)).unwrap();
    assert!(!searcher.needs(QUESTION).unwrap().is_empty());
    add_full(&mut searcher, &files).unwrap();
    assert_eq!(searcher.needs(QUESTION), Ok(Vec::new()));
    assert_eq!(
        answered(&mut searcher, QUESTION),
        (Mode::Hybrid, Tier::Full)
    );
    // It stays the best there is.
    searcher.use_relay().unwrap();
    assert_eq!(
        (searcher.tier(), searcher.needs(QUESTION)),
        (Tier::Full, Ok(Vec::new()))
    );
    let upgraded = search(&mut searcher, QUESTION, Mode::Hybrid).unwrap();
    let mut full = opened(&written(3, 7), Tier::Full).unwrap();
    assert_eq!(upgraded, search(&mut full, QUESTION, Mode::Hybrid).unwrap());
}

#[test]
fn a_query_without_a_known_token_is_left_to_words_and_says_so() {
    let _alone = alone();
    let mut searcher = opened(&build(), Tier::Small).unwrap();
    for query in ["漢字", "♞", "?!"] {
        assert_eq!(searcher.needs(query), Ok(Vec::new()), "{query}");
        assert_eq!(answered(&mut searcher, query), (Mode::Words, Tier::None));
        let response = search(&mut searcher, query, Mode::Meaning).unwrap();
        assert_eq!(
            (response.mode, response.encoder),
            (Mode::Meaning, Tier::None)
        );
        assert!(response.pages.is_empty(), "{query}");
    }
    assert_eq!(
        answered(&mut searcher, "漢字 robot"),
        (Mode::Hybrid, Tier::Small)
    );
}

#[test]
fn a_query_that_is_empty_or_too_long_needs_nothing() {
    let _alone = alone();
    let mut searcher = by_meaning(&build());
    searcher.use_relay().unwrap();
    for query in ["", "  ", &"a ".repeat(5_000)] {
        assert_eq!(searcher.needs(query), Ok(Vec::new()));
    }
}

#[test]
fn a_server_reads_the_corrected_query_and_words_answer_until_it_has() {
    let _alone = alone();
    let files = build();
    let mut searcher = by_meaning(&files);
    searcher.use_relay().unwrap();
    assert_eq!(searcher.tier(), Tier::Relay);
    let need = searcher.needs(" torqe ").unwrap();
    assert_eq!(need, [Need::Vector("torque".into())]);
    assert_eq!(answered(&mut searcher, "torqe"), (Mode::Words, Tier::None));
    let mut vector = vec![0.0; DIMS];
    vector[3] = 1.0;
    searcher.set_vector("torque".into(), vector).unwrap();
    assert_eq!(searcher.needs("torqe"), Ok(Vec::new()));
    for query in ["torqe", "torque"] {
        assert_eq!(answered(&mut searcher, query), (Mode::Hybrid, Tier::Relay));
    }
    // The vector is of that text alone.
    assert_eq!(
        searcher.needs("camera"),
        Ok(vec![Need::Vector("camera".into())])
    );
    assert_eq!(answered(&mut searcher, "camera"), (Mode::Words, Tier::None));
}

#[test]
fn vectors_of_another_size_or_of_no_numbers_are_refused() {
    let _alone = alone();
    let mut searcher = by_meaning(&build());
    searcher.use_relay().unwrap();
    for size in [0, DIMS - 1, DIMS + 1] {
        let refused = searcher.set_vector("torque".into(), vec![0.5; size]);
        assert_eq!(code(refused), "shelf-mixed", "{size}");
    }
    for value in [f32::NAN, f32::INFINITY] {
        let refused = searcher.set_vector("torque".into(), vec![value; DIMS]);
        assert_eq!(code(refused), "model");
    }
    assert_eq!(answered(&mut searcher, "torque"), (Mode::Words, Tier::None));
}

#[test]
fn what_comes_before_what_it_belongs_to_is_refused() {
    let _alone = alone();
    let files = build();
    let mut searcher = by_words(&files);
    let head = section(&files, Kind::Small);
    let blocks = part_files(&files, Kind::Small);
    let early = "meaning-not-loaded";
    assert_eq!(code(searcher.add_small(&head)), early);
    assert_eq!(code(add_full(&mut searcher, &files)), early);
    assert_eq!(code(searcher.use_relay()), early);
    assert_eq!(
        code(searcher.set_vector("a".into(), vec![0.5; DIMS])),
        early
    );
    let mut searcher = by_meaning(&files);
    assert_eq!(code(searcher.add_block(0, &blocks[0])), early);
    searcher.add_small(&head).unwrap();
    let beyond = searcher.add_block(blocks.len(), &blocks[0]);
    assert_eq!(code(beyond), "shelf-corrupt");
}

#[test]
fn parts_of_two_shelves_are_refused() {
    let _alone = alone();
    let files = build();
    let another_book = [Kind::Vectors, Kind::Vocabulary, Kind::Small, Kind::Rows];
    let another_model = [Kind::Core, Kind::Rows];
    for (other, foreign) in [
        (written(2, 7), &another_book[..]),
        (written(3, 8), &another_model),
    ] {
        let mixed = |kind| {
            let from = |own| if own == kind { &other } else { &files };
            let of = |own| section(from(own), own);
            let mut searcher = by_words(&files);
            searcher.add_meaning(&of(Kind::Vectors), None, &of(Kind::Vocabulary))?;
            searcher.add_small(&of(Kind::Small))?;
            let layers = part_files(from(Kind::Core), Kind::Core);
            searcher.add_full(&of(Kind::Core), &layers, &of(Kind::Rows))
        };
        assert_eq!(mixed(Kind::Catalog), Ok(()));
        for &kind in foreign {
            assert_eq!(code(mixed(kind)), "shelf-mixed", "{kind:?}");
        }
    }
}
