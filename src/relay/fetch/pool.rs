//! Connections that wait for the next request to the same place.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::{Instant, sleep};

use super::connect::Stream;

/// Most connections that are kept: connecting takes three round trips.
const MOST: usize = 256;
/// How long one is kept: after a crowd nothing should stay behind.
const LONGEST: Duration = Duration::from_secs(5);

/// Connections that are kept, the one that was used last at the end.
#[derive(Default)]
pub(super) struct Pool(Mutex<Vec<(Instant, Stream)>>);

impl Pool {
    /// The connection that was used last of those that are good.
    pub(super) async fn take(&self) -> Option<Stream> {
        loop {
            let (since, mut stream) = self.kept().pop()?;
            if since.elapsed() < LONGEST && is_quiet(&mut stream).await {
                return Some(stream);
            }
        }
    }

    /// Keeps a connection whose last answer is read.
    pub(super) fn put(self: &Arc<Self>, stream: Stream) {
        let mut kept = self.kept();
        if kept.len() >= MOST {
            return;
        }
        kept.push((Instant::now(), stream));
        // Those that nobody takes are closed by a task that ends with the last of them.
        if kept.len() == 1 {
            tokio::spawn(Arc::clone(self).tidy());
        }
    }

    async fn tidy(self: Arc<Self>) {
        loop {
            sleep(LONGEST).await;
            let mut kept = self.kept();
            kept.retain(|(since, _)| since.elapsed() < LONGEST);
            if kept.is_empty() {
                return;
            }
        }
    }

    /// What a thread that panicked leaves is as good as before.
    fn kept(&self) -> MutexGuard<'_, Vec<(Instant, Stream)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether nothing has come and the connection is open: what comes unasked is no answer to the next request.
async fn is_quiet(stream: &mut Stream) -> bool {
    poll_fn(|context| {
        let mut byte = [0];
        let mut space = ReadBuf::new(&mut byte);
        let read = Pin::new(&mut *stream).poll_read(context, &mut space);
        Poll::Ready(read.is_pending())
    })
    .await
}
