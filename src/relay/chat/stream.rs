//! The UI message stream of the Vercel AI SDK (version 1, as its schema `uiMessageChunkSchema` has it):
//! server-sent events, each one JSON part, `[DONE]` at the end.
//!
//! A part has only the fields that the schema knows, because the SDK refuses others; what is our own
//! travels in `messageMetadata` and, of sources, in `providerMetadata.lectern`.

use axum::Extension;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::{BufMut, Bytes, BytesMut};
use http::HeaderMap;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::Value;

use crate::book::Passage;
use crate::providers::{Finish, Usage};

/// Tells clients which protocol this is.
pub const VERSION_HEADER: HeaderName = HeaderName::from_static("x-vercel-ai-ui-message-stream");

/// Bytes that the event of a token has, with room to spare.
const TOKEN: usize = 128;

/// A part of an answer, borrowed from where it is.
#[derive(Debug, Serialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Part<'a> {
    /// The message begins.
    Start {
        /// Its id, under which it is kept.
        message_id: &'a str,
        /// What is known from the start.
        message_metadata: Metadata<'a>,
    },
    /// A call of the model begins.
    StartStep,
    /// A passage that may be cited from here on.
    #[serde(rename = "source-url")]
    Source(Source<'a>),
    /// Text begins.
    TextStart {
        /// What its deltas are known by.
        id: &'a str,
    },
    /// More text.
    TextDelta {
        /// Which text it belongs to.
        id: &'a str,
        /// The text.
        delta: &'a str,
    },
    /// Text ends.
    TextEnd {
        /// Which.
        id: &'a str,
    },
    /// The model has called a tool, which the relay runs.
    ToolInputAvailable {
        /// What its output is known by.
        tool_call_id: &'a str,
        /// Which tool.
        tool_name: &'a str,
        /// Its arguments.
        input: &'a Value,
        /// That no client is to run it.
        provider_executed: bool,
        /// That clients need no declaration of it.
        dynamic: bool,
    },
    /// What the tool gave.
    ToolOutputAvailable {
        /// Which call.
        tool_call_id: &'a str,
        /// Numbers of the passages that it found.
        output: Found<'a>,
        /// As with the input.
        provider_executed: bool,
        /// As with the input.
        dynamic: bool,
    },
    /// A call of the model has ended.
    FinishStep,
    /// What has become known.
    MessageMetadata {
        /// It is merged with what was known.
        message_metadata: Metadata<'a>,
    },
    /// The answer broke off, and why as a reader may know it.
    Error {
        /// What to tell.
        error_text: &'a str,
    },
    /// The answer is whole, and kept.
    Finish {
        /// Why it ended.
        finish_reason: &'static str,
        /// What it took.
        message_metadata: Metadata<'a>,
    },
}

/// A passage as a source (`source-url`).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Source<'a> {
    source_id: String,
    url: &'a str,
    title: &'a str,
    provider_metadata: SourceMetadata<'a>,
}

#[derive(Debug, Serialize)]
struct SourceMetadata<'a> {
    lectern: SourceDetail<'a>,
}

#[derive(Debug, Serialize)]
struct SourceDetail<'a> {
    number: u32,
    passage: u32,
    headings: &'a [String],
}

impl<'a> Source<'a> {
    /// A passage under its number.
    pub fn new(number: u32, passage: &'a Passage) -> Self {
        Self {
            source_id: number.to_string(),
            url: &passage.url,
            title: &passage.title,
            provider_metadata: SourceMetadata {
                lectern: SourceDetail {
                    number,
                    passage: passage.id,
                    headings: &passage.headings,
                },
            },
        }
    }
}

/// What a search of the model found.
#[derive(Debug, Serialize)]
pub struct Found<'a> {
    /// Numbers of the passages.
    pub sources: &'a [u32],
}

/// What is our own of a message.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata<'a> {
    /// Id of the conversation that the message is kept in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<&'a str>,
    /// Id of the message that asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<&'a str>,
    /// Hash of the book that answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub book: Option<&'a str>,
    /// Who answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answerer: Option<Answerer>,
    /// How the answer ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Numbers of the passages that it cites.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cited: Option<&'a [u32]>,
    /// Tokens that it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Tokens>,
}

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Answerer {
    /// An LLM, from the passages.
    Model,
    /// Nobody: the answer quotes the passages.
    Extractive,
}

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It was said to its end.
    Complete,
    /// It broke off, or the reader left.
    Cut,
}

impl Status {
    /// As it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Cut => "cut",
        }
    }
}

/// Tokens of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tokens {
    /// Of the prompt.
    pub input_tokens: u64,
    /// Of the answer.
    pub output_tokens: u64,
    /// Both.
    pub total_tokens: u64,
}

