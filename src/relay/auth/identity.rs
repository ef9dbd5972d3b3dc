//! From a request's headers to who it is from.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use jsonwebtoken::dangerous::insecure_decode_claims;
use jsonwebtoken::decode_header;
use serde::Deserialize;

use super::session::SignedIn;
use super::{Accounts, Identity, Reader, origin};
use crate::error::ApiError;
use crate::limits::client_ip;
use crate::observe;
use crate::state::App;

/// Most bytes of a token; those of issuers that put much into them have about 2,000.
const TOKEN_BYTES: usize = 8192;
/// What stands before a token in `Authorization` (RFC 6750).
const BEARER: &str = "bearer ";

/// What a request shows of who it is from. What stands in `Authorization` goes before a cookie.
enum Shown {
    Nothing,
    /// The token of a session, in a cookie.
    Cookie(String),
    /// The token of a session.
    Session(String),
    Jwt(String),
    /// What is none of these, or was not signed by this relay.
    Unknown,
}

impl FromRequestParts<App> for Identity {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let who = Self::of(parts, app).await?;
        observe::saw(&who);
        Ok(who)
    }
}

impl Identity {
    async fn of(parts: &Parts, app: &App) -> Result<Self, ApiError> {
        let session = match Shown::of(&app.accounts, &parts.headers) {
            Shown::Jwt(token) => {
                let owner = app.accounts.check_jwt(&token).await?;
                let owner = owner.ok_or_else(ApiError::not_signed_in)?;
                return Ok(Self::User(Reader { owner }));
            }
            Shown::Cookie(token) => {
                let session = app.accounts.session(&token).await?;
                if session.is_some() {
                    origin::check(parts, app)?;
                }
                session
            }
            Shown::Session(token) => {
                let session = app.accounts.session(&token).await?;
                Some(session.ok_or_else(ApiError::not_signed_in)?)
            }
            Shown::Unknown => return Err(ApiError::not_signed_in()),
            Shown::Nothing => None,
        };
        match session {
            Some(session) => Ok(Self::User(Reader {
                owner: session.user.id,
            })),
            // A cookie whose session has ended must not keep out who may come without one.
            None if app.config.accounts.anonymous => {
                let ip = client_ip(parts, &app.config.server.trusted_proxies);
                Ok(Self::Anonymous(ip))
            }
            None => Err(ApiError::not_signed_in()),
        }
    }
}

impl FromRequestParts<App> for Reader {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        match Identity::from_request_parts(parts, app).await? {
            Identity::User(reader) => Ok(reader),
            Identity::Anonymous(_) => Err(ApiError::not_signed_in()),
        }
    }
}

/// The session of a request, if it has one; tokens of other kinds are none.
#[derive(Debug)]
pub struct CurrentSession(pub Option<SignedIn>);

impl FromRequestParts<App> for CurrentSession {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let session = match Shown::of(&app.accounts, &parts.headers) {
            Shown::Cookie(token) => {
                origin::check(parts, app)?;
                app.accounts.session(&token).await?
            }
            Shown::Session(token) => app.accounts.session(&token).await?,
            Shown::Jwt(_) | Shown::Unknown | Shown::Nothing => None,
        };
        Ok(Self(session))
    }
}

impl Shown {
    fn of(accounts: &Accounts, headers: &HeaderMap) -> Self {
        let Some(bearer) = bearer(headers) else {
            let cookie = accounts.cookies.read(headers);
            return cookie.map_or(Self::Nothing, Self::Cookie);
        };
        match bearer.bytes().filter(|byte| *byte == b'.').count() {
            _ if bearer.len() > TOKEN_BYTES => Self::Unknown,
            0 => Self::Session(bearer.to_owned()),
            1 => accounts
                .cookies
                .verify(bearer)
                .map_or(Self::Unknown, Self::Session),
            2 => Self::Jwt(bearer.to_owned()),
            _ => Self::Unknown,
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let scheme = value.get(..BEARER.len())?;
    scheme
        .eq_ignore_ascii_case(BEARER)
        .then(|| value[BEARER.len()..].trim())
}

#[derive(Deserialize)]
struct Issued {
    iss: String,
}

impl Accounts {
    /// Whose token this is: a user's of this relay, or `issuer#subject`; nobody's where it is not valid.
    ///
    /// # Errors
    /// 503 where the keys of its issuer were never to be had.
    async fn check_jwt(&self, token: &str) -> Result<Option<String>, ApiError> {
        let Ok(header) = decode_header(token) else {
            return Ok(None);
        };
        // Nothing is known that a token could ask to be understood (RFC 7515, section 4.1.11).
        if header.crit.is_some() {
            return Ok(None);
        }
        // Only to find out whose keys to check with, and they check this too.
        let Ok(Issued { iss }) = insecure_decode_claims(token) else {
            return Ok(None);
        };
        if iss != self.tokens.issuer() {
            return self.issuers.check(token, &header, &iss).await;
        }
        match &header.kid {
            Some(kid) => self.tokens.check(token, kid).await,
            None => Ok(None),
        }
    }
}

/// The address that a request came from, as an extractor.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

impl FromRequestParts<App> for ClientAddress {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        Ok(Self(client_ip(parts, &app.config.server.trusted_proxies)))
    }
}
