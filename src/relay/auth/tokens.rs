//! The relay's own tokens: JWTs (RFC 7519) signed with EdDSA (RFC 8037) by a key that the database keeps.
//!
//! A token is good until it expires, also when its session has ended meanwhile, as Better Auth's are: that is what
//! makes it cheap to check, and why it lives for a quarter of an hour.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use utoipa::ToSchema;

use super::verified::Verified;
use super::{AccountsError, random_id};
use crate::error::ApiError;
use crate::store::{KeyRow, Store, now};

/// Seconds that a token is good for, as Better Auth's are.
const LIFETIME: i64 = 15 * 60;
/// After this, keys are read again, so that a relay signs with a key that was made beside it.
const RELOAD: Duration = Duration::from_secs(10);
/// Unknown keys are looked for no more often.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Milliseconds that a retired key is still known: while a relay may sign with it, and then its tokens live.
const RETIRED: i64 = (LIFETIME + 5 * 60) * 1000;

/// Makes and checks the relay's own tokens.
pub struct Tokens {
    store: Store,
    issuer: String,
    keys: ArcSwap<Keys>,
    loading: Mutex<()>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Tokens")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// The keys that others check the relay's tokens with (RFC 7517).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Jwks {
    /// The newest first.
    pub keys: Vec<Jwk>,
}

/// A public key of an EdDSA token (RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Jwk {
    /// `EdDSA`.
    pub alg: &'static str,
    /// `Ed25519`.
    pub crv: &'static str,
    /// The key, base64url.
    pub x: String,
    /// `OKP`.
    pub kty: &'static str,
    /// What tokens name it by.
    pub kid: String,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    iat: i64,
    exp: i64,
    jti: String,
}

struct Keys {
    signing: (String, EncodingKey),
    checking: HashMap<String, DecodingKey>,
    public: Jwks,
    loaded: Instant,
    /// Tokens that were found good with just these keys.
    verified: Arc<Verified>,
}

/// Makes a new key to sign with. Those before it sign no more, and stay known until their tokens have expired.
/// Gives the id of the new key.
///
/// # Errors
/// Where the database fails.
pub async fn rotate(store: &Store) -> Result<String, sqlx::Error> {
    let seed = SigningKey::generate(&mut OsRng).to_bytes();
    let key = KeyRow {
        id: random_id(),
        private_key: STANDARD.encode(seed),
    };
    store.add_signing_key(&key, now() - RETIRED).await?;
    Ok(key.id)
}

impl Tokens {
    /// Tokens of `issuer`, who is their audience too. The first key is made where there is none.
    ///
    /// # Errors
    /// Where the database fails or holds a key that is none.
    pub async fn open(store: &Store, issuer: String) -> Result<Self, AccountsError> {
        let mut keys = Keys::load(store).await?;
        if keys.is_none() {
            rotate(store).await?;
            keys = Keys::load(store).await?;
        }
        Ok(Self {
            store: store.clone(),
            issuer,
            keys: ArcSwap::from_pointee(keys.ok_or(AccountsError::Key)?),
            loading: Mutex::new(()),
        })
    }

    /// The claim `iss` of these tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// A new token for this user.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn sign(&self, user: &str) -> Result<String, ApiError> {
        let keys = self.newer_than(RELOAD).await?;
        let (kid, key) = &keys.signing;
        let iat = now() / 1000;
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.issuer.clone(),
            sub: user.to_owned(),
            iat,
            exp: iat + LIFETIME,
            jti: random_id(),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(kid.clone());
        encode(&header, &claims, key).map_err(ApiError::internal)
    }

    /// The user of a token that names this key; nobody where it is not ours or has expired.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn check(&self, token: &str, kid: &str) -> Result<Option<String>, ApiError> {
        let mut keys = self.newer_than(RELOAD).await?;
        if !keys.checking.contains_key(kid) {
            keys = self.newer_than(LOOK_AGAIN).await?;
        }
        let Some(key) = keys.checking.get(kid) else {
            return Ok(None);
        };
        let at = now() / 1000;
        if let Some(user) = keys.verified.user(token, at) {
            return Ok(Some(user));
        }
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.leeway = 0;
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[&self.issuer]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let Ok(good) = decode::<Claims>(token, key, &rules) else {
            return Ok(None);
        };
        let Claims { sub, exp, .. } = good.claims;
        keys.verified.keep(token, &sub, exp, at);
        Ok(Some(sub))
    }

    /// The keys that others check tokens with.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn public_keys(&self) -> Result<Jwks, ApiError> {
        Ok(self.newer_than(RELOAD).await?.public.clone())
    }

    /// The keys, read again by one of those who ask where they are older than this.
    async fn newer_than(&self, age: Duration) -> Result<Arc<Keys>, ApiError> {
        let keys = self.keys.load_full();
        if keys.loaded.elapsed() < age {
            return Ok(keys);
        }
        let _one = self.loading.lock().await;
        let keys = self.keys.load_full();
        if keys.loaded.elapsed() < age {
            return Ok(keys);
        }
        let fresh = Keys::load(&self.store).await.map_err(ApiError::internal)?;
        let mut fresh = fresh
            .ok_or(AccountsError::Key)
            .map_err(ApiError::internal)?;
        if fresh.public == keys.public {
            fresh.verified = Arc::clone(&keys.verified);
        }
        let fresh = Arc::new(fresh);
        self.keys.store(Arc::clone(&fresh));
        Ok(fresh)
    }
}

impl Keys {
    /// The keys of the database, unless there are none.
    async fn load(store: &Store) -> Result<Option<Self>, AccountsError> {
        let rows = store.signing_keys(now() - RETIRED).await?;
        let mut checking = HashMap::new();
        let mut public = Vec::new();
        let mut signing = None;
        for row in rows {
            let key = signing_key(&row).ok_or(AccountsError::Key)?;
            let x = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
            let check = DecodingKey::from_ed_components(&x).map_err(|_| AccountsError::Key)?;
            checking.insert(row.id.clone(), check);
            public.push(Jwk {
                alg: "EdDSA",
                crv: "Ed25519",
                x,
                kty: "OKP",
                kid: row.id.clone(),
            });
            if signing.is_none() {
                let der = key.to_pkcs8_der().map_err(|_| AccountsError::Key)?;
                signing = Some((row.id, EncodingKey::from_ed_der(der.as_bytes())));
            }
        }
        Ok(signing.map(|signing| Self {
            signing,
            checking,
            public: Jwks { keys: public },
            loaded: Instant::now(),
            verified: Arc::default(),
        }))
    }
}

fn signing_key(row: &KeyRow) -> Option<SigningKey> {
    let seed = STANDARD.decode(&row.private_key).ok()?;
    Some(SigningKey::from_bytes(&seed.try_into().ok()?))
}

#[cfg(test)]
mod tests;
