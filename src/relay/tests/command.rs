//! The program as a process. That this is a test of it also has `cargo test` build it, for the tests beyond Rust.

#![allow(clippy::unwrap_used)] // Helpers of tests, too, fail by panicking.

use std::process::{Command, Output};

fn relay(flags: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lectern-relay"));
    command.env_clear().args(flags);
    command.output().unwrap()
}

#[test]
fn a_shelf_that_is_not_there_stops_it_with_the_settings_name() {
    let output = relay(&["--check-config", "--shelf", "/nowhere"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("LECTERN_SHELF"), "{told}");
}

#[test]
fn help_names_every_setting_as_an_environment_variable() {
    let output = relay(&["--help"]);
    let told = String::from_utf8_lossy(&output.stdout);
    for setting in [
        "LECTERN_SHELF",
        "LECTERN_DATABASE",
        "LECTERN_COMPATIBLE_URL",
    ] {
        assert!(told.contains(setting), "{setting} is not in {told}");
    }
}
