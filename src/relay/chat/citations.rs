//! Citations, checked while an answer streams: a reader sees only numbers of passages that were sent.
//!
//! A citation is `[1]`, `[1, 2]`, `[1-3]` or several in a row, and comes out as `[1][2]`; numbers outside
//! the set go, and the space before with them. Code is left alone: `a[0]` in a code span or a fenced
//! block (CommonMark 0.31, 6.1 and 4.5) cites nothing. A span that is not closed on its line, or within
//! [`HOLD`] bytes, is none, so an unclosed backtick hides nothing.
//!
//! Invariant: what comes out does not depend on how the text was cut into chunks. So everything is
//! decided by the text alone, never by its having ended so far: what is undecided is held back, at most
//! [`HOLD`] bytes and a character of it.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// Most bytes that are held back until it is clear what they are.
pub const HOLD: usize = 256;

/// Checks the citations of one answer.
#[derive(Debug, Default)]
pub struct Citations {
    /// Numbers from 1 to this are of passages that were sent.
    passages: u32,
    held: String,
    place: Place,
    cited: BTreeSet<u32>,
}

/// Where in its Markdown an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    /// Before the first character of a line but for marks of lists and quotations.
    #[default]
    LineStart,
    /// Inside a line.
    Line,
    /// In a fenced block of code, at the start of a line or inside it; with which fence it began.
    Fence {
        mark: u8,
        length: usize,
        at_start: bool,
    },
}

/// What the held text begins with.
enum Piece {
    /// So many bytes that go out as they are; the place after them.
    Text(usize, Place),
    /// So many bytes of spaces, then a citation that ends here.
    Citation {
        spaces: usize,
        end: usize,
        ranges: Vec<RangeInclusive<u32>>,
    },
    /// More has to come before that is clear.
    Open,
}

impl Citations {
    /// An answer to which passages 1 to `passages` were sent.
    pub fn new(passages: u32) -> Self {
        Self {
            passages,
            ..Self::default()
        }
    }

    /// From now on passages 1 to `passages` may be cited.
    pub fn allow(&mut self, passages: u32) {
        self.passages = passages;
    }

    /// How many passages may be cited.
    pub fn passages(&self) -> u32 {
        self.passages
    }

    /// The numbers that were cited so far.
    pub fn cited(&self) -> &BTreeSet<u32> {
        &self.cited
    }

    /// Takes a chunk, and adds to `out` what has become clear.
    pub fn push(&mut self, chunk: &str, out: &mut String) {
        self.held.push_str(chunk);
        self.work(false, out);
    }

    /// Adds what was held back: the text has ended.
    pub fn finish(&mut self, out: &mut String) {
        self.work(true, out);
        self.held.clear();
        self.place = Place::LineStart;
    }

    fn work(&mut self, ended: bool, out: &mut String) {
        let held = std::mem::take(&mut self.held);
        let mut at = 0;
        while let Some(rest) = held.get(at..).filter(|rest| !rest.is_empty()) {
            match piece(rest, self.place, ended) {
                Piece::Open => break,
                Piece::Text(length, place) => {
                    out.push_str(rest.get(..length).unwrap_or(rest));
                    self.place = place;
                    at += length;
                }
                Piece::Citation {
                    spaces,
                    end,
                    ranges,
                } => {
                    let glues = rest.get(end..).unwrap_or_default();
                    let glues = glues.starts_with(char::is_alphanumeric);
                    self.cite(rest.get(..spaces).unwrap_or_default(), &ranges, glues, out);
                    self.place = Place::Line;
                    at += end;
                }
            }
        }
        self.held = held;
        self.held.drain(..at.min(self.held.len()));
    }

    /// Writes the numbers that may be cited, or of the spaces what the words around need.
    fn cite(&mut self, spaces: &str, all: &[RangeInclusive<u32>], glues: bool, out: &mut String) {
        let most = self.passages;
        let numbers = all
            .iter()
            .flat_map(|own| *own.start().max(&1)..=*own.end().min(&most));
        let numbers: BTreeSet<u32> = numbers.collect();
        if !numbers.is_empty() || glues {
            out.push_str(spaces);
        }
        for number in &numbers {
            out.push_str(&format!("[{number}]"));
        }
        self.cited.extend(numbers);
    }
}

