//! Clients that trickle, leave or read nothing, and relays that stop.

mod ended;

use std::convert::Infallible;
use std::time::Instant;

use axum::body::Bytes;
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::get;
use futures_util::{Stream, StreamExt};
use http::header::CONTENT_TYPE;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower_http::catch_panic::CatchPanicLayer;

use super::*;
use crate::chat::pace::Pace;
use crate::chat::testing::{self, Line, Script};
use crate::observe::access;
use crate::providers::Finish;
use crate::state::App;

const RULES: Rules = Rules {
    header: Duration::from_millis(300),
    write: Duration::from_millis(300),
    stop: Duration::from_millis(500),
    connections: 100,
};

/// A relay's socket before streams of events that never end, with a count of those that run.
struct Running {
    address: SocketAddr,
    state: App,
    streams: Arc<()>,
    served: tokio::task::JoinHandle<()>,
}

async fn running(rules: Rules, piece: &'static [u8], pause: Duration) -> Running {
    let config = crate::config::tests::config(&["--database", "sqlite::memory:"]).unwrap();
    let state: App = Arc::new(crate::start::open(config).await.unwrap());
    let streams = Arc::new(());
    let counted = streams.clone();
    let endless = move || {
        let counted = counted.clone();
        async move {
            let events = futures_util::stream::unfold(counted, move |counted| async move {
                tokio::time::sleep(pause).await;
                Some((Ok::<_, Infallible>(Bytes::from_static(piece)), counted))
            });
            (
                [(CONTENT_TYPE, "text/event-stream")],
                Body::from_stream(events),
            )
                .into_response()
        }
    };
    let router = Router::new()
        .route("/events", get(endless))
        .route("/", get(async || "hello"))
        .route("/falls", get(async || -> () { panic!("in a handler") }))
        .route("/breaks", get(async || Body::from_stream(breaking())))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(state.clone(), access::watch));
    let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let relay = state.clone();
    let served = tokio::spawn(async move {
        serve(listener, router, &rules, &relay.stopping, &relay.closing).await;
    });
    Running {
        address,
        state,
        streams,
        served,
    }
}

/// A stream that panics after its first piece.
fn breaking() -> impl Stream<Item = Result<Bytes, Infallible>> {
    futures_util::stream::iter([true, false]).then(async |is_first| {
        // What was said before gets out meanwhile.
        tokio::time::sleep(SLOW).await;
        assert!(is_first, "in a stream");
        Ok(Bytes::from_static(b"first"))
    })
}

