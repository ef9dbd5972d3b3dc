//! Readers who leave: their calls end with them.

use tokio::task::JoinSet;

use super::*;

/// How soon the upstream must see that a reader has left.
const SOON: Duration = Duration::from_millis(100);
/// One round may meet a machine that is busy with something else.
const ROUNDS: usize = 3;

/// Fifty readers leave when all their calls are under way; gives how long the upstream had calls after that, at best.
async fn fifty_leave(chain: &Chain, upstream: &Upstream) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let mut readers = JoinSet::new();
        for _ in 0..50 {
            let chain = chain.clone();
            readers.spawn(async move { ask(&chain, question()).await });
        }
        until(|| upstream.stats().running == 50).await;
        readers.abort_all();
        let gone = until(|| upstream.stats().running == 0).await;
        best = best.min(gone);
    }
    best
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_end_whenever_readers_leave() {
    for script in [
        Script {
            headers_after: 60_000,
            ..Script::default()
        },
        Script {
            first_after: 60_000,
            ..Script::default()
        },
        Script {
            stall_after: Some(3),
            ..Script::default()
        },
        Script {
            delay: 5,
            tokens: 10_000,
            ..Script::default()
        },
    ] {
        let upstream = upstream(script.clone()).await;
        for provider in both(&upstream) {
            let chain = chain_with([provider], patient(), places(50));
            let gone = fifty_leave(&chain, &upstream).await;
            assert!(gone < SOON, "{gone:?} with {script:?}");
        }
        let stats = upstream.stats();
        assert_eq!((stats.started, stats.cancelled), (300, 300));
    }
}

#[tokio::test]
async fn who_leaves_between_tries_is_not_tried_for() {
    let retry_after = Some("1".to_owned());
    let upstream = upstream(Script {
        status: 429,
        retry_after,
        ..Script::default()
    })
    .await;
    let chain = chain_of([openai(&upstream)]);
    let left =
        tokio::time::timeout(Duration::from_millis(300), chain.stream(question().into())).await;
    assert!(left.is_err());
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(upstream.stats().started, 1);
}

#[tokio::test]
async fn who_leaves_while_waiting_for_a_place_takes_none() {
    let upstream = upstream(Script {
        stall_after: Some(1),
        ..Script::default()
    })
    .await;
    let places = Places {
        all: 1,
        each: 1,
        wait: Duration::from_secs(9),
    };
    let chain = chain_with([openai(&upstream)], patient(), places);
    let first = chain.stream(question().into()).await.unwrap();
    let second = chain.stream(question().into());
    assert!(
        tokio::time::timeout(Duration::from_millis(50), second)
            .await
            .is_err()
    );
    drop(first);
    until(|| upstream.stats().running == 0).await;
    assert_eq!(upstream.stats().started, 1);
    assert!(
        chain.stream(question().into()).await.is_ok(),
        "the place is free again"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_do_not_mix() {
    let upstream = upstream(Script {
        tokens: 50,
        delay: 1,
        ..Script::default()
    })
    .await;
    let chain = chain_of(both(&upstream));
    let mut readers = JoinSet::new();
    for _ in 0..200 {
        let chain = chain.clone();
        readers.spawn(async move { ask(&chain, question()).await });
    }
    let mut streams = std::collections::HashSet::new();
    while let Some(told) = readers.join_next().await {
        let (deltas, error) = told.unwrap();
        assert!(error.is_none(), "{error:?}");
        let text = text(&deltas);
        let stream = text.split('.').next().unwrap().to_owned();
        let words: Vec<String> = (0..50).map(|word| format!("{stream}.{word}")).collect();
        assert_eq!(text.split_whitespace().collect::<Vec<_>>(), words);
        assert!(streams.insert(stream));
    }
    until(|| upstream.stats().running == 0).await;
}
