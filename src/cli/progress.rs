//! How far the work has come: a bar on a terminal, a line for each tenth elsewhere.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

/// How work tells where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reporting {
    /// On standard error.
    Shown,
    /// Not at all.
    Quiet,
}

/// Work of a known number of steps. Threads may share it.
#[derive(Debug)]
pub struct Progress {
    what: &'static str,
    total: usize,
    done: AtomicUsize,
    view: View,
}

#[derive(Debug)]
enum View {
    Bar(ProgressBar),
    Lines,
    None,
}

/// Lines written where there is no terminal.
const LINES: usize = 10;

impl Progress {
    /// Begins work of `total` steps; `what` names them: `embedding passages`.
    pub fn start(what: &'static str, total: usize, reporting: Reporting) -> Self {
        let view = match reporting {
            Reporting::Quiet => View::None,
            Reporting::Shown if io::stderr().is_terminal() => View::Bar(bar(what, total)),
            Reporting::Shown => View::Lines,
        };
        Self {
            what,
            total,
            done: AtomicUsize::new(0),
            view,
        }
    }

    /// One step is done.
    pub fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        match &self.view {
            View::Bar(bar) => bar.inc(1),
            View::Lines if is_mark(done, self.total) => {
                // Progress that cannot be shown must not stop the work.
                let _ = writeln!(io::stderr(), "{}: {done} of {}", self.what, self.total);
            }
            View::Lines | View::None => {}
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let View::Bar(bar) = &self.view {
            bar.finish_and_clear();
        }
    }
}

fn bar(what: &'static str, total: usize) -> ProgressBar {
    let bar = ProgressBar::new(total as u64).with_message(what);
    let template = "{msg} {wide_bar} {pos} of {len}, {eta} left";
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Whether this step is the first of a new tenth.
fn is_mark(done: usize, total: usize) -> bool {
    let tenth = |steps: usize| steps * LINES / total.max(1);
    tenth(done) > tenth(done - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_most_ten_lines_are_written_and_the_last_is_the_end() {
        for total in [1, 3, 10, 999] {
            let marks: Vec<usize> = (1..=total).filter(|&done| is_mark(done, total)).collect();
            assert!(marks.len() <= LINES);
            assert_eq!(marks.last(), Some(&total));
        }
    }
}
