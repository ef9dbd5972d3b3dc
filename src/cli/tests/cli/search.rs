use crate::support::Place;

#[test]
fn hits_show_title_headings_address_and_text() {
    let place = Place::with_shelf();
    let found = place
        .run(["search", "shelf", "support", "polygon", "-k", "1"])
        .expect(0);
    let lines: Vec<&str> = found.stdout.lines().collect();
    assert_eq!(lines[..2], ["Walking", "  Balance"], "{found:?}");
    assert!(
        lines[2].starts_with("  walking.html#balance  "),
        "{found:?}"
    );
    assert!(lines[3].contains("inside the support polygon"), "{found:?}");
    assert!(
        !found.stdout.contains('\x1b'),
        "no escape sequences in a pipe"
    );
}

#[test]
fn each_mode_answers_and_explains() {
    let place = Place::with_shelf();
    for mode in ["hybrid", "words", "meaning"] {
        let found = place.run([
            "search",
            "shelf",
            "depth by disparity",
            "--mode",
            mode,
            "--explain",
        ]);
        let found = found.expect(0);
        assert!(
            found.stdout.contains(" words + ") && found.stdout.contains("cosine"),
            "{mode}"
        );
    }
    let json = place
        .run(["search", "shelf", "disparity", "--explain", "--json"])
        .expect(0)
        .json();
    let hit = &json["pages"][0]["hits"][0];
    assert_eq!(
        (&json["mode"], &hit["url"]),
        (&"hybrid".into(), &"seeing.html#depth".into())
    );
    let part = |name: &str| hit["explain"][name].as_f64().unwrap();
    let sum = part("words") + part("meaning");
    assert!(
        (sum - hit["score"].as_f64().unwrap()).abs() < 1e-6,
        "{json}"
    );
}

#[test]
fn each_encoder_reads_the_query_and_a_query_that_it_cannot_read_is_left_to_words() {
    let place = Place::with_shelf();
    let read_by = |query: &str, encoder: &str| {
        let found = place.run(["search", "shelf", query, "--encoder", encoder, "--json"]);
        found.json()["encoder"].as_str().unwrap().to_owned()
    };
    for encoder in ["small", "full"] {
        assert_eq!(read_by("depth by disparity", encoder), encoder);
    }
    assert_eq!(read_by("漢字", "small"), "none");
}

#[test]
fn nothing_found_exits_with_1() {
    let place = Place::with_shelf();
    let none = place
        .run(["search", "shelf", "zzyzx", "--mode", "words"])
        .expect(1);
    assert!(none.stdout.contains("Nothing found"), "{none:?}");
    let none = place
        .run(["search", "shelf", "zzyzx", "--mode", "words", "--json"])
        .expect(1);
    assert_eq!(none.json()["pages"].as_array().unwrap().len(), 0);
}

#[test]
fn a_typing_error_is_corrected_and_said() {
    let place = Place::with_shelf();
    let found = place
        .run(["search", "shelf", "disparty of cameras", "--mode", "words"])
        .expect(0);
    assert!(
        found
            .stdout
            .starts_with("Searched for “disparity” instead of “disparty”."),
        "{found:?}"
    );
}

#[test]
fn an_empty_query_and_one_of_10000_characters_are_errors_that_say_what_to_do() {
    let place = Place::with_shelf();
    for empty in ["", "  "] {
        place
            .run(["search", "shelf", empty])
            .expect_error(&["the query is empty", "Type a word"]);
    }
    let long = "why ".repeat(2_500);
    place
        .run(["search", "shelf", long.trim_end(), "-k", "1"])
        .expect_error(&["9999", "Shorten it"]);
}

#[test]
fn a_file_of_queries_gives_a_line_each_with_exact_scores() {
    let place = Place::with_shelf();
    place.write(
        "q.jsonl",
        "{\"id\": 1, \"text\": \"disparity\"}\n{\"text\": \"biped\"}\n",
    );
    let search = [
        "search",
        "shelf",
        "--queries",
        "q.jsonl",
        "--json",
        "-k",
        "3",
        "--mode",
    ];
    let answers = place.run(search.into_iter().chain(["hybrid"])).expect(0);
    let lines: Vec<serde_json::Value> = answers
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        (&lines[0]["query"], &lines[0]["mode"]),
        (&"disparity".into(), &"hybrid".into())
    );
    let hits = lines[0]["hits"].as_array().unwrap();
    assert_eq!(hits[0]["url"], "seeing.html#depth");
    assert!(hits.len() <= 3);
    for pair in hits.windows(2) {
        assert!(
            pair[0]["score"].as_f64() >= pair[1]["score"].as_f64(),
            "ranked"
        );
    }
    let bits = u32::from_str_radix(hits[0]["bits"].as_str().unwrap(), 16).unwrap();
    assert_eq!(
        f64::from(f32::from_bits(bits)) as f32,
        hits[0]["score"].as_f64().unwrap() as f32
    );
    place.write("q.jsonl", "{\"text\": \"disparity\"}\n{\"text\": \"\"}\n");
    place
        .run(search.into_iter().chain(["words"]))
        .expect_error(&["the query is empty"]);
    place.write("q.jsonl", "{\"question\": \"disparity\"}\n");
    place
        .run(search.into_iter().chain(["words"]))
        .expect_error(&["q.jsonl, line 1", "text"]);
}

