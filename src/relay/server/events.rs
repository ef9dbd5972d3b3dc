//! Streams of events, written to the socket without hyper.
//!
//! hyper keeps 16 KB of buffers and 5 KB of state for a connection as long as its answer lasts. Where thousands of
//! answers last for half a minute, that is most of the memory that there is. So when an answer is a stream of events,
//! the service keeps it and lets hyper's connection end; the socket is had back, and is hyper's again for the next
//! request.

use std::error::Error;
use std::future::poll_fn;
use std::io::{self, IoSlice, Write};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::response::Response;
use bytes::Bytes;
use futures_util::FutureExt;
use http::header::{CONNECTION, DATE, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Version};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
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
    terms: Terms,
    /// Whether the connection can be used again.
    pub(super) stays: bool,
}

/// How an answer to a request may be written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// Whether it has a body at all.
    has_body: bool,
    /// Whether the client knows chunks; if not, the end of the connection is that of the answer.
    is_chunked: bool,
    /// Whether the client wants to use the connection again.
    stays: bool,
}

impl Terms {
    /// The terms of this request.
    pub(super) fn of<B>(request: &Request<B>) -> Self {
        let is_chunked = request.version() == Version::HTTP_11;
        let told = request.headers().get_all(CONNECTION).iter();
        let mut told = told.flat_map(|value| value.to_str().unwrap_or("close").split(','));
        let closes = told.any(|token| token.trim().eq_ignore_ascii_case("close"));
        Self {
            has_body: request.method() != Method::HEAD,
            is_chunked,
            stays: is_chunked && !closes,
        }
    }
}

/// A request's body that tells when it is read whole: what is left of it would be taken for the next request.
pub(super) struct Tracked {
    body: Incoming,
    is_read: Arc<AtomicBool>,
}

impl Tracked {
    /// This body, and whether it is read whole.
    pub(super) fn new(body: Incoming) -> (Self, Arc<AtomicBool>) {
        let is_read = Arc::new(AtomicBool::new(body.is_end_stream()));
        let own = is_read.clone();
        (Self { body, is_read: own }, is_read)
    }
}

impl HttpBody for Tracked {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let own = self.get_mut();
        let frame = ready!(Pin::new(&mut own.body).poll_frame(context));
        if frame.is_none() || own.body.is_end_stream() {
            own.is_read.store(true, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
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
    /// Keeps a stream of events; gives back another answer.
    pub(super) fn keep(
        &self,
        response: Response,
        terms: Terms,
        is_read: &AtomicBool,
    ) -> Result<Response, Elsewhere> {
        if !terms.has_body || !is_events(&response) {
            return Ok(response);
        }
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = Some(Taken {
            response,
            terms,
            stays: terms.stays && is_read.load(Ordering::Relaxed),
        });
        Err(Elsewhere)
    }

    /// What was kept.
    pub(super) fn take(&self) -> Option<Taken> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slot.take()
    }
}

/// Writes an answer until its end, or until the client has left or takes nothing for so long. The socket, if it can be
/// used again.
///
/// # Errors
/// The answer is not written to its end.
pub(super) async fn write(
    socket: TcpStream,
    taken: Taken,
    patience: Duration,
) -> Result<Option<TcpStream>, Box<dyn Error + Send + Sync>> {
    let is_chunked = taken.terms.is_chunked;
    let (parts, mut body) = taken.response.into_parts();
    let mut ahead = head(parts.status, parts.headers, is_chunked, taken.stays);
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
    if taken.stays {
        return Ok(Some(client.socket));
    }
    client.socket.shutdown().await?;
    Ok(None)
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
fn head(status: StatusCode, mut headers: HeaderMap, is_chunked: bool, stays: bool) -> Vec<u8> {
    let now = chrono::Utc::now().format("%a, %d %b %Y %H:%M:%S GMT");
    if let Ok(now) = HeaderValue::try_from(now.to_string()) {
        headers.insert(DATE, now);
    }
    if !stays {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
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
