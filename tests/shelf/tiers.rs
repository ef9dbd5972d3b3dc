//! Which encoder reads a query, from none to the full one, and what it needs for that.

use lectern_core::meaning::cells::write_head;
use lectern_core::meaning::nibbles::encode_row;
use lectern_core::search::{Mode, Need, Options, Response, Searcher, Tier};
use lectern_core::shelf::family::Family;
use lectern_core::shelf::{self, Kind};

use super::alone;
use super::book::{
    DIMS, Files, build, layers, members, opened, opened_bare, part, section, written,
};

const QUESTION: &str = "robot feet";

fn by_words(files: &Files) -> Searcher {
    let mut searcher = Searcher::open(&section(files, Kind::Directory), "en").unwrap();
    let members = members(files).into_iter();
    for member in members.filter(|member| member.kind != Kind::Cell) {
        searcher.add_part(member, &part(files, member)).unwrap();
    }
    searcher
}

/// A searcher with all that search by meaning needs but an encoder.
fn by_meaning(files: &Files) -> Searcher {
    let mut searcher = by_words(files);
    searcher.add_meaning(&section(files, Kind::Cells)).unwrap();
    let members = members(files).into_iter();
    for member in members.filter(|member| member.kind == Kind::Cell) {
        searcher.add_part(member, &part(files, member)).unwrap();
    }
    searcher
}

fn add_full(searcher: &mut Searcher, files: &Files) -> lectern_core::Result<()> {
    let [vocabulary, core, rows] =
        [Kind::Vocabulary, Kind::Core, Kind::Rows].map(|kind| section(files, kind));
    searcher.add_full(&vocabulary, &core, &layers(files), &rows)
}

fn needs(searcher: &mut Searcher, query: &str) -> Vec<Need> {
    searcher.needs(query, &Options::default()).unwrap()
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
        assert_eq!(needs(&mut searcher, QUESTION), []);
        assert_eq!(answered(&mut searcher, QUESTION), (Mode::Words, Tier::None));
        for mode in [Mode::Meaning, Mode::Hybrid] {
            let refused = search(&mut searcher, QUESTION, mode);
            assert_eq!(code(refused), "meaning-not-loaded");
        }
    }
}

#[test]
fn the_small_encoder_reads_a_query_once_the_first_round_is_here() {
    let _alone = alone();
    let files = build();
    let mut searcher = opened_bare(&files, Tier::Small).unwrap();
    assert_eq!(searcher.tier(), Tier::Small);
    assert_eq!(answered(&mut searcher, QUESTION), (Mode::Words, Tier::None));
    for need in needs(&mut searcher, QUESTION) {
        let Need::Part(member) = need else {
            panic!("{need:?}");
        };
        assert!(matches!(
            member.kind,
            Kind::Terms | Kind::Spelling | Kind::Cell
        ));
        searcher.add_part(member, &part(&files, member)).unwrap();
    }
    assert_eq!(
        answered(&mut searcher, QUESTION),
        (Mode::Hybrid, Tier::Small)
    );
}

#[test]
fn the_full_encoder_takes_over_from_the_small_one_and_needs_nothing() {
    let _alone = alone();
    let files = build();
    let mut searcher = by_meaning(&files);
    searcher.use_small().unwrap();
    assert_eq!(
        answered(&mut searcher, QUESTION),
        (Mode::Hybrid, Tier::Small)
    );
    add_full(&mut searcher, &files).unwrap();
    assert_eq!(needs(&mut searcher, QUESTION), []);
    assert_eq!(
        answered(&mut searcher, QUESTION),
        (Mode::Hybrid, Tier::Full)
    );
    // It stays the best there is.
    searcher.use_relay().unwrap();
    assert_eq!(
        (searcher.tier(), needs(&mut searcher, QUESTION)),
        (Tier::Full, Vec::new())
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
        assert_eq!(needs(&mut searcher, query), [], "{query}");
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
        assert_eq!(needs(&mut searcher, query), []);
    }
}

