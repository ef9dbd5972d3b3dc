use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body as AxumBody, to_bytes};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tower::ServiceExt;

use crate::chat::testing::{Script, relay_with};
use crate::providers::Message;
use crate::state::App;

/// A relay with the routes of the book and of chats.
struct Site {
    app: App,
    router: Router,
    script: Arc<Script>,
    bearers: Mutex<HashMap<String, String>>,
    _dir: tempfile::TempDir,
}

impl Site {
    async fn new(texts: &[&'static str]) -> Self {
        let script = match texts {
            [] => Script::new(vec![]),
            texts => Script::says(texts),
        };
        Self::with(&[], script).await
    }

    async fn with(flags: &[&str], script: Arc<Script>) -> Self {
        let (app, dir) = relay_with(flags, script.clone()).await;
        let router = crate::app::app(app.clone());
        Self {
            app,
            router,
            script,
            bearers: Mutex::default(),
            _dir: dir,
        }
    }

    async fn ask(
        &self,
        method: &str,
        path: &str,
        who: &str,
        body: Option<Value>,
    ) -> (StatusCode, String) {
        let mut request = Request::builder().method(method).uri(path);
        if !who.is_empty() {
            request = request.header("authorization", self.bearer(who).await);
        }
        let body = body.map(|body| body.to_string());
        let request = request.header("content-type", "application/json");
        let request = request
            .body(body.map_or_else(AxumBody::empty, AxumBody::from))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// The header of a reader of this name, who has an account from now on.
    async fn bearer(&self, who: &str) -> String {
        let mut bearers = self.bearers.lock().await;
        if let Some(bearer) = bearers.get(who) {
            return bearer.clone();
        }
        let account = json!({"name": who, "email": format!("{who}@example.org"), "password": "correct horse"});
        let request =
            Request::post("/api/auth/sign-up/email").header("content-type", "application/json");
        let request = request.body(AxumBody::from(account.to_string())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let body: Value = serde_json::from_slice(&bytes).unwrap();
        let bearer = format!("Bearer {}", body["token"].as_str().unwrap());
        bearers.insert(who.to_owned(), bearer.clone());
        bearer
    }

    async fn post(&self, path: &str, who: &str, body: Value) -> (StatusCode, String) {
        self.ask("POST", path, who, Some(body)).await
    }

    async fn get(&self, path: &str, who: &str) -> (StatusCode, Value) {
        let (status, text) = self.ask("GET", path, who, None).await;
        (status, serde_json::from_str(&text).unwrap())
    }

    async fn refused(&self, path: &str, who: &str, body: Value) -> (u16, String) {
        let (status, text) = self.post(path, who, body).await;
        let error: Value = serde_json::from_str(&text).unwrap();
        (
            status.as_u16(),
            error["error"]["code"].as_str().unwrap().to_owned(),
        )
    }

    fn hash(&self) -> String {
        self.app.library.book().hash().to_owned()
    }
}

fn parts(text: &str) -> Vec<Value> {
    let events = text
        .split_terminator("\n\n")
        .filter_map(|event| event.strip_prefix("data: "));
    let events = events.filter(|event| *event != "[DONE]");
    events
        .map(|event| serde_json::from_str(event).unwrap())
        .collect()
}

#[tokio::test]
async fn a_chat_is_answered_kept_listed_shown_rated_and_deleted() {
    let site = Site::new(&["The ankle motor does [1]."]).await;
    let question = json!({"question": "which motor balances the ankle?", "language": "en"});
    let (status, text) = site.post("/api/chat", "ann", question).await;
    assert_eq!(status, StatusCode::OK);
    let start = parts(&text).remove(0);
    let (answer, metadata) = (
        start["messageId"].as_str().unwrap(),
        &start["messageMetadata"],
    );
    let conversation = metadata["conversation"].as_str().unwrap();
    let (_, list) = site.get("/api/conversations", "ann").await;
    assert_eq!(list["conversations"][0]["id"], conversation);
    assert_eq!(
        list["conversations"][0]["title"],
        "which motor balances the ankle?"
    );
    let path = format!("/api/conversations/{conversation}");
    let (_, whole) = site.get(&path, "ann").await;
    assert_eq!(whole["messages"][1]["id"], answer);
    assert_eq!(whole["messages"][1]["metadata"]["status"], "complete");
    let last = whole["messages"][1]["parts"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(last["text"], "The ankle motor does [1].");

    let rating = json!({"message": answer, "rating": "up", "note": "clear"});
    let (status, _) = site.post("/api/feedback", "ann", rating.clone()).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    // Nobody else reaches any of it.
    assert_eq!(
        site.refused("/api/feedback", "bob", rating).await,
        (404, "not_found".into())
    );
    assert_eq!(site.get(&path, "bob").await.0, StatusCode::NOT_FOUND);
    assert_eq!(
        site.ask("DELETE", &path, "bob", None).await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        site.get("/api/conversations", "bob").await.1["conversations"],
        json!([])
    );
    let follow = json!({"question": "and then?", "conversation": conversation});
    assert_eq!(
        site.refused("/api/chat", "bob", follow.clone()).await,
        (404, "not_found".into())
    );
    assert_eq!(
        site.refused("/api/chat", "", follow.clone()).await,
        (404, "not_found".into())
    );

    let (status, _) = site.post("/api/chat", "ann", follow).await;
    assert_eq!(status, StatusCode::OK);
    let prompts = site.script.prompts();
    let Message::User(text) = &prompts.last().unwrap().messages[0] else {
        panic!()
    };
    assert!(
        text.contains("The ankle motor does.") && text.contains("which motor balances the ankle?"),
        "{text}"
    );

    assert_eq!(
        site.get(&path, "ann").await.1["messages"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    assert_eq!(
        site.ask("DELETE", &path, "ann", None).await.0,
        StatusCode::NO_CONTENT
    );
    assert_eq!(site.get(&path, "ann").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_stream_has_the_headers_of_its_protocol() {
    let site = Site::new(&["Yes."]).await;
    let request = Request::post("/api/chat").header("content-type", "application/json");
    let request = request
        .body(AxumBody::from("{\"question\":\"ankle\"}"))
        .unwrap();
    let response = site.router.clone().oneshot(request).await.unwrap();
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("x-vercel-ai-ui-message-stream"), "v1");
    assert_eq!(header("content-type"), "text/event-stream");
    assert!(header("cache-control").contains("no-cache"));
}

#[tokio::test]
async fn who_is_not_signed_in_is_answered_and_nothing_is_kept() {
    let site = Site::new(&["Yes [1]."]).await;
    let messages = json!({"messages": [
        {"role": "user", "parts": [{"type": "text", "text": "what lasts two hours?"}]},
        {"role": "assistant", "parts": [{"type": "text", "text": "The battery [4]."}]},
        {"role": "user", "parts": [{"type": "text", "text": "how is it charged?"}]},
    ]});
    let (status, text) = site.post("/api/chat", "", messages).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        parts(&text)[0]["messageMetadata"]
            .get("conversation")
            .is_none()
    );
    let prompts = site.script.prompts();
    let Message::User(text) = &prompts[0].messages[0] else {
        panic!()
    };
    assert!(
        text.contains("The battery."),
        "what was said before is told"
    );
    for path in ["/api/conversations", "/api/conversations/x"] {
        assert_eq!(site.get(path, "").await.0, StatusCode::UNAUTHORIZED);
    }
    let rating = json!({"message": "x", "rating": "down"});
    assert_eq!(
        site.refused("/api/feedback", "", rating).await,
        (401, "not_signed_in".into())
    );
    let page = json!({"page": "docs/walking.html"});
    assert_eq!(
        site.refused("/api/personalize", "", page).await,
        (401, "not_signed_in".into())
    );
}

#[tokio::test]
async fn a_question_that_goes_on_is_looked_up_with_the_one_before() {
    let pages = async |site: &Site, who: &str, body: Value| -> Vec<String> {
        let (status, text) = site.post("/api/chat", who, body).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        let parts = parts(&text);
        let own = parts.iter().filter(|part| part["type"] == "source-url");
        own.map(|part| part["url"].as_str().unwrap().to_owned())
            .collect()
    };
    let site = Site::new(&[]).await;
    let message =
        |role: &str, text: &str| json!({"role": role, "parts": [{"type": "text", "text": text}]});
    let told = json!({"messages": [
        message("user", "what is cleaned with acetone?"),
        message("assistant", "Nothing."),
        message("user", "why is that?"),
    ]});
    let found = pages(&site, "", told).await;
    assert!(
        found[..2].contains(&"docs/camera.html".to_owned()),
        "{found:?}"
    );

    let first = json!({"question": "what is the battery charged with?"});
    let (_, text) = site.post("/api/chat", "ann", first).await;
    let conversation = parts(&text)[0]["messageMetadata"]["conversation"].clone();
    let next = json!({"question": "and for how long?", "conversation": conversation});
    let (_, text) = site.post("/api/chat", "ann", next.clone()).await;
    assert!(
        text.contains("overnight"),
        "it is quoted for both questions: {text}"
    );
    let found = pages(&site, "ann", next).await;
    assert!(
        found[..2].contains(&"docs/battery.html".to_owned()),
        "{found:?}"
    );
}

#[tokio::test]
async fn searches_and_vectors_are_counted_as_requests() {
    let site = Site::with(&["--user-budget", "2 requests/day"], Script::new(vec![])).await;
    let query = json!({"query": "ankle"});
    assert_eq!(
        site.post("/api/search", "ann", query.clone()).await.0,
        StatusCode::OK
    );
    let embed = json!({"input": "ankle"});
    assert_eq!(
        site.post("/api/embed", "ann", embed.clone()).await.0,
        StatusCode::OK
    );
    for (path, body) in [("/api/search", query), ("/api/embed", embed)] {
        let refused = site.refused(path, "ann", body.clone()).await;
        assert_eq!(refused, (429, "budget_used_up".into()), "{path}");
        assert_eq!(site.post(path, "bob", body).await.0, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_chat_with_another_book_is_told_to_reload() {
    let site = Site::new(&[]).await;
    let hash = site.hash();
    let ask =
        |passages: Value, book: Value| json!({"question": "x", "passages": passages, "book": book});
    for (body, expected) in [
        (ask(json!([0]), json!("another")), (409, "shelf_changed")),
        (ask(json!([]), json!("another")), (409, "shelf_changed")),
        (ask(json!([0]), Value::Null), (400, "book_missing")),
        (
            ask(json!([0, 9_999]), json!(hash)),
            (404, "unknown_passage"),
        ),
        (
            json!({"question": "x", "mode": "page", "page": "docs/none"}),
            (404, "not_found"),
        ),
        (
            json!({"question": "x", "passages": ["a"]}),
            (400, "bad_json"),
        ),
        (json!({"question": ""}), (400, "question_empty")),
        (json!("x"), (400, "bad_json")),
    ] {
        let refused = site.refused("/api/chat", "ann", body.clone()).await;
        assert_eq!((refused.0, &*refused.1), expected, "{body}");
    }
    assert_eq!(
        site.get("/api/conversations", "ann").await.1["conversations"],
        json!([]),
        "nothing was kept"
    );
}

#[tokio::test]
async fn modes_choose_the_passages_of_the_page_and_around_the_selection() {
    let site = Site::new(&[]).await;
    let sources = async |body: Value| -> Vec<String> {
        let (status, text) = site.post("/api/chat", "", body).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        let parts = parts(&text);
        let own = parts.iter().filter(|part| part["type"] == "source-url");
        own.map(|part| part["url"].as_str().unwrap().to_owned())
            .collect()
    };
    let page =
        json!({"question": "what is this about?", "mode": "page", "page": "/docs/walking.html"});
    assert_eq!(
        sources(page).await,
        ["docs/walking.html", "docs/walking.html#ankle"]
    );
    let selection = json!({"page": "docs/camera.html#x", "text": "lens is cleaned with a cloth"});
    let selected = json!({"question": "why?", "mode": "selection", "selection": selection});
    assert_eq!(sources(selected).await, ["docs/camera.html"]);
    let selection = json!({"text": "the charger of the workshop"});
    let selected = json!({"question": "why?", "mode": "selection", "selection": selection});
    assert_eq!(sources(selected).await[0], "docs/battery.html");
    let given = json!({"question": "why?", "passages": [1, 0, 1], "book": site.hash()});
    assert_eq!(sources(given).await.len(), 2);
}

#[tokio::test]
async fn a_page_is_retold_for_the_profile_and_for_nobody_without_one() {
    let site = Site::new(&["For you [1]: the robot [7] walks."]).await;
    let page = json!({"page": "docs/walking.html", "language": "de"});
    assert_eq!(
        site.refused("/api/personalize", "ann", page.clone()).await,
        (409, "no_profile".into())
    );
    let profile = json!({"background": "baker"});
    let (status, text) = site.ask("PUT", "/api/profile", "ann", Some(profile)).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    let (status, text) = site.post("/api/personalize", "ann", page).await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains("For you [1]: the robot walks."), "{text}");
    let prompts = site.script.prompts();
    let Message::User(prompt) = &prompts[0].messages[0] else {
        panic!()
    };
    assert!(
        prompt.contains("baker")
            && prompts[0].system.contains("tag de")
            && prompts[0].tools.is_empty()
    );
    assert_eq!(
        site.get("/api/conversations", "ann").await.1["conversations"],
        json!([])
    );
    let nowhere = json!({"page": "docs/none"});
    assert_eq!(
        site.refused("/api/personalize", "ann", nowhere).await,
        (404, "not_found".into())
    );
}

#[tokio::test]
async fn search_answers_as_a_browser_does() {
    let site = Site::new(&[]).await;
    let (status, text) = site
        .post(
            "/api/search",
            "",
            json!({"query": "ankle motor", "limit": 3, "explain": true}),
        )
        .await;
    assert_eq!(status, StatusCode::OK);
    let found: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        found["pages"][0]["hits"][0]["url"],
        "docs/walking.html#ankle"
    );
    assert!(found["pages"][0]["hits"][0]["explain"]["bm25"].as_f64() > Some(0.0));
    assert_eq!(
        (&found["mode"], &found["encoder"]),
        (&json!("hybrid"), &json!("small"))
    );
    for (body, code) in [
        (json!({"query": " "}), "query_empty"),
        (json!({"query": "x".repeat(2_001)}), "query_long"),
        (json!({"query": "x", "mode": "magic"}), "bad_json"),
        (json!({"query": "x", "limit": -1}), "bad_json"),
    ] {
        assert_eq!(
            site.refused("/api/search", "", body).await,
            (400, code.into())
        );
    }
}

#[tokio::test]
async fn questions_are_embedded_in_the_protocol_of_readers() {
    let site = Site::new(&[]).await;
    let body = json!({"input": "ankle", "model": "tiny", "book": site.hash()});
    let (status, text) = site.post("/api/embed", "", body).await;
    let embedded: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (status, embedded["embedding"].as_array().unwrap().len()),
        (StatusCode::OK, 32)
    );
    for (body, expected) in [
        (
            json!({"input": "ankle", "model": "other"}),
            (409, "shelf_changed"),
        ),
        (
            json!({"input": "ankle", "model": "tiny", "book": "another"}),
            (409, "shelf_changed"),
        ),
        (json!({"input": ""}), (400, "query_empty")),
        (json!({"input": "x".repeat(2_001)}), (400, "query_long")),
    ] {
        let refused = site.refused("/api/embed", "", body).await;
        assert_eq!((refused.0, &*refused.1), expected);
    }
}

#[tokio::test]
async fn conversations_come_in_parts_and_a_wrong_cursor_is_named() {
    let site = Site::new(&[]).await;
    for at in 0..5 {
        let question = json!({"question": format!("ankle {at}")});
        assert_eq!(
            site.post("/api/chat", "ann", question).await.0,
            StatusCode::OK
        );
    }
    let (_, first) = site.get("/api/conversations?limit=3", "ann").await;
    let next = first["next"].as_str().unwrap();
    let (_, second) = site
        .get(&format!("/api/conversations?limit=3&behind={next}"), "ann")
        .await;
    let count = |part: &Value| part["conversations"].as_array().unwrap().len();
    assert_eq!(
        (count(&first), count(&second), &second["next"]),
        (3, 2, &Value::Null)
    );
    let id = first["conversations"][0]["id"].as_str().unwrap();
    let (_, part) = site
        .get(&format!("/api/conversations/{id}?limit=1"), "ann")
        .await;
    assert_eq!(
        (&part["next"], part["messages"].as_array().unwrap().len()),
        (&json!("0"), 1)
    );
    for query in ["behind=x", "limit=x"] {
        for path in [
            "/api/conversations".to_owned(),
            format!("/api/conversations/{id}"),
        ] {
            let (status, error) = site.get(&format!("{path}?{query}"), "ann").await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{path}?{query}: {error}");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused_as_such() {
    let site = Site::new(&[]).await;
    for (kind, body, expected) in [
        ("text/plain", "{}", (415, "not_json")),
        ("application/json", "{", (400, "bad_json")),
        ("application/json", "\u{ff}", (400, "bad_json")),
    ] {
        let request = Request::post("/api/chat").header("content-type", kind);
        let request = request.body(AxumBody::from(body)).unwrap();
        let response = site.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), 1 << 16).await.unwrap();
        let error: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!((status, error["error"]["code"].as_str().unwrap()), expected);
    }
}

#[tokio::test]
async fn every_route_is_described() {
    let site = Site::new(&[]).await;
    let api = crate::routes::routes(&site.app).1;
    for path in [
        "/api/account",
        "/api/account/export",
        "/api/auth/get-session",
        "/api/auth/jwks",
        "/api/auth/sign-in/email",
        "/api/auth/sign-out",
        "/api/auth/sign-up/email",
        "/api/auth/signin",
        "/api/auth/signup",
        "/api/auth/token",
        "/api/auth/user",
        "/api/chat",
        "/api/conversations",
        "/api/conversations/{id}",
        "/api/embed",
        "/api/feedback",
        "/api/personalize",
        "/api/profile",
        "/api/search",
        "/healthz",
        "/metrics",
        "/readyz",
    ] {
        assert!(api.paths.paths.contains_key(path), "{path}");
    }
}
