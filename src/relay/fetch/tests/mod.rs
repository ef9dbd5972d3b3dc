//! Servers that do what a test tells them, byte by byte.

mod connections;
mod tls;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// What a request got: status, headers, body.
type Got = Result<(u16, HeaderMap, String), String>;

/// A server whose connections each give one answer to a request after another, then close.
struct Server {
    url: Url,
    /// What was asked.
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// The answers of the first connection, of the second, and so on; an empty one closes it.
    async fn start(connections: &[&[&str]]) -> Self {
        let owned = |answers: &&[&str]| answers.iter().map(|own| (*own).to_owned()).collect();
        let connections: Vec<Vec<String>> = connections.iter().map(owned).collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1/x?a=b", listener.local_addr().unwrap());
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let asked = requests.clone();
        tokio::spawn(async move {
            for answers in connections {
                let (mut socket, _) = listener.accept().await.unwrap();
                let asked = asked.clone();
                tokio::spawn(async move { serve(&mut socket, &answers, &asked).await });
            }
        });
        let url = url.parse().unwrap();
        Self { url, requests }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve(
    socket: &mut (impl AsyncRead + AsyncWrite + Unpin),
    answers: &[impl AsRef<str>],
    asked: &Mutex<Vec<String>>,
) {
    for answer in answers {
        let mut read = BytesMut::new();
        let is_whole = |read: &[u8]| {
            read.ends_with(b"body") || read.starts_with(b"CONNECT") && read.ends_with(b"\r\n\r\n")
        };
        while !is_whole(&read) {
            if socket.read_buf(&mut read).await.unwrap_or_default() == 0 {
                return;
            }
        }
        asked
            .lock()
            .unwrap()
            .push(String::from_utf8(read.to_vec()).unwrap());
        let _ = socket.write_all(answer.as_ref().as_bytes()).await;
    }
}

/// Another runtime than the test's.
fn elsewhere() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(1).enable_all().build().unwrap()
}

fn client(proxies: &Proxies<'_>) -> Client {
    Client::new(Duration::from_secs(5), proxies).unwrap()
}

fn place(url: &Url) -> Place {
    place_with(client(&Proxies::None), url)
}

fn place_with(client: Client, url: &Url) -> Place {
    let headers = HeaderMap::from_iter([(http::header::ACCEPT, "text/plain".parse().unwrap())]);
    Place::new(client, &Method::POST, url.clone(), &headers)
}

async fn ask(place: &Place) -> Got {
    let answer = place.ask(Bytes::from_static(b"body")).await;
    let mut answer = answer.map_err(|error| error.to_string())?;
    let mut body = BytesMut::new();
    loop {
        match answer.body.read(&mut body).await {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    let body = String::from_utf8(body.to_vec()).unwrap();
    Ok((answer.status.as_u16(), answer.headers, body))
}

async fn said(place: &Place) -> String {
    ask(place).await.unwrap().2
}
