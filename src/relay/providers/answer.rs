//! From the events of a provider to the pieces of an answer, whatever the events look like.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use tokio::time::timeout;

use super::endpoint::Events;
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
pub(super) trait Read: Send + 'static {
    fn read(&mut self, data: &str, answer: &mut Answer) -> Result<(), String>;
}

/// The pieces of the answer in these events, to a prompt of about `input` tokens.
///
/// Events that end before anything said why break off: that is an error.
pub(super) fn deltas(provider: String, input: u64, events: Events, reader: impl Read) -> Deltas {
    let state = Some((events, reader, Answer::default()));
    stream::unfold(state, move |state| {
        let provider = provider.clone();
        async move {
            let (mut events, mut reader, mut answer) = state?;
            loop {
                if let Some(delta) = answer.ready.pop_front() {
                    return Some((Ok(delta), Some((events, reader, answer))));
                }
                let (event, finish) = match answer.finish {
                    None => (events.next().await, None),
                    // What comes after the reason is welcome, and not needed.
                    Some(reason) => {
                        let event = timeout(GRACE, events.next()).await.ok().flatten();
                        (event.filter(Result::is_ok), Some(reason))
                    }
                };
                let why = match (event, finish) {
                    (None, Some(reason)) => return Some((Ok(answer.end(reason, input)), None)),
                    (None, None) => "it broke off in the middle of the answer".to_owned(),
                    (Some(Err(error)), _) => return Some((Err(error), None)),
                    (Some(Ok(data)), _) => match reader.read(&data, &mut answer) {
                        Ok(()) => continue,
                        Err(why) => why,
                    },
                };
                return Some((Err(ProviderError::Unavailable { provider, why }), None));
            }
        }
    })
    .boxed()
}
