//! Where the relay listens and what it serves.

use std::net::SocketAddr;
use std::path::PathBuf;

use url::Url;

/// Where the relay listens and what it serves.
#[derive(Debug, Clone, clap::Args)]
pub struct Server {
    /// Folder of the shelf, as `lectern index` or the site's build made it
    #[arg(long, env = "LECTERN_SHELF", value_name = "DIR")]
    pub shelf: PathBuf,
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
    /// Where readers reach the relay, if not at the address it listens on: https://relay.example.org
    #[arg(long, env = "LECTERN_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<Url>,
}

impl Server {
    /// Where readers reach the relay: as set, or the address that it listens on.
    pub fn base_url(&self) -> Url {
        self.public_url.clone().unwrap_or_else(|| {
            Url::parse(&format!("http://{}", self.listen))
                .expect("an address and a port make a URL")
        })
    }

    /// Whether readers reach the relay by https alone, so that cookies can be told to need it.
    pub fn is_https(&self) -> bool {
        self.base_url().scheme() == "https"
    }

    /// Whether pages of this origin may use the relay.
    pub fn allows(&self, origin: &str) -> bool {
        self.base_url().origin().ascii_serialization() == origin
    }
}
