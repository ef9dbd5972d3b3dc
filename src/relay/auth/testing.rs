//! A relay for tests of accounts, in memory.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;

use crate::config::Config;
use crate::state::App;

/// The settings that these flags make.
pub fn config(flags: &[&str]) -> Config {
    crate::config::tests::config(flags).unwrap()
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
    /// Its body.
    pub body: String,
    /// The same; null where that is not JSON.
    pub json: Value,
}

impl TestRelay {
    /// A relay with a database of its own.
    pub async fn new(flags: &[&str]) -> Self {
        Self::over("sqlite::memory:", flags).await
    }

    /// A relay over this database.
    pub async fn over(database: &str, flags: &[&str]) -> Self {
        let flags: Vec<_> = ["--database", database]
            .iter()
            .chain(flags)
            .copied()
            .collect();
        let app: App = Arc::new(crate::start::open(config(&flags)).await.unwrap());
        Self {
            router: crate::app::app(Arc::clone(&app)),
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
            body: String::from_utf8_lossy(&body).into_owned(),
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
