//! Databases for tests: each test gets a new one of each kind.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use sqlx::Connection;
use sqlx::postgres::PgConnection;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::Store;
use super::batches::Work;
use super::conversations::{Answer, Ask, Asked};

/// Runs a test with a new SQLite file, with a new Postgres database, and with one behind a pooler. Where Postgres is not installed, it says so
/// and leaves that out.
pub(crate) async fn on_each(test: impl AsyncFn(Store)) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.db");
    test(
        Store::open(&format!("sqlite:{}", file.display()))
            .await
            .unwrap(),
    )
    .await;
    if let Some(url) = postgres_url().await {
        test(Store::open(&url).await.unwrap()).await;
    }
    if let Some(url) = postgres_url().await {
        test(Store::open(&pooler(&url).await).await.unwrap()).await;
    }
}

impl Store {
    /// Keeps a question by itself.
    pub(crate) async fn ask(
        &self,
        owner: &str,
        conversation: Option<&str>,
        title: &str,
        parts: &str,
    ) -> Result<Option<Arc<Asked>>, sqlx::Error> {
        let ask = Ask::new(owner, conversation, title, parts);
        let asked = ask.asked().clone();
        let kept = Ask::all(self, &[ask]).await?;
        Ok(kept[0].then_some(asked))
    }

    /// Keeps an answer by itself.
    pub(crate) async fn answer(
        &self,
        asked: &Arc<Asked>,
        parts: &str,
        status: &'static str,
    ) -> Result<(), sqlx::Error> {
        let answer = Answer::new(asked, parts.to_owned(), status);
        Answer::all(self, &[answer]).await.map(drop)
    }
}

/// URL of a new, empty database on a Postgres server, where one is installed.
pub(crate) async fn postgres_url() -> Option<String> {
    static DATABASES: AtomicU32 = AtomicU32::new(0);
    let Some(server) = server() else {
        eprintln!("Postgres (initdb, postgres) is not installed: tested on SQLite alone");
        return None;
    };
    let name = format!("test{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let mut admin = PgConnection::connect(&format!("{server}/postgres"))
        .await
        .unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::raw_sql(create).execute(&mut admin).await.unwrap();
    Some(format!("{server}/{name}"))
}

/// URL of a pooler before this database that changes the server whenever it may: after every statement outside of a
/// transaction. It lives as long as the test.
pub(crate) async fn pooler(url: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap();
    let mut url: url::Url = url.parse().unwrap();
    let server = format!("127.0.0.1:{}", url.port().unwrap());
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = server.clone();
            // It ends with an error when its client leaves.
            tokio::spawn(async move { pool(client, &server).await });
        }
    });
    url.set_port(Some(own.port())).unwrap();
    format!("{url}?pgbouncer=true")
}

/// Passes messages on (PostgreSQL 15 documentation, section 55.7), to one of two servers in turn.
async fn pool(mut client: TcpStream, server: &str) -> std::io::Result<()> {
    let mut startup = message(&mut client, 0).await?;
    if startup[4..] == SSL_REQUEST {
        client.write_all(b"N").await?;
        startup = message(&mut client, 0).await?;
    }
    let mut servers = [
        TcpStream::connect(server).await?,
        TcpStream::connect(server).await?,
    ];
    for (at, server) in servers.iter_mut().enumerate() {
        server.write_all(&startup).await?;
        let (greeting, _) = answer(server).await?;
        if at == 0 {
            client.write_all(&greeting).await?;
        }
    }
    let mut current = 0;
    loop {
        let asked = message(&mut client, 1).await?;
        servers[current].write_all(&asked).await?;
        if matches!(asked[0], b'S' | b'Q') {
            let (answer, status) = answer(&mut servers[current]).await?;
            client.write_all(&answer).await?;
            if status == b'I' {
                current = 1 - current;
            }
        }
    }
}

const SSL_REQUEST: [u8; 4] = 80_877_103_u32.to_be_bytes();

/// A message, whose length stands behind so many bytes of type.
async fn message(from: &mut TcpStream, kind: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; kind + 4];
    from.read_exact(&mut bytes).await?;
    let length = u32::from_be_bytes(bytes[kind..].try_into().unwrap()) as usize;
    bytes.resize(kind + length, 0);
    from.read_exact(&mut bytes[kind + 4..]).await?;
    Ok(bytes)
}

/// All that a server says until it is ready, and the status of the transaction then: `I` where there is none.
async fn answer(server: &mut TcpStream) -> std::io::Result<(Vec<u8>, u8)> {
    let mut all = Vec::new();
    loop {
        let own = message(server, 1).await?;
        all.extend_from_slice(&own);
        if own[0] == b'Z' {
            return Ok((all, own[5]));
        }
    }
}

/// The server of this process, without a database: started once, ended by the shell below when the process is gone.
fn server() -> Option<&'static str> {
    static SERVER: OnceLock<Option<(String, Child)>> = OnceLock::new();
    let server = SERVER.get_or_init(start).as_ref();
    server.map(|(url, _)| url.as_str())
}

/// Starts a server in a folder of its own, without waiting for disks, and keeps it until standard input is closed,
/// which is also what the system does for a process that is killed. Postgres does not run as root.
const SCRIPT: &str = r#"
set -eu
folder=$(mktemp -d)
as=""
if [ "$(id -u)" = 0 ]; then as="runuser -u nobody --"; chown nobody "$folder"; fi
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1 || true)
PATH="$PATH${bin:+:$bin}"
cd "$folder"
$as initdb -D "$folder/data" -U relay -A trust -E UTF8 --no-sync >/dev/null 2>&1
$as postgres -D "$folder/data" -p "$1" -k "$folder" -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200 >/dev/null 2>&1 &
trap '$as pg_ctl -D "$folder/data" stop -s -m immediate; rm -rf "$folder"' EXIT
tries=0
until $as pg_isready -q -h 127.0.0.1 -p "$1"; do
  tries=$((tries + 1)); [ $tries -lt 200 ]; sleep 0.1
done
echo ready
read -r _ || true
"#;

fn start() -> Option<(String, Child)> {
    let installed = std::env::var_os("PATH").is_some_and(|path| {
        let mut folders = std::env::split_paths(&path);
        folders.any(|folder: PathBuf| folder.join("initdb").exists())
    });
    if !installed && !PathBuf::from("/usr/lib/postgresql").exists() {
        return None;
    }
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    drop(socket);
    let mut child = Command::new("sh")
        .args(["-c", SCRIPT, "sh", &port.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let output = child.stdout.take().unwrap();
    BufReader::new(output).read_line(&mut line).unwrap();
    assert_eq!(
        line.trim(),
        "ready",
        "Postgres is installed, but does not start"
    );
    Some((format!("postgres://relay@127.0.0.1:{port}"), child))
}
