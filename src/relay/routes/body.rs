//! The JSON body of a request.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// The JSON body of a request; what is wrong with it is an [`ApiError`].
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let body = Json::from_request(request, state).await;
        body.map(|Json(body)| Self(body)).map_err(refused)
    }
}

fn refused(rejection: JsonRejection) -> ApiError {
    let status = rejection.status();
    match (&rejection, status) {
        // What serde says is of the client's own text.
        (JsonRejection::JsonDataError(_) | JsonRejection::JsonSyntaxError(_), _) => {
            ApiError::bad_request("bad_json", rejection.body_text())
        }
        (JsonRejection::MissingJsonContentType(_), status) => ApiError::new(
            status,
            "not_json",
            "the body is to be JSON; send it with `content-type: application/json`",
        ),
        (_, StatusCode::PAYLOAD_TOO_LARGE) => {
            ApiError::new(status, "too_large", "the body is too large; send less")
        }
        _ => ApiError::bad_request("bad_body", "the body cannot be read; send it again"),
    }
}
