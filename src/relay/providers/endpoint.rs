//! Calls to providers: one request, a stream of events or an error.

use std::time::{Duration, SystemTime};

use chrono::DateTime;
use futures_util::stream::{BoxStream, StreamExt};
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use super::{ProviderError, sse};

/// How many connections are kept for the next calls, and how long: connecting takes three round trips, but after
/// a crowd nothing should stay behind.
const SPARE: (usize, Duration) = (256, Duration::from_secs(5));
/// How much of an error's body is read.
const MAX_ERROR: usize = 4096;
/// How much of it is logged.
const MAX_WHY: usize = 300;
/// The status by which overloaded providers of several names answer, beside the registered ones.
const OVERLOADED: u16 = 529;

/// What OpenAI calls it, with the status of too many requests, when what was paid for is used up: that does not pass.
const NO_QUOTA: &str = "insufficient_quota";

/// The data of events as they come.
pub(super) type Events = BoxStream<'static, Result<String, ProviderError>>;

/// A provider cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The key has what no header can carry.
    #[error("the key has a character that cannot be sent: use printable ASCII, without spaces")]
    Key,
    /// The address cannot have a path.
    #[error("the address cannot be a base: use one as https://host/path")]
    Url,
    /// No HTTP client can be made.
    #[error("no HTTP client can be made: {0}")]
    Client(#[from] reqwest::Error),
}

/// Connections to providers, kept and shared.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    connect: Duration,
}

impl Client {
    /// Connections that are given up when they take longer than `connect`, through this proxy.
    ///
    /// They follow no redirects, heed no proxy of the environment, and are HTTP/1.1: one connection a call, so
    /// that ending a call closes it, and no provider's limit of streams in one connection holds others up.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(connect: Duration, proxy: Option<&SecretString>) -> Result<Self, SetupError> {
        // Fails where the process has one already, which then serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .user_agent(concat!("lectern-relay/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(connect)
            .pool_max_idle_per_host(SPARE.0)
            .pool_idle_timeout(SPARE.1)
            .redirect(Policy::none())
            .no_proxy()
            .http1_only();
        let builder = match proxy {
            Some(url) => builder.proxy(reqwest::Proxy::all(url.expose_secret())?),
            None => builder,
        };
        let http = builder.build()?;
        Ok(Self { http, connect })
    }
}

/// Where a provider answers.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    provider: String,
    client: Client,
    url: Url,
    headers: HeaderMap,
}

impl Endpoint {
    /// `path` under `base`, asked with `key` in this header.
    pub(super) fn new(
        provider: &str,
        client: Client,
        base: &Url,
        path: &[&str],
        key: Option<(HeaderName, String)>,
    ) -> Result<Self, SetupError> {
        let mut url = base.clone();
        url.path_segments_mut()
            .map_err(|()| SetupError::Url)?
            .pop_if_empty()
            .extend(path);
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        if let Some((name, key)) = key {
            let mut value = HeaderValue::try_from(key).map_err(|_| SetupError::Key)?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let provider = provider.to_owned();
        Ok(Self {
            provider,
            client,
            url,
            headers,
        })
    }

    pub(super) fn provider(&self) -> &str {
        &self.provider
    }

    pub(super) fn query(mut self, query: &str) -> Self {
        self.url.set_query(Some(query));
        self
    }

    /// Sends a request and waits for the headers of its answer.
    pub(super) async fn post(&self, body: &Value) -> Result<Events, ProviderError> {
        let request = self.client.http.post(self.url.clone());
        let request = request.headers(self.headers.clone()).json(body);
        let response = request.send().await.map_err(|error| self.unsent(error))?;
        if !response.status().is_success() {
            return Err(self.refused(response).await);
        }
        if let Some(kind) = not_events(response.headers()) {
            let why = format!("answered with {kind} instead of events: check its URL");
            return Err(self.refusal(response.status(), why));
        }
        let provider = self.provider.clone();
        let bytes = response.bytes_stream().map(|piece| piece.map_err(describe));
        let events = sse::events(bytes).map(move |data| {
            data.map_err(|broken| ProviderError::Unavailable {
                provider: provider.clone(),
                why: broken.to_string(),
            })
        });
        Ok(events.boxed())
    }

    fn unsent(&self, error: reqwest::Error) -> ProviderError {
        let provider = self.provider.clone();
        if error.is_timeout() {
            return ProviderError::Late {
                provider,
                what: "connecting",
                limit: self.client.connect,
            };
        }
        ProviderError::Unavailable {
            provider,
            why: describe(error),
        }
    }

    async fn refused(&self, response: Response) -> ProviderError {
        let status = response.status();
        let wait = retry_after(response.headers());
        let body = start(response).await;
        let wait = wait.or_else(|| retry_delay(&body));
        let provider = self.provider.clone();
        let overloaded = status == StatusCode::SERVICE_UNAVAILABLE || status.as_u16() == OVERLOADED;
        let too_many = status == StatusCode::TOO_MANY_REQUESTS && !has_no_quota(&body);
        if too_many || overloaded && wait.is_some() {
            return ProviderError::Busy {
                provider,
                retry_after: wait,
            };
        }
        let why = self.without_key(&message(&body));
        if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
            let why = format!("status {status}: {why}");
            return ProviderError::Unavailable { provider, why };
        }
        self.refusal(status, why)
    }

