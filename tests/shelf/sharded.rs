//! A search with what it asks for finds what a search of the whole book finds.

use std::collections::BTreeSet;

use lectern_core::address::holds;
use lectern_core::meaning::cells::PROBES;
use lectern_core::search::{
    BY_WORDS, Mode, Need, Options, ROUNDS, Response, SOURCES, Searcher, Tier,
};
use lectern_core::shelf::Kind;
use lectern_core::words::LOOK_AHEAD;
use lectern_indexer::{bring, bring_round};

use super::alone;
use super::book::{FAMILIES, Files, members, opened, opened_bare, part, reading};
use super::made::{
    CLUSTER, MANY_CELLS, ONE_CELL, many_cells, many_cells_of_clusters, misspelt, one_cell,
    questions, vector_near,
};

/// Rounds of a query that waits for no cells and whose words the book has: words, and what they find.
fn known(_: &str) -> usize {
    2
}

/// The same of one that it may have no word of: the spelling list comes with the first words of it.
fn unknown(query: &str) -> usize {
    let words = query.split(' ').count();
    3 + usize::from(words > LOOK_AHEAD)
}

const MODES: [Mode; 3] = [Mode::Words, Mode::Meaning, Mode::Hybrid];

fn options(mode: Mode, limit: usize) -> Options {
    Options {
        limit,
        mode,
        explain: true,
        ..Options::default()
    }
}

/// The answer of a book that is opened for this query alone, and the rounds after which nothing more was needed.
fn sharded(files: &Files, tier: Tier, query: &str, options: &Options) -> (Response, usize) {
    let mut searcher = opened_bare(files, tier).unwrap();
    let mut round = || bring_round(&mut reading(files), &mut searcher, query, options).unwrap();
    let rounds = std::iter::from_fn(&mut round).take(2 * ROUNDS).count();
    (searcher.search(query, options).unwrap(), rounds)
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
        for (texts, most) in [
            (questions(), known as fn(&str) -> usize),
            (misspelt(), unknown),
        ] {
            for (number, query) in texts.iter().enumerate() {
                let (mode, limit) = (MODES[number % 3], [1, 3, 10][number / 3 % 3]);
                let options = options(mode, limit);
                let (found, rounds) = sharded(files, tier, query, &options);
                let expected = whole.search(query, &options).unwrap();
                assert_eq!(found, expected, "{query:?}, {options:?}");
                assert!(rounds <= most(query), "{query:?} took {rounds} rounds");
            }
        }
    }
}

#[test]
fn a_search_within_places_finds_what_a_search_of_the_whole_book_finds_there() {
    let _alone = alone();
    let files = one_cell();
    let within = ["docs/12", "docs/120#", "/docs/24.html"].map(str::to_owned);
    let is_within = |url: &str| within.iter().any(|place| holds(place, url));
    let mut whole = opened(files, Tier::Small).unwrap();
    let mut found_some = 0;
    for (number, query) in questions().iter().enumerate() {
        let all = options(MODES[number % 3], ONE_CELL);
        let own = Options {
            within: within.to_vec(),
            ..options(MODES[number % 3], 10)
        };
        let (found, rounds) = sharded(files, Tier::Small, query, &own);
        assert_eq!(found, whole.search(query, &own).unwrap(), "{query:?}");
        assert!(rounds <= known(query), "{query:?} took {rounds} rounds");
        assert!(found.pages.iter().all(|page| is_within(&page.url)));
        found_some += usize::from(!found.pages.is_empty());
        if MODES[number % 3] == Mode::Words {
            let everywhere = whole.search(query, &all).unwrap();
            let there = everywhere.ranked().into_iter();
            let there: Vec<u32> = there
                .filter(|hit| is_within(&hit.url))
                .map(|hit| hit.passage)
                .collect();
            let own: Vec<u32> = found.ranked().iter().map(|hit| hit.passage).collect();
            assert!(own.iter().all(|id| there.contains(id)), "{query:?}");
        }
    }
    assert!(found_some > 0, "nothing was found");
}

