//! What the programs that ask a server are told about it.

use std::io;
use std::net::SocketAddr;

use clap::Args;
use tokio::net::TcpStream;

/// What is asked, and where.
#[derive(Debug, Args)]
pub struct Target {
    /// Address of the server
    #[arg(long)]
    server: SocketAddr,
    /// Path that is asked
    #[arg(long)]
    path: String,
}

impl Target {
    /// A connection to the server, which sends at once what it is given.
    ///
    /// # Errors
    /// It cannot be connected to.
    pub async fn connect(&self) -> io::Result<TcpStream> {
        let socket = TcpStream::connect(self.server).await?;
        socket.set_nodelay(true)?;
        Ok(socket)
    }

    /// A request (RFC 9112) with this bearer token and these further header lines, each with its end: a POST where
    /// there is a body of JSON, and otherwise a GET.
    pub fn request(&self, token: &str, headers: &str, body: Option<&str>) -> String {
        let Self { server, path } = self;
        let head = format!(
            "{path} HTTP/1.1\r\nHost: {server}\r\nAuthorization: Bearer {token}\r\n{headers}"
        );
        match body {
            None => format!("GET {head}\r\n"),
            Some(body) => format!(
                "POST {head}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            ),
        }
    }
}
