//! From which site a request comes, where a browser adds cookies to it by itself.

use axum::extract::FromRequestParts;
use http::StatusCode;
use http::header::{COOKIE, ORIGIN, REFERER};
use http::request::Parts;
use url::Url;

use crate::error::ApiError;
use crate::state::App;

/// Set by browsers alone (W3C Fetch Metadata).
const FETCH_SITE: &str = "sec-fetch-site";

/// A request from a site that may use the relay, or from no site: what routes ask for that set a cookie. Those
/// that read one ask for an `Identity`, which checks the same.
#[derive(Debug)]
pub struct TrustedOrigin;

impl FromRequestParts<App> for TrustedOrigin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        check(parts, app).map(|()| Self)
    }
}

/// Checks that a request that changes something comes from a site that may use the relay. Where no browser
/// says where it is from, it must be without cookies.
///
/// # Errors
/// 403 with the codes of Better Auth 1.7, in lower case.
pub fn check(parts: &Parts, app: &App) -> Result<(), ApiError> {
    let headers = &parts.headers;
    let same = headers
        .get(FETCH_SITE)
        .is_some_and(|site| site == "same-origin");
    if parts.method.is_safe() || same {
        return Ok(());
    }
    let text = |name| {
        headers
            .get(name)
            .map(|value: &http::HeaderValue| value.to_str().unwrap_or_default())
    };
    let origin = text(ORIGIN)
        .map(str::to_owned)
        .or_else(|| text(REFERER).map(site_of));
    match origin.as_deref() {
        Some("null") => Err(missing()),
        Some(origin) if app.config.server.allows(origin) => Ok(()),
        Some(_) => Err(forbidden(
            "invalid_origin",
            "this site may not use the relay; its operator can allow it",
        )),
        None if headers.contains_key(COOKIE) => Err(missing()),
        None => Ok(()),
    }
}

fn site_of(url: &str) -> String {
    Url::parse(url).map_or_else(
        |_| "null".to_owned(),
        |url| url.origin().ascii_serialization(),
    )
}

fn missing() -> ApiError {
    let message = "a request with cookies says from which site it comes; send the header Origin";
    forbidden("missing_or_null_origin", message)
}

fn forbidden(code: &'static str, message: &str) -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, code, message)
}
