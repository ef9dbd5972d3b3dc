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

/// Runs the steps that have not been run.
pub async fn run(store: &Store) -> Result<(), sqlx::Error> {
    let (date, bool_type) = match store {
        Store::Sqlite(_) => ("date", "integer"),
        Store::Postgres(_) => ("timestamptz", "boolean"),
    };
    on!(store, pool => {
        let table = "CREATE TABLE IF NOT EXISTS lectern_migration (step text PRIMARY KEY, at bigint NOT NULL)";
        sqlx::raw_sql(table).execute(pool).await?;
        for (name, statements) in STEPS {
            let mut step = pool.begin().await?;
            let claimed = sqlx::query("INSERT INTO lectern_migration VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(name)
                .bind(now())
                .execute(&mut *step)
                .await?;
            if claimed.rows_affected() == 1 {
                let statements = statements.replace("{date}", date).replace("{bool}", bool_type);
                sqlx::raw_sql(sqlx::AssertSqlSafe(statements)).execute(&mut *step).await?;
            }
            step.commit().await?;
        }
        Ok(())
    })
}
