//! The whole of the relay as one service: routes, and the layers around them.

use std::any::Any;
use std::error::Error;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use http_body_util::LengthLimitError;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::timeout::TimeoutLayer;

use crate::error::ApiError;
use crate::observe::access;
use crate::routes::auth::flat;
use crate::routes::{self, docs};
use crate::state::App;

#[cfg(not(panic = "unwind"))]
compile_error!(
    "a handler that panics is answered with 500, which needs panics that unwind: leave `panic` out of the profile"
);

/// How long a request may take until its answer begins.
const ANSWER: Duration = Duration::from_secs(60);
/// How long a request's body may take to arrive.
const BODY: Duration = Duration::from_secs(15);
/// Most of an error's own words that are passed on; those of `axum` are shorter.
const WORDS: usize = 2000;
/// How long browsers may remember what CORS allows. Chromium takes no more.
const CORS_AGE: Duration = Duration::from_secs(7200);

/// The relay as a service, for a socket or for tests.
pub fn app(state: App) -> Router {
    crate::observe::metrics::start();
    let (router, _) = routes::routes(&state);
    layered(router, &state).with_state(state)
}

fn layered(router: Router<App>, state: &App) -> Router<App> {
    let layers = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(state.clone(), access::watch))
        .layer(middleware::from_fn_with_state(state.clone(), secure))
        .layer(cors(state.clone()))
        .layer(middleware::from_fn(one_shape))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            ANSWER,
        ))
        .layer(middleware::from_fn_with_state(state.clone(), bound_body));
    router.layer(layers)
}

fn cors(app: App) -> CorsLayer {
    let allowed = move |origin: &HeaderValue, _: &_| {
        let origin = origin.to_str();
        origin.is_ok_and(|origin| app.config.server.allows(origin))
    };
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(allowed))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([
            access::REQUEST_ID,
            header::RETRY_AFTER,
            HeaderName::from_static("set-auth-token"),
            HeaderName::from_static("set-auth-jwt"),
            HeaderName::from_static("x-vercel-ai-ui-message-stream"),
        ])
        .max_age(CORS_AGE)
}

/// Reads the body, at most so many bytes in so much time, whatever its headers promise.
async fn bound_body(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    if request.body().is_end_stream() {
        return Ok(next.run(request).await);
    }
    let limit = app.config.limits.body_bytes;
    let too_large = || {
        ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            format!("a request has at most {limit} bytes"),
        )
    };
    let (parts, body) = request.into_parts();
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large());
    }
    let bytes = match tokio::time::timeout(BODY, to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error))
            if error
                .source()
                .is_some_and(|source| source.is::<LengthLimitError>()) =>
        {
            return Err(too_large());
        }
        Ok(Err(_)) => return Err(ApiError::bad_request("cut", "the request broke off")),
        Err(_) => {
            return Err(ApiError::new(
                StatusCode::REQUEST_TIMEOUT,
                "too_slow",
                "the request took too long to arrive",
            ));
        }
    };
    Ok(next
        .run(Request::from_parts(parts, Body::from(bytes)))
        .await)
}

/// Gives errors that come from elsewhere than routes the shape of all errors.
async fn one_shape(request: Request, next: Next) -> Response {
    let is_flat = flat::covers(request.uri().path());
    let response = shaped(next.run(request).await).await;
    if is_flat {
        flat::flat(response)
    } else {
        response
    }
}

async fn shaped(response: Response) -> Response {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !(status.is_client_error() || status.is_server_error()) || is_json {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let words = to_bytes(body, WORDS).await.unwrap_or_default();
    let (code, message) = words_for(status, &String::from_utf8_lossy(&words));
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    let mut error = ApiError::new(status, code, message).into_response();
    error.headers_mut().extend(parts.headers);
    error
}

/// What an error is called. Its own words are those of the extractors, which tell what is wrong with a request.
fn words_for(status: StatusCode, own: &str) -> (&'static str, String) {
    let (code, standard) = match status {
        StatusCode::NOT_FOUND => (
            "not_found",
            "there is no such page; /docs lists what there is",
        ),
        StatusCode::METHOD_NOT_ALLOWED => (
            "method_not_allowed",
            "this page does not take that method; the header Allow has those it takes",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "the request is too large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "unsupported_media_type",
            "send JSON, with the header Content-Type: application/json",
        ),
        StatusCode::UNPROCESSABLE_ENTITY => ("invalid", "the request is not what is asked for"),
        status if status.is_client_error() => ("bad_request", "the request cannot be read"),
        StatusCode::SERVICE_UNAVAILABLE => (
            "busy",
            "the relay is too busy to answer; try again in a moment",
        ),
        _ => {
            return (
                "internal",
                ApiError::internal("an answer without a reason").message,
            );
        }
    };
    let tells =
        matches!(code, "invalid" | "bad_request" | "unsupported_media_type") && !own.is_empty();
    (
        code,
        if tells {
            own.to_owned()
        } else {
            standard.to_owned()
        },
    )
}

/// Answers when a handler has panicked; the panic itself is in the log.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    ApiError::internal("a handler panicked").into_response()
}

/// Headers that keep browsers from doing more with an answer than it is for.
async fn secure(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_docs = request.uri().path().starts_with(docs::DOCS);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    let policy = if is_docs {
        DOCS_POLICY
    } else {
        "default-src 'none'; frame-ancestors 'none'"
    };
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(policy),
    );
    if app.config.server.is_https() {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    let unsaid = headers.entry(header::CACHE_CONTROL);
    unsaid.or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Swagger UI sets styles on elements and has its icons in data: addresses.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; frame-ancestors 'none'";

#[cfg(test)]
#[path = "app_tests.rs"]
mod tests;
