//! Several providers as one: the first that can answers.
//!
//! Until the first piece of an answer is there, a failure is followed by another try, and then by the next
//! provider. From there on it is the reader's to see: nothing is said twice.
//!
//! Nothing here runs by itself: a call lives in the future and then in the stream that were given out, and ends
//! where they are dropped, with its place and its probe.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{Stream, StreamExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until, timeout, timeout_at};
use tracing::{Instrument, Span};

use super::breaker::Breaker;
use super::call::{Call, Callee, LONGEST_WAIT};
use super::{Delta, Deltas, Price, Prompt, Provider, ProviderError};

/// The waits between tries of one provider: 0.25 s, 0.5 s, each up to doubled by chance.
const BACKOFF: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(250))
    .with_max_delay(LONGEST_WAIT)
    .with_max_times(2)
    .with_jitter();
/// When to ask again when all places are taken.
const CROWDED: Duration = Duration::from_secs(2);

/// How long an answer may take. Connecting has a deadline of its own in [`crate::fetch::Client`].
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// From a call to the first piece of its answer.
    pub first_token: Duration,
    /// From one piece to the next, while the reader wants more.
    pub idle: Duration,
    /// For all of it, with tries that failed.
    pub total: Duration,
}

/// How many answers are under way at a time.
#[derive(Debug, Clone, Copy)]
pub struct Places {
    /// Of all providers.
    pub all: usize,
    /// Of one provider.
    pub each: usize,
    /// How long one more waits.
    pub wait: Duration,
}

/// A provider in a chain.
#[derive(Debug, Clone)]
pub struct Link {
    callee: Callee,
}

/// Providers in the order in which they are asked.
#[derive(Debug, Clone)]
pub struct Chain {
    links: Arc<[Seated]>,
    places: Arc<Semaphore>,
    wait: Duration,
    deadlines: Deadlines,
}

#[derive(Debug)]
struct Seated {
    callee: Callee,
    places: Arc<Semaphore>,
}

/// An answer whose first piece is there.
struct Begun {
    call: Call,
    first: Delta,
    rest: Deltas,
    place: OwnedSemaphorePermit,
}

impl Link {
    /// A provider, and what it costs.
    pub fn new(provider: Arc<dyn Provider>, price: Option<Price>) -> Self {
        let breaker = Arc::new(Breaker::new(provider.name()));
        Self {
            callee: Callee {
                provider,
                breaker,
                price,
            },
        }
    }
}

impl Chain {
    /// The name in logs and metrics.
    pub const NAME: &'static str = "chain";

    /// Providers in this order.
    pub fn new(links: Vec<Link>, deadlines: Deadlines, places: Places) -> Self {
        let seated = |link: Link| Seated {
            callee: link.callee,
            places: semaphore(places.each),
        };
        Self {
            links: links.into_iter().map(seated).collect(),
            places: semaphore(places.all),
            wait: places.wait,
            deadlines,
        }
    }

    /// Whether there is no provider to ask.
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    async fn answer(self, prompt: Arc<Prompt>) -> Result<Deltas, ProviderError> {
        let ends = Instant::now() + self.deadlines.total;
        let begin = async {
            let place = place(&self.places, self.wait, Self::NAME).await?;
            Ok((self.begin(&prompt).await?, place))
        };
        let begun = timeout_at(ends, begin).await;
        let (begun, place) = begun.unwrap_or_else(|_| Err(self.overdue(Self::NAME)))?;
        Ok(self.go_on(begun, place, ends))
    }

    /// Asks one provider after another. Of several errors, the last that a provider gave is told.
    async fn begin(&self, prompt: &Arc<Prompt>) -> Result<Begun, ProviderError> {
        let mut told = None;
        let mut rest: Option<Duration> = None;
        for link in self.links.iter() {
            match self.ask(link, prompt).await {
                Ok(begun) => return Ok(begun),
                Err(ProviderError::None { retry_after }) => {
                    rest = [rest, retry_after].into_iter().flatten().min();
                }
                Err(error) => told = Some(error),
            }
        }
        Err(told.unwrap_or(ProviderError::None { retry_after: rest }))
    }

    /// Asks one provider, again where that may help.
    async fn ask(&self, link: &Seated, prompt: &Arc<Prompt>) -> Result<Begun, ProviderError> {
        let name = link.callee.provider.name();
        let place = place(&link.places, self.wait, name).await?;
        let (call, first, rest) = (|| self.attempt(&link.callee, prompt))
            .retry(BACKOFF)
            .when(may_pass)
            .adjust(|error, backoff| backoff.map(|wait| wait + asked_for(error)))
            .notify(|_, wait| {
                metrics::counter!("lectern_provider_retries_total", "provider" => name.to_owned())
                    .increment(1);
                tracing::debug!(provider = name, ?wait, "trying again");
            })
            .await?;
        Ok(Begun {
            call,
            first,
            rest,
            place,
        })
    }

    async fn attempt(
        &self,
        callee: &Callee,
        prompt: &Arc<Prompt>,
    ) -> Result<(Call, Delta, Deltas), ProviderError> {
        let mut call = callee.begin()?;
        let first = async {
            let mut deltas = callee.provider.stream(prompt.clone()).await?;
            let first = deltas
                .next()
                .await
                .unwrap_or_else(|| Err(unfinished(callee)))?;
            Ok((first, deltas))
        };
        let first = timeout(self.deadlines.first_token, first).await;
        let late = |_| {
            Err(ProviderError::Late {
                provider: callee.name(),
                what: "the first token",
                limit: self.deadlines.first_token,
            })
        };
        match first.unwrap_or_else(late) {
            Ok((first, rest)) => {
                call.first();
                Ok((call, first, rest))
            }
            Err(error) => {
                call.fail(&error);
                Err(error)
            }
        }
    }

