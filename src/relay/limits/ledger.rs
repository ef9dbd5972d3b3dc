//! One task counts for all requests of a relay: those that wait while it writes are its next statement.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use super::{Granted, Limit, Recent, Reservation, used_up};
use crate::error::ApiError;
use crate::store::usage::{self, Additions, Amount, Counter, Span};
use crate::store::{Store, now};

/// Most entries of one statement: their rows, of five values each, stay below the 32,766 that SQLite binds.
const BATCH: usize = 1000;
/// How long what nobody waits for is not written.
const LINGER: Duration = Duration::from_millis(100);
/// How often counters that nobody needs are removed, in milliseconds.
const TIDY: i64 = 3_600_000;
/// Most refusals that are remembered; beyond, they are looked up again.
const REFUSALS: usize = 10_000;

/// What the ledger is told.
#[derive(Debug)]
pub enum Entry {
    /// Someone asks for something.
    Claim(Claim),
    /// Something was used otherwise than set aside.
    Change {
        /// Where it was set aside.
        counters: Vec<Counter>,
        /// When, in milliseconds since 1970.
        at: i64,
        /// What to add.
        change: Amount,
    },
    /// Tell when all before is written.
    Flush(oneshot::Sender<()>),
}

/// Someone asks for a request and tokens.
#[derive(Debug)]
pub struct Claim {
    /// Where it counts, and how much there is.
    pub limits: Vec<(Counter, Limit)>,
    /// The tokens.
    pub tokens: u64,
    /// What they get.
    pub reservation: Reservation,
    /// Where they wait for it.
    pub reply: oneshot::Sender<Result<Granted, ApiError>>,
}

/// Counts, in the database.
#[derive(Debug)]
pub struct Ledger {
    store: Store,
    recent: Arc<Recent>,
    /// Counters that are full, and when their span ends, so that who goes on asking costs nothing.
    full: HashMap<Counter, i64>,
    tidied: i64,
}

/// What came in while the statement before was written.
#[derive(Default)]
struct Batch {
    claims: Vec<Claim>,
    changes: Additions,
    flushes: Vec<oneshot::Sender<()>>,
}

impl Ledger {
    /// A ledger in this database, which tells what addresses have asked for.
    pub fn new(store: Store, recent: Arc<Recent>) -> Self {
        Self {
            store,
            recent,
            full: HashMap::new(),
            tidied: 0,
        }
    }

    /// Counts until nobody can tell it anything.
    pub async fn run(mut self, mut entries: mpsc::UnboundedReceiver<Entry>) {
        let mut waiting = Vec::new();
        while entries.recv_many(&mut waiting, BATCH).await > 0 {
            gather(&mut entries, &mut waiting).await;
            let at = now();
            let batch = self.sort(waiting.drain(..), at);
            self.write(batch, at).await;
            self.tidy(at).await;
        }
    }

    fn sort(&self, entries: impl Iterator<Item = Entry>, at: i64) -> Batch {
        let mut batch = Batch::default();
        for entry in entries {
            match entry {
                Entry::Claim(claim) => match self.known_refusal(&claim, at) {
                    Some(error) => drop(claim.reply.send(Err(error))),
                    // Who has left before being counted is not counted.
                    None if claim.reply.is_closed() => {}
                    None => batch.claims.push(claim),
                },
                Entry::Change {
                    counters,
                    at: then,
                    change,
                } => {
                    // A span that is over is not looked at again.
                    for counter in counters
                        .into_iter()
                        .filter(|(_, span)| span.began(then) == span.began(at))
                    {
                        *batch.changes.entry(counter).or_default() += change;
                    }
                }
                Entry::Flush(done) => batch.flushes.push(done),
            }
        }
        batch
    }

    fn known_refusal(&self, claim: &Claim, at: i64) -> Option<ApiError> {
        let full = |(counter, _): &&(Counter, Limit)| {
            self.full.get(counter).is_some_and(|until| *until > at)
        };
        let ((subject, span), _) = claim.limits.iter().find(full)?;
        Some(used_up(subject, *span, REQUESTS, at))
    }

