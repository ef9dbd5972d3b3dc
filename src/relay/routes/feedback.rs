//! `POST /api/feedback`: what a reader thinks of an answer.

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::Body;
use crate::auth::Identity;
use crate::error::{ApiError, ErrorBody};
use crate::state::App;

/// Most characters of a note.
const LONGEST_NOTE: usize = 2_000;

/// What a reader thinks of an answer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct FeedbackRequest {
    /// Id of the answer, as its stream began with.
    pub message: String,
    /// Whether it helped.
    pub rating: Rating,
    /// What is to be said beside, at most 2,000 characters.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: String,
}

/// Whether an answer helped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Rating {
    /// It did.
    Up,
    /// It did not.
    Down,
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(feedback))
}

/// Keeps what a reader thinks of an answer of theirs, in place of what they thought before.
#[utoipa::path(
    post,
    path = "/api/feedback",
    tag = "chat",
    request_body = FeedbackRequest,
    responses(
        (status = 204, description = "It is kept"),
        (status = 400, description = "The note is too long, or the rating is none", body = ErrorBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 404, description = "There is no such answer", body = ErrorBody),
        (status = 413, description = "The body is too large", body = ErrorBody),
        (status = 415, description = "The body is no JSON", body = ErrorBody),
        (status = 500, description = "The relay failed", body = ErrorBody),
    )
)]
async fn feedback(
    State(app): State<App>,
    who: Identity,
    Body(request): Body<FeedbackRequest>,
) -> Result<StatusCode, ApiError> {
    let owner = who.owner().ok_or_else(ApiError::not_signed_in)?;
    if request.note.chars().count() > LONGEST_NOTE {
        return Err(ApiError::bad_request(
            "note_long",
            format!("the note has more than {LONGEST_NOTE} characters; shorten it"),
        ));
    }
    let rating = match request.rating {
        Rating::Up => 1,
        Rating::Down => -1,
    };
    let note = request.note.replace('\0', "");
    let kept = app
        .store
        .rate(owner, &request.message, rating, &note)
        .await?;
    kept.then_some(StatusCode::NO_CONTENT)
        .ok_or_else(|| ApiError::not_found("answer"))
}
