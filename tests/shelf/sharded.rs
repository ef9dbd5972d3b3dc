//! A search with what it asks for finds what a search of the whole book finds.

use std::collections::BTreeSet;

use lectern_core::search::{Mode, Options, Response, Searcher, Tier};
use lectern_core::shelf::Kind;
use lectern_indexer::bring;

use super::alone;
use super::book::{FAMILIES, Files, members, opened, opened_bare, part, reading};
use super::made::{
    MANY_CELLS, ONE_CELL, many_cells, many_cells_of_clusters, misspelt, one_cell, questions,
    vector_near,
};

/// Rounds of a query whose words the book has, and of one with a typing error: it needs the spelling
/// list and what is said of the right words too.
const ROUNDS: usize = 3;
const MISSPELT_ROUNDS: usize = 5;

const MODES: [Mode; 3] = [Mode::Words, Mode::Meaning, Mode::Hybrid];

fn options(mode: Mode, limit: usize) -> Options {
    Options {
        limit,
        mode,
        explain: true,
        ..Options::default()
    }
}

/// The answer of a book that is opened for this query alone, and the rounds that it took.
fn sharded(files: &Files, tier: Tier, query: &str, options: &Options) -> (Response, usize) {
    let mut searcher = opened_bare(files, tier).unwrap();
    let rounds = bring(&mut reading(files), &mut searcher, query, options).unwrap();
    let again = bring(&mut reading(files), &mut searcher, query, options).unwrap();
    assert_eq!(again, [], "{query:?} is answered");
    (searcher.search(query, options).unwrap(), rounds.len())
}

fn numbers(response: &Response) -> Vec<u32> {
    let hits = response.pages.iter().flat_map(|page| &page.hits);
    hits.map(|hit| hit.passage).collect()
}

fn count(files: &Files, kind: Kind) -> usize {
    let members = members(files).into_iter();
    members.filter(|member| member.kind == kind).count()
}

#[test]
fn a_book_of_one_cell_gives_the_same_answers_to_the_bit() {
    let _alone = alone();
    let files = one_cell();
    assert!(
        [Kind::Terms, Kind::Spelling, Kind::Group].map(|kind| count(files, kind) > 1) == [true; 3]
    );
    assert_eq!(count(files, Kind::Cell), 1);
    for tier in [Tier::Small, Tier::Full] {
        let mut whole = opened(files, tier).unwrap();
        for (texts, most) in [(questions(), ROUNDS), (misspelt(), MISSPELT_ROUNDS)] {
            for (number, query) in texts.iter().enumerate() {
                let (mode, limit) = (MODES[number % 3], [1, 3, 10][number / 3 % 3]);
                let options = options(mode, limit);
                let (found, rounds) = sharded(files, tier, query, &options);
                let expected = whole.search(query, &options).unwrap();
                assert_eq!(found, expected, "{query:?}, {options:?}");
                assert!(rounds <= most, "{query:?} took {rounds} rounds");
            }
        }
    }
}

#[test]
fn a_book_of_many_cells_gives_the_same_answers_by_words() {
    let _alone = alone();
    let files = many_cells();
    let mut whole = opened(files, Tier::Small).unwrap();
    for (texts, most) in [(questions(), ROUNDS), (misspelt(), MISSPELT_ROUNDS)] {
        for query in texts {
            let options = options(Mode::Words, 10);
            let (found, rounds) = sharded(files, Tier::Small, &query, &options);
            assert_eq!(found, whole.search(&query, &options).unwrap());
            assert!(rounds < most, "{query:?} took {rounds} rounds");
            let (found, rounds) = sharded(files, Tier::Small, &query, &Options::default());
            assert!(!found.pages.is_empty(), "{query:?}");
            assert!(rounds <= most, "{query:?} took {rounds} rounds");
        }
    }
}

