//! Postgres, also behind a pooler that has a server for one transaction at a time: PgBouncer's `pool_mode =
//! transaction`, Supabase's port 6543.
//!
//! There, a statement that was prepared is another's, or nobody's, when it is executed: `sqlx` prepares in one round
//! trip and executes in the next, between which the pooler may change the server. So each statement is one of a
//! transaction, for which the pooler keeps the server, and has no name that two clients of the pooler could both use.

use std::str::FromStr;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use futures_util::{FutureExt, TryFutureExt};
use sqlx::error::BoxDynError;
use sqlx::postgres::{
    PgArguments, PgConnectOptions, PgPoolOptions, PgQueryResult, PgRow, PgStatement, PgTypeInfo,
};
use sqlx::{ConnectOptions, Describe, Either, Error, Execute, Executor, PgPool, SqlStr};
use url::Url;

/// Most connections to a server, of which each costs it a process.
const CONNECTIONS: u32 = 10;
/// How Prisma and Supabase mark the URL of such a pooler.
const MARK: &str = "pgbouncer";
/// Where Supabase has such a pooler, whatever the URL says.
const PORT: u16 = 6543;

/// Connections to a server, or to a pooler before it.
#[derive(Debug, Clone)]
pub struct Server {
    pool: PgPool,
    /// Whether what they lead to changes with each transaction.
    changes: bool,
}

/// A transaction, which is undone when it is dropped.
#[derive(Debug)]
pub struct Transaction {
    connection: Connection,
}

/// A connection within a transaction.
#[derive(Debug)]
pub struct Connection {
    own: sqlx::Transaction<'static, sqlx::Postgres>,
    changes: bool,
}

impl Server {
    /// Connects, waiting at most so long, now and for every statement.
    pub async fn open(url: &str, wait: Duration) -> Result<Self, Error> {
        let mut url = Url::parse(url).map_err(|error| Error::Configuration(error.into()))?;
        let changes = changes(&url);
        // What is left is for the driver, which warns of what it does not know.
        let rest: Vec<(String, String)> = url
            .query_pairs()
            .filter(|(key, _)| key != MARK)
            .map(|(key, value)| (key.into_owned(), value.into_owned()))
            .collect();
        url.query_pairs_mut().clear().extend_pairs(rest);
        let mut options = PgConnectOptions::from_str(url.as_str())?.disable_statement_logging();
        if changes {
            // Poolers refuse settings that they do not keep; no column here is a fraction.
            options = options.extra_float_digits(None).statement_cache_capacity(0);
        }
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(wait);
        let pool = pool.connect_with(options).await?;
        Ok(Self { pool, changes })
    }

    /// Begins a transaction.
    pub async fn begin(&self) -> Result<Transaction, Error> {
        self.begin_with("BEGIN").await
    }

    /// Begins a transaction with this statement.
    pub async fn begin_with(&self, statement: &'static str) -> Result<Transaction, Error> {
        let connection = Connection {
            own: self.pool.begin_with(statement).await?,
            changes: self.changes,
        };
        Ok(Transaction { connection })
    }

    /// Ends all connections once their statements have ended.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Whether the URL is that of a pooler whose server changes with each transaction.
fn changes(url: &Url) -> bool {
    let marked = url
        .query_pairs()
        .any(|(key, value)| key == MARK && value == "true");
    marked || url.port() == Some(PORT)
}

impl Transaction {
    /// Keeps what was done.
    pub async fn commit(self) -> Result<(), Error> {
        self.connection.own.commit().await
    }
}

impl std::ops::Deref for Transaction {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl std::ops::DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

/// A statement, which is kept prepared where that can be.
struct Statement<E> {
    own: E,
    keep: bool,
}

impl<'q, E: Execute<'q, sqlx::Postgres>> Execute<'q, sqlx::Postgres> for Statement<E> {
    fn sql(self) -> SqlStr {
        self.own.sql()
    }

