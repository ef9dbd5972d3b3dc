use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::Place;

/// Two questions that words answer, and one whose page is not what it says.
const QUESTIONS: &str = r#"
{"id": "zmp", "text": "zero moment point", "page": "/walking.html", "anchor": "balance"}
{"id": "stereo", "text": "disparity of two cameras", "rel": ["seeing.html#depth"], "typo": "disparty of two cameras"}
{"id": "wrong", "text": "support polygon", "page": "grasping", "anchor": "force"}
"#;

const EVAL: [&str; 6] = ["eval", "shelf", "--queries", "q.jsonl", "--mode", "words"];

#[test]
fn every_mode_has_a_row_and_words_find_what_they_should() {
    let place = Place::with_shelf();
    place.write("q.jsonl", QUESTIONS);
    let table = place.run(EVAL[..4].iter().copied()).expect(0).stdout;
    for mode in [
        "hybrid",
        "words",
        "meaning",
        "hybrid, typos",
        "words, typos",
        "meaning, typos",
    ] {
        assert!(
            table
                .lines()
                .any(|line| line.starts_with(&format!("{mode}  "))),
            "{table}"
        );
    }
    let json = place
        .run(EVAL.into_iter().chain(["--json", "--misses"]))
        .expect(0)
        .json();
    let (words, typos) = (&json["modes"][0], &json["modes"][1]);
    let third = 2.0 / 3.0;
    assert_eq!(words["mode"], "words");
    for measure in [
        "recall@1",
        "recall@5",
        "recall@10",
        "section recall@5",
        "MRR@10",
        "nDCG@10",
    ] {
        let value = words[measure].as_f64().unwrap();
        assert!((value - third).abs() < 1e-9, "{measure} is {value}");
    }
    assert_eq!(
        (&typos["typos"], &typos["recall@1"]),
        (&true.into(), &1.0.into())
    );
    assert!(words["latency_ms"]["p95"].as_f64().unwrap() > 0.0);
    assert_eq!(json["misses"][0]["id"], "wrong");
    assert_eq!(json["misses"][0]["found"][0], "walking.html");
    let listed = place
        .run(EVAL.into_iter().chain(["--misses"]))
        .expect(0)
        .stdout;
    assert!(
        listed.contains("wrong: support polygon\n  expected grasping\n  found    walking.html")
    );
}

#[test]
fn recall_below_the_threshold_exits_with_1_and_says_so() {
    let place = Place::with_shelf();
    place.write("q.jsonl", QUESTIONS);
    place
        .run(EVAL.into_iter().chain(["--min-recall", "0.6"]))
        .expect(0);
    let failed = place
        .run(EVAL.into_iter().chain(["--min-recall", "0.7"]))
        .expect(1);
    assert!(
        failed.stderr.contains("recall@5 is 0.667, below 0.7"),
        "{failed:?}"
    );
    assert!(
        failed.stdout.contains("words"),
        "the table is printed all the same"
    );
}

#[test]
fn answers_that_are_not_in_the_book_are_named() {
    let place = Place::with_shelf();
    place.write(
        "q.jsonl",
        r#"{"id": "old", "text": "biped", "page": "gone", "anchor": "x"}"#,
    );
    let ran = place.run(EVAL).expect(0);
    assert!(
        ran.stderr.contains("2 answers are not in the book") && ran.stderr.contains("old: gone")
    );
    place.write("q.jsonl", "not json");
    place.run(EVAL).expect_error(&["q.jsonl, line 1"]);
    place.write("q.jsonl", "");
    place.run(EVAL).expect_error(&["no questions"]);
}

#[test]
fn typing_errors_are_made_by_their_seed_and_replace_those_of_the_file() {
    let place = Place::with_shelf();
    place.write("q.jsonl", QUESTIONS);
    let measured = |options: &[&'static str]| {
        let args = EVAL.into_iter().chain(["--json"]);
        let mut json = place
            .run(args.chain(options.iter().copied()))
            .expect(0)
            .json();
        for row in json["modes"].as_array_mut().unwrap() {
            row.as_object_mut().unwrap().remove("latency_ms");
        }
        json
    };
    let made = measured(&["--typos", "3"]);
    assert_eq!(made, measured(&["--typos", "3"]));
    let (own, made) = (&measured(&[])["modes"][1], &made["modes"][1]);
    assert_eq!(
        (&own["typos"], &made["typos"]),
        (&true.into(), &true.into())
    );
    // One question of the file came with errors, all three get them; the third has a wrong answer.
    assert_eq!(own["recall@5"], 1.0);
    assert!(made["recall@5"].as_f64().unwrap() <= 2.0 / 3.0, "{made}");
    let alone = place.run(EVAL.into_iter().chain(["--typo-words", "2"]));
    assert!(alone.expect(2).stderr.contains("--typos <SEED>"));
}

