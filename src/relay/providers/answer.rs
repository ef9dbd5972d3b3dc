//! From the events of a provider to the pieces of an answer, whatever the events look like.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::stream::{Stream, StreamExt};
use tokio::time::{Sleep, sleep};

use super::sse::Events;
use super::{Delta, Deltas, Finish, ProviderError, ToolCall, Usage, tokens};

/// How long the usage and the end of the stream are waited for when all is said.
const GRACE: Duration = Duration::from_secs(1);

/// What has been read of an answer and not yet been handed on.
#[derive(Debug, Default)]
pub(super) struct Answer {
    ready: VecDeque<Delta>,
    said: usize,
    called: bool,
    finish: Option<Finish>,
    usage: Option<Usage>,
}

impl Answer {
    pub(super) fn text(&mut self, text: String) {
        if !text.is_empty() {
            self.said += text.len();
            self.ready.push_back(Delta::Text(text));
        }
    }

    pub(super) fn call(&mut self, call: ToolCall) {
        self.called = true;
        self.said += call.len();
        self.ready.push_back(Delta::Call(call));
    }

    /// All is said; usage may follow. The first reason stays.
    pub(super) fn finish(&mut self, reason: Finish) {
        self.finish.get_or_insert(reason);
    }

    pub(super) fn usage(&mut self, usage: Usage) {
        self.usage = Some(usage);
    }

    /// What is to be handed on next. Where nothing is, there is no room for it either: thousands of answers wait for their
    /// next token most of their time.
    fn next(&mut self) -> Option<Delta> {
        let next = self.ready.pop_front();
        if next.is_none() {
            self.ready = VecDeque::new();
        }
        next
    }

    fn end(&self, reason: Finish, input: u64) -> Delta {
        let reason = match reason {
            Finish::Stop if self.called => Finish::Tools,
            reason => reason,
        };
        let output = tokens(self.said);
        let usage = self.usage.unwrap_or(Usage { input, output });
        Delta::Finish {
            reason,
            usage,
            cost: None,
        }
    }
}

/// Reads an event into an answer; the error says what was wrong with it.
pub(super) trait Read: Send + Unpin + 'static {
    fn read(&mut self, data: &str, answer: &mut Answer) -> Result<(), String>;
}

/// The pieces of the answer in these events, to a prompt of about `input` tokens.
///
/// Events that end before anything said why break off: that is an error.
pub(super) fn deltas(provider: String, input: u64, events: Events, reader: impl Read) -> Deltas {
    let reading = Reading {
        provider,
        input,
        events,
        reader,
        answer: Answer::default(),
        grace: None,
        is_over: false,
    };
    reading.boxed()
}

/// An answer that is read.
struct Reading<R> {
    provider: String,
    input: u64,
    events: Events,
    reader: R,
    answer: Answer,
    /// Until when is waited for what comes after the reason.
    grace: Option<Pin<Box<Sleep>>>,
    is_over: bool,
}

impl<R: Read> Stream for Reading<R> {
    type Item = Result<Delta, ProviderError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let own = self.get_mut();
        while !own.is_over {
            if let Some(delta) = own.answer.next() {
                return Poll::Ready(Some(Ok(delta)));
            }
            let why = match (ready!(own.poll_event(context)), own.answer.finish) {
                (Ok(true), _) => continue,
                (Ok(false), Some(reason)) => {
                    own.is_over = true;
                    return Poll::Ready(Some(Ok(own.answer.end(reason, own.input))));
                }
                (Ok(false), None) => "it broke off in the middle of the answer".to_owned(),
                (Err(why), _) => why,
            };
            own.is_over = true;
            let provider = own.provider.clone();
            return Poll::Ready(Some(Err(ProviderError::Unavailable { provider, why })));
        }
        Poll::Ready(None)
    }
}

impl<R: Read> Reading<R> {
    /// Reads the next event, if there is one. What comes after the reason is welcome, and not needed.
    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Result<bool, String>> {
        let all_is_said = self.answer.finish.is_some();
        match self.events.poll_next(context) {
            Poll::Ready(Some(Ok(data))) => {
                self.grace = None;
                Poll::Ready(self.reader.read(data, &mut self.answer).map(|()| true))
            }
            Poll::Ready(Some(Err(error))) if !all_is_said => Poll::Ready(Err(error.to_string())),
            Poll::Ready(_) => Poll::Ready(Ok(false)),
            Poll::Pending if all_is_said => {
                let grace = self.grace.get_or_insert_with(|| Box::pin(sleep(GRACE)));
                grace.as_mut().poll(context).map(|()| Ok(false))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}
