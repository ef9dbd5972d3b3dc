//! Whether the relay lives, whether it can answer, and what it has done.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use secrecy::ExposeSecret;
use serde::Serialize;
use subtle::ConstantTimeEq;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::{ApiError, ErrorBody};
use crate::limits::client_ip;
use crate::observe::metrics;
use crate::state::App;

/// How long the database may take to answer before the relay counts as not ready.
const READY: Duration = Duration::from_secs(2);

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(healthz))
        .routes(routes!(readyz))
        .routes(routes!(show_metrics))
}

/// How the relay is.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// `ok`.
    #[schema(example = "ok")]
    status: &'static str,
    /// Version of the relay.
    version: &'static str,
}

const WELL: Health = Health {
    status: "ok",
    version: env!("CARGO_PKG_VERSION"),
};

/// Whether the process lives.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, description = "It lives", body = Health)))]
async fn healthz() -> Json<Health> {
    Json(WELL)
}

/// Whether requests can be answered: the shelf is open, the database answers, the relay is not stopping.
#[utoipa::path(get, path = "/readyz", tag = "operation", responses(
    (status = 200, description = "Requests can be answered", body = Health),
    (status = 503, description = "They cannot", body = ErrorBody),
))]
async fn readyz(State(app): State<App>) -> Result<Json<Health>, ApiError> {
    if app.stopping.is_cancelled() {
        return Err(ApiError::unavailable("stopping", "the relay is about to stop"));
    }
    match tokio::time::timeout(READY, app.store.ping()).await {
        Ok(Ok(())) => Ok(Json(WELL)),
        late_or_failed => {
            tracing::warn!(?late_or_failed, "the database does not answer");
            Err(ApiError::unavailable("database", "the database does not answer"))
        }
    }
}

/// Metrics in Prometheus' text format: for this machine, or for who has the token that the operator has set.
#[utoipa::path(get, path = "/metrics", tag = "operation", responses(
    (status = 200, description = "Metrics", body = String, content_type = "text/plain"),
    (status = 404, description = "They are not for you", body = ErrorBody),
))]
async fn show_metrics(State(app): State<App>, parts: Parts) -> Result<impl IntoResponse, ApiError> {
    if !may_see_metrics(&app, &parts) {
        return Err(ApiError::not_found("page"));
    }
    let kind = (CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
    Ok(([kind], metrics::render()))
}

fn may_see_metrics(app: &App, parts: &Parts) -> bool {
    let config = &app.config.server;
    let Some(token) = &config.metrics_token else {
        return client_ip(parts, &config.trusted_proxies).is_loopback();
    };
    let given = parts.headers.get(AUTHORIZATION).map(|value| value.as_bytes());
    let expected = format!("Bearer {}", token.expose_secret());
    given.is_some_and(|given| given.ct_eq(expected.as_bytes()).into())
}
