//! Where the relay listens and what it serves.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Where the relay listens and what it serves.
#[derive(Debug, Clone, clap::Args)]
pub struct Server {
    /// Folder of the shelf, as `lectern index` or the site's build made it
    #[arg(long, env = "LECTERN_SHELF", value_name = "DIR")]
    pub shelf: PathBuf,
    /// Model file that the book was indexed with, to embed questions for readers who load no encoder
    #[arg(long, env = "LECTERN_MODEL", value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Address and port to listen on
    #[arg(
        long,
        env = "LECTERN_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8717"
    )]
    pub listen: SocketAddr,
    /// Database: sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME
    #[arg(
        long,
        env = "LECTERN_DATABASE",
        value_name = "URL",
        default_value = "sqlite:lectern.db",
        hide_env_values = true
    )]
    pub database: String,
}
