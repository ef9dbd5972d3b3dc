//! Rare words tell in which cells their passages are.

use std::collections::BTreeSet;

use lectern_core::search::{Mode, Options, Tier};
use lectern_core::shelf::Kind;
use lectern_core::shelf::codec::Reader;
use lectern_core::words::block::FEW;
use lectern_indexer::bring;

use super::alone;
use super::book::{Files, members, opened, opened_bare, part, reading};
use super::made::{MANY_CELLS, many_cells_of_clusters, rare_words, vector_near};

/// The names of the cells' files, each with the passages in it.
fn cells(files: &Files) -> Vec<(String, BTreeSet<u32>)> {
    let cells = members(files).into_iter();
    let cells = cells.filter(|member| member.kind == Kind::Cell);
    let passages = |payload: &[u8]| {
        let mut r = Reader::new("test", payload);
        assert_eq!(r.varint(), Ok(1), "its vectors are codes");
        let count = r.varint().unwrap();
        let mut next = 0;
        let step = |_| {
            let passage = next + r.varint_u32().unwrap();
            next = passage + 1;
            passage
        };
        (0..count).map(step).collect()
    };
    cells
        .map(|cell| {
            let file = part(files, cell);
            (cell.file(), passages(cell.unwrap(&file).unwrap()))
        })
        .collect()
}

#[test]
fn a_rare_word_is_compared_with_what_is_near_to_its_best_passage() {
    let _alone = alone();
    let files = many_cells_of_clusters();
    let cells = cells(&files);
    assert_eq!(
        cells.iter().map(|(_, own)| own.len()).sum::<usize>(),
        MANY_CELLS
    );
    let mut whole = opened(&files, Tier::Relay).unwrap();
    let by_words = Options {
        mode: Mode::Words,
        ..Options::default()
    };
    let mut rare = 0;
    for (cluster, word) in rare_words().enumerate() {
        let found = whole.search(&word, &by_words).unwrap();
        let found = found.ranked();
        if found.is_empty() || found.len() > FEW as usize {
            continue;
        }
        rare += 1;
        let mut bare = opened_bare(&files, Tier::Relay).unwrap();
        let far = vector_near(cluster, MANY_CELLS + cluster);
        bare.set_vector(word.clone(), far).unwrap();
        let mut asked = BTreeSet::new();
        let mut read = |name: &str| {
            asked.insert(name.to_owned());
            reading(&files)(name)
        };
        bring(&mut read, &mut bare, &word, &Options::default()).unwrap();
        let own = cells
            .iter()
            .find(|(_, own)| own.contains(&found[0].passage));
        assert!(asked.contains(&own.unwrap().0), "{word:?}");
        assert!(
            cells.iter().any(|(name, _)| !asked.contains(name)),
            "{word:?}"
        );
    }
    assert!(rare > 9, "{rare} rare words");
}
