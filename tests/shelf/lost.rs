//! Parts that are missing or damaged in mid-query: the rest answers, and says that something is missing.

use std::collections::BTreeSet;

use lectern_core::search::{Mode, Need, Options, Searcher, Tier};
use lectern_core::shelf::Kind;
use lectern_core::shelf::family::Member;

use super::alone;
use super::book::{FAMILIES, Files, members, opened, opened_bare, part};
use super::made;

/// One word the book has, one with a typing error: a query that needs files of each kind.
fn query() -> String {
    let (clean, misspelt) = (made::questions(), made::misspelt());
    let long = |text: &&String| !text.contains(' ');
    let changed = misspelt.iter().filter(|typo| !clean.contains(typo));
    let typo = changed.filter(long).max_by_key(|typo| typo.len());
    format!("{} {}", clean[0], typo.unwrap())
}

fn options() -> Options {
    Options {
        limit: 10,
        mode: Mode::Auto,
        explain: true,
        within: vec!["docs".to_owned()],
    }
}

/// Brings what the query needs, each file as `carry` gives it; what is refused is lost. Returns what
/// was asked for.
fn bring(
    searcher: &mut Searcher,
    query: &str,
    mut carry: impl FnMut(Member) -> Option<Vec<u8>>,
) -> Vec<Member> {
    let mut asked = Vec::new();
    loop {
        let needs = searcher.needs(query, &options()).unwrap();
        if needs.is_empty() {
            return asked;
        }
        for need in needs {
            let Need::Part(member) = need else {
                panic!("{need:?}");
            };
            assert!(!asked.contains(&member), "{member:?} was asked for twice");
            asked.push(member);
            let added = carry(member).map(|file| searcher.add_part(member, &file));
            if !matches!(added, Some(Ok(()))) {
                searcher.lose(member);
            }
        }
    }
}

/// Ways in which a file can come to harm: none comes, a web page, cut short, a flipped bit, another file
/// of its kind.
fn harm(files: &Files, member: Member) -> Vec<Option<Vec<u8>>> {
    let whole = part(files, member);
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    let mut others = members(files).into_iter();
    let other = others.rfind(|other| other.kind == member.kind && *other != member);
    let mut harm = vec![
        None,
        Some(b"<!doctype html>".to_vec()),
        Some(Vec::new()),
        Some(whole[..whole.len() / 2].to_vec()),
        Some(flipped),
    ];
    harm.extend(other.map(|other| Some(part(files, other))));
    harm
}

#[test]
fn each_file_that_is_lost_leaves_the_rest_and_comes_when_it_is_asked_for_again() {
    let _alone = alone();
    let (files, query) = (made::one_cell(), query());
    let whole = |member| Some(part(files, member));
    let expected = opened(files, Tier::Small).unwrap();
    let expected = { expected }.search(&query, &options()).unwrap();
    assert_eq!(expected.corrections.len(), 1, "{query:?}");
    let mut searcher = opened_bare(files, Tier::Small).unwrap();
    let asked = bring(&mut searcher, &query, whole);
    let kinds: BTreeSet<Kind> = asked.iter().map(|member| member.kind).collect();
    assert_eq!(kinds, BTreeSet::from(FAMILIES), "{query:?} needs all kinds");
    for &lost in &asked {
        for harmed in harm(files, lost) {
            let mut searcher = opened_bare(files, Tier::Small).unwrap();
            bring(&mut searcher, &query, |member| match member == lost {
                true => harmed.clone(),
                false => whole(member),
            });
            let found = searcher.search(&query, &options()).unwrap();
            assert_eq!(found.lost, 1, "{lost:?}");
            // Without its addresses nothing is in a place.
            let nothing = lost.kind == Kind::Addresses;
            assert_eq!(found.pages.is_empty(), nothing, "{lost:?}");
            searcher.retry();
            let again = bring(&mut searcher, &query, whole);
            assert!(again.contains(&lost), "{lost:?}");
            assert_eq!(searcher.search(&query, &options()).unwrap(), expected);
        }
    }
}

#[test]
fn without_any_file_nothing_is_found_and_the_losses_are_counted() {
    let _alone = alone();
    let (files, query) = (made::one_cell(), query());
    let mut searcher = opened_bare(files, Tier::Small).unwrap();
    let asked = bring(&mut searcher, &query, |_| None);
    let found = searcher.search(&query, &options()).unwrap();
    assert_eq!((found.lost, found.pages.len()), (asked.len(), 0));
    assert_eq!(searcher.needs(&query, &options()), Ok(Vec::new()));
}

#[test]
fn each_kind_that_is_lost_as_a_whole_leaves_an_answer_without_error() {
    let _alone = alone();
    let (files, query) = (made::one_cell(), query());
    for kind in FAMILIES {
        let mut searcher = opened_bare(files, Tier::Small).unwrap();
        bring(&mut searcher, &query, |member| {
            (member.kind != kind).then(|| part(files, member))
        });
        let found = searcher.search(&query, &options()).unwrap();
        assert!(found.lost > 0, "{kind:?}");
        let left = matches!(kind, Kind::Spelling | Kind::Cell);
        assert_eq!(!found.pages.is_empty(), left, "{kind:?}");
    }
}
