//! Formulas of MathML (MathML Core, W3C), on one line as plain text has them: `σ_Z = Z^2/(f B) σ_d`.
//!
//! Readers see them in results and quotations, and searches find their names; the TeX that they were made of is full
//! of commands that nobody looks for.

use super::dom::{Dom, Id};
use super::flow::is_invisible;

/// Elements within each other that are told apart; what is deeper is read as its text.
const DEEPEST: u32 = 64;

/// The formula in `math`, or what is said of it where it holds none.
pub(super) fn text(dom: &Dom, math: Id) -> String {
    let text = join(&pieces(dom, math, 0));
    match dom.attribute(math, "alttext") {
        Some(said) if text.is_empty() => said.to_owned(),
        _ => text,
    }
}

/// A part of a formula, and what it is to its neighbours.
struct Piece {
    kind: Kind,
    text: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    /// A name, or what is written as one.
    Name,
    /// A name to its neighbours; in brackets within another part.
    Fraction,
    /// Text, units among it.
    Word,
    /// An opening bracket.
    Open,
    /// What stands at the end of what is before it: a closing bracket, a comma.
    Close,
    /// What stands between spaces.
    Operator,
    /// An operator that belongs to what follows where nothing is before it.
    Sign,
    /// What stands between its neighbours without spaces.
    Tight,
    /// A bracket that opens and closes alike.
    Bar,
    Space,
}

fn pieces(dom: &Dom, id: Id, depth: u32) -> Vec<Piece> {
    if depth > DEEPEST {
        return piece(Kind::Word, &dom.raw_text(id));
    }
    let parts = || children(dom, id).map(|kid| pieces(dom, kid, depth + 1));
    let all = || parts().flatten();
    match dom.name(id) {
        "mi" | "mo" => symbol(dom, id),
        "mn" => piece(Kind::Number, &dom.raw_text(id)),
        "mtext" | "ms" => word(&dom.raw_text(id)),
        "mspace" => space(),
        "annotation" | "annotation-xml" | "mphantom" => Vec::new(),
        "msqrt" => piece(Kind::Name, &format!("√{}", grouped(all().collect()))),
        "mtd" => all().chain(space()).collect(),
        "mtr" => {
            let row: Vec<Piece> = all().collect();
            let end = if row.is_empty() { "" } else { ROW };
            row.into_iter().chain(piece(Kind::Close, end)).collect()
        }
        "mtable" => {
            let mut rows: Vec<Piece> = all().collect();
            rows.pop_if(|last| last.text == ROW);
            rows
        }
        name @ ("mfrac" | "mroot" | "msub" | "msup" | "msubsup" | "munder" | "mover"
        | "munderover") => {
            let thickness = dom.attribute(id, "linethickness");
            let is_ruled = thickness.is_none_or(|own| !own.starts_with('0'));
            let has_index = matches!(name, "msub" | "msubsup" | "munder" | "munderover");
            let part = |(at, part)| match has_index && at == 1 {
                true => index(part),
                false => grouped(part),
            };
            let parts: Vec<String> = parts().enumerate().map(part).collect();
            let kind = if name == "mfrac" {
                Kind::Fraction
            } else {
                Kind::Name
            };
            piece(kind, &scheme(name, is_ruled, &parts))
        }
        _ => all().collect(),
    }
}

/// What stands behind each row of a table but the last.
const ROW: &str = ";";

/// An element whose parts stand for different things; `is_ruled` of a fraction that has a line.
fn scheme(name: &str, is_ruled: bool, parts: &[String]) -> String {
    let [first, second, third] = [0, 1, 2].map(|at| parts.get(at).map_or("", String::as_str));
    match name {
        _ if second.is_empty() => first.to_owned(),
        "mfrac" if is_ruled => [first, "/", second].concat(),
        "mfrac" => [first, " over ", second].concat(),
        "mroot" => [second, "√", first].concat(),
        "mover" => accented(first, second),
        "msup" => [first, &script("^", second)].concat(),
        _ => [first, &script("_", second), &script("^", third)].concat(),
    }
}

/// What is written below or above; a prime and a degree stand for themselves, and a line or brace for nothing.
fn script(mark: &str, text: &str) -> String {
    match text {
        "∘" if mark == "^" => "°".to_owned(),
        "" | "‾" | "_" | "⏟" | "⏞" => String::new(),
        _ if text.chars().all(|c| matches!(c, '′' | '″' | '‴')) => text.to_owned(),
        _ => [mark, text].concat(),
    }
}

