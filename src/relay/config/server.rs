//! Where the relay listens and what it serves.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use ipnet::IpNet;
use secrecy::SecretString;
use url::Url;

use super::ConfigError;
use crate::observe::logs;

/// Where the relay listens and what it serves.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Server")]
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
        value_parser = listen,
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
    pub database: DatabaseUrl,
    /// Where readers reach the relay, if not at the address it listens on: `https://relay.example.org`
    #[arg(long, env = "LECTERN_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub public_url: Option<Url>,
    /// Origins of the sites that may use the relay, separated by commas; a relay that listens on this machine
    /// alone takes every site of this machine
    #[arg(
        long,
        env = "LECTERN_ALLOWED_ORIGINS",
        value_name = "ORIGIN",
        value_delimiter = ','
    )]
    pub allowed_origins: Vec<Origin>,
    /// Networks of the proxies whose X-Forwarded-For is believed, separated by commas
    #[arg(
        long,
        env = "LECTERN_TRUSTED_PROXIES",
        value_name = "CIDR",
        value_delimiter = ',',
        value_parser = network,
        default_value = "127.0.0.0/8,::1/128"
    )]
    pub trusted_proxies: Vec<IpNet>,
    /// How log lines are written
    #[arg(
        long,
        env = "LECTERN_LOG_FORMAT",
        value_name = "FORMAT",
        default_value = "json"
    )]
    pub log_format: LogFormat,
    /// What is logged, as in `info` or `info,lectern_relay::providers=debug`
    #[arg(
        long,
        env = "LECTERN_LOG",
        value_name = "FILTER",
        default_value = "info"
    )]
    pub log: String,
    /// Writes readers' questions to the log
    #[arg(long, env = "LECTERN_LOG_QUESTIONS")]
    pub log_questions: bool,
    /// Bearer token that /metrics asks for; without it, /metrics answers this machine alone
    #[arg(
        long,
        env = "LECTERN_METRICS_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    pub metrics_token: Option<SecretString>,
    /// Seconds that answers may take to end when the relay is told to stop
    #[arg(
        long,
        env = "LECTERN_STOP_SECONDS",
        value_name = "SECONDS",
        default_value_t = 25
    )]
    pub stop_seconds: u64,
    /// Checks the settings and exits
    #[arg(long)]
    pub check_config: bool,
    /// Makes a new key to sign tokens with and exits; tokens signed with the one before stay valid until they expire
    #[arg(long)]
    pub rotate_key: bool,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line, for programs.
    Json,
    /// For people.
    Text,
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

    /// Whether pages of this origin may use the relay: those that are listed, the relay's own, and those of
    /// this machine where the relay serves no other machine.
    pub fn allows(&self, origin: &str) -> bool {
        self.allowed_origins
            .iter()
            .any(|allowed| allowed.0 == origin)
            || self.base_url().origin().ascii_serialization() == origin
            || self.allowed_origins.is_empty() && self.listen.ip().is_loopback() && is_local(origin)
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        logs::check(&self.log)?;
        if self.shelf.join("manifest.json").is_file() {
            return Ok(());
        }
        Err(ConfigError {
            setting: "LECTERN_SHELF",
            why: format!(
                "{} holds no shelf (no manifest.json); make one with `lectern index`, or build the site",
                self.shelf.display()
            ),
            example: "build/lectern",
        })
    }
}

fn is_local(origin: &str) -> bool {
    let Ok(url) = Url::parse(origin) else {
        return false;
    };
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn listen(text: &str) -> Result<SocketAddr, String> {
    let why =
        |_| "not an address with a port; write it as in 127.0.0.1:8717 or [::]:8717".to_owned();
    text.parse().map_err(why)
}

fn network(text: &str) -> Result<IpNet, String> {
    let why = |_| "not a network; write it as in 10.0.0.0/8".to_owned();
    text.trim().parse().map_err(why)
}

fn public_url(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if is_web(&url) && url.path() == "/" && url.query().is_none() => Ok(url),
        _ => Err("not the URL of a host; write it as in https://relay.example.org".to_owned()),
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty()
}

/// Scheme, host and port of a site, as browsers send them in `Origin` (RFC 6454).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim().trim_end_matches('/');
        match Url::parse(text) {
            Ok(url) if is_web(&url) && url.origin().ascii_serialization() == text => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(
                "not an origin: scheme, host and port alone, as in https://docs.example.org"
                    .to_owned(),
            ),
        }
    }
}

/// Where the database is; printed without its password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The URL with its password, for the driver.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = ["sqlite:", "postgres://", "postgresql://"];
        if known.iter().any(|scheme| text.starts_with(scheme)) {
            return Ok(Self(text.to_owned()));
        }
        Err("not a database; write it as in sqlite:lectern.db or postgres://user:password@host/name".to_owned())
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(mut url) = Url::parse(&self.0) else {
            return f.write_str("a database");
        };
        // Only what is known not to be a secret: user, password and options are left out.
        let _ = url.set_password(None);
        let _ = url.set_username("");
        url.set_query(None);
        write!(f, "{url}")
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
