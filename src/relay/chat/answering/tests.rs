use std::net::Ipv4Addr;

use futures_util::StreamExt;
use lectern_core::search::{Mode, Options};
use serde_json::{Value, json};

use super::*;
use crate::auth::{Identity, Reader};
use crate::chat::prompt::Task;
use crate::chat::request::Question;
use crate::chat::testing::{Line, Script, relay, relay_with};
use crate::providers::{Finish, Message};
use crate::state::App;
use crate::store::conversations::{Ask, Asked};

const QUESTION: &str = "which motor balances the ankle?";

async fn job(app: &App, who: &str) -> (Job, Arc<Asked>) {
    job_in(None, app, who).await
}

async fn job_in(conversation: Option<&str>, app: &App, who: &str) -> (Job, Arc<Asked>) {
    let question = Question {
        text: QUESTION.into(),
        ..Question::default()
    };
    let sources = Sources::of(app.library.book(), &question).await.unwrap();
    let prompter = Prompter::new();
    let task = Task::Answer {
        question: question.clone(),
        profile: None,
    };
    let reader = Identity::User(Reader { owner: who.into() });
    let reservation = app
        .budgets
        .reserve(&reader, Ipv4Addr::LOCALHOST.into(), 10)
        .await
        .unwrap();
    let asking = app.batches.ask(Ask::new(who, conversation, "t", "[]"));
    let asked = asking.asked().clone();
    let ending = Ending::new(app, reservation, Some(asking));
    let job = Job {
        provider: app.provider.clone(),
        sources,
        quote_for: vec![question.text],
        language: None,
        prompter,
        task,
        ending,
        crowd: app.crowd.clone(),
    };
    (job, asked)
}

/// The parts of a whole answer.
async fn parts(job: Job) -> Vec<Value> {
    let chunks: Vec<_> = Answering::new(job).collect().await;
    let bytes: Vec<u8> = chunks
        .into_iter()
        .flat_map(|chunk| chunk.unwrap().to_vec())
        .collect();
    let text = String::from_utf8(bytes).unwrap();
    let mut events: Vec<&str> = text.split_terminator("\n\n").collect();
    assert_eq!(events.pop(), Some("data: [DONE]"));
    let parse = |event: &&str| serde_json::from_str(event.strip_prefix("data: ").unwrap()).unwrap();
    events.iter().map(parse).collect()
}

fn kinds(parts: &[Value]) -> Vec<&str> {
    parts
        .iter()
        .map(|part| part["type"].as_str().unwrap())
        .collect()
}

fn text(parts: &[Value]) -> String {
    let deltas = parts.iter().filter_map(|part| part["delta"].as_str());
    deltas.collect()
}

async fn kept(app: &App, who: &str, asked: &Asked) -> (String, Value) {
    for _ in 0..200 {
        let messages = app
            .store
            .messages(who, &asked.conversation, 0, 9)
            .await
            .unwrap();
        if let [answer] = &messages[..] {
            assert_eq!(answer.id, asked.answer);
            return (
                answer.status.clone(),
                serde_json::from_str(&answer.parts).unwrap(),
            );
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the answer was not kept");
}

#[tokio::test]
async fn sources_come_first_then_checked_text_then_what_it_took() {
    let script = Script::says(&["The ankle motor", " does [", "1] [99", "]."]);
    let (app, _dir) = relay(script.clone()).await;
    let (job, asked) = job(&app, "ann").await;
    let count = job.sources.len() as usize;
    let parts = parts(job).await;
    let kinds = kinds(&parts);
    assert_eq!(kinds[..2], ["start", "start-step"]);
    assert!(count > 0 && kinds[2..2 + count].iter().all(|kind| *kind == "source-url"));
    let rest: Vec<&str> = kinds[2 + count..]
        .iter()
        .filter(|kind| **kind != "text-delta")
        .copied()
        .collect();
    assert_eq!(rest, ["text-start", "text-end", "finish-step", "finish"]);
    assert_eq!(text(&parts), "The ankle motor does [1].");
    assert_eq!(parts[0]["messageId"], asked.answer);
    assert_eq!(
        parts[0]["messageMetadata"]["conversation"],
        asked.conversation
    );
    let metadata = &parts[parts.len() - 1]["messageMetadata"];
    assert_eq!(
        metadata["usage"],
        json!({"inputTokens": 100, "outputTokens": 10, "totalTokens": 110})
    );
    assert_eq!(
        (&metadata["cited"], &metadata["answerer"]),
        (&json!([1]), &json!("model"))
    );
    let (status, stored) = kept(&app, "ann", &asked).await;
    assert_eq!(status, "complete");
    assert_eq!(stored[count]["text"], "The ankle motor does [1].");
    assert_eq!(stored[0]["type"], "source-url");
    assert_eq!(script.running(), 0);
}

async fn conversations(app: &App, who: &str) -> usize {
    app.store.conversations(who, None, 9).await.unwrap().len()
}

#[tokio::test]
async fn a_provider_is_asked_while_the_question_is_kept_and_nothing_is_told_before() {
    let script = Script::says(&["The ankle."]);
    let (app, _dir) = relay(script.clone()).await;
    let (job, asked) = job(&app, "a").await;
    let mut answering = Answering::new(job);
    // What keeps questions has not had a turn yet.
    for _ in 0..2 {
        assert!(futures_util::poll!(answering.next()).is_pending());
        assert_eq!(script.prompts().len(), 1);
    }
    assert_eq!(conversations(&app, "a").await, 0);
    let first = answering.next().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&first).contains(&asked.question));
    assert_eq!(conversations(&app, "a").await, 1);
}