#[test]
fn a_server_reads_the_corrected_query_and_words_answer_until_it_has() {
    let _alone = alone();
    let files = build();
    let mut searcher = by_meaning(&files);
    searcher.use_relay().unwrap();
    assert_eq!(searcher.tier(), Tier::Relay);
    let need = needs(&mut searcher, " torqe ");
    assert_eq!(need, [Need::Vector("torque".into())]);
    assert_eq!(answered(&mut searcher, "torqe"), (Mode::Words, Tier::None));
    let mut vector = vec![0.0; DIMS];
    vector[3] = 1.0;
    searcher.set_vector("torque".into(), vector).unwrap();
    assert_eq!(needs(&mut searcher, "torqe"), []);
    for query in ["torqe", "torque"] {
        assert_eq!(answered(&mut searcher, query), (Mode::Hybrid, Tier::Relay));
    }
    // The vector is of that text alone.
    assert_eq!(
        needs(&mut searcher, "camera"),
        [Need::Vector("camera".into())]
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
    let early = "meaning-not-loaded";
    assert_eq!(code(searcher.use_small()), early);
    assert_eq!(code(searcher.compare_all(None)), early);
    assert_eq!(code(add_full(&mut searcher, &files)), early);
    assert_eq!(code(searcher.use_relay()), early);
    assert_eq!(
        code(searcher.set_vector("a".into(), vec![0.5; DIMS])),
        early
    );
    let members = members(&files);
    let cell = members.iter().find(|member| member.kind == Kind::Cell);
    let file = part(&files, *cell.unwrap());
    assert_eq!(code(searcher.add_part(*cell.unwrap(), &file)), early);
}

#[test]
fn encoders_of_two_models_are_refused() {
    let _alone = alone();
    let (files, other) = (build(), written(3, 8));
    let mixed = |kind| {
        let from = |own| if own == kind { &other } else { &files };
        let of = |own| section(from(own), own);
        let mut searcher = by_meaning(&files);
        let layers = layers(from(Kind::Core));
        let (core, rows) = (of(Kind::Core), of(Kind::Rows));
        searcher.add_full(&of(Kind::Vocabulary), &core, &layers, &rows)
    };
    assert_eq!(mixed(Kind::Directory), Ok(()));
    for kind in [Kind::Core, Kind::Rows] {
        assert_eq!(code(mixed(kind)), "shelf-mixed", "{kind:?}");
    }
}

#[test]
fn vectors_of_words_passages_and_cells_are_of_one_size() {
    const OTHER: usize = 64;
    let _alone = alone();
    let files = build();
    let first = encode_row(&[0.0; OTHER]);
    let head = write_head(OTHER, &first, &Family::none(), &[]);
    let cells = shelf::wrap(Kind::Cells, &head);
    assert_eq!(code(by_words(&files).add_meaning(&cells)), "shelf-mixed");
    let mut searcher = Searcher::open(&section(&files, Kind::Directory), "en").unwrap();
    searcher.add_meaning(&cells).unwrap();
    for member in members(&files) {
        let added = searcher.add_part(member, &part(&files, member));
        match member.kind {
            Kind::Terms | Kind::Group => assert_eq!(code(added), "shelf-mixed", "{member:?}"),
            Kind::Spelling | Kind::Addresses => assert_eq!(added, Ok(())),
            _ => assert_eq!(code(added), "shelf-corrupt", "there is no such cell"),
        }
    }
}

#[test]
fn every_numbered_file_in_the_place_of_another_is_refused() {
    let _alone = alone();
    let (files, other) = (build(), written(2, 7));
    let members = members(&files);
    let mut searcher = by_meaning(&files);
    for &member in &members {
        for foreign in members.iter().filter(|&&foreign| foreign != member) {
            let refused = code(searcher.add_part(member, &part(&files, *foreign)));
            let expected = match foreign.kind == member.kind {
                true => "shelf-mixed",
                false => "shelf-corrupt",
            };
            assert_eq!(refused, expected, "{foreign:?} for {member:?}");
        }
    }
    for foreign in super::book::members(&other) {
        let own = members
            .iter()
            .find(|own| (own.kind, own.index) == (foreign.kind, foreign.index));
        let refused = searcher.add_part(*own.unwrap(), &part(&other, foreign));
        assert_eq!(code(refused), "shelf-mixed", "{foreign:?}");
    }
}
