//! The body of an answer, read as it comes (RFC 9112, sections 6 and 7).

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, ReadBuf};

use super::pool::Pool;
use super::stream::Stream;

/// Bytes that are read at a time, onto the stack. An event of one token has some 250.
const READ: usize = 8 * 1024;
/// Most bytes of a chunk's extensions, and of all trailers.
const MAX_EXTRA: usize = 16 * 1024;
/// Most digits of a chunk's length, which then fits into 64 bits.
const MAX_DIGITS: u8 = 15;

/// The body of an answer. Dropped before its end, it closes the connection.
pub struct Body {
    /// Nothing when all is read.
    stream: Option<Stream>,
    /// What came with the headers.
    read: BytesMut,
    framing: Framing,
    /// Where the connection goes when all is read.
    keep: Option<Arc<Pool>>,
}

/// How the end of a body is known, and what is left until then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// So many bytes more.
    Length(u64),
    /// Chunks, each with its length.
    Chunked(Chunk),
    /// Whatever comes.
    UntilClose,
}

/// Where in its chunks a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chunk {
    /// In the digits of a length; how many there were.
    Size { size: u64, digits: u8 },
    /// Behind them, before the end of the line.
    Extension { size: u64, read: usize },
    /// So many bytes of data are to come.
    Data(u64),
    /// Behind the data.
    DataEnd { returned: bool },
    /// Behind the last chunk; bytes of trailers, and of the line that is read.
    Trailer { read: usize, line: usize },
    /// All is read.
    End,
}

impl Framing {
    /// A body in chunks.
    pub(super) fn chunked() -> Self {
        Self::Chunked(Chunk::Size { size: 0, digits: 0 })
    }

    fn is_over(self) -> bool {
        matches!(self, Self::Length(0) | Self::Chunked(Chunk::End))
    }

    /// Moves what `input` has of the body behind `into`, up to its end.
    fn decode(&mut self, input: &mut &[u8], into: &mut BytesMut) -> io::Result<()> {
        match self {
            Self::UntilClose => drop(hand_on(input, u64::MAX, into)),
            Self::Length(left) => *left -= hand_on(input, *left, into),
            Self::Chunked(place) => {
                while !input.is_empty() && *place != Chunk::End {
                    place.step(input, into)?;
                }
            }
        }
        Ok(())
    }
}

impl Chunk {
    fn step(&mut self, input: &mut &[u8], into: &mut BytesMut) -> io::Result<()> {
        if let Self::Data(left) = self {
            *left -= hand_on(input, *left, into);
            if *left == 0 {
                *self = Self::DataEnd { returned: false };
            }
            return Ok(());
        }
        let byte = input.get_u8();
        *self = match (*self, byte) {
            (Self::Size { size, digits }, _) if byte.is_ascii_hexdigit() && digits < MAX_DIGITS => {
                let digit = (byte as char).to_digit(16).unwrap_or_default();
                let size = size * 16 + u64::from(digit);
                Self::Size {
                    size,
                    digits: digits + 1,
                }
            }
            (Self::Size { digits: 0, .. }, _) => return Err(wrong("a chunk has no length")),
            (Self::Size { size, .. } | Self::Extension { size, .. }, b'\n') => match size {
                0 => Self::Trailer { read: 0, line: 0 },
                _ => Self::Data(size),
            },
            (Self::Size { size, .. }, b'\r' | b';' | b' ' | b'\t') => {
                Self::Extension { size, read: 0 }
            }
            (Self::Extension { size, read }, _) if read < MAX_EXTRA => Self::Extension {
                size,
                read: read + 1,
            },
            (Self::DataEnd { returned: false }, b'\r') => Self::DataEnd { returned: true },
            (Self::DataEnd { .. }, b'\n') => Self::Size { size: 0, digits: 0 },
            (Self::Trailer { line: 0, .. }, b'\n') => Self::End,
            (Self::Trailer { read, .. }, b'\n') if read < MAX_EXTRA => Self::Trailer {
                read: read + 1,
                line: 0,
            },
            (Self::Trailer { read, line }, b'\r') if read < MAX_EXTRA => Self::Trailer {
                read: read + 1,
                line,
            },
            (Self::Trailer { read, line }, _) if read < MAX_EXTRA => Self::Trailer {
                read: read + 1,
                line: line + 1,
            },
            _ => return Err(wrong("a chunk does not end where it is to")),
        };
        Ok(())
    }
}

