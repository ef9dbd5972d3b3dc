//! A socket for the service: who may connect, how long they may take, and how it ends.

mod events;
mod lent;
pub mod reload;
pub mod signals;

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use futures_util::FutureExt;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use metrics::{Gauge, gauge};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};
use tower::ServiceExt;

use self::events::{Failed, Writing};
use self::lent::{Slot, Taken, Terms, Tracked};
use crate::config::Config;
use crate::crowd::moved;

/// Connections that the system holds before they are accepted: a crowd that arrives at once.
const BACKLOG: u32 = 4096;
/// Most open files that are asked for; systemd and Docker allow this many.
const FILES: u64 = 65_536;
/// Open files for the database, the shelf and whatever else: not for connections.
const OTHER_FILES: u64 = 64;
/// Files of a connection: its own, and that of the call to a provider.
const FILES_EACH: u64 = 2;
/// Most bytes of a request's headers, and of what waits to be written.
const BUFFER: usize = 32 * 1024;
/// Most headers of a request.
const HEADERS: usize = 64;
/// How long accepting waits when the system has no more files.
const EXHAUSTED: Duration = Duration::from_millis(200);
/// How long streams have to send that they end, once told to.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How long clients may take, and how many they may be.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Until a request's headers have arrived, and until the next request of a connection.
    pub header: Duration,
    /// Until a client takes some of what it is sent.
    pub write: Duration,
    /// Until answers end when the relay is told to stop.
    pub stop: Duration,
    /// Most connections at a time; further ones wait.
    pub connections: usize,
}

impl Rules {
    /// Rules by the settings, for a process that may open so many files.
    pub fn new(config: &Config, files: u64) -> Self {
        let possible = files.saturating_sub(OTHER_FILES) / FILES_EACH;
        Self {
            header: Duration::from_secs(20),
            write: Duration::from_secs(30),
            stop: Duration::from_secs(config.server.stop_seconds),
            connections: config.limits.connections.min(possible as usize).max(1),
        }
    }
}

/// Asks the system for as many open files as it allows; how many these are.
pub fn raise_file_limit() -> u64 {
    rlimit::increase_nofile_limit(FILES).unwrap_or(1024)
}

/// A socket that listens on this address.
///
/// # Errors
/// The address is taken, or not this machine's.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    }?;
    // A relay that has just stopped leaves connections in TIME_WAIT, which are nobody's.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves HTTP/1.1 until `stopping` is cancelled; then what has begun may end for [`Rules::stop`], is told to end by
/// `closing`, and is dropped: when this returns, no connection is left.
///
/// Browsers speak HTTP/2 to the proxy that has the certificate. One connection a stream lets a client that has
/// stopped reading be told by its socket.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    rules: &Rules,
    stopping: &CancellationToken,
    closing: &CancellationToken,
) {
    let connections = Connections::default();
    accept(listener, &router, rules, stopping, &connections).await;
    connections.open.close();
    // Those that still wait for requests, or for files, are told by `stopping`.
    let ended = tokio::time::timeout(rules.stop, connections.open.wait());
    if ended.await.is_err() {
        tracing::warn!("answers that took too long are cut");
        closing.cancel();
        // Those that do not take even these words are dropped.
        let _ = tokio::time::timeout(LAST_WORDS, connections.open.wait()).await;
    }
    connections.dropped.cancel();
    connections.open.wait().await;
}

/// The connections of a server.
#[derive(Default)]
struct Connections {
    open: TaskTracker,
    /// Cancelled to drop those that are left.
    dropped: CancellationToken,
}

async fn accept(
    listener: TcpListener,
    router: &Router,
    rules: &Rules,
    stopping: &CancellationToken,
    connections: &Connections,
) {
    let places = Arc::new(Semaphore::new(rules.connections));
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let Some((place, accepted)) = stopping.run_until_cancelled(next).await else {
            return;
        };
        match accepted {
            Ok((stream, peer)) => {
                let stopping = stopping.clone();
                let open = connections.open.clone();
                let connection = connection(stream, peer, router.clone(), *rules, stopping, open);
                let connection = boxed(connection);
                let dropped = connections.dropped.clone();
                connections.open.spawn(async move {
                    dropped.run_until_cancelled(connection).await;
                    drop(place);
                });
            }
            Err(error) if is_of_one_client(&error) => {}
            Err(error) => {
                tracing::error!(%error, "cannot accept connections");
                tokio::time::sleep(EXHAUSTED).await;
            }
        }
    }
}

/// Whether accepting failed because the client had left again.
fn is_of_one_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

async fn connection(
    mut stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    rules: Rules,
    stopping: CancellationToken,
    open: TaskTracker,
) {
    let _counted = Counted::new();
    // Without this, the system holds back words that it has in hand.
    let _ = stream.set_nodelay(true);
    loop {
        let requests = boxed(requests(stream, peer, router.clone(), rules, &stopping));
        let Some((socket, events)) = requests.await else {
            return;
        };
        let writing = Box::new(Writing::new(socket, events, rules.write));
        // Clients that leave or are too slow are no news.
        match written(writing, &open).await {
            Ok(Some(socket)) => stream = socket,
            Ok(None) | Err(_) => return,
        }
    }
}

/// What a connection does now on the heap, so that it has the memory of that alone. Boxed where it is awaited, there
/// would be room for it beside the box.
fn boxed<F: Future>(what: F) -> Pin<Box<F>> {
    Box::pin(what)
}

/// Writes an answer, to its end elsewhere where it is one of many. The socket, if it can be used again.
async fn written(
    mut writing: Box<Writing>,
    open: &TaskTracker,
) -> Result<Option<TcpStream>, Failed> {
    let Some(teller) = boxed(writing.write()).await? else {
        return Ok(writing.socket());
    };
    let told = open.spawn_on(writing.write_here(), &teller);
    let socket = AbortOnDropHandle::new(told).await??.socket();
    Ok(socket.as_ref().map(moved).transpose()?)
}

/// Answers requests until the connection ends, or an answer is a stream of events: that, with the socket.
async fn requests(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    rules: Rules,
    stopping: &CancellationToken,
) -> Option<(TcpStream, Taken)> {
    let (lent, lender) = lent::lend(stream);
    let mut stream = TimeoutStream::new(lent);
    stream.set_write_timeout(Some(rules.write));
    let slot = Slot::default();
    let own = slot.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let (slot, terms) = (own.clone(), Terms::of(&request));
        let (parts, body) = request.into_parts();
        let (body, is_read) = Tracked::new(body);
        let request = Request::from_parts(parts, Body::new(body));
        let answer = router.clone().oneshot(request);
        answer.map(move |answer| match answer {
            Ok(response) => slot.keep(response, terms, &is_read),
            Err(never) => match never {},
        })
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(rules.header)
        .max_buf_size(BUFFER)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    // Clients that leave, are too slow or speak something else are no news.
    if stopping
        .run_until_cancelled(&mut connection)
        .await
        .is_none()
    {
        Pin::new(&mut connection).graceful_shutdown();
        let _ = (&mut connection).await;
    }
    let mut events = slot.take()?;
    events.stays &= connection.into_parts().read_buf.is_empty() && !stopping.is_cancelled();
    Some((lender.back()?, events))
}

/// A connection as metrics count it, also where its stream panics.
struct Counted(Gauge);

impl Counted {
    fn new() -> Self {
        let open = gauge!("lectern_connections");
        open.increment(1);
        Self(open)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

#[cfg(test)]
mod tests;
