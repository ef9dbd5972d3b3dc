//! From a script to an answer.

use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde_json::json;

use crate::counts::Call;
use crate::script::Script;
use crate::wire::{Dialect, End};

/// Milliseconds in which what was said gets out before the connection breaks and takes with it what did not.
const FLUSH: u64 = 20;

/// What an answer does next.
enum Step {
    Send(Bytes),
    Wait(u64),
    Stall,
    Cut,
}

type Steps = Box<dyn Iterator<Item = Step> + Send>;

/// The error that the script asks for.
pub(crate) fn failure(script: &Script, mut call: Call) -> Response {
    call.finish();
    let status = StatusCode::from_u16(script.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let code = script
        .code
        .clone()
        .map_or_else(|| json!(script.status), |code| json!(code));
    let body = json!({ "error": { "code": code, "message": "the mock was told to fail" } });
    let mut response = (status, Json(body)).into_response();
    let after = script.retry_after.as_deref().map(str::parse);
    if let Some(Ok(after)) = after {
        response.headers_mut().insert(header::RETRY_AFTER, after);
    }
    response
}

/// The stream that the script asks for.
pub(crate) fn stream(script: Script, dialect: Dialect, request: &[u8], call: Call) -> Response {
    let steps = steps(script, dialect, request, call.number);
    let body = stream::unfold((steps, call), |(mut steps, mut call)| async move {
        loop {
            match steps.next() {
                Some(Step::Send(bytes)) => return Some((Ok(bytes), (steps, call))),
                Some(Step::Wait(milliseconds)) => pause(milliseconds).await,
                Some(Step::Stall) => std::future::pending().await,
                Some(Step::Cut) => {
                    pause(FLUSH).await;
                    call.finish();
                    let error = std::io::Error::other("the mock was told to break off");
                    return Some((Err(error), (steps, call)));
                }
                None => {
                    call.finish();
                    return None;
                }
            }
        }
    });
    let headers = [(header::CONTENT_TYPE, "text/event-stream")];
    (headers, Body::from_stream(body)).into_response()
}

/// Waits for this many milliseconds; for none, not at all.
pub(crate) async fn pause(milliseconds: u64) {
    if milliseconds > 0 {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
}

fn steps(script: Script, dialect: Dialect, request: &[u8], number: u64) -> Steps {
    let input = request.len() / 4;
    let tool = script.tool.clone().filter(|_| !has_result(request));
    let end = match (&tool, script.refuse) {
        (_, true) => End::Refused,
        (Some(_), _) => End::Called,
        (None, _) => End::Said,
    };
    let said: Steps = match (end, tool) {
        (End::Called, Some(name)) => Box::new(
            dialect
                .call(&name, &script.arguments, script.size)
                .into_iter()
                .map(Step::Send),
        ),
        (End::Refused, _) => Box::new(std::iter::empty()),
        _ => tokens(&script, dialect, number),
    };
    let line = script
        .line
        .map(|size| Step::Send(Bytes::from("d".repeat(size))));
    let finish = script.finish.then(|| dialect.finish(end));
    let usage = (script.usage && wants_usage(dialect, request))
        .then(|| dialect.usage(input, script.tokens));
    let done = script.done.then(|| dialect.done()).flatten();
    let closing = [finish, usage, done].into_iter().flatten().map(Step::Send);
    let all = dialect
        .opening()
        .map(Step::Send)
        .into_iter()
        .chain([Step::Wait(script.first_after)])
        .chain(line)
        .chain(said)
        .chain(closing);
    match script.split {
        Some(size) => Box::new(all.flat_map(move |step| split(step, size.max(1)))),
        None => Box::new(all),
    }
}

fn tokens(script: &Script, dialect: Dialect, number: u64) -> Steps {
    let Script {
        stall_after,
        cut_after,
        malformed_after,
        error_after,
        delay,
        ..
    } = *script;
    let at = move |token: usize| {
        let said = Some(token);
        [
            (stall_after == said).then_some(Step::Stall),
            (cut_after == said).then_some(Step::Cut),
            (malformed_after == said).then(|| Step::Send(dialect.malformed())),
            (error_after == said).then(|| Step::Send(dialect.error())),
        ]
        .into_iter()
        .flatten()
    };
    let words = script.words(number).enumerate();
    Box::new(words.flat_map(move |(token, word)| {
        let wait = Step::Wait(if token == 0 { 0 } else { delay });
        at(token).chain([wait, Step::Send(dialect.token(&word))])
    }))
}

fn split(step: Step, size: usize) -> Vec<Step> {
    match step {
        Step::Send(bytes) => bytes
            .chunks(size)
            .map(|piece| Step::Send(Bytes::copy_from_slice(piece)))
            .collect(),
        other => vec![other],
    }
}

/// Whether the request has the result of a tool.
fn has_result(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    text.contains(r#""role":"tool""#) || text.contains(r#""functionResponse""#)
}

/// OpenAI tells the usage to who asks for it, Gemini always.
fn wants_usage(dialect: Dialect, request: &[u8]) -> bool {
    dialect == Dialect::Gemini
        || String::from_utf8_lossy(request).contains(r#""include_usage":true"#)
}