#[tokio::test]
async fn a_question_that_cannot_be_kept_is_not_answered_and_takes_nothing() {
    let script = Script::says(&["The ankle."]);
    // As much as one answer of these tests has set aside.
    let budget = ["--user-budget", "10 tokens/day"];
    let (app, _dir) = relay_with(&budget, script.clone()).await;
    let (lost, _) = job_in(Some("of nobody"), &app, "a").await;
    let parts = parts(lost).await;
    assert_eq!(kinds(&parts), ["error"]);
    app.endings.close();
    app.endings.wait().await;
    assert_eq!((script.prompts().len(), script.running()), (1, 0));
    assert_eq!(conversations(&app, "a").await, 0);
    job(&app, "a").await;
}

#[tokio::test]
async fn where_no_provider_answers_the_passages_are_quoted_and_it_is_said() {
    let held_back = vec![Line::Says("[1"), Line::Fails];
    for round in [None, Some(vec![Line::Fails]), Some(vec![]), Some(held_back)] {
        let (app, _dir) = relay(Script::new(vec![round])).await;
        let (job, asked) = job(&app, "ann").await;
        let parts = parts(job).await;
        let text = text(&parts);
        assert!(
            text.contains("> The ankle motor balances the robot while it walks. [1]"),
            "{text}"
        );
        let marks = parts
            .iter()
            .filter(|part| part["messageMetadata"]["answerer"] == "extractive");
        assert_eq!(marks.count(), 2, "before the text and at the end");
        assert!(!format!("{parts:?}").contains("SECRET"));
        assert_eq!(kept(&app, "ann", &asked).await.0, "complete");
    }
}

#[tokio::test]
async fn without_quotations_a_silent_provider_is_an_error_that_tells_nothing_of_it() {
    let (app, _dir) = relay(Script::new(vec![])).await;
    let (mut job, asked) = job(&app, "ann").await;
    job.quote_for = Vec::new();
    let parts = parts(job).await;
    let last = parts.last().unwrap();
    assert_eq!(last["type"], "error");
    assert!(!format!("{parts:?}").contains("SECRET"));
    assert_eq!(kept(&app, "ann", &asked).await.0, "cut");
}

#[tokio::test]
async fn an_answer_that_breaks_off_says_so_and_is_kept_as_cut() {
    for lines in [
        vec![Line::Says("Half an answer"), Line::Fails],
        vec![Line::Says("Half an answer")],
    ] {
        let (app, _dir) = relay(Script::new(vec![Some(lines)])).await;
        let (job, asked) = job(&app, "ann").await;
        let parts = parts(job).await;
        let kinds = kinds(&parts);
        assert_eq!(
            kinds[kinds.len() - 4..],
            ["text-end", "finish-step", "message-metadata", "error"]
        );
        assert_eq!(parts[parts.len() - 2]["messageMetadata"]["status"], "cut");
        assert!(
            parts[parts.len() - 2]["messageMetadata"]["usage"]["inputTokens"].as_u64() > Some(0)
        );
        let (status, stored) = kept(&app, "ann", &asked).await;
        let text = stored.as_array().unwrap().last().unwrap()["text"].clone();
        assert_eq!((&*status, text), ("cut", json!("Half an answer")));
    }
}

