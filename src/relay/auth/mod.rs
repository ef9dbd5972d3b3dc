//! Who is asking.
//!
//! Accounts are those of Better Auth 1.7: the same tables, hashes of passwords, cookies and bearer header, so that a
//! site can move to it and back. What differs: session tokens are kept as hashes, so sessions do not move along.

mod cookies;
mod email;
mod identity;
mod issuers;
mod jwks;
mod origin;
mod password;
mod session;
#[cfg(test)]
pub(crate) mod testing;
mod throttle;
mod tokens;
mod verified;

use std::net::IpAddr;

use secrecy::SecretString;

pub use self::cookies::Cookies;
pub use self::email::is_email;
pub use self::identity::{ClientAddress, CurrentSession};
use self::issuers::Issuers;
pub use self::origin::TrustedOrigin;
use self::password::Passwords;
pub(crate) use self::session::random_id;
pub use self::session::{Device, NewUser, SignedIn};
pub use self::tokens::{Jwk, Jwks, Tokens, rotate};
use crate::config::{self, Config};
use crate::fetch::TlsError;
use crate::store::Store;

/// Who a request is from, as an extractor gives it to routes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A user of this relay, or of an issuer that it accepts.
    User(Reader),
    /// Someone unknown, where the operator lets them in.
    Anonymous(IpAddr),
}

/// A user. As an extractor, it refuses who is not signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// What their rows are kept under: the id of a user of this relay, or `issuer#subject`.
    pub owner: String,
}

impl Identity {
    /// Whose rows these are; nobody's, of who is unknown.
    pub fn owner(&self) -> Option<&str> {
        match self {
            Self::User(reader) => Some(&reader.owner),
            Self::Anonymous(_) => None,
        }
    }

    /// What budgets are kept under.
    pub fn subject(&self) -> String {
        match self {
            Self::User(reader) => format!("user:{}", reader.owner),
            Self::Anonymous(ip) => format!("anonymous:{ip}"),
        }
    }
}

/// Sessions, tokens and keys.
#[derive(Debug)]
pub struct Accounts {
    store: Store,
    settings: config::Accounts,
    /// Makes and reads session cookies.
    pub cookies: Cookies,
    /// Makes and checks the relay's own tokens.
    pub tokens: Tokens,
    issuers: Issuers,
    passwords: Passwords,
}

/// Why accounts cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The database fails.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The database holds no key, or one that is none.
    #[error(
        "a signing key in the database cannot be read; make a new one with `lectern-relay --rotate-key`"
    )]
    Key,
    /// There is no TLS to fetch issuers' keys with.
    #[error("issuers' keys cannot be fetched: {0}")]
    Tls(#[from] TlsError),
}

/// What the secret for cookies is called in the database.
const COOKIE_SECRET: &str = "cookie";

impl Accounts {
    /// The accounts of this database. Key and secret are made where there are none.
    ///
    /// # Errors
    /// Where the database fails, or what it holds cannot be used.
    pub async fn open(store: &Store, config: &Config) -> Result<Self, AccountsError> {
        let settings = &config.accounts;
        let secret = match &settings.secret {
            Some(secret) => secret.clone(),
            None => SecretString::from(store.secret(COOKIE_SECRET, &random_id()).await?),
        };
        let issuer = config.server.base_url().origin().ascii_serialization();
        Ok(Self {
            store: store.clone(),
            settings: settings.clone(),
            cookies: Cookies::new(config, &secret),
            tokens: Tokens::open(store, issuer).await?,
            issuers: Issuers::new(&settings.issuers)?,
            passwords: Passwords::new(),
        })
    }
}
