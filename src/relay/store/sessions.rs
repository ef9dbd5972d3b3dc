//! Sessions, in Better Auth's table `session`.

use serde::Serialize;

use super::users::User;
use super::{Date, Store, on};

/// A session. Its token is not part of it: only the token's hash is kept.
#[derive(Debug, Clone, PartialEq, Serialize, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
#[sqlx(rename_all = "camelCase")]
pub struct Session {
    /// 32 letters and digits.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// When it ends.
    pub expires_at: Date,
    /// When they signed in.
    pub created_at: Date,
    /// When its end was last set.
    pub updated_at: Date,
    /// From which address.
    pub ip_address: Option<String>,
    /// With which program.
    pub user_agent: Option<String>,
}

impl Store {
    /// Keeps a new session under the hash of its token, and forgets those that have ended.
    pub async fn add_session(&self, session: &Session, hash: &str) -> Result<(), sqlx::Error> {
        on!(self, pool => {
            sqlx::query(r#"DELETE FROM "session" WHERE "userId" = $1 AND "expiresAt" <= $2"#)
                .bind(&session.user_id)
                .bind(session.created_at)
                .execute(pool)
                .await?;
            sqlx::query(
                r#"INSERT INTO "session"
                   ("id", "userId", "token", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent")
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"#,
            )
            .bind(&session.id)
            .bind(&session.user_id)
            .bind(hash)
            .bind(session.expires_at)
            .bind(session.created_at)
            .bind(session.updated_at)
            .bind(&session.ip_address)
            .bind(&session.user_agent)
            .execute(pool)
            .await
            .map(drop)
        })
    }

    /// The session whose token has this hash, unless it has ended, and whose it is.
    pub async fn session(&self, hash: &str) -> Result<Option<(Session, User)>, sqlx::Error> {
        on!(self, pool => {
            let session: Option<Session> =
                sqlx::query_as(r#"SELECT * FROM "session" WHERE "token" = $1 AND "expiresAt" > $2"#)
                    .bind(hash)
                    .bind(Date::now())
                    .fetch_optional(pool)
                    .await?;
            let Some(session) = session else {
                return Ok(None);
            };
            let user = sqlx::query_as(r#"SELECT * FROM "user" WHERE "id" = $1"#)
                .bind(&session.user_id)
                .fetch_optional(pool)
                .await?;
            Ok(user.map(|user| (session, user)))
        })
    }

    /// Sets when a session ends; nothing where it is gone.
    pub async fn extend_session(&self, session: &Session) -> Result<(), sqlx::Error> {
        on!(self, pool => {
            sqlx::query(r#"UPDATE "session" SET "expiresAt" = $2, "updatedAt" = $3 WHERE "id" = $1"#)
                .bind(&session.id)
                .bind(session.expires_at)
                .bind(session.updated_at)
                .execute(pool)
                .await
                .map(drop)
        })
    }

    /// Ends the session whose token has this hash.
    pub async fn end_session(&self, hash: &str) -> Result<(), sqlx::Error> {
        on!(self, pool => {
            sqlx::query(r#"DELETE FROM "session" WHERE "token" = $1"#)
                .bind(hash)
                .execute(pool)
                .await
                .map(drop)
        })
    }
}
