//! Streams of events, written to the socket without hyper.
//!
//! hyper keeps 16 KB of buffers and 5 KB of state for a connection as long as its answer lasts. Where thousands of
//! answers last for half a minute, that is most of the memory that there is. So when an answer is a stream of events,
//! the service keeps it and lets hyper's connection end; the socket is had back, and is closed when the answer ends.

use std::error::Error;
use std::future::poll_fn;
use std::io::{self, IoSlice, Write};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::response::Response;
use bytes::Bytes;
use futures_util::FutureExt;
use http::header::{CONNECTION, DATE, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Version};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::observe::access::is_events;

/// A socket that is lent to hyper.
pub(super) struct Lent(Arc<Mutex<TcpStream>>);

/// Who has lent it.
pub(super) struct Lender(Arc<Mutex<TcpStream>>);

/// Where the service leaves an answer that hyper is not to write.
#[derive(Clone, Default)]
pub(super) struct Slot(Arc<Mutex<Option<Taken>>>);

/// An answer that hyper does not write.
pub(super) struct Taken {
    response: Response,
    /// Whether the client knows chunks; if not, the end of the connection is that of the answer.
    is_chunked: bool,
}

/// Tells hyper that it has nothing to write. It ends the connection without a byte.
#[derive(Debug, thiserror::Error)]
#[error("the answer is written by another")]
pub(super) struct Elsewhere;

/// Lends a socket; it is had back when what it was lent to is dropped.
pub(super) fn lend(socket: TcpStream) -> (Lent, Lender) {
    let socket = Arc::new(Mutex::new(socket));
    (Lent(socket.clone()), Lender(socket))
}

impl Lender {
    /// The socket, unless it is still lent.
    pub(super) fn back(self) -> Option<TcpStream> {
        let socket = Arc::into_inner(self.0)?;
        Some(socket.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Slot {
    /// Whether an answer to this request may be written without hyper, and whether in chunks.
    pub(super) fn terms<B>(request: &Request<B>) -> Option<bool> {
        (request.method() != Method::HEAD).then(|| request.version() == Version::HTTP_11)
    }

    /// Keeps a stream of events; gives back another answer.
    pub(super) fn keep(
        &self,
        response: Response,
        terms: Option<bool>,
    ) -> Result<Response, Elsewhere> {
        let Some(is_chunked) = terms.filter(|_| is_events(&response)) else {
            return Ok(response);
        };
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = Some(Taken {
            response,
            is_chunked,
        });
        Err(Elsewhere)
    }

    /// What was kept.
    pub(super) fn take(&self) -> Option<Taken> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slot.take()
    }
}

/// Writes an answer until its end, or until the client has left or takes nothing for so long.
///
/// # Errors
/// The answer is not written to its end.
pub(super) async fn write(
    socket: TcpStream,
    taken: Taken,
    patience: Duration,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let Taken {
        response,
        is_chunked,
    } = taken;
    let (parts, mut body) = response.into_parts();
    let mut ahead = head(parts.status, parts.headers, is_chunked);
    let mut client = Client { socket, patience };
    loop {
        let next = match ahead.is_empty() {
            true => None,
            // What is there at once goes out with the head.
            false => client.next(&mut body).now_or_never(),
        };
        let next = match next {
            Some(next) => next,
            None => {
                client.send([&ahead, b"", b"", b""]).await?;
                ahead = Vec::new();
                client.next(&mut body).await
            }
        };
        let Some(data) = next? else { break };
        if !data.is_empty() {
            let (start, end) = frame(data.len(), is_chunked);
            client.send([&ahead, &start, &data, end]).await?;
            ahead = Vec::new();
        }
    }
    let last: &[u8] = if is_chunked { b"0\r\n\r\n" } else { b"" };
    client.send([&ahead, last, b"", b""]).await?;
    Ok(client.socket.shutdown().await?)
}

/// Who reads an answer.
struct Client {
    socket: TcpStream,
    patience: Duration,
}

impl Client {
    /// The next of the body; nothing at its end.
    async fn next(&self, body: &mut Body) -> Result<Option<Bytes>, Box<dyn Error + Send + Sync>> {
        poll_fn(|context| match Pin::new(&mut *body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                Poll::Ready(Ok(Some(frame.into_data().unwrap_or_default())))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Err(error.into())),
            Poll::Ready(None) => Poll::Ready(Ok(None)),
            Poll::Pending => self.poll_left(context).map(|error| Err(error.into())),
        })
        .await
    }

    /// Writes all of these.
    async fn send(&self, parts: [&[u8]; 4]) -> io::Result<()> {
        let mut parts = parts.map(IoSlice::new);
        let mut parts = &mut parts[..];
        // Skips what is empty at the start.
        IoSlice::advance_slices(&mut parts, 0);
        while !parts.is_empty() {
            match self.socket.try_write_vectored(parts) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => IoSlice::advance_slices(&mut parts, written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.room().await?,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Waits until the client has taken something.
    async fn room(&self) -> io::Result<()> {
        let room = poll_fn(|context| match self.socket.poll_write_ready(context) {
            Poll::Pending => self.poll_left(context).map(Err),
            ready => ready,
        });
        let late = |_| Err(io::ErrorKind::TimedOut.into());
        timeout(self.patience, room).await.unwrap_or_else(late)
    }

    /// Ready when the client has left. One that sends something more has not.
    fn poll_left(&self, context: &mut Context<'_>) -> Poll<io::Error> {
        let mut byte = [0];
        match self.socket.poll_peek(context, &mut ReadBuf::new(&mut byte)) {
            Poll::Ready(Ok(0)) => Poll::Ready(io::ErrorKind::ConnectionAborted.into()),
            Poll::Ready(Err(error)) => Poll::Ready(error),
            Poll::Ready(Ok(_)) | Poll::Pending => Poll::Pending,
        }
    }
}

/// The head of an answer (RFC 9112, section 4).
fn head(status: StatusCode, mut headers: HeaderMap, is_chunked: bool) -> Vec<u8> {
    let now = chrono::Utc::now().format("%a, %d %b %Y %H:%M:%S GMT");
    if let Ok(now) = HeaderValue::try_from(now.to_string()) {
        headers.insert(DATE, now);
    }
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    if is_chunked {
        headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    }
    let mut head = format!("HTTP/1.1 {status}\r\n").into_bytes();
    for (name, value) in &headers {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// What stands before and behind so many bytes (RFC 9112, section 7.1).
fn frame(length: usize, is_chunked: bool) -> (Vec<u8>, &'static [u8]) {
    if !is_chunked {
        return (Vec::new(), b"");
    }
    let mut start = Vec::with_capacity(8);
    // Memory takes all, so this cannot fail.
    let _ = write!(start, "{length:x}\r\n");
    (start, b"\r\n")
}

impl Lent {
    fn with<T>(&self, act: impl FnOnce(Pin<&mut TcpStream>) -> T) -> T {
        // One task has both the lender and what it is lent to, so nobody waits here.
        let mut socket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(Pin::new(&mut *socket))
    }
}

impl AsyncRead for Lent {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.with(|socket| socket.poll_read(context, into))
    }
}

impl AsyncWrite for Lent {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.with(|socket| socket.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.with(|socket| socket.poll_write_vectored(context, parts))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|socket| socket.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|socket| socket.poll_shutdown(context))
    }
}
