//! Nobody reaches what is another's, whatever route they try. The routes are those of the description, so that none
//! is forgotten.

use http::Method;
use serde_json::{Value, json};

use crate::auth::testing::{Answer, TestRelay};

/// What asks nobody who they are.
const OPEN: &[&str] = &[
    "GET /api/auth/get-session",
    "GET /api/auth/jwks",
    "GET /healthz",
    "GET /metrics",
    "GET /readyz",
    "POST /api/auth/sign-in/email",
    "POST /api/auth/sign-out",
    "POST /api/auth/sign-up/email",
    "POST /api/auth/signin",
    "POST /api/auth/signup",
];

/// A word that stands in all that is Ann's.
const MARK: &str = "xylophone";

/// Someone with rows of every kind.
struct Ann {
    bearer: String,
    conversation: String,
    answer: String,
}

/// A route as someone tries it.
struct Attempt {
    route: String,
    method: Method,
    path: String,
    body: Option<Value>,
    /// Whether it names something of Ann's.
    names: bool,
}

impl Ann {
    async fn new(relay: &TestRelay) -> Self {
        let bearer = relay.sign_up(&format!("{MARK}@example.org")).await;
        let mut ann = Self {
            bearer,
            conversation: String::new(),
            answer: String::new(),
        };
        let profile = json!({ "background": MARK });
        ann.call(relay, Method::PUT, "/api/profile", profile).await;
        let question = json!({ "question": format!("which motor balances a {MARK}?") });
        let asked = ann.call(relay, Method::POST, "/api/chat", question).await;
        let start = asked.body.split("\n\n").next().unwrap();
        let start: Value = serde_json::from_str(start.strip_prefix("data: ").unwrap()).unwrap();
        ann.answer = start["messageId"].as_str().unwrap().to_owned();
        let conversation = &start["messageMetadata"]["conversation"];
        ann.conversation = conversation.as_str().unwrap().to_owned();
        let rating = json!({ "message": ann.answer, "rating": "up", "note": MARK });
        ann.call(relay, Method::POST, "/api/feedback", rating).await;
        ann
    }

    async fn call(&self, relay: &TestRelay, method: Method, path: &str, body: Value) -> Answer {
        let headers = [("authorization", self.bearer.as_str())];
        let answer = relay.call(method, path, &headers, Some(body)).await;
        assert!(answer.status.is_success(), "{path}: {answer:?}");
        answer
    }

    async fn everything(&self, relay: &TestRelay) -> Value {
        let headers = [("authorization", self.bearer.as_str())];
        let mut all = relay.get("/api/account/export", &headers).await.json;
        // Reading it is itself a use of the session.
        all["sessions"].take();
        assert_eq!(all.to_string().matches(MARK).count(), 7, "{all}");
        all
    }

    /// All routes that are not open, each so that it reaches for what is Ann's, where it can name that.
    async fn attempts(&self, relay: &TestRelay) -> Vec<Attempt> {
        let api = relay.get("/openapi.json", &[]).await.json;
        let mut attempts = Vec::new();
        for (path, item) in api["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let route = format!("{} {path}", method.to_uppercase());
                if OPEN.contains(&route.as_str()) {
                    continue;
                }
                let body = self.body(&route);
                let takes = operation.get("requestBody").is_some();
                assert_eq!(
                    takes,
                    body.is_some(),
                    "tell this test what to send to {route}"
                );
                let names = path.contains("{id}")
                    || matches!(route.as_str(), "POST /api/chat" | "POST /api/feedback");
                attempts.push(Attempt {
                    method: route.split(' ').next().unwrap().parse().unwrap(),
                    path: path.replace("{id}", &self.conversation),
                    route,
                    body,
                    names,
                });
            }
        }
        // Who has deleted their account tries nothing more.
        attempts.sort_by_key(|attempt| attempt.route == "DELETE /api/account");
        attempts
    }

    fn body(&self, route: &str) -> Option<Value> {
        Some(match route {
            "DELETE /api/account" => json!({ "password": "correct horse" }),
            "POST /api/chat" => {
                json!({ "question": "and then?", "conversation": self.conversation })
            }
            "POST /api/embed" => json!({ "input": "motor" }),
            "POST /api/feedback" => json!({ "message": self.answer, "rating": "down" }),
            "POST /api/personalize" => json!({ "page": "docs/walking.html" }),
            "POST /api/search" => json!({ "query": "motor" }),
            "PUT /api/profile" => json!({ "background": "baker" }),
            _ => return None,
        })
    }
}

#[tokio::test]
async fn no_route_but_the_open_ones_answers_who_is_not_signed_in() {
    let relay = TestRelay::new(&[]).await;
    let ann = Ann::new(&relay).await;
    let before = ann.everything(&relay).await;
    let wrong = format!("Bearer {}", "x".repeat(32));
    for attempt in ann.attempts(&relay).await {
        for headers in [&[][..], &[("authorization", wrong.as_str())]] {
            let (method, body) = (attempt.method.clone(), attempt.body.clone());
            let answer = relay.call(method, &attempt.path, headers, body).await;
            assert_eq!(answer.status, 401, "{}: {answer:?}", attempt.route);
            assert!(!answer.body.contains(MARK), "{}: {answer:?}", attempt.route);
        }
    }
    assert_eq!(ann.everything(&relay).await, before);
}

#[tokio::test]
async fn no_route_shows_or_changes_what_is_anothers() {
    let relay = TestRelay::new(&["--user-budget", "none"]).await;
    let ann = Ann::new(&relay).await;
    let before = ann.everything(&relay).await;
    let bob = relay.sign_up("bob@example.org").await;
    let attempts = ann.attempts(&relay).await;
    assert!(attempts.len() > 10);
    for Attempt {
        route,
        method,
        path,
        body,
        names,
    } in attempts
    {
        let headers = [("authorization", bob.as_str())];
        let answer = relay.call(method, &path, &headers, body).await;
        assert!(
            !answer.status.is_server_error() || answer.status == 501,
            "{route}: {answer:?}"
        );
        assert_ne!(answer.status, 401, "{route}: {answer:?}");
        assert_eq!(names, answer.status == 404, "{route}: {answer:?}");
        for own in [MARK, &ann.conversation, &ann.answer] {
            assert!(!answer.body.contains(own), "{route}: {answer:?}");
        }
    }
    assert_eq!(ann.everything(&relay).await, before);
}
