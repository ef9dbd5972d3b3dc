//! The data of server-sent events (WHATWG HTML, section 9.2), of bounded size.
//!
//! Only `data` counts here: neither provider's protocol uses types, ids or comments.

use std::fmt::Display;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_util::stream::{Stream, StreamExt};
use tokio_util::codec::{Decoder, LinesCodec, LinesCodecError};

/// Most bytes of a line, and of the data of an event. A token takes some hundred bytes.
pub(super) const MAX_LINE: usize = 256 * 1024;
/// Most bytes of an answer with all that is around its tokens: some 20,000 tokens as OpenAI sends them.
pub(super) const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// Why a stream of events cannot be read on.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error("a line is longer than {MAX_LINE} bytes")]
    Line,
    #[error("{0}")]
    Read(#[from] io::Error),
}

/// The data of the events in these bytes. It ends after an error.
pub(super) fn events<S, E>(bytes: S) -> Data<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Display,
{
    Data {
        lines: Lines {
            bytes,
            codec: LinesCodec::new_with_max_length(MAX_LINE),
            waiting: BytesMut::new(),
            read: 0,
        },
        data: String::new(),
        ended: false,
    }
}

/// The data of events, each when it is whole.
pub(super) struct Data<S> {
    lines: Lines<S>,
    /// What has come of the event that is not whole.
    data: String,
    ended: bool,
}

impl<S: Stream<Item = Result<Bytes, E>> + Unpin, E: Display> Stream for Data<S> {
    type Item = Result<String, Broken>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let own = self.get_mut();
        while !own.ended {
            let line = match ready!(own.lines.poll_next(context)) {
                Ok(Some(line)) => line,
                Ok(None) => {
                    own.ended = true;
                    break;
                }
                Err(error) => return own.broken(error),
            };
            if line.is_empty() && !own.data.is_empty() {
                break;
            }
            let Some(more) = line.strip_prefix("data:") else {
                continue;
            };
            if !own.data.is_empty() {
                own.data.push('\n');
            }
            own.data.push_str(more.strip_prefix(' ').unwrap_or(more));
            if own.data.len() > MAX_LINE {
                return own.broken(Broken::Line);
            }
        }
        let data = std::mem::take(&mut own.data);
        Poll::Ready((!data.is_empty()).then_some(Ok(data)))
    }
}

impl<S> Data<S> {
    fn broken<T>(&mut self, error: Broken) -> Poll<Option<Result<T, Broken>>> {
        self.ended = true;
        self.data.clear();
        Poll::Ready(Some(Err(error)))
    }
}

/// Lines of bytes that come in pieces.
struct Lines<S> {
    bytes: S,
    codec: LinesCodec,
    /// What has come of the line that is not whole.
    waiting: BytesMut,
    read: usize,
}

impl<S: Stream<Item = Result<Bytes, E>> + Unpin, E: Display> Lines<S> {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<String>, Broken>> {
        loop {
            if let Some(line) = self.codec.decode(&mut self.waiting)? {
                return Poll::Ready(Ok(Some(line)));
            }
            // A piece is copied and let go at once: while it lives, the connection cannot read into its memory again.
            match ready!(self.bytes.poll_next_unpin(context)) {
                Some(Ok(piece)) => self.add(&piece)?,
                Some(Err(error)) => {
                    return Poll::Ready(Err(io::Error::other(error.to_string()).into()));
                }
                None => return Poll::Ready(Ok(self.codec.decode_eof(&mut self.waiting)?)),
            }
        }
    }

    fn add(&mut self, piece: &[u8]) -> Result<(), Broken> {
        self.read += piece.len();
        if self.read > MAX_ANSWER {
            let why = format!("the answer is longer than {MAX_ANSWER} bytes");
            return Err(io::Error::other(why).into());
        }
        self.waiting.extend_from_slice(piece);
        Ok(())
    }
}

impl From<LinesCodecError> for Broken {
    fn from(error: LinesCodecError) -> Self {
        match error {
            LinesCodecError::MaxLineLengthExceeded => Self::Line,
            LinesCodecError::Io(error) => Self::Read(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    async fn read(chunks: Vec<Vec<u8>>) -> Vec<Result<String, String>> {
        let chunks = stream::iter(chunks).map(|chunk| Ok::<_, String>(Bytes::from(chunk)));
        let data = events(chunks).map(|data| data.map_err(|error| error.to_string()));
        data.collect().await
    }

    #[tokio::test]
    async fn events_are_the_same_however_their_bytes_are_split() {
        let text = ": hello\r\n\r\ndata: größe 書\r\n\r\nevent: x\ndata:a\ndata: b\nid: 1\n\n\n\ndata: last";
        let expected = ["größe 書", "a\nb", "last"].map(|data| Ok(data.to_owned()));
        for size in 1..=text.len() {
            let chunks = text.as_bytes().chunks(size).map(<[u8]>::to_vec).collect();
            assert_eq!(read(chunks).await, expected, "in chunks of {size}");
        }
    }

    #[tokio::test]
    async fn a_line_without_an_end_is_given_up() {
        let chunks =
            std::iter::once(b"data: ".to_vec()).chain((0..100).map(|_| vec![b'x'; 65_536]));
        let read = read(chunks.collect()).await;
        assert_eq!(
            read,
            [Err(format!("a line is longer than {MAX_LINE} bytes"))]
        );
    }

    #[tokio::test]
    async fn an_event_of_many_lines_is_given_up() {
        let chunks =
            (0..100).map(|_| [b"data: ".to_vec(), vec![b'x'; 65_536], b"\n".to_vec()].concat());
        let read = read(chunks.collect()).await;
        assert_eq!(
            read,
            [Err(format!("a line is longer than {MAX_LINE} bytes"))]
        );
    }

    #[tokio::test]
    async fn an_answer_without_an_end_is_given_up() {
        let chunks =
            (0..200).map(|_| [b"data: ".to_vec(), vec![b'x'; 65_536], b"\n\n".to_vec()].concat());
        let read = read(chunks.collect()).await;
        assert!(read.len() < 130, "{} events", read.len());
        assert!(matches!(read.last(), Some(Err(why)) if why.contains("the answer is longer")));
    }

    #[tokio::test]
    async fn bytes_that_are_no_text_are_an_error() {
        let read = read(vec![b"data: \xff\xfe\n\n".to_vec()]).await;
        assert!(matches!(read.as_slice(), [Err(_)]), "{read:?}");
    }
}
