//! Tries, waits, deadlines and the next provider.

use metrics_util::debugging::{DebugValue, DebuggingRecorder};

use super::*;
use crate::providers::breaker::FAILURES;

fn failing(status: u16, failures: u32) -> Script {
    Script {
        status,
        failures,
        ..Script::default()
    }
}

fn after(seconds: &str, failures: u32) -> Script {
    Script {
        retry_after: Some(seconds.to_owned()),
        ..failing(429, failures)
    }
}

/// Where nothing listens.
async fn nowhere() -> Arc<dyn Provider> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    openai_at(&format!("http://{address}/v1"))
}

#[tokio::test]
async fn a_failure_that_passes_is_not_seen() {
    for status in [429, 500, 503] {
        let upstream = upstream(failing(status, 2)).await;
        let (deltas, error) = ask(&chain_of([openai(&upstream)]), question()).await;
        assert!(error.is_none() && end(&deltas).is_some(), "{error:?}");
        assert_eq!(upstream.stats().started, 3);
    }
}

#[tokio::test]
async fn a_failure_that_stays_is_told_after_three_tries() {
    let upstream = upstream(failing(500, 0)).await;
    let (_, error) = ask(&chain_of([openai(&upstream)]), question()).await;
    assert!(
        matches!(error, Some(ProviderError::Unavailable { .. })),
        "{error:?}"
    );
    assert_eq!(upstream.stats().started, 3);
}

