//! One request and the head of its answer (RFC 9112).

use std::io;
use std::sync::Arc;

use bytes::{Buf, BytesMut};
use http::header::{CONNECTION, CONTENT_LENGTH, HeaderName, HeaderValue, TRANSFER_ENCODING};
use http::{HeaderMap, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::body::{Body, Framing};
use super::pool::Pool;
use super::stream::Stream;
use super::{Answer, FetchError};

/// Most bytes of an answer's headers, and most headers: as many as other clients take.
const MAX_HEAD: usize = 64 * 1024;
const MAX_HEADERS: usize = 128;

/// Why an exchange failed.
#[derive(Debug)]
pub(super) struct Failed {
    /// Whether the connection ended before a byte of an answer was there.
    pub(super) nothing_came: bool,
    error: io::Error,
}

impl From<Failed> for FetchError {
    fn from(failed: Failed) -> Self {
        Self::Broken(failed.error)
    }
}

/// Sends a request and reads the head of its answer.
pub(super) async fn exchange(
    mut stream: Stream,
    request: Vec<u8>,
    pool: &Arc<Pool>,
) -> Result<Answer, Failed> {
    // One that was kept may have been used elsewhere.
    stream.settle().map_err(|error| Failed {
        nothing_came: true,
        error,
    })?;
    let sent = send(&mut stream, &request).await;
    // While a model thinks, thousands of requests need not be kept.
    drop(request);
    let mut read = BytesMut::new();
    match head(&mut stream, &mut read).await {
        Ok(head) => Ok(head.answer(stream, read, pool)),
        // A server may answer and close before it has read all of a request: only without an answer is that an error.
        Err(error) => Err(Failed {
            nothing_came: read.is_empty(),
            error: sent.err().unwrap_or(error),
        }),
    }
}

async fn send(stream: &mut Stream, request: &[u8]) -> io::Result<()> {
    stream.write_all(request).await?;
    stream.flush().await
}

/// The head of an answer.
struct Head {
    status: StatusCode,
    headers: HeaderMap,
    framing: Framing,
    /// Whether the connection can be used again.
    stays: bool,
}

impl Head {
    fn answer(self, stream: Stream, read: BytesMut, pool: &Arc<Pool>) -> Answer {
        let keep = self.stays.then(|| Arc::clone(pool));
        Answer {
            status: self.status,
            headers: self.headers,
            body: Body::new(stream, read, self.framing, keep),
        }
    }
}

/// Reads until a head is whole; what follows it stays in `read`.
async fn head(stream: &mut Stream, read: &mut BytesMut) -> io::Result<Head> {
    loop {
        while let Some((length, head)) = parse(read)? {
            read.advance(length);
            // Others come before the answer (RFC 9110, section 15.2).
            if !head.status.is_informational() {
                return Ok(head);
            }
        }
        if read.len() >= MAX_HEAD {
            return Err(wrong("the headers of the answer are too long"));
        }
        if stream.read_buf(read).await? == 0 {
            let why = "the connection was closed before an answer came";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, why));
        }
    }
}

/// A head and its length, if it is whole.
fn parse(bytes: &[u8]) -> io::Result<Option<(usize, Head)>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let parsed = response.parse(bytes).map_err(wrong)?;
    let httparse::Status::Complete(length) = parsed else {
        return Ok(None);
    };
    let status = StatusCode::from_u16(response.code.unwrap_or_default()).map_err(wrong)?;
    let mut headers = HeaderMap::with_capacity(response.headers.len());
    for header in response.headers.iter() {
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(wrong)?;
        let value = HeaderValue::from_bytes(header.value).map_err(wrong)?;
        headers.append(name, value);
    }
    let framing = framing(status, &headers)?;
    let stays = response.version == Some(1)
        && framing != Framing::UntilClose
        && !tokens(&headers, &CONNECTION).any(|token| token.eq_ignore_ascii_case("close"));
    let head = Head {
        status,
        headers,
        framing,
        stays,
    };
    Ok(Some((length, head)))
}

/// How long the body is (RFC 9112, section 6.3).
fn framing(status: StatusCode, headers: &HeaderMap) -> io::Result<Framing> {
    if matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
        || status.is_informational()
    {
        return Ok(Framing::Length(0));
    }
    if headers.contains_key(TRANSFER_ENCODING) {
        let mut codings = tokens(headers, &TRANSFER_ENCODING);
        let is_chunked = codings
            .next()
            .is_some_and(|own| own.eq_ignore_ascii_case("chunked"));
        return match is_chunked && codings.next().is_none() && !headers.contains_key(CONTENT_LENGTH)
        {
            true => Ok(Framing::chunked()),
            false => Err(wrong(
                "the answer's length is told in a way that is not known",
            )),
        };
    }
    let mut lengths = tokens(headers, &CONTENT_LENGTH);
    let Some(length) = lengths.next() else {
        return Ok(Framing::UntilClose);
    };
    let is_number = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
    match length.parse() {
        Ok(number) if is_number && lengths.all(|other| other == length) => {
            Ok(Framing::Length(number))
        }
        _ => Err(wrong("the answer tells no length that can be")),
    }
}

/// The items of a header that is a list.
fn tokens<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).iter();
    // What is no text is no token that is known.
    values.flat_map(|value| value.to_str().unwrap_or("?").split(',').map(str::trim))
}

fn wrong(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
