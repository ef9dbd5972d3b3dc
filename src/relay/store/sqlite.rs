//! SQLite: one connection, which is one's at a time.
//!
//! SQLite has one writer, so that who waits waits here, in order, and not for the file. A pool would ask a connection that
//! comes back whether it still lives, in a task of its own. A file does not hang up, and whatever a connection is asked
//! wakes two threads.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use futures_util::{FutureExt, TryFutureExt};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteQueryResult, SqliteRow, SqliteStatement, SqliteTypeInfo,
};
use sqlx::{
    ConnectOptions, Connection, Describe, Either, Error, Execute, Executor, SqlStr,
    SqliteConnection,
};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// The connection to a file, or to a database in memory. It is kept, because with it goes its cache, and what is in
/// memory altogether.
#[derive(Debug, Clone)]
pub struct File {
    /// None once it is closed.
    held: Arc<Mutex<Option<Held>>>,
    /// How long a statement waits for its turn.
    wait: Duration,
    closed: CancellationToken,
}

#[derive(Debug)]
struct Held {
    connection: SqliteConnection,
    /// Whether a transaction may have begun that nobody goes on with.
    is_open: bool,
}

/// Whose turn it is; nobody else's before this is dropped.
#[derive(Debug)]
struct Turn {
    held: OwnedMappedMutexGuard<Option<Held>, Held>,
    file: File,
}

/// A transaction, which is undone when it is dropped.
#[derive(Debug)]
pub struct Transaction(Turn);

impl File {
    /// Opens it. A statement waits at most so long for its turn.
    pub async fn open(options: &SqliteConnectOptions, wait: Duration) -> Result<Self, Error> {
        let held = Held {
            connection: options.connect().await?,
            is_open: false,
        };
        Ok(Self {
            held: Arc::new(Mutex::new(Some(held))),
            wait,
            closed: CancellationToken::new(),
        })
    }

    /// Cancelled when it is closed.
    pub fn closed(&self) -> CancellationToken {
        self.closed.clone()
    }

    /// Begins a transaction.
    pub async fn begin(&self) -> Result<Transaction, Error> {
        self.begin_with("BEGIN").await
    }

    /// Begins a transaction with this statement.
    pub async fn begin_with(&self, statement: &'static str) -> Result<Transaction, Error> {
        let mut turn = self.turn().await?;
        turn.held.is_open = true;
        turn.held.connection.execute(statement).await?;
        Ok(Transaction(turn))
    }

    /// Executes a script that begins a transaction first and commits it last: all of it or nothing, for the price of one
    /// statement.
    pub async fn execute_script<'q, E>(&self, script: E) -> Result<(), Error>
    where
        E: Execute<'q, sqlx::Sqlite> + 'q,
    {
        let mut turn = self.turn().await?;
        turn.held.is_open = true;
        turn.held.connection.execute(script).await?;
        turn.held.is_open = false;
        Ok(())
    }

    /// Ends the connection once its statements have ended.
    pub async fn close(&self) {
        self.closed.cancel();
        let held = self.held.lock().await.take();
        if let Some(held) = held {
            // There is nothing left that an error could be told of.
            let _ = held.connection.close().await;
        }
    }

    async fn turn(&self) -> Result<Turn, Error> {
        let held = timeout(self.wait, Arc::clone(&self.held).lock_owned()).await;
        let held = held.map_err(|_| Error::PoolTimedOut)?;
        let held = OwnedMutexGuard::try_map(held, Option::as_mut);
        let mut held = held.map_err(|_| Error::PoolClosed)?;
        if held.is_open {
            // An error is that SQLite has undone it already, as it does where the disk is full.
            let _ = held.connection.execute("ROLLBACK").await;
            held.is_open = false;
        }
        let file = self.clone();
        Ok(Turn { held, file })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Whose turn is next undoes it first; who else uses the file is not to wait for that.
        if let (true, Ok(runtime)) = (self.held.is_open, Handle::try_current()) {
            let file = self.file.clone();
            runtime.spawn(async move { file.turn().await.map(drop) });
        }
    }
}

impl Transaction {
    /// Keeps what was done.
    pub async fn commit(mut self) -> Result<(), Error> {
        self.execute("COMMIT").await?;
        self.0.held.is_open = false;
        Ok(())
    }
}

impl std::ops::Deref for Transaction {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.0.held.connection
    }
}

impl std::ops::DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.0.held.connection
    }
}

/// What a statement gives: rows, and then how many it touched.
type Results<'e> = BoxStream<'e, Result<Either<SqliteQueryResult, SqliteRow>, Error>>;

