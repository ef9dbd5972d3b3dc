//! `/api/conversations`: what a reader asked and was answered.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use chrono::{DateTime, Utc};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::Identity;
use crate::error::{ApiError, ErrorBody};
use crate::state::App;
use crate::store::conversations::{Conversation, Message};

/// Most conversations, or messages, of one answer.
const MOST: u32 = 100;

/// As many where nothing is said.
const USUAL: u32 = 30;

/// Which part of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Part {
    /// How many: 30 where nothing is said, at most 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the part before ended: its `next`.
    behind: Option<String>,
}

/// Conversations, the latest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Conversations {
    /// The conversations.
    pub conversations: Vec<Summary>,
    /// What `behind` is to be for those after them; nothing where there are none.
    pub next: Option<String>,
}

/// A conversation without its messages.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Its id.
    pub id: String,
    /// The beginning of its first question.
    pub title: String,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last asked in.
    pub updated_at: DateTime<Utc>,
}

/// A conversation with messages, in their order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Whole {
    /// What the list says of it.
    #[serde(flatten)]
    pub summary: Summary,
    /// Its messages, as the AI SDK has them (`UIMessage`).
    pub messages: Vec<Kept>,
    /// What `behind` is to be for those after them; nothing where there are none.
    pub next: Option<String>,
}

/// A message.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Kept {
    /// Its id.
    pub id: String,
    /// `user` or `assistant`.
    pub role: String,
    /// Its parts.
    #[schema(value_type = Vec<serde_json::Value>)]
    pub parts: serde_json::Value,
    /// What is our own of it.
    pub metadata: KeptMetadata,
}

/// What is our own of a message.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeptMetadata {
    /// `complete`, or `cut` of an answer that broke off.
    pub status: String,
    /// When it was said.
    pub created_at: DateTime<Utc>,
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show, delete))
}

/// The reader's conversations, the latest first.
#[utoipa::path(
    get,
    path = "/api/conversations",
    tag = "conversations",
    params(Part),
    responses(
        (status = 200, description = "The conversations", body = Conversations),
        (status = 400, description = "A parameter makes no sense", body = ErrorBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 500, description = "The relay failed", body = ErrorBody),
    )
)]
async fn list(
    State(app): State<App>,
    who: Identity,
    part: Result<Query<Part>, QueryRejection>,
) -> Result<Json<Conversations>, ApiError> {
    let owner = who.owner().ok_or_else(ApiError::not_signed_in)?;
    let part = checked(part)?;
    let behind = part.behind.as_deref().map(cursor).transpose()?;
    let limit = part.limit();
    let found = app.store.conversations(owner, behind, limit + 1).await?;
    let (found, more) = cut(found, limit);
    let last = found.last().filter(|_| more);
    Ok(Json(Conversations {
        next: last.map(|own| format!("{}.{}", own.updated_at, own.id)),
        conversations: found.into_iter().map(Summary::from).collect(),
    }))
}

/// A conversation of the reader, with its messages.
#[utoipa::path(
    get,
    path = "/api/conversations/{id}",
    tag = "conversations",
    params(("id" = String, Path, description = "Its id"), Part),
    responses(
        (status = 200, description = "The conversation", body = Whole),
        (status = 400, description = "A parameter makes no sense", body = ErrorBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 404, description = "There is no such conversation", body = ErrorBody),
        (status = 500, description = "The relay failed", body = ErrorBody),
    )
)]
async fn show(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    part: Result<Query<Part>, QueryRejection>,
) -> Result<Json<Whole>, ApiError> {
    let owner = who.owner().ok_or_else(ApiError::not_signed_in)?;
    let part = checked(part)?;
    let behind = part
        .behind
        .as_deref()
        .map(|text| text.parse().map_err(|_| bad_cursor()));
    let behind = behind.transpose()?.unwrap_or(-1);
    let conversation = app.store.conversation(owner, &id).await?;
    let conversation = conversation.ok_or_else(|| ApiError::not_found("conversation"))?;
    let limit = part.limit();
    let found = app.store.messages(owner, &id, behind, limit + 1).await?;
    let (found, more) = cut(found, limit);
    let last = found.last().filter(|_| more);
    Ok(Json(Whole {
        summary: conversation.into(),
        next: last.map(|own| own.place.to_string()),
        messages: found.into_iter().map(Kept::from).collect(),
    }))
}

/// Deletes a conversation of the reader, with its messages.
#[utoipa::path(
    delete,
    path = "/api/conversations/{id}",
    tag = "conversations",
    params(("id" = String, Path, description = "Its id")),
    responses(
        (status = 204, description = "It is deleted"),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 404, description = "There is no such conversation", body = ErrorBody),
        (status = 500, description = "The relay failed", body = ErrorBody),
    )
)]
async fn delete(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let owner = who.owner().ok_or_else(ApiError::not_signed_in)?;
    let deleted = app.store.delete_conversation(owner, &id).await?;
    deleted
        .then_some(StatusCode::NO_CONTENT)
        .ok_or_else(|| ApiError::not_found("conversation"))
}

impl Part {
    fn limit(&self) -> i64 {
        self.limit.unwrap_or(USUAL).clamp(1, MOST).into()
    }
}

fn checked(part: Result<Query<Part>, QueryRejection>) -> Result<Part, ApiError> {
    let Query(part) =
        part.map_err(|error| ApiError::bad_request("bad_query", error.body_text()))?;
    Ok(part)
}

fn cursor(text: &str) -> Result<(i64, &str), ApiError> {
    let (time, id) = text.split_once('.').ok_or_else(bad_cursor)?;
    Ok((time.parse().map_err(|_| bad_cursor())?, id))
}

fn bad_cursor() -> ApiError {
    ApiError::bad_request(
        "bad_cursor",
        "`behind` is to be what `next` was in the answer before",
    )
}

/// The first of a list that was asked for with one more than wanted, and whether there is more.
fn cut<T>(mut found: Vec<T>, limit: i64) -> (Vec<T>, bool) {
    let limit = limit as usize;
    let more = found.len() > limit;
    found.truncate(limit);
    (found, more)
}

fn date(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(milliseconds).unwrap_or_default()
}

impl From<Conversation> for Summary {
    fn from(own: Conversation) -> Self {
        Self {
            id: own.id,
            title: own.title,
            created_at: date(own.created_at),
            updated_at: date(own.updated_at),
        }
    }
}

impl From<Message> for Kept {
    fn from(own: Message) -> Self {
        Self {
            id: own.id,
            role: own.role,
            parts: serde_json::from_str(&own.parts).unwrap_or_default(),
            metadata: KeptMetadata {
                status: own.status,
                created_at: date(own.created_at),
            },
        }
    }
}
