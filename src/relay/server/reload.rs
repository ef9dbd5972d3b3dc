//! Notices that the shelf has been exchanged for a newer one.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tokio::fs;
use tokio::signal::unix::Signal;
use tokio::time::{Interval, interval};

/// How often is looked.
const LOOK: Duration = Duration::from_secs(3);

/// What changes when a shelf's manifest is written anew.
type Stamp = Option<(SystemTime, u64)>;

/// Waits for a shelf to change.
///
/// `lectern index` and site builds write the manifest last, so that a shelf is whole when this changes.
#[derive(Debug)]
pub struct Changes {
    manifest: PathBuf,
    known: Stamp,
    hangup: Signal,
    looks: Interval,
}

impl Changes {
    /// Changes of the shelf in this folder from now on; each `hangup` counts as one.
    pub async fn new(shelf: &Path, hangup: Signal) -> Self {
        let manifest = shelf.join("manifest.json");
        Self {
            known: stamp(&manifest).await,
            manifest,
            hangup,
            looks: interval(LOOK),
        }
    }

    /// Waits for the next change. A manifest that is missing is none.
    pub async fn next(&mut self) {
        loop {
            let told = tokio::select! {
                _ = self.looks.tick() => false,
                _ = self.hangup.recv() => true,
            };
            let current = stamp(&self.manifest).await;
            if told || current.is_some() && current != self.known {
                self.known = current;
                return;
            }
        }
    }
}

async fn stamp(manifest: &Path) -> Stamp {
    let metadata = fs::metadata(manifest).await.ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
