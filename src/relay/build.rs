//! Tells the linker which functions stand first in the relay: those of its start, and then those that answer
//! (`order.txt`, which `scripts/order` writes). What stands among them and does not run is mapped into memory all the
//! same, as the kernel maps 64 KB at a time.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

const ORDER: &str = "order.txt";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={ORDER}");
    if !is_taken() {
        return Ok(());
    }
    let order = fs::read_to_string(ORDER)?;
    let sections: String = order
        .lines()
        .map(|name| format!("    *(.text.{name} .text.unlikely.{name})\n"))
        .collect();
    let script = Path::new(&env::var("OUT_DIR")?).join("order.ld");
    let text =
        format!("SECTIONS {{\n  .text.first : {{\n{sections}  }}\n}} INSERT BEFORE .text;\n");
    fs::write(&script, text)?;
    for flag in [Path::new("-T"), &script] {
        println!("cargo::rustc-link-arg-bin=lectern-relay={}", flag.display());
    }
    Ok(())
}

/// Whether the linker is the one that Rust comes with on this system. Who has chosen another is not to be troubled.
fn is_taken() -> bool {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|own| own == value);
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    is("TARGET", "x86_64-unknown-linux-gnu")
        && is("PROFILE", "release")
        && env::var_os("RUSTC_LINKER").is_none()
        && !flags.contains("link")
}
