//! A relay for tests of accounts, in memory.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use clap::Parser;
use futures_util::future::BoxFuture;
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;

use crate::auth::Accounts;
use crate::book::Library;
use crate::config::Config;
use crate::limits::Budgets;
use crate::providers::{Deltas, Prompt, Provider, ProviderError};
use crate::routes::{account, auth, profile};
use crate::state::{App, Relay};
use crate::store::Store;

#[derive(Debug, Parser)]
struct Cli {
    #[command(flatten)]
    config: Config,
}

/// The settings that these flags make.
pub fn config(flags: &[&str]) -> Config {
    let all = ["lectern-relay", "--shelf", "."].iter().chain(flags);
    Cli::parse_from(all).config
}

/// A relay with the routes of accounts.
pub struct TestRelay {
    /// What it serves from.
    pub app: App,
    router: Router,
}

/// An answer, its body read.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; null where that is not JSON.
    pub json: Value,
}

impl TestRelay {
    /// A relay with a database of its own.
    pub async fn new(flags: &[&str]) -> Self {
        Self::over(Store::open("sqlite::memory:").await.unwrap(), flags).await
    }

    /// A relay over this database.
    pub async fn over(store: Store, flags: &[&str]) -> Self {
        let config = config(flags);
        let app: App = Arc::new(Relay {
            accounts: Accounts::open(&store, &config).await.unwrap(),
            budgets: Budgets::new(store.clone()),
            library: Library {},
            provider: Arc::new(Silent),
            config,
            store,
        });
        let routes = auth::router()
            .merge(profile::router())
            .merge(account::router());
        let (router, _) = routes.split_for_parts();
        Self {
            router: router.with_state(Arc::clone(&app)),
            app,
        }
    }

    /// Sends a request.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            json: serde_json::from_slice(&body).unwrap_or_default(),
        }
    }

    /// Sends JSON, with these headers.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    /// Reads a page, with these headers.
    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.call(Method::GET, path, headers, None).await
    }

    /// Posts JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, &[], Some(body)).await
    }

    /// Signs a user up with this e-mail and gives the bearer header of their session.
    pub async fn sign_up(&self, email: &str) -> String {
        let body =
            serde_json::json!({ "name": "Ada", "email": email, "password": "correct horse" });
        let answer = self.post("/api/auth/sign-up/email", body).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        format!("Bearer {}", answer.text("token"))
    }
}

impl Answer {
    /// A text of the body.
    pub fn text(&self, key: &str) -> &str {
        self.json[key].as_str().unwrap_or_default()
    }

    /// A header, empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Status and code of an error, of whichever shape.
    pub fn error(&self) -> (u16, &str) {
        let code = self.json["code"]
            .as_str()
            .or(self.json["error"]["code"].as_str());
        (self.status.as_u16(), code.unwrap_or_default())
    }
}

/// A provider that is never asked.
#[derive(Debug)]
struct Silent;

impl Provider for Silent {
    fn name(&self) -> &str {
        "silent"
    }

    fn model(&self) -> &str {
        "silent"
    }

    fn stream(&self, _: Prompt) -> BoxFuture<'static, Result<Deltas, ProviderError>> {
        Box::pin(async { Err(ProviderError::None { retry_after: None }) })
    }
}
