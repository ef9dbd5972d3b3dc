//! Requests, answers of all lengths, and connections that stay or go.

use super::*;

#[tokio::test]
async fn a_request_is_as_it_is_to_be() {
    let server = Server::start(&[&["HTTP/1.1 204 No Content\r\n\r\n"]]).await;
    let (status, _, body) = ask(&place(&server.url)).await.unwrap();
    assert_eq!((status, body.as_str()), (204, ""));
    let requests = server.requests();
    let mut lines = requests[0].split("\r\n");
    assert_eq!(lines.next(), Some("POST /v1/x?a=b HTTP/1.1"));
    let rest: HashSet<&str> = lines.collect();
    let host = format!("host: {}", authority(&server.url));
    let agent = format!("user-agent: {AGENT}");
    assert_eq!(
        rest,
        HashSet::from([
            &*host,
            &*agent,
            "accept: text/plain",
            "content-length: 4",
            "",
            "body"
        ])
    );
}

#[tokio::test]
async fn bodies_end_where_they_are_told_to() {
    for (answer, expected) in [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, behind",
            "hello",
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 5, 5\r\n\r\nhello",
            "hello",
        ),
        ("HTTP/1.0 200 OK\r\n\r\nuntil the end", "until the end"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: CHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            "hello",
        ),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "ok",
        ),
    ] {
        let server = Server::start(&[&[answer]]).await;
        assert_eq!(said(&place(&server.url)).await, expected);
    }
}

#[tokio::test]
async fn what_is_no_answer_is_an_error() {
    for (answer, why) in [
        ("", "closed before an answer came"),
        (
            "HTTP/1.1 200 OK\r\nContent-",
            "closed before an answer came",
        ),
        ("SSH-2.0-OpenSSH_9.2p1\r\n\r\n", "HTTP version"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
            "broke off",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            "broke off",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
            "no length",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 4\r\n\r\nhello",
            "no length",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            "not known",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "not known",
        ),
    ] {
        let server = Server::start(&[&[answer]]).await;
        let error = ask(&place(&server.url)).await.unwrap_err();
        assert!(error.contains(why), "{answer:?}: {error}");
    }
}

#[tokio::test]
async fn headers_may_be_large_and_not_endless() {
    for (size, is_good) in [(50_000, true), (70_000, false)] {
        let cookie = "x".repeat(size);
        let answer =
            format!("HTTP/1.1 200 OK\r\nSet-Cookie: {cookie}\r\nContent-Length: 2\r\n\r\nok");
        let server = Server::start(&[&[&answer]]).await;
        let got = ask(&place(&server.url)).await;
        assert_eq!(got.is_ok(), is_good, "{size}");
        if let Ok((_, headers, body)) = got {
            assert_eq!((headers["set-cookie"].len(), &*body), (size, "ok"));
        }
    }
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[tokio::test]
async fn a_connection_is_used_again_until_it_is_closed() {
    let server = Server::start(&[&[OK, OK, OK], &[OK]]).await;
    let place = place(&server.url);
    for _ in 0..3 {
        assert_eq!(said(&place).await, "ok");
    }
    // The server has closed it, which is seen before it is used.
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(said(&place).await, "ok");
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn a_kept_connection_that_closes_instead_of_an_answer_is_replaced() {
    let server = Server::start(&[&[OK, ""], &[OK]]).await;
    let place = place(&server.url);
    assert_eq!(said(&place).await, "ok");
    assert_eq!(said(&place).await, "ok");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn an_answer_that_began_is_not_asked_for_again() {
    let server = Server::start(&[&[OK, "HTTP/1.1 200"], &[OK]]).await;
    let place = place(&server.url);
    assert_eq!(said(&place).await, "ok");
    assert!(ask(&place).await.is_err());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn connections_that_cannot_be_used_again_are_not() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: x, Close\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        // What comes unasked would be taken for the next answer.
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
    ] {
        let server = Server::start(&[&[answer, OK], &[OK]]).await;
        let place = place(&server.url);
        for _ in 0..2 {
            assert_eq!(said(&place).await, "ok", "{answer}");
        }
    }
}

#[tokio::test]
async fn an_answer_is_read_and_its_connection_used_again_in_whatever_runtime() {
    let chunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        for _ in 0..2 {
            serve(&mut socket, &[chunk], &Mutex::default()).await;
            // The end comes when the start has been read.
            tokio::time::sleep(Duration::from_millis(50)).await;
            socket.write_all(b"0\r\n\r\n").await.unwrap();
        }
    });
    let place = place(&url.parse().unwrap());
    let elsewhere = elsewhere();
    for _ in 0..2 {
        let mut answer = place.ask(Bytes::from_static(b"body")).await.unwrap();
        let mut body = BytesMut::new();
        assert_eq!(answer.body.read(&mut body).await.unwrap(), 5);
        let end = elsewhere.spawn(async move { answer.body.read(&mut body).await.unwrap() });
        assert_eq!(end.await.unwrap(), 0);
    }
    elsewhere.shutdown_background();
}

#[tokio::test]
async fn an_answer_that_is_dropped_closes_its_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let begun = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
        socket.write_all(begun).await.unwrap();
        let mut rest = Vec::new();
        let _ = socket.read_to_end(&mut rest).await;
    });
    let place = place(&url.parse().unwrap());
    let mut answer = place.ask(Bytes::from_static(b"body")).await.unwrap();
    assert_eq!(answer.body.read(&mut BytesMut::new()).await.unwrap(), 5);
    drop(answer);
    let closed = tokio::time::timeout(Duration::from_secs(5), server);
    closed.await.unwrap().unwrap();
}

#[tokio::test]
async fn who_does_not_let_connect_is_given_up() {
    // An address of documentation (RFC 5737): nobody answers there, or a router says that nobody does.
    let url = "http://192.0.2.1:9/".parse().unwrap();
    let client = Client::new(Duration::from_millis(50), &Proxies::None).unwrap();
    let error = place_with(client, &url)
        .ask(Bytes::new())
        .await
        .unwrap_err();
    assert!(
        matches!(error, FetchError::Late(_) | FetchError::Connect(_)),
        "{error}"
    );
}
