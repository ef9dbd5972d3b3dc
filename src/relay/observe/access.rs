//! A log line and metrics for each request, written when the last byte has been sent or the client has left.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use http_body::{Body as HttpBody, Frame, SizeHint};
use metrics::{Gauge, counter, gauge, histogram};
use tokio_util::sync::WaitForCancellationFutureOwned;
use tracing::field::Empty;
use tracing::{Instrument, Span, info_span};

use crate::state::App;

/// Tells a client what to call its request when it reports a problem.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a stream of events ends with when the relay stops before the answer is complete: an error of the
/// UI message stream of Vercel's AI SDK 5, and its end.
const STOPPED: &str = "data: {\"type\":\"error\",\"errorText\":\"The answer was cut short: the relay is restarting. \
    Ask again in a moment.\"}\n\ndata: [DONE]\n\n";

/// A layer that gives each request an id, a span for its log lines, and a line when it is over; and that ends
/// streams of events visibly when the relay stops.
pub async fn watch(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("none", MatchedPath::as_str).to_owned();
    let id = format!("{:016x}", rand::random::<u64>());
    let span = info_span!(
        "request",
        id,
        user = Empty,
        input_tokens = Empty,
        output_tokens = Empty,
        cost = Empty,
        answer = Empty,
        provider = Empty,
        model = Empty,
        first_token_ms = Empty,
        provider_ms = Empty
    );
    let entry = Entry::new(request.method().clone(), route, span.clone());
    let mut response = next.run(request).instrument(span).await;
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    let stopping = is_events(&response).then(|| Box::pin(app.closing.clone().cancelled_owned()));
    let status = response.status();
    response.map(|body| {
        Body::new(Watched {
            body,
            stopping,
            entry: entry.answered(status),
        })
    })
}

/// Whether this is a stream of events.
pub fn is_events(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

/// What is told of a request when it is over, which is when this is dropped.
struct Entry {
    method: Method,
    route: String,
    span: Span,
    began: Instant,
    status: Option<StatusCode>,
    first_byte: Option<f64>,
    bytes: u64,
    whole: bool,
    open: Gauge,
}

impl Entry {
    fn new(method: Method, route: String, span: Span) -> Self {
        let open = gauge!("lectern_requests_open");
        open.increment(1);
        Self {
            method,
            route,
            span,
            began: Instant::now(),
            status: None,
            first_byte: None,
            bytes: 0,
            whole: false,
            open,
        }
    }

    fn answered(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    fn sent(&mut self, bytes: usize) {
        if self.first_byte.is_none() {
            self.first_byte = Some(self.began.elapsed().as_secs_f64());
        }
        self.bytes += bytes as u64;
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.open.decrement(1);
        let seconds = self.began.elapsed().as_secs_f64();
        // 499 is what nginx has for a client that left before it was answered.
        let status = self.status.map_or(499, |status| status.as_u16());
        let first_byte = self.first_byte.unwrap_or(seconds);
        let method = if self.method.as_str().len() > 7 {
            "other"
        } else {
            self.method.as_str()
        };
        let cut = !self.whole;
        let route = self.route.clone();
        counter!("lectern_requests_total", "route" => route.clone(), "method" => method.to_owned(),
            "status" => status.to_string(), "cut" => if cut { "yes" } else { "no" })
        .increment(1);
        histogram!("lectern_first_byte_seconds", "route" => route.clone()).record(first_byte);
        histogram!("lectern_request_seconds", "route" => route).record(seconds);
        let (ms, first_byte_ms) = (milliseconds(seconds), milliseconds(first_byte));
        self.span.in_scope(|| {
            tracing::info!(
                method,
                route = self.route,
                status,
                ms,
                first_byte_ms,
                bytes = self.bytes,
                cut,
                "request"
            );
        });
    }
}

/// Rounded to microseconds, so that lines stay short.
fn milliseconds(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e3
}

/// A body that tells its end to the log.
struct Watched {
    body: Body,
    /// Of a stream of events: when the relay stops.
    stopping: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
    entry: Entry,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.body).poll_frame(context);
        let frame = match polled {
            Poll::Pending => {
                let Some(stopping) = &mut this.stopping else {
                    return Poll::Pending;
                };
                ready!(stopping.as_mut().poll(context));
                // Dropping what made the events ends it as if the client had left.
                this.body = Body::empty();
                this.stopping = None;
                Some(Ok(Frame::data(Bytes::from_static(STOPPED.as_bytes()))))
            }
            Poll::Ready(frame) => frame,
        };
        match &frame {
            Some(Ok(frame)) => this.entry.sent(frame.data_ref().map_or(0, Bytes::len)),
            Some(Err(_)) => {}
            None => this.entry.whole = true,
        }
        if this.body.is_end_stream() && matches!(frame, Some(Ok(_))) {
            this.entry.whole = true;
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
