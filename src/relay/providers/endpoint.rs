//! Calls to providers: one request, a stream of events or an error.

use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use chrono::DateTime;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use http::{Method, StatusCode};
use serde_json::Value;
use url::Url;

use super::ProviderError;
use super::sse::Events;
use crate::fetch::{Answer, Body, Client, FetchError, Place};

/// How much of an error's body is read.
const MAX_ERROR: usize = 4096;
/// How much of it is logged.
const MAX_WHY: usize = 300;
/// The status by which overloaded providers of several names answer, beside the registered ones.
const OVERLOADED: u16 = 529;

/// What OpenAI calls it, with the status of too many requests, when what was paid for is used up: that does not pass.
const NO_QUOTA: &str = "insufficient_quota";

/// A provider cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The key has what no header can carry.
    #[error("the key has a character that cannot be sent: use printable ASCII, without spaces")]
    Key,
    /// The address cannot have a path.
    #[error("the address cannot be a base: use one as https://host/path")]
    Url,
}

/// Where a provider answers.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    provider: String,
    place: Place,
    /// The key as it is sent.
    key: Option<HeaderValue>,
}

impl Endpoint {
    /// `path` under `base`, with a query or without, asked with `key` in this header.
    pub(super) fn new(
        provider: &str,
        client: Client,
        base: &Url,
        (path, query): (&[&str], Option<&str>),
        key: Option<(HeaderName, String)>,
    ) -> Result<Self, SetupError> {
        let mut url = base.clone();
        url.path_segments_mut()
            .map_err(|()| SetupError::Url)?
            .pop_if_empty()
            .extend(path);
        url.set_query(query);
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let mut shown = None;
        if let Some((name, key)) = key {
            let mut value = HeaderValue::try_from(key).map_err(|_| SetupError::Key)?;
            value.set_sensitive(true);
            headers.insert(name, value.clone());
            shown = Some(value);
        }
        Ok(Self {
            provider: provider.to_owned(),
            place: Place::new(client, &Method::POST, url, &headers),
            key: shown,
        })
    }

    pub(super) fn provider(&self) -> &str {
        &self.provider
    }

    /// Sends a request and waits for the headers of its answer.
    pub(super) async fn post(&self, body: Bytes) -> Result<Events, ProviderError> {
        let answer = self.place.ask(body).await;
        let answer = answer.map_err(|error| self.unsent(&error))?;
        if !answer.status.is_success() {
            return Err(self.refused(answer).await);
        }
        if let Some(kind) = not_events(&answer.headers) {
            let why = format!("answered with {kind} instead of events: check its URL");
            return Err(self.refusal(answer.status, why));
        }
        Ok(Events::new(answer.body))
    }

    fn unsent(&self, error: &FetchError) -> ProviderError {
        let provider = self.provider.clone();
        match error {
            FetchError::Late(limit) => ProviderError::Late {
                provider,
                what: "connecting",
                limit: *limit,
            },
            other => ProviderError::Unavailable {
                provider,
                why: other.to_string(),
            },
        }
    }

    async fn refused(&self, answer: Answer) -> ProviderError {
        let status = answer.status;
        let wait = retry_after(&answer.headers);
        let body = start(answer.body).await;
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
        let key = self.key.as_ref().and_then(|key| key.to_str().ok());
        match key.map(|key| key.trim_start_matches("Bearer ")) {
            Some(key) => text.replace(key, "[key]"),
            None => text.to_owned(),
        }
    }
}

/// The type of an answer that says that it is no stream of events. Some servers say nothing.
fn not_events(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let known = ["text/html", "application/json"];
    let kind = kind.split(';').next().unwrap_or_default().trim();
    known.contains(&kind).then(|| kind.to_owned())
}

async fn start(mut body: Body) -> BytesMut {
    let mut read = BytesMut::new();
    while read.len() < MAX_ERROR
        && let Ok(1..) = body.read(&mut read).await
    {}
    read.truncate(MAX_ERROR);
    read
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
    use crate::fetch::Proxies;

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
        let client = Client::new(Duration::from_secs(1), &Proxies::None).unwrap();
        let url = Url::parse("http://127.0.0.1:1/v1").unwrap();
        let key = Some((http::header::AUTHORIZATION, "Bearer sk-secret".to_owned()));
        let endpoint = Endpoint::new("openai", client, &url, (&["chat"], None), key).unwrap();
        assert!(!format!("{endpoint:?}").contains("sk-secret"));
        assert_eq!(
            endpoint.without_key("no such key: sk-secret"),
            "no such key: [key]"
        );
    }
}