#[test]
fn of_the_places_that_hold_a_page_the_longest_decides() {
    let _alone = alone();
    let mut whole = opened(one_cell(), Tier::Small).unwrap();
    let mut pages = |within: &[&str]| {
        let within = within.iter().map(|place| (*place).to_owned()).collect();
        let own = Options {
            within,
            ..options(Mode::Meaning, 2 * ONE_CELL)
        };
        let found = whole.search(&questions()[0], &own).unwrap();
        let urls = found.pages.into_iter().map(|page| page.url);
        urls.collect::<BTreeSet<String>>()
    };
    let all = pages(&[]);
    let [a, b, c] = [0, 1, 2].map(|at| all.iter().nth(at).unwrap().trim_end_matches('/'));
    let without = pages(&[&format!("!{a}"), &format!("!/{b}/")]);
    let left_out: Vec<&str> = all
        .difference(&without)
        .map(|url| url.trim_end_matches('/'))
        .collect();
    assert_eq!(left_out, [a, b]);
    let only = BTreeSet::from([format!("{c}/")]);
    assert_eq!(pages(&["!docs", c]), only);
    assert_eq!(pages(&[&format!("{c}#"), "!docs"]), only);
    assert!(pages(&["!docs"]).is_empty());
    assert_eq!(pages(&["!blog"]), all);
}

#[test]
fn a_page_leads_to_its_passages_in_one_round_and_they_come_in_another() {
    let _alone = alone();
    for (files, passages) in [(one_cell(), ONE_CELL), (many_cells(), MANY_CELLS)] {
        let mut searcher = opened_bare(files, Tier::None).unwrap();
        for page in (0..passages).step_by(CLUSTER) {
            let url = format!("/docs/{page}#s1");
            bring_parts(files, &mut searcher, |own| own.needs_of_page(&url));
            let own = searcher.page(&url).unwrap().passages.clone();
            let end = passages.min(page + CLUSTER);
            assert_eq!(own, page as u32..end as u32);
            let own: Vec<u32> = own.collect();
            bring_parts(files, &mut searcher, |searcher| {
                searcher.needs_of_passages(&own)
            });
            let here = |&id: &u32| searcher.pages().locate(id).is_some();
            assert!(own.iter().all(here), "{url}");
        }
        assert!(searcher.page("docs/1").is_none() && searcher.page("").is_none());
    }
}

/// Adds what is needed, after which nothing more is.
fn bring_parts(files: &Files, searcher: &mut Searcher, needs: impl Fn(&Searcher) -> Vec<Need>) {
    for need in needs(searcher) {
        if let Need::Part(member) = need {
            searcher.add_part(member, &part(files, member)).unwrap();
        }
    }
    assert_eq!(needs(searcher), Vec::new());
}

#[test]
fn a_selected_text_leads_to_its_passages_and_their_neighbours() {
    let _alone = alone();
    let searcher = opened(one_cell(), Tier::None).unwrap();
    let own: Vec<u32> = (24..36).collect();
    let text = |id: u32| searcher.pages().locate(id).unwrap().passage.text.clone();
    let words = |id: u32, range: std::ops::Range<usize>| {
        let text = text(id);
        let words: Vec<&str> = text.split(' ').collect();
        words[range].join("\n  ")
    };
    let cut = words(28, 4..16).to_uppercase();
    assert_eq!(searcher.around(&own, &cut[2..cut.len() - 2]), [27, 28, 29]);
    let across = format!("{} x₁ = 2 {}", words(30, 12..24), words(31, 0..9));
    assert_eq!(searcher.around(&own, &across), [29, 30, 31, 32]);
    assert_eq!(searcher.around(&own, &text(24)), [24, 25]);
    let everything: Vec<String> = own.iter().map(|&id| text(id)).collect();
    assert_eq!(searcher.around(&own, &everything.join(" ")), own[..SOURCES]);
    let scattered = words(33, 0..26)
        .split_whitespace()
        .rev()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(searcher.around(&own, &scattered).contains(&33));
    for nothing in ["", " \n", "...", "zzz qqq"] {
        assert_eq!(searcher.around(&own, nothing), [0; 0], "{nothing:?}");
    }
}

