//! Signing up, signing in, and the sessions that come of it.

use std::net::IpAddr;

use http::StatusCode;
use rand::Rng;
use rand::distributions::Alphanumeric;
use sha2::{Digest, Sha256};

use super::Accounts;
use crate::error::ApiError;
use crate::store::{Date, Session, User};

/// Letters and digits of ids and of session tokens, as Better Auth's.
const ID: usize = 32;
/// Seconds that a session lives after it was last extended (Better Auth: `session.expiresIn`).
pub const EXPIRES_IN: i64 = 7 * 24 * 60 * 60;
/// Seconds after which a session is extended when it is used (Better Auth: `session.updateAge`).
const UPDATE_AGE: i64 = 24 * 60 * 60;
/// Seconds that a session lives that is not to be remembered; it is never extended.
const NOT_REMEMBERED: i64 = 24 * 60 * 60;
/// Seconds during which a session is proof enough for what cannot be undone (Better Auth: `session.freshAge`).
const FRESH_AGE: i64 = 24 * 60 * 60;

/// A session, with what is known only while it is used.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Whose it is.
    pub user: User,
    /// Its token. The database has only its hash.
    pub token: String,
    /// Whether its end was just moved, so that its cookie's is to be moved too.
    pub extended: bool,
}

/// Who signs up.
#[derive(Debug)]
pub struct NewUser {
    /// What they want to be called.
    pub name: String,
    /// Checked, and in lower case.
    pub email: String,
    /// Checked.
    pub password: String,
    /// Address of a picture.
    pub image: Option<String>,
}

/// Where a session is from and how long it is to live.
#[derive(Debug, Clone)]
pub struct Device {
    /// Address.
    pub ip: IpAddr,
    /// What the program calls itself.
    pub user_agent: String,
    /// Whether the session outlives the browser.
    pub remember: bool,
}

impl SignedIn {
    /// Seconds for its cookie; none where it is not to outlive the browser.
    pub fn cookie_age(&self) -> Option<i64> {
        self.session.is_remembered().then_some(EXPIRES_IN)
    }

    /// Whether they signed in so lately that this is proof enough for what cannot be undone.
    pub fn is_fresh(&self) -> bool {
        Date::now().since(self.session.created_at) < FRESH_AGE
    }
}

impl Session {
    fn is_remembered(&self) -> bool {
        self.expires_at.since(self.updated_at) > NOT_REMEMBERED
    }
}

impl Accounts {
    /// Makes a user and signs them in.
    ///
    /// # Errors
    /// 403 where nobody may sign up, 422 where the e-mail is taken, 429 where too many sign up, 503 where too many
    /// passwords are being hashed.
    pub async fn sign_up(&self, new: NewUser, device: &Device) -> Result<SignedIn, ApiError> {
        if !self.settings.sign_up {
            let message = "signing up is not open here; ask the site's operator for an account";
            return Err(ApiError::new(
                StatusCode::FORBIDDEN,
                "email_password_sign_up_disabled",
                message,
            ));
        }
        self.count_sign_up(device.ip).await?;
        if self.store.credential_by_email(&new.email).await?.is_some() {
            return Err(taken());
        }
        let hash = self.passwords.hash(&new.password).await?;
        let now = Date::now();
        let user = User {
            id: random_id(),
            name: new.name,
            email: new.email,
            email_verified: false,
            image: new.image,
            created_at: now,
            updated_at: now,
        };
        match self.store.add_user(&user, &random_id(), &hash).await {
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => return Err(taken()),
            result => result?,
        }
        self.begin_session(user, device).await
    }

    /// Signs a user in.
    ///
    /// # Errors
    /// 401 where e-mail and password do not fit, after the same time whether there is such a user or not; 429
    /// where that happened too often, 503 where too many passwords are being hashed.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        device: &Device,
    ) -> Result<SignedIn, ApiError> {
        let attempt = self.count_sign_in(email, device.ip).await?;
        let credential = self.store.credential_by_email(email).await?;
        let hash = credential
            .as_ref()
            .and_then(|credential| credential.password.as_deref());
        let fits = self.passwords.verify(password, hash).await?;
        match credential.filter(|_| fits) {
            Some(credential) => {
                self.forget(&attempt).await?;
                self.begin_session(credential.user, device).await
            }
            None => Err(ApiError::new(
                StatusCode::UNAUTHORIZED,
                "invalid_email_or_password",
                "Invalid email or password",
            )),
        }
    }

    /// Whether this is the password of the user with this id.
    ///
    /// # Errors
    /// 429 where it was wrong too often, 503 where too many passwords are being hashed.
    pub async fn confirm(&self, id: &str, password: &str, ip: IpAddr) -> Result<bool, ApiError> {
        let Some(credential) = self.store.credential_by_id(id).await? else {
            return Ok(false);
        };
        let attempt = self.count_sign_in(&credential.user.email, ip).await?;
        let fits = self
            .passwords
            .verify(password, credential.password.as_deref())
            .await?;
        if fits {
            self.forget(&attempt).await?;
        }
        Ok(fits)
    }

    /// The session of this token, its end moved if that is due.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn session(&self, token: &str) -> Result<Option<SignedIn>, ApiError> {
        let Some((mut session, user)) = self.store.session(&hash(token)).await? else {
            return Ok(None);
        };
        let now = Date::now();
        let extended = session.is_remembered() && now.since(session.updated_at) >= UPDATE_AGE;
        if extended {
            session.expires_at = now.after(EXPIRES_IN);
            session.updated_at = now;
            self.store.extend_session(&session).await?;
        }
        Ok(Some(SignedIn {
            session,
            user,
            token: token.to_owned(),
            extended,
        }))
    }

    /// Ends the session of this token.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn sign_out(&self, token: &str) -> Result<(), ApiError> {
        Ok(self.store.end_session(&hash(token)).await?)
    }

    async fn begin_session(&self, user: User, device: &Device) -> Result<SignedIn, ApiError> {
        let now = Date::now();
        let life = if device.remember {
            EXPIRES_IN
        } else {
            NOT_REMEMBERED
        };
        let session = Session {
            id: random_id(),
            user_id: user.id.clone(),
            expires_at: now.after(life),
            created_at: now,
            updated_at: now,
            ip_address: Some(device.ip.to_string()),
            user_agent: Some(device.user_agent.clone()),
        };
        let token = random_id();
        self.store.add_session(&session, &hash(&token)).await?;
        Ok(SignedIn {
            session,
            user,
            token,
            extended: false,
        })
    }
}

/// What the database has of a token: SHA-256 in hexadecimal. A token is random, so it needs no salt.
fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

/// 32 random letters and digits.
pub(crate) fn random_id() -> String {
    let letters = rand::thread_rng().sample_iter(Alphanumeric);
    letters.take(ID).map(char::from).collect()
}

fn taken() -> ApiError {
    ApiError::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "user_already_exists_use_another_email",
        "User already exists. Use another email.",
    )
}