/// A letter with an accent (Unicode's combining ones), or what has something written above it.
fn accented(base: &str, above: &str) -> String {
    let accent = match above {
        "^" | "ˆ" => '\u{302}',
        "~" | "˜" => '\u{303}',
        "ˉ" | "¯" | "‾" => '\u{304}',
        "˙" => '\u{307}',
        "¨" => '\u{308}',
        "⃗" | "→" => '\u{20d7}',
        _ => return [base, &script("^", above)].concat(),
    };
    match base.chars().count() {
        1 => base.chars().chain([accent]).collect(),
        _ => base.to_owned(),
    }
}

/// The elements below a node.
fn children(dom: &Dom, id: Id) -> impl Iterator<Item = Id> {
    let all = std::iter::successors(dom[id].first, |&id| dom[id].next);
    all.filter(|&id| !dom.name(id).is_empty())
}

/// A part with this text, if there is any.
fn piece(kind: Kind, text: &str) -> Vec<Piece> {
    let text: String = text.chars().filter(|&c| !is_invisible(c)).collect();
    let text = text.trim().to_owned();
    if text.is_empty() {
        return Vec::new();
    }
    vec![Piece { kind, text }]
}

fn space() -> Vec<Piece> {
    let (kind, text) = (Kind::Space, String::new());
    vec![Piece { kind, text }]
}

fn word(text: &str) -> Vec<Piece> {
    match text.trim().is_empty() {
        true => space(),
        false => piece(Kind::Word, text),
    }
}

fn symbol(dom: &Dom, id: Id) -> Vec<Piece> {
    let text = dom.raw_text(id);
    let is_name = dom.name(id) == "mi";
    let kind = match text.trim() {
        "(" | "[" | "{" | "⟨" | "⌈" | "⌊" => Kind::Open,
        ")" | "]" | "}" | "⟩" | "⌉" | "⌋" | "," | ";" | "." | "!" => Kind::Close,
        "/" => Kind::Tight,
        "|" | "∣" | "∥" | "‖" if is_name => Kind::Bar,
        _ if is_name => Kind::Name,
        "+" | "-" | "−" | "±" | "∓" | "¬" => Kind::Sign,
        _ => Kind::Operator,
    };
    piece(kind, &text)
}

/// As one part of another: in brackets where it is several, unless it has brackets of its own.
fn grouped(pieces: Vec<Piece>) -> String {
    let text = join(&pieces);
    let kinds = [pieces.first(), pieces.last()].map(|own| own.map(|own| own.kind));
    match (kinds, pieces.len()) {
        ([Some(Kind::Open), Some(Kind::Close)], _) => text,
        ([Some(Kind::Fraction), _], _) | (_, 2..) => format!("({text})"),
        _ => text,
    }
}

/// As an index: letters and numbers in a row are one.
fn index(pieces: Vec<Piece>) -> String {
    match pieces
        .iter()
        .all(|own| matches!(own.kind, Kind::Name | Kind::Number))
    {
        true => pieces.into_iter().map(|own| own.text).collect(),
        false => grouped(pieces),
    }
}

fn join(pieces: &[Piece]) -> String {
    let mut line = String::new();
    let mut before = None;
    // Whether an operator now would be a sign of what follows it.
    let mut begins = true;
    let mut in_bars = false;
    for Piece { kind, text } in pieces {
        let kind = match kind {
            Kind::Bar => {
                in_bars = !in_bars;
                if in_bars { Kind::Open } else { Kind::Close }
            }
            Kind::Fraction => Kind::Name,
            other => *other,
        };
        if let Some(before) = before
            && !line.is_empty()
            && is_apart(before, kind)
        {
            line.push(' ');
        }
        line.push_str(text);
        let is_sign = kind == Kind::Sign && begins;
        if kind != Kind::Space {
            begins = matches!(kind, Kind::Open | Kind::Operator | Kind::Sign) || text == ",";
        }
        before = Some(if is_sign { Kind::Tight } else { kind });
    }
    line.trim_end().to_owned()
}

/// Whether a space stands between two parts.
fn is_apart(before: Kind, own: Kind) -> bool {
    use Kind::{Close, Name, Number, Open, Operator, Sign, Space, Tight};
    match (before, own) {
        (_, Close | Tight | Space) | (Open | Tight, _) => false,
        (Space | Operator | Sign, _) | (_, Operator | Sign) => true,
        (Number, Name) | (Name | Number, Open) => false,
        _ => true,
    }
}

#[cfg(test)]
#[path = "formula_tests.rs"]
mod tests;
