//! Text as a browser lays it out: white space collapsed.

/// A line of text under construction.
#[derive(Debug, Default)]
pub(super) struct Flow {
    text: String,
    gap: bool,
}

impl Flow {
    /// Appends text; runs of white space become one space.
    pub(super) fn push(&mut self, text: &str) {
        for c in text.chars().filter(|&c| !is_invisible(c)) {
            if c.is_whitespace() || c.is_control() {
                self.gap = true;
                continue;
            }
            if self.gap && !self.text.is_empty() {
                self.text.push(' ');
            }
            self.gap = false;
            self.text.push(c);
        }
    }

    /// Sets what follows apart by a space.
    pub(super) fn space(&mut self) {
        self.gap = true;
    }

    /// The line so far, without spaces at its ends; the flow is empty afterwards.
    pub(super) fn take(&mut self) -> String {
        self.gap = false;
        std::mem::take(&mut self.text)
    }
}

/// Whether a character is there for layout alone: zero-width space, soft hyphen, marks of direction,
/// word joiner, byte order mark. The joiners U+200C and U+200D are spelling (Persian, Urdu, Hindi).
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_collapses_across_pushes_and_invisible_characters_go() {
        let mut flow = Flow::default();
        flow.push("\n  a\u{a0}\u{a0}b ");
        flow.push(" c\u{200b}d\u{ad}");
        flow.space();
        flow.push("می\u{200c}خواهم \t");
        assert_eq!(flow.take(), "a b cd می\u{200c}خواهم");
        flow.push("x");
        assert_eq!(flow.take(), "x");
    }
}
