//! Errors of the routes that are Better Auth's: `{message, code}`, the code in upper case.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use crate::error::ApiError;

/// Where Better Auth's clients look for how long to wait.
const RETRY_AFTER: HeaderName = HeaderName::from_static("x-retry-after");

/// The body of an error.
#[derive(Debug, Serialize, ToSchema)]
pub struct FlatError {
    /// What people read.
    pub message: String,
    /// What programs tell errors apart by.
    #[schema(example = "INVALID_EMAIL_OR_PASSWORD")]
    pub code: String,
}

/// Whether errors of this path have this form.
pub fn covers(path: &str) -> bool {
    path.starts_with("/api/auth/")
}

/// Gives an error the form that Better Auth's clients read.
pub fn flat(mut response: Response) -> Response {
    let Some(error) = response.extensions_mut().remove::<ApiError>() else {
        return response;
    };
    let (message, code) = match error.code {
        "not_signed_in" => ("Unauthorized".to_owned(), "UNAUTHORIZED".to_owned()),
        "internal" => (error.message, "INTERNAL_SERVER_ERROR".to_owned()),
        code => (error.message, code.to_ascii_uppercase()),
    };
    let body = Json(FlatError { message, code });
    let mut flat = (response.status(), body).into_response();
    let mut others = std::mem::take(response.headers_mut());
    others.remove(CONTENT_TYPE);
    others.remove(CONTENT_LENGTH);
    let headers = flat.headers_mut();
    headers.extend(others);
    if let Some(seconds) = error.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    flat
}

/// What a request's body says.
///
/// # Errors
/// As Better Auth answers: 415 where it is not JSON by its header, 400 where it is not by its text, or not what was
/// asked for.
pub fn parse<T: DeserializeOwned>(body: Result<Json<T>, JsonRejection>) -> Result<T, ApiError> {
    match body {
        Ok(Json(body)) => Ok(body),
        Err(JsonRejection::JsonDataError(error)) => Err(invalid(error.body_text())),
        Err(JsonRejection::JsonSyntaxError(_)) => Err(ApiError::bad_request(
            "bad_request",
            "Invalid JSON in request body",
        )),
        Err(JsonRejection::MissingJsonContentType(_)) => Err(ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "Content-Type is not allowed. Allowed types: application/json",
        )),
        Err(other) => Err(ApiError::new(
            other.status(),
            "bad_request",
            "the body cannot be read",
        )),
    }
}

/// 400: the body is not what was asked for.
pub fn invalid(why: impl Into<String>) -> ApiError {
    ApiError::bad_request("validation_error", why)
}