#[test]
fn a_corpus_is_indexed_in_memory_and_judged_by_chunk() {
    let place = Place::new();
    let chunks = [
        r#"{"id": 0, "doc": "a", "title": "A", "heading": "", "text": "grippers close by friction"}"#,
        r#"{"id": 1, "doc": "a", "title": "A", "heading": "h", "text": "lidar measures distance"}"#,
        r#"{"id": 2, "doc": "b", "title": "", "heading": "", "text": "bipeds fall and catch themselves"}"#,
    ];
    let queries = [
        r#"{"id": "q0", "text": "lidar distance", "rel": [1], "typo": "lidar distnace"}"#,
        r#"{"id": "q1", "text": "how bipeds fall", "rel": [0, 2]}"#,
    ];
    place.write("corpus/chunks.jsonl.gz", gzip(&chunks.join("\n")));
    place.write("corpus/queries.jsonl.gz", gzip(&queries.join("\n")));
    let json = place
        .run(["eval", "--corpus", "corpus", "--json"])
        .expect(0)
        .json();
    let row = |mode: &str, typos: bool| {
        let rows = json["modes"].as_array().unwrap().iter();
        rows.clone()
            .find(|row| row["mode"] == mode && row["typos"] == typos)
            .unwrap()
    };
    let words = row("words", false);
    let (one, half) = (1.0, 1.0 / (1.0 + 1.0 / 3f64.log2()));
    assert!(
        (words["nDCG@10"].as_f64().unwrap() - (one + half) / 2.0).abs() < 1e-9,
        "{words}"
    );
    assert_eq!(words["MRR@10"], 1.0);
    assert_eq!(row("words", true)["recall@1"], 1.0);
    assert_eq!(json["modes"].as_array().unwrap().len(), 6);
    let table = place.run(["eval", "--corpus", "corpus"]).expect(0).stdout;
    let header = table.lines().nth(2).unwrap();
    assert!(
        header.split_whitespace().nth(1) == Some("nDCG@10"),
        "{table}"
    );
    place
        .run(["eval", "--corpus", "nowhere"])
        .expect_error(&["neither chunks.jsonl nor corpus.jsonl"]);
    place
        .run(["eval", "--corpus", "corpus", "--split", "dev"])
        .expect_error(&["leave --split out"]);
}

#[test]
fn a_folder_of_beir_is_read_gzipped_or_not_and_judged_by_grade() {
    let place = Place::new();
    let documents = [
        r#"{"_id": "d1", "title": "", "text": "grippers close by friction"}"#,
        r#"{"_id": "d2", "title": "Lidar", "text": "lidar measures distance by light"}"#,
        r#"{"_id": "d3", "title": "", "text": "bipeds and their lidar distance sensors"}"#,
    ];
    let queries = r#"{"_id": "q1", "text": "lidar distance"}"#;
    place.write("beir/corpus.jsonl.gz", gzip(&documents.join("\n")));
    place.write("beir/queries.jsonl", queries);
    let qrels = "query-id\tcorpus-id\tscore\nq1\td3\t2\nq1\td2\t1\n";
    place.write("beir/qrels/test.tsv", qrels);
    let asked = ["eval", "--corpus", "beir", "--mode", "words", "--json"];
    let json = place.run(asked).expect(0).json();
    assert_eq!(
        (&json["questions"], &json["subject"]),
        (&1.into(), &"beir, test".into())
    );
    let words = &json["modes"][0];
    // The title has the word too, so the document of the lower grade comes first.
    let second = 1.0 / 3f64.log2();
    let expected = (1.0 + 2.0 * second) / (2.0 + second);
    assert!(
        (words["nDCG@10"].as_f64().unwrap() - expected).abs() < 1e-9,
        "{words}"
    );
    assert_eq!(words["recall@1"], 1.0);
    place.write(
        "beir/qrels/test.tsv",
        "query-id\tcorpus-id\tscore\nq1\tgone\t1\n",
    );
    place.run(asked).expect_error(&["test.tsv, line 2", "gone"]);
    place.write("beir/chunks.jsonl", "");
    place
        .run(asked)
        .expect_error(&["chunks.jsonl and corpus.jsonl"]);
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}