#[tokio::test]
async fn a_reader_who_leaves_ends_the_call_and_what_was_shown_is_kept() {
    let script = Script::new(vec![Some(vec![
        Line::Says("Half "),
        Line::Says("an answer"),
        Line::Hangs,
    ])]);
    let (app, _dir) = relay(script.clone()).await;
    let (job, asked) = job(&app, "ann").await;
    let mut answering = Answering::new(job);
    let first = answering.next().await.unwrap().unwrap();
    assert!(
        String::from_utf8_lossy(&first).contains("Half an answer"),
        "what is ready is one chunk"
    );
    assert_eq!(script.running(), 1);
    drop(answering);
    assert_eq!(script.running(), 0, "at once");
    let (status, stored) = kept(&app, "ann", &asked).await;
    let text = stored.as_array().unwrap().last().unwrap()["text"].clone();
    assert_eq!((&*status, text), ("cut", json!("Half an answer")));
}

#[tokio::test]
async fn a_reader_who_leaves_before_anything_came_leaves_an_empty_answer() {
    let (app, _dir) = relay(Script::new(vec![Some(vec![Line::Hangs])])).await;
    let (job, asked) = job(&app, "ann").await;
    drop(Answering::new(job));
    let (status, stored) = kept(&app, "ann", &asked).await;
    assert_eq!(
        (&*status, &stored),
        ("cut", &json!([{"type": "text", "text": ""}]))
    );
}

#[tokio::test]
async fn a_search_of_the_model_adds_sources_before_the_text_that_cites_them() {
    let search = json!({"query": "battery charger"});
    let rounds = vec![
        Some(vec![
            Line::Says("Let me look. "),
            Line::Calls("search_book", search),
            Line::Finishes(Finish::Tools),
        ]),
        Some(vec![
            Line::Says("Overnight [2]."),
            Line::Finishes(Finish::Stop),
        ]),
    ];
    let script = Script::new(rounds);
    let (app, _dir) = relay(script.clone()).await;
    let (mut job, asked) = job(&app, "ann").await;
    let book = app.library.book();
    let options = Options {
        limit: 1,
        mode: Mode::Auto,
        ..Options::default()
    };
    let one = book
        .search("ankle motor".into(), options)
        .await
        .unwrap()
        .ranked()[0]
        .passage;
    let question = Question {
        text: QUESTION.into(),
        passages: vec![one],
        book: Some(book.hash().into()),
        ..Question::default()
    };
    job.sources = Sources::of(book, &question).await.unwrap();
    let parts = parts(job).await;
    let kinds = kinds(&parts);
    let at = |kind: &str| kinds.iter().position(|own| *own == kind).unwrap();
    assert!(at("tool-input-available") < at("tool-output-available"));
    let second = kinds.iter().rposition(|own| *own == "start-step").unwrap();
    let (sources, texts): (Vec<_>, Vec<_>) =
        (second..kinds.len()).partition(|&at| kinds[at] == "source-url");
    let first_text = texts.iter().find(|&&at| kinds[at] == "text-start").unwrap();
    assert!(!sources.is_empty() && sources.iter().all(|at| at < first_text));
    assert_eq!(parts[sources[0]]["sourceId"], "2");
    assert_eq!(text(&parts), "Let me look. Overnight [2].");
    assert_eq!(
        parts.last().unwrap()["messageMetadata"]["usage"]["inputTokens"],
        200,
        "both calls count"
    );
    let prompts = script.prompts();
    let Message::ToolResult { content, .. } = &prompts[1].messages[2] else {
        panic!()
    };
    assert!(content.contains("number=\"2\">\nBattery"), "{content}");
    assert_eq!(kept(&app, "ann", &asked).await.0, "complete");
}

#[tokio::test]
async fn a_model_is_told_what_it_said_before_each_of_its_searches() {
    let searches = |says| {
        vec![
            Line::Says(says),
            Line::Calls("search_book", json!({"query": "battery"})),
            Line::Finishes(Finish::Tools),
        ]
    };
    let end = vec![Line::Says("Overnight."), Line::Finishes(Finish::Stop)];
    let rounds = [searches("Let me look [9]. "), searches("Once more. "), end];
    let script = Script::new(rounds.map(Some).into());
    let (app, _dir) = relay(script.clone()).await;
    let (job, _) = job(&app, "ann").await;
    parts(job).await;
    let said = |message: &Message| match message {
        Message::Assistant { text, .. } => Some(text.clone()),
        _ => None,
    };
    let prompts = script.prompts();
    let said: Vec<String> = prompts[2].messages.iter().filter_map(said).collect();
    assert_eq!(
        said,
        ["Let me look. ", "Once more. "],
        "as the reader has it"
    );
}