    fn statement(&self) -> Option<&PgStatement> {
        self.own.statement()
    }

    fn take_arguments(&mut self) -> Result<Option<PgArguments>, BoxDynError> {
        self.own.take_arguments()
    }

    fn persistent(&self) -> bool {
        self.keep && self.own.persistent()
    }
}

/// What a statement gives: rows, and then how many it touched.
type Results<'e> = BoxStream<'e, Result<Either<PgQueryResult, PgRow>, Error>>;

impl<'c> Executor<'c> for &'c mut Connection {
    type Database = sqlx::Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> Results<'e>
    where
        'c: 'e,
        E: 'q + Execute<'q, sqlx::Postgres>,
    {
        let keep = !self.changes;
        self.own.fetch_many(Statement { own: query, keep })
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, sqlx::Postgres>,
    {
        let keep = !self.changes;
        self.own.fetch_optional(Statement { own: query, keep })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        'c: 'e,
    {
        self.own.prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<sqlx::Postgres>, Error>>
    where
        'c: 'e,
    {
        self.own.describe(sql)
    }
}

impl<'c> Executor<'c> for &'c Server {
    type Database = sqlx::Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> Results<'e>
    where
        'c: 'e,
        E: 'q + Execute<'q, sqlx::Postgres>,
    {
        if !self.changes {
            return self.pool.fetch_many(query);
        }
        let results = async move {
            let mut all = self.begin().await?;
            let results: Vec<_> = all.fetch_many(query).try_collect().await?;
            all.commit().await?;
            Ok(stream::iter(results).map(Ok))
        };
        results.try_flatten_stream().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, sqlx::Postgres>,
    {
        if !self.changes {
            return self.pool.fetch_optional(query);
        }
        let row = async move {
            let mut all = self.begin().await?;
            let row = all.fetch_optional(query).await?;
            all.commit().await?;
            Ok(row)
        };
        row.boxed()
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        'c: 'e,
    {
        self.pool.prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<sqlx::Postgres>, Error>>
    where
        'c: 'e,
    {
        self.pool.describe(sql)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::testing::{pooler, postgres_url};

    #[test]
    fn a_pooler_is_known_by_its_mark_or_by_its_port() {
        for (url, expected) in [
            ("postgres://u:p@db.example/book", false),
            ("postgres://u:p@db.example:5432/book?sslmode=require", false),
            ("postgres://u:p@db.example:5432/book?pgbouncer=false", false),
            (
                "postgres://u:p@db.example:6432/book?sslmode=require&pgbouncer=true",
                true,
            ),
            (
                "postgres://u.ref:p@x.pooler.supabase.com:6543/postgres",
                true,
            ),
        ] {
            assert_eq!(changes(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }

    #[tokio::test]
    async fn without_the_mark_statements_fail_at_a_pooler_and_with_it_they_do_not() {
        let Some(url) = postgres_url().await else {
            return;
        };
        let pooled = pooler(&url).await;
        let unmarked = pooled.replace("pgbouncer=true", "");
        let error = Store::open(&unmarked).await.unwrap_err().to_string();
        assert!(error.contains("prepared statement"), "{error}");
        let store = Store::open(&pooled).await.unwrap();
        store.ping().await.unwrap();
    }

    #[tokio::test]
    async fn a_server_that_speaks_no_tls_is_refused_where_the_url_asks_for_it() {
        let Some(url) = postgres_url().await else {
            return;
        };
        Store::open(&format!("{url}?sslmode=prefer")).await.unwrap();
        for mode in ["require", "verify-ca", "verify-full"] {
            let error = Store::open(&format!("{url}?sslmode={mode}"))
                .await
                .unwrap_err();
            assert!(matches!(error, Error::Tls(_)), "{mode}: {error}");
        }
        let error = Store::open(&format!("{url}?sslmode=perhaps"))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Configuration(_)), "{error}");
    }
}
