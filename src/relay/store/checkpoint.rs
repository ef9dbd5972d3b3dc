//! SQLite writes to a log first (WAL), which has to be moved into the file now and then: a checkpoint, for which it waits
//! until the disk has all. Of itself it does so in the transaction that fills the log, while all others wait. Here a
//! connection of its own does it, beside those who write (`PRAGMA wal_checkpoint(PASSIVE)`).

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// How often the log is moved, where something was written.
const EVERY: Duration = Duration::from_secs(1);

/// Pages of the log, of 4 KB, beyond which who writes moves it all the same: while others write without a break, the log
/// is never moved to its end, and would grow.
pub(super) const MOST_PAGES: &str = "8192";

/// Moves the log of the file that is opened so, until it is closed. A database in memory has none.
pub(super) fn start(options: SqliteConnectOptions, closed: CancellationToken) {
    let options = options.create_if_missing(false);
    tokio::spawn(async move { closed.run_until_cancelled(run(options)).await });
}

async fn run(options: SqliteConnectOptions) {
    let log = log_of(options.get_filename());
    let mut every = interval(EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut seen, mut is_failing) = (None, false);
    loop {
        every.tick().await;
        let changed = changed(&log);
        if changed == seen {
            continue;
        }
        let moved = checkpoint(&options).await;
        match &moved {
            Ok(()) => seen = changed,
            // Once is enough; it is tried again each time.
            Err(error) if !is_failing => {
                tracing::warn!(%error, "the database's log could not be moved into its file");
            }
            Err(_) => {}
        }
        is_failing = moved.is_err();
    }
}

/// When something was last written to the log. It takes a microsecond, less than handing it to another thread would.
fn changed(log: &Path) -> Option<SystemTime> {
    std::fs::metadata(log).and_then(|own| own.modified()).ok()
}

async fn checkpoint(options: &SqliteConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = options.connect().await?;
    let moved = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)");
    moved.execute(&mut connection).await?;
    connection.close().await
}

/// Where SQLite has the log of a file.
fn log_of(file: &Path) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push("-wal");
    path.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn what_is_written_is_in_the_file_itself_soon() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("relay.db");
        let store = Store::open(&format!("sqlite:{}", file.display()))
            .await
            .unwrap();
        let title = "A title that is nowhere else.";
        store.ask("a", None, title, "[]").await.unwrap();
        let has_it = || {
            let bytes = std::fs::read(&file).unwrap();
            bytes
                .windows(title.len())
                .any(|own| own == title.as_bytes())
        };
        let soon = async {
            while !has_it() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let is_there = tokio::time::timeout(Duration::from_secs(30), soon).await;
        is_there.expect("no checkpoint within 30 seconds");
        // It ends with the store, and the log with the last connection.
        store.close().await;
        let gone = async {
            while log_of(&file).exists() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let is_gone = tokio::time::timeout(Duration::from_secs(30), gone).await;
        is_gone.expect("the log outlives the store");
    }
}
