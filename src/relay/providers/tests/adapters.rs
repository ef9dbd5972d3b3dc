//! What the two protocols say, and what is made of it.

use axum::Router;
use axum::response::Redirect;
use axum::routing::post;
use serde_json::json;

use super::*;

#[tokio::test]
async fn an_answer_comes_in_order_with_its_usage() {
    let upstream = upstream(Script {
        tokens: 5,
        ..Script::default()
    })
    .await;
    for (provider, number) in both(&upstream).iter().zip(1..) {
        let (deltas, error) = ask(provider.as_ref(), question()).await;
        assert!(error.is_none(), "{error:?}");
        let words: String = (0..5)
            .map(|word| format!("{:6}", format!("w{number}.{word} ")))
            .collect();
        assert_eq!(text(&deltas), words);
        let (reason, usage) = end(&deltas).unwrap();
        assert_eq!((reason, usage.output), (Finish::Stop, 5));
        assert!(usage.input > 10);
    }
}

#[tokio::test]
async fn letters_survive_chunks_of_any_size() {
    let said = "Größe 書架 🙂 [1], [2].";
    for split in [1, 2, 3, 7, 100] {
        let script = Script {
            text: Some(said.to_owned()),
            split: Some(split),
            ..Script::default()
        };
        let upstream = upstream(script).await;
        for provider in both(&upstream) {
            let (deltas, error) = ask(provider.as_ref(), question()).await;
            assert_eq!(
                (text(&deltas).as_str(), error.is_none()),
                (said, true),
                "{error:?}"
            );
        }
    }
}

#[tokio::test]
async fn keys_are_sent_in_headers_and_never_in_addresses() {
    let upstream = upstream(Script::default()).await;
    ask(openai(&upstream).as_ref(), question()).await;
    let request = upstream.last();
    assert_eq!(request.uri, "/v1/chat/completions");
    assert_eq!(request.headers["authorization"], "Bearer sk-test");
    ask(gemini(&upstream).as_ref(), question()).await;
    let request = upstream.last();
    assert_eq!(
        request.uri,
        "/v1beta/models/a-model:streamGenerateContent?alt=sse"
    );
    assert_eq!(request.headers["x-goog-api-key"], "AIza-test");
    assert!(request.headers.get("authorization").is_none());
}

/// A conversation in which a tool was called, and can be again.
fn conversation(call: ToolCall) -> Prompt {
    let (id, name) = (call.id.clone(), call.name.clone());
    let parameters = json!({ "type": "object", "properties": { "query": { "type": "string" } } });
    let mut prompt = question();
    prompt.tools = vec![Tool {
        name: "search_book",
        description: "Searches.",
        parameters,
    }];
    prompt.messages.extend([
        Message::Assistant {
            text: String::new(),
            calls: vec![call],
        },
        Message::ToolResult {
            id,
            name,
            content: "[1] A shelf holds a book.".to_owned(),
        },
    ]);
    prompt
}

#[tokio::test]
async fn a_tool_is_called_and_its_result_answered() {
    for size in [1, 5, 1000] {
        let arguments = r#"{"query":"größe \"x\"","n":3}"#.to_owned();
        let tool = Some("search_book".to_owned());
        let upstream = upstream(Script {
            tool,
            arguments,
            size,
            ..Script::default()
        })
        .await;
        for provider in both(&upstream) {
            let (deltas, _) = ask(provider.as_ref(), question()).await;
            let [
                Delta::Call(call),
                Delta::Finish {
                    reason: Finish::Tools,
                    ..
                },
            ] = deltas.as_slice()
            else {
                panic!("{deltas:?}");
            };
            assert_eq!(call.name, "search_book");
            assert_eq!(call.arguments, json!({ "query": "größe \"x\"", "n": 3 }));
            let (deltas, error) = ask(provider.as_ref(), conversation(call.clone())).await;
            assert!(
                error.is_none() && text(&deltas).starts_with('w'),
                "{deltas:?}"
            );
        }
    }
}