impl<'c> Executor<'c> for &'c File {
    type Database = sqlx::Sqlite;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> Results<'e>
    where
        'c: 'e,
        E: 'q + Execute<'q, sqlx::Sqlite>,
    {
        let results = async move {
            let mut turn = self.turn().await?;
            let results: Vec<_> = turn.held.connection.fetch_many(query).try_collect().await?;
            Ok(stream::iter(results).map(Ok))
        };
        results.try_flatten_stream().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<SqliteRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, sqlx::Sqlite>,
    {
        let row = async move {
            let mut turn = self.turn().await?;
            turn.held.connection.fetch_optional(query).await
        };
        row.boxed()
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [SqliteTypeInfo],
    ) -> BoxFuture<'e, Result<SqliteStatement, Error>>
    where
        'c: 'e,
    {
        let statement = async move {
            let mut turn = self.turn().await?;
            turn.held.connection.prepare_with(sql, parameters).await
        };
        statement.boxed()
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<sqlx::Sqlite>, Error>>
    where
        'c: 'e,
    {
        let described = async move {
            let mut turn = self.turn().await?;
            turn.held.connection.describe(sql).await
        };
        described.boxed()
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    const WAIT: Duration = Duration::from_secs(10);
    const WRITE: &str = "BEGIN IMMEDIATE";

    async fn opened(folder: &TempDir, wait: Duration) -> File {
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("test.db"))
            .busy_timeout(WAIT)
            .create_if_missing(true);
        let file = File::open(&options, wait).await.unwrap();
        let table = "CREATE TABLE IF NOT EXISTS t (x integer PRIMARY KEY)";
        file.execute(table).await.unwrap();
        file
    }

    async fn rows(file: &File) -> Vec<i64> {
        let rows = sqlx::query_scalar("SELECT x FROM t ORDER BY x");
        rows.fetch_all(file).await.unwrap()
    }

    #[tokio::test]
    async fn a_transaction_is_kept_when_it_is_committed_and_undone_when_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let file = opened(&folder, WAIT).await;
        for is_kept in [true, false] {
            let mut all = file.begin().await.unwrap();
            let insert = sqlx::query("INSERT INTO t VALUES ($1)").bind(is_kept);
            insert.execute(&mut *all).await.unwrap();
            if is_kept {
                all.commit().await.unwrap();
            }
        }
        assert_eq!(rows(&file).await, [1]);
        file.execute("INSERT INTO t VALUES (2)").await.unwrap();
        let other = opened(&folder, WAIT).await;
        assert_eq!(rows(&other).await, [1, 2], "it is in no transaction");
    }

    #[tokio::test]
    async fn who_else_writes_the_file_does_not_wait_until_something_is_asked_of_this_one() {
        let folder = tempfile::tempdir().unwrap();
        let (file, other) = (opened(&folder, WAIT).await, opened(&folder, WAIT).await);
        drop(file.begin_with(WRITE).await.unwrap());
        other
            .begin_with(WRITE)
            .await
            .unwrap()
            .commit()
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_script_is_done_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let file = opened(&folder, WAIT).await;
        let script = "BEGIN; INSERT INTO t VALUES ($1); INSERT INTO t VALUES ($2); COMMIT";
        let script = |a: i64, b: i64| sqlx::query(script).bind(a).bind(b);
        file.execute_script(script(1, 2)).await.unwrap();
        let error = file.execute_script(script(3, 2)).await.unwrap_err();
        assert!(error.as_database_error().unwrap().is_unique_violation());
        file.execute_script(script(4, 5)).await.unwrap();
        let other = opened(&folder, WAIT).await;
        assert_eq!(rows(&other).await, [1, 2, 4, 5]);
    }

    #[tokio::test]
    async fn a_script_that_nobody_waits_for_leaves_no_transaction_open() {
        let folder = tempfile::tempdir().unwrap();
        let file = opened(&folder, WAIT).await;
        let many = "INSERT INTO t VALUES (NULL); ".repeat(1000);
        for _ in 0..20 {
            let script = sqlx::AssertSqlSafe(format!("BEGIN; {many} COMMIT"));
            let script = file.execute_script(sqlx::raw_sql(script));
            let patience = Duration::from_micros(500);
            let left = timeout(patience, script).await.is_err();
            let before = rows(&file).await.len();
            assert_eq!(before % 1000, 0, "half a script is kept; left: {left}");
            file.execute("INSERT INTO t VALUES (NULL)").await.unwrap();
            let other = opened(&folder, WAIT).await;
            assert_eq!(rows(&other).await.len(), before + 1, "left: {left}");
            file.execute("DELETE FROM t").await.unwrap();
        }
    }

    #[tokio::test]
    async fn who_waits_too_long_for_a_turn_or_comes_after_the_end_is_told_so() {
        let folder = tempfile::tempdir().unwrap();
        let file = opened(&folder, Duration::from_millis(50)).await;
        let turn = file.begin().await.unwrap();
        let late = file.execute("SELECT 1").await.unwrap_err();
        assert!(matches!(late, Error::PoolTimedOut), "{late}");
        drop(turn);
        file.execute("SELECT 1").await.unwrap();
        file.close().await;
        assert!(file.closed().is_cancelled());
        let closed = file.execute("SELECT 1").await.unwrap_err();
        assert!(matches!(closed, Error::PoolClosed), "{closed}");
    }
}