    fn refusal(&self, status: StatusCode, why: String) -> ProviderError {
        ProviderError::Refused {
            provider: self.provider.clone(),
            status: status.as_u16(),
            why,
        }
    }

    /// Some servers repeat the key that they do not know.
    fn without_key(&self, text: &str) -> String {
        let keys = self.headers.values().filter(|value| value.is_sensitive());
        keys.filter_map(|value| value.to_str().ok())
            .map(|value| value.trim_start_matches("Bearer "))
            .fold(text.to_owned(), |text, key| text.replace(key, "[key]"))
    }
}

/// An error with its causes, without the address.
fn describe(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// The type of an answer that says that it is no stream of events. Some servers say nothing.
fn not_events(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let known = ["text/html", "application/json"];
    let kind = kind.split(';').next().unwrap_or_default().trim();
    known.contains(&kind).then(|| kind.to_owned())
}

async fn start(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while body.len() < MAX_ERROR
        && let Ok(Some(piece)) = response.chunk().await
    {
        body.extend_from_slice(&piece);
    }
    body.truncate(MAX_ERROR);
    body
}

/// `{"error": {"message"}}` of OpenAI and Gemini, or the start of whatever else came.
fn message(body: &[u8]) -> String {
    let told = serde_json::from_slice::<Value>(body).ok();
    let told = told
        .as_ref()
        .and_then(|body| body.pointer("/error/message")?.as_str());
    let text = told.map_or_else(|| String::from_utf8_lossy(body), Into::into);
    text.chars().take(MAX_WHY).collect()
}

/// Whether an error of OpenAI says that its quota is used up, as `code` or, of servers that speak as it does, `type`.
fn has_no_quota(body: &[u8]) -> bool {
    let told = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let names = ["/error/code", "/error/type"].map(|place| told.pointer(place));
    names.into_iter().flatten().any(|name| name == NO_QUOTA)
}

/// `Retry-After` (RFC 9110, section 10.2.3): seconds or a date; and OpenAI's `retry-after-ms`.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let milliseconds = HeaderName::from_static("retry-after-ms");
    if let Some(Ok(milliseconds)) = text(milliseconds).map(str::parse) {
        return Some(Duration::from_millis(milliseconds));
    }
    let value = text(RETRY_AFTER)?;
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date: SystemTime = DateTime::parse_from_rfc2822(value).ok()?.into();
    let wait = date.duration_since(SystemTime::now());
    Some(wait.unwrap_or_default())
}

/// `google.rpc.RetryInfo` in the body of Gemini's errors: `"retryDelay": "3.5s"`.
fn retry_delay(body: &[u8]) -> Option<Duration> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let details = body.pointer("/error/details")?.as_array()?;
    let delay = details.iter().find_map(|detail| detail.get("retryDelay"))?;
    let seconds = delay.as_str()?.strip_suffix('s')?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        let value = HeaderValue::from_str(value).unwrap();
        HeaderMap::from_iter([(HeaderName::from_static(name), value)])
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_or_milliseconds() {
        let seconds =
            |name, value: &str| retry_after(&headers(name, value)).map(|wait| wait.as_secs_f64());
        assert_eq!(seconds("retry-after", "7"), Some(7.0));
        assert_eq!(seconds("retry-after-ms", "1500"), Some(1.5));
        assert_eq!(
            seconds("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(0.0)
        );
        let soon = chrono::Utc::now() + chrono::Duration::seconds(30);
        let soon = soon.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        assert!((28.0..=30.0).contains(&seconds("retry-after", &soon).unwrap()));
        for wrong in ["", "-1", "soon", "1e9999", "99999999999999999999999"] {
            assert_eq!(seconds("retry-after", wrong), None, "{wrong}");
        }
    }

    #[test]
    fn gemini_tells_the_wait_in_the_body() {
        let body = br#"{"error":{"details":[{"@type":"x"},{"retryDelay":"3.5s"}]}}"#;
        assert_eq!(retry_delay(body), Some(Duration::from_millis(3500)));
        for wrong in ["", "{}", r#"{"error":{"details":[{"retryDelay":"-1s"}]}}"#] {
            assert_eq!(retry_delay(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn an_error_is_told_in_its_own_words_and_not_at_length() {
        assert_eq!(
            message(br#"{"error":{"message":"no such model"}}"#),
            "no such model"
        );
        assert_eq!(message(b"Bad Gateway"), "Bad Gateway");
        assert_eq!(message(&[b'x'; 4096]).len(), MAX_WHY);
    }

    #[test]
    fn a_key_is_neither_printed_nor_logged() {
        let client = Client::new(Duration::from_secs(1), None).unwrap();
        let url = Url::parse("http://127.0.0.1:1/v1").unwrap();
        let key = Some((http::header::AUTHORIZATION, "Bearer sk-secret".to_owned()));
        let endpoint = Endpoint::new("openai", client, &url, &["chat"], key).unwrap();
        assert!(!format!("{endpoint:?}").contains("sk-secret"));
        assert_eq!(
            endpoint.without_key("no such key: sk-secret"),
            "no such key: [key]"
        );
    }
}
