//! The database: SQLite in a file, or Postgres by URL.
//!
//! Both run the same migrations and the same statements: parameters are `$1`, times of the relay's own
//! tables are milliseconds since 1970, and names are quoted where Better Auth has capitals in them.

#[cfg(test)]
mod account_tests;
mod attempts;
pub mod batches;
mod checkpoint;
#[cfg(test)]
mod conversation_tests;
pub mod conversations;
mod date;
mod feedback;
mod keys;
mod migrations;
mod postgres;
mod profile;
mod sessions;
mod sqlite;
#[cfg(test)]
pub(crate) mod testing;
pub mod usage;
mod users;

use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

pub use date::Date;
pub use keys::KeyRow;
use postgres::Server;
pub use profile::{Level, Profile};
pub use sessions::Session;
pub use sqlite::File;
pub use users::{Credential, User};

/// What leads to either database.
#[derive(Debug, Clone)]
pub enum Store {
    /// A file, or `:memory:`.
    Sqlite(File),
    /// A server.
    Postgres(Server),
}

/// Runs `$body` with `$pool` as what leads to whichever database there is. The statements are the same, so
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

/// Statements of at most so many rows come again as they are often enough to be kept prepared: of a crowd's batches, SQLite
/// took a quarter of its time to understand them.
const FEW_ROWS: usize = 16;

/// How long a statement waits for another writer of an SQLite file.
const BUSY: Duration = Duration::from_secs(5);
/// How long a request waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(10);

impl Store {
    /// Opens the database at `url` and brings its tables up to date: `sqlite:FILE`, or
    /// `postgres://user:password@host/name`, with `?sslmode=require` over a network, and with `?pgbouncer=true` where
    /// that is a pooler of transactions.
    ///
    /// # Errors
    /// It cannot be opened, or is not one of ours.
    pub async fn open(url: &str) -> Result<Self, sqlx::Error> {
        let store = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::Postgres(Server::open(url, ACQUIRE).await?)
        } else {
            Self::Sqlite(sqlite(url).await?)
        };
        migrations::run(&store).await?;
        Ok(store)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), sqlx::Error> {
        on!(self, pool => sqlx::query("SELECT 1").execute(pool).await.map(drop))
    }

    /// Ends all connections once their statements have ended.
    pub async fn close(&self) {
        on!(self, pool => pool.close().await);
    }
}

async fn sqlite(url: &str) -> Result<File, sqlx::Error> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // What is acknowledged outlives the process; a power cut may take the last moments, never the file.
        .synchronous(SqliteSynchronous::Normal)
        .pragma("wal_autocheckpoint", checkpoint::MOST_PAGES)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .disable_statement_logging();
    let file = File::open(&options, ACQUIRE).await?;
    checkpoint::start(options, file.closed());
    Ok(file)
}
