//! How often addresses have asked of late, as far as this relay knows.
//!
//! Each request is counted by its address before anything else is done for it. If each waited for the database, that
//! would be a switch of threads, and with Postgres a way there and back, for every request. So one from an address that is far
//! from its limits is let through at once, and counted with what is written next. From half of a limit on it waits for the
//! database, which has counted what other relays let through until a moment ago.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::Limit;
use crate::store::usage::{Additions, Counter};

/// Most counters that are remembered; requests beyond wait for the database.
const COUNTERS: usize = 10_000;

/// Counters of addresses and their requests.
#[derive(Debug, Default)]
pub struct Recent(Mutex<HashMap<Counter, Known>>);

#[derive(Debug, Clone, Copy, Default)]
struct Known {
    /// When its span began.
    began: i64,
    requests: u64,
}

impl Recent {
    /// Whether a request at the time `at` is far from all these limits; then it counts here.
    pub fn admit(&self, limits: &[(Counter, Limit)], at: i64) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() + limits.len() > COUNTERS {
            known.retain(|(_, span), own| own.began == span.began(at));
        }
        let is_far = |(counter, limit): &(Counter, Limit)| {
            let own = known.get(counter);
            let own = own.filter(|own| own.began == counter.1.began(at));
            let requests = own.map_or(0, |own| own.requests) + 1;
            limit.requests.is_none_or(|most| requests <= most / 2)
        };
        if known.len() + limits.len() > COUNTERS || !limits.iter().all(is_far) {
            return false;
        }
        for (counter, _) in limits {
            known.entry(counter.clone()).or_default().add(counter, at);
        }
        true
    }

    /// What counters were in the database at the time `at`, with what other relays counted.
    pub fn learn(&self, totals: &Additions, at: i64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (counter, total) in totals {
            let own = known.get_mut(counter);
            if let Some(own) = own.filter(|own| own.began == counter.1.began(at)) {
                // What was let through meanwhile is counted here and not yet there.
                let there = u64::try_from(total.requests).unwrap_or_default();
                own.requests = own.requests.max(there);
            }
        }
    }
}

impl Known {
    fn add(&mut self, (_, span): &Counter, at: i64) {
        let began = span.began(at);
        if self.began != began {
            *self = Self { began, requests: 0 };
        }
        self.requests += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::usage::{Amount, Span};

    const MINUTE: i64 = 60_000;

    fn of(name: &str, most: u64) -> [(Counter, Limit); 1] {
        let limit = Limit {
            requests: Some(most),
            tokens: None,
        };
        [((name.to_owned(), Span::Minute), limit)]
    }

    #[test]
    fn half_of_a_limit_is_let_through_in_each_span() {
        let recent = Recent::default();
        for at in [0, 59_999, 60_000, 5 * MINUTE] {
            let admitted = (0..10).filter(|_| recent.admit(&of("a", 7), at));
            // The second time is in the same minute as the first.
            let expected = if at == 59_999 { 0 } else { 3 };
            assert_eq!(admitted.count(), expected, "{at}");
        }
        assert!(!recent.admit(&of("b", 1), 0));
        assert!(recent.admit(&of("c", 2), 0), "others do not count");
    }

    #[test]
    fn what_other_relays_counted_counts_here_in_its_span() {
        let recent = Recent::default();
        let counted = |requests| {
            let amount = Amount {
                requests,
                tokens: 0,
            };
            of("a", 0).map(|(counter, _)| (counter, amount)).into()
        };
        recent.learn(&counted(9), 0);
        assert!(recent.admit(&of("a", 10), 0), "nobody had asked here");
        recent.learn(&counted(4), 0);
        assert!(recent.admit(&of("a", 10), 0));
        assert!(!recent.admit(&of("a", 10), 0));
        recent.learn(&counted(9), MINUTE);
        assert!(recent.admit(&of("a", 10), MINUTE));
    }

    #[test]
    fn no_more_counters_are_remembered_than_there_is_room_for() {
        let recent = Recent::default();
        let admitted = |at| {
            let admitted =
                (0..COUNTERS + 5).filter(|name| recent.admit(&of(&name.to_string(), 2), at));
            admitted.count()
        };
        assert_eq!(admitted(0), COUNTERS);
        assert_eq!(admitted(MINUTE), COUNTERS, "those of the minute before go");
    }
}
