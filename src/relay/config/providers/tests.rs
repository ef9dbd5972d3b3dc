use clap::Parser;

use super::*;

#[derive(Debug, Parser)]
struct Cli {
    #[command(flatten)]
    providers: Providers,
}

/// The environment of who runs the tests counts as well, so every test gives what it depends on.
fn parse(flags: &[&str]) -> Result<Providers, String> {
    let unset = ["--openai-api-key=", "--gemini-api-key="];
    let unset = unset
        .iter()
        .filter(|unset| !flags.iter().any(|flag| flag.starts_with(**unset)));
    let cli = Cli::try_parse_from(std::iter::once(&"x").chain(unset).chain(flags));
    cli.map(|cli| cli.providers)
        .map_err(|error| error.to_string())
}

fn order(flags: &[&str]) -> Vec<Kind> {
    let providers = parse(flags).unwrap();
    providers.check().unwrap();
    providers.order()
}

#[test]
fn with_nothing_configured_the_passages_answer() {
    let providers = parse(&[]).unwrap();
    assert_eq!(order(&[]), [Kind::Extractive]);
    assert!(providers.extractive() && providers.build().unwrap().is_empty());
}

#[test]
fn who_has_a_key_or_an_address_is_asked() {
    use Kind::{Compatible, Extractive, Gemini, Openai};
    assert_eq!(order(&["--openai-key=k"]), [Openai, Extractive]);
    assert_eq!(
        order(&["--openai-api-key=k", "--gemini-key=k"]),
        [Openai, Gemini, Extractive]
    );
    assert_eq!(
        order(&["--openai-url=http://127.0.0.1:11434/v1"]),
        [Openai, Extractive]
    );
    let ollama = [
        "--openai-key=k",
        "--compatible-url=http://127.0.0.1:11434/v1",
        "--compatible-model=llama3.2",
    ];
    assert_eq!(order(&ollama), [Openai, Compatible, Extractive]);
    assert_eq!(order(&["--openai-key=", "--gemini-key= "]), [Extractive]);
    let only = [
        "--gemini-key=k",
        "--openai-key=k",
        "--providers=gemini,openai",
    ];
    assert_eq!(order(&only), [Gemini, Openai]);
    let chain = parse(&only).unwrap().build().unwrap();
    assert_eq!(
        (chain.is_empty(), chain.model()),
        (false, "gemini-2.5-flash")
    );
}

#[test]
fn settings_that_do_not_go_together_are_told_with_a_legal_example() {
    for (flags, setting) in [
        (&["--providers=openai"][..], "LECTERN_OPENAI_KEY"),
        (&["--providers=gemini,extractive"], "LECTERN_GEMINI_KEY"),
        (&["--providers=extractive,extractive"], "LECTERN_PROVIDERS"),
        (
            &["--openai-key=k", "--providers=extractive,openai"],
            "LECTERN_PROVIDERS",
        ),
        (&["--openai-key=a\nb"], "LECTERN_OPENAI_KEY"),
        (
            &["--gemini-key=k", "--gemini-model="],
            "LECTERN_GEMINI_MODEL",
        ),
        (&["--providers=compatible"], "LECTERN_COMPATIBLE_URL"),
        (
            &["--compatible-url=http://127.0.0.1:11434/v1"],
            "LECTERN_COMPATIBLE_MODEL",
        ),
        (&["--answers=0"], "LECTERN_ANSWERS"),
    ] {
        let error = parse(flags).unwrap().check().unwrap_err();
        assert_eq!(error.setting, setting, "{error}");
        assert!(
            !error.example.is_empty() && !error.to_string().contains("a\nb"),
            "{error}"
        );
    }
}

#[test]
fn a_wrong_value_is_told_with_the_flag_and_a_legal_example() {
    for (flag, value, told) in [
        ("--providers", "claude", "extractive"),
        ("--openai-url", "localhost", "https://api.example.org/v1"),
        ("--openai-url", "ftp://x", "https://api.example.org/v1"),
        (
            "--openai-url",
            "https://k@x/v1",
            "https://api.example.org/v1",
        ),
        ("--gemini-price", "1", "0.15,0.60"),
        ("--provider-idle", "0", "20 or 0.5"),
        ("--provider-idle", "NaN", "20 or 0.5"),
        (
            "--provider-proxy",
            "socks5://x",
            "http://proxy.example.org:3128",
        ),
    ] {
        let error = parse(&[flag, value]).unwrap_err();
        assert!(error.contains(flag) && error.contains(told), "{error}");
    }
}

#[test]
fn keys_are_not_printed() {
    let providers = parse(&[
        "--openai-key=hunter2",
        "--gemini-key=hunter2",
        "--compatible-url=http://127.0.0.1:1/v1",
        "--compatible-model=m",
        "--compatible-key=hunter2",
        "--provider-proxy=http://me:hunter2@proxy.example.org",
    ])
    .unwrap();
    let built = providers.build().unwrap();
    assert!(!format!("{providers:?} {built:?}").contains("hunter2"));
}
