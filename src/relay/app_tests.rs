use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::routing::{get, post};
use serde_json::Value;
use tower::ServiceExt;

use super::*;
use crate::start;

async fn state(flags: &[&str]) -> App {
    let flags: Vec<_> = ["--database", "sqlite::memory:"]
        .iter()
        .chain(flags)
        .copied()
        .collect();
    let config = crate::config::tests::config(&flags).unwrap();
    Arc::new(start::open(config).await.unwrap())
}

#[derive(serde::Deserialize)]
struct Question {
    question: String,
}

/// The relay's layers around routes that fail in every way.
async fn service(flags: &[&str]) -> Router {
    around_failures(state(flags).await)
}

fn around_failures(state: App) -> Router {
    let (router, _) = routes::routes(&state);
    let router = router
        .route("/panic", get(async || -> () { panic!("secret words") }))
        .route(
            "/ask",
            post(async |Json(question): Json<Question>| question.question),
        )
        .route(
            "/fails",
            get(async || (StatusCode::BAD_GATEWAY, "secret words")),
        );
    layered(router, &state).with_state(state)
}

async fn answer(service: Router, request: Request) -> (StatusCode, http::HeaderMap, Value) {
    let (parts, body) = service.oneshot(request).await.unwrap().into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    (
        parts.status,
        parts.headers,
        serde_json::from_slice(&bytes).unwrap_or_default(),
    )
}

fn get_request(path: &str) -> Request {
    Request::get(path).body(Body::empty()).unwrap()
}

fn question(body: impl Into<Body>) -> Request {
    let request = Request::post("/ask").header("content-type", "application/json");
    request.body(body.into()).unwrap()
}

#[tokio::test]
async fn every_error_has_the_same_shape_and_says_nothing_of_the_inside() {
    let service = service(&[]).await;
    let no_json = Request::post("/ask").body(Body::from("x")).unwrap();
    for (request, status, code) in [
        (get_request("/nowhere"), 404, "not_found"),
        (get_request("/ask"), 405, "method_not_allowed"),
        (no_json, 415, "unsupported_media_type"),
        (question("{"), 400, "bad_request"),
        (question("{}"), 422, "invalid"),
        (get_request("/panic"), 500, "internal"),
        (get_request("/fails"), 502, "internal"),
    ] {
        let (was, headers, body) = answer(service.clone(), request).await;
        assert_eq!(
            (was.as_u16(), body["error"]["code"].as_str()),
            (status, Some(code)),
            "{body}"
        );
        assert!(!body.to_string().contains("secret"), "{body}");
        assert!(headers.contains_key("x-request-id"));
    }
    let (_, headers, body) = answer(service.clone(), question("{}")).await;
    assert!(
        body["error"]["message"]
            .as_str()
            .unwrap()
            .contains("question"),
        "{body}"
    );
    assert_eq!(headers["x-content-type-options"], "nosniff");
    let (_, headers, _) = answer(service, get_request("/ask")).await;
    assert_eq!(headers["allow"], "POST");
}

#[tokio::test]
async fn a_body_is_measured_by_what_arrives() {
    let service = service(&["--body-bytes", "1000"]).await;
    let long = format!("{{\"question\":\"{}\"}}", "x".repeat(2000));
    let (status, _, body) = answer(service.clone(), question(long.clone())).await;
    assert_eq!(
        (status.as_u16(), body["error"]["code"].as_str()),
        (413, Some("too_large"))
    );
    // Without a length in its headers, in pieces.
    let pieces = futures_util::stream::iter(
        long.into_bytes()
            .chunks(7)
            .map(|piece| Ok::<_, Infallible>(piece.to_vec()))
            .collect::<Vec<_>>(),
    );
    let (status, ..) = answer(service.clone(), question(Body::from_stream(pieces))).await;
    assert_eq!(status.as_u16(), 413);
    let (status, ..) = answer(service, question("{\"question\":\"why\"}")).await;
    assert_eq!(status.as_u16(), 200);
}

