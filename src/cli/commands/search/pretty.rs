//! Hits as people read them.

use std::io::{Result, Write};

use lectern_core::answer::Quote;
use lectern_core::search::{Explain, Hit, Mode, Response, Snippet};
use lectern_core::words::{Kind, TermScore};

use crate::terminal::{Style, harmless};

/// Prints the sentences that answer.
pub fn print_quotes(quotes: &[Quote], style: Style, out: &mut impl Write) -> Result<()> {
    for Quote { number, text, .. } in quotes {
        for line in text.lines() {
            writeln!(out, "> {}", harmless(line))?;
        }
        writeln!(out, "{}\n", style.dim(&format!("[{number}]")))?;
    }
    Ok(())
}

/// Prints a response, page by page.
pub fn print(response: &Response, style: Style, out: &mut impl Write) -> Result<()> {
    for correction in &response.corrections {
        let (from, to) = (harmless(&correction.from), harmless(&correction.to));
        writeln!(
            out,
            "{}",
            style.dim(&format!("Searched for “{to}” instead of “{from}”."))
        )?;
    }
    if response.relaxed {
        let note = "No passage has the phrases or sections asked for. Searched without them.";
        writeln!(out, "{}", style.dim(note))?;
    }
    if response.pages.is_empty() {
        let hint = match response.mode {
            Mode::Words => " Try other words, or --mode hybrid.",
            _ => " Try other words.",
        };
        return writeln!(out, "Nothing found.{hint}");
    }
    for (place, page) in response.pages.iter().enumerate() {
        if place > 0 || !response.corrections.is_empty() || response.relaxed {
            writeln!(out)?;
        }
        writeln!(out, "{}", style.bold(&harmless(&page.title)))?;
        for hit in &page.hits {
            print_hit(hit, style, out)?;
        }
    }
    Ok(())
}

fn print_hit(hit: &Hit, style: Style, out: &mut impl Write) -> Result<()> {
    let path = harmless(&hit.headings.join(" › "));
    if !path.is_empty() {
        writeln!(out, "  {path}")?;
    }
    let url = if hit.url.is_empty() { "/" } else { &hit.url };
    let score = style.dim(&format!("{:.3}", hit.score));
    writeln!(out, "  {}  {score}", style.link(&harmless(url)))?;
    for line in highlighted(&hit.snippet, style).lines() {
        writeln!(out, "    {line}")?;
    }
    if let [first, others @ ..] = &hit.duplicates[..] {
        let more = match others.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let line = format!("the same: {}{more}", harmless(first));
        writeln!(out, "    {}", style.dim(&line))?;
    }
    if let Some(explain) = &hit.explain {
        print_explain(explain, hit.score, style, out)?;
    }
    Ok(())
}

/// The snippet with its highlights in bold.
fn highlighted(snippet: &Snippet, style: Style) -> String {
    let piece = |from: usize, to: usize| harmless(snippet.text.get(from..to).unwrap_or_default());
    let (mut text, mut at) = (String::new(), 0);
    for &(start, end) in &snippet.highlights {
        let (start, end) = (start as usize, end as usize);
        text.push_str(&piece(at, start));
        text.push_str(&style.bold(&piece(start, end)));
        at = end;
    }
    text.push_str(&piece(at, snippet.text.len()));
    text
}

fn print_explain(explain: &Explain, score: f32, style: Style, out: &mut impl Write) -> Result<()> {
    let Explain {
        words,
        meaning,
        title,
        named,
        prior,
        bm25,
        cosine,
        terms,
    } = explain;
    let mut sum = format!("{words:.4} words + {meaning:.4} meaning");
    if *title > 0.0 {
        sum.push_str(&format!(" + {title:.4} title"));
    }
    if *prior != 1.0 {
        sum = format!("{prior:.2} prior · ({sum})");
    }
    if *named > 0.0 {
        sum.push_str(&format!(" + {named:.4} named by the query"));
    }
    let line = format!("{score:.4} = {sum} (BM25 {bm25:.3}, cosine {cosine:.3})");
    writeln!(out, "    {}", style.dim(&line))?;
    for TermScore {
        term,
        kind,
        idf,
        tf,
        score,
    } in terms
    {
        let how = match kind {
            Kind::Exact => "as typed".to_owned(),
            Kind::Prefix => "completes the last word".to_owned(),
            Kind::Fuzzy { distance } => format!("typing errors: {distance}"),
            Kind::Pair => "neighbours".to_owned(),
        };
        let term = harmless(term);
        let line = format!("{score:>8.3}  {term} ({how}; idf {idf:.3}, tf {tf:.2})");
        writeln!(out, "    {}", style.dim(&line))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_keeps_its_text_around_highlights() {
        let snippet = Snippet {
            text: "Grüße an\x1b alle".into(),
            highlights: vec![(0, 7)],
            code: false,
        };
        let shown = highlighted(&snippet, Style::PLAIN);
        assert_eq!(shown, "Grüße an alle");
        let shown = highlighted(&snippet, Style::ANSI);
        assert_eq!(shown, "\x1b[1mGrüße\x1b[0m an alle");
    }
}
