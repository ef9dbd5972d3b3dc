//! `POST /api/chat`: a question, answered from the book.

use std::net::IpAddr;

use axum::extract::State;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::Body;
use crate::auth::{ClientAddress, Identity};
use crate::chat::ending::Ending;
use crate::chat::prompt::{Prompter, Task};
use crate::chat::request::{MOST_TURNS, Turn, clip, last};
use crate::chat::{Answering, ChatRequest, Job, Question, Sources, stream};
use crate::error::{ApiError, ErrorBody};
use crate::limits::Reservation;
use crate::state::App;
use crate::store::batches::Asking;
use crate::store::conversations::{Ask, Message};

/// Characters of a conversation's title.
const LONGEST_TITLE: usize = 80;

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(chat))
}

/// Answers a question from the book, with citations, as a stream.
///
/// The answer is a UI message stream of the Vercel AI SDK (version 1): source parts first, whose
/// `providerMetadata.lectern.number` is what `[n]` in the text cites, then text, then `finish`.
#[utoipa::path(
    post,
    path = "/api/chat",
    tag = "chat",
    request_body = ChatRequest,
    responses(
        (status = 200, description = "The answer, as server-sent events", content_type = "text/event-stream", body = String),
        (status = 400, description = "There is no question, or something is too long", body = ErrorBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 404, description = "No such passage, page or conversation", body = ErrorBody),
        (status = 409, description = "The book has changed: reload the page", body = ErrorBody),
        (status = 413, description = "The body is too large", body = ErrorBody),
        (status = 415, description = "The body is no JSON", body = ErrorBody),
        (status = 429, description = "A budget is used up", body = ErrorBody),
        (status = 500, description = "The relay failed", body = ErrorBody),
    )
)]
async fn chat(
    State(app): State<App>,
    who: Identity,
    ClientAddress(from): ClientAddress,
    Body(request): Body<ChatRequest>,
) -> Result<Response, ApiError> {
    let mut question = Question::parse(request)?;
    question.turns = turns(&app, &who, &question).await?;
    if app.config.server.log_questions {
        tracing::info!(question = question.text, "asked");
    }
    let prompter = Prompter::new();
    let ((sources, mut reservation), profile) = tokio::try_join!(
        reserve(&app, &who, from, &prompter, &question),
        profile(&app, &who),
    )?;
    if let Some(profile) = &profile {
        reservation.extend(Prompter::profile_tokens(profile));
    }
    let task = Task::Answer {
        question: question.clone(),
        profile,
    };
    // While it is kept, a provider is asked; nobody is told of either before.
    let asking = keep(&app, &who, &question);
    let quote_for = match app.config.providers.extractive() {
        true => question.queries(),
        false => Vec::new(),
    };
    Ok(stream::response(Answering::new(Job {
        provider: app.provider.clone(),
        sources,
        quote_for,
        language: question.language,
        prompter,
        task,
        ending: Ending::new(&app, reservation, asking),
        crowd: app.crowd.clone(),
    })))
}

/// The passages for a question, and what they and it can use of the budgets; a profile comes to that.
async fn reserve(
    app: &App,
    who: &Identity,
    from: IpAddr,
    prompter: &Prompter,
    question: &Question,
) -> Result<(Sources, Reservation), ApiError> {
    let sources = Sources::of(app.library.book(), question).await?;
    let task = Task::Answer {
        question: question.clone(),
        profile: None,
    };
    let most = prompter.most_tokens(&task, &sources);
    let reservation = app.budgets.reserve(who, from, most).await?;
    Ok((sources, reservation))
}

/// What was said before: as the relay has kept it, or else as the client tells it.
async fn turns(app: &App, who: &Identity, question: &Question) -> Result<Vec<Turn>, ApiError> {
    let Some(id) = &question.conversation else {
        return Ok(question.turns.clone());
    };
    let owner = who
        .owner()
        .ok_or_else(|| ApiError::not_found("conversation"))?;
    let conversation = app.store.conversation(owner, id).await?;
    conversation.ok_or_else(|| ApiError::not_found("conversation"))?;
    let kept = app
        .store
        .last_messages(owner, id, MOST_TURNS as i64)
        .await?;
    Ok(last(kept.iter().map(turn).collect()))
}

fn turn(message: &Message) -> Turn {
    let parts: Vec<serde_json::Value> = serde_json::from_str(&message.parts).unwrap_or_default();
    let texts = parts.iter().filter(|part| part["type"] == "text");
    let texts: Vec<&str> = texts.filter_map(|part| part["text"].as_str()).collect();
    Turn {
        by_reader: message.role == "user",
        text: texts.join("\n"),
    }
}

/// What who has signed in says of themselves.
async fn profile(app: &App, who: &Identity) -> Result<Option<String>, ApiError> {
    match who.owner() {
        Some(owner) => Ok(app.batches.profile_text(owner).await?),
        None => Ok(None),
    }
}

/// Keeps the question of who has signed in.
fn keep(app: &App, who: &Identity, question: &Question) -> Option<Asking> {
    let owner = who.owner()?;
    let parts = serde_json::json!([{"type": "text", "text": question.text}]).to_string();
    let title = clip(&question.text, LONGEST_TITLE).replace('\n', " ");
    let conversation = question.conversation.as_deref();
    let ask = Ask::new(owner, conversation, &title, &parts);
    Some(app.batches.ask(ask))
}
