//! How often answers are written when many are told at the same time.
//!
//! A token costs two calls of the system, one to read it and one to write it, and both cost the same for three tokens.
//! So where many answers are told at a time, each is read and written less often, with more at a time: interrupt
//! moderation, as network cards do it. Who is nearly alone gets each token as it comes.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use crate::crowd::Crowd;

/// Writes of text a second, of all answers together, above which they are gathered.
const WRITES_PER_SECOND: u32 = 7_500;

/// Gaps below this are none: models take about as long for a token, so that nothing would be gathered.
const LEAST: Duration = Duration::from_millis(10);

/// The longest gap, however many there are: a reader who sees nothing for longer takes the answer for cut.
const MOST: Duration = Duration::from_secs(1);

/// An answer that is told in a crowd, until this is dropped.
#[derive(Debug)]
pub struct Pace {
    crowd: Crowd,
    /// When it may be read and written again.
    rests_until: Instant,
    /// Only made where something comes before that.
    timer: Option<Pin<Box<Sleep>>>,
    /// Whether nothing had come when it had rested.
    comes_late: bool,
    /// Whether it may be read before that once, to be woken when something comes.
    may_look: bool,
}

impl Pace {
    /// One answer more is told in this crowd from here on.
    pub fn new(crowd: &Crowd) -> Self {
        crowd.enter();
        Self {
            crowd: crowd.clone(),
            rests_until: Instant::now(),
            timer: None,
            comes_late: false,
            may_look: false,
        }
    }

    /// Text was written: the next may be in a while.
    pub fn wrote(&mut self) {
        let gap = gap(self.crowd.told());
        if !gap.is_zero() {
            self.rests_until = Instant::now() + gap;
            self.may_look = self.comes_late;
        }
    }

    /// There was nothing to read. Where that is so after a rest, a timer for the next one would wake for nothing.
    pub fn found_nothing(&mut self) {
        self.comes_late |= Instant::now() >= self.rests_until;
    }

    /// Ready when more may be read and written.
    pub fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.timer.is_none() {
            let may_look = std::mem::take(&mut self.may_look);
            if may_look || Instant::now() >= self.rests_until {
                return Poll::Ready(());
            }
            self.comes_late = false;
        }
        let until = self.rests_until;
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(until)));
        let polled = timer.as_mut().poll(context);
        if polled.is_ready() {
            self.timer = None;
        }
        polled
    }
}

impl Drop for Pace {
    fn drop(&mut self) {
        self.crowd.leave();
    }
}

/// The least time from one write of an answer to its next, where so many are told.
fn gap(answers: u32) -> Duration {
    let gap = Duration::from_secs(1) * answers / WRITES_PER_SECOND;
    if gap < LEAST {
        Duration::ZERO
    } else {
        gap.min(MOST)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    async fn rests(pace: &mut Pace) -> Duration {
        let from = Instant::now();
        poll_fn(|context| pace.poll_ready(context)).await;
        from.elapsed()
    }

    #[test]
    fn a_gap_is_that_of_all_writes_together_and_none_where_it_gathers_nothing() {
        for (answers, milliseconds) in [(0, 0), (1, 0), (74, 0), (75, 10), (750, 100)] {
            let expected = Duration::from_millis(milliseconds);
            assert_eq!(gap(answers), expected, "{answers} answers");
        }
        assert_eq!(gap(u32::MAX), MOST);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_alone_never_rests_and_who_is_in_a_crowd_rests_between_writes() {
        let crowd = Crowd::default();
        let mut own = Pace::new(&crowd);
        own.wrote();
        assert_eq!(rests(&mut own).await, Duration::ZERO);

        let others: Vec<Pace> = (1..750).map(|_| Pace::new(&crowd)).collect();
        assert_eq!(rests(&mut own).await, Duration::ZERO, "it has not written");
        own.wrote();
        let gap = Duration::from_millis(100);
        // A timer is right to a millisecond.
        assert!(rests(&mut own).await.abs_diff(gap) <= Duration::from_millis(1));
        assert_eq!(rests(&mut own).await, Duration::ZERO);

        own.wrote();
        tokio::time::advance(gap).await;
        assert_eq!(rests(&mut own).await, Duration::ZERO);
        assert!(own.timer.is_none(), "none is made for what comes late");

        own.found_nothing();
        own.wrote();
        assert_eq!(rests(&mut own).await, Duration::ZERO, "it may look once");
        own.found_nothing();
        let rested = rests(&mut own).await;
        assert!(rested >= gap, "what comes before that waits: {rested:?}");
        own.wrote();
        assert!(rests(&mut own).await >= gap, "more is expected soon again");

        drop(others);
        own.wrote();
        assert_eq!(rests(&mut own).await, Duration::ZERO);
    }
}
