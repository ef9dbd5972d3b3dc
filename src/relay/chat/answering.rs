//! An answer as it is made: a stream of bytes that asks a provider, lets it search, and ends.
//!
//! It is a state machine that the connection polls, with no task of its own, so dropping it ends the call
//! to the provider. Whatever is ready goes into one chunk: a flood of small deltas costs one write. In a crowd, what
//! follows the first text waits a moment for more ([`pace`](super::pace)).

mod flow;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::future::BoxFuture;
use http_body::{Body as HttpBody, Frame};
use lectern_core::answer::Quote;
use tokio::task::JoinHandle;
use tokio::time::{Interval, MissedTickBehavior, interval_at};

use super::citations::Citations;
use super::ending::Ending;
use super::pace::Pace;
use super::prompt::{Prompter, Results, Task};
use super::sources::Sources;
use super::stream::{Answerer, Events, Status};
use crate::crowd::Crowd;
use crate::providers::{Deltas, Provider, ProviderError, ToolCall};

/// How often a connection is kept open with a comment.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Bytes of events that go out at a time; what is more waits until the client has taken them.
const CHUNK: usize = 16 << 10;

/// Most bytes of an answer's text; a provider that says more is cut off.
const LONGEST_ANSWER: usize = 128 << 10;

/// What an answer is made from.
#[derive(Debug)]
pub struct Job {
    /// Who answers.
    pub provider: Arc<dyn Provider>,
    /// The passages that may be cited.
    pub sources: Sources,
    /// What to quote passages for, where no provider answers: the first that something fits. Without any, that is
    /// an error.
    pub quote_for: Vec<String>,
    /// The language that was asked for.
    pub language: Option<String>,
    /// Who builds the prompts.
    pub prompter: Prompter,
    /// What they are built of.
    pub task: Task,
    /// What is left to do at the end.
    pub ending: Ending,
    /// The answers that are told at the same time.
    pub crowd: Crowd,
}

/// An answer under way: the body of the response.
pub struct Answering {
    job: Job,
    state: State,
    message: String,
    events: Events,
    citations: Citations,
    /// Text that is checked and not yet in `events`.
    text: String,
    /// Id of the text that is open.
    open_text: Option<String>,
    calls: Vec<ToolCall>,
    /// Where in what was shown the call under way begins.
    call_from: usize,
    /// What the model said and called in calls before, and what that found.
    rounds: Vec<(String, Results)>,
    steps: usize,
    answerer: Answerer,
    heartbeat: Interval,
    /// From the first text on.
    pace: Option<Pace>,
}

enum State {
    Start,
    /// The provider has been asked.
    Calling(BoxFuture<'static, Result<Deltas, ProviderError>>),
    /// What that came to, which waits until the question is kept.
    Called(Result<Deltas, ProviderError>),
    /// It answers.
    Reading(Deltas),
    /// The model has called tools: with the passages as they are then, what each call found.
    Searching(BoxFuture<'static, (Sources, Results)>),
    /// No provider has answered.
    Quoting(BoxFuture<'static, lectern_core::Result<Vec<Quote>>>),
    /// All is said; what remains to be told when it is kept.
    Keeping(Option<JoinHandle<()>>, Last),
    Done,
}

/// The last part of an answer.
#[derive(Debug, Clone, Copy)]
enum Last {
    Finish(&'static str),
    Error(&'static str),
}

/// What a step came to.
enum Step {
    /// There is more to do at once.
    On,
    /// What it waits for is not there.
    Wait,
    /// There is nothing to come.
    End,
}

impl Answering {
    /// Begins an answer; nothing happens before it is polled.
    pub fn new(job: Job) -> Self {
        let asked = job.ending.asked();
        let message = asked.map_or_else(crate::store::conversations::new_id, |own| {
            own.answer.clone()
        });
        let mut heartbeat = interval_at(tokio::time::Instant::now() + HEARTBEAT, HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            citations: Citations::new(job.sources.len()),
            job,
            state: State::Start,
            message,
            events: Events::default(),
            text: String::new(),
            open_text: None,
            calls: Vec::new(),
            call_from: 0,
            rounds: Vec::new(),
            steps: 0,
            answerer: Answerer::Model,
            heartbeat,
            pace: None,
        }
    }

    /// The answers that are told at the same time.
    pub(super) fn crowd(&self) -> &Crowd {
        &self.job.crowd
    }
}

impl Stream for Answering {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let own = self.get_mut();
        // What is not read waits in the connection to the provider.
        if let (State::Reading(_), Some(pace)) = (&own.state, &mut own.pace) {
            ready!(pace.poll_ready(cx));
        }
        let kept = own.job.ending.poll_kept(cx);
        if matches!(kept, Poll::Ready(false)) {
            own.refuse();
        }
        // Before the question is kept a provider is asked, but nothing is read of it, and nothing is told.
        let is_kept = kept.is_ready();
        loop {
            if !is_kept && !matches!(own.state, State::Start | State::Calling(_)) {
                return Poll::Pending;
            }
            if is_kept && own.events.len() + own.text.len() >= CHUNK {
                own.flush_text();
                return Poll::Ready(Some(Ok(own.events.take())));
            }
            let step = own.step(cx);
            if matches!(step, Step::On) {
                continue;
            }
            if !is_kept {
                return Poll::Pending;
            }
            own.flush_text();
            if !own.events.is_empty() {
                if let Some(pace) = &mut own.pace {
                    pace.wrote();
                }
                return Poll::Ready(Some(Ok(own.events.take())));
            }
            if matches!(step, Step::End) {
                return Poll::Ready(None);
            }
            match own.heartbeat.poll_tick(cx) {
                Poll::Ready(_) => own.events.heartbeat(),
                Poll::Pending => {
                    own.pace.iter_mut().for_each(Pace::found_nothing);
                    return Poll::Pending;
                }
            }
        }
    }
}

/// As a body it tells with its last part that this is the last, so that both go out in one write.
impl HttpBody for Answering {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.poll_next(cx).map_ok(Frame::data)
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.state, State::Done) && self.events.is_empty()
    }
}

impl std::fmt::Debug for Answering {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answering")
            .field("message", &self.message)
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}

impl Last {
    fn status(self) -> Status {
        match self {
            Self::Finish(_) => Status::Complete,
            Self::Error(_) => Status::Cut,
        }
    }
}
