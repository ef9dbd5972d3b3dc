//! The answer without a model, as text: quotations of the book.

use lectern_core::answer::Quote;

use super::citations::strip;

/// The text of an answer by quotations, in Markdown, each with its citation; what is said of a question
/// that the book does not answer where there are none.
pub fn text(quotes: &[Quote], language: Option<&str>, has_sources: bool) -> String {
    if quotes.is_empty() {
        return nothing(language.unwrap_or("en"), has_sources).to_owned();
    }
    let mut text = String::new();
    for (at, quote) in quotes.iter().enumerate() {
        if at > 0 {
            text.push_str("\n\n");
        }
        text.push_str(&match quote.code {
            true => {
                let fence = fence(&quote.text);
                format!(
                    "{fence}\n{}\n{fence}\n\n[{}]",
                    quote.text.trim_end(),
                    quote.number
                )
            }
            // The book's own numbers in brackets are no citations of this answer.
            false => format!("{} [{}]", line(&strip(&quote.text)), quote.number),
        });
    }
    text
}

/// A quotation block of one line.
fn line(text: &str) -> String {
    format!("> {}", text.trim().replace('\n', " "))
}

/// A fence that the code does not have.
fn fence(code: &str) -> String {
    let longest = code.lines().map(|line| {
        let marks = line.trim_start();
        marks.len() - marks.trim_start_matches('`').len()
    });
    "`".repeat(longest.max().unwrap_or(0).max(2) + 1)
}

/// That the book does not answer, in the language with this BCP 47 tag where it is one of those that
/// have stop words, and else in English.
fn nothing(tag: &str, has_sources: bool) -> &'static str {
    let primary = tag.split('-').next().unwrap_or_default();
    match (primary.to_ascii_lowercase().as_str(), has_sources) {
        ("ar", true) => "لا يجيب الكتاب عن هذا السؤال. أقرب المواضع مذكورة في المصادر.",
        ("ar", false) => "لا يجيب الكتاب عن هذا السؤال.",
        ("de", true) => {
            "Das Buch beantwortet diese Frage nicht. Die nächsten Stellen stehen bei den Quellen."
        }
        ("de", false) => "Das Buch beantwortet diese Frage nicht.",
        ("es", true) => {
            "El libro no responde a esta pregunta. Los pasajes más cercanos están en las fuentes."
        }
        ("es", false) => "El libro no responde a esta pregunta.",
        ("fr", true) => {
            "Le livre ne répond pas à cette question. Les passages les plus proches sont dans les sources."
        }
        ("fr", false) => "Le livre ne répond pas à cette question.",
        ("ur", true) => "کتاب اس سوال کا جواب نہیں دیتی۔ قریب ترین مقامات ماخذ میں درج ہیں۔",
        ("ur", false) => "کتاب اس سوال کا جواب نہیں دیتی۔",
        (_, true) => {
            "The book does not answer this question. The nearest passages are among the sources."
        }
        (_, false) => "The book does not answer this question.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quote(number: u32, text: &str, code: bool) -> Quote {
        let text = text.to_owned();
        Quote { number, text, code }
    }

    #[test]
    fn quotations_are_blocks_with_a_citation_and_code_is_fenced() {
        let quotes = [
            quote(2, "As Craig says [7], walk.", false),
            quote(1, "  a[0]\n```\nb", true),
        ];
        let expected = "> As Craig says, walk. [2]\n\n````\n  a[0]\n```\nb\n````\n\n[1]";
        assert_eq!(text(&quotes, None, true), expected);
    }

    #[test]
    fn that_nothing_fits_is_said_in_the_language_asked_for() {
        assert!(text(&[], Some("de-AT"), true).starts_with("Das Buch"));
        assert!(text(&[], Some("xx"), false).ends_with("this question."));
        assert!(text(&[], None, true).contains("sources"));
    }
}
