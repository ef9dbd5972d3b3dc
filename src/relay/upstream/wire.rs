//! Events as OpenAI and Gemini write them.

use bytes::Bytes;
use serde_json::{Value, json};

/// Whose protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `POST /v1/chat/completions` with `"stream": true`.
    OpenAi,
    /// `POST /v1beta/models/MODEL:streamGenerateContent?alt=sse`.
    Gemini,
}

/// How an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Said,
    Called,
    Refused,
}

impl Dialect {
    /// What comes before the first token.
    pub(crate) fn opening(self) -> Option<Bytes> {
        (self == Self::OpenAi)
            .then(|| self.event(&openai(json!({ "role": "assistant", "content": "" }), None)))
    }

    pub(crate) fn token(self, text: &str) -> Bytes {
        self.event(&match self {
            Self::OpenAi => openai(json!({ "content": text }), None),
            Self::Gemini => gemini(json!({ "text": text }), None),
        })
    }

    /// A call, whose arguments OpenAI sends in pieces of `size`.
    pub(crate) fn call(self, name: &str, arguments: &str, size: usize) -> Vec<Bytes> {
        let fragment = |call: Value| self.event(&openai(json!({ "tool_calls": [call] }), None));
        match self {
            Self::OpenAi => {
                let function = json!({ "name": name, "arguments": "" });
                let head =
                    json!({ "index": 0, "id": "call_1", "type": "function", "function": function });
                let letters: Vec<char> = arguments.chars().collect();
                std::iter::once(fragment(head))
                    .chain(letters.chunks(size.max(1)).map(|piece| {
                        let function = json!({ "arguments": String::from_iter(piece) });
                        fragment(json!({ "index": 0, "function": function }))
                    }))
                    .collect()
            }
            Self::Gemini => {
                let args: Value = serde_json::from_str(arguments).unwrap_or_default();
                let call = json!({ "name": name, "args": args });
                let part = json!({ "functionCall": call, "thoughtSignature": "c2lnbmVk" });
                vec![self.event(&gemini(part, None))]
            }
        }
    }

    /// Why it ended.
    pub(crate) fn finish(self, end: End) -> Bytes {
        self.event(&match (self, end) {
            (Self::OpenAi, End::Said) => openai(json!({}), Some("stop")),
            (Self::OpenAi, End::Called) => openai(json!({}), Some("tool_calls")),
            (Self::OpenAi, End::Refused) => openai(json!({}), Some("content_filter")),
            (Self::Gemini, End::Refused) => {
                json!({ "promptFeedback": { "blockReason": "SAFETY" } })
            }
            (Self::Gemini, _) => gemini(json!({ "text": "" }), Some("STOP")),
        })
    }

    pub(crate) fn usage(self, input: usize, output: usize) -> Bytes {
        let total = input + output;
        self.event(&match self {
            Self::OpenAi => json!({ "choices": [], "usage": {
                "prompt_tokens": input, "completion_tokens": output, "total_tokens": total } }),
            Self::Gemini => json!({ "usageMetadata": {
                "promptTokenCount": input, "candidatesTokenCount": output, "totalTokenCount": total } }),
        })
    }

    /// An error in the middle of an answer.
    pub(crate) fn error(self) -> Bytes {
        self.event(&json!({ "error": { "code": 500, "message": "the mock was told to fail" } }))
    }

    /// What is no JSON.
    pub(crate) fn malformed(self) -> Bytes {
        Bytes::from_static(b"data: {\"choices\": [{\n\n")
    }

    /// What closes the stream.
    pub(crate) fn done(self) -> Option<Bytes> {
        (self == Self::OpenAi).then(|| Bytes::from_static(b"data: [DONE]\n\n"))
    }

    fn event(self, data: &Value) -> Bytes {
        Bytes::from(match self {
            Self::OpenAi => format!("data: {data}\n\n"),
            Self::Gemini => format!("data: {data}\r\n\r\n"),
        })
    }
}

fn openai(delta: Value, finish: Option<&str>) -> Value {
    json!({
        "id": "chatcmpl-mock", "object": "chat.completion.chunk", "created": 0, "model": "mock",
        "choices": [{ "index": 0, "delta": delta, "finish_reason": finish }],
    })
}

fn gemini(part: Value, finish: Option<&str>) -> Value {
    let mut candidate = json!({ "content": { "parts": [part], "role": "model" }, "index": 0 });
    if let Some(reason) = finish {
        candidate["finishReason"] = reason.into();
    }
    json!({ "candidates": [candidate], "modelVersion": "mock" })
}
