//! `POST /api/embed`: vectors of questions, for readers who load no encoder.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use lectern_core::search::LONGEST_QUERY;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::Body;
use crate::auth::{ClientAddress, Identity};
use crate::book::EmbedError;
use crate::chat::sources::check_hash;
use crate::error::{ApiError, ErrorBody};
use crate::providers::tokens;
use crate::state::App;

/// What is to be embedded.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct EmbedRequest {
    /// The text of a question.
    #[schema(max_length = 2000)]
    pub input: String,
    /// Name of the model that the client's book was indexed with, as its manifest has it.
    #[serde(default)]
    pub model: Option<String>,
    /// Hash of the client's book.
    #[serde(default)]
    pub book: Option<String>,
}

/// The vector of a question.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Embedded {
    /// As many values as the vectors of the shelf have.
    pub embedding: Vec<f32>,
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(embed))
}

/// Embeds a question with the full encoder.
#[utoipa::path(
    post,
    path = "/api/embed",
    tag = "book",
    request_body = EmbedRequest,
    responses(
        (status = 200, description = "The vector", body = Embedded),
        (status = 400, description = "The text is empty or too long", body = ErrorBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 409, description = "The book has changed: reload the page", body = ErrorBody),
        (status = 413, description = "The body is too large", body = ErrorBody),
        (status = 415, description = "The body is no JSON", body = ErrorBody),
        (status = 429, description = "A budget is used up", body = ErrorBody),
        (status = 500, description = "The relay failed", body = ErrorBody),
        (status = 501, description = "The relay has no encoder", body = ErrorBody),
    )
)]
async fn embed(
    State(app): State<App>,
    who: Identity,
    ClientAddress(from): ClientAddress,
    Body(request): Body<EmbedRequest>,
) -> Result<Json<Embedded>, ApiError> {
    let text = request.input.trim();
    let error = match text.chars().count() {
        0 => Some(lectern_core::Error::EmptyQuery),
        chars if chars > LONGEST_QUERY => Some(lectern_core::Error::LongQuery {
            chars,
            limit: LONGEST_QUERY,
        }),
        _ => None,
    };
    if let Some(error) = error {
        return Err(super::search::query_error(&error));
    }
    let book = app.library.book();
    check_hash(&book, request.book.as_deref())?;
    let model = &book.manifest().model;
    if request.model.is_some_and(|asked| asked != *model) {
        return Err(ApiError::new(
            StatusCode::CONFLICT,
            "shelf_changed",
            "the book is indexed with another model since the page was loaded; reload the page",
        ));
    }
    // Dropped, it counts as used: what was read are tokens too, though of the relay's own model.
    app.budgets.reserve(&who, from, tokens(text.len())).await?;
    let embedding = app
        .library
        .embedding()
        .question(text.to_owned(), model)
        .await;
    let embedding = embedding.map_err(|error| match error {
        EmbedError::NotSet | EmbedError::OtherModel { .. } => {
            tracing::warn!(%error, "a question could not be embedded");
            ApiError::new(
                StatusCode::NOT_IMPLEMENTED,
                "no_encoder",
                "this relay has no encoder for the book; search with the one that the shelf has",
            )
        }
        error => ApiError::internal(error),
    })?;
    Ok(Json(Embedded { embedding }))
}