    async fn write(&mut self, batch: Batch, at: i64) {
        let Batch {
            claims,
            changes,
            flushes,
        } = batch;
        let mut additions = changes;
        for (claim, (counter, _)) in claims
            .iter()
            .flat_map(|claim| claim.limits.iter().map(move |limit| (claim, limit)))
        {
            *additions.entry(counter.clone()).or_default() += claim.amount();
        }
        match self.add(&additions, at).await {
            Ok(totals) => {
                self.recent.learn(&totals, at);
                let (verdicts, back) = judge(&claims, totals);
                // Taken back in a statement of its own: another relay that adds meanwhile refuses what it could have
                // granted, and never grants what it should refuse.
                if let Err(error) = self.add(&back, at).await {
                    tracing::warn!(%error, "what was refused stays counted");
                }
                self.answer(claims, verdicts, at);
            }
            Err(error) => {
                let error = ApiError::internal(error);
                for claim in claims {
                    let _ = claim.reply.send(Err(error.clone()));
                }
            }
        }
        for done in flushes {
            let _ = done.send(());
        }
    }

    async fn add(&self, additions: &Additions, at: i64) -> Result<Additions, sqlx::Error> {
        match additions.is_empty() {
            true => Ok(Additions::new()),
            false => usage::add(&self.store, at, additions).await,
        }
    }

    fn answer(&mut self, claims: Vec<Claim>, verdicts: Vec<Option<Refusal>>, at: i64) {
        for (claim, verdict) in claims.into_iter().zip(verdicts) {
            let answer = match verdict {
                None => Ok(Granted(Some(claim.reservation))),
                Some(Refusal { counter, what }) => {
                    let (subject, span) = &counter;
                    let error = used_up(subject, *span, what, at);
                    if self.full.len() >= REFUSALS {
                        self.full.retain(|_, until| *until > at);
                    }
                    if what == REQUESTS && self.full.len() < REFUSALS {
                        self.full
                            .insert(counter.clone(), span.began(at) + span.length());
                    }
                    Err(error)
                }
            };
            // Who has left gives back what they were granted by dropping it.
            let _ = claim.reply.send(answer);
        }
    }

    async fn tidy(&mut self, at: i64) {
        if at - self.tidied < TIDY {
            return;
        }
        self.tidied = at;
        if let Err(error) = usage::forget(&self.store, Span::Day.began(at)).await {
            tracing::warn!(%error, "counters of days before could not be removed");
        }
    }
}

/// Waits a moment for more where nobody waits for what there is: what was used otherwise than set aside is then
/// written with the next claim.
async fn gather(entries: &mut mpsc::UnboundedReceiver<Entry>, waiting: &mut Vec<Entry>) {
    let until = Instant::now() + LINGER;
    let mut seen = 0;
    while waiting[seen..]
        .iter()
        .all(|own| matches!(own, Entry::Change { .. }))
    {
        seen = waiting.len();
        let more = entries.recv_many(waiting, BATCH.saturating_sub(seen));
        if !matches!(timeout_at(until, more).await, Ok(1..)) {
            break;
        }
    }
}

impl Claim {
    fn amount(&self) -> Amount {
        Amount {
            requests: 1,
            tokens: super::signed(self.tokens),
        }
    }
}

/// Why a claim is refused.
struct Refusal {
    counter: Counter,
    what: &'static str,
}

const REQUESTS: &str = "requests";
const TOKENS: &str = "tokens";

/// Who of those that have all been added to `totals` gets what they asked for, in their order, and what is to be
/// taken back of those who do not.
fn judge(claims: &[Claim], mut totals: Additions) -> (Vec<Option<Refusal>>, Additions) {
    for claim in claims {
        for (counter, _) in &claim.limits {
            *totals.entry(counter.clone()).or_default() -= claim.amount();
        }
    }
    let mut back = Additions::new();
    let verdicts = claims.iter().map(|claim| {
        let refusal = claim.limits.iter().find_map(|(counter, limit)| {
            let mut total = totals.get(counter).copied().unwrap_or_default();
            total += claim.amount();
            exceeded(total, *limit).map(|what| Refusal {
                counter: counter.clone(),
                what,
            })
        });
        let changed = if refusal.is_none() {
            &mut totals
        } else {
            &mut back
        };
        for (counter, _) in &claim.limits {
            let amount = changed.entry(counter.clone()).or_default();
            if refusal.is_none() {
                *amount += claim.amount();
            } else {
                *amount -= claim.amount();
            }
        }
        refusal
    });
    let verdicts = verdicts.collect();
    (verdicts, back)
}

fn exceeded(total: Amount, limit: Limit) -> Option<&'static str> {
    let above =
        |amount: i64, limit: Option<u64>| limit.is_some_and(|limit| amount > super::signed(limit));
    if above(total.requests, limit.requests) {
        Some(REQUESTS)
    } else if above(total.tokens, limit.tokens) {
        Some(TOKENS)
    } else {
        None
    }
}
