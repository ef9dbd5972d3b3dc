//! How often one may try to sign in, or sign up.
//!
//! An attempt is counted before its password is looked at, and taken back when it was right, so that many at once
//! cannot get past the limit. What is counted is the same whether there is such a user or not. A user whose
//! password others try from elsewhere can still sign in, unless a great many try.

use std::net::IpAddr;

use http::StatusCode;
use sha2::{Digest, Sha256};

use super::Accounts;
use crate::error::ApiError;
use crate::limits::network;

/// Milliseconds of a window for failed attempts to sign in.
const SIGN_IN_WINDOW: i64 = 15 * 60 * 1000;
/// Milliseconds of a window for attempts to sign up.
const SIGN_UP_WINDOW: i64 = 60 * 60 * 1000;
/// Failures for one e-mail from one address.
const BOTH: i64 = 10;
/// Failures from one address, whatever the e-mails: a classroom may share one.
const ADDRESS: i64 = 50;
/// Failures for one e-mail, wherever from.
const EMAIL: i64 = 100;

/// An attempt to sign in, as it was counted.
#[derive(Debug)]
pub(super) struct Attempt([(String, i64); 3]);

impl Accounts {
    /// Counts an attempt to sign in.
    ///
    /// # Errors
    /// 429 where there were too many.
    pub(super) async fn count_sign_in(&self, email: &str, ip: IpAddr) -> Result<Attempt, ApiError> {
        // People type passwords where the e-mail goes: what they typed is not kept.
        let email = hex::encode(Sha256::digest(email));
        let line = network(ip);
        let attempt = Attempt([
            (format!("email:{email}:{line}"), BOTH),
            (format!("address:{line}"), ADDRESS),
            (format!("email:{email}"), EMAIL),
        ]);
        for (subject, most) in &attempt.0 {
            self.count(subject, *most, SIGN_IN_WINDOW).await?;
        }
        Ok(attempt)
    }

    /// Takes an attempt back that was right.
    pub(super) async fn forget(&self, attempt: &Attempt) -> Result<(), ApiError> {
        for (subject, _) in &attempt.0 {
            self.store.uncount_attempt(subject).await?;
        }
        Ok(())
    }

    /// Counts an attempt to sign up.
    ///
    /// # Errors
    /// 429 where there were too many.
    pub(super) async fn count_sign_up(&self, ip: IpAddr) -> Result<(), ApiError> {
        let most = i64::from(self.settings.sign_ups_per_hour);
        self.count(&format!("sign-up:{}", network(ip)), most, SIGN_UP_WINDOW)
            .await
    }

    async fn count(&self, subject: &str, most: i64, window: i64) -> Result<(), ApiError> {
        let (count, left) = self.store.count_attempt(subject, window).await?;
        if count <= most {
            return Ok(());
        }
        let seconds = u64::try_from(left).unwrap_or(0).div_ceil(1000).max(1);
        let message = format!(
            "too many attempts; try again in {} minutes",
            seconds.div_ceil(60)
        );
        Err(
            ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", message)
                .retry_after(seconds),
        )
    }
}
