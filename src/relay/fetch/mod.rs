//! Calls to other servers: one request over HTTP/1.1, one answer whose body is read as it comes.
//!
//! Thousands of answers are read at a time, so none has a task, a channel or a buffer of its own: a body is read
//! where it is polled, into memory that lives as long as the poll, and what it says is handed on at once. Dropping
//! an answer closes its connection.

mod body;
mod connect;
mod exchange;
mod pool;
mod stream;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST, PROXY_AUTHORIZATION, USER_AGENT};
use http::{HeaderMap, Method, StatusCode};
use url::Url;

pub use body::Body;
pub use connect::{Client, Proxies};
use pool::Pool;

/// Who asks.
const AGENT: &str = concat!("lectern-relay/", env!("CARGO_PKG_VERSION"));

/// TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("TLS cannot be set up: {0}")]
pub struct TlsError(#[from] rustls::Error);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Connecting took longer than this.
    #[error("connecting took longer than {0:?}")]
    Late(Duration),
    /// There is no connection.
    #[error("{0}")]
    Connect(String),
    /// The connection broke, or what came over it is not HTTP.
    #[error("{0}")]
    Broken(#[from] std::io::Error),
}

/// An address, and how it is asked. Connections to it are kept for a moment, for the next request.
#[derive(Debug, Clone)]
pub struct Place(Arc<Inner>);

struct Inner {
    client: Client,
    url: Url,
    /// The request but for the length of its body. It has keys in it, so it is not printed.
    head: Vec<u8>,
    pool: Arc<Pool>,
}

/// An answer, whose body is still to come.
#[derive(Debug)]
pub struct Answer {
    /// Its status. A redirect is one like others: none is followed.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// What it says.
    pub body: Body,
}

impl Place {
    /// This address, asked with this method and these headers.
    pub fn new(client: Client, method: &Method, url: Url, headers: &HeaderMap) -> Self {
        let head = head(&client, method, &url, headers);
        Self(Arc::new(Inner {
            client,
            url,
            head,
            pool: Arc::default(),
        }))
    }

    /// Asks, and waits for the headers of the answer. A kept connection that has gone stale is no error: another one
    /// is made. Only what is kept while nothing has come back is taken as stale.
    ///
    /// # Errors
    /// There is no connection, or no HTTP in what came back.
    pub async fn ask(&self, body: Bytes) -> Result<Answer, FetchError> {
        let own = &*self.0;
        if let Some(kept) = own.pool.take().await {
            match exchange::exchange(kept, own.request(&body), &own.pool).await {
                Err(exchange::Failed { nothing_came, .. }) if nothing_came => {}
                done => return Ok(done?),
            }
        }
        let stream = own.client.connect(&own.url).await?;
        let request = own.request(&body);
        drop(body);
        Ok(exchange::exchange(stream, request, &own.pool).await?)
    }
}

impl Inner {
    fn request(&self, body: &[u8]) -> Vec<u8> {
        let mut request = Vec::with_capacity(self.head.len() + body.len() + 32);
        request.extend_from_slice(&self.head);
        if !body.is_empty() {
            let length = format!("{CONTENT_LENGTH}: {}\r\n", body.len());
            request.extend_from_slice(length.as_bytes());
        }
        request.extend_from_slice(b"\r\n");
        request.extend_from_slice(body);
        request
    }
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Place")
            .field("url", &self.url.as_str())
            .finish_non_exhaustive()
    }
}

/// A request's first line and headers (RFC 9112, section 3), without those of its body and without the empty line.
fn head(client: &Client, method: &Method, url: &Url, headers: &HeaderMap) -> Vec<u8> {
    let mut head = Vec::new();
    let proxy = client.proxy(url).filter(|_| url.scheme() == "http");
    // A `Url` has no spaces and no line breaks left in it.
    let target = match (&proxy, url.query()) {
        (Some(_), _) => url.as_str().split('#').next().unwrap_or_default().into(),
        (None, Some(query)) => format!("{}?{query}", url.path()),
        (None, None) => url.path().to_owned(),
    };
    let host = authority(url);
    let first =
        format!("{method} {target} HTTP/1.1\r\n{HOST}: {host}\r\n{USER_AGENT}: {AGENT}\r\n");
    head.extend_from_slice(first.as_bytes());
    let auth = proxy.as_ref().and_then(|proxy| proxy.basic_auth());
    let auth = auth.map(|auth| (&PROXY_AUTHORIZATION, auth));
    for (name, value) in headers.iter().chain(auth) {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head
}

/// Host, and port where it is not that of the scheme.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// An error with its causes.
fn describe(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let own = error.to_string();
        // Some tell their cause themselves.
        if !text.ends_with(&own) {
            text = format!("{text}: {own}");
        }
        cause = error.source();
    }
    text
}
