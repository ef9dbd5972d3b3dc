//! Tokens of others: JWTs of the issuers that the operator accepts.

use std::sync::Arc;

use jsonwebtoken::{Header, Validation, decode};
use serde::Deserialize;

use super::AccountsError;
use super::jwks::{FETCH, RETRY_SECONDS, RemoteKeys};
use crate::config::Issuer;
use crate::error::ApiError;
use crate::fetch::{Client, Proxies};

/// Seconds by which another's clock may be off.
const LEEWAY: u64 = 30;
/// Most characters of a subject (OpenID Connect Core 1.0, section 2).
const SUBJECT: usize = 255;

/// The issuers whose tokens are accepted.
#[derive(Debug)]
pub struct Issuers(Vec<Accepted>);

#[derive(Debug)]
struct Accepted {
    issuer: Issuer,
    keys: Arc<RemoteKeys>,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    azp: Option<String>,
}

impl Issuers {
    /// These issuers; their keys are fetched when they are first needed.
    ///
    /// # Errors
    /// Where TLS cannot be set up.
    pub fn new(issuers: &[Issuer]) -> Result<Self, AccountsError> {
        if issuers.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let client = Client::new(FETCH, &Proxies::Environment)?;
        let accepted = |issuer: &Issuer| Accepted {
            issuer: issuer.clone(),
            keys: Arc::new(RemoteKeys::new(issuer.jwks.clone(), client.clone())),
        };
        Ok(Self(issuers.iter().map(accepted).collect()))
    }

    /// Whose token this is, as `issuer#subject`; nobody's where it is not valid or of none of these.
    ///
    /// # Errors
    /// 503 where the issuer has never given its keys.
    pub async fn check(
        &self,
        token: &str,
        header: &Header,
        iss: &str,
    ) -> Result<Option<String>, ApiError> {
        let Some(accepted) = self.0.iter().find(|accepted| accepted.issuer.iss == iss) else {
            return Ok(None);
        };
        let key = accepted.keys.key(header.kid.as_deref()).await;
        let Some(pinned) = key.map_err(|_| unreachable())? else {
            return Ok(None);
        };
        let rules = accepted.issuer.rules(Validation::new(pinned.algorithm));
        match decode::<Claims>(token, &pinned.key, &rules) {
            Ok(token) => Ok(accepted.issuer.owner(&token.claims)),
            Err(error) => {
                tracing::debug!(iss, %error, "a token was refused");
                Ok(None)
            }
        }
    }
}

impl Issuer {
    fn rules(&self, mut rules: Validation) -> Validation {
        rules.leeway = LEEWAY;
        rules.validate_nbf = true;
        rules.set_issuer(&[&self.iss]);
        if self.audiences.is_empty() {
            rules.validate_aud = false;
            rules.set_required_spec_claims(&["exp", "iss", "sub"]);
        } else {
            rules.set_audience(&self.audiences);
            rules.set_required_spec_claims(&["exp", "iss", "sub", "aud"]);
        }
        rules
    }

    fn owner(&self, claims: &Claims) -> Option<String> {
        let party = claims.azp.as_ref();
        let party_fits =
            self.parties.is_empty() || party.is_some_and(|party| self.parties.contains(party));
        let subject_fits = (1..=SUBJECT).contains(&claims.sub.chars().count());
        (party_fits && subject_fits).then(|| format!("{}#{}", self.iss, claims.sub))
    }
}

fn unreachable() -> ApiError {
    let message = "who signed this token cannot be asked for its keys; try again in a moment";
    ApiError::new(
        http::StatusCode::SERVICE_UNAVAILABLE,
        "issuer_unavailable",
        message,
    )
    .retry_after(RETRY_SECONDS)
}

#[cfg(test)]
mod algorithms;
#[cfg(test)]
mod tests;
