//! LLMs behind one trait.

mod answer;
mod breaker;
mod call;
mod chain;
mod endpoint;
mod gemini;
mod openai;
mod sse;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use serde_json::Value;

pub use call::Price;
pub use chain::{Chain, Deadlines, Link, Places};
pub use endpoint::SetupError;
pub use gemini::Gemini;
pub use openai::OpenAi;

/// Bytes that make a token, at least: tokenizers of LLMs have about four in English text. It is what is
/// reserved, and what is charged where a provider does not count: an estimate on the safe side.
const BYTES_PER_TOKEN: u64 = 3;

/// Bytes that the description of a tool adds to a prompt, about.
const TOOL_BYTES: usize = 512;

/// What a provider is asked: all that is needed, and nothing of who asks.
#[derive(Debug, Clone, Default)]
pub struct Prompt {
    /// Instructions.
    pub system: String,
    /// The conversation, the question last.
    pub messages: Vec<Message>,
    /// What the model may call.
    pub tools: Vec<Tool>,
    /// Most tokens of the answer.
    pub max_tokens: u32,
}

/// A message of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// Of the reader.
    User(String),
    /// Of the model.
    Assistant {
        /// What it said.
        text: String,
        /// What it called.
        calls: Vec<ToolCall>,
    },
    /// What a call gave.
    ToolResult {
        /// Id of the call.
        id: String,
        /// Name of the tool.
        name: String,
        /// The result.
        content: String,
    },
}

/// A function that a model may call.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// JSON schema of its arguments.
    pub parameters: Value,
}

/// A call by a model.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolCall {
    /// What its result is matched by. Only the provider knows what is in it, and gets it back as it was.
    pub id: String,
    /// Name of the tool.
    pub name: String,
    /// Its arguments; a string of what the model wrote, where that is no JSON.
    pub arguments: Value,
}

/// A piece of an answer, in the order in which they come.
#[derive(Debug, Clone, PartialEq)]
pub enum Delta {
    /// Text.
    Text(String),
    /// A whole call.
    Call(ToolCall),
    /// The end.
    Finish {
        /// Why.
        reason: Finish,
        /// What it took; estimated where the provider does not tell.
        usage: Usage,
        /// What that costs, in dollars, where the price is known.
        cost: Option<f64>,
    },
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// All is said.
    Stop,
    /// It was to be no longer.
    Length,
    /// Tools were called.
    Tools,
    /// The provider would not say it.
    Refused,
}

/// Tokens that an answer took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Of the prompt.
    pub input: u64,
    /// Of the answer.
    pub output: u64,
}

/// Why a provider did not answer, or not to the end. The text is for the log, never for a client.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProviderError {
    /// It cannot be reached, or broke off.
    #[error("{provider}: {why}")]
    Unavailable {
        /// Its name.
        provider: String,
        /// What happened.
        why: String,
    },
    /// It has too many requests, or we sent too many.
    #[error("{provider}: too many requests")]
    Busy {
        /// Its name.
        provider: String,
        /// When it can be asked again, where it told.
        retry_after: Option<Duration>,
    },
    /// It takes the request for wrong: another try is of no use.
    #[error("{provider}: refused with status {status}: {why}")]
    Refused {
        /// Its name.
        provider: String,
        /// Status of its answer.
        status: u16,
        /// The start of what it said.
        why: String,
    },
    /// A deadline passed.
    #[error("{provider}: {what} took longer than {limit:?}")]
    Late {
        /// Its name.
        provider: String,
        /// What was waited for.
        what: &'static str,
        /// How long.
        limit: Duration,
    },
    /// All providers are out of order; when the first is to be tried again.
    #[error("no provider is available")]
    None {
        /// When one can be asked again.
        retry_after: Option<Duration>,
    },
}

/// Pieces of an answer as they come. Dropping it ends the call.
pub type Deltas = BoxStream<'static, Result<Delta, ProviderError>>;

/// A source of answers.
pub trait Provider: Send + Sync + std::fmt::Debug {
    /// Its name in settings, logs and metrics.
    fn name(&self) -> &str;

    /// The model that answers.
    fn model(&self) -> &str;

    /// Begins an answer. What has been begun ends when the future, or the stream, is dropped.
    fn stream(&self, prompt: Arc<Prompt>) -> BoxFuture<'static, Result<Deltas, ProviderError>>;
}

impl Prompt {
    /// About how many tokens it is.
    pub fn tokens(&self) -> u64 {
        let messages = self.messages.iter().map(|message| match message {
            Message::User(text) => text.len(),
            Message::Assistant { text, calls } => {
                text.len() + calls.iter().map(ToolCall::len).sum::<usize>()
            }
            Message::ToolResult { content, .. } => content.len(),
        });
        tokens(self.system.len() + messages.sum::<usize>() + TOOL_BYTES * self.tools.len())
    }

    /// How many calls there are in the conversation, so that the next has a number of its own.
    fn calls(&self) -> usize {
        let calls = self.messages.iter().map(|message| match message {
            Message::Assistant { calls, .. } => calls.len(),
            _ => 0,
        });
        calls.sum()
    }
}

impl ToolCall {
    fn len(&self) -> usize {
        self.name.len() + self.arguments.to_string().len()
    }
}

/// About how many tokens this many bytes of text are.
pub fn tokens(bytes: usize) -> u64 {
    (bytes as u64).div_ceil(BYTES_PER_TOKEN)
}
