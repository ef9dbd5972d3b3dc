//! Where passages end: the choice over a whole section that is best in sum, as Knuth and Plass break
//! a paragraph into lines ("Breaking paragraphs into lines", 1981).

use super::units::{Break, Unit};
use std::ops::Range;

/// Divides units into runs of at most `limit` wordpieces, or one unit, such that the sum of
/// [`badness`] and [`penalty`] is least. Takes time in proportion to units times units per passage.
pub(super) fn best(units: &[Unit], limit: usize) -> Vec<Range<usize>> {
    // Of the units before `end`: the least sum, and where the last run of that solution starts.
    let mut solutions = vec![(u64::MAX, 0); units.len() + 1];
    solutions[0].0 = 0;
    for (start, unit) in units.iter().enumerate() {
        let parted = if start == 0 { 0 } else { penalty(unit.before) };
        let before = solutions[start].0 + parted;
        let mut cost = unit.header_cost;
        for end in start + 1..=units.len() {
            cost += units[end - 1].cost;
            if cost > limit && end > start + 1 {
                break;
            }
            let sum = before + badness(cost, limit);
            if sum < solutions[end].0 {
                solutions[end] = (sum, start);
            }
        }
    }
    let mut runs = Vec::new();
    let mut end = units.len();
    while end > 0 {
        let start = solutions[end].1;
        runs.push(start..end);
        end = start;
    }
    runs.reverse();
    runs
}

/// How far a passage of `cost` wordpieces is from a good length: the square of the distance from
/// three quarters of the limit, in percent of the limit.
fn badness(cost: usize, limit: usize) -> u64 {
    let percent = (cost.min(2 * limit) * 100 / limit) as u64;
    percent.abs_diff(GOOD_PERCENT).pow(2)
}

/// What it costs to part two units.
fn penalty(parted: Break) -> u64 {
    match parted {
        Break::Blocks => 0,
        Break::Rows | Break::Lines | Break::Sentences => INNER_PENALTY,
        Break::Words => 4 * INNER_PENALTY,
        Break::Introduction => INTRODUCTION_PENALTY,
    }
}

const GOOD_PERCENT: u64 = 75;

/// As bad as a passage 15 percent too short.
const INNER_PENALTY: u64 = 225;

/// Worse than any lengths of the passages around: parted only where both cannot be in one.
const INTRODUCTION_PENALTY: u64 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(costs: &[(usize, Break)]) -> Vec<usize> {
        let unit = |&(cost, before): &(usize, Break)| Unit {
            block: 0,
            range: 0..0,
            cost,
            before,
            header: None,
            header_cost: 0,
        };
        let units: Vec<Unit> = costs.iter().map(unit).collect();
        let runs = best(&units, 256);
        assert_eq!(runs.iter().map(|run| run.len()).sum::<usize>(), units.len());
        runs.into_iter()
            .map(|run| units[run].iter().map(|unit| unit.cost).sum())
            .collect()
    }

    #[test]
    fn passages_are_even_and_have_no_short_tail() {
        let blocks = |costs: &[usize]| {
            lengths(
                &costs
                    .iter()
                    .map(|&c| (c, Break::Blocks))
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(blocks(&[130, 120, 20]), [130, 140]);
        assert_eq!(blocks(&[60; 10]), [180, 180, 240]);
        assert_eq!(blocks(&[230, 20]), [250]);
        assert_eq!(blocks(&[250, 20]), [250, 20]);
        assert_eq!(blocks(&[5]), [5]);
        assert_eq!(blocks(&[900, 30, 30]), [900, 60]);
        assert!(blocks(&[]).is_empty());
        assert!(
            blocks(&[10; 100])
                .iter()
                .all(|&length| (150..=230).contains(&length))
        );
    }

    #[test]
    fn an_introduction_stays_with_what_it_introduces() {
        let costs = [
            (170, Break::Blocks),
            (30, Break::Blocks),
            (200, Break::Introduction),
        ];
        assert_eq!(lengths(&costs), [170, 230]);
        let forced = [
            (30, Break::Blocks),
            (200, Break::Introduction),
            (100, Break::Introduction),
        ];
        assert_eq!(lengths(&forced).len(), 2);
    }
}
