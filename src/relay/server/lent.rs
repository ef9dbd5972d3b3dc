//! A connection that hyper has until an answer is a stream of events.
//!
//! hyper keeps two buffers of 8 KB and the state of a connection as long as its answer lasts. Where thousands of answers
//! last for half a minute, that is most of the memory that there is. So when an answer is a stream of events, the service
//! keeps it and lets hyper's connection end without a byte; the socket is had back, [`super::events`] writes to it, and
//! then it is hyper's again for the next request.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use axum::body::HttpBody;
use axum::response::Response;
use bytes::Bytes;
use http::header::CONNECTION;
use http::{Method, Request, Version};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

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
    pub(super) response: Response,
    pub(super) terms: Terms,
    /// Whether the connection can be used again.
    pub(super) stays: bool,
}

/// How an answer to a request may be written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// Whether it has a body at all.
    has_body: bool,
    /// Whether the client knows chunks; if not, the end of the connection is that of the answer.
    pub(super) is_chunked: bool,
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
