//! Keys for tokens and secrets for cookies.

use super::{Store, now, on};

/// A key that signs, or signed, tokens.
#[derive(Clone, sqlx::FromRow)]
pub struct KeyRow {
    /// What tokens name it by: `kid`.
    pub id: String,
    /// The seed of an Ed25519 key (RFC 8032), base64.
    pub private_key: String,
}

impl std::fmt::Debug for KeyRow {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("KeyRow")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// The keys that are in use or were retired after `since`, in milliseconds: first those in use, the newest first.
    pub async fn signing_keys(&self, since: i64) -> Result<Vec<KeyRow>, sqlx::Error> {
        on!(self, pool => {
            sqlx::query_as(
                "SELECT id, private_key FROM lectern_key WHERE retired_at IS NULL OR retired_at > $1
                 ORDER BY CASE WHEN retired_at IS NULL THEN 0 ELSE 1 END, created_at DESC, id",
            )
            .bind(since)
            .fetch_all(pool)
            .await
        })
    }

    /// Keeps a new key, retires the others, and forgets those that were retired before `before`, in milliseconds.
    pub async fn add_signing_key(&self, key: &KeyRow, before: i64) -> Result<(), sqlx::Error> {
        on!(self, pool => {
            let mut all = pool.begin().await?;
            sqlx::query("DELETE FROM lectern_key WHERE retired_at <= $1")
                .bind(before)
                .execute(&mut *all)
                .await?;
            sqlx::query("UPDATE lectern_key SET retired_at = $1 WHERE retired_at IS NULL")
                .bind(now())
                .execute(&mut *all)
                .await?;
            sqlx::query("INSERT INTO lectern_key (id, private_key, created_at) VALUES ($1, $2, $3)")
                .bind(&key.id)
                .bind(&key.private_key)
                .bind(now())
                .execute(&mut *all)
                .await?;
            all.commit().await
        })
    }

    /// The secret of this name: `fresh` where there was none, and the same for all who ask at once.
    pub async fn secret(&self, name: &str, fresh: &str) -> Result<String, sqlx::Error> {
        on!(self, pool => {
            sqlx::query("INSERT INTO lectern_secret (name, value, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
                .bind(name)
                .bind(fresh)
                .bind(now())
                .execute(pool)
                .await?;
            sqlx::query_scalar("SELECT value FROM lectern_secret WHERE name = $1")
                .bind(name)
                .fetch_one(pool)
                .await
        })
    }
}
