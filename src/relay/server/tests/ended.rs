//! What a connection does when a stream of events has ended.

use super::*;

/// A server of a stream of two events that ends, whose handler reads a body or not.
async fn short(reads: bool) -> SocketAddr {
    let events = async |body: Bytes| {
        let pieces = [Bytes::from_static(b"data: 1\n\n"), body].map(Ok::<_, Infallible>);
        let pieces = futures_util::stream::iter(pieces);
        (
            [(CONTENT_TYPE, "text/event-stream")],
            Body::from_stream(pieces),
        )
    };
    let ignores = async move |_: http::Method| events(Bytes::from_static(b"data: 2\n\n")).await;
    let router = match reads {
        true => Router::new().route("/", axum::routing::post(events)),
        false => Router::new().route("/", axum::routing::any(ignores)),
    };
    let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let never = CancellationToken::new();
        serve(listener, router, &RULES, &never, &never).await;
    });
    address
}

const POST: &str = "POST / HTTP/1.1\r\nHost: relay\r\nContent-Length: 9\r\n\r\ndata: 2\n\n";
const BOTH: &str = "\r\n\r\n9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n";

#[tokio::test]
async fn a_connection_outlives_a_stream_of_events() {
    let mut stream = TcpStream::connect(short(true).await).await.unwrap();
    for _ in 0..3 {
        stream.write_all(POST.as_bytes()).await.unwrap();
        let answer = until(&mut stream, BOTH).await.to_lowercase();
        assert!(answer.starts_with("http/1.1 200 ok\r\n"), "{answer}");
        for header in [
            "\r\ndate: ",
            "\r\ntransfer-encoding: chunked\r\n",
            "\r\ncontent-type: text/event-stream\r\n",
        ] {
            assert!(answer.contains(header), "{answer}");
        }
        assert!(!answer.contains("connection: close"), "{answer}");
    }
}

#[tokio::test]
async fn a_connection_ends_with_a_stream_of_events_where_the_next_request_is_not_sure() {
    let closing = POST.replace("Host:", "Connection: x, Close\r\nHost:");
    let pipelined = POST.repeat(2);
    let cut = POST.strip_suffix("\n").unwrap();
    for (reads, request) in [
        (true, &*closing),
        (true, &*pipelined),
        (false, POST),
        (false, cut),
    ] {
        let mut stream = TcpStream::connect(short(reads).await).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_string(&mut answer));
        // Bytes that nobody reads may reset the connection.
        let _ = read.await.unwrap();
        assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 1, "{answer}");
        assert!(answer.contains("connection: close\r\n"), "{answer}");
        assert!(answer.ends_with(BOTH), "{answer}");
    }
}

#[tokio::test]
async fn who_knows_no_chunks_gets_events_as_they_are() {
    let mut stream = TcpStream::connect(short(true).await).await.unwrap();
    let request = POST.replace("HTTP/1.1", "HTTP/1.0");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(!answer.contains("chunked"), "{answer}");
    assert!(
        answer.ends_with("\r\n\r\ndata: 1\n\ndata: 2\n\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn who_asks_for_the_head_alone_gets_it_alone() {
    let mut stream = TcpStream::connect(short(false).await).await.unwrap();
    let request = "HEAD / HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}