impl From<Usage> for Tokens {
    fn from(Usage { input, output }: Usage) -> Self {
        Self {
            input_tokens: input,
            output_tokens: output,
            total_tokens: input.saturating_add(output),
        }
    }
}

/// Why an answer ended, in the words of the protocol.
pub fn finish_reason(reason: Finish) -> &'static str {
    match reason {
        Finish::Stop => "stop",
        Finish::Length => "length",
        Finish::Tools => "tool-calls",
        Finish::Refused => "content-filter",
    }
}

/// The headers of the protocol.
fn headers() -> HeaderMap {
    HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (
            CACHE_CONTROL,
            HeaderValue::from_static("no-cache, no-store"),
        ),
        (VERSION_HEADER, HeaderValue::from_static("v1")),
        // Or else nginx holds a stream back until it ends.
        (
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ),
    ])
}

/// An answer as a response, with the headers of the protocol. Who writes it finds the crowd that it is told in among the
/// response's extensions.
pub fn response(answer: super::Answering) -> Response {
    let crowd = Extension(answer.crowd().clone());
    (crowd, headers(), Body::new(answer)).into_response()
}

/// Events that have not been sent yet.
#[derive(Debug, Default)]
pub struct Events {
    bytes: BytesMut,
}

impl Events {
    /// Adds a part.
    pub fn part(&mut self, part: &Part<'_>) {
        if self.bytes.is_empty() {
            self.bytes.reserve(TOKEN);
        }
        self.bytes.put_slice(b"data: ");
        // Memory takes all, and no part has keys that are no text, so this cannot fail.
        let _ = serde_json::to_writer((&mut self.bytes).writer(), part);
        self.bytes.put_slice(b"\n\n");
    }

    /// Adds a comment, which keeps the connection open and says nothing.
    pub fn heartbeat(&mut self) {
        self.bytes.put_slice(b": \n\n");
    }

    /// Adds the end.
    pub fn done(&mut self) {
        self.bytes.put_slice(b"data: [DONE]\n\n");
    }

    /// Bytes that wait.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether none wait.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What waits, to be sent, with its memory: none is held until there is more.
    pub fn take(&mut self) -> Bytes {
        std::mem::take(&mut self.bytes).freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn json_of(part: &Part<'_>) -> Value {
        let mut events = Events::default();
        events.part(part);
        let bytes = events.take();
        let text = std::str::from_utf8(&bytes).unwrap();
        let json = text
            .strip_prefix("data: ")
            .unwrap()
            .strip_suffix("\n\n")
            .unwrap();
        assert!(!json.contains('\n'), "an event is one line");
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn parts_are_as_the_schema_of_the_sdk_has_them() {
        let metadata = Metadata {
            usage: Some(
                Usage {
                    input: 3,
                    output: 4,
                }
                .into(),
            ),
            ..Metadata::default()
        };
        let usage = json!({"usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7}});
        let passage = Passage {
            id: 12,
            url: "a#b".into(),
            page: "a".into(),
            title: "A".into(),
            headings: vec!["B".into()],
            text: String::new(),
        };
        let input = json!({"query": "x"});
        for (part, expected) in [
            (Part::StartStep, json!({"type": "start-step"})),
            (
                Part::TextDelta {
                    id: "t",
                    delta: "a\n\"b\"",
                },
                json!({"type": "text-delta", "id": "t", "delta": "a\n\"b\""}),
            ),
            (
                Part::Finish {
                    finish_reason: "stop",
                    message_metadata: metadata,
                },
                json!({"type": "finish", "finishReason": "stop", "messageMetadata": usage}),
            ),
            (
                Part::Error { error_text: "x" },
                json!({"type": "error", "errorText": "x"}),
            ),
            (
                Part::Source(Source::new(2, &passage)),
                json!({"type": "source-url", "sourceId": "2", "url": "a#b", "title": "A",
                       "providerMetadata": {"lectern": {"number": 2, "passage": 12, "headings": ["B"]}}}),
            ),
            (
                Part::ToolInputAvailable {
                    tool_call_id: "c",
                    tool_name: "search_book",
                    input: &input,
                    provider_executed: true,
                    dynamic: true,
                },
                json!({"type": "tool-input-available", "toolCallId": "c", "toolName": "search_book", "input": input,
                       "providerExecuted": true, "dynamic": true}),
            ),
            (
                Part::ToolOutputAvailable {
                    tool_call_id: "c",
                    output: Found { sources: &[2] },
                    provider_executed: true,
                    dynamic: true,
                },
                json!({"type": "tool-output-available", "toolCallId": "c", "output": {"sources": [2]},
                       "providerExecuted": true, "dynamic": true}),
            ),
        ] {
            assert_eq!(json_of(&part), expected);
        }
    }
}
