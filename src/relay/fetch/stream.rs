//! A connection, read and written wherever it is.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_rustls::MaybeHttpsStream;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::runtime::{Handle, Id};

use crate::crowd;

/// A connection, with TLS in it or without.
pub(super) struct Stream {
    io: Box<dyn Io>,
    /// The runtime whose reactor tells what has come.
    home: Id,
}

/// What a connection can do.
pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin {
    /// Moves to the runtime that this is called in.
    fn settle(&mut self) -> io::Result<()>;
}

impl Stream {
    /// A connection that was made where this is called.
    pub(super) fn new(io: impl Io + 'static) -> Self {
        Self {
            io: Box::new(io),
            home: Handle::current().id(),
        }
    }

    /// A connection as a connector gives it: without TLS it takes a tenth of the memory that is kept for TLS.
    pub(super) fn of(io: MaybeHttpsStream<TokioIo<TcpStream>>) -> Self {
        match io {
            MaybeHttpsStream::Http(plain) => Self::new(plain.into_inner()),
            tls @ MaybeHttpsStream::Https(_) => Self::new(TokioIo::new(tls)),
        }
    }

    /// Moves to the runtime that this is called in, unless it is there already. What has come is told anew.
    pub(super) fn settle(&mut self) -> io::Result<()> {
        let here = Handle::current().id();
        if self.home != here {
            self.io.settle()?;
            self.home = here;
        }
        Ok(())
    }
}

impl Io for TcpStream {
    fn settle(&mut self) -> io::Result<()> {
        *self = crowd::moved(self)?;
        Ok(())
    }
}

impl Io for TokioIo<MaybeHttpsStream<TokioIo<TcpStream>>> {
    fn settle(&mut self) -> io::Result<()> {
        plain(self.inner_mut()).inner_mut().settle()
    }
}

/// Through a tunnel: TLS to a proxy, or none, and TLS in it.
impl Io for TokioIo<MaybeHttpsStream<MaybeHttpsStream<TokioIo<TcpStream>>>> {
    fn settle(&mut self) -> io::Result<()> {
        plain(plain(self.inner_mut())).inner_mut().settle()
    }
}

#[cfg(test)]
impl Io for tokio::io::DuplexStream {
    fn settle(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What TLS is spoken over, if it is.
fn plain<T>(stream: &mut MaybeHttpsStream<T>) -> &mut T {
    match stream {
        MaybeHttpsStream::Http(plain) => plain,
        MaybeHttpsStream::Https(tls) => tls.inner_mut().get_mut().0.inner_mut(),
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, into)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
