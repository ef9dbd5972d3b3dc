//! The routes, one file a resource, put together.

pub mod account;
pub mod auth;
pub mod docs;
pub mod health;
pub mod profile;

use axum::{Router, middleware};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::limits;
use crate::state::App;

/// All routes, and what they are.
///
/// Those of [`open`] ask nobody who they are; of the others, each asks for an [`Identity`](crate::auth::Identity).
pub fn routes(app: &App) -> (Router<App>, OpenApi) {
    let counted = middleware::from_fn_with_state(app.clone(), limits::count_address);
    let (router, mut api) = OpenApiRouter::with_openapi(docs::api())
        .merge(readers().layer(counted))
        .merge(open())
        .split_for_parts();
    docs::complete(&mut api);
    (router.merge(docs::router(&api)), api)
}

/// What readers ask for.
fn readers() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}

/// What operators and their machines ask for, which is counted for nobody.
fn open() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(health::router())
}
