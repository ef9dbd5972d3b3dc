//! Connections that wait for the next request to the same place.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::{Instant, sleep};

use super::stream::Stream;

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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_nobody_takes_is_closed() {
        let pool: Arc<Pool> = Arc::default();
        for _ in 0..2 {
            let (own, mut other) = duplex(8);
            pool.put(Stream::new(own));
            assert_eq!(other.read(&mut [0]).await.unwrap(), 0);
            assert!(pool.take().await.is_none());
        }
    }

    #[tokio::test]
    async fn what_is_quiet_is_kept_up_to_a_number() {
        let pool: Arc<Pool> = Arc::default();
        let mut others = Vec::new();
        for _ in 0..MOST + 10 {
            let (own, other) = duplex(8);
            pool.put(Stream::new(own));
            others.push(other);
        }
        // One has been closed, and one says what nobody asked for.
        others.remove(MOST - 1);
        others[MOST - 2].write_all(b"HTTP").await.unwrap();
        let mut kept = Vec::new();
        while let Some(stream) = pool.take().await {
            kept.push(stream);
        }
        assert_eq!(kept.len(), MOST - 2);
    }
}
