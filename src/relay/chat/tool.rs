//! What a model may call: `search_book`.

use serde_json::{Value, json};

use crate::providers::Tool;

/// Its name.
pub const SEARCH: &str = "search_book";

/// Rounds of calls that one answer has at most; after them the model has to answer.
pub const MOST_STEPS: usize = 3;

/// Calls of one round that are answered; what is called beyond gets nothing.
pub const MOST_CALLS: usize = 3;

/// The tool as a model is told of it.
pub fn search_book() -> Tool {
    Tool {
        name: SEARCH,
        description: "Searches the book and returns more numbered passages. Call it when the passages so far do not \
                      answer the question, with a few words that such a passage would have.",
        parameters: json!({
            "type": "object",
            "properties": {"query": {"type": "string", "description": "What to look for, in the language of the book"}},
            "required": ["query"],
            "additionalProperties": false,
        }),
    }
}

/// The query of a call, if it is one of [`SEARCH`] that makes sense.
pub fn query(name: &str, arguments: &Value) -> Option<String> {
    let query = arguments.get("query")?.as_str()?.trim();
    (name == SEARCH && !query.is_empty()).then(|| super::request::clip(query, 300).into_owned())
}
