//! `POST /api/search`: hits, as a browser finds them.

use axum::Json;
use axum::extract::State;
use lectern_core::Error;
use lectern_core::search::{DEFAULT_LIMIT, LONGEST_QUERY, Mode, Options, Response};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::Body;
use crate::auth::{ClientAddress, Identity};
use crate::error::{ApiError, ErrorBody};
use crate::state::App;

/// Most hits.
const MOST_HITS: usize = 100;

/// Most places to search in.
const MOST_PLACES: usize = 64;

/// What is looked for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SearchRequest {
    /// The query, with the operators that search has.
    #[schema(example = "ankle motor", max_length = 2000)]
    pub query: String,
    /// Most hits: 20 where nothing is said, at most 100.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100)]
    pub limit: Option<usize>,
    /// What decides: `words`, `meaning`, or both.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "auto")]
    pub mode: Mode,
    /// Whether hits say how their score came about.
    #[serde(default)]
    pub explain: bool,
    /// Search in these folders and pages alone, by their addresses below the site's base URL: `docs/ros2`
    /// holds the page of that name and all below, `docs/ros2#` the page alone.
    #[serde(default)]
    #[schema(example = json!(["docs/ros2"]), max_items = 64)]
    pub within: Vec<String>,
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(search))
}

/// Searches the book, with the results that a browser has: highlights are counted in UTF-16 units.
#[utoipa::path(
    post,
    path = "/api/search",
    tag = "book",
    request_body = SearchRequest,
    responses(
        (status = 200, description = "The hits by page", body = serde_json::Value),
        (status = 400, description = "The query is empty or too long", body = ErrorBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 413, description = "The body is too large", body = ErrorBody),
        (status = 415, description = "The body is no JSON", body = ErrorBody),
        (status = 429, description = "A budget is used up", body = ErrorBody),
        (status = 500, description = "The relay failed", body = ErrorBody),
    )
)]
async fn search(
    State(app): State<App>,
    who: Identity,
    ClientAddress(from): ClientAddress,
    Body(request): Body<SearchRequest>,
) -> Result<Json<Response>, ApiError> {
    if request.within.len() > MOST_PLACES {
        let message = format!(
            "`within` names more than {MOST_PLACES} places; name the folders that hold them"
        );
        return Err(ApiError::bad_request("within_long", message));
    }
    let options = Options {
        limit: request.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MOST_HITS),
        mode: request.mode,
        explain: request.explain,
        within: request.within,
    };
    app.budgets.reserve(&who, from, 0).await?;
    let found = app.library.book().search(request.query, options).await;
    let response = found.map_err(|error| query_error(&error))?;
    Ok(Json(response.into_utf16()))
}

/// An error of a query as a client gets it.
pub(super) fn query_error(error: &Error) -> ApiError {
    match error {
        Error::EmptyQuery => ApiError::bad_request(
            "query_empty",
            "the query is empty; send a word or a question",
        ),
        Error::LongQuery { .. } => ApiError::bad_request(
            "query_long",
            format!(
                "the query has more than {LONGEST_QUERY} characters; shorten it to the question itself"
            ),
        ),
        Error::NoMeaning | Error::NoEncoder => ApiError::bad_request(
            "no_meaning",
            "the book was indexed for search by words alone; ask for the mode `words` or `auto`",
        ),
        error => ApiError::internal(error),
    }
}
