//! What happens at each step of an answer.

use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::{FutureExt, StreamExt};
use lectern_core::answer::Quote;

use super::{Answering, LONGEST_ANSWER, Last, State, Step};
use crate::chat::pace::Pace;
use crate::chat::prompt::Results;
use crate::chat::stream::{Answerer, Events, Found, Metadata, Part, Source, finish_reason};
use crate::chat::{extractive, tool};
use crate::providers::{Delta, Finish, Prompt, ProviderError};

/// What a reader is told where an answer breaks off.
const BROKE_OFF: &str = "The answer broke off; ask again for the rest of it.";

/// What a reader is told where nobody answers.
const NOBODY: &str = "Nobody can answer at the moment; try again later.";

/// What a reader is told whose question could not be kept: its conversation is gone, or the database fails.
const NOT_KEPT: &str = "Your question could not be kept; reload the page and ask again.";

impl Answering {
    pub(super) fn step(&mut self, cx: &mut Context<'_>) -> Step {
        match &mut self.state {
            State::Start => self.start(),
            State::Calling(call) => match call.poll_unpin(cx) {
                Poll::Pending => return Step::Wait,
                Poll::Ready(called) => self.state = State::Called(called),
            },
            State::Called(_) => self.called(),
            State::Reading(deltas) => match deltas.poll_next_unpin(cx) {
                Poll::Pending => return Step::Wait,
                Poll::Ready(next) => self.read(next),
            },
            State::Searching(search) => match search.poll_unpin(cx) {
                Poll::Pending => return Step::Wait,
                Poll::Ready((sources, results)) => {
                    self.job.sources = sources;
                    self.searched(results);
                }
            },
            State::Quoting(quotes) => match quotes.poll_unpin(cx) {
                Poll::Pending => return Step::Wait,
                Poll::Ready(quotes) => self.quote(&quotes.unwrap_or_default()),
            },
            State::Keeping(task, last) => {
                let last = *last;
                // What went wrong in keeping is logged there; the answer is the reader's all the same.
                if let Some(Poll::Pending) = task.as_mut().map(|task| task.poll_unpin(cx)) {
                    return Step::Wait;
                }
                self.last(last);
            }
            State::Done => return Step::End,
        }
        Step::On
    }

    /// Tells what is known before anybody answers: the message, and its sources.
    fn start(&mut self) {
        let asked = self.job.ending.asked();
        let message_metadata = Metadata {
            conversation: asked.map(|own| &*own.conversation),
            question: asked.map(|own| &*own.question),
            book: Some(self.job.sources.book().hash()),
            ..Metadata::default()
        };
        let message_id = &self.message;
        self.events.part(&Part::Start {
            message_id,
            message_metadata,
        });
        self.events.part(&Part::StartStep);
        self.tell_sources(1);
        let prompt = self.next_prompt();
        self.call(prompt);
    }

    fn call(&mut self, prompt: Prompt) {
        // What the provider logs is of this request.
        let _entered = self.job.ending.span().clone().entered();
        let job = &mut self.job;
        job.ending.call_begins(prompt.tokens());
        self.state = State::Calling(job.provider.stream(Arc::new(prompt)));
    }