/// A text without anything that looks like a citation.
pub fn strip(text: &str) -> String {
    let (mut citations, mut out) = (Citations::new(0), String::new());
    citations.push(text, &mut out);
    citations.finish(&mut out);
    out
}

/// What `rest`, which is not empty, begins with.
fn piece(rest: &str, place: Place, ended: bool) -> Piece {
    if let Place::Fence {
        mark,
        length,
        at_start,
    } = place
    {
        return fenced(rest, mark, length, at_start, ended);
    }
    let bytes = rest.as_bytes();
    let line = |length: usize| Piece::Text(length, Place::Line);
    match bytes.first() {
        Some(b'\n') => Piece::Text(1, Place::LineStart),
        Some(b'\\') => match bytes.get(1) {
            Some(b'`') => line(2),
            None if !ended => Piece::Open,
            _ => line(1),
        },
        Some(b'`') => backticks(rest, place, ended),
        Some(b'~') if place == Place::LineStart => match fence(rest, b'~', ended) {
            Some(piece) => piece,
            None => line(run(bytes, b'~')),
        },
        Some(b' ' | b'[') => bracket(rest, place, ended),
        _ if place == Place::LineStart && bytes.first().is_some_and(is_mark) => {
            Piece::Text(1, Place::LineStart)
        }
        _ => {
            let special = |c: char| matches!(c, '\n' | '\\' | '`' | ' ' | '[');
            let mut others = rest.char_indices().skip(1);
            let end = others.find(|&(_, c)| special(c));
            line(end.map_or(rest.len(), |(at, _)| at))
        }
    }
}

/// What may stand before a fence: white space, marks of quotations and of items of lists.
fn is_mark(byte: &u8) -> bool {
    b"\t\r>-*+.)".contains(byte) || byte.is_ascii_digit()
}

fn run(bytes: &[u8], mark: u8) -> usize {
    bytes.iter().take_while(|&&byte| byte == mark).count()
}

/// A run of backticks: the fence of a block, a code span, or nothing special.
fn backticks(rest: &str, place: Place, ended: bool) -> Piece {
    if place == Place::LineStart
        && let Some(piece) = fence(rest, b'`', ended)
    {
        return piece;
    }
    let bytes = rest.as_bytes();
    let seen = bytes.get(..HOLD).unwrap_or(bytes);
    let length = run(seen, b'`');
    let line_end = seen.iter().position(|&byte| byte == b'\n');
    let line = seen.get(..line_end.unwrap_or(seen.len())).unwrap_or(seen);
    let mut at = length;
    while let Some(next) = line
        .get(at..)
        .and_then(|own| own.iter().position(|&byte| byte == b'`'))
    {
        at += next;
        let own = run(line.get(at..).unwrap_or_default(), b'`');
        let is_whole = at + own < line.len() || line_end.is_some() || ended || seen.len() == HOLD;
        if own == length && is_whole {
            return Piece::Text(at + own, Place::Line);
        }
        at += own;
    }
    match line_end.is_some() || ended || seen.len() == HOLD {
        true => Piece::Text(length, Place::Line),
        false => Piece::Open,
    }
}

/// The fence that opens a block, if it is one: three marks or more, and behind them on the line no
/// backtick.
fn fence(rest: &str, mark: u8, ended: bool) -> Option<Piece> {
    let bytes = rest.as_bytes();
    let seen = bytes.get(..HOLD).unwrap_or(bytes);
    let length = run(seen, mark);
    if length < 3 && (length < seen.len() || ended) {
        return None;
    }
    let line_end = seen.iter().position(|&byte| byte == b'\n');
    let info = seen.get(length..line_end.unwrap_or(seen.len()));
    if mark == b'`' && info.unwrap_or_default().contains(&b'`') {
        return None;
    }
    match line_end {
        Some(end) => {
            let at_start = true;
            Some(Piece::Text(
                end + 1,
                Place::Fence {
                    mark,
                    length,
                    at_start,
                },
            ))
        }
        None if ended || seen.len() == HOLD => None,
        None => Some(Piece::Open),
    }
}

