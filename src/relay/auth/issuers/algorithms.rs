//! Tokens by keys of every kind that issuers have, from the header of a request to whose it is.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use rand::rngs::OsRng;
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::traits::PublicKeyParts;
use serde_json::{Value, json};

use super::tests::{Given, Mock};
use crate::auth::jwks::{FRESH, INTERVAL};
use crate::auth::testing::TestRelay;
use crate::store::now;

/// A key of an issuer.
struct Key {
    kid: &'static str,
    algorithm: Algorithm,
    private: EncodingKey,
    public: Value,
    /// What of it is known to all, as someone may try it as a shared secret.
    known: Vec<Vec<u8>>,
}

impl Key {
    fn es256(kid: &'static str) -> Self {
        let own = p256::SecretKey::random(&mut OsRng);
        let point = own.public_key().to_encoded_point(false);
        let [x, y] = [point.x(), point.y()].map(|part| URL_SAFE_NO_PAD.encode(part.unwrap()));
        Self {
            kid,
            algorithm: Algorithm::ES256,
            private: EncodingKey::from_ec_der(own.to_pkcs8_der().unwrap().as_bytes()),
            known: known(&own.public_key(), &x),
            public: json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid, "alg": "ES256" }),
        }
    }

    fn rs256(kid: &'static str) -> Self {
        let own = rsa::RsaPrivateKey::new(&mut OsRng, 2048).unwrap();
        let n = URL_SAFE_NO_PAD.encode(own.n().to_bytes_be());
        Self {
            kid,
            algorithm: Algorithm::RS256,
            private: EncodingKey::from_rsa_der(own.to_pkcs1_der().unwrap().as_bytes()),
            known: known(&own.to_public_key(), &n),
            public: json!({ "kty": "RSA", "n": n, "e": "AQAB", "kid": kid, "use": "sig" }),
        }
    }

    fn sign(&self, claims: &Value) -> String {
        self.sign_as(self.algorithm, self.kid, claims)
    }

    fn sign_as(&self, algorithm: Algorithm, kid: &str, claims: &Value) -> String {
        encode(&header(algorithm, kid), claims, &self.private).unwrap()
    }
}

fn known(key: &impl EncodePublicKey, part: &str) -> Vec<Vec<u8>> {
    let pem = key.to_public_key_pem(LineEnding::LF).unwrap();
    let der = key.to_public_key_der().unwrap().into_vec();
    vec![
        pem.trim().as_bytes().to_vec(),
        pem.into_bytes(),
        der,
        part.as_bytes().to_vec(),
        URL_SAFE_NO_PAD.decode(part).unwrap(),
    ]
}

fn header(algorithm: Algorithm, kid: &str) -> Header {
    let mut header = Header::new(algorithm);
    header.kid = Some(kid.to_owned());
    header
}

/// An issuer with these keys, and a relay that accepts it.
async fn relay(keys: &[&Key]) -> (Mock, TestRelay) {
    let mock = Mock::start().await;
    give(&mock, keys);
    let relay = TestRelay::new(&["--issuers", &format!("{} aud=book", mock.url)]).await;
    (mock, relay)
}

fn give(mock: &Mock, keys: &[&Key]) {
    let keys: Vec<_> = keys.iter().map(|key| &key.public).collect();
    mock.give(Given::Keys(json!({ "keys": keys })));
}

async fn status(relay: &TestRelay, token: &str) -> u16 {
    let bearer = format!("Bearer {token}");
    let answer = relay
        .get("/api/profile", &[("authorization", &bearer)])
        .await;
    answer.status.as_u16()
}

/// As if what is known of an issuer's keys were older by so much.
async fn age(relay: &TestRelay, by: std::time::Duration) {
    for accepted in &relay.app.accounts.issuers.0 {
        accepted.keys.age(by).await;
    }
}

