//! Providers against an upstream that fails as it is told.

mod adapters;
mod chain;
mod leaving;

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use lectern_upstream::{Script, Upstream};
use secrecy::SecretString;
use tokio::time::Instant;

use super::*;
use crate::fetch::{Client, Proxies};

/// An answer, and why it ended before its end.
type Told = (Vec<Delta>, Option<ProviderError>);

async fn upstream(script: Script) -> Upstream {
    let upstream = Upstream::start().await.unwrap();
    upstream.script(script);
    upstream
}

fn client() -> Client {
    Client::new(Duration::from_secs(1), &Proxies::None).unwrap()
}

fn openai_at(url: &str) -> Arc<dyn Provider> {
    let key = SecretString::from("sk-test");
    Arc::new(
        OpenAi::new(
            OpenAi::NAME,
            client(),
            &url.parse().unwrap(),
            Some(&key),
            "a-model",
        )
        .unwrap(),
    )
}

fn openai(upstream: &Upstream) -> Arc<dyn Provider> {
    openai_at(&upstream.openai())
}

fn gemini(upstream: &Upstream) -> Arc<dyn Provider> {
    let key = SecretString::from("AIza-test");
    let url = upstream.gemini().parse().unwrap();
    Arc::new(Gemini::new(client(), &url, Some(&key), "a-model").unwrap())
}

/// Both adapters, at the same upstream.
fn both(upstream: &Upstream) -> [Arc<dyn Provider>; 2] {
    [openai(upstream), gemini(upstream)]
}

/// For upstreams that are too late.
fn deadlines() -> Deadlines {
    Deadlines {
        first_token: Duration::from_millis(500),
        idle: Duration::from_millis(300),
        total: Duration::from_secs(10),
    }
}

/// For all others: no machine is so busy that it passes these.
fn patient() -> Deadlines {
    let minute = Duration::from_secs(60);
    Deadlines {
        first_token: minute,
        idle: minute,
        total: minute,
    }
}

fn places(each: usize) -> Places {
    Places {
        all: 1000,
        each,
        wait: Duration::from_millis(100),
    }
}

fn chain_of(providers: impl IntoIterator<Item = Arc<dyn Provider>>) -> Chain {
    chain_with(providers, patient(), places(1000))
}

fn chain_with(
    providers: impl IntoIterator<Item = Arc<dyn Provider>>,
    deadlines: Deadlines,
    places: Places,
) -> Chain {
    let links = providers
        .into_iter()
        .map(|provider| Link::new(provider, None));
    Chain::new(links.collect(), deadlines, places)
}

fn question() -> Prompt {
    Prompt {
        system: "Be short.".to_owned(),
        messages: vec![Message::User("What is a shelf?".to_owned())],
        tools: Vec::new(),
        max_tokens: 100,
    }
}

async fn ask(provider: &dyn Provider, prompt: Prompt) -> Told {
    let mut stream = match provider.stream(prompt.into()).await {
        Ok(stream) => stream,
        Err(error) => return (Vec::new(), Some(error)),
    };
    let mut deltas = Vec::new();
    while let Some(next) = stream.next().await {
        match next {
            Ok(delta) => deltas.push(delta),
            Err(error) => {
                assert!(stream.next().await.is_none(), "nothing follows an error");
                return (deltas, Some(error));
            }
        }
    }
    (deltas, None)
}

fn text(deltas: &[Delta]) -> String {
    let texts = deltas.iter().filter_map(|delta| match delta {
        Delta::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

fn end(deltas: &[Delta]) -> Option<(Finish, Usage)> {
    match deltas.last() {
        Some(Delta::Finish { reason, usage, .. }) => Some((*reason, *usage)),
        _ => None,
    }
}

/// Waits until this holds, and says how long that took.
async fn until(what: impl Fn() -> bool) -> Duration {
    let begun = Instant::now();
    while !what() {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "it never came to hold"
        );
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    begun.elapsed()
}
