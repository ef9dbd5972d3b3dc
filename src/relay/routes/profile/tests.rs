use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::auth::testing::{Answer, TestRelay};

async fn put(relay: &TestRelay, bearer: &str, body: Value) -> Answer {
    relay
        .call(
            Method::PUT,
            "/api/profile",
            &[("authorization", bearer)],
            Some(body),
        )
        .await
}

#[tokio::test]
async fn a_profile_is_kept_and_is_its_owners_alone() {
    let relay = TestRelay::new(&[]).await;
    let ada = relay.sign_up("ada@example.org").await;
    let bob = relay.sign_up("bob@example.org").await;
    let profile = json!({
        "background": "Web servers.", "goals": "Robots.", "language": "pt-BR",
        "levels": { "programming": "advanced", "robotics": "none" },
    });
    let written = put(&relay, &ada, profile.clone()).await;
    assert_eq!((written.status, &written.json), (StatusCode::OK, &profile));
    assert_eq!(
        relay
            .get("/api/profile", &[("authorization", &ada)])
            .await
            .json,
        profile
    );
    let empty = json!({ "background": "", "goals": "", "language": "", "levels": {} });
    assert_eq!(
        relay
            .get("/api/profile", &[("authorization", &bob)])
            .await
            .json,
        empty
    );

    put(&relay, &ada, json!({ "goals": " Flight. " })).await;
    let replaced = relay.get("/api/profile", &[("authorization", &ada)]).await;
    assert_eq!(
        replaced.json,
        json!({ "background": "", "goals": "Flight.", "language": "", "levels": {} })
    );
}

#[tokio::test]
async fn a_profile_that_is_none_is_refused() {
    let relay = TestRelay::new(&[]).await;
    let ada = relay.sign_up("ada@example.org").await;
    let many: serde_json::Map<_, _> = (0..21)
        .map(|i| (format!("subject {i}"), json!("none")))
        .collect();
    for (body, code) in [
        (
            json!({ "background": "x".repeat(2001) }),
            "profile_too_long",
        ),
        (json!({ "goals": "é".repeat(2001) }), "profile_too_long"),
        (json!({ "levels": many }), "profile_too_long"),
        (
            json!({ "levels": { "s".repeat(61): "none" } }),
            "profile_too_long",
        ),
        (json!({ "language": "English please" }), "unknown_language"),
        (json!({ "language": "x" }), "unknown_language"),
        (json!({ "language": "en--us" }), "unknown_language"),
    ] {
        assert_eq!(
            put(&relay, &ada, body.clone()).await.error(),
            (422, code),
            "{body}"
        );
    }
    for body in [
        json!({ "levels": { "a": "expert" } }),
        json!({ "admin": true }),
        json!({ "goals": 1 }),
        json!(1),
    ] {
        assert_eq!(
            put(&relay, &ada, body.clone()).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{body}"
        );
    }
    assert_eq!(
        put(&relay, &ada, json!({ "goals": "é".repeat(2000) }))
            .await
            .status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn nobody_has_no_profile_even_where_anonymous_readers_may_ask() {
    let relay = TestRelay::new(&["--anonymous"]).await;
    assert_eq!(
        relay.get("/api/profile", &[]).await.error(),
        (401, "not_signed_in")
    );
    assert_eq!(
        relay
            .call(Method::PUT, "/api/profile", &[], Some(json!({})))
            .await
            .error(),
        (401, "not_signed_in")
    );
}
