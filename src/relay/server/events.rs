//! Streams of events, written to the socket without hyper.

use std::error::Error;
use std::future::poll_fn;
use std::io::{self, IoSlice, Write};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use futures_util::FutureExt;
use http::header::{CONNECTION, DATE, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, StatusCode};
use tokio::io::ReadBuf;
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::lent::Taken;
use crate::crowd::{Crowd, moved};

/// Why an answer is not written to its end.
pub(super) type Failed = Box<dyn Error + Send + Sync>;

/// Parts of an answer until its first words are out: its sources, and these.
const FIRST_WORDS: u32 = 2;

/// An answer that is being written.
pub(super) struct Writing {
    client: Client,
    body: Body,
    is_chunked: bool,
    stays: bool,
    /// What goes out before the next part.
    ahead: Vec<u8>,
    /// Parts that are out.
    sent: u32,
    /// The crowd that it is told in, until it has moved to where that is told.
    crowd: Option<Crowd>,
}

impl Writing {
    /// An answer to who reads from this socket, and may take nothing for so long.
    pub(super) fn new(socket: TcpStream, taken: Taken, patience: Duration) -> Self {
        let is_chunked = taken.terms.is_chunked;
        let (mut parts, body) = taken.response.into_parts();
        let crowd = parts.extensions.remove::<Crowd>();
        Self {
            client: Client { socket, patience },
            body,
            is_chunked,
            stays: taken.stays,
            ahead: head(parts.status, parts.headers, is_chunked, taken.stays),
            sent: 0,
            crowd,
        }
    }

    /// Writes until the end, or until it is to be told elsewhere: where.
    ///
    /// # Errors
    /// The client has left, or takes nothing, or the answer broke off.
    pub(super) async fn write(&mut self) -> Result<Option<Handle>, Failed> {
        let mut is_over = false;
        while !is_over {
            if let Some(teller) = self.teller() {
                return Ok(Some(teller));
            }
            let next = match self.ahead.is_empty() {
                true => None,
                // What is there at once goes out with the head.
                false => self.client.next(&mut self.body).now_or_never(),
            };
            let next = match next {
                Some(next) => next?,
                None => {
                    let ahead = std::mem::take(&mut self.ahead);
                    self.client.send([&ahead, b"", b"", b""]).await?;
                    self.client.next(&mut self.body).await?
                }
            };
            is_over = next.is_none() || self.body.is_end_stream();
            let data = next.unwrap_or_default();
            let (start, end) = frame(data.len(), self.is_chunked, is_over);
            let ahead = std::mem::take(&mut self.ahead);
            self.client.send([&ahead, &start, &data, end]).await?;
            self.sent += 1;
        }
        Ok(None)
    }

    /// Where it is to be told from here on, if not here.
    fn teller(&self) -> Option<Handle> {
        match self.sent < FIRST_WORDS {
            true => None,
            false => self.crowd.as_ref()?.teller(),
        }
    }

    /// Writes to the end, in the runtime that this is called in.
    ///
    /// # Errors
    /// As [`Writing::write`].
    pub(super) async fn write_here(mut self: Box<Self>) -> Result<Box<Self>, Failed> {
        self.crowd = None;
        self.client.socket = moved(&self.client.socket)?;
        self.write().await?;
        Ok(self)
    }

    /// The socket, if it can be used again.
    pub(super) fn socket(self) -> Option<TcpStream> {
        self.stays.then_some(self.client.socket)
    }
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

/// What stands before and behind so many bytes, and behind the last of them (RFC 9112, section 7.1).
fn frame(length: usize, is_chunked: bool, is_last: bool) -> (Vec<u8>, &'static [u8]) {
    let mut start = Vec::new();
    if is_chunked && length > 0 {
        start.reserve(8);
        // Memory takes all, so this cannot fail.
        let _ = write!(start, "{length:x}\r\n");
    }
    let end: &[u8] = match (is_chunked, length, is_last) {
        (false, ..) | (true, 0, false) => b"",
        (true, 0, true) => b"0\r\n\r\n",
        (true, _, false) => b"\r\n",
        (true, _, true) => b"\r\n0\r\n\r\n",
    };
    (start, end)
}
