//! How much one may ask for.

mod address;
mod budget;
mod ledger;
mod recent;

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use tokio::sync::{mpsc, oneshot};

pub use self::address::{client_ip, network};
pub use self::budget::{Budget, Limit};
use self::ledger::{Claim, Entry, Ledger};
use self::recent::Recent;
use crate::auth::Identity;
use crate::config::Limits;
use crate::error::ApiError;
use crate::providers::Usage;
use crate::state::App;
use crate::store::Store;
pub use crate::store::usage::Span;
use crate::store::usage::{Amount, Counter};

/// What all together are counted under.
const ALL: &str = "all";

/// How much everyone has asked for, kept in the database, so that several relays count together.
///
/// Requests are counted in fixed minutes and days of UTC. Those that come at the same time are counted in one
/// statement by [`ledger`](self), so that a crowd costs the database little more than one reader.
#[derive(Debug)]
pub struct Budgets {
    limits: Limits,
    recent: Arc<Recent>,
    ledger: mpsc::UnboundedSender<Entry>,
}

/// Tokens set aside for one answer. Dropped without [`Reservation::settle`], what was set aside counts as used.
#[derive(Debug)]
pub struct Reservation {
    tokens: u64,
    counters: Vec<Counter>,
    at: i64,
    ledger: mpsc::UnboundedSender<Entry>,
}

impl Budgets {
    /// Budgets in this database. Counting ends when they are dropped.
    pub fn new(store: Store, limits: &Limits) -> Self {
        let (ledger, entries) = mpsc::unbounded_channel();
        let recent = Arc::<Recent>::default();
        tokio::spawn(Ledger::new(store, recent.clone()).run(entries));
        Self {
            limits: limits.clone(),
            recent,
            ledger,
        }
    }

    /// Counts a request of who asks from this address, and sets aside the most tokens that it can use.
    ///
    /// # Errors
    /// 429 with the seconds to wait where a budget is used up.
    pub async fn reserve(
        &self,
        who: &Identity,
        from: IpAddr,
        tokens: u64,
    ) -> Result<Reservation, ApiError> {
        let own = match who {
            Identity::User(_) => (who.subject(), self.limits.user_budget),
            Identity::Anonymous(ip) => (
                format!("anonymous:{}", network(*ip)),
                self.limits.anonymous_budget,
            ),
        };
        // Requests are counted by address before anybody is known to be who they are: see `count`.
        let network = (
            format!("network:{}", network(from)),
            self.limits.address_budget.of_tokens(),
        );
        let all = (ALL.to_owned(), self.limits.total_budget);
        let at = crate::store::now();
        self.claim(counters([own, network, all]), tokens, at).await
    }

    /// Counts a request of any kind by the address that it comes from. One that is far from its limits does not wait for
    /// the database (`recent.rs`).
    ///
    /// # Errors
    /// 429 with the seconds to wait where the address has asked too often.
    pub async fn count(&self, ip: IpAddr) -> Result<(), ApiError> {
        let subject = format!("address:{}", network(ip));
        let budget = self.limits.address_budget.of_requests();
        let limits = counters([(subject, budget)]);
        let at = crate::store::now();
        if !self.recent.admit(&limits, at) {
            return self.claim(limits, 0, at).await.map(drop);
        }
        let change = Amount {
            requests: 1,
            tokens: 0,
        };
        let counters = limits.into_iter().map(|(counter, _)| counter).collect();
        let change = Entry::Change {
            counters,
            at,
            change,
        };
        self.ledger.send(change).map_err(|_| ended())
    }

    /// Waits until all that has been settled is in the database.
    pub async fn flush(&self) {
        let (done, written) = oneshot::channel();
        if self.ledger.send(Entry::Flush(done)).is_ok() {
            // An error is a ledger that has ended, which has nothing left to write.
            let _ = written.await;
        }
    }

