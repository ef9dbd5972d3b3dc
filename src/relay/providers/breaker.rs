//! A circuit breaker: a provider that fails again and again is left alone for a while, then tried by one call.
//!
//! Closed, calls pass; [`FAILURES`] failures with no success between them open it. Open, none pass for
//! [`REST`], or as long as the provider asked for. Then it is half open: one call passes, the probe, and closes
//! it with the first word or opens it again.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How many failures in a row open it.
pub(super) const FAILURES: u32 = 5;
/// How long it stays open.
pub(super) const REST: Duration = Duration::from_secs(15);
/// The longest that a provider can ask to be left alone for.
const LONGEST_REST: Duration = Duration::from_secs(300);
/// When to ask again while a probe is under way.
const PROBE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Breaker {
    provider: String,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Closed { failures: u32 },
    Open { until: Instant },
    HalfOpen { probing: bool },
}

/// How a call got through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    Free,
    Probe,
}

impl Breaker {
    pub(super) fn new(provider: &str) -> Self {
        let breaker = Self {
            provider: provider.to_owned(),
            state: Mutex::new(State::Closed { failures: 0 }),
        };
        breaker.set(&mut breaker.state(), State::Closed { failures: 0 });
        breaker
    }

    /// Lets a call pass; if not, says when to ask again.
    pub(super) fn enter(&self) -> Result<Pass, Duration> {
        let mut state = self.state();
        let now = Instant::now();
        match *state {
            State::Closed { .. } => Ok(Pass::Free),
            State::Open { until } if now < until => Err(until - now),
            State::HalfOpen { probing: true } => Err(PROBE),
            State::Open { .. } | State::HalfOpen { probing: false } => {
                self.set(&mut state, State::HalfOpen { probing: true });
                Ok(Pass::Probe)
            }
        }
    }

    /// A call got a first word, or an answer that shows that the provider works.
    pub(super) fn alive(&self) {
        let mut state = self.state();
        if matches!(*state, State::HalfOpen { .. }) {
            self.set(&mut state, State::Closed { failures: 0 });
        }
    }

    /// A call was answered to the end.
    pub(super) fn success(&self) {
        self.set(&mut self.state(), State::Closed { failures: 0 });
    }

    /// A call failed; the provider may have asked to be left alone for this long.
    pub(super) fn failure(&self, rest: Option<Duration>) {
        let mut state = self.state();
        let failures = match *state {
            State::Closed { failures } => failures + 1,
            State::HalfOpen { .. } => FAILURES,
            State::Open { .. } => return,
        };
        let next = if failures >= FAILURES || rest.is_some() {
            let rest = rest.unwrap_or(REST).min(LONGEST_REST);
            State::Open {
                until: Instant::now() + rest,
            }
        } else {
            State::Closed { failures }
        };
        self.set(&mut state, next);
    }

    /// A call ended without telling anything about the provider.
    pub(super) fn left(&self, pass: Pass) {
        let mut state = self.state();
        if pass == Pass::Probe && *state == (State::HalfOpen { probing: true }) {
            self.set(&mut state, State::HalfOpen { probing: false });
        }
    }

    fn set(&self, state: &mut State, next: State) {
        *state = next;
        let value = match next {
            State::Closed { .. } => 0.0,
            State::HalfOpen { .. } => 1.0,
            State::Open { .. } => 2.0,
        };
        metrics::gauge!("lectern_provider_breaker", "provider" => self.provider.clone()).set(value);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    fn failed(times: u32) -> Breaker {
        let breaker = Breaker::new("test");
        (0..times).for_each(|_| breaker.failure(None));
        breaker
    }

    #[tokio::test(start_paused = true)]
    async fn failures_in_a_row_open_it_and_a_probe_closes_it() {
        assert_eq!(failed(FAILURES - 1).enter(), Ok(Pass::Free));
        let breaker = failed(FAILURES);
        assert_eq!(breaker.enter(), Err(REST));
        advance(REST).await;
        assert_eq!(breaker.enter(), Ok(Pass::Probe));
        assert_eq!(breaker.enter(), Err(PROBE), "one probe at a time");
        breaker.alive();
        assert_eq!(breaker.enter(), Ok(Pass::Free));
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_fails_opens_it_again() {
        let breaker = failed(FAILURES);
        advance(REST).await;
        assert_eq!(breaker.enter(), Ok(Pass::Probe));
        breaker.failure(None);
        assert_eq!(breaker.enter(), Err(REST));
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_is_left_makes_room_for_another() {
        let breaker = failed(FAILURES);
        advance(REST).await;
        assert_eq!(breaker.enter(), Ok(Pass::Probe));
        breaker.left(Pass::Free);
        assert_eq!(
            breaker.enter(),
            Err(PROBE),
            "it was not the probe that left"
        );
        breaker.left(Pass::Probe);
        assert_eq!(breaker.enter(), Ok(Pass::Probe));
    }

    #[test]
    fn a_success_between_failures_forgets_them() {
        let breaker = failed(FAILURES - 1);
        breaker.success();
        breaker.failure(None);
        assert_eq!(breaker.enter(), Ok(Pass::Free));
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_to_be_left_alone_is_left_alone_within_reason() {
        let breaker = failed(0);
        breaker.failure(Some(Duration::from_secs(60)));
        assert_eq!(breaker.enter(), Err(Duration::from_secs(60)));
        let breaker = failed(0);
        breaker.failure(Some(Duration::MAX));
        assert_eq!(breaker.enter(), Err(LONGEST_REST));
    }
}
