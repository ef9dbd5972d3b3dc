use crate::support::{Place, Ran};

#[test]
fn help_has_examples_and_wrong_usage_exits_with_2() {
    let place = Place::new();
    for command in [
        "index",
        "search",
        "inspect",
        "verify",
        "eval",
        "model",
        "completions",
    ] {
        let help = place.run([command, "--help"]).expect(0);
        assert!(help.stdout.contains("Examples:\n  lectern "), "{command}");
        assert_eq!(place.run([command]).code, 2, "{command} without arguments");
    }
    place
        .run(["search", "shelf", "x", "--mode", "magic"])
        .expect(2);
    place.run(["search", "shelf", "x", "-k", "0"]).expect(2);
    place
        .run(["search", "shelf", "x", "--queries", "file", "--json"])
        .expect(2);
    place
        .run(["eval", "shelf", "--queries", "q", "--min-recall", "2"])
        .expect(2);
}

#[test]
fn completions_are_written_for_every_shell() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = place.run(["completions", shell]).expect(0).stdout;
        assert!(
            script.contains("lectern") && script.contains("inspect"),
            "{shell}"
        );
    }
    let refused = place.run(["completions", "tcsh"]).expect(2);
    assert!(refused.stderr.contains("bash"), "{refused:?}");
}

#[cfg(unix)]
#[test]
fn a_reader_who_has_had_enough_is_no_error() {
    let place = Place::new();
    let mut command = place.command(["completions", "bash"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let ran = Ran::from(command.stdout(writer).output().unwrap()).expect(0);
    assert_eq!(ran.stderr, "");
}
