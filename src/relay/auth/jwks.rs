//! The keys of one issuer (RFC 7517): fetched when they are needed, kept, and fetched again as they age or an
//! unknown one is named.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, StatusCode};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::timeout;
use url::Url;

use crate::fetch::{self, Client, Place};

/// After this, keys are fetched again when one is next asked for.
pub(super) const FRESH: Duration = Duration::from_secs(10 * 60);
/// Keys are fetched no more often, whoever names unknown ones and whatever fails.
pub(super) const INTERVAL: Duration = Duration::from_secs(30);
/// How long an issuer may take to give its keys, from the connection to the last byte.
pub(super) const FETCH: Duration = Duration::from_secs(5);
/// Most bytes of an answer.
const BYTES: usize = 256 * 1024;
/// Most keys of an issuer.
const KEYS: usize = 100;
/// Bytes of the smallest RSA modulus that is accepted (RFC 7518, section 3.3).
const RSA_BYTES: usize = 2048 / 8;

/// The keys of one issuer.
#[derive(Debug)]
pub struct RemoteKeys {
    url: Url,
    place: Place,
    known: ArcSwapOption<Known>,
    /// When they were last asked for; who holds it asks.
    asked: Mutex<Option<Instant>>,
}

/// A key, and the one algorithm that it is for.
#[derive(Clone)]
pub struct PinnedKey {
    /// The key.
    pub key: DecodingKey,
    /// What tokens must be signed with.
    pub algorithm: Algorithm,
}

impl std::fmt::Debug for PinnedKey {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_tuple("PinnedKey").field(&self.algorithm).finish()
    }
}

/// The issuer has never given its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreachable;

/// Seconds after which an issuer is asked again.
pub const RETRY_SECONDS: u64 = INTERVAL.as_secs();

#[derive(Debug)]
struct Known {
    keys: HashMap<String, PinnedKey>,
    fetched: Instant,
}