#[tokio::test]
async fn keys_of_every_kind_let_their_readers_in_and_nobody_else() {
    for (key, other, sibling) in [
        (Key::rs256("k1"), Key::rs256("k1"), Algorithm::RS384),
        (Key::es256("k1"), Key::es256("k1"), Algorithm::ES256),
    ] {
        let (mock, relay) = relay(&[&key]).await;
        let claims = mock.claims();
        let good = key.sign(&claims);
        assert_eq!(status(&relay, &good).await, 200, "{:?}", key.algorithm);
        let mut listed = claims.clone();
        listed["aud"] = json!(["elsewhere", "book"]);
        assert_eq!(status(&relay, &key.sign(&listed)).await, 200);

        let at = now() / 1000;
        for (claim, value) in [
            ("aud", json!(["elsewhere"])),
            ("aud", json!([])),
            ("nbf", json!(at + 600)),
            ("exp", json!(at - 600)),
            ("iss", json!("https://elsewhere.example")),
        ] {
            let mut wrong = claims.clone();
            wrong[claim] = value;
            assert_eq!(status(&relay, &key.sign(&wrong)).await, 401, "{wrong}");
        }
        let mut forged = vec![other.sign(&claims), good[..good.len() - 4].to_owned()];
        if sibling != key.algorithm {
            forged.push(key.sign_as(sibling, "k1", &claims));
        }
        for secret in &key.known {
            for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
                let secret = EncodingKey::from_secret(secret);
                forged.push(encode(&header(algorithm, "k1"), &claims, &secret).unwrap());
            }
        }
        let body = good.split('.').nth(1).unwrap();
        for none in ["none", "None", "NONE", "HS256", "RS256", "ES256"] {
            let header = json!({ "alg": none, "kid": "k1" }).to_string();
            forged.push(format!("{}.{body}.", URL_SAFE_NO_PAD.encode(header)));
        }
        for token in forged {
            assert_eq!(status(&relay, &token).await, 401, "{token}");
        }
        assert_eq!(mock.asked(), 1);
    }
}

#[tokio::test]
async fn rotated_keys_are_found_once_an_interval_and_withdrawn_ones_are_forgotten() {
    let (old, new) = (Key::es256("old"), Key::es256("new"));
    let (mock, relay) = relay(&[&old]).await;
    let claims = mock.claims();
    assert_eq!(status(&relay, &old.sign(&claims)).await, 200);
    give(&mock, &[&new]);
    for _ in 0..5 {
        assert_eq!(status(&relay, &new.sign(&claims)).await, 401);
    }
    assert_eq!(mock.asked(), 1, "keys were asked for a moment ago");
    age(&relay, INTERVAL).await;
    assert_eq!(status(&relay, &new.sign(&claims)).await, 200);
    assert_eq!(status(&relay, &old.sign(&claims)).await, 401);
    for _ in 0..5 {
        let unknown = new.sign_as(Algorithm::ES256, "unknown", &claims);
        assert_eq!(status(&relay, &unknown).await, 401);
    }
    assert_eq!(mock.asked(), 2);
}

#[tokio::test]
async fn keys_that_are_known_serve_while_their_issuer_fails() {
    let key = Key::es256("k1");
    let (mock, relay) = relay(&[&key]).await;
    let token = key.sign(&mock.claims());
    assert_eq!(status(&relay, &token).await, 200);
    mock.give(Given::Failure);
    for round in 2..4 {
        age(&relay, FRESH).await;
        for _ in 0..5 {
            assert_eq!(status(&relay, &token).await, 200);
        }
        // It is asked beside the request.
        while mock.asked() < round {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
    assert_eq!(mock.asked(), 3);
}

#[tokio::test]
async fn an_issuer_that_was_never_reached_is_told_of_with_when_to_try_again() {
    let key = Key::es256("k1");
    let (mock, relay) = relay(&[&key]).await;
    mock.give(Given::Failure);
    let bearer = format!("Bearer {}", key.sign(&mock.claims()));
    let headers = [("authorization", bearer.as_str())];
    let answer = relay.get("/api/profile", &headers).await;
    assert_eq!(answer.error(), (503, "issuer_unavailable"));
    assert_eq!(answer.header("retry-after"), INTERVAL.as_secs().to_string());
    give(&mock, &[&key]);
    age(&relay, INTERVAL).await;
    assert_eq!(relay.get("/api/profile", &headers).await.status, 200);
}