impl Body {
    pub(super) fn new(
        stream: Stream,
        read: BytesMut,
        framing: Framing,
        keep: Option<Arc<Pool>>,
    ) -> Self {
        Self {
            stream: Some(stream),
            read,
            framing,
            keep,
        }
    }

    /// Adds what has come to `into`; how many bytes, none at the end.
    ///
    /// # Errors
    /// The connection broke, or the body ends before its end.
    pub fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        into: &mut BytesMut,
    ) -> Poll<io::Result<usize>> {
        let before = into.len();
        let early = std::mem::take(&mut self.read);
        let mut rest = &early[..];
        self.framing.decode(&mut rest, into)?;
        let mut is_clean = rest.is_empty();
        while into.len() == before && !self.framing.is_over() {
            let Some(stream) = &mut self.stream else {
                return Poll::Ready(Ok(0));
            };
            stream.settle()?;
            let mut space = [const { MaybeUninit::uninit() }; READ];
            let mut space = ReadBuf::uninit(&mut space);
            ready!(Pin::new(stream).poll_read(context, &mut space))?;
            let mut read = space.filled();
            if read.is_empty() {
                self.stream = None;
                return Poll::Ready(match self.framing {
                    Framing::UntilClose => Ok(0),
                    _ => Err(io::Error::new(
                        io::ErrorKind::UnexpectedEof,
                        "the body of the answer broke off",
                    )),
                });
            }
            self.framing.decode(&mut read, into)?;
            is_clean = read.is_empty();
        }
        if self.framing.is_over() {
            self.end(is_clean);
        }
        Poll::Ready(Ok(into.len() - before))
    }

    /// Waits for more and adds it to `into`; how many bytes, none at the end.
    ///
    /// # Errors
    /// As [`Body::poll_read`].
    pub async fn read(&mut self, into: &mut BytesMut) -> io::Result<usize> {
        poll_fn(|context| self.poll_read(context, into)).await
    }

    /// Keeps the connection for the next request, where nothing came behind the answer.
    fn end(&mut self, is_clean: bool) {
        if let (Some(stream), Some(pool)) = (self.stream.take(), self.keep.take())
            && is_clean
        {
            pool.put(stream);
        }
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body")
            .field("framing", &self.framing)
            .finish_non_exhaustive()
    }
}

/// Moves at most so many bytes; how many.
fn hand_on(input: &mut &[u8], most: u64, into: &mut BytesMut) -> u64 {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let (own, rest) = input.split_at(most.min(input.len()));
    into.extend_from_slice(own);
    *input = rest;
    own.len() as u64
}

fn wrong(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a body says that comes in pieces of this size, and what is left behind it.
    fn decoded(text: &str, size: usize) -> io::Result<(String, String)> {
        let mut framing = Framing::chunked();
        let (mut into, mut behind) = (BytesMut::new(), Vec::new());
        for mut piece in text.as_bytes().chunks(size) {
            framing.decode(&mut piece, &mut into)?;
            behind.extend_from_slice(piece);
        }
        assert!(framing.is_over(), "{framing:?}");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok((text(&into), text(&behind)))
    }

    #[test]
    fn chunks_say_the_same_however_they_are_split() {
        let text = "5\r\nhello\r\n00B;name=\"x\"\r\n, wo\r\nrld!\n\r\n0\r\nA: b\r\nC:\r\n\r\nHTTP";
        for size in 1..=text.len() {
            let (said, behind) = decoded(text, size).unwrap();
            assert_eq!(said, "hello, wo\r\nrld!\n", "in pieces of {size}");
            assert_eq!(behind, "HTTP", "in pieces of {size}");
        }
        assert_eq!(decoded("0\n\n", 1).unwrap(), (String::new(), String::new()));
    }

    #[test]
    fn what_is_no_chunk_is_an_error() {
        let endless = |start: &str| format!("{start}{}", "x".repeat(2 * MAX_EXTRA));
        for wrong in [
            "\r\n".to_owned(),
            "x\r\n".to_owned(),
            "-1\r\n".to_owned(),
            "+1\r\n".to_owned(),
            "0000000000000000\r\n".to_owned(),
            "fffffffffffffffff\r\n".to_owned(),
            "1\r\nab".to_owned(),
            endless("1;"),
            endless("0\r\n"),
            endless("0\r\n\r\r"),
        ] {
            let mut framing = Framing::chunked();
            let decoded = framing.decode(&mut wrong.as_bytes(), &mut BytesMut::new());
            assert!(decoded.is_err(), "{:.40}: {framing:?}", wrong);
        }
    }
}
