use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::auth::testing::{Answer, TestRelay};
use crate::store::Store;

async fn delete(relay: &TestRelay, bearer: &str, body: Option<Value>) -> Answer {
    relay
        .call(
            Method::DELETE,
            "/api/account",
            &[("authorization", bearer)],
            body,
        )
        .await
}

fn sqlite(relay: &TestRelay) -> &crate::store::File {
    match &relay.app.store {
        Store::Sqlite(pool) => pool,
        Store::Postgres(_) => panic!("SQLite was asked for"),
    }
}

async fn user_id(relay: &TestRelay, bearer: &str) -> String {
    relay
        .get("/api/auth/user", &[("authorization", bearer)])
        .await
        .text("id")
        .to_owned()
}

/// Gives a user a row of everything.
async fn fill(relay: &TestRelay, owner: &str) {
    for statement in [
        "INSERT INTO lectern_profile (owner, profile, updated_at) VALUES ($1, '{\"goals\":\"Robots.\"}', 1)",
        "INSERT INTO lectern_conversation (id, owner, title, created_at, updated_at) VALUES ('c' || $1, $1, 'T', 1, 2)",
        "INSERT INTO lectern_message (id, conversation, place, role, parts, status, created_at)
         VALUES ('m' || $1, 'c' || $1, 0, 'user', '[{\"type\":\"text\"}]', 'done', 1)",
        "INSERT INTO lectern_feedback (id, owner, message, rating, note, created_at) VALUES ('f' || $1, $1, NULL, 1, 'good', 1)",
        "INSERT INTO lectern_usage (subject, span, began, requests, tokens) VALUES ('user:' || $1, 'day', 0, 1, 1)",
    ] {
        sqlx::query(statement)
            .bind(owner)
            .execute(sqlite(relay))
            .await
            .unwrap();
    }
}

async fn rows(relay: &TestRelay, owner: &str) -> i64 {
    sqlx::query_scalar(
        r#"SELECT (SELECT count(*) FROM "user" WHERE "id" = $1) + (SELECT count(*) FROM "session" WHERE "userId" = $1)
         + (SELECT count(*) FROM "account" WHERE "userId" = $1) + (SELECT count(*) FROM lectern_profile WHERE owner = $1)
         + (SELECT count(*) FROM lectern_conversation WHERE owner = $1)
         + (SELECT count(*) FROM lectern_message WHERE conversation = 'c' || $1)
         + (SELECT count(*) FROM lectern_feedback WHERE owner = $1)
         + (SELECT count(*) FROM lectern_usage WHERE subject = 'user:' || $1)"#,
    )
    .bind(owner)
    .fetch_one(sqlite(relay))
    .await
    .unwrap()
}

#[tokio::test]
async fn an_export_has_all_of_one_reader_and_no_secret() {
    let relay = TestRelay::new(&[]).await;
    let ada = relay.sign_up("ada@example.org").await;
    let bob = relay.sign_up("bob@example.org").await;
    let (ada_id, bob_id) = (user_id(&relay, &ada).await, user_id(&relay, &bob).await);
    fill(&relay, &ada_id).await;
    fill(&relay, &bob_id).await;

    let export = relay
        .get("/api/account/export", &[("authorization", &ada)])
        .await;
    assert_eq!(
        export.header("content-disposition"),
        r#"attachment; filename="account.json""#
    );
    assert_eq!(export.json["user"]["email"], "ada@example.org");
    assert_eq!(export.json["profile"]["goals"], "Robots.");
    assert_eq!(
        export.json["messages"][0]["parts"],
        json!([{ "type": "text" }])
    );
    for part in ["sessions", "conversations", "messages", "feedback"] {
        assert_eq!(export.json[part].as_array().unwrap().len(), 1, "{part}");
    }
    let text = export.json.to_string();
    for secret in [bob_id.as_str(), "password", "token"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test]
async fn a_deleted_account_leaves_nothing_and_harms_nobody() {
    let relay = TestRelay::new(&[]).await;
    let ada = relay.sign_up("ada@example.org").await;
    let bob = relay.sign_up("bob@example.org").await;
    let (ada_id, bob_id) = (user_id(&relay, &ada).await, user_id(&relay, &bob).await);
    fill(&relay, &ada_id).await;
    fill(&relay, &bob_id).await;

    let gone = delete(&relay, &ada, None).await;
    assert_eq!(gone.json, json!({ "success": true }));
    assert_eq!(
        (rows(&relay, &ada_id).await, rows(&relay, &bob_id).await),
        (0, 8)
    );
    assert_eq!(
        delete(&relay, &ada, None).await.error(),
        (401, "not_signed_in")
    );
    relay.sign_up("ada@example.org").await;
}

#[tokio::test]
async fn an_old_session_or_a_token_needs_the_password_to_delete() {
    let relay = TestRelay::new(&[]).await;
    let ada = relay.sign_up("ada@example.org").await;
    let jwt = relay
        .get("/api/auth/token", &[("authorization", &ada)])
        .await;
    let jwt = format!("Bearer {}", jwt.text("token"));
    sqlx::query(r#"UPDATE "session" SET "createdAt" = '2020-01-01T00:00:00.000Z'"#)
        .execute(sqlite(&relay))
        .await
        .unwrap();
    for bearer in [&ada, &jwt] {
        assert_eq!(
            delete(&relay, bearer, None).await.error(),
            (403, "session_not_fresh")
        );
        let wrong = json!({ "password": "wrong" });
        assert_eq!(
            delete(&relay, bearer, Some(wrong)).await.error(),
            (403, "wrong_password")
        );
    }
    let gone = delete(&relay, &jwt, Some(json!({ "password": "correct horse" }))).await;
    assert_eq!(gone.status, StatusCode::OK);
}

#[tokio::test]
async fn a_password_cannot_be_guessed_by_deleting() {
    let relay = TestRelay::new(&[]).await;
    let ada = relay.sign_up("ada@example.org").await;
    for _ in 0..10 {
        let wrong = json!({ "password": "guess" });
        assert_eq!(
            delete(&relay, &ada, Some(wrong)).await.error(),
            (403, "wrong_password")
        );
    }
    let right = json!({ "password": "correct horse" });
    assert_eq!(
        delete(&relay, &ada, Some(right)).await.error(),
        (429, "too_many_requests")
    );
}