#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error(transparent)]
    Http(#[from] fetch::FetchError),
    #[error(transparent)]
    Read(#[from] std::io::Error),
    #[error("longer than {FETCH:?}")]
    Late,
    #[error("answered with status {0}")]
    Status(StatusCode),
    #[error("more than {BYTES} bytes")]
    TooLong,
    #[error("not a key set: {0}")]
    NotKeys(#[from] serde_json::Error),
    #[error("no key in it can be used")]
    Empty,
}

impl RemoteKeys {
    /// The keys at `url`, not asked for yet.
    pub fn new(url: Url, client: Client) -> Self {
        Self {
            place: Place::new(client, &Method::GET, url.clone(), &HeaderMap::new()),
            url,
            known: ArcSwapOption::empty(),
            asked: Mutex::new(None),
        }
    }

    /// The key of this id; where a token names none, the only one there is.
    ///
    /// # Errors
    /// Where the issuer has never given its keys.
    pub async fn key(
        self: &Arc<Self>,
        kid: Option<&str>,
    ) -> Result<Option<PinnedKey>, Unreachable> {
        if let Some(known) = self.known.load_full()
            && let Some(key) = known.key(kid)
        {
            // What is known is good enough for this request: the next ones get what comes.
            if known.fetched.elapsed() >= FRESH && self.may_ask() {
                tokio::spawn(Arc::clone(self).refresh());
            }
            return Ok(Some(key));
        }
        // In a task of its own: a client that leaves must not end what others wait for.
        let fetched = tokio::spawn(Arc::clone(self).refresh()).await;
        if let Err(error) = fetched {
            tracing::error!(%error, "a fetch of keys ended");
        }
        match self.known.load_full() {
            Some(known) => Ok(known.key(kid)),
            None => Err(Unreachable),
        }
    }

    /// As if all that is known were older by so much.
    #[cfg(test)]
    pub(super) async fn age(&self, by: Duration) {
        let mut asked = self.asked.lock().await;
        *asked = asked.and_then(|at| at.checked_sub(by));
        if let Some(known) = self.known.load_full() {
            self.known.store(Some(Arc::new(Known {
                keys: known.keys.clone(),
                fetched: known.fetched.checked_sub(by).unwrap(),
            })));
        }
    }

    fn may_ask(&self) -> bool {
        let asked = self.asked.try_lock();
        asked.is_ok_and(|at| at.is_none_or(|at| at.elapsed() >= INTERVAL))
    }

    /// Fetches the keys, unless that was done a moment ago. Those who come while it is done wait for it.
    async fn refresh(self: Arc<Self>) {
        let mut asked = self.asked.lock().await;
        if asked.is_some_and(|at| at.elapsed() < INTERVAL) {
            return;
        }
        *asked = Some(Instant::now());
        match timeout(FETCH, self.fetch())
            .await
            .unwrap_or(Err(FetchError::Late))
        {
            Ok(keys) => {
                let fetched = Instant::now();
                self.known.store(Some(Arc::new(Known { keys, fetched })));
            }
            Err(error) => {
                tracing::warn!(url = %self.url, %error, "an issuer's keys could not be fetched");
            }
        }
    }

    async fn fetch(&self) -> Result<HashMap<String, PinnedKey>, FetchError> {
        let mut answer = self.place.ask(Bytes::new()).await?;
        if !answer.status.is_success() {
            return Err(FetchError::Status(answer.status));
        }
        let mut bytes = BytesMut::new();
        while answer.body.read(&mut bytes).await? > 0 {
            if bytes.len() > BYTES {
                return Err(FetchError::TooLong);
            }
        }
        let keys = keys(&bytes)?;
        if keys.is_empty() {
            Err(FetchError::Empty)
        } else {
            Ok(keys)
        }
    }
}

impl Known {
    fn key(&self, kid: Option<&str>) -> Option<PinnedKey> {
        let key = match kid {
            Some(kid) => self.keys.get(kid),
            None => self.keys.values().next().filter(|_| self.keys.len() == 1),
        };
        key.cloned()
    }
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// The keys of a set that can be used; others are passed over (RFC 7517, section 5).
fn keys(bytes: &[u8]) -> Result<HashMap<String, PinnedKey>, serde_json::Error> {
    let set: KeySet = serde_json::from_slice(bytes)?;
    let keys = set.keys.into_iter().take(KEYS);
    Ok(keys
        .filter_map(|value| serde_json::from_value::<Jwk>(value).ok())
        .filter_map(|jwk| Some((jwk.common.key_id.clone().unwrap_or_default(), pinned(&jwk)?)))
        .collect())
}

fn pinned(jwk: &Jwk) -> Option<PinnedKey> {
    if !matches!(
        jwk.common.public_key_use,
        None | Some(PublicKeyUse::Signature)
    ) {
        return None;
    }
    let algorithm = algorithm(jwk)?;
    let key = DecodingKey::from_jwk(jwk).ok()?;
    Some(PinnedKey { key, algorithm })
}

/// The algorithm of a public key: what it says where that fits its type, or what its type alone says. Never one
/// with a shared secret.
fn algorithm(jwk: &Jwk) -> Option<Algorithm> {
    let said = jwk.common.key_algorithm;
    match &jwk.algorithm {
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            matches!(said, None | Some(KeyAlgorithm::EdDSA)).then_some(Algorithm::EdDSA)
        }
        AlgorithmParameters::EllipticCurve(key) => match (&key.curve, said) {
            (EllipticCurve::P256, None | Some(KeyAlgorithm::ES256)) => Some(Algorithm::ES256),
            (EllipticCurve::P384, None | Some(KeyAlgorithm::ES384)) => Some(Algorithm::ES384),
            _ => None,
        },
        AlgorithmParameters::RSA(key) if long_enough(&key.n) => match said {
            None | Some(KeyAlgorithm::RS256) => Some(Algorithm::RS256),
            Some(KeyAlgorithm::RS384) => Some(Algorithm::RS384),
            Some(KeyAlgorithm::RS512) => Some(Algorithm::RS512),
            Some(KeyAlgorithm::PS256) => Some(Algorithm::PS256),
            Some(KeyAlgorithm::PS384) => Some(Algorithm::PS384),
            Some(KeyAlgorithm::PS512) => Some(Algorithm::PS512),
            _ => None,
        },
        _ => None,
    }
}

fn long_enough(modulus: &str) -> bool {
    modulus.len() * 3 / 4 >= RSA_BYTES
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;

    fn algorithm_of(jwk: Value) -> Option<Algorithm> {
        let set = json!({ "keys": [jwk] });
        let keys = keys(set.to_string().as_bytes()).unwrap();
        keys.into_values().next().map(|key| key.algorithm)
    }

    #[test]
    fn a_key_is_for_one_algorithm_and_never_for_a_shared_secret() {
        let modulus = |bytes: usize| URL_SAFE_NO_PAD.encode(vec![255; bytes]);
        let n = modulus(RSA_BYTES);
        let (x, y) = (
            "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        );
        for (jwk, expected) in [
            (
                json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y }),
                Some(Algorithm::ES256),
            ),
            (
                json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "alg": "ES384" }),
                None,
            ),
            (
                json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "alg": "HS256" }),
                None,
            ),
            (
                json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "enc" }),
                None,
            ),
            (
                json!({ "kty": "RSA", "n": n, "e": "AQAB" }),
                Some(Algorithm::RS256),
            ),
            (
                json!({ "kty": "RSA", "n": n, "e": "AQAB", "alg": "PS512" }),
                Some(Algorithm::PS512),
            ),
            (
                json!({ "kty": "RSA", "n": n, "e": "AQAB", "alg": "HS256" }),
                None,
            ),
            (
                json!({ "kty": "RSA", "n": modulus(RSA_BYTES / 2), "e": "AQAB" }),
                None,
            ),
            (
                json!({ "kty": "OKP", "crv": "Ed25519", "x": x }),
                Some(Algorithm::EdDSA),
            ),
            (
                json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "alg": "none" }),
                None,
            ),
            (json!({ "kty": "oct", "k": "c2VjcmV0" }), None),
            (json!({ "kty": "XYZ" }), None),
            (json!("key"), None),
        ] {
            assert_eq!(algorithm_of(jwk.clone()), expected, "{jwk}");
        }
    }
}
