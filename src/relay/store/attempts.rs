//! Attempts to sign in and to sign up, counted in fixed windows.

use super::{Store, now, on};

impl Store {
    /// Counts an attempt of `subject` and gives how many there were in its window of so many milliseconds, with this
    /// one, and how many milliseconds the window still has. Windows that ended are forgotten as others begin.
    pub async fn count_attempt(
        &self,
        subject: &str,
        window: i64,
    ) -> Result<(i64, i64), sqlx::Error> {
        let now = now();
        let (count, since): (i64, i64) = on!(self, pool => {
            sqlx::query_as(
                "INSERT INTO lectern_failed_sign_in AS t (subject, failures, since) VALUES ($1, 1, $2)
                 ON CONFLICT (subject) DO UPDATE SET
                   failures = CASE WHEN t.since <= $3 THEN 1 ELSE t.failures + 1 END,
                   since = CASE WHEN t.since <= $3 THEN $2 ELSE t.since END
                 RETURNING failures, since",
            )
            .bind(subject)
            .bind(now)
            .bind(now - window)
            .fetch_one(pool)
            .await?
        });
        if count == 1 {
            self.forget_attempts(now - LONGEST).await?;
        }
        Ok((count, since + window - now))
    }

    /// Takes an attempt back: it was none.
    pub async fn uncount_attempt(&self, subject: &str) -> Result<(), sqlx::Error> {
        on!(self, pool => {
            sqlx::query("UPDATE lectern_failed_sign_in SET failures = failures - 1 WHERE subject = $1 AND failures > 0")
                .bind(subject)
                .execute(pool)
                .await
                .map(drop)
        })
    }

    async fn forget_attempts(&self, before: i64) -> Result<(), sqlx::Error> {
        on!(self, pool => {
            sqlx::query("DELETE FROM lectern_failed_sign_in WHERE since <= $1")
                .bind(before)
                .execute(pool)
                .await
                .map(drop)
        })
    }
}

/// No window is longer, in milliseconds.
const LONGEST: i64 = 60 * 60 * 1000;