    /// The answer from its first piece to its end.
    fn go_on(&self, begun: Begun, place: OwnedSemaphorePermit, ends: Instant) -> Deltas {
        let Begun {
            call,
            first,
            rest,
            place: seat,
        } = begun;
        let idle = self.deadlines.idle;
        let running = Running {
            call,
            first: Some(first),
            rest,
            idle,
            total: self.deadlines.total,
            ends,
            waiting: None,
            timer: Box::pin(sleep_until(ends.min(Instant::now() + idle))),
            _places: [place, seat],
        };
        GoingOn(Some(running)).boxed()
    }

    fn overdue(&self, name: &str) -> ProviderError {
        overdue(name, self.deadlines.total)
    }
}

/// An answer that goes on, until it has ended.
struct GoingOn(Option<Running>);

/// What there is of an answer while it goes on. Dropped, it gives back its places.
struct Running {
    call: Call,
    first: Option<Delta>,
    rest: Deltas,
    idle: Duration,
    total: Duration,
    ends: Instant,
    /// Since when the next piece is waited for.
    waiting: Option<Instant>,
    /// Looks at `waiting` now and then: setting it anew for each piece would cost more than the piece.
    timer: Pin<Box<Sleep>>,
    _places: [OwnedSemaphorePermit; 2],
}

impl Stream for GoingOn {
    type Item = Result<Delta, ProviderError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let own = self.get_mut();
        let Some(running) = &mut own.0 else {
            return Poll::Ready(None);
        };
        let mut next = ready!(running.poll_next(context));
        let call = &mut running.call;
        match &mut next {
            Ok(Delta::Finish { usage, cost, .. }) => *cost = call.finish(*usage),
            Err(error) if Instant::now() >= running.ends => call.expire(error),
            Err(error) => call.fail(error),
            Ok(_) => return Poll::Ready(Some(next)),
        }
        own.0 = None;
        Poll::Ready(Some(next))
    }
}

impl Running {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Result<Delta, ProviderError>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Ok(first));
        }
        if let Poll::Ready(next) = self.rest.poll_next_unpin(context) {
            self.waiting = None;
            return Poll::Ready(next.unwrap_or_else(|| Err(unfinished(self.call.callee()))));
        }
        let waiting = *self.waiting.get_or_insert_with(Instant::now);
        let due = self.ends.min(waiting + self.idle);
        loop {
            ready!(self.timer.as_mut().poll(context));
            if Instant::now() >= due {
                return Poll::Ready(Err(self.late(due)));
            }
            self.timer.as_mut().reset(due);
        }
    }

    fn late(&self, due: Instant) -> ProviderError {
        let callee = self.call.callee();
        if due >= self.ends {
            return overdue(callee.provider.name(), self.total);
        }
        ProviderError::Late {
            provider: callee.name(),
            what: "the next token",
            limit: self.idle,
        }
    }
}

fn overdue(name: &str, limit: Duration) -> ProviderError {
    ProviderError::Late {
        provider: name.to_owned(),
        what: "the answer",
        limit,
    }
}

impl Provider for Chain {
    fn name(&self) -> &str {
        Self::NAME
    }

    /// The model of the first provider.
    fn model(&self) -> &str {
        self.links
            .first()
            .map_or("none", |link| link.callee.provider.model())
    }

    fn stream(&self, prompt: Arc<Prompt>) -> BoxFuture<'static, Result<Deltas, ProviderError>> {
        let span = Span::current();
        self.clone().answer(prompt).instrument(span).boxed()
    }
}

fn semaphore(places: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(places.clamp(1, Semaphore::MAX_PERMITS)))
}

async fn place(
    places: &Arc<Semaphore>,
    wait: Duration,
    name: &str,
) -> Result<OwnedSemaphorePermit, ProviderError> {
    match timeout(wait, places.clone().acquire_owned()).await {
        Ok(Ok(place)) => Ok(place),
        // It was not had in time; that it be closed does not happen.
        _ => Err(ProviderError::Busy {
            provider: name.to_owned(),
            retry_after: Some(CROWDED),
        }),
    }
}

/// Whether a failure may have passed in a moment. Who was late once is left for the next provider.
fn may_pass(error: &ProviderError) -> bool {
    match error {
        ProviderError::Unavailable { .. } => true,
        ProviderError::Busy { retry_after, .. } => {
            retry_after.is_none_or(|wait| wait <= LONGEST_WAIT)
        }
        ProviderError::Refused { .. } | ProviderError::Late { .. } | ProviderError::None { .. } => {
            false
        }
    }
}

fn asked_for(error: &ProviderError) -> Duration {
    match error {
        ProviderError::Busy { retry_after, .. } => retry_after.unwrap_or_default(),
        _ => Duration::ZERO,
    }
}

fn unfinished(callee: &Callee) -> ProviderError {
    ProviderError::Unavailable {
        provider: callee.name(),
        why: "it ended without saying why".to_owned(),
    }
}
