//! Sorting in little code.
//!
//! The sorts of the standard library are made for millions of values and compiled anew for each type, 2 to 4 KB
//! of WebAssembly each; what a query sorts is short. Here places are sorted, by one function for all types.

use std::cmp::Ordering;

/// Whether the value at the first place comes before that at the second.
type IsBefore<'a> = &'a mut dyn FnMut(u32, u32) -> bool;

/// Sorts; equal values stay in their order. At most `u32::MAX` of them.
pub fn sort_by<T>(values: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let count = values.len() as u32;
    let mut order = sorted(count, &mut |a, b| {
        compare(&values[a as usize], &values[b as usize]).is_lt()
    });
    for start in 0..values.len() {
        let mut at = start;
        while order[at] as usize != start {
            let from = order[at] as usize;
            values.swap(at, from);
            order[at] = at as u32;
            at = from;
        }
        order[at] = at as u32;
    }
}

/// Sorts and keeps the first `count` values: quick where that are a few of many.
pub fn keep_first_by<T: Copy>(
    values: &mut Vec<T>,
    count: usize,
    mut compare: impl FnMut(&T, &T) -> Ordering,
) {
    if values.len() <= count {
        return sort_by(values, compare);
    }
    let first = first(values.len() as u32, count, &mut |a, b| {
        compare(&values[a as usize], &values[b as usize]).is_lt()
    });
    *values = first.iter().map(|&at| values[at as usize]).collect();
}

/// The places in order, by merging ever longer runs.
fn sorted(count: u32, is_before: IsBefore<'_>) -> Vec<u32> {
    let mut from: Vec<u32> = (0..count).collect();
    let mut to = from.clone();
    let count = from.len();
    let mut run = 1;
    while run < count {
        for start in (0..count).step_by(2 * run) {
            let end = count.min(start + 2 * run);
            let (left, right) = from[start..end].split_at(run.min(end - start));
            merge(left, right, is_before, &mut to[start..end]);
        }
        std::mem::swap(&mut from, &mut to);
        run *= 2;
    }
    from
}

fn merge(mut left: &[u32], mut right: &[u32], is_before: IsBefore<'_>, out: &mut [u32]) {
    let mut at = 0;
    while let ([l, left_rest @ ..], [r, right_rest @ ..]) = (left, right) {
        // What is in order already is the most common case: the last of the left is looked at first.
        if at == 0 && !is_before(*r, left[left.len() - 1]) {
            break;
        }
        if is_before(*r, *l) {
            (out[at], right) = (*r, right_rest);
        } else {
            (out[at], left) = (*l, left_rest);
        }
        at += 1;
    }
    out[at..at + left.len()].copy_from_slice(left);
    out[at + left.len()..].copy_from_slice(right);
}

/// The places of the first `most` values in order.
fn first(count: u32, most: usize, is_before: IsBefore<'_>) -> Vec<u32> {
    let mut kept: Vec<u32> = Vec::with_capacity(most);
    for place in 0..count {
        if kept.len() == most {
            match kept.last() {
                Some(&last) if is_before(place, last) => kept.pop(),
                _ => continue,
            };
        }
        let at = kept.partition_point(|&other| !is_before(place, other));
        kept.insert(at, place);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers below `below` with their places.
    fn numbers(count: u32, below: u32) -> Vec<(u32, u32)> {
        let number = |place: u32| place.wrapping_mul(2_654_435_761) >> 7;
        (0..count).map(|at| (number(at) % below, at)).collect()
    }

    #[test]
    fn values_are_sorted_and_equal_ones_stay_in_their_order() {
        for count in (0..40).chain([1_000, 4_097]) {
            for below in [1, 3, 1_000_000] {
                let mut values = numbers(count, below);
                let mut expected = values.clone();
                expected.sort_by_key(|&(number, _)| number);
                sort_by(&mut values, |a, b| a.0.cmp(&b.0));
                assert_eq!(values, expected);
                sort_by(&mut values, |a, b| b.0.cmp(&a.0));
                expected.sort_by_key(|&(number, _)| std::cmp::Reverse(number));
                assert_eq!(values, expected);
            }
        }
    }

    #[test]
    fn the_first_are_those_of_all_sorted() {
        for count in [0, 1, 7, 500] {
            for most in [0, 1, 6, 7, 64, 600] {
                let mut values = numbers(count, 50);
                let mut expected = values.clone();
                expected.sort_by_key(|&(number, _)| number);
                expected.truncate(most);
                keep_first_by(&mut values, most, |a, b| a.0.cmp(&b.0));
                assert_eq!(values, expected);
            }
        }
    }
}
