//! The data of server-sent events (WHATWG HTML, section 9.2), of bounded size.
//!
//! Only `data` counts here: neither provider's protocol uses types, ids or comments.

use std::io;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};

use crate::fetch::Body;

/// Most bytes of a line, and of the data of an event. A token takes some hundred bytes.
pub(super) const MAX_LINE: usize = 256 * 1024;
/// Most bytes of an answer with all that is around its tokens: some 20,000 tokens as OpenAI sends them.
pub(super) const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// Why a stream of events cannot be read on.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error("a line is longer than {MAX_LINE} bytes")]
    Line,
    #[error("the answer is longer than {MAX_ANSWER} bytes")]
    Answer,
    #[error("a line is no text")]
    Text,
    #[error("{0}")]
    Read(#[from] io::Error),
}

/// Bytes that come in pieces.
pub(super) trait Source: Send + Unpin + 'static {
    /// Adds what has come; how many bytes, none at the end.
    fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        into: &mut BytesMut,
    ) -> Poll<io::Result<usize>>;
}

impl Source for Body {
    fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        into: &mut BytesMut,
    ) -> Poll<io::Result<usize>> {
        Body::poll_read(self, context, into)
    }
}

/// The data of the events in these bytes, each when it is whole. It ends after an error.
pub(super) struct Events<S = Body> {
    source: S,
    /// What has come and is not read.
    waiting: BytesMut,
    /// How much of it has no end of a line.
    searched: usize,
    /// Bytes that have come.
    read: usize,
    /// The data of the event that is under way, or was given last.
    data: String,
    is_given: bool,
    is_over: bool,
}

impl<S: Source> Events<S> {
    /// The events in these bytes.
    pub(super) fn new(source: S) -> Self {
        Self {
            source,
            waiting: BytesMut::new(),
            searched: 0,
            read: 0,
            data: String::new(),
            is_given: false,
            is_over: false,
        }
    }

    /// The data of the next event.
    pub(super) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<&str, Broken>>> {
        if std::mem::take(&mut self.is_given) {
            self.data.clear();
        }
        if let Err(error) = ready!(self.poll_event(context)) {
            self.is_over = true;
            self.data.clear();
            return Poll::Ready(Some(Err(error)));
        }
        self.is_given = true;
        Poll::Ready((!self.data.is_empty()).then_some(Ok(&self.data)))
    }

    /// Reads until an event is whole or there is nothing more.
    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Broken>> {
        while !self.is_over {
            let new = self.waiting.get(self.searched..).unwrap_or_default();
            if let Some(at) = new.iter().position(|&byte| byte == b'\n') {
                let end = self.searched + at;
                self.searched = 0;
                let is_whole = self.line(end)?;
                self.waiting.advance(end + 1);
                if is_whole {
                    break;
                }
                continue;
            }
            self.searched = self.waiting.len();
            if self.searched > MAX_LINE {
                return Poll::Ready(Err(Broken::Line));
            }
            let Poll::Ready(read) = self.source.poll_read(context, &mut self.waiting) else {
                self.rest();
                return Poll::Pending;
            };
            let read = read?;
            self.read += read;
            if self.read > MAX_ANSWER {
                return Poll::Ready(Err(Broken::Answer));
            }
            if read == 0 {
                self.is_over = true;
                self.line(self.waiting.len())?;
                self.waiting = BytesMut::new();
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Gives back the memory of what was read: thousands of answers wait for their next token most of their time.
    fn rest(&mut self) {
        if self.waiting.is_empty() {
            self.waiting = BytesMut::new();
        }
        if self.data.is_empty() {
            self.data = String::new();
        }
    }

    /// Takes the line that ends here; whether an event is whole with it.
    fn line(&mut self, end: usize) -> Result<bool, Broken> {
        let line = self.waiting.get(..end).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return Ok(!self.data.is_empty());
        }
        let Some(more) = line.strip_prefix(b"data:") else {
            return Ok(false);
        };
        let more = more.strip_prefix(b" ").unwrap_or(more);
        let more = std::str::from_utf8(more).map_err(|_| Broken::Text)?;
        if !self.data.is_empty() {
            self.data.push('\n');
        }
        self.data.push_str(more);
        match self.data.len() > MAX_LINE {
            true => Err(Broken::Line),
            false => Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::future::poll_fn;

    use super::*;

    impl Source for VecDeque<Vec<u8>> {
        fn poll_read(
            &mut self,
            _: &mut Context<'_>,
            into: &mut BytesMut,
        ) -> Poll<io::Result<usize>> {
            let piece = self.pop_front().unwrap_or_default();
            into.extend_from_slice(&piece);
            Poll::Ready(Ok(piece.len()))
        }
    }

    async fn read(chunks: Vec<Vec<u8>>) -> Vec<Result<String, String>> {
        let mut events = Events::new(VecDeque::from(chunks));
        let mut all = Vec::new();
        let next = |own: Option<Result<&str, Broken>>| {
            own.map(|data| data.map(str::to_owned).map_err(|error| error.to_string()))
        };
        while let Some(data) = poll_fn(|context| events.poll_next(context).map(next)).await {
            all.push(data);
        }
        all
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

    /// Gives a piece whenever it is polled, and then nothing once.
    struct Slow(VecDeque<Vec<u8>>, bool);

    impl Source for Slow {
        fn poll_read(
            &mut self,
            context: &mut Context<'_>,
            into: &mut BytesMut,
        ) -> Poll<io::Result<usize>> {
            self.1 = !self.1;
            match self.1 {
                true => self.0.poll_read(context, into),
                false => Poll::Pending,
            }
        }
    }

    #[test]
    fn who_waits_for_more_keeps_only_what_is_not_whole() {
        let text = ["data: a\n\n", "data: b\n", "\ndata", ": c\n\n"];
        let pieces = text.map(|text| text.as_bytes().to_vec());
        let mut events = Events::new(Slow(pieces.into(), false));
        let mut context = Context::from_waker(std::task::Waker::noop());
        let mut seen = Vec::new();
        loop {
            match events.poll_next(&mut context) {
                Poll::Ready(Some(data)) => seen.push(data.unwrap().to_owned()),
                Poll::Ready(None) => break,
                Poll::Pending => {
                    let kept = [events.waiting.capacity(), events.data.capacity()];
                    let has = [&*events.waiting, events.data.as_bytes()].map(<[u8]>::is_empty);
                    assert_eq!(kept.map(|bytes| bytes == 0), has, "{seen:?}");
                }
            }
        }
        assert_eq!(seen, ["a", "b", "c"]);
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
