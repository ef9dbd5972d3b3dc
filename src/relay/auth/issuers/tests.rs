use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use http::StatusCode;
use jsonwebtoken::{Algorithm, EncodingKey, encode};
use rand::rngs::OsRng;
use serde_json::{Value, json};

use super::*;
use crate::auth::testing::TestRelay;
use crate::store::now;

/// An issuer on loopback, with one key, whose answers tests change.
pub(super) struct Mock {
    pub(super) url: String,
    state: Arc<MockState>,
    key: EncodingKey,
}

struct MockState {
    asked: AtomicUsize,
    answer: Mutex<Given>,
}

#[derive(Clone)]
pub(super) enum Given {
    Keys(Value),
    Failure,
    Elsewhere,
    Flood,
    Silence,
}

impl Mock {
    pub(super) async fn start() -> Self {
        let key = SigningKey::generate(&mut OsRng);
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "k1", "use": "sig",
            "x": URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes()) });
        let state = Arc::new(MockState {
            asked: AtomicUsize::new(0),
            answer: Mutex::new(Given::Keys(json!({ "keys": [jwk] }))),
        });
        let routes = Router::new()
            .route("/.well-known/jwks.json", get(answer))
            .route("/elsewhere", get(answer))
            .with_state(Arc::clone(&state));
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", socket.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(socket, routes).await });
        let key = EncodingKey::from_ed_der(key.to_pkcs8_der().unwrap().as_bytes());
        Self { url, state, key }
    }

    fn issuers(&self) -> Issuers {
        Issuers::new(&[format!("{} aud=book", self.url).parse().unwrap()]).unwrap()
    }

    pub(super) fn give(&self, answer: Given) {
        *self.state.answer.lock().unwrap() = answer;
    }

    pub(super) fn asked(&self) -> usize {
        self.state.asked.load(Ordering::SeqCst)
    }

    pub(super) fn claims(&self) -> Value {
        let at = now() / 1000;
        json!({ "iss": self.url, "aud": "book", "sub": "ada", "iat": at, "exp": at + 60 })
    }

    fn token(&self, claims: &Value) -> String {
        encode(&header("k1"), claims, &self.key).unwrap()
    }

    async fn owner(&self, issuers: &Issuers, token: &str) -> Result<Option<String>, ApiError> {
        let header = jsonwebtoken::decode_header(token).unwrap();
        issuers.check(token, &header, &self.url).await
    }
}

fn header(kid: &str) -> Header {
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(kid.to_owned());
    header
}

async fn answer(State(state): State<Arc<MockState>>) -> Response {
    state.asked.fetch_add(1, Ordering::SeqCst);
    let given = state.answer.lock().unwrap().clone();
    match given {
        Given::Keys(keys) => axum::Json(keys).into_response(),
        Given::Failure => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Given::Elsewhere => Redirect::temporary("/elsewhere").into_response(),
        Given::Flood => "x".repeat(1 << 20).into_response(),
        Given::Silence => std::future::pending().await,
    }
}

#[tokio::test]
async fn a_token_of_an_issuer_is_its_subjects() {
    let mock = Mock::start().await;
    let issuers = mock.issuers();
    let token = mock.token(&mock.claims());
    let owner = mock.owner(&issuers, &token).await.unwrap();
    assert_eq!(owner, Some(format!("{}#ada", mock.url)));
    let elsewhere = issuers
        .check(&token, &header("k1"), "https://other.example")
        .await;
    assert_eq!(elsewhere.unwrap(), None);
}

#[tokio::test]
async fn claims_that_are_not_as_agreed_are_refused() {
    let mock = Mock::start().await;
    let issuers = mock.issuers();
    let at = now() / 1000;
    for (claim, value) in [
        ("aud", json!("other")),
        ("aud", Value::Null),
        ("iss", json!("https://other.example")),
        ("exp", json!(at - 60)),
        ("exp", Value::Null),
        ("nbf", json!(at + 120)),
        ("sub", Value::Null),
        ("sub", json!("")),
        ("sub", json!("s".repeat(300))),
        ("sub", json!(7)),
    ] {
        let mut claims = mock.claims();
        claims[claim] = value.clone();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(claim);
        }
        let owner = mock.owner(&issuers, &mock.token(&claims)).await.unwrap();
        assert_eq!(owner, None, "{claim} {value}");
    }
    let mut many = mock.claims();
    many["aud"] = json!(["other", "book"]);
    many["exp"] = json!(at - 5);
    assert!(
        mock.owner(&issuers, &mock.token(&many))
            .await
            .unwrap()
            .is_some(),
        "a clock may be off a little"
    );
}