    fn called(&mut self) {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Called(Ok(deltas)) => self.state = State::Reading(deltas),
            State::Called(Err(error)) => self.fail(&error.to_string()),
            other => self.state = other,
        }
    }

    fn tell_sources(&mut self, first: u32) {
        let sources = &self.job.sources;
        for (number, passage) in sources.from(first) {
            let source = Source::new(number, &passage);
            self.events.part(&Part::Source(source));
        }
        self.job.ending.sources(sources);
        self.citations.allow(sources.len());
    }

    fn read(&mut self, next: Option<Result<Delta, ProviderError>>) {
        match next {
            Some(Ok(Delta::Text(text))) => self.hear(&text),
            // What is called beyond the bound is not kept either.
            Some(Ok(Delta::Call(call))) if self.calls.len() < tool::MOST_CALLS => {
                self.calls.push(call);
            }
            Some(Ok(Delta::Call(_))) => {}
            Some(Ok(Delta::Finish {
                reason,
                usage,
                cost,
            })) => {
                self.job.ending.call_ends(usage, cost);
                match self.calls.is_empty() || self.steps >= tool::MOST_STEPS {
                    true => self.finish(reason),
                    false => self.search(),
                }
            }
            Some(Err(error)) => self.fail(&error.to_string()),
            None => self.fail("the answer has no end"),
        }
    }

    fn hear(&mut self, text: &str) {
        self.job.ending.call_says(text);
        self.citations.push(text, &mut self.text);
        if self.text.len() + self.job.ending.shown().len() > LONGEST_ANSWER {
            self.job.ending.call_fails();
            self.finish(Finish::Length);
        }
    }

    /// Moves checked text into the events.
    pub(super) fn flush_text(&mut self) {
        if self.text.is_empty() {
            return;
        }
        if self.open_text.is_none() {
            let id = format!("text-{}", self.steps + 1);
            self.events.part(&Part::TextStart { id: &id });
            self.open_text = Some(id);
            let crowd = &self.job.crowd;
            self.pace.get_or_insert_with(|| Pace::new(crowd));
        }
        let id = self.open_text.as_deref().unwrap_or_default();
        let delta = &self.text;
        self.events.part(&Part::TextDelta { id, delta });
        self.job.ending.show(delta);
        self.text.clear();
    }

    fn close_text(&mut self) {
        self.citations.finish(&mut self.text);
        self.flush_text();
        self.end_text();
    }

    fn end_text(&mut self) {
        if let Some(id) = self.open_text.take() {
            self.events.part(&Part::TextEnd { id: &id });
        }
    }

    /// Runs what the model has called.
    fn search(&mut self) {
        self.close_text();
        self.steps += 1;
        let calls = std::mem::take(&mut self.calls);
        for call in &calls {
            self.events.part(&Part::ToolInputAvailable {
                tool_call_id: &call.id,
                tool_name: &call.name,
                input: &call.arguments,
                provider_executed: true,
                dynamic: true,
            });
        }
        let mut sources = self.job.sources.clone();
        self.state = State::Searching(Box::pin(async move {
            let mut results = Vec::new();
            for call in calls {
                let found = match tool::query(&call.name, &call.arguments) {
                    Some(query) => sources.search(&query).await,
                    None => Vec::new(),
                };
                results.push((call, found));
            }
            (sources, results)
        }));
    }

    /// Tells what was found, and asks the model again.
    fn searched(&mut self, results: Results) {
        for (call, sources) in &results {
            self.events.part(&Part::ToolOutputAvailable {
                tool_call_id: &call.id,
                output: Found { sources },
                provider_executed: true,
                dynamic: true,
            });
        }
        self.events.part(&Part::FinishStep);
        self.events.part(&Part::StartStep);
        let known = self.known_sources();
        self.tell_sources(known + 1);
        let shown = self.job.ending.shown();
        let said = shown.get(self.call_from..).unwrap_or_default().to_owned();
        self.call_from = shown.len();
        self.rounds.push((said, results));
        let prompt = self.next_prompt();
        self.call(prompt);
    }

    /// The prompt for the task, with what was said, called and found so far.
    fn next_prompt(&self) -> Prompt {
        let job = &self.job;
        let mut prompt = job.prompter.prompt(&job.task, &job.sources);
        for (said, results) in &self.rounds {
            job.prompter
                .results(&mut prompt, said, results, &job.sources);
        }
        if self.steps >= tool::MOST_STEPS {
            // What cannot be called is not called: an answer must follow.
            prompt.tools.clear();
        }
        prompt
    }

    /// How many sources the reader knows of: as many as may be cited.
    fn known_sources(&self) -> u32 {
        self.citations.passages()
    }

    /// A provider has failed: passages are quoted instead, where nothing was said yet and that is allowed.
    fn fail(&mut self, why: &str) {
        self.job.ending.call_fails();
        self.calls.clear();
        tracing::warn!(parent: self.job.ending.span(), why, "a provider did not answer to the end");
        let nothing_shown = self.job.ending.shown().is_empty() && self.text.is_empty();
        match (nothing_shown, self.job.quote_for.is_empty()) {
            (true, false) => self.fall_back(),
            (true, true) => self.end(Last::Error(NOBODY)),
            (false, _) => self.end(Last::Error(BROKE_OFF)),
        }
    }

    fn fall_back(&mut self) {
        let questions = std::mem::take(&mut self.job.quote_for);
        self.answerer = Answerer::Extractive;
        let message_metadata = Metadata {
            answerer: Some(self.answerer),
            ..Metadata::default()
        };
        self.events
            .part(&Part::MessageMetadata { message_metadata });
        // Held-back text of a provider that failed is not for readers.
        self.citations = crate::chat::citations::Citations::new(self.job.sources.len());
        let (book, ids) = (
            self.job.sources.book().clone(),
            self.job.sources.ids().to_vec(),
        );
        self.state = State::Quoting(Box::pin(async move {
            let mut quotes = Vec::new();
            for question in questions {
                quotes = book.quotes(question, ids.clone()).await?;
                if !quotes.is_empty() {
                    break;
                }
            }
            Ok(quotes)
        }));
    }

    fn quote(&mut self, quotes: &[Quote]) {
        let sources = &self.job.sources;
        let language = self.job.language.as_deref();
        let language = language.unwrap_or(&sources.book().manifest().lang);
        let text = extractive::text(quotes, Some(language), !sources.is_empty());
        self.citations.push(&text, &mut self.text);
        self.end(Last::Finish(finish_reason(Finish::Stop)));
    }

    fn finish(&mut self, reason: Finish) {
        self.citations.finish(&mut self.text);
        let is_silent = self.job.ending.shown().is_empty() && self.text.trim().is_empty();
        match (is_silent, reason) {
            (true, Finish::Stop | Finish::Tools | Finish::Length) => self.fail("it said nothing"),
            _ => self.end(Last::Finish(finish_reason(reason))),
        }
    }

    /// The question could not be kept: nobody is told an answer that their history will not have.
    pub(super) fn refuse(&mut self) {
        self.events = Events::default();
        // What was set aside is given back when this is dropped, and there is no answer to keep.
        self.job.ending.call_fails();
        let error_text = NOT_KEPT;
        self.events.part(&Part::Error { error_text });
        self.events.done();
        self.state = State::Done;
    }

    /// Has the answer kept before the last parts tell of its end.
    fn end(&mut self, last: Last) {
        self.citations.finish(&mut self.text);
        self.flush_text();
        self.state = State::Keeping(self.job.ending.end(last.status()), last);
    }

    fn last(&mut self, last: Last) {
        self.end_text();
        self.events.part(&Part::FinishStep);
        let cited: Vec<u32> = self.citations.cited().iter().copied().collect();
        let message_metadata = Metadata {
            answerer: Some(self.answerer),
            status: Some(last.status()),
            cited: Some(&cited),
            usage: Some(self.job.ending.usage().into()),
            ..Metadata::default()
        };
        match last {
            Last::Finish(finish_reason) => self.events.part(&Part::Finish {
                finish_reason,
                message_metadata,
            }),
            Last::Error(error_text) => {
                self.events
                    .part(&Part::MessageMetadata { message_metadata });
                self.events.part(&Part::Error { error_text });
            }
        }
        self.events.done();
        self.state = State::Done;
    }
}
