//! The programs as processes. That these are tests of them also has `cargo test` build them, for the tests beyond Rust.

use std::process::Command;

#[test]
fn the_upstream_and_the_load_generator_start_and_tell_their_options() {
    for program in [
        env!("CARGO_BIN_EXE_lectern-upstream"),
        env!("CARGO_BIN_EXE_lectern-load"),
    ] {
        let output = Command::new(program).arg("--help").output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && told.contains("Usage"), "{told}");
    }
}