#[tokio::test]
async fn a_body_that_trickles_in_is_given_up() {
    let service = service(&[]).await;
    tokio::time::pause();
    let drop_by_drop = futures_util::stream::unfold((), async |()| {
        tokio::time::sleep(BODY / 4).await;
        Some((Ok::<_, Infallible>("{"), ()))
    });
    let (status, _, body) = answer(service, question(Body::from_stream(drop_by_drop))).await;
    assert_eq!(
        (status.as_u16(), body["error"]["code"].as_str()),
        (408, Some("too_slow"))
    );
}

#[tokio::test]
async fn only_listed_sites_may_read_answers() {
    let service = service(&["--allowed-origins", "https://docs.example.org"]).await;
    for (origin, allowed) in [
        ("https://docs.example.org", true),
        ("https://docs.example.org.evil.example", false),
        ("http://docs.example.org", false),
        ("http://localhost:3000", false),
        ("null", false),
    ] {
        let preflight = Request::options("/ask")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .body(Body::empty())
            .unwrap();
        let (_, headers, _) = answer(service.clone(), preflight).await;
        assert_eq!(
            headers.contains_key("access-control-allow-origin"),
            allowed,
            "{origin}"
        );
    }
}

#[tokio::test]
async fn metrics_are_for_this_machine_or_for_who_has_the_token() {
    let from = |ip: [u8; 4], token: Option<&str>| {
        let mut request = get_request("/metrics");
        let peer: std::net::SocketAddr = (ip, 80).into();
        request
            .extensions_mut()
            .insert(axum::extract::ConnectInfo(peer));
        if let Some(token) = token {
            let value = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        request
    };
    let open = service(&[]).await;
    assert_eq!(
        answer(open.clone(), from([127, 0, 0, 1], None)).await.0,
        200
    );
    assert_eq!(answer(open, from([192, 0, 2, 1], None)).await.0, 404);
    let closed = service(&["--metrics-token", "sesame"]).await;
    assert_eq!(
        answer(closed.clone(), from([127, 0, 0, 1], None)).await.0,
        404
    );
    assert_eq!(
        answer(closed, from([192, 0, 2, 1], Some("sesame"))).await.0,
        200
    );
}

#[tokio::test]
async fn the_description_lists_the_errors_of_every_route() {
    let (status, headers, api) = answer(service(&[]).await, get_request("/openapi.json")).await;
    assert_eq!(status, 200);
    assert_eq!(headers["content-type"], "application/json");
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            for status in ["429", "500", "503"] {
                assert!(
                    operation["responses"][status].is_object(),
                    "{method} {path} {status}"
                );
            }
        }
    }
    assert!(api["components"]["securitySchemes"]["bearer"].is_object());
}

#[tokio::test]
async fn the_pages_of_the_description_run_no_script_but_their_own() {
    let service = service(&[]).await;
    let response = service
        .clone()
        .oneshot(get_request("/docs/"))
        .await
        .unwrap();
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(policy.contains("script-src 'self';"), "{policy}");
    let page = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let page = String::from_utf8_lossy(&page);
    assert!(page.contains("<script src="), "{page}");
    assert!(!page.contains("<script>"), "{page}");
    let script = service
        .oneshot(get_request("/docs/swagger-initializer.js"))
        .await;
    let script = to_bytes(script.unwrap().into_body(), 1 << 20)
        .await
        .unwrap();
    let script = String::from_utf8_lossy(&script);
    assert!(script.contains("/openapi.json"), "{script}");
}

#[tokio::test]
async fn a_relay_that_stops_or_has_no_database_is_not_ready() {
    let state = state(&[]).await;
    let service = app(state.clone());
    assert_eq!(answer(service.clone(), get_request("/readyz")).await.0, 200);
    state.stopping.cancel();
    assert_eq!(
        answer(service.clone(), get_request("/readyz")).await.2["error"]["code"],
        "stopping"
    );
    assert_eq!(answer(service, get_request("/healthz")).await.0, 200);
    let state = self::state(&[]).await;
    state.store.close().await;
    assert_eq!(
        answer(app(state), get_request("/readyz")).await.2["error"]["code"],
        "database"
    );
}
