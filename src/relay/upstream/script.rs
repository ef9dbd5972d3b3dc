//! How a request is to be answered.

use axum::extract::Query;
use axum::http::Uri;
use serde::{Deserialize, Serialize};

/// What a script within a request begins and ends with.
const MARKS: (&str, &str) = ("[[mock ", "]]");

/// How a request is to be answered. Times are in milliseconds, sizes in bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// Status of the answer; other than 200, it is an error.
    pub status: u16,
    /// What the error is called, as OpenAI's `insufficient_quota`.
    pub code: Option<String>,
    /// Its `Retry-After`.
    pub retry_after: Option<String>,
    /// How many requests get that status before the others succeed; 0 for all of them.
    pub failures: u32,
    /// Time until the headers.
    pub headers_after: u64,
    /// Time from the headers to the first token.
    pub first_after: u64,
    /// Tokens of the answer.
    pub tokens: usize,
    /// Least size of a token, or the size of the pieces of `text`.
    pub size: usize,
    /// Time between tokens.
    pub delay: u64,
    /// The answer; without it, each token says which call and which token it is.
    pub text: Option<String>,
    /// Sends nothing more after this many tokens.
    pub stall_after: Option<usize>,
    /// Breaks the connection after this many tokens.
    pub cut_after: Option<usize>,
    /// Sends something that is no JSON after this many tokens.
    pub malformed_after: Option<usize>,
    /// Sends an error as an event after this many tokens.
    pub error_after: Option<usize>,
    /// Sends one line of this size before the tokens.
    pub line: Option<usize>,
    /// Size of the chunks that the answer is sent in, whatever they split.
    pub split: Option<usize>,
    /// Calls this tool, until a request has its result.
    pub tool: Option<String>,
    /// Arguments of that call, as JSON.
    pub arguments: String,
    /// Will not answer, for reasons of safety.
    pub refuse: bool,
    /// Tells the usage.
    pub usage: bool,
    /// Tells why the answer ended.
    pub finish: bool,
    /// Ends with `[DONE]`, where the protocol has that.
    pub done: bool,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            status: 200,
            code: None,
            retry_after: None,
            failures: 0,
            headers_after: 0,
            first_after: 0,
            tokens: 16,
            size: 6,
            delay: 0,
            text: None,
            stall_after: None,
            cut_after: None,
            malformed_after: None,
            error_after: None,
            line: None,
            split: None,
            tool: None,
            arguments: r#"{"query":"a search"}"#.to_owned(),
            refuse: false,
            usage: true,
            finish: true,
            done: true,
        }
    }
}

impl Script {
    /// The last script that is written in this text, as `[[mock tokens=20 delay=5]]`. Values are
    /// percent-encoded. One that makes no sense is none.
    pub fn within(text: &str) -> Option<Self> {
        let (_, after) = text.rsplit_once(MARKS.0)?;
        let (settings, _) = after.split_once(MARKS.1)?;
        let query = settings.split_whitespace().collect::<Vec<_>>().join("&");
        let uri: Uri = format!("/?{query}").parse().ok()?;
        Query::try_from_uri(&uri).ok().map(|Query(script)| script)
    }

    /// The tokens of call `number`.
    pub(crate) fn words(&self, number: u64) -> Box<dyn Iterator<Item = String> + Send> {
        let size = self.size.max(1);
        match &self.text {
            Some(text) => {
                let letters: Vec<char> = text.chars().collect();
                let pieces: Vec<String> = letters.chunks(size).map(String::from_iter).collect();
                Box::new(pieces.into_iter())
            }
            None => Box::new(
                (0..self.tokens)
                    .map(move |token| format!("{:size$}", format!("w{number}.{token} "))),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_script_within_a_text_counts() {
        let script = Script::within(r#"{"a":"[[mock tokens=3]] [[mock tokens=5 text=a%20b]]"}"#);
        let script = script.unwrap();
        assert_eq!((script.tokens, script.text.as_deref()), (5, Some("a b")));
    }

    #[test]
    fn what_is_no_script_is_none() {
        for text in [
            "",
            "[[mock",
            "[[mock tokens=x]]",
            "[[mock colour=red]]",
            "[[1]]",
        ] {
            assert_eq!(Script::within(text), None, "{text}");
        }
    }

    #[test]
    fn words_are_of_their_call_and_at_least_as_long_as_asked() {
        let script = Script {
            tokens: 2,
            size: 8,
            ..Script::default()
        };
        let words: Vec<String> = script.words(7).collect();
        assert_eq!(words, ["w7.0    ", "w7.1    "]);
    }
}
