//! Passwords, hashed as Better Auth 1.7 does: `salt:key` in hexadecimal, where the key is scrypt (RFC 7914) of the
//! password in NFKC and of the salt **as its hexadecimal text**.

use std::sync::Arc;
use std::thread::available_parallelism;

use http::StatusCode;
use rand::RngCore;
use rand::rngs::OsRng;
use scrypt::{Params, scrypt};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use unicode_normalization::UnicodeNormalization;

use crate::error::ApiError;

/// Base-2 logarithm of scrypt's `N`, which is 16384.
const LOG_N: u8 = 14;
/// Scrypt's `r`. With `N` it makes 32 MiB for one hash.
const R: u32 = 16;
/// Scrypt's `p`.
const P: u32 = 1;
/// Bytes of a key: scrypt's `dkLen`.
const KEY: usize = 64;
/// Bytes of a salt.
const SALT: usize = 16;
/// How many may wait for a hash; who comes then is sent away, so that a flood does not become a queue of minutes.
const WAITING: usize = 64;

/// Hashes passwords, as many at once as there are processors.
#[derive(Debug)]
pub struct Passwords {
    hashing: Arc<Semaphore>,
    waiting: Semaphore,
}

impl Passwords {
    /// With nobody waiting.
    pub fn new() -> Self {
        let processors = available_parallelism().map_or(1, usize::from);
        Self {
            hashing: Arc::new(Semaphore::new(processors)),
            waiting: Semaphore::new(WAITING),
        }
    }

    /// Hashes a new password with a salt of its own.
    ///
    /// # Errors
    /// 503 where too many wait.
    pub async fn hash(&self, password: &str) -> Result<String, ApiError> {
        let mut salt = [0; SALT];
        OsRng.fill_bytes(&mut salt);
        let salt = hex::encode(salt);
        let key = self.key(password, &salt).await?;
        Ok(format!("{salt}:{}", hex::encode(key)))
    }

    /// Whether this is the password of that hash. It takes as long where there is no hash, or one that is none.
    ///
    /// # Errors
    /// 503 where too many wait.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, ApiError> {
        let parts = hash.and_then(|hash| hash.split_once(':'));
        let known = parts.and_then(|(salt, key)| Some((salt, hex::decode(key).ok()?)));
        let (salt, expected) = known.unwrap_or_default();
        let key = self.key(password, salt).await?;
        Ok(key.as_slice().ct_eq(&expected).into())
    }

    async fn key(&self, password: &str, salt: &str) -> Result<[u8; KEY], ApiError> {
        let _place = self.waiting.try_acquire().map_err(|_| busy())?;
        let permit = Arc::clone(&self.hashing)
            .acquire_owned()
            .await
            .map_err(ApiError::internal)?;
        let password: String = password.nfkc().collect();
        let salt = salt.to_owned();
        // The permit goes along: a client that leaves does not end the work, so it must not free its place.
        let work = spawn_blocking(move || {
            let _permit = permit;
            derive(&password, &salt)
        });
        work.await.map_err(ApiError::internal)
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

fn derive(password: &str, salt: &str) -> [u8; KEY] {
    let params = Params::new(LOG_N, R, P, KEY).expect("the constants are within scrypt's bounds");
    let mut key = [0; KEY];
    scrypt(password.as_bytes(), salt.as_bytes(), &params, &mut key)
        .expect("the length of the key is within scrypt's bounds");
    key
}

fn busy() -> ApiError {
    let message = "too many people sign in at this moment; try again in a few seconds";
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message).retry_after(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by npm `better-auth` 1.7.6 for "correct horse".
    const MADE_BY_BETTER_AUTH: &str = "c21fbf3fc707bfe4416dcacd2964120a:\
        ba2fc6528d2ba8cface8e6f12be48e8cd7df1469e3fd8fd9a48422abfe08c0e9\
        40df8b10a96567be55f1201b276ad013a29efdf808a1847163b7571875b23a96";

    #[tokio::test]
    async fn a_hash_of_better_auth_fits_its_password_alone() {
        let passwords = Passwords::new();
        assert!(
            passwords
                .verify("correct horse", Some(MADE_BY_BETTER_AUTH))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("correct Horse", Some(MADE_BY_BETTER_AUTH))
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn a_new_hash_has_better_auths_form_and_is_salted() {
        let passwords = Passwords::new();
        let hash = passwords.hash("pässword ﬁ").await.unwrap();
        assert_eq!(hash.len(), 161);
        assert_ne!(hash, passwords.hash("pässword ﬁ").await.unwrap());
        // NFKC: the ligature, and the letter with its accent apart.
        assert!(
            passwords
                .verify("pa\u{308}ssword fi", Some(&hash))
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn what_is_no_hash_fits_no_password() {
        let passwords = Passwords::new();
        for hash in [
            None,
            Some(""),
            Some(":"),
            Some("ab"),
            Some("ab:zz"),
            Some("ab:cd"),
        ] {
            assert!(!passwords.verify("", hash).await.unwrap(), "{hash:?}");
        }
    }

    #[tokio::test]
    async fn a_flood_is_sent_away() {
        let passwords = Arc::new(Passwords::new());
        let _all = passwords
            .hashing
            .acquire_many(available_parallelism().unwrap().get() as u32)
            .await
            .unwrap();
        let waiting: Vec<_> = (0..WAITING)
            .map(|_| {
                let passwords = Arc::clone(&passwords);
                tokio::spawn(async move { passwords.verify("x", None).await })
            })
            .collect();
        while passwords.waiting.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let error = passwords.hash("one more").await.unwrap_err();
        assert_eq!(
            (error.status, error.retry_after),
            (StatusCode::SERVICE_UNAVAILABLE, Some(2))
        );
        waiting.iter().for_each(tokio::task::JoinHandle::abort);
    }
}
