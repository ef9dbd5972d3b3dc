//! What the routes are, for programs and for people.

use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi as _};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::error::{ErrorBody, ErrorDetail};
use crate::routes::auth::flat;
use crate::state::App;

/// Where people read it.
pub const DOCS: &str = "/docs";
const JSON: &str = "/openapi.json";

/// What every route can answer besides what it lists itself: the layers around all routes do.
const OF_ALL: [(&str, &str); 6] = [
    ("400", "The request cannot be read"),
    ("408", "The request took too long to arrive"),
    ("413", "The request is too large"),
    (
        "429",
        "Too many requests; `Retry-After` tells the seconds to wait",
    ),
    ("500", "The relay failed"),
    ("503", "The relay is busy or stopping"),
];
/// What a route can answer besides that changes something and takes cookies.
const OF_COOKIES: (&str, &str) = (
    "403",
    "The request comes with cookies from a site that may not use the relay",
);
/// What a route with a body can answer besides.
const OF_BODIES: [(&str, &str); 2] = [
    ("415", "The body is not of type application/json"),
    ("422", "The body is JSON, but not what is asked for"),
];

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Lectern relay", description = "Answers questions about a book, with sources."),
    components(schemas(ErrorBody, ErrorDetail)),
    modifiers(&Schemes)
)]
struct Api;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, api: &mut OpenApi) {
        let components = api.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT");
        let bearer = bearer.description(Some(
            "A token of this relay or of an issuer that it accepts, or of a session",
        ));
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
        let cookie =
            ApiKeyValue::with_description("better-auth.session_token", "The session of a browser");
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// What is common to all routes.
pub fn api() -> OpenApi {
    Api::openapi()
}

/// Adds to every route what the layers around it can answer, and to those that answer 401 how one signs in.
pub fn complete(api: &mut OpenApi) {
    for (path, item) in &mut api.paths.paths {
        let body = if flat::covers(path) {
            "FlatError"
        } else {
            "ErrorBody"
        };
        let reading = [&mut item.get];
        let changing = [
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.patch,
        ];
        for operation in reading.into_iter().flatten() {
            complete_one(operation, body, false);
        }
        for operation in changing.into_iter().flatten() {
            complete_one(operation, body, true);
        }
    }
}

fn complete_one(operation: &mut Operation, body: &str, changes: bool) {
    let responses = &mut operation.responses.responses;
    let asks_who = responses.contains_key("401");
    let of_bodies: &[_] = match operation.request_body {
        Some(_) => &OF_BODIES,
        None => &[],
    };
    let of_cookies = (asks_who && changes).then_some(&OF_COOKIES);
    for (status, description) in OF_ALL.iter().chain(of_bodies).chain(of_cookies) {
        let response = || RefOr::T(error(description, body));
        responses
            .entry((*status).to_owned())
            .or_insert_with(response);
    }
    // Those of Better Auth's shape say so themselves, since signing in answers 401 too.
    if asks_who && body == "ErrorBody" {
        let schemes = ["bearer", "cookie"].map(|name| SecurityRequirement::new(name, [""; 0]));
        operation.security.get_or_insert_with(|| schemes.into());
    }
}

fn error(description: &str, body: &str) -> Response {
    let body = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(body)))
        .build();
    ResponseBuilder::new()
        .description(description)
        .content("application/json", body)
        .build()
}

/// The description as JSON, and pages to read it on, whose files are in the program. It is kept as text, which
/// takes a tenth of the memory.
pub fn router(api: &OpenApi) -> Router<App> {
    let json =
        serde_json::to_vec(api).expect("it is of structs, and of maps whose keys are strings");
    let json = Bytes::from(json);
    let show = async || ([(CONTENT_TYPE, "application/json")], json);
    let config = Config::from(JSON).use_base_layout();
    Router::from(SwaggerUi::new(DOCS).config(config)).route(JSON, get(show))
}
