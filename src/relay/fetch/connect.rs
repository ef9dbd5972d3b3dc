//! Connections: names, TLS, proxies.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_platform_verifier::ConfigVerifierExt;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;
use tower::ServiceExt;
use url::Url;

use super::stream::Stream;
use super::{FetchError, TlsError, authority, describe};

/// Which proxies are heeded.
#[derive(Debug)]
pub enum Proxies<'a> {
    /// None, whatever the environment says.
    None,
    /// This one for all.
    All(&'a SecretString),
    /// Those of `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    Environment,
}

/// Makes connections, which speak HTTP/1.1.
#[derive(Clone)]
pub struct Client {
    http: HttpsConnector<HttpConnector>,
    tls: Arc<ClientConfig>,
    proxies: Arc<Matcher>,
    patience: Duration,
}

impl Client {
    /// Connections that are given up when they take longer than `patience`, TLS with them. Certificates are checked
    /// as the system does.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(patience: Duration, proxies: &Proxies<'_>) -> Result<Self, TlsError> {
        // Fails where the process has one already, which then serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self::with(
            ClientConfig::with_platform_verifier()?,
            patience,
            proxies,
        ))
    }

    /// Connections with this configuration of TLS.
    pub(super) fn with(mut tls: ClientConfig, patience: Duration, proxies: &Proxies<'_>) -> Self {
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let tls = Arc::new(tls);
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(patience));
        let proxies = match proxies {
            Proxies::None => Matcher::builder().build(),
            Proxies::All(url) => Matcher::builder().all(url.expose_secret()).build(),
            Proxies::Environment => Matcher::from_env(),
        };
        Self {
            http: HttpsConnector::from((http, tls.clone())),
            tls,
            proxies: Arc::new(proxies),
            patience,
        }
    }

    /// The proxy between here and there.
    pub(super) fn proxy(&self, to: &Url) -> Option<Intercept> {
        self.proxies.intercept(&origin(to)?)
    }

    /// A new connection.
    pub(super) async fn connect(&self, to: &Url) -> Result<Stream, FetchError> {
        match timeout(self.patience, self.reach(to)).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(FetchError::Connect(describe(&*error))),
            Err(_) => Err(FetchError::Late(self.patience)),
        }
    }

    async fn reach(&self, to: &Url) -> Result<Stream, Box<dyn std::error::Error + Send + Sync>> {
        let origin = origin(to).ok_or("the address has no host")?;
        let http = self.http.clone();
        let Some(proxy) = self.proxy(to) else {
            return Ok(Stream::of(http.oneshot(origin).await?));
        };
        if to.scheme() == "http" {
            return Ok(Stream::of(http.oneshot(proxy.uri().clone()).await?));
        }
        let tunnel = Tunnel::new(proxy.uri().clone(), http);
        let tunnel = match proxy.basic_auth() {
            Some(auth) => tunnel.with_auth(auth.clone()),
            None => tunnel,
        };
        let through = HttpsConnector::from((tunnel, self.tls.clone()));
        Ok(Stream::new(TokioIo::new(through.oneshot(origin).await?)))
    }
}

impl fmt::Debug for Client {
    /// Without the proxies, which may have passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

/// Where an address is, as connectors want it.
fn origin(url: &Url) -> Option<Uri> {
    let text = format!("{}://{}/", url.scheme(), authority(url));
    text.parse().ok()
}
