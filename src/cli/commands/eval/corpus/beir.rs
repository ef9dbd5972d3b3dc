//! Folders of BEIR (Thakur et al. 2021): `corpus.jsonl`, `queries.jsonl` and `qrels/SPLIT.tsv`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use lectern_core::{Book, Page, Passage, Section};
use serde::Deserialize;

use super::{Corpus, Question, need};
use crate::jsonl;

/// The file that tells this format.
pub const FILE: &str = "corpus.jsonl";

/// Splits that are taken when none is named, the first that is there.
const SPLITS: [&str; 2] = ["test", "dev"];

/// A line of `corpus.jsonl`.
#[derive(Debug, Deserialize)]
struct Document {
    _id: String,
    #[serde(default)]
    title: String,
    text: String,
}

/// A line of `queries.jsonl`.
#[derive(Debug, Deserialize)]
struct Query {
    _id: String,
    text: String,
}

/// The scores of documents, by query.
type Judgements = BTreeMap<String, BTreeMap<u32, f64>>;

/// Reads a folder; the queries that the split judges.
pub fn read(dir: &Path, file: &Path, split: Option<&str>) -> Result<Corpus> {
    let documents: Vec<Document> = jsonl::read(file)?;
    let mut places = BTreeMap::new();
    for (document, place) in documents.iter().zip(0..) {
        if places.insert(document._id.clone(), place).is_some() {
            bail!(
                "{}: document {:?} is there twice",
                file.display(),
                document._id
            );
        }
    }
    let queries_file = need(dir, "queries.jsonl")?;
    let queries: Vec<Query> = jsonl::read(&queries_file)?;
    let (split, qrels) = choose(&dir.join("qrels"), split)?;
    let known = queries.iter().map(|query| query._id.as_str()).collect();
    let mut judged = judgements(&qrels, &known, &places)?;
    let question = |query: Query| {
        Some(Question {
            gains: judged.remove(&query._id)?,
            itself: places.get(&query._id).copied(),
            text: query.text,
            typo: None,
        })
    };
    let questions: Vec<Question> = queries.into_iter().filter_map(question).collect();
    if questions.is_empty() {
        bail!("{} judges no query", qrels.display());
    }
    Ok(Corpus {
        book: book(documents),
        questions,
        part: Some(split),
    })
}

/// The split and its file: the one asked for, else `test`, else `dev`, else the only one.
fn choose(dir: &Path, split: Option<&str>) -> Result<(String, PathBuf)> {
    let file = |split: &str| jsonl::find(dir, &format!("{split}.tsv"));
    let found = |split: &str| Some((split.to_owned(), file(split)?));
    let there = splits(dir)?;
    let listed = || there.iter().cloned().collect::<Vec<_>>().join(", ");
    match split {
        Some(split) => found(split)
            .with_context(|| format!("{} has no {split}.tsv; it has {}", dir.display(), listed())),
        None => SPLITS
            .into_iter()
            .find_map(found)
            .or_else(|| found(there.first().filter(|_| there.len() == 1)?))
            .with_context(|| match there.len() {
                0 => format!("{} has no .tsv file", dir.display()),
                _ => format!("{}: choose one by --split: {}", dir.display(), listed()),
            }),
    }
}

/// The splits of a folder.
fn splits(dir: &Path) -> Result<BTreeSet<String>> {
    let mut splits = BTreeSet::new();
    let entries = dir.read_dir();
    for entry in entries.with_context(|| format!("cannot read {}", dir.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let plain = name.strip_suffix(".gz").unwrap_or(&name);
        splits.extend(plain.strip_suffix(".tsv").map(str::to_owned));
    }
    Ok(splits)
}

/// The lines of a qrels file, `query-id`, `corpus-id` and `score`, below a line with these names.
/// A score of 0 or less is worth nothing, as in `trec_eval`.
fn judgements(
    file: &Path,
    queries: &BTreeSet<&str>,
    places: &BTreeMap<String, u32>,
) -> Result<Judgements> {
    let text = jsonl::text(file)?;
    let mut judged = Judgements::new();
    let lines = text
        .lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim().is_empty());
    for (line, number) in lines {
        let parsed = match line.split('\t').collect::<Vec<_>>()[..] {
            [query, document, score] => Some((query, document, score.trim().parse::<i32>())),
            _ => None,
        };
        let at = |what: &str| format!("{}, line {number}: {what}", file.display());
        let (query, document, score) = match parsed {
            Some((query, document, Ok(score))) => (query, document, score),
            Some((.., Err(_))) if number == 1 => continue,
            _ => bail!(at(
                "query-id, corpus-id and a whole score are needed, with tabs between"
            )),
        };
        if !queries.contains(query) {
            bail!(at(&format!("query {query:?} is not in queries.jsonl")));
        }
        let place = places.get(document);
        let place =
            place.with_context(|| at(&format!("document {document:?} is not in {FILE}")))?;
        let gains = judged.entry(query.to_owned()).or_default();
        gains.insert(*place, f64::from(score.max(0)));
    }
    Ok(judged)
}