#[tokio::test]
async fn requests_are_as_openai_wants_them() {
    let upstream = upstream(Script::default()).await;
    let call = ToolCall {
        id: "call_x".into(),
        name: "search_book".into(),
        arguments: json!({ "query": "a" }),
    };
    ask(openai(&upstream).as_ref(), conversation(call)).await;
    let body: Value = serde_json::from_slice(&upstream.last().body).unwrap();
    assert_eq!(body["model"], "a-model");
    assert_eq!(
        (&body["stream"], &body["max_tokens"]),
        (&json!(true), &json!(100))
    );
    assert_eq!(body["stream_options"], json!({ "include_usage": true }));
    assert_eq!(body["tools"][0]["function"]["name"], "search_book");
    let roles: Vec<&Value> = body["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| &m["role"])
        .collect();
    assert_eq!(roles, ["system", "user", "assistant", "tool"]);
    let call = &body["messages"][2]["tool_calls"][0];
    assert_eq!(
        (&call["id"], &call["function"]["arguments"]),
        (&json!("call_x"), &json!(r#"{"query":"a"}"#))
    );
    assert_eq!(body["messages"][3]["tool_call_id"], "call_x");
}

#[tokio::test]
async fn requests_are_as_gemini_wants_them() {
    let upstream = upstream(Script::default()).await;
    let call = ToolCall {
        id: "call_1~c2ln".into(),
        name: "search_book".into(),
        arguments: json!({ "query": "a" }),
    };
    ask(gemini(&upstream).as_ref(), conversation(call)).await;
    let body: Value = serde_json::from_slice(&upstream.last().body).unwrap();
    assert_eq!(
        body["systemInstruction"],
        json!({ "parts": [{ "text": "Be short." }] })
    );
    assert_eq!(body["generationConfig"], json!({ "maxOutputTokens": 100 }));
    assert_eq!(
        body["tools"][0]["functionDeclarations"][0]["name"],
        "search_book"
    );
    assert_eq!(
        body["contents"],
        json!([
            { "role": "user", "parts": [{ "text": "What is a shelf?" }] },
            { "role": "model", "parts": [{
                "functionCall": { "name": "search_book", "args": { "query": "a" } },
                "thoughtSignature": "c2ln",
            }] },
            { "role": "user", "parts": [{ "functionResponse": {
                "name": "search_book", "response": { "result": "[1] A shelf holds a book." },
            } }] },
        ])
    );
}

#[tokio::test]
async fn a_refusal_is_an_end_and_no_error() {
    let upstream = upstream(Script {
        refuse: true,
        ..Script::default()
    })
    .await;
    for provider in both(&upstream) {
        let (deltas, error) = ask(provider.as_ref(), question()).await;
        assert_eq!(end(&deltas).unwrap().0, Finish::Refused, "{error:?}");
    }
}

#[tokio::test]
async fn usage_that_is_not_told_is_estimated() {
    let upstream = upstream(Script {
        usage: false,
        tokens: 10,
        size: 8,
        ..Script::default()
    })
    .await;
    for provider in both(&upstream) {
        let (deltas, _) = ask(provider.as_ref(), question()).await;
        let usage = Usage {
            input: question().tokens(),
            output: 27,
        };
        assert_eq!(end(&deltas), Some((Finish::Stop, usage)));
    }
}

#[tokio::test]
async fn either_the_reason_or_the_mark_of_the_end_is_enough() {
    let ends = async |finish, done| {
        let upstream = upstream(Script {
            finish,
            done,
            ..Script::default()
        })
        .await;
        let (deltas, error) = ask(openai(&upstream).as_ref(), question()).await;
        (
            end(&deltas).map(|(reason, _)| reason),
            error.map(|error| error.to_string()),
        )
    };
    assert_eq!(ends(true, false).await, (Some(Finish::Stop), None));
    assert_eq!(ends(false, true).await, (Some(Finish::Stop), None));
    let (reason, error) = ends(false, false).await;
    assert_eq!(reason, None);
    assert!(error.unwrap().contains("broke off"));
}

#[tokio::test]
async fn what_breaks_an_answer_is_told_after_what_was_said() {
    for (script, why) in [
        (
            Script {
                cut_after: Some(3),
                delay: 20,
                ..Script::default()
            },
            "body",
        ),
        (
            Script {
                malformed_after: Some(3),
                ..Script::default()
            },
            "an event is no chunk",
        ),
        (
            Script {
                error_after: Some(3),
                ..Script::default()
            },
            "the mock was told to fail",
        ),
    ] {
        let upstream = upstream(script).await;
        for provider in both(&upstream) {
            let (deltas, error) = ask(provider.as_ref(), question()).await;
            let Some(ProviderError::Unavailable { why: told, .. }) = error else {
                panic!("{error:?}");
            };
            assert!(told.contains(why), "{told}");
            assert_eq!(deltas.len(), 3);
        }
    }
}

#[tokio::test]
async fn a_flood_and_an_endless_line_are_given_up() {
    for (script, why, most) in [
        (
            Script {
                tokens: 10_240,
                size: 1024,
                ..Script::default()
            },
            "the answer is longer",
            8192,
        ),
        (
            Script {
                line: Some(8 << 20),
                ..Script::default()
            },
            "a line is longer",
            0,
        ),
    ] {
        let upstream = upstream(script).await;
        for provider in both(&upstream) {
            let (deltas, error) = ask(provider.as_ref(), question()).await;
            assert!(error.unwrap().to_string().contains(why));
            assert!(deltas.len() <= most, "{} pieces", deltas.len());
        }
        until(|| upstream.stats().running == 0).await;
    }
}

#[tokio::test]
async fn statuses_are_told_apart() {
    let status = async |status, retry_after: Option<&str>| {
        let retry_after = retry_after.map(str::to_owned);
        let upstream = upstream(Script {
            status,
            retry_after,
            ..Script::default()
        })
        .await;
        ask(openai(&upstream).as_ref(), question()).await.1.unwrap()
    };
    let wait = Some(Duration::from_secs(7));
    assert!(
        matches!(status(429, Some("7")).await, ProviderError::Busy { retry_after, .. } if retry_after == wait)
    );
    assert!(
        matches!(status(503, Some("7")).await, ProviderError::Busy { retry_after, .. } if retry_after == wait)
    );
    assert!(matches!(
        status(429, None).await,
        ProviderError::Busy {
            retry_after: None,
            ..
        }
    ));
    for code in [500, 502, 503, 529] {
        assert!(
            matches!(status(code, None).await, ProviderError::Unavailable { .. }),
            "{code}"
        );
    }
    for code in [301, 400, 401, 404] {
        assert!(
            matches!(status(code, None).await, ProviderError::Refused { status, .. } if status == code),
            "{code}"
        );
    }
}

/// A server with one answer, at its address.
async fn server(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}/v1")
}

#[tokio::test]
async fn redirects_are_not_followed_and_pages_are_no_answers() {
    let target = upstream(Script::default()).await;
    let elsewhere = format!("{}/chat/completions", target.openai());
    let app = Router::new().route(
        "/v1/chat/completions",
        post(async move || Redirect::temporary(&elsewhere)),
    );
    let (_, error) = ask(openai_at(&server(app).await).as_ref(), question()).await;
    assert!(
        matches!(error, Some(ProviderError::Refused { status: 307, .. })),
        "{error:?}"
    );
    assert_eq!(target.stats().started, 0);

    let app = Router::new().fallback(async || axum::response::Html("<p>Welcome</p>"));
    let (_, error) = ask(openai_at(&server(app).await).as_ref(), question()).await;
    assert!(error.unwrap().to_string().contains("check its URL"));
}

#[tokio::test]
async fn connections_are_used_again_after_an_answer() {
    let upstream = upstream(Script {
        tokens: 2,
        ..Script::default()
    })
    .await;
    let provider = openai(&upstream);
    let mut ports = std::collections::HashSet::new();
    for _ in 0..10 {
        ask(provider.as_ref(), question()).await;
        ports.insert(upstream.last().peer);
    }
    assert_eq!(ports.len(), 1);
}

#[tokio::test]
async fn a_question_can_say_how_it_is_answered() {
    let upstream = upstream(Script::default()).await;
    for provider in both(&upstream) {
        let mut prompt = question();
        prompt.messages = vec![Message::User(
            "Why? [[mock text=Because%20[1]. size=100]]".to_owned(),
        )];
        let (deltas, error) = ask(provider.as_ref(), prompt).await;
        assert_eq!(
            (text(&deltas).as_str(), error.is_none()),
            ("Because [1].", true)
        );
    }
}