#[tokio::test]
async fn a_provider_is_given_the_time_that_it_asks_for() {
    let upstream = upstream(after("1", 1)).await;
    let begun = Instant::now();
    let (_, error) = ask(&chain_of([openai(&upstream)]), question()).await;
    assert!(error.is_none() && begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_provider_that_asks_for_long_is_passed_over_until_then() {
    let (busy, other) = (
        upstream(after("60", 0)).await,
        upstream(Script::default()).await,
    );
    let chain = chain_of([openai(&busy), gemini(&other)]);
    for _ in 0..3 {
        let begun = Instant::now();
        let (_, error) = ask(&chain, question()).await;
        assert!(
            error.is_none() && begun.elapsed() < Duration::from_secs(60),
            "{error:?}"
        );
    }
    assert_eq!((busy.stats().started, other.stats().started), (1, 3));
    let (_, error) = ask(&chain_of([openai(&busy)]), question()).await;
    let wait = Some(Duration::from_secs(60));
    assert!(matches!(error, Some(ProviderError::Busy { retry_after, .. }) if retry_after == wait));
}

#[tokio::test]
async fn a_provider_whose_quota_is_used_up_is_asked_once_and_then_left_alone() {
    let no_quota = Script {
        code: Some("insufficient_quota".to_owned()),
        ..after("1", 0)
    };
    let (first, second) = (upstream(no_quota).await, upstream(Script::default()).await);
    let chain = chain_of([openai(&first), gemini(&second)]);
    let begun = Instant::now();
    for _ in 0..FAILURES + 3 {
        let (_, error) = ask(&chain, question()).await;
        assert!(error.is_none(), "{error:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(FAILURES.into()));
    assert_eq!(first.stats().started, u64::from(FAILURES));
    let (_, error) = ask(&chain_of([openai(&first)]), question()).await;
    assert!(matches!(
        error,
        Some(ProviderError::Refused { status: 429, .. })
    ));
}

#[tokio::test]
async fn whatever_the_first_provider_does_the_second_answers() {
    let slow = Script {
        first_after: 60_000,
        ..Script::default()
    };
    let stuck = Script {
        headers_after: 60_000,
        ..Script::default()
    };
    let cut = Script {
        cut_after: Some(0),
        ..Script::default()
    };
    let malformed = Script {
        malformed_after: Some(0),
        ..Script::default()
    };
    for script in [
        failing(500, 0),
        failing(401, 0),
        failing(400, 0),
        slow,
        stuck,
        cut,
        malformed,
    ] {
        let (first, second) = (
            upstream(script.clone()).await,
            upstream(Script::default()).await,
        );
        let providers = [openai(&first), gemini(&second)];
        let chain = chain_with(providers, deadlines(), places(10));
        let (deltas, error) = ask(&chain, question()).await;
        assert!(
            error.is_none() && end(&deltas).is_some(),
            "{script:?}: {error:?}"
        );
        until(|| first.stats().running == 0).await;
    }
    let second = upstream(Script::default()).await;
    let (_, error) = ask(&chain_of([nowhere().await, gemini(&second)]), question()).await;
    assert!(error.is_none(), "{error:?}");
}

#[tokio::test]
async fn after_the_first_token_nothing_is_tried_again() {
    let script = Script {
        cut_after: Some(1),
        delay: 20,
        ..Script::default()
    };
    let (first, second) = (upstream(script).await, upstream(Script::default()).await);
    let (deltas, error) = ask(&chain_of([openai(&first), gemini(&second)]), question()).await;
    assert_eq!((deltas.len(), text(&deltas).trim()), (1, "w1.0"));
    assert!(
        matches!(error, Some(ProviderError::Unavailable { .. })),
        "{error:?}"
    );
    assert_eq!((first.stats().started, second.stats().started), (1, 0));
}

#[tokio::test]
async fn each_deadline_is_told_by_what_was_waited_for() {
    let deadlines = Deadlines {
        total: Duration::from_millis(800),
        ..deadlines()
    };
    for (script, waited) in [
        (
            Script {
                first_after: 60_000,
                ..Script::default()
            },
            "the first token",
        ),
        (
            Script {
                stall_after: Some(2),
                ..Script::default()
            },
            "the next token",
        ),
        (
            Script {
                delay: 100,
                tokens: 100,
                ..Script::default()
            },
            "the answer",
        ),
    ] {
        let upstream = upstream(script).await;
        let chain = chain_with([openai(&upstream)], deadlines, places(10));
        let (_, error) = ask(&chain, question()).await;
        assert!(
            matches!(error, Some(ProviderError::Late { what, .. }) if what == waited),
            "{error:?}"
        );
        until(|| upstream.stats().running == 0).await;
    }
}

#[tokio::test]
async fn a_reader_who_takes_time_is_not_taken_for_a_stall() {
    let upstream = upstream(Script {
        tokens: 3,
        ..Script::default()
    })
    .await;
    let chain = chain_with([openai(&upstream)], deadlines(), places(10));
    let mut stream = chain.stream(question().into()).await.unwrap();
    let mut pieces = 0;
    while let Some(next) = stream.next().await {
        next.unwrap();
        pieces += 1;
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    assert_eq!(pieces, 4);
}

#[tokio::test]
async fn a_provider_that_is_out_of_order_is_not_asked() {
    let upstream = upstream(failing(401, 0)).await;
    let chain = chain_of([openai(&upstream)]);
    for _ in 0..FAILURES {
        let (_, error) = ask(&chain, question()).await;
        assert!(
            matches!(error, Some(ProviderError::Refused { .. })),
            "{error:?}"
        );
    }
    let (_, error) = ask(&chain, question()).await;
    assert!(
        matches!(
            error,
            Some(ProviderError::None {
                retry_after: Some(_)
            })
        ),
        "{error:?}"
    );
    assert_eq!(upstream.stats().started, u64::from(FAILURES));
}

#[tokio::test]
async fn questions_that_are_refused_do_not_put_a_provider_out_of_order() {
    let upstream = upstream(failing(400, FAILURES * 2)).await;
    let chain = chain_of([openai(&upstream)]);
    for _ in 0..FAILURES * 2 {
        assert!(ask(&chain, question()).await.1.is_some());
    }
    assert!(ask(&chain, question()).await.1.is_none());
}

#[tokio::test]
async fn one_more_than_there_are_places_waits_and_then_is_told() {
    let upstream = upstream(Script {
        stall_after: Some(1),
        ..Script::default()
    })
    .await;
    let deadlines = Deadlines {
        idle: Duration::from_secs(9),
        ..deadlines()
    };
    let chain = chain_with([openai(&upstream)], deadlines, places(2));
    let mut first = chain.stream(question().into()).await.unwrap();
    first.next().await.unwrap().unwrap();
    let _second = chain.stream(question().into()).await.unwrap();
    let Err(ProviderError::Busy {
        retry_after: Some(_),
        ..
    }) = chain.stream(question().into()).await
    else {
        panic!("a third had a place");
    };
    let (third, ()) = tokio::join!(chain.stream(question().into()), async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        drop(first);
    });
    assert!(third.is_ok());
}

#[tokio::test]
async fn a_chain_of_nobody_says_so() {
    let chain = chain_of([]);
    assert!(chain.is_empty());
    let (_, error) = ask(&chain, question()).await;
    assert!(
        matches!(error, Some(ProviderError::None { retry_after: None })),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_happens_is_counted() {
    let recorder = DebuggingRecorder::new();
    let seen = recorder.snapshotter();
    let _local = metrics::set_default_local_recorder(&recorder);
    let upstream = upstream(failing(500, 1)).await;
    let chain = chain_of([openai(&upstream)]);
    let (deltas, _) = ask(&chain, question()).await;
    let (_, usage) = end(&deltas).unwrap();
    upstream.script(Script {
        first_after: 60_000,
        ..Script::default()
    });
    assert!(
        tokio::time::timeout(Duration::from_millis(50), chain.stream(question().into()))
            .await
            .is_err()
    );

    let mut counts = std::collections::HashMap::new();
    for (key, _, _, value) in seen.snapshot().into_vec() {
        let key = key.key().clone();
        let labels = key.labels().filter(|label| label.key() != "provider");
        let labels: Vec<_> = labels.map(|label| label.value().to_owned()).collect();
        let value = match value {
            DebugValue::Counter(count) => count as f64,
            DebugValue::Gauge(value) => value.into_inner(),
            DebugValue::Histogram(values) => values.len() as f64,
        };
        counts.insert((key.name().to_owned(), labels.join(",")), value);
    }
    for (name, label, value) in [
        ("lectern_provider_calls_total", "ok", 1.0),
        ("lectern_provider_calls_total", "unavailable", 1.0),
        ("lectern_provider_calls_total", "left", 1.0),
        ("lectern_provider_retries_total", "", 1.0),
        ("lectern_provider_running", "", 0.0),
        ("lectern_provider_breaker", "", 0.0),
        ("lectern_provider_first_token_seconds", "", 1.0),
        ("lectern_provider_tokens_total", "input", usage.input as f64),
        (
            "lectern_provider_tokens_total",
            "output",
            usage.output as f64,
        ),
    ] {
        let key = (name.to_owned(), label.to_owned());
        assert_eq!(counts.get(&key), Some(&value), "{name} {label}: {counts:?}");
    }
}