#[tokio::test]
async fn a_model_that_only_searches_is_stopped_and_the_passages_are_quoted() {
    let call = |name| {
        vec![
            Line::Calls(name, json!({"query": "battery"})),
            Line::Finishes(Finish::Tools),
        ]
    };
    let rounds = vec![
        Some(call("search_book")),
        Some(call("rm")),
        Some(call("search_book")),
        Some(call("search_book")),
    ];
    let script = Script::new(rounds);
    let (app, _dir) = relay(script.clone()).await;
    let (job, _) = job(&app, "ann").await;
    let parts = parts(job).await;
    assert_eq!(
        script.prompts().len(),
        4,
        "three searches, then an answer is due"
    );
    assert!(script.prompts()[3].tools.is_empty());
    assert!(text(&parts).contains("The ankle motor"));
}

#[tokio::test]
async fn a_flood_is_cut_off_at_the_longest_answer() {
    let lines = vec![Line::Says("0123456789 abcdefghijklmnopqrstuvwxyz. "); 20_000];
    let script = Script::new(vec![Some(lines)]);
    let (app, _dir) = relay(script.clone()).await;
    let (job, asked) = job(&app, "ann").await;
    let parts = parts(job).await;
    assert_eq!(parts.last().unwrap()["finishReason"], "length");
    assert!(text(&parts).len() <= LONGEST_ANSWER + 100);
    assert!(
        kinds(&parts)
            .iter()
            .filter(|kind| **kind == "text-delta")
            .count()
            < 40,
        "deltas are joined"
    );
    assert_eq!(
        (script.running(), kept(&app, "ann", &asked).await.0),
        (0, "complete".to_owned())
    );
}

#[tokio::test(start_paused = true)]
async fn who_waits_hears_a_heartbeat() {
    tokio::time::resume();
    let (app, _dir) = relay(Script::new(vec![Some(vec![Line::Hangs])])).await;
    let (mut job, _) = job(&app, "ann").await;
    // What keeps questions is not of the time that is paused.
    assert!(std::future::poll_fn(|cx| job.ending.poll_kept(cx)).await);
    tokio::time::pause();
    let mut answering = Answering::new(job);
    let first = answering.next().await.unwrap().unwrap();
    assert!(first.starts_with(b"data: {\"type\":\"start\""));
    for _ in 0..3 {
        assert_eq!(answering.next().await.unwrap().unwrap(), ": \n\n");
    }
}

/// How long after the first chunk of an answer each came, where so many others are told.
async fn chunks(others: usize) -> Vec<Duration> {
    tokio::time::resume();
    let lines = (1..21).flat_map(|at| [Line::Says("word "), Line::Until(50 * at)]);
    let lines = lines.chain([Line::Says("end"), Line::Hangs]).collect();
    let (app, _dir) = relay(Script::new(vec![Some(lines)])).await;
    let (mut job, _) = job(&app, "ann").await;
    // What keeps questions is not of the time that is paused.
    assert!(std::future::poll_fn(|cx| job.ending.poll_kept(cx)).await);
    tokio::time::pause();
    let _others: Vec<_> = (0..others).map(|_| Pace::new(&app.crowd)).collect();
    let mut answering = Answering::new(job);
    let (mut told, mut first, mut times) = (String::new(), None, Vec::new());
    while !told.contains("end\"}") {
        let chunk = answering.next().await.unwrap().unwrap();
        told.push_str(std::str::from_utf8(&chunk).unwrap());
        times.push(
            first
                .get_or_insert_with(tokio::time::Instant::now)
                .elapsed(),
        );
    }
    let words = told.matches("word").count();
    assert_eq!(words, 20, "{told}");
    times
}

#[tokio::test(start_paused = true)]
async fn in_a_crowd_tokens_are_gathered_and_the_first_is_not() {
    let alone = chunks(0).await;
    assert_eq!(alone.len(), 21);
    // Gaps of 200 ms.
    let crowded = chunks(1499).await;
    assert!((5..=7).contains(&crowded.len()), "{crowded:?}");
    assert!(crowded[1] <= Duration::from_millis(201), "{crowded:?}");
    let late = crowded[crowded.len() - 1] - alone[alone.len() - 1];
    assert!(late <= Duration::from_millis(201), "{crowded:?}");
}

#[tokio::test]
async fn a_question_that_the_book_does_not_answer_is_answered_with_that() {
    let (app, _dir) = relay(Script::new(vec![])).await;
    let (mut job, _) = job(&app, "ann").await;
    job.quote_for = vec!["what does an opera ticket cost in Vienna?".into()];
    let parts = parts(job).await;
    assert!(text(&parts).contains("does not answer"), "{}", text(&parts));
    assert_eq!(parts.last().unwrap()["messageMetadata"]["cited"], json!([]));
}