/// A page with one passage for each document, in order.
fn book(documents: Vec<Document>) -> Book {
    let mut book = Book::default();
    for (document, page) in documents.into_iter().zip(0..) {
        book.pages.push(Page {
            url: document._id,
            title: document.title,
            lang: "en".into(),
        });
        book.sections.push(Section {
            page,
            headings: Vec::new(),
            anchor: String::new(),
        });
        book.passages.push(Passage {
            section: page,
            text: document.text,
            code: Vec::new(),
        });
    }
    book
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files;

    const CORPUS: &str = r#"
{"_id": "d1", "title": "A", "text": "one"}
{"_id": "d2", "text": "two", "metadata": {}}
{"_id": "q2", "title": "", "text": "three"}
"#;
    const QUERIES: &str = r#"
{"_id": "q1", "text": "first?"}
{"_id": "unjudged", "text": "second?"}
{"_id": "q2", "text": "third?"}
"#;
    const QRELS: &str = "query-id\tcorpus-id\tscore\nq2\td1\t2\nq1\td2\t1\r\nq1\td1\t0\n";

    /// A folder with these qrels files.
    fn folder(qrels: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            files::write(&folder.path().join(name), text.as_bytes()).unwrap();
        };
        write(FILE, CORPUS);
        write("queries.jsonl", QUERIES);
        for (name, text) in qrels {
            write(&format!("qrels/{name}"), text);
        }
        folder
    }

    fn read_split(folder: &tempfile::TempDir, split: Option<&str>) -> Result<Corpus> {
        read(folder.path(), &folder.path().join(FILE), split)
    }

    fn error(qrels: &str) -> String {
        let folder = folder(&[("test.tsv", qrels)]);
        format!("{:#}", read_split(&folder, None).unwrap_err())
    }

    #[test]
    fn judged_queries_are_asked_with_their_gains_and_never_answer_themselves() {
        let corpus = read_split(&folder(&[("test.tsv", QRELS)]), None).unwrap();
        let [first, third] = &corpus.questions[..] else {
            panic!("{:?}", corpus.questions);
        };
        assert_eq!(first.gains, BTreeMap::from([(0, 0.0), (1, 1.0)]));
        assert_eq!((third.text.as_str(), third.itself), ("third?", Some(2)));
        assert_eq!(third.gains, BTreeMap::from([(0, 2.0)]));
        assert_eq!(corpus.part.as_deref(), Some("test"));
        let (section, page) = corpus.book.locate(1).unwrap();
        assert_eq!((page.url.as_str(), section.page), ("d2", 1));
        assert_eq!(corpus.book.passages[1].text, "two");
    }

    #[test]
    fn test_comes_before_dev_and_dev_before_another_split() {
        let chosen = |names: &[&str], split| {
            let files: Vec<_> = names.iter().map(|&name| (name, QRELS)).collect();
            read_split(&folder(&files), split).map(|corpus| corpus.part.unwrap())
        };
        assert_eq!(
            chosen(&["dev.tsv", "test.tsv", "train.tsv"], None).unwrap(),
            "test"
        );
        assert_eq!(chosen(&["dev.tsv", "train.tsv"], None).unwrap(), "dev");
        assert_eq!(chosen(&["train.tsv"], None).unwrap(), "train");
        assert_eq!(
            chosen(&["test.tsv", "train.tsv"], Some("train")).unwrap(),
            "train"
        );
        let fails = |names: &[&str], split, part: &str| {
            let message = format!("{:#}", chosen(names, split).unwrap_err());
            assert!(message.contains(part), "{message}");
        };
        fails(&["a.tsv", "b.tsv"], None, "choose one by --split: a, b");
        fails(&["dev.tsv"], Some("test"), "has no test.tsv; it has dev");
        fails(&[], None, "cannot read");
        fails(&["notes.txt"], None, "has no .tsv file");
    }

    #[test]
    fn wrong_judgements_are_errors_that_name_file_and_line() {
        let cases = [
            (
                "q1\td9\t1\n",
                "test.tsv, line 1: document \"d9\" is not in corpus.jsonl",
            ),
            ("h\th\th\nq9\td1\t1\n", "test.tsv, line 2: query \"q9\""),
            ("h\th\th\n\nq1\td1\tmuch\n", "test.tsv, line 3: query-id"),
            ("h\th\th\nq1 d1 1\n", "test.tsv, line 2: query-id"),
            ("query-id\tcorpus-id\tscore\n", "judges no query"),
        ];
        for (qrels, expected) in cases {
            let message = error(qrels);
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn a_document_twice_and_a_missing_file_are_errors() {
        let twice = folder(&[("test.tsv", QRELS)]);
        let doubled = format!("{CORPUS}{CORPUS}");
        files::write(&twice.path().join(FILE), doubled.as_bytes()).unwrap();
        let message = read_split(&twice, None).unwrap_err().to_string();
        assert!(message.contains("\"d1\" is there twice"), "{message}");
        std::fs::remove_file(twice.path().join("queries.jsonl")).unwrap();
        files::write(&twice.path().join(FILE), CORPUS.as_bytes()).unwrap();
        let message = read_split(&twice, None).unwrap_err().to_string();
        assert!(message.contains("has no queries.jsonl"), "{message}");
    }
}
