//! A provider that says what it is told to, and a relay around it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt};
use tempfile::TempDir;

use crate::book::{Library, testing};
use crate::providers::{Delta, Deltas, Finish, Prompt, Provider, ProviderError, ToolCall, Usage};
use crate::state::App;

/// What a scripted provider does next.
#[derive(Debug, Clone)]
pub enum Line {
    Says(&'static str),
    Calls(&'static str, serde_json::Value),
    Finishes(Finish),
    Fails,
    /// Says nothing until so many milliseconds after the call, whenever it is read.
    Until(u64),
    Hangs,
}

/// A provider that follows a script: a list of lines for each call, or a refusal.
#[derive(Debug, Default)]
pub struct Script {
    rounds: Mutex<VecDeque<Option<Vec<Line>>>>,
    prompts: Mutex<Vec<Prompt>>,
    threads: Arc<Mutex<Vec<String>>>,
    /// Calls that have not been dropped.
    pub running: Arc<AtomicUsize>,
}

struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Script {
    pub fn new(rounds: Vec<Option<Vec<Line>>>) -> Arc<Self> {
        Arc::new(Self {
            rounds: Mutex::new(rounds.into()),
            ..Self::default()
        })
    }

    /// A provider that says this in one call.
    pub fn says(texts: &[&'static str]) -> Arc<Self> {
        let mut lines: Vec<Line> = texts.iter().map(|text| Line::Says(text)).collect();
        lines.push(Line::Finishes(Finish::Stop));
        Self::new(vec![Some(lines)])
    }

    /// What it was asked.
    pub fn prompts(&self) -> Vec<Prompt> {
        self.prompts.lock().unwrap().clone()
    }

    /// Names of the threads that have read its lines, one for each.
    pub fn threads(&self) -> Vec<String> {
        self.threads.lock().unwrap().clone()
    }

    pub fn running(&self) -> usize {
        self.running.load(Ordering::SeqCst)
    }
}

fn unavailable() -> ProviderError {
    ProviderError::Unavailable {
        provider: "script".into(),
        why: "SECRET upstream text".into(),
    }
}

fn delta(line: Line) -> Option<Result<Delta, ProviderError>> {
    Some(match line {
        Line::Says(text) => Ok(Delta::Text(text.into())),
        Line::Calls(name, arguments) => Ok(Delta::Call(ToolCall {
            id: "call-1".into(),
            name: name.into(),
            arguments,
        })),
        Line::Finishes(reason) => Ok(Delta::Finish {
            reason,
            usage: Usage {
                input: 100,
                output: 10,
            },
            cost: None,
        }),
        Line::Fails => Err(unavailable()),
        Line::Until(_) | Line::Hangs => return None,
    })
}

impl Provider for Script {
    fn name(&self) -> &str {
        "script"
    }

    fn model(&self) -> &str {
        "script-1"
    }

    fn stream(&self, prompt: Arc<Prompt>) -> BoxFuture<'static, Result<Deltas, ProviderError>> {
        self.prompts.lock().unwrap().push(Prompt::clone(&prompt));
        let round = self.rounds.lock().unwrap().pop_front().flatten();
        self.running.fetch_add(1, Ordering::SeqCst);
        let running = Running(self.running.clone());
        let threads = self.threads.clone();
        Box::pin(async move {
            let lines = round.ok_or_else(unavailable)?;
            let began = tokio::time::Instant::now();
            let deltas = stream::iter(lines).filter_map(move |line| {
                let _ = &running;
                let threads = threads.clone();
                async move {
                    match line {
                        Line::Until(ms) => {
                            tokio::time::sleep_until(began + Duration::from_millis(ms)).await
                        }
                        Line::Hangs => std::future::pending().await,
                        _ => {}
                    }
                    let thread = std::thread::current();
                    let name = thread.name().unwrap_or_default().to_owned();
                    threads.lock().unwrap().push(name);
                    delta(line)
                }
            });
            Ok(deltas.boxed())
        })
    }
}

/// A relay with the shelf of `book::testing` and this provider, which lets in who is not signed in; the folder
/// is to be kept.
pub async fn relay(provider: Arc<dyn Provider>) -> (App, TempDir) {
    relay_with(&[], provider).await
}

/// The same, with these settings beside.
pub async fn relay_with(flags: &[&str], provider: Arc<dyn Provider>) -> (App, TempDir) {
    let dir = testing::shelf();
    let flags = [&["--anonymous", "--database", "sqlite::memory:"], flags].concat();
    let config = crate::config::tests::config(&flags).unwrap();
    let model = dir.path().join("model");
    std::fs::write(&model, testing::model()).unwrap();
    let library = Library::open(dir.path(), Some(&model)).unwrap();
    let relay = crate::start::assemble(config, library, provider).await;
    (Arc::new(relay.unwrap()), dir)
}
