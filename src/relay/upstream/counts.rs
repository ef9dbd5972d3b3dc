//! How many calls there were, and how they ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

/// Calls so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stats {
    /// Begun.
    pub started: u64,
    /// Answered to the end, also where the end was an error that the script asked for.
    pub finished: u64,
    /// Left by the client before.
    pub cancelled: u64,
    /// Neither.
    pub running: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counts {
    started: AtomicU64,
    finished: AtomicU64,
    cancelled: AtomicU64,
}

/// A call. Dropped without [`Call::finish`], it was cancelled.
#[derive(Debug)]
pub(crate) struct Call {
    counts: Arc<Counts>,
    /// Which one, counted from 1.
    pub(crate) number: u64,
    finished: bool,
}

impl Counts {
    pub(crate) fn begin(self: &Arc<Self>) -> Call {
        Call {
            number: self.started.fetch_add(1, Ordering::Relaxed) + 1,
            counts: self.clone(),
            finished: false,
        }
    }

    pub(crate) fn stats(&self) -> Stats {
        let finished = self.finished.load(Ordering::Relaxed);
        let cancelled = self.cancelled.load(Ordering::Relaxed);
        let started = self.started.load(Ordering::Relaxed);
        Stats {
            started,
            finished,
            cancelled,
            running: started.saturating_sub(finished + cancelled),
        }
    }
}

impl Call {
    pub(crate) fn finish(&mut self) {
        self.finished = true;
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let count = if self.finished {
            &self.counts.finished
        } else {
            &self.counts.cancelled
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}
