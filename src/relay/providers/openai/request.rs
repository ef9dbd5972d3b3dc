//! The body of a request, borrowed from the prompt: prompts are the largest texts that there are, thousands at a time.

use serde::Serialize;
use serde_json::Value;

use crate::providers::{Message, Prompt, Tool, ToolCall};

/// Most letters that OpenAI takes in the id of a call; another provider's may be longer.
const MAX_ID: usize = 40;

/// A request for a chat completion.
#[derive(Serialize)]
pub(super) struct Request<'a> {
    model: &'a str,
    messages: Vec<Said<'a>>,
    stream: bool,
    stream_options: StreamOptions,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Offered<'a>>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
#[serde(tag = "role", rename_all = "lowercase")]
enum Said<'a> {
    System {
        content: &'a str,
    },
    User {
        content: &'a str,
    },
    Assistant {
        content: &'a str,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        tool_calls: Vec<Called<'a>>,
    },
    Tool {
        tool_call_id: String,
        content: &'a str,
    },
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Offered<'a> {
    Function { function: Described<'a> },
}

#[derive(Serialize)]
struct Described<'a> {
    name: &'a str,
    description: &'a str,
    parameters: &'a Value,
}

#[derive(Serialize)]
struct Called<'a> {
    id: String,
    r#type: &'static str,
    function: Arguments<'a>,
}

#[derive(Serialize)]
struct Arguments<'a> {
    name: &'a str,
    arguments: String,
}

impl<'a> Request<'a> {
    /// What asks a model to go on from a prompt. OpenAI's own newer models take no `max_tokens`, where others know no
    /// `max_completion_tokens`.
    pub(super) fn new(model: &'a str, prompt: &'a Prompt, is_openai: bool) -> Self {
        let system = (!prompt.system.is_empty()).then_some(&*prompt.system);
        let system = system.map(|content| Said::System { content });
        let limit = (prompt.max_tokens > 0).then_some(prompt.max_tokens);
        Self {
            model,
            messages: system
                .into_iter()
                .chain(prompt.messages.iter().map(said))
                .collect(),
            stream: true,
            stream_options: StreamOptions {
                include_usage: true,
            },
            max_completion_tokens: limit.filter(|_| is_openai),
            max_tokens: limit.filter(|_| !is_openai),
            tools: prompt.tools.iter().map(offered).collect(),
        }
    }
}

fn said(message: &Message) -> Said<'_> {
    match message {
        Message::User(content) => Said::User { content },
        Message::Assistant { text, calls } => Said::Assistant {
            content: text,
            tool_calls: calls.iter().map(called).collect(),
        },
        Message::ToolResult { id, content, .. } => Said::Tool {
            tool_call_id: shortened(id),
            content,
        },
    }
}

fn called(call: &ToolCall) -> Called<'_> {
    let arguments = match &call.arguments {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Called {
        id: shortened(&call.id),
        r#type: "function",
        function: Arguments {
            name: &call.name,
            arguments,
        },
    }
}

fn offered(tool: &Tool) -> Offered<'_> {
    Offered::Function {
        function: Described {
            name: tool.name,
            description: tool.description,
            parameters: &tool.parameters,
        },
    }
}

fn shortened(id: &str) -> String {
    id.chars().take(MAX_ID).collect()
}