#[test]
fn a_book_of_many_cells_gives_the_same_answers_by_words() {
    let _alone = alone();
    let files = many_cells();
    let mut whole = opened(files, Tier::Small).unwrap();
    for (texts, most) in [
        (questions(), known as fn(&str) -> usize),
        (misspelt(), unknown),
    ] {
        for query in texts {
            let options = options(Mode::Words, 10);
            let (found, rounds) = sharded(files, Tier::Small, &query, &options);
            assert_eq!(found, whole.search(&query, &options).unwrap());
            assert!(rounds <= most(&query), "{query:?} took {rounds} rounds");
        }
    }
}

#[test]
fn a_misspelt_query_is_answered_in_as_few_rounds_nearly_as_well() {
    let _alone = alone();
    let files = many_cells();
    let mut whole = opened(files, Tier::Small).unwrap();
    let options = options(Mode::Hybrid, 10);
    let (mut wanted, mut same) = (0, 0);
    for query in misspelt() {
        let mut bare = opened_bare(files, Tier::Small).unwrap();
        let rounds = bring(&mut reading(files), &mut bare, &query, &options).unwrap();
        assert!(rounds.len() <= ROUNDS);
        let found = bare.search(&query, &options).unwrap();
        let expected = whole.search(&query, &options).unwrap();
        assert_eq!(found.suggestion, expected.suggestion, "{query:?}");
        let (found, expected) = (numbers(&found), numbers(&expected));
        assert!(
            !expected.is_empty() && found.first() == expected.first(),
            "{query:?}"
        );
        wanted += expected.len();
        same += found.iter().filter(|id| expected.contains(id)).count();
    }
    println!("{same} of {wanted} hits");
    assert!(same * 100 >= wanted * 90, "{same} of {wanted} hits");
}

#[test]
fn the_spelling_list_is_asked_for_with_the_first_words_and_with_others_that_turn_out_to_need_it() {
    let _alone = alone();
    let files = many_cells();
    let spelling = |query: &str| {
        let mut bare = opened_bare(files, Tier::Small).unwrap();
        let options = Options::default();
        let rounds = [(); ROUNDS].map(|()| {
            let mut count = 0;
            let mut read = |name: &str| {
                count += usize::from(name.starts_with("spelling."));
                reading(files)(name)
            };
            bring_round(&mut read, &mut bare, query, &options).unwrap();
            count
        });
        let found = bare.search(query, &options).unwrap();
        assert!(!found.pages.is_empty(), "{query:?}");
        (rounds, found.corrections.len())
    };
    let known: Vec<String> = questions()
        .into_iter()
        .filter(|own| !own.contains(' '))
        .collect();
    let known = known[..LOOK_AHEAD].join(" ");
    let slip = &misspelt()[0];
    let ([first, later @ ..], corrections) = spelling(&format!("{slip} {known} "));
    assert!(first > 0 && corrections == 1);
    assert_eq!(later, [0, 0]);
    let ([first, second, third], corrections) = spelling(&format!("{known} {slip} "));
    assert!(first > 0 && second > 0 && third == 0 && corrections == 1);
    let (rounds, corrections) = spelling(&format!("{known} "));
    assert!(rounds[1..] == [0, 0] && corrections == 0);
}

#[test]
fn what_other_words_find_is_here_while_a_misspelt_one_is_looked_up() {
    let _alone = alone();
    let files = many_cells();
    for (right, slip) in questions().iter().zip(misspelt()) {
        let Some((_, others)) = right.split_once(' ') else {
            continue;
        };
        let query = format!("{} {others}", slip.split(' ').next().unwrap());
        let mut searcher = opened_bare(files, Tier::Small).unwrap();
        let options = Options::default();
        for _ in 0..2 {
            let round = bring_round(&mut reading(files), &mut searcher, &query, &options);
            assert!(round.unwrap().is_some());
        }
        let found = searcher.search(&query, &options).unwrap();
        assert!(!found.pages.is_empty(), "{query:?}");
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
        let [terms, spelling, groups, _, cells] = FAMILIES.map(|kind| of(kind).count());
        let ahead = 4 * words.min(LOOK_AHEAD);
        assert!(
            terms <= words + 1 && spelling <= ahead,
            "{query:?}: {asked:?}"
        );
        assert!(
            groups <= BY_WORDS + 20 && cells <= PROBES,
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
