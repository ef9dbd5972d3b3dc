//! `POST /api/personalize`: a page, retold for the reader.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::Body;
use crate::auth::{ClientAddress, Identity};
use crate::chat::ending::Ending;
use crate::chat::prompt::{Prompter, Task};
use crate::chat::request::language;
use crate::chat::{Answering, Job, Sources, stream};
use crate::error::{ApiError, ErrorBody};
use crate::state::App;

/// Which page.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PersonalizeRequest {
    /// Its address below the site's base URL.
    #[schema(example = "docs/walking")]
    pub page: String,
    /// Hash of the book that the client has.
    #[serde(default)]
    pub book: Option<String>,
    /// BCP 47 tag of the language to retell it in; that of the page without it.
    #[serde(default)]
    pub language: Option<String>,
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(personalize))
}

/// Retells a page for the reader's profile, with citations, as a stream like that of `/api/chat`. It is
/// not kept.
#[utoipa::path(
    post,
    path = "/api/personalize",
    tag = "chat",
    request_body = PersonalizeRequest,
    responses(
        (status = 200, description = "The page, as server-sent events", content_type = "text/event-stream", body = String),
        (status = 400, description = "The request makes no sense", body = ErrorBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 404, description = "There is no such page", body = ErrorBody),
        (status = 409, description = "The book has changed, or there is no profile yet", body = ErrorBody),
        (status = 413, description = "The body is too large", body = ErrorBody),
        (status = 415, description = "The body is no JSON", body = ErrorBody),
        (status = 429, description = "A budget is used up", body = ErrorBody),
        (status = 500, description = "The relay failed", body = ErrorBody),
    )
)]
async fn personalize(
    State(app): State<App>,
    who: Identity,
    ClientAddress(from): ClientAddress,
    Body(request): Body<PersonalizeRequest>,
) -> Result<Response, ApiError> {
    let owner = who.owner().ok_or_else(ApiError::not_signed_in)?;
    let language = request.language.map(language).transpose()?;
    let sources = Sources::of_page(app.library.book(), &request.page, request.book.as_deref())?;
    let profile = app.batches.profile_text(owner).await?.ok_or_else(|| {
        ApiError::new(
            http::StatusCode::CONFLICT,
            "no_profile",
            "there is no profile to retell the page for; fill it in with PUT /api/profile",
        )
    })?;
    let prompter = Prompter::new();
    let task = Task::Retell {
        profile,
        language: language.clone(),
    };
    let most = prompter.most_tokens(&task, &sources);
    let reservation = app.budgets.reserve(&who, from, most).await?;
    Ok(stream::response(Answering::new(Job {
        provider: app.provider.clone(),
        sources,
        quote_for: Vec::new(),
        language,
        prompter,
        task,
        ending: Ending::new(&app, reservation, None),
        crowd: app.crowd.clone(),
    })))
}
