//! Tables, made and changed in numbered steps.
//!
//! A step is one file of statements for both databases. What they call differently is written as
//! `{date}` and `{bool}`; the first four tables are Better Auth's, so that a site can move to it and back.

use super::{Store, now, on};

/// The steps, in order. A step that has been released is never changed.
const STEPS: &[(&str, &str)] = &[
    ("1 accounts", include_str!("migrations/1_accounts.sql")),
    ("2 relay", include_str!("migrations/2_relay.sql")),
];

/// What Postgres makes relays wait for that start at the same time: until the transaction before has ended,
/// also behind a pooler. The number is `lectern` in ASCII.
const LOCK: &str = "BEGIN; SELECT pg_advisory_xact_lock(30510775313724014)";
const TABLE: &str = "CREATE TABLE IF NOT EXISTS lectern_migration (step text PRIMARY KEY, at bigint NOT NULL)";

/// Runs the steps that have not been run: all of them, or none.
pub async fn run(store: &Store) -> Result<(), sqlx::Error> {
    // SQLite has one writer, so that writing is the lock.
    let (begin, date, bool_type) = match store {
        Store::Sqlite(_) => ("BEGIN IMMEDIATE", "date", "integer"),
        Store::Postgres(_) => (LOCK, "timestamptz", "boolean"),
    };
    on!(store, pool => {
        let mut transaction = pool.begin_with(begin).await?;
        sqlx::raw_sql(TABLE).execute(&mut *transaction).await?;
        for (name, statements) in STEPS {
            let step = sqlx::query("INSERT INTO lectern_migration VALUES ($1, $2) ON CONFLICT DO NOTHING");
            let claimed = step.bind(name).bind(now()).execute(&mut *transaction).await?;
            if claimed.rows_affected() == 1 {
                let statements = statements.replace("{date}", date).replace("{bool}", bool_type);
                sqlx::raw_sql(sqlx::AssertSqlSafe(statements)).execute(&mut *transaction).await?;
            }
        }
        transaction.commit().await
    })
}