#[test]
fn a_book_of_many_cells_gives_nearly_the_same_answers_by_meaning() {
    let _alone = alone();
    let files = many_cells_of_clusters();
    assert!(count(&files, Kind::Cell) > 16);
    let mut whole = opened(&files, Tier::Relay).unwrap();
    for (mode, least) in [(Mode::Meaning, 95), (Mode::Hybrid, 90)] {
        let options = options(mode, 10);
        let (mut wanted, mut same) = (0, 0);
        for (cluster, query) in questions().into_iter().enumerate() {
            let vector = vector_near(cluster * 6, MANY_CELLS + cluster);
            let mut bare = opened_bare(&files, Tier::Relay).unwrap();
            for searcher in [&mut bare, &mut whole] {
                searcher.set_vector(query.clone(), vector.clone()).unwrap();
            }
            let rounds = bring(&mut reading(&files), &mut bare, &query, &options).unwrap();
            assert!(rounds.len() <= ROUNDS, "{query:?}: {rounds:?}");
            let found = numbers(&bare.search(&query, &options).unwrap());
            let expected = numbers(&whole.search(&query, &options).unwrap());
            wanted += expected.len();
            same += found.iter().filter(|id| expected.contains(id)).count();
        }
        println!("{mode:?}: {same} of {wanted} hits");
        assert!(
            same * 100 >= wanted * least,
            "{mode:?}: {same} of {wanted} hits"
        );
    }
}

#[test]
fn what_one_query_has_brought_serves_the_next() {
    let _alone = alone();
    let files = one_cell();
    let mut whole = opened(files, Tier::Small).unwrap();
    let mut visit = opened_bare(files, Tier::Small).unwrap();
    let options = options(Mode::Hybrid, 10);
    let (mut alone, mut together) = (0, 0);
    for query in questions() {
        let read = |searcher: &mut Searcher| -> usize {
            let rounds = bring(&mut reading(files), searcher, &query, &options).unwrap();
            rounds.iter().map(|round| round.files).sum()
        };
        together += read(&mut visit);
        alone += read(&mut opened_bare(files, Tier::Small).unwrap());
        let found = visit.search(&query, &options).unwrap();
        assert_eq!(found, whole.search(&query, &options).unwrap(), "{query:?}");
    }
    assert!(together * 2 < alone, "{together} files and {alone}");
}

#[test]
fn a_query_asks_for_few_files_of_a_large_book_each_once_and_all_at_once() {
    let _alone = alone();
    let files = many_cells();
    for query in questions() {
        let mut searcher = opened_bare(files, Tier::Small).unwrap();
        let mut asked = BTreeSet::new();
        let mut read = |name: &str| {
            assert!(asked.insert(name.to_owned()), "{name} was read twice");
            reading(files)(name)
        };
        let options = options(Mode::Hybrid, 10);
        bring(&mut read, &mut searcher, &query, &options).unwrap();
        let words = query.split(' ').count();
        let of = |kind: Kind| {
            asked
                .iter()
                .filter(move |name| name.starts_with(&format!("{}.", kind.name())))
        };
        let [terms, spelling, groups, cells] = FAMILIES.map(|kind| of(kind).count());
        assert!(terms <= words + 1 && spelling <= 2, "{query:?}: {asked:?}");
        assert!(
            groups <= 25 && cells <= 16,
            "{query:?}: {groups} groups, {cells} cells"
        );
    }
}

#[test]
fn all_parts_together_are_the_whole_book() {
    let _alone = alone();
    let files = one_cell();
    let mut bare = opened_bare(files, Tier::Small).unwrap();
    for member in members(files) {
        bare.add_part(member, &part(files, member)).unwrap();
    }
    bare.verify().unwrap();
    let whole = opened(files, Tier::Small).unwrap();
    assert_eq!(bare.counts(), whole.counts());
    assert_eq!(bare.pages().iter().count(), ONE_CELL);
    for query in questions().iter().chain(&misspelt()) {
        assert_eq!(bare.needs(query, &Options::default()), Ok(Vec::new()));
    }
}