impl Running {
    async fn ask(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// Waits until so many streams run.
    async fn streams(&self, expected: usize) {
        let patience = Instant::now() + AT_ONCE;
        // The router holds one, and so does the test.
        while Arc::strong_count(&self.streams) - 2 != expected {
            assert!(
                Instant::now() < patience,
                "{} streams",
                Arc::strong_count(&self.streams) - 2
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// A client's connection to this relay, which is served until the test ends.
async fn connected(state: &App) -> TcpStream {
    let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap());
    let stream = stream.await.unwrap();
    let router = crate::app::app(state.clone());
    let never = CancellationToken::new();
    tokio::spawn(async move { serve(listener, router, &RULES, &never, &never).await });
    stream
}

/// A question as a client asks it.
fn question() -> String {
    let body = r#"{"question":"which motor balances the ankle?"}"#;
    let length = body.len();
    format!(
        "POST /api/chat HTTP/1.1\r\nHost: relay\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

const EVENTS: &str = "GET /events HTTP/1.1\r\nHost: relay\r\n\r\n";
const SLOW: Duration = Duration::from_millis(20);
/// Far less than anything that is waited for here, and enough for a busy machine.
const AT_ONCE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn headers_that_trickle_in_are_given_up() {
    let running = running(RULES, b"data: x\n\n", SLOW).await;
    let mut stream = running.ask("GET / HTTP/1.1\r\nHost: ").await;
    let mut rest = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(3), stream.read_to_end(&mut rest)).await;
    read.expect("the connection is ended").unwrap();
    assert!(!String::from_utf8_lossy(&rest).contains("200"));
}

#[tokio::test]
async fn a_client_that_reads_nothing_holds_no_stream() {
    static LARGE: [u8; 65_536] = [b'x'; 65_536];
    let running = running(RULES, &LARGE, Duration::from_micros(10)).await;
    let _stuck = running.ask(EVENTS).await;
    running.streams(1).await;
    running.streams(0).await;
}

#[tokio::test]
async fn a_client_that_leaves_ends_its_stream() {
    let running = running(RULES, b"data: x\n\n", Duration::from_secs(1000)).await;
    let stream = running.ask(EVENTS).await;
    running.streams(1).await;
    drop(stream);
    running.streams(0).await;
}

#[tokio::test]
async fn a_client_that_leaves_while_its_answer_rests_ends_the_call() {
    let lines = [
        Line::Says("a "),
        Line::Until(1),
        Line::Says("b "),
        Line::Hangs,
    ];
    let script = Script::new(vec![Some(lines.to_vec())]);
    let (state, _dir) = testing::relay(script.clone()).await;
    // The longest gaps.
    let _others: Vec<_> = (0..100_000).map(|_| Pace::new(&state.crowd)).collect();
    let mut stream = connected(&state).await;
    stream.write_all(question().as_bytes()).await.unwrap();
    until(&mut stream, "text-delta").await;
    // What follows is there, and waits.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let more = tokio::time::timeout(SLOW, stream.read_u8()).await;
    assert!(more.is_err(), "it rests");
    assert_eq!(script.running(), 1);
    let left = Instant::now();
    drop(stream);
    while script.running() > 0 {
        assert!(left.elapsed() < AT_ONCE);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn an_answer_of_a_crowd_is_told_whole_and_its_connection_goes_on() {
    let lines = [
        Line::Says("one "),
        Line::Until(30),
        Line::Says("two "),
        Line::Until(60),
        Line::Says("three "),
        Line::Finishes(Finish::Stop),
    ];
    let script = Script::new(vec![Some(lines.to_vec()), Some(lines.to_vec())]);
    let (state, _dir) = testing::relay(script.clone()).await;
    let _others: Vec<_> = (0..crate::crowd::MANY)
        .map(|_| Pace::new(&state.crowd))
        .collect();
    let mut stream = connected(&state).await;
    for _ in 0..2 {
        stream.write_all(question().as_bytes()).await.unwrap();
        let text = until(&mut stream, "0\r\n\r\n").await;
        assert!(text.contains("three") && text.contains("[DONE]"), "{text}");
    }
    let threads = script.threads();
    for told in threads.chunks(lines.len()) {
        assert_ne!(told.first().unwrap(), "teller");
        assert_eq!(told.last().unwrap(), "teller");
    }
    assert_eq!(threads.len(), 2 * lines.len());
}

#[tokio::test]
async fn a_relay_that_stops_lets_streams_go_on_and_then_ends_them_visibly() {
    let running = running(RULES, b"data: x\n\n", SLOW).await;
    let mut stream = running.ask(EVENTS).await;
    running.streams(1).await;
    running.state.stopping.cancel();
    let told = Instant::now();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert!(told.elapsed() >= RULES.stop, "it had its time");
    assert!(
        text.contains("\"type\":\"error\"") && text.contains("data: [DONE]"),
        "{text}"
    );
    assert!(text.ends_with("0\r\n\r\n"), "the body is whole: {text}");
    running.served.await.unwrap();
    assert!(
        TcpStream::connect(running.address).await.is_err(),
        "no more are taken"
    );
}

#[tokio::test]
async fn idle_connections_do_not_keep_a_relay_from_stopping() {
    let rules = Rules {
        header: Duration::from_secs(60),
        stop: Duration::from_secs(60),
        ..RULES
    };
    let running = running(rules, b"data: x\n\n", SLOW).await;
    let mut stream = running.ask("GET / HTTP/1.1\r\nHost: relay\r\n\r\n").await;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    running.state.stopping.cancel();
    tokio::time::timeout(Duration::from_secs(5), running.served)
        .await
        .expect("it stops")
        .unwrap();
}

#[tokio::test]
async fn more_connections_than_allowed_wait_for_their_turn() {
    let rules = Rules {
        connections: 2,
        header: Duration::from_secs(60),
        ..RULES
    };
    let running = running(rules, b"data: x\n\n", SLOW).await;
    let first = running.ask(EVENTS).await;
    let _second = running.ask(EVENTS).await;
    let _third = running.ask(EVENTS).await;
    running.streams(2).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    running.streams(2).await;
    drop(first);
    // The third has the place of the first.
    tokio::time::sleep(Duration::from_millis(200)).await;
    running.streams(2).await;
}

#[tokio::test]
async fn headers_without_end_are_refused() {
    let running = running(RULES, b"data: x\n\n", SLOW).await;
    let long = format!(
        "GET / HTTP/1.1\r\nHost: relay\r\nX-Long: {}\r\n\r\n",
        "x".repeat(100_000)
    );
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    // The relay may close while this is still being written.
    let _ = stream.write_all(long.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(!answer.contains(" 200 "), "{answer}");
}

#[tokio::test]
async fn a_panic_ends_its_own_request_alone() {
    let rules = Rules {
        connections: 2,
        ..RULES
    };
    let running = running(rules, b"data: x\n\n", SLOW).await;
    // More often than there are places, so that none may stay taken.
    for (path, expected) in [("falls", " 500 "), ("breaks", " 200 ")].repeat(3) {
        let request = format!("GET /{path} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n");
        let mut stream = running.ask(&request).await;
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer).await;
        assert!(answer.contains(expected), "{answer}");
        assert!(
            !answer.ends_with("0\r\n\r\n") || path == "falls",
            "{answer}"
        );
    }
    let hello = "GET / HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n";
    let mut answer = String::new();
    let mut stream = running.ask(hello).await;
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("hello"), "{answer}");
}

/// What a connection says until this is in it.
async fn until(stream: &mut TcpStream, end: &str) -> String {
    let mut read = Vec::new();
    while !String::from_utf8_lossy(&read).contains(end) {
        let more = tokio::time::timeout(Duration::from_secs(5), stream.read_buf(&mut read));
        assert!(
            more.await.unwrap().unwrap() > 0,
            "{}",
            String::from_utf8_lossy(&read)
        );
    }
    String::from_utf8(read).unwrap()
}
