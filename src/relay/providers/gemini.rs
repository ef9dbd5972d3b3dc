//! Gemini's own API: `models.streamGenerateContent` of version `v1beta`, as server-sent events.
//!
//! Its calls have no ids that matter, but thinking models sign them (`thoughtSignature`) and want the signature
//! back; it travels in the id that the call is given here.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt};
use http::header::HeaderName;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::answer::{Answer, Read, deltas};
use super::endpoint::{Endpoint, SetupError};
use super::{Deltas, Finish, Message, Prompt, Provider, ProviderError, ToolCall, Usage};
use crate::fetch::Client;

/// The header of the key; the other way, in the URL, would leave it in logs.
const KEY: HeaderName = HeaderName::from_static("x-goog-api-key");
/// What stands between the number and the signature of a call in its id.
const SIGNED: char = '~';

/// Gemini.
#[derive(Debug, Clone)]
pub struct Gemini {
    endpoint: Endpoint,
    model: String,
}

impl Gemini {
    /// The name in settings, logs and metrics.
    pub const NAME: &'static str = "gemini";

    /// A model of the server at `base`, as in `https://generativelanguage.googleapis.com/v1beta`.
    ///
    /// # Errors
    /// The address or the key cannot be used.
    pub fn new(
        client: Client,
        base: &Url,
        key: Option<&SecretString>,
        model: &str,
    ) -> Result<Self, SetupError> {
        let key = key.map(|key| (KEY, key.expose_secret().to_owned()));
        let call = format!("{model}:streamGenerateContent");
        let path = (&["models", &*call][..], Some("alt=sse"));
        Ok(Self {
            endpoint: Endpoint::new(Self::NAME, client, base, path, key)?,
            model: model.to_owned(),
        })
    }
}

impl Provider for Gemini {
    fn name(&self) -> &str {
        self.endpoint.provider()
    }

    fn model(&self) -> &str {
        &self.model
    }

    fn stream(&self, prompt: Arc<Prompt>) -> BoxFuture<'static, Result<Deltas, ProviderError>> {
        let endpoint = self.endpoint.clone();
        let request = Bytes::from(request(&prompt).to_string());
        let (input, calls) = (prompt.tokens(), prompt.calls());
        async move {
            let events = endpoint.post(request).await?;
            let provider = endpoint.provider().to_owned();
            Ok(deltas(provider, input, events, Reader { calls }))
        }
        .boxed()
    }
}

fn request(prompt: &Prompt) -> Value {
    let mut request = json!({ "contents": contents(&prompt.messages) });
    if !prompt.system.is_empty() {
        request["systemInstruction"] = json!({ "parts": [{ "text": prompt.system }] });
    }
    if prompt.max_tokens > 0 {
        request["generationConfig"] = json!({ "maxOutputTokens": prompt.max_tokens });
    }
    if !prompt.tools.is_empty() {
        let tools = prompt.tools.iter().map(|tool| {
            json!({
                "name": tool.name,
                "description": tool.description,
                "parametersJsonSchema": tool.parameters,
            })
        });
        request["tools"] = json!([{ "functionDeclarations": tools.collect::<Vec<_>>() }]);
    }
    request
}

/// Messages of one side that follow each other are one content: Gemini wants all results of a turn together.
fn contents(messages: &[Message]) -> Value {
    let sides = messages.chunk_by(|one, next| role(one) == role(next));
    sides
        .filter_map(|messages| {
            let role = role(messages.first()?);
            let parts: Vec<Value> = messages.iter().flat_map(parts).collect();
            Some(json!({ "role": role, "parts": parts }))
        })
        .collect()
}

fn role(message: &Message) -> &'static str {
    match message {
        Message::User(_) | Message::ToolResult { .. } => "user",
        Message::Assistant { .. } => "model",
    }
}

fn parts(message: &Message) -> Vec<Value> {
    match message {
        Message::User(text) => vec![json!({ "text": text })],
        Message::ToolResult { name, content, .. } => {
            let response = json!({ "result": content });
            vec![json!({ "functionResponse": { "name": name, "response": response } })]
        }
        Message::Assistant { text, calls } => {
            let text = (!text.is_empty()).then(|| json!({ "text": text }));
            let calls = calls.iter().map(|call| {
                // What is no object is what the model wrote instead of one, and Gemini takes objects alone.
                let arguments = match &call.arguments {
                    object @ Value::Object(_) => object.clone(),
                    _ => json!({}),
                };
                let mut part = json!({ "functionCall": { "name": call.name, "args": arguments } });
                if let Some((_, signature)) = call.id.split_once(SIGNED) {
                    part["thoughtSignature"] = signature.into();
                }
                part
            });
            text.into_iter().chain(calls).collect()
        }
    }
}

/// What is read of a `GenerateContentResponse`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chunk {
    candidates: Option<Vec<Candidate>>,
    prompt_feedback: Option<Feedback>,
    usage_metadata: Option<Metadata>,
    error: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    content: Option<Content>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    parts: Option<Vec<Part>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    text: Option<String>,
    thought: Option<bool>,
    function_call: Option<Call>,
    thought_signature: Option<String>,
}

#[derive(Deserialize)]
struct Call {
    name: String,
    args: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    block_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    prompt_token_count: Option<u64>,
    candidates_token_count: Option<u64>,
    thoughts_token_count: Option<u64>,
}

struct Reader {
    /// Calls so far, with those earlier in the conversation.
    calls: usize,
}

impl Read for Reader {
    fn read(&mut self, data: &str, answer: &mut Answer) -> Result<(), String> {
        let chunk: Chunk =
            serde_json::from_str(data).map_err(|error| format!("an event is no chunk: {error}"))?;
        if let Some(error) = chunk.error {
            let why = error.get("message").and_then(Value::as_str);
            return Err(why.unwrap_or("an error without a message").to_owned());
        }
        if let Some(usage) = chunk.usage_metadata
            && let Some(input) = usage.prompt_token_count
        {
            let said = usage.candidates_token_count.unwrap_or_default();
            let thought = usage.thoughts_token_count.unwrap_or_default();
            answer.usage(Usage {
                input,
                output: said + thought,
            });
        }
        if chunk
            .prompt_feedback
            .is_some_and(|feedback| feedback.block_reason.is_some())
        {
            answer.finish(Finish::Refused);
        }
        for candidate in chunk.candidates.into_iter().flatten() {
            let parts = candidate.content.and_then(|content| content.parts);
            for part in parts.into_iter().flatten() {
                self.part(part, answer);
            }
            if let Some(reason) = candidate.finish_reason {
                answer.finish(finish(&reason));
            }
        }
        Ok(())
    }
}

impl Reader {
    fn part(&mut self, part: Part, answer: &mut Answer) {
        if part.thought == Some(true) {
            return;
        }
        answer.text(part.text.unwrap_or_default());
        if let Some(call) = part.function_call {
            self.calls += 1;
            let signature = part.thought_signature.map(|text| format!("{SIGNED}{text}"));
            answer.call(ToolCall {
                id: format!("call_{}{}", self.calls, signature.unwrap_or_default()),
                name: call.name,
                arguments: call.args.unwrap_or_else(|| json!({})),
            });
        }
    }
}

/// Reasons as `Candidate.FinishReason` lists them. All but two are refusals: nothing else can be said, and as
/// readers can bring them about, they must not count as failures.
fn finish(reason: &str) -> Finish {
    match reason {
        "STOP" => Finish::Stop,
        "MAX_TOKENS" => Finish::Length,
        _ => Finish::Refused,
    }
}
