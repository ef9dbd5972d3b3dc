//! In which order tokens stand in the table: those that one query is likely to hold, side by side,
//! since rows are fetched by the block.
//!
//! First come the most common tokens of what is asked, which nearly every query has. Then the book's
//! other tokens, page by page, each where it occurs most: a query is about one subject, and a
//! subject has its page. Last, in the order of the model's vocabulary, which is that of general
//! frequency, those that the book does not have.

use std::collections::BTreeMap;

use super::bags::Bags;

/// Tokens at the front: four blocks, which hold about two thirds of the tokens of questions.
const COMMON: usize = 256;

/// Brings `keep`, ids of the model's vocabulary, into the order of the table. `pages` says for each
/// bag of `passages` which page it is of; `first` is at the very front.
pub(super) fn order(
    keep: &[u32],
    first: u32,
    passages: &Bags,
    pages: &[u32],
    queries: &Bags,
) -> Vec<u32> {
    let common = common(first, queries);
    let homes = homes(passages, pages);
    let place = |id: u32| match (common.get(&id), homes.get(&id)) {
        (Some(&rank), _) => (0, rank, 0),
        (None, Some(&(page, _))) => (1, page, id),
        (None, None) => (2, 0, id),
    };
    let mut ordered = keep.to_vec();
    ordered.sort_by_key(|&id| place(id));
    ordered
}

/// The rank of the most common tokens of the queries.
fn common(first: u32, queries: &Bags) -> BTreeMap<u32, u32> {
    let mut counts = BTreeMap::<u32, u32>::new();
    for &id in queries.iter().flatten() {
        *counts.entry(id).or_default() += 1;
    }
    counts.insert(first, u32::MAX);
    let mut ranked: Vec<(u32, u32)> = counts.into_iter().collect();
    ranked.sort_by_key(|&(id, count)| (std::cmp::Reverse(count), id));
    let ranked = ranked.into_iter().take(COMMON).zip(0..);
    ranked.map(|((id, _), rank)| (id, rank)).collect()
}

/// For each token of the passages the page where it occurs most, the first of equals, and how often.
fn homes(passages: &Bags, pages: &[u32]) -> BTreeMap<u32, (u32, u32)> {
    let mut counts = BTreeMap::<(u32, u32), u32>::new();
    for (bag, &page) in passages.iter().zip(pages) {
        for &id in bag {
            *counts.entry((id, page)).or_default() += 1;
        }
    }
    let mut homes = BTreeMap::<u32, (u32, u32)>::new();
    for ((id, page), count) in counts {
        let home = homes.entry(id).or_insert((page, 0));
        if count > home.1 {
            *home = (page, count);
        }
    }
    homes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_tokens_come_first_then_those_of_a_page_together_then_the_unused() {
        let bags = |bags: &[&[u32]]| {
            let mut all = Bags::default();
            for bag in bags {
                all.push(bag);
            }
            all
        };
        let passages = bags(&[&[5, 9, 9, 4], &[7, 9], &[7, 5, 5]]);
        let queries = bags(&[&[0, 3, 8], &[0, 3]]);
        let ordered = order(
            &[0, 2, 3, 4, 5, 6, 7, 8, 9],
            0,
            &passages,
            &[0, 0, 1],
            &queries,
        );
        assert_eq!(ordered, [0, 3, 8, 4, 7, 9, 5, 2, 6]);
    }
}
