//! The database: SQLite in a file, or Postgres by URL.
//!
//! Both run the same migrations and the same statements: parameters are `$1`, times of the relay's own
//! tables are milliseconds since 1970, and names are quoted where Better Auth has capitals in them.

pub mod conversations;
mod feedback;
mod migrations;

use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, SqlitePool};

/// A pool of connections to either database.
#[derive(Debug, Clone)]
pub enum Store {
    /// A file, or `:memory:`.
    Sqlite(SqlitePool),
    /// A server.
    Postgres(PgPool),
}

/// Runs `$body` with `$pool` as the pool of whichever database there is. The statements are the same, so
/// is the code; only their types differ.
macro_rules! on {
    ($store:expr, $pool:ident => $body:expr) => {
        match $store {
            $crate::store::Store::Sqlite($pool) => $body,
            $crate::store::Store::Postgres($pool) => $body,
        }
    };
}
pub(crate) use on;

/// Milliseconds since 1970, as the relay's own tables have times.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as i64)
}

/// How long a statement waits for another writer of an SQLite file.
const BUSY: Duration = Duration::from_secs(5);

impl Store {
    /// Opens the database at `url` and brings its tables up to date: `sqlite:FILE`, or
    /// `postgres://user:password@host/name`.
    pub async fn open(url: &str) -> Result<Self, sqlx::Error> {
        let store = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            // A pooler between transactions, as Supabase has, knows no prepared statements.
            let options = PgConnectOptions::from_str(url)?.statement_cache_capacity(0);
            let pool = PgPoolOptions::new().max_connections(10);
            Self::Postgres(pool.connect_with(options).await?)
        } else {
            let options = SqliteConnectOptions::from_str(url)?
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .foreign_keys(true)
                .busy_timeout(BUSY);
            // One connection: SQLite has one writer, and what waits waits here in order.
            let pool = SqlitePoolOptions::new().max_connections(1);
            Self::Sqlite(pool.connect_with(options).await?)
        };
        migrations::run(&store).await?;
        Ok(store)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), sqlx::Error> {
        on!(self, pool => sqlx::query("SELECT 1").execute(pool).await.map(drop))
    }
}