/// Code of a fenced block, or the fence that closes it.
fn fenced(rest: &str, mark: u8, length: usize, at_start: bool, ended: bool) -> Piece {
    let bytes = rest.as_bytes();
    let inside = |at_start| Place::Fence {
        mark,
        length,
        at_start,
    };
    if at_start {
        let seen = bytes.get(..HOLD).unwrap_or(bytes);
        let indent = seen
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b'>'))
            .count();
        let marks = run(seen.get(indent..).unwrap_or_default(), mark);
        let behind = seen.get(indent + marks..).unwrap_or_default();
        let blank = behind
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
            .count();
        let is_short = seen.len() < HOLD && !ended;
        match behind.get(blank) {
            Some(b'\n') if marks >= length => {
                return Piece::Text(indent + marks + blank + 1, Place::LineStart);
            }
            None if is_short => return Piece::Open,
            None if marks >= length && seen.len() < HOLD => {
                return Piece::Text(rest.len(), Place::LineStart);
            }
            _ => {}
        }
    }
    match bytes.iter().position(|&byte| byte == b'\n') {
        Some(end) => Piece::Text(end + 1, inside(true)),
        None => Piece::Text(rest.len(), inside(false)),
    }
}

/// Spaces, and the citation behind them if there is one.
fn bracket(rest: &str, place: Place, ended: bool) -> Piece {
    let bytes = rest.as_bytes();
    let spaces = run(bytes, b' ');
    let after = match place {
        Place::LineStart => Place::LineStart,
        _ => Place::Line,
    };
    if spaces >= HOLD / 2 {
        return Piece::Text(HOLD / 2, after);
    }
    match bytes.get(spaces) {
        None if !ended => return Piece::Open,
        Some(b'[') => {}
        _ => return Piece::Text(spaces, after),
    }
    let inner = rest.get(spaces + 1..).unwrap_or_default();
    match citation(inner) {
        Cited::Yes(length, ranges) => {
            let end = spaces + 1 + length;
            // What follows says whether the space before is needed.
            match end == rest.len() && !ended {
                true => Piece::Open,
                false => Piece::Citation {
                    spaces,
                    end,
                    ranges,
                },
            }
        }
        Cited::Open if !ended => Piece::Open,
        _ => Piece::Text(spaces + 1, Place::Line),
    }
}

enum Cited {
    /// Bytes to behind the closing bracket, and what is cited.
    Yes(usize, Vec<RangeInclusive<u32>>),
    No,
    Open,
}

/// Longest citation, in bytes behind its opening bracket.
const LONGEST: usize = HOLD / 4;

/// Reads `1, 2-4]`.
fn citation(inner: &str) -> Cited {
    let mut close = None;
    for (at, c) in inner.char_indices() {
        match c {
            ']' => {
                close = Some(at);
                break;
            }
            _ if at >= LONGEST => return Cited::No,
            '0'..='9' | ' ' | ',' | ';' | '-' | '–' | '—' => {}
            _ => return Cited::No,
        }
    }
    let Some(numbers) = close.and_then(|close| inner.get(..close)) else {
        return Cited::Open;
    };
    let ranges: Option<Vec<_>> = numbers.split([',', ';']).map(range).collect();
    match ranges {
        Some(ranges) => Cited::Yes(numbers.len() + 1, ranges),
        None => Cited::No,
    }
}

/// Reads `2` or `2-4`; a number too large for any passage is one too.
fn range(text: &str) -> Option<RangeInclusive<u32>> {
    let number = |text: &str| {
        let digits = text.trim();
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse().unwrap_or(u32::MAX))
    };
    match text.split_once(['-', '–', '—']) {
        Some((first, last)) => Some(number(first)?..=number(last)?),
        None => number(text).map(|own| own..=own),
    }
}

#[cfg(test)]
mod tests;
