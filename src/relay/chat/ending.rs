//! The end of an answer, however it ends: the budget is settled, and what was shown is kept.
//!
//! Where nobody says how it ended, because the reader has left and the stream was dropped, it was cut.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::FutureExt;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;
use tracing::Span;

use super::sources::Sources;
use super::stream::{Part, Source, Status};
use crate::limits::Reservation;
use crate::observe;
use crate::providers::{Usage, tokens};
use crate::state::Relay;
use crate::store::batches::{Asking, Batches};
use crate::store::conversations::{Answer, Asked};

/// What is left to do when an answer ends.
#[derive(Debug)]
pub struct Ending {
    batches: Batches,
    /// What the relay waits for before it closes its database.
    endings: TaskTracker,
    /// Where that is done: not where answers are told, which is in no hurry.
    runtime: Option<Handle>,
    /// The request's, for its log line.
    span: Span,
    asked: Option<Arc<Asked>>,
    /// Where that is not yet kept.
    asking: Option<Asking>,
    reservation: Option<Reservation>,
    /// What ended calls took.
    usage: Usage,
    /// What they cost, in dollars, as far as prices are known.
    cost: Option<f64>,
    /// What the call that is under way takes, by an estimate.
    under_way: Option<Usage>,
    shown: String,
    /// The passages that were shown, of an answer that is kept.
    sources: Option<Sources>,
    is_over: bool,
}

impl Ending {
    /// An answer that begins: what was set aside for it, and the question that is being kept, if it is.
    pub fn new(relay: &Relay, reservation: Reservation, asking: Option<Asking>) -> Self {
        Self {
            batches: relay.batches.clone(),
            endings: relay.endings.clone(),
            runtime: Handle::try_current().ok(),
            span: Span::current(),
            asked: asking.as_ref().map(|own| own.asked().clone()),
            asking,
            reservation: Some(reservation),
            usage: Usage::default(),
            cost: None,
            under_way: None,
            shown: String::new(),
            sources: None,
            is_over: false,
        }
    }

    /// The question, where it is to be kept.
    pub fn asked(&self) -> Option<&Asked> {
        self.asked.as_deref()
    }

    /// Waits until the question is kept, where it is to be; whether it could be.
    pub fn poll_kept(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        let Some(asking) = &mut self.asking else {
            return Poll::Ready(true);
        };
        let kept = ready!(asking.poll_unpin(cx));
        self.asking = None;
        let is_kept = is_kept(kept);
        if !is_kept {
            self.asked = None;
        }
        Poll::Ready(is_kept)
    }

    /// The request's span, for what else is logged of it.
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// A call begins, with a prompt of about so many tokens.
    pub fn call_begins(&mut self, input: u64) {
        self.under_way = Some(Usage { input, output: 0 });
    }

    /// The call under way has said this.
    pub fn call_says(&mut self, text: &str) {
        if let Some(usage) = &mut self.under_way {
            usage.output += tokens(text.len());
        }
    }

    /// The call under way has ended, took this, and cost so many dollars, where its price is known.
    pub fn call_ends(&mut self, usage: Usage, cost: Option<f64>) {
        self.under_way = None;
        self.cost = [self.cost, cost].into_iter().flatten().reduce(|a, b| a + b);
        self.add(usage);
    }

    /// The call under way has failed; one that had said nothing took nothing.
    pub fn call_fails(&mut self) {
        if let Some(usage) = self.under_way.take().filter(|usage| usage.output > 0) {
            self.add(usage);
        }
    }

    fn add(&mut self, usage: Usage) {
        self.usage.input = self.usage.input.saturating_add(usage.input);
        self.usage.output = self.usage.output.saturating_add(usage.output);
    }

    /// What the answer took so far.
    pub fn usage(&self) -> Usage {
        self.usage
    }

    /// The reader has been shown these passages.
    pub fn sources(&mut self, sources: &Sources) {
        if self.asked.is_some() {
            self.sources = Some(sources.clone());
        }
    }

    /// The reader has been shown this text.
    pub fn show(&mut self, text: &str) {
        self.shown.push_str(text);
    }

    /// The text that the reader has been shown.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Settles and keeps, in a task of its own, so that it happens though nobody waits for it.
    pub fn end(&mut self, status: Status) -> Option<JoinHandle<()>> {
        if std::mem::replace(&mut self.is_over, true) {
            return None;
        }
        if let Some(usage) = self.under_way.take() {
            self.add(usage);
        }
        let runtime = self.runtime.take()?;
        let (batches, usage) = (self.batches.clone(), self.usage);
        observe::answered(&self.span, status, usage, self.cost);
        let (reservation, asked) = (self.reservation.take(), self.asked.clone());
        let asking = self.asking.take();
        let parts = asked.as_ref().map(|_| self.kept_parts());
        let settled = async move {
            if let Some(reservation) = reservation {
                reservation.settle(usage).await;
            }
            let is_kept = match asking {
                Some(asking) => is_kept(asking.await),
                None => true,
            };
            if let (true, Some(asked), Some(parts)) = (is_kept, asked, parts) {
                let answer = Answer::new(&asked, parts, status.as_str());
                if let Err(error) = batches.answer(answer).await {
                    tracing::error!(%error, "an answer could not be kept");
                }
            }
        };
        Some(self.endings.spawn_on(settled, &runtime))
    }

    /// The parts of the message as the AI SDK has them, as JSON.
    fn kept_parts(&self) -> String {
        let mut parts = String::from("[");
        let sources = self.sources.as_ref();
        for (number, passage) in sources.into_iter().flat_map(|own| own.from(1)) {
            // No part has keys that are no text, so this cannot fail.
            if let Ok(part) = serde_json::to_string(&Part::Source(Source::new(number, &passage))) {
                parts.push_str(&part);
                parts.push(',');
            }
        }
        let text = serde_json::json!({"type": "text", "text": self.shown});
        format!("{parts}{text}]")
    }
}

fn is_kept(kept: Result<bool, sqlx::Error>) -> bool {
    kept.unwrap_or_else(|error| {
        tracing::error!(%error, "a question could not be kept");
        false
    })
}

impl Drop for Ending {
    fn drop(&mut self) {
        drop(self.end(Status::Cut));
    }
}
