//! All that is kept of a reader: to take away, or to be gone.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, SET_COOKIE};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::{ClientAddress, CurrentSession, Reader};
use crate::error::{ApiError, ErrorBody};
use crate::state::App;
use crate::store::User;

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(delete))
        .routes(routes!(export))
}

/// What shows that it is really them.
#[derive(Default, Deserialize, ToSchema)]
struct Confirmation {
    /// The password; not needed within a day of signing in.
    #[schema(format = Password)]
    password: Option<String>,
}

/// That it is done.
#[derive(Serialize, ToSchema)]
struct Deleted {
    /// Always true.
    success: bool,
}

/// Delete the account and all that is kept of it
///
/// A user of this relay shows their password, or has signed in less than a day ago. Of a user of another issuer, the
/// token is enough, and only what this relay keeps is deleted.
#[utoipa::path(delete, path = "/api/account", tag = "readers", request_body = Option<Confirmation>, responses(
    (status = 200, description = "It is gone, and the sessions with it", body = Deleted),
    (status = 400, description = "`bad_request`: not JSON", body = ErrorBody),
    (status = 401, description = "`not_signed_in`", body = ErrorBody),
    (status = 403, description = "`session_not_fresh`, `wrong_password`, `invalid_origin`, `missing_or_null_origin`", body = ErrorBody),
    (status = 413, description = "`too_large`", body = ErrorBody),
    (status = 415, description = "`unsupported_media_type`", body = ErrorBody),
    (status = 422, description = "`invalid`", body = ErrorBody),
    (status = 429, description = "`too_many_requests`: the password was wrong too often", body = ErrorBody),
    (status = 500, description = "`internal`", body = ErrorBody),
    (status = 503, description = "`busy`, `issuer_unavailable`", body = ErrorBody),
), security(("bearer" = []), ("cookie" = [])))]
async fn delete(
    State(app): State<App>,
    reader: Reader,
    CurrentSession(session): CurrentSession,
    ClientAddress(ip): ClientAddress,
    confirmation: Option<Json<Confirmation>>,
) -> Result<Response, ApiError> {
    let Json(confirmation) = confirmation.unwrap_or_default();
    let is_ours = app.store.credential_by_id(&reader.owner).await?.is_some();
    let is_fresh = session.is_some_and(|session| session.is_fresh());
    if let Some(password) = confirmation.password.filter(|_| is_ours) {
        if !app.accounts.confirm(&reader.owner, &password, ip).await? {
            return Err(forbidden(
                "wrong_password",
                "the password is wrong; type it again",
            ));
        }
    } else if is_ours && !is_fresh {
        let message = "send the password, or sign in again: the sign-in was more than a day ago";
        return Err(forbidden("session_not_fresh", message));
    }
    app.store.delete_owner(&reader.owner).await?;
    let mut headers = HeaderMap::new();
    headers.extend(
        app.accounts
            .cookies
            .clear()
            .map(|cookie| (SET_COOKIE, cookie)),
    );
    Ok((headers, Json(Deleted { success: true })).into_response())
}

/// All that is kept of a reader. Times without a date's form are milliseconds since 1970.
#[derive(Serialize, ToSchema)]
struct Export {
    /// The user; none where they are of another issuer.
    user: Option<User>,
    /// The profile.
    profile: crate::store::Profile,
    /// Sessions, without their tokens.
    sessions: Vec<Value>,
    /// Conversations.
    conversations: Vec<Value>,
    /// The messages of the conversations, in their order.
    messages: Vec<Value>,
    /// Feedback.
    feedback: Vec<Value>,
}

/// All that is kept of the reader, as one JSON file
#[utoipa::path(get, path = "/api/account/export", tag = "readers", responses(
    (status = 200, description = "Everything but hashes of passwords and tokens", body = Export),
    (status = 401, description = "`not_signed_in`", body = ErrorBody),
    (status = 500, description = "`internal`", body = ErrorBody),
    (status = 503, description = "`issuer_unavailable`: the keys of the token's issuer cannot be had", body = ErrorBody),
), security(("bearer" = []), ("cookie" = [])))]
async fn export(State(app): State<App>, reader: Reader) -> Result<Response, ApiError> {
    let all = app.store.export(&reader.owner).await?;
    let headers = [
        (CACHE_CONTROL, "no-store"),
        (
            CONTENT_DISPOSITION,
            r#"attachment; filename="account.json""#,
        ),
    ];
    Ok((headers, Json(all)).into_response())
}

fn forbidden(code: &'static str, message: &str) -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, code, message)
}

#[cfg(test)]
mod tests;
