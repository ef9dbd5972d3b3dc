//! An LLM that says what it is told, and fails when it is told: a server that speaks the streaming protocols
//! of OpenAI and Gemini, to test and measure the relay with.
//!
//! A [`Script`] says how a request is answered. One that is written in the request itself,
//! `[[mock tokens=20 delay=5]]` in the question or the model's name, goes before the one that was set with
//! [`Upstream::script`] or `POST /script`. `GET /stats` counts calls, and so tells which were left running.

mod answer;
mod counts;
mod script;
mod target;
mod wire;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::rejection::BytesRejection;
use axum::extract::{self, ConnectInfo, FromRequest, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use bytes::Bytes;
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;

pub use counts::Stats;
pub use script::Script;
pub use target::Target;

use counts::Counts;
use wire::Dialect;

/// How many connections may wait to be accepted: a test opens thousands at once.
const BACKLOG: u32 = 4096;

/// A server in the background, which ends when this is dropped.
#[derive(Debug)]
pub struct Upstream {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

/// A request as it arrived.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Path and query.
    pub uri: Uri,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
    /// The other end of its connection.
    pub peer: Option<SocketAddr>,
}

/// What requests share.
#[derive(Debug, Default)]
struct Shared {
    script: Mutex<Script>,
    failed: AtomicU32,
    counts: Arc<Counts>,
    last: Mutex<Request>,
}

impl Upstream {
    /// Starts a server on a free port of this machine.
    ///
    /// # Errors
    /// No port can be had.
    pub async fn start() -> std::io::Result<Self> {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Starts a server at this address.
    ///
    /// # Errors
    /// The address is taken.
    pub async fn start_at(address: SocketAddr) -> std::io::Result<Self> {
        let listener = listen(address)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let app = router(shared.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(async move {
            // `serve` answers accept errors by waiting, and does not return.
            let _ = axum::serve(
                listener.tap_io(|stream| {
                    let _ = stream.set_nodelay(true);
                }),
                app,
            )
            .await;
        });
        Ok(Self {
            address,
            shared,
            server,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Base address of its OpenAI-compatible side.
    pub fn openai(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Base address of its Gemini side.
    pub fn gemini(&self) -> String {
        format!("http://{}/v1beta", self.address)
    }

    /// Sets how requests without a script of their own are answered.
    pub fn script(&self, script: Script) {
        self.shared.set(script);
    }

    /// Calls so far.
    pub fn stats(&self) -> Stats {
        self.shared.counts.stats()
    }

    /// The newest request.
    pub fn last(&self) -> Request {
        lock(&self.shared.last).clone()
    }

    /// Serves until it is stopped from outside.
    pub async fn forever(mut self) {
        let _ = (&mut self.server).await;
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    fn set(&self, script: Script) {
        *lock(&self.script) = script;
        self.failed.store(0, Ordering::Relaxed);
    }

    /// How this request is to be answered.
    fn script_of(&self, request: &Request) -> Script {
        Script::within(&String::from_utf8_lossy(&request.body))
            .or_else(|| Script::within(request.uri.path()))
            .unwrap_or_else(|| lock(&self.script).clone())
    }

    /// Whether this request is one of those that fail.
    fn fails(&self, script: &Script) -> bool {
        script.status != 200
            && (script.failures == 0
                || self.failed.fetch_add(1, Ordering::Relaxed) < script.failures)
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/v1/chat/completions", post(openai))
        .route("/v1beta/models/{*call}", post(gemini))
        .route("/script", post(set))
        .route("/stats", get(stats))
        .with_state(shared)
}

async fn openai(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    reply(&shared, Dialect::OpenAi, request).await
}

async fn gemini(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    reply(&shared, Dialect::Gemini, request).await
}

async fn reply(shared: &Shared, dialect: Dialect, request: Request) -> Response {
    let call = shared.counts.begin();
    let script = shared.script_of(&request);
    *lock(&shared.last) = request.clone();
    answer::pause(script.headers_after).await;
    if shared.fails(&script) {
        return answer::failure(&script, call);
    }
    answer::stream(script, dialect, &request.body, call)
}

impl<S: Send + Sync> FromRequest<S> for Request {
    type Rejection = BytesRejection;

    async fn from_request(request: extract::Request, state: &S) -> Result<Self, Self::Rejection> {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        Ok(Self {
            uri: request.uri().clone(),
            headers: request.headers().clone(),
            peer: peer.map(|peer| peer.0),
            body: Bytes::from_request(request, state).await?,
        })
    }
}

async fn set(State(shared): State<Arc<Shared>>, Json(script): Json<Script>) -> StatusCode {
    shared.set(script);
    StatusCode::NO_CONTENT
}

async fn stats(State(shared): State<Arc<Shared>>) -> Json<Stats> {
    Json(shared.counts.stats())
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// What these locks guard is whole after every statement, so a panic elsewhere spoils nothing.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;

    async fn send(upstream: &Upstream, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(upstream.address()).await.unwrap();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn scripts_and_counts_go_over_http() {
        let upstream = Upstream::start().await.unwrap();
        let set = send(
            &upstream,
            "POST",
            "/script",
            r#"{"tokens":2,"text":"a word"}"#,
        )
        .await;
        assert!(set.starts_with("HTTP/1.1 204"), "{set}");
        let wrong = send(&upstream, "POST", "/script", r#"{"colour":"red"}"#).await;
        assert!(wrong.starts_with("HTTP/1.1 422"), "{wrong}");
        let answer = send(&upstream, "POST", "/v1/chat/completions", "{}").await;
        assert!(
            answer.contains("a word") && answer.contains("[DONE]"),
            "{answer}"
        );
        let stats = send(&upstream, "GET", "/stats", "").await;
        let counts = r#"{"started":1,"finished":1,"cancelled":0,"running":0}"#;
        assert!(stats.ends_with(counts), "{stats}");
    }

    #[tokio::test]
    async fn who_leaves_is_counted() {
        let upstream = Upstream::start().await.unwrap();
        upstream.script(Script {
            headers_after: 60_000,
            ..Script::default()
        });
        let call = send(&upstream, "POST", "/v1/chat/completions", "{}");
        let left = tokio::time::timeout(std::time::Duration::from_millis(100), call).await;
        assert!(left.is_err());
        let expected = Stats {
            started: 1,
            finished: 0,
            cancelled: 1,
            running: 0,
        };
        for _ in 0..1000 {
            if upstream.stats() == expected {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("{:?}", upstream.stats());
    }
}