#[tokio::test]
async fn a_party_is_checked_where_there_is_no_audience() {
    let mock = Mock::start().await;
    let issuers = Issuers::new(&[format!("{} azp=https://docs.example", mock.url)
        .parse()
        .unwrap()])
    .unwrap();
    let mut claims = mock.claims();
    assert_eq!(
        mock.owner(&issuers, &mock.token(&claims)).await.unwrap(),
        None
    );
    claims["azp"] = json!("https://docs.example");
    assert!(
        mock.owner(&issuers, &mock.token(&claims))
            .await
            .unwrap()
            .is_some()
    );
    claims["azp"] = json!("https://evil.example");
    assert_eq!(
        mock.owner(&issuers, &mock.token(&claims)).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn another_algorithm_than_the_keys_is_refused() {
    let mock = Mock::start().await;
    let issuers = mock.issuers();
    let public = match mock.state.answer.lock().unwrap().clone() {
        Given::Keys(keys) => keys["keys"][0]["x"].as_str().unwrap().to_owned(),
        _ => unreachable!("the mock begins with keys"),
    };
    for secret in [
        public.as_bytes().to_vec(),
        URL_SAFE_NO_PAD.decode(&public).unwrap(),
    ] {
        let mut symmetric = Header::new(Algorithm::HS256);
        symmetric.kid = Some("k1".to_owned());
        let token = encode(
            &symmetric,
            &mock.claims(),
            &EncodingKey::from_secret(&secret),
        )
        .unwrap();
        assert_eq!(mock.owner(&issuers, &token).await.unwrap(), None);
    }
    let other = SigningKey::generate(&mut OsRng);
    let other = EncodingKey::from_ed_der(other.to_pkcs8_der().unwrap().as_bytes());
    let forged = encode(&header("k1"), &mock.claims(), &other).unwrap();
    assert_eq!(mock.owner(&issuers, &forged).await.unwrap(), None);
}

#[tokio::test]
async fn keys_are_fetched_once_for_all_who_ask_and_not_again_for_unknown_ones() {
    let mock = Mock::start().await;
    let issuers = mock.issuers();
    let token = mock.token(&mock.claims());
    let all = (0..50).map(|_| mock.owner(&issuers, &token));
    let all = futures_util::future::join_all(all).await;
    assert!(all.iter().all(|owner| owner.as_ref().unwrap().is_some()));
    for i in 0..50 {
        let unknown = encode(&header(&format!("k{}", i + 2)), &mock.claims(), &mock.key).unwrap();
        assert_eq!(mock.owner(&issuers, &unknown).await.unwrap(), None);
    }
    assert_eq!(mock.asked(), 1);
}

#[tokio::test]
async fn an_issuer_that_was_never_reached_is_not_the_readers_fault() {
    for given in [
        Given::Failure,
        Given::Elsewhere,
        Given::Flood,
        Given::Keys(json!({ "keys": [] })),
        Given::Keys(json!(1)),
    ] {
        let mock = Mock::start().await;
        mock.give(given);
        let issuers = mock.issuers();
        let token = mock.token(&mock.claims());
        for _ in 0..3 {
            let error = mock.owner(&issuers, &token).await.unwrap_err();
            assert_eq!(
                (error.status.as_u16(), error.code),
                (503, "issuer_unavailable")
            );
            assert!(error.retry_after.is_some());
        }
        assert_eq!(
            mock.asked(),
            1,
            "a redirect is not followed, a failure not repeated at once"
        );
    }
}

#[tokio::test]
async fn a_silent_issuer_is_given_up_and_a_client_that_leaves_ends_no_fetch() {
    let mock = Mock::start().await;
    mock.give(Given::Silence);
    let issuers = mock.issuers();
    let token = mock.token(&mock.claims());
    let left = tokio::time::timeout(Duration::from_millis(50), mock.owner(&issuers, &token)).await;
    assert!(left.is_err());
    let waited = tokio::time::timeout(FETCH * 2, mock.owner(&issuers, &token))
        .await
        .unwrap();
    assert_eq!(waited.unwrap_err().status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(mock.asked(), 1);
}

#[tokio::test]
async fn a_reader_of_an_issuer_has_rows_of_their_own_and_can_leave() {
    let mock = Mock::start().await;
    let setting = format!("{} aud=book", mock.url);
    let relay = TestRelay::new(&["--issuers", &setting]).await;
    let bearer = format!("Bearer {}", mock.token(&mock.claims()));
    let header = [("authorization", bearer.as_str())];
    let goals = json!({ "goals": "Robots." });
    let put = relay
        .call(http::Method::PUT, "/api/profile", &header, Some(goals))
        .await;
    assert_eq!(put.status, StatusCode::OK, "{put:?}");
    assert_eq!(
        relay.get("/api/account/export", &header).await.json["profile"]["goals"],
        "Robots."
    );
    assert_eq!(
        relay.get("/api/auth/user", &header).await.error(),
        (404, "NOT_FOUND")
    );
    let gone = relay
        .call(http::Method::DELETE, "/api/account", &header, None)
        .await;
    assert_eq!(gone.status, StatusCode::OK);
    assert_eq!(relay.get("/api/profile", &header).await.text("goals"), "");

    let mut critical = jsonwebtoken::Header::new(Algorithm::EdDSA);
    critical.kid = Some("k1".to_owned());
    critical.crit = Some(vec!["b64".to_owned()]);
    let critical = encode(&critical, &mock.claims(), &mock.key).unwrap();
    let refused = relay
        .get(
            "/api/profile",
            &[("authorization", &format!("Bearer {critical}"))],
        )
        .await;
    assert_eq!(refused.error(), (401, "not_signed_in"));
}
