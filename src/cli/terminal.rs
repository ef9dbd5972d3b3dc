//! What people see: emphasis, harmless text, sizes.

use std::env;
use std::io::{self, BufWriter, IsTerminal, StdoutLock};

/// Standard output, buffered. Failures to write come back as errors, where `println!` would panic.
pub fn stdout() -> BufWriter<StdoutLock<'static>> {
    BufWriter::new(io::stdout().lock())
}

/// Emphasis by ANSI escape sequences, or none.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    enabled: bool,
}

impl Style {
    /// No emphasis.
    pub const PLAIN: Self = Self { enabled: false };
    /// Emphasis.
    pub const ANSI: Self = Self { enabled: true };

    /// What standard output takes: none in a pipe, or with `NO_COLOR` (<https://no-color.org>).
    pub fn of_stdout() -> Self {
        let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if io::stdout().is_terminal() && !refused {
            Self::ANSI
        } else {
            Self::PLAIN
        }
    }

    /// Bold text.
    pub fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    /// Text that steps back.
    pub fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    /// Addresses.
    pub fn link(self, text: &str) -> String {
        self.wrap("36", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.enabled {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// Text without the control characters by which a page could command the terminal; line breaks
/// and tabs stay.
pub fn harmless(text: &str) -> String {
    text.chars()
        .filter(|&c| c == '\n' || c == '\t' || !c.is_control())
        .collect()
}

/// A size in bytes for people: `9.8 MB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_cannot_command_the_terminal() {
        assert_eq!(
            harmless("a\x1b]0;owned\x07b\tc\nd\u{9b}31m"),
            "a]0;ownedb\tc\nd31m"
        );
    }

    #[test]
    fn emphasis_is_for_terminals_alone() {
        assert_eq!(Style::PLAIN.bold("x"), "x");
        assert_eq!(Style::ANSI.bold("x"), "\x1b[1mx\x1b[0m");
    }

    #[test]
    fn sizes_have_a_unit() {
        assert_eq!(size(999), "999 B");
        assert_eq!(size(1_250), "1.2 kB");
        assert_eq!(size(23_329_737), "23.3 MB");
    }
}
