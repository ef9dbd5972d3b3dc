//! The report: a table for people, JSON for programs.

use lectern_core::search::Mode;
use serde_json::{Map, Value, json};

use crate::terminal::harmless;

/// All that was measured.
#[derive(Debug, Default)]
pub struct Report {
    /// What was searched.
    pub subject: String,
    /// Questions asked of it.
    pub questions: usize,
    /// A row for each mode, with and without typing errors.
    pub rows: Vec<Row>,
    /// Questions of the first mode whose page is not among the first 5.
    pub misses: Vec<Miss>,
}

/// One mode's numbers.
#[derive(Debug)]
pub struct Row {
    /// How was searched.
    pub mode: Mode,
    /// Whether the questions had typing errors.
    pub typos: bool,
    /// Names and values, in the order in which they are shown.
    pub measures: Vec<(String, f64)>,
    /// How long searches took.
    pub latency: Latency,
}

/// Percentiles in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Latency {
    /// The median.
    pub p50: f64,
    /// 95 of 100 are not slower.
    pub p95: f64,
    /// 99 of 100 are not slower.
    pub p99: f64,
}

/// A question whose page was not found.
#[derive(Debug)]
pub struct Miss {
    /// Name of the question.
    pub id: String,
    /// What was asked.
    pub text: String,
    /// The pages that would have been right.
    pub expected: Vec<String>,
    /// The pages that came first.
    pub found: Vec<String>,
}

impl Row {
    /// The value of a measure.
    pub fn value(&self, name: &str) -> Option<f64> {
        self.measures
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| *value)
    }

    /// `hybrid`, or `hybrid, typos`.
    fn name(&self) -> String {
        let mode = format!("{:?}", self.mode).to_lowercase();
        if self.typos {
            format!("{mode}, typos")
        } else {
            mode
        }
    }
}

impl Report {
    /// The report for people.
    pub fn text(&self, misses: bool) -> String {
        let mut text = format!(
            "{}: {} questions\n\n",
            harmless(&self.subject),
            self.questions
        );
        let Some(first) = self.rows.first() else {
            return text;
        };
        let names = first.measures.iter().map(|(name, _)| name.as_str());
        let header: Vec<&str> = names.chain(["p50 ms", "p95 ms", "p99 ms"]).collect();
        let line = |name: &str, cells: &[String]| {
            let cells = cells
                .iter()
                .zip(&header)
                .map(|(cell, own)| format!("  {cell:>0$}", own.len()));
            format!("{name:<15}{}\n", cells.collect::<String>())
        };
        text.push_str(&line(
            "mode",
            &header
                .iter()
                .map(|&name| name.to_owned())
                .collect::<Vec<_>>(),
        ));
        for row in &self.rows {
            let Latency { p50, p95, p99 } = row.latency;
            let values = row.measures.iter().map(|(_, value)| format!("{value:.3}"));
            let cells = values.chain([p50, p95, p99].map(|millis| format!("{millis:.2}")));
            text.push_str(&line(&row.name(), &cells.collect::<Vec<_>>()));
        }
        if misses {
            text.push_str(&self.list_of_misses());
        }
        text
    }

    /// The report for programs.
    pub fn json(&self, misses: bool) -> Value {
        let row = |row: &Row| {
            let numbers = row
                .measures
                .iter()
                .map(|(name, value)| (name.clone(), json!(value)));
            let mut json: Map<String, Value> = numbers.collect();
            let Latency { p50, p95, p99 } = row.latency;
            json.insert("mode".into(), json!(row.mode));
            json.insert("typos".into(), json!(row.typos));
            json.insert(
                "latency_ms".into(),
                json!({ "p50": p50, "p95": p95, "p99": p99 }),
            );
            Value::Object(json)
        };
        let rows: Vec<Value> = self.rows.iter().map(row).collect();
        let mut json =
            json!({ "subject": self.subject, "questions": self.questions, "modes": rows });
        if misses {
            let miss = |Miss {
                            id,
                            text,
                            expected,
                            found,
                        }: &Miss| {
                json!({ "id": id, "text": text, "expected": expected, "found": found })
            };
            json["misses"] = self.misses.iter().map(miss).collect();
        }
        json
    }

    fn list_of_misses(&self) -> String {
        let Some(first) = self.rows.first() else {
            return String::new();
        };
        let mut text = format!(
            "\n{} not in the first 5 of {}\n",
            self.misses.len(),
            first.name()
        );
        for Miss {
            id,
            text: asked,
            expected,
            found,
        } in &self.misses
        {
            text.push_str(&format!("\n{}: {}\n", harmless(id), harmless(asked)));
            text.push_str(&format!("  expected {}\n", addresses(expected)));
            text.push_str(&format!("  found    {}\n", addresses(found)));
        }
        text
    }
}

/// Addresses in a row; that of the front page is empty, which nobody would see.
fn addresses(urls: &[String]) -> String {
    let shown = urls
        .iter()
        .map(|url| if url.is_empty() { "/" } else { url });
    harmless(&shown.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let latency = Latency {
            p50: 1.0,
            p95: 2.0,
            p99: 3.0,
        };
        let row = |typos| Row {
            mode: Mode::Hybrid,
            typos,
            measures: vec![("recall@5".into(), 0.5), ("nDCG@10".into(), 0.25)],
            latency,
        };
        let miss = Miss {
            id: "q1".into(),
            text: "why?".into(),
            expected: vec!["a".into()],
            found: vec!["b".into(), "".into()],
        };
        Report {
            subject: "A book".into(),
            questions: 2,
            rows: vec![row(false), row(true)],
            misses: vec![miss],
        }
    }

    #[test]
    fn the_table_lines_up() {
        let expected = "\
A book: 2 questions

mode             recall@5  nDCG@10  p50 ms  p95 ms  p99 ms
hybrid              0.500    0.250    1.00    2.00    3.00
hybrid, typos       0.500    0.250    1.00    2.00    3.00

1 not in the first 5 of hybrid

q1: why?
  expected a
  found    b, /
";
        assert_eq!(report().text(true), expected);
    }

    #[test]
    fn the_json_has_a_row_for_each_mode() {
        let json = report().json(true);
        assert_eq!(json["modes"][1]["mode"], "hybrid");
        assert_eq!(json["modes"][1]["typos"], true);
        assert_eq!(json["modes"][0]["recall@5"], 0.5);
        assert_eq!(json["modes"][0]["latency_ms"]["p95"], 2.0);
        assert_eq!(json["misses"][0]["found"][1], "");
        assert!(report().json(false).get("misses").is_none());
    }
}
