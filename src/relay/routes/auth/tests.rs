use http::{Method, StatusCode};
use serde_json::json;

use crate::auth::testing::TestRelay;
use crate::store::Store;

const SIGN_UP: &str = "/api/auth/sign-up/email";
const SIGN_IN: &str = "/api/auth/sign-in/email";
const HERE: (&str, &str) = ("origin", "http://127.0.0.1:8717");

fn ada() -> serde_json::Value {
    json!({ "name": "Ada", "email": "Ada@Example.org", "password": "correct horse" })
}

/// The part of a cookie that a browser sends back.
fn sent(cookie: &str) -> &str {
    cookie.split(';').next().unwrap()
}

#[tokio::test]
async fn signing_up_signs_in_by_cookie_bearer_and_signed_bearer() {
    let relay = TestRelay::new(&[]).await;
    let up = relay.post(SIGN_UP, ada()).await;
    assert_eq!(up.status, StatusCode::OK);
    assert_eq!(up.json["user"]["email"], "ada@example.org");
    assert_eq!(up.json["user"]["emailVerified"], false);
    assert_eq!(up.json["user"]["image"], serde_json::Value::Null);
    let cookie = up.header("set-cookie");
    assert!(
        cookie.contains("; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );

    let plain = format!("Bearer {}", up.text("token"));
    let signed = format!("bearer {}", up.header("set-auth-token"));
    for header in [
        ("cookie", sent(cookie)),
        ("authorization", &plain),
        ("authorization", &signed),
    ] {
        let session = relay.get("/api/auth/get-session", &[header]).await;
        assert_eq!(session.json["user"], up.json["user"], "{header:?}");
        assert_eq!(session.json["session"]["token"], up.json["token"]);
        assert_eq!(session.json["session"]["userId"], up.json["user"]["id"]);
        assert_eq!(session.header("cache-control"), "no-store");
        let jwt = format!("Bearer {}", session.header("set-auth-jwt"));
        let user = relay
            .get("/api/auth/user", &[("authorization", &jwt)])
            .await;
        assert_eq!(user.json, up.json["user"]);
    }
}

#[tokio::test]
async fn a_session_that_is_not_to_be_remembered_ends_with_the_browser() {
    let relay = TestRelay::new(&[]).await;
    relay.post(SIGN_UP, ada()).await;
    let mut body = ada();
    body["rememberMe"] = json!(false);
    let answer = relay.post(SIGN_IN, body).await;
    assert_eq!(answer.json["redirect"], false);
    assert!(
        !answer.header("set-cookie").contains("Max-Age"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn plain_names_do_the_same() {
    let relay = TestRelay::new(&[]).await;
    let up = relay.post("/api/auth/signup", ada()).await;
    let sign_in = relay.post("/api/auth/signin", ada()).await;
    assert_eq!(up.json["user"], sign_in.json["user"]);
    let wrong = json!({ "email": "ada@example.org", "password": "wrong" });
    let error = relay.post("/api/auth/signin", wrong).await;
    assert_eq!(error.error(), (401, "INVALID_EMAIL_OR_PASSWORD"));
}

#[tokio::test]
async fn errors_are_flat_with_the_codes_of_better_auth() {
    let relay = TestRelay::new(&[]).await;
    relay.post(SIGN_UP, ada()).await;
    let user =
        |email: &str, password: &str| json!({ "name": "B", "email": email, "password": password });
    let long = "x".repeat(129);
    for (path, body, expected) in [
        (
            SIGN_UP,
            ada(),
            (422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"),
        ),
        (
            SIGN_UP,
            user("bad", "correct horse"),
            (400, "VALIDATION_ERROR"),
        ),
        (SIGN_UP, json!({ "name": "B" }), (400, "VALIDATION_ERROR")),
        (SIGN_UP, json!([]), (400, "VALIDATION_ERROR")),
        (
            SIGN_UP,
            user("b@example.org", ""),
            (400, "VALIDATION_ERROR"),
        ),
        (
            SIGN_UP,
            user("b@example.org", "seven77"),
            (400, "PASSWORD_TOO_SHORT"),
        ),
        (
            SIGN_UP,
            user("b@example.org", &long),
            (400, "PASSWORD_TOO_LONG"),
        ),
        (
            SIGN_UP,
            json!({ "name": long.repeat(2), "email": "b@c.de", "password": "correct horse" }),
            (400, "VALIDATION_ERROR"),
        ),
        (
            SIGN_IN,
            user("bad", "correct horse"),
            (400, "INVALID_EMAIL"),
        ),
        (
            SIGN_IN,
            user("ada@example.org", &long),
            (400, "PASSWORD_TOO_LONG"),
        ),
        (
            SIGN_IN,
            user("ada@example.org", "wrong"),
            (401, "INVALID_EMAIL_OR_PASSWORD"),
        ),
        (
            SIGN_IN,
            user("nobody@example.org", "wrong"),
            (401, "INVALID_EMAIL_OR_PASSWORD"),
        ),
    ] {
        let answer = relay.post(path, body.clone()).await;
        assert_eq!(answer.error(), expected, "{body}");
        assert!(
            answer.json["message"].is_string() && answer.json["error"].is_null(),
            "{answer:?}"
        );
    }
    let post = |kind: &'static str, body: &'static str| {
        let request = http::Request::post(SIGN_UP).header("content-type", kind);
        relay.send(request.body(body.into()).unwrap())
    };
    assert_eq!(
        post("application/json", "{bad").await.error(),
        (400, "BAD_REQUEST")
    );
    assert_eq!(
        post("text/plain", "{}").await.error(),
        (415, "UNSUPPORTED_MEDIA_TYPE")
    );
}

#[tokio::test]
async fn of_many_who_sign_up_with_one_email_one_gets_it() {
    let relay = TestRelay::new(&[]).await;
    let all = futures_util::future::join_all((0..8).map(|_| relay.post(SIGN_UP, ada()))).await;
    let signed_up = all
        .iter()
        .filter(|answer| answer.status == StatusCode::OK)
        .count();
    let taken = |answer: &&crate::auth::testing::Answer| {
        answer.error() == (422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")
    };
    assert_eq!((signed_up, all.iter().filter(taken).count()), (1, 7));
}

#[tokio::test]
async fn nobody_signs_up_where_that_is_closed() {
    let relay = TestRelay::new(&["--sign-up", "false"]).await;
    assert_eq!(
        relay.post(SIGN_UP, ada()).await.error(),
        (403, "EMAIL_PASSWORD_SIGN_UP_DISABLED")
    );
}

#[tokio::test]
async fn signing_out_ends_the_session_for_good() {
    let relay = TestRelay::new(&[]).await;
    let up = relay.post(SIGN_UP, ada()).await;
    let cookie = ("cookie", sent(up.header("set-cookie")));
    let out = relay
        .call(Method::POST, "/api/auth/sign-out", &[cookie, HERE], None)
        .await;
    assert_eq!(out.json, json!({ "success": true }));
    assert!(
        out.header("set-cookie")
            .starts_with("better-auth.session_token=; Max-Age=0; "),
        "{out:?}"
    );

    let session = relay.get("/api/auth/get-session", &[cookie]).await;
    assert_eq!(
        (session.status, session.json),
        (StatusCode::OK, serde_json::Value::Null)
    );
    assert_eq!(
        relay.get("/api/auth/token", &[cookie]).await.error(),
        (401, "UNAUTHORIZED")
    );
    assert_eq!(
        relay.get("/api/auth/user", &[cookie]).await.error(),
        (401, "UNAUTHORIZED")
    );
    let again = relay
        .call(Method::POST, "/api/auth/sign-out", &[], None)
        .await;
    assert_eq!(again.json, json!({ "success": true }));
}

#[tokio::test]
async fn other_sites_cannot_use_a_readers_cookie_or_sign_them_in() {
    let relay = TestRelay::new(&[]).await;
    let up = relay.post(SIGN_UP, ada()).await;
    let cookie = ("cookie", sent(up.header("set-cookie")));
    let evil = ("origin", "https://evil.example");
    for (headers, code) in [
        (vec![cookie], "MISSING_OR_NULL_ORIGIN"),
        (vec![cookie, ("origin", "null")], "MISSING_OR_NULL_ORIGIN"),
        (vec![cookie, evil], "INVALID_ORIGIN"),
        (vec![evil], "INVALID_ORIGIN"),
        (
            vec![cookie, ("referer", "https://evil.example/page")],
            "INVALID_ORIGIN",
        ),
        (
            vec![cookie, ("referer", "not a url")],
            "MISSING_OR_NULL_ORIGIN",
        ),
    ] {
        let out = relay
            .call(Method::POST, "/api/auth/sign-out", &headers, None)
            .await;
        assert_eq!(out.error(), (403, code), "{headers:?}");
        let sign_in = relay
            .call(Method::POST, SIGN_IN, &headers, Some(ada()))
            .await;
        assert_eq!(sign_in.error(), (403, code), "{headers:?}");
    }
    let profile = relay
        .call(
            Method::PUT,
            "/api/profile",
            &[cookie, evil],
            Some(json!({})),
        )
        .await;
    assert_eq!(profile.error(), (403, "invalid_origin"));
    let alive = relay.get("/api/auth/get-session", &[cookie, evil]).await;
    assert_eq!(alive.json["user"], up.json["user"]);
    for headers in [
        vec![cookie, ("sec-fetch-site", "same-origin")],
        vec![cookie, ("referer", "http://127.0.0.1:8717/docs")],
    ] {
        let sign_in = relay
            .call(Method::POST, SIGN_IN, &headers, Some(ada()))
            .await;
        assert_eq!(sign_in.status, StatusCode::OK, "{headers:?}");
    }
}

#[tokio::test]
async fn a_credential_that_is_not_ours_is_nobodys() {
    let relay = TestRelay::new(&["--anonymous"]).await;
    let up = relay.post(SIGN_UP, ada()).await;
    let token = up.text("token");
    let jwt = relay
        .get(
            "/api/auth/token",
            &[("authorization", &format!("Bearer {token}"))],
        )
        .await;
    let jwt = jwt.text("token").to_owned();
    let hash = stored_token(&relay.app.store).await;
    assert_ne!(hash, token, "the database has no token");
    let forged = up.header("set-auth-token").replace(token, &hash);
    for bearer in [
        hash.as_str(),
        &forged,
        "",
        "x.y.z",
        "a.b.c.d",
        &jwt[..jwt.len() - 6],
        &jwt.replacen('.', ".e30", 1),
        &"x".repeat(9000),
    ] {
        let bearer = format!("Bearer {bearer}");
        let user = relay
            .get("/api/auth/user", &[("authorization", &bearer)])
            .await;
        assert_eq!(user.error(), (401, "UNAUTHORIZED"), "{bearer}");
        let session = relay
            .get("/api/auth/get-session", &[("authorization", &bearer)])
            .await;
        assert_eq!(
            (session.status, session.json),
            (StatusCode::OK, serde_json::Value::Null),
            "{bearer}"
        );
    }
}

#[tokio::test]
async fn passwords_cannot_be_guessed_for_long_and_nobody_learns_who_has_an_account() {
    let relay = TestRelay::new(&[]).await;
    relay.post(SIGN_UP, ada()).await;
    for email in ["ada@example.org", "nobody@example.org"] {
        let guess = json!({ "email": email, "password": "guess" });
        let guesses = (0..14).map(|_| relay.post(SIGN_IN, guess.clone()));
        let answers = futures_util::future::join_all(guesses).await;
        let refused = answers
            .iter()
            .filter(|answer| answer.error() == (401, "INVALID_EMAIL_OR_PASSWORD"))
            .count();
        let limited: Vec<_> = answers
            .iter()
            .filter(|answer| answer.error() == (429, "TOO_MANY_REQUESTS"))
            .collect();
        assert_eq!((refused, limited.len()), (10, 4), "{email}");
        let seconds: u64 = limited[0].header("retry-after").parse().unwrap();
        assert!((1..=900).contains(&seconds));
        assert_eq!(
            limited[0].header("x-retry-after"),
            limited[0].header("retry-after")
        );
    }
    assert_eq!(
        relay.post(SIGN_IN, ada()).await.error(),
        (429, "TOO_MANY_REQUESTS")
    );
}

#[tokio::test]
async fn who_signs_in_rightly_is_never_limited() {
    let relay = TestRelay::new(&[]).await;
    relay.post(SIGN_UP, ada()).await;
    for _ in 0..12 {
        assert_eq!(relay.post(SIGN_IN, ada()).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn relays_over_one_database_limit_together_and_know_each_others_sessions() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("relay.db").display());
    let flags = ["--sign-ups-per-hour", "1"];
    let one = TestRelay::over(&database, &flags).await;
    let two = TestRelay::over(&database, &flags).await;
    let bearer = one.sign_up("ada@example.org").await;
    let other = json!({ "name": "B", "email": "b@example.org", "password": "correct horse" });
    assert_eq!(
        two.post(SIGN_UP, other).await.error(),
        (429, "TOO_MANY_REQUESTS")
    );

    let token = two
        .get("/api/auth/token", &[("authorization", &bearer)])
        .await;
    let jwt = format!("Bearer {}", token.text("token"));
    assert_eq!(
        one.get("/api/auth/user", &[("authorization", &jwt)])
            .await
            .text("email"),
        "ada@example.org"
    );
    let signed = one.post(SIGN_IN, ada()).await;
    let cookie = ("cookie", sent(signed.header("set-cookie")));
    assert_eq!(
        two.get("/api/auth/user", &[cookie]).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_session_slides_as_it_is_used_and_ends_when_it_is_not() {
    let relay = TestRelay::new(&[]).await;
    let bearer = relay.sign_up("ada@example.org").await;
    let header = [("authorization", bearer.as_str())];
    let young = relay.get("/api/auth/get-session", &header).await;
    assert_eq!(
        young.header("set-cookie"),
        "",
        "a young session is left as it is"
    );

    age(&relay.app.store, "-2 days").await;
    let old = relay.get("/api/auth/get-session", &header).await;
    assert!(
        old.header("set-cookie").contains("Max-Age=604800"),
        "{old:?}"
    );
    assert!(
        old.json["session"]["expiresAt"].as_str() > young.json["session"]["expiresAt"].as_str()
    );

    age(&relay.app.store, "-8 days").await;
    let ended = relay.get("/api/auth/get-session", &header).await;
    assert_eq!(ended.json, serde_json::Value::Null);
}

#[tokio::test]
async fn keys_are_public_and_what_others_need_to_check_a_token() {
    let relay = TestRelay::new(&[]).await;
    let keys = relay.get("/api/auth/jwks", &[]).await;
    let key = keys.json["keys"][0].as_object().unwrap();
    let mut names: Vec<_> = key.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "x"]);
}

async fn stored_token(store: &Store) -> String {
    let Store::Sqlite(pool) = store else {
        panic!("SQLite was asked for");
    };
    sqlx::query_scalar(r#"SELECT "token" FROM "session""#)
        .fetch_one(pool)
        .await
        .unwrap()
}

/// Moves the times of all sessions.
async fn age(store: &Store, by: &str) {
    let Store::Sqlite(pool) = store else {
        panic!("SQLite was asked for");
    };
    sqlx::query(
        r#"UPDATE "session" SET "updatedAt" = strftime('%Y-%m-%dT%H:%M:%fZ', "updatedAt", $1),
           "expiresAt" = strftime('%Y-%m-%dT%H:%M:%fZ', "expiresAt", $1)"#,
    )
    .bind(by)
    .execute(pool)
    .await
    .unwrap();
}
