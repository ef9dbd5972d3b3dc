//! OpenAI's chat completions, as many servers speak them: Ollama, llama.cpp, vLLM and others.
//!
//! Servers differ in what they leave out, so nothing but the words themselves is relied on: ids, indexes, usage
//! and the reason of the end may be missing.

mod request;

use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt};
use http::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use self::request::Request;
use super::answer::{Answer, Read, deltas};
use super::endpoint::{Endpoint, SetupError};
use super::{Deltas, Finish, Prompt, Provider, ProviderError, ToolCall, Usage};
use crate::fetch::Client;

/// OpenAI's own host.
const OPENAI: &str = "api.openai.com";
/// Most calls of tools in one answer.
const MAX_CALLS: usize = 16;

/// A server with OpenAI's chat completions.
#[derive(Debug, Clone)]
pub struct OpenAi {
    endpoint: Endpoint,
    model: String,
    is_openai: bool,
}

impl OpenAi {
    /// The name in settings, logs and metrics.
    pub const NAME: &'static str = "openai";

    /// The name of the server of one's own that is asked beside it.
    pub const COMPATIBLE: &'static str = "compatible";

    /// A model of the server at `base`, as in `https://api.openai.com/v1`, under one of the names above; local
    /// servers need no key.
    ///
    /// # Errors
    /// The address or the key cannot be used.
    pub fn new(
        name: &'static str,
        client: Client,
        base: &Url,
        key: Option<&SecretString>,
        model: &str,
    ) -> Result<Self, SetupError> {
        let key = key.map(|key| (AUTHORIZATION, format!("Bearer {}", key.expose_secret())));
        let path = (&["chat", "completions"][..], None);
        Ok(Self {
            endpoint: Endpoint::new(name, client, base, path, key)?,
            model: model.to_owned(),
            is_openai: base.host_str() == Some(OPENAI),
        })
    }
}

impl Provider for OpenAi {
    fn name(&self) -> &str {
        self.endpoint.provider()
    }

    fn model(&self) -> &str {
        &self.model
    }

    fn stream(&self, prompt: Arc<Prompt>) -> BoxFuture<'static, Result<Deltas, ProviderError>> {
        let endpoint = self.endpoint.clone();
        let request = serde_json::to_vec(&Request::new(&self.model, &prompt, self.is_openai));
        let (input, before) = (prompt.tokens(), prompt.calls());
        async move {
            // No part of a request has keys that are no text, so this cannot fail.
            let events = endpoint.post(request.unwrap_or_default().into()).await?;
            let calls = Vec::new();
            let provider = endpoint.provider().to_owned();
            Ok(deltas(provider, input, events, Reader { before, calls }))
        }
        .boxed()
    }
}

/// What is read of a `chat.completion.chunk`.
#[derive(Deserialize)]
struct Chunk {
    choices: Option<Vec<Choice>>,
    usage: Option<Tokens>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Option<Part>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Part {
    content: Option<String>,
    refusal: Option<String>,
    tool_calls: Option<Vec<Fragment>>,
}

#[derive(Deserialize)]
struct Fragment {
    index: Option<usize>,
    id: Option<String>,
    function: Option<Function>,
}

#[derive(Deserialize)]
struct Function {
    name: Option<String>,
    arguments: Option<Value>,
}

#[derive(Deserialize)]
struct Tokens {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
}

/// Puts calls together that come in fragments.
struct Reader {
    /// Calls earlier in the conversation.
    before: usize,
    calls: Vec<Partial>,
}

#[derive(Default)]
struct Partial {
    index: usize,
    id: String,
    name: String,
    arguments: String,
}

impl Read for Reader {
    fn read(&mut self, data: &str, answer: &mut Answer) -> Result<(), String> {
        if data.trim() == "[DONE]" {
            self.hand_on(answer);
            answer.finish(Finish::Stop);
            return Ok(());
        }
        let chunk: Chunk =
            serde_json::from_str(data).map_err(|error| format!("an event is no chunk: {error}"))?;
        if let Some(error) = chunk.error {
            let why = error.get("message").and_then(Value::as_str);
            return Err(why.unwrap_or("an error without a message").to_owned());
        }
        for choice in chunk.choices.into_iter().flatten() {
            if let Some(part) = choice.delta {
                answer.text(part.content.unwrap_or_default());
                answer.text(part.refusal.unwrap_or_default());
                for fragment in part.tool_calls.into_iter().flatten() {
                    self.add(fragment)?;
                }
            }
            if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
                self.hand_on(answer);
                answer.finish(finish(&reason));
            }
        }
        if let Some(usage) = chunk.usage
            && let (Some(input), Some(output)) = (usage.prompt_tokens, usage.completion_tokens)
        {
            answer.usage(Usage { input, output });
        }
        Ok(())
    }
}

impl Reader {
    /// A fragment without an index begins a call if it has a new id, and goes on with the last one if not.
    fn add(&mut self, fragment: Fragment) -> Result<(), String> {
        let id = fragment.id.unwrap_or_default();
        let index = fragment.index.unwrap_or_else(|| match self.calls.last() {
            Some(last) if id.is_empty() || id == last.id => last.index,
            _ => self.calls.len(),
        });
        let place = self.calls.iter().position(|call| call.index == index);
        let place = place.unwrap_or_else(|| {
            self.calls.push(Partial {
                index,
                ..Partial::default()
            });
            self.calls.len() - 1
        });
        if self.calls.len() > MAX_CALLS {
            return Err(format!("more than {MAX_CALLS} calls in one answer"));
        }
        let Some(call) = self.calls.get_mut(place) else {
            return Ok(());
        };
        if call.id.is_empty() {
            call.id = id;
        }
        let function = fragment.function;
        let (name, arguments) =
            function.map_or((None, None), |function| (function.name, function.arguments));
        if call.name.is_empty() {
            call.name = name.unwrap_or_default();
        }
        match arguments {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => call.arguments.push_str(&text),
            Some(whole) => call.arguments = whole.to_string(),
        }
        Ok(())
    }

    fn hand_on(&mut self, answer: &mut Answer) {
        for call in self.calls.drain(..) {
            self.before += 1;
            answer.call(ToolCall {
                id: if call.id.is_empty() {
                    format!("call_{}", self.before)
                } else {
                    call.id
                },
                name: call.name,
                arguments: match call.arguments.trim() {
                    "" => json!({}),
                    text => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
                },
            });
        }
    }
}

fn finish(reason: &str) -> Finish {
    match reason {
        "length" => Finish::Length,
        "tool_calls" | "function_call" => Finish::Tools,
        "content_filter" => Finish::Refused,
        _ => Finish::Stop,
    }
}
