//! The routes, one file a resource, put together.

pub mod account;
pub mod auth;
mod body;
pub mod chat;
pub mod conversations;
pub mod docs;
pub mod embed;
pub mod feedback;
pub mod health;
pub mod personalize;
pub mod profile;
pub mod search;

#[cfg(test)]
mod isolation;
#[cfg(test)]
mod tests;

use axum::{Router, middleware};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::limits;
use crate::state::App;

/// All routes, and what they are.
///
/// Those for operators, and those by which one signs in, ask nobody who they are; of the others, each asks for an
/// [`Identity`](crate::auth::Identity).
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
        .merge(account::router())
        .merge(auth::router())
        .merge(chat::router())
        .merge(conversations::router())
        .merge(embed::router())
        .merge(feedback::router())
        .merge(personalize::router())
        .merge(profile::router())
        .merge(search::router())
}

/// What operators and their machines ask for, which is counted for nobody.
fn open() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(health::router())
}