#[test]
fn what_a_query_reads_is_said_round_by_round_and_finds_what_all_of_the_book_finds() {
    let place = Place::with_shelf();
    let search = |query: &str, more: &[&'static str]| {
        let args = ["search", "shelf", query]
            .into_iter()
            .chain(more.iter().copied());
        place.run(args).expect(0).stdout
    };
    let all = search("depth of cameras", &[]);
    let cells = search("depth of cameras", &["--scan", "cells"]);
    let rounds = cells.strip_prefix(&all).unwrap();
    assert!((2..=4).contains(&rounds.lines().count()), "{rounds}");
    for (number, line) in rounds.lines().enumerate() {
        let start = format!("round {}: ", number + 1);
        assert!(line.starts_with(&start) && line.ends_with('B'), "{rounds}");
    }
    assert!(!all.contains("round "), "{all}");
    let misspelt = search("disparty", &["--scan", "cells"]);
    assert!(misspelt.contains("Searched for “disparity”"), "{misspelt}");
    let rounds = misspelt.lines().filter(|line| line.starts_with("round "));
    assert!((2..=4).contains(&rounds.count()), "{misspelt}");
    let words = search(
        "disparity",
        &["--scan", "cells", "--mode", "words", "--json"],
    );
    assert_eq!(words, search("disparity", &["--mode", "words", "--json"]));
}

#[test]
fn inspect_counts_and_measures() {
    let place = Place::with_shelf();
    let facts = place.run(["inspect", "shelf", "--json"]).expect(0).json();
    assert_eq!(facts["title"], "site");
    assert_eq!(
        (&facts["counts"]["pages"], &facts["counts"]["passages"]),
        (&3.into(), &7.into())
    );
    assert!(facts["counts"]["terms"].as_u64() > Some(20));
    assert_eq!(
        (&facts["model"]["name"], &facts["model"]["dimensions"]),
        (&"tiny".into(), &32.into())
    );
    let sizes = facts["sizes"].as_array().unwrap();
    let sections: Vec<&str> = sizes
        .iter()
        .map(|size| size["section"].as_str().unwrap())
        .collect();
    assert_eq!(
        sections,
        ["directory", "cells", "vocabulary", "core", "rows"]
    );
    for size in sizes {
        let file = place.path("shelf").join(size["file"].as_str().unwrap());
        assert_eq!(
            size["stored"].as_u64(),
            Some(file.metadata().unwrap().len())
        );
        let parts = match size["section"].as_str() {
            Some("directory") => 4,
            Some("cells" | "core") => 1,
            _ => 0,
        };
        assert_eq!(size["parts"], parts);
        assert_eq!(size["parts_stored"].as_u64() > Some(0), parts > 0);
    }
    let text = place.run(["inspect", "shelf"]).expect(0).stdout;
    assert!(text.contains("3 pages, 7 passages"), "{text}");
    let passages = place
        .run(["inspect", "shelf", "--passages", "--json"])
        .expect(0)
        .json();
    assert_eq!(passages.as_array().unwrap().len(), 7);
    assert_eq!(passages[1]["url"], "grasping/#force");
    assert_eq!(passages[1]["headings"][0], "Force closure");
}

#[test]
fn a_search_within_a_folder_finds_nothing_of_others() {
    let place = Place::with_shelf();
    let urls = |within: &[&str]| -> Vec<String> {
        let found = place.run(
            [
                &["search", "shelf", "the", "--json", "--mode", "hybrid"],
                within,
            ]
            .concat(),
        );
        let pages = found.json()["pages"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let url = |page: &serde_json::Value| page["url"].as_str().unwrap().to_owned();
        pages.iter().map(url).collect()
    };
    assert_eq!(urls(&["--within", "grasping"]), ["grasping/"]);
    let two = urls(&["--within", "/grasping/", "--within", "walking#"]);
    assert_eq!(two.len(), 2, "{two:?}");
    assert!(!two.contains(&"seeing.html".to_owned()), "{two:?}");
    place
        .run(["search", "shelf", "the", "--within", "nowhere"])
        .expect(1);
}

#[test]
fn an_answer_quotes_sentences_of_the_hits() {
    let place = Place::with_shelf();
    let args = ["search", "shelf", "support", "polygon", "--answer"];
    let found = place.run(args).expect(0);
    assert!(found.stdout.starts_with("> "), "{found:?}");
    let json = place
        .run([&args[..], &["--json"]].concat())
        .expect(0)
        .json();
    let quote = &json["quotes"][0];
    assert!(
        quote["text"].as_str().unwrap().contains("support polygon"),
        "{json}"
    );
    assert_eq!(quote["number"], 1);
}