    async fn claim(
        &self,
        limits: Vec<(Counter, Limit)>,
        tokens: u64,
        at: i64,
    ) -> Result<Reservation, ApiError> {
        let reservation = Reservation {
            tokens,
            counters: limits.iter().map(|(counter, _)| counter.clone()).collect(),
            at,
            ledger: self.ledger.clone(),
        };
        if limits.is_empty() {
            return Ok(reservation);
        }
        let (reply, answer) = oneshot::channel();
        let claim = Claim {
            limits,
            tokens,
            reservation,
            reply,
        };
        self.ledger.send(Entry::Claim(claim)).map_err(|_| ended())?;
        let mut granted = answer.await.map_err(|_| ended())??;
        granted.0.take().ok_or_else(ended)
    }
}

/// The counters of these budgets, and what each has.
fn counters<const N: usize>(budgets: [(String, Budget); N]) -> Vec<(Counter, Limit)> {
    let mut limits = Vec::new();
    for (subject, budget) in budgets {
        let spans = budget.spans();
        limits.extend(spans.map(|(span, limit)| ((subject.clone(), span), limit)));
    }
    limits
}

fn ended() -> ApiError {
    ApiError::internal("the ledger of budgets has ended")
}

/// A reservation on its way to who asked for it: given back if they have left before it arrives.
#[derive(Debug)]
struct Granted(Option<Reservation>);

impl Drop for Granted {
    fn drop(&mut self) {
        if let Some(unclaimed) = self.0.take() {
            unclaimed.cancel();
        }
    }
}

impl Reservation {
    /// Sets aside more, which is counted without being asked for.
    pub fn extend(&mut self, tokens: u64) {
        self.tokens = self.tokens.saturating_add(tokens);
        self.enter(Amount {
            requests: 0,
            tokens: signed(tokens),
        });
    }

    /// Gives back what was not used, or adds what was used beyond it.
    pub async fn settle(self, usage: Usage) {
        self.used(usage.input + usage.output);
    }

    /// Gives back all: no answer was begun.
    fn cancel(self) {
        let used = Amount {
            requests: -1,
            tokens: -signed(self.tokens),
        };
        self.enter(used);
    }

    fn used(self, tokens: u64) {
        let change = signed(tokens) - signed(self.tokens);
        self.enter(Amount {
            requests: 0,
            tokens: change,
        });
    }

    fn enter(&self, change: Amount) {
        if change == Amount::default() || self.counters.is_empty() {
            return;
        }
        // A ledger that has ended counts what was set aside as used.
        let _ = self.ledger.send(Entry::Change {
            counters: self.counters.clone(),
            at: self.at,
            change,
        });
    }
}

/// Most tokens that anything is counted as, so that sums of them stay numbers of 64 bits.
const MOST_TOKENS: u64 = 1 << 40;

fn signed(tokens: u64) -> i64 {
    tokens.min(MOST_TOKENS) as i64
}

/// A layer that counts requests by the address that they come from.
pub async fn count_address(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let ip = client_ip(&parts, &app.config.server.trusted_proxies);
    app.budgets.count(ip).await?;
    Ok(next.run(Request::from_parts(parts, body)).await)
}

/// 429, with the seconds until the span ends.
fn used_up(subject: &str, span: Span, what: &'static str, at: i64) -> ApiError {
    let (code, whose) = match subject.split_once(':') {
        Some(("address" | "network", _)) => ("too_many_requests", "from your network"),
        Some(_) => ("budget_used_up", "of yours"),
        None => ("relay_busy", "of all readers"),
    };
    let message = format!("too many {what} {whose} this {span}; try again later");
    let left = span.began(at) + span.length() - at;
    let seconds = u64::try_from(left).unwrap_or(0).div_ceil(1000).max(1);
    ApiError::new(StatusCode::TOO_MANY_REQUESTS, code, message).retry_after(seconds)
}

#[cfg(test)]
mod tests;
