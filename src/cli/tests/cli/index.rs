use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::support::{Place, page};

/// Of a small shelf: five sections, two blocks, a group, a cell, a layer and the manifest.
const FILES: usize = 12;

#[test]
fn a_missing_or_empty_folder_is_named_with_a_remedy() {
    let place = Place::new();
    let index = |site: &str| place.run(["index", site, "--out", "shelf"]);
    index("nowhere").expect_error(&["no folder nowhere", "build the site first"]);
    fs::create_dir(place.path("empty")).unwrap();
    index("empty").expect_error(&["empty holds no .html file", "build the site first"]);
    place.write(
        "blank/index.html",
        "<!doctype html><main><img src=x></main>",
    );
    index("blank").expect_error(&["no page with text", "<main>"]);
    assert!(!place.path("shelf").exists());
}

#[test]
fn a_missing_model_says_how_to_get_it() {
    let place = Place::new();
    place.write("site/a.html", page("A", "<p>text</p>"));
    let index = |model| place.run(["index", "site", "--out", "shelf", "--model", model]);
    index("none.lectern").expect_error(&["no model at none.lectern", "lectern model fetch"]);
    place.write("bad.lectern", "<!doctype html>");
    index("bad.lectern").expect_error(&["the model cannot be used"]);
}

#[test]
fn a_page_without_headings_is_indexed() {
    let place = Place::new();
    place.write(
        "site/plain.html",
        "<!doctype html><title>Plain</title><main>just sprocketry</main>",
    );
    place.run(["index", "site", "--out", "shelf"]).expect(0);
    let found = place
        .run(["search", "shelf", "sprocketry", "--mode", "words"])
        .expect(0);
    assert!(
        found.stdout.contains("Plain") && found.stdout.contains("plain.html"),
        "{found:?}"
    );
}

#[test]
fn invalid_utf_8_is_indexed_with_a_warning() {
    let place = Place::new();
    place.write(
        "site/latin.html",
        b"<main><h1>Latin</h1><p>caf\xe9 sprocketry</p></main>",
    );
    let ran = place
        .run(["index", "site", "--out", "shelf", "--quiet"])
        .expect(0);
    assert!(
        ran.stderr
            .contains("latin.html has bytes that are not UTF-8"),
        "{ran:?}"
    );
    assert_eq!(ran.stdout, "");
    place.run(["search", "shelf", "sprocketry"]).expect(0);
}

#[test]
fn a_page_of_20_mb_is_indexed_and_one_over_the_limit_is_named() {
    let place = Place::new();
    let picture = format!(
        "<img alt='' src='data:image/png;base64,{}'>",
        "iVBORw0K".repeat(2_500_000)
    );
    place.write(
        "site/large.html",
        page("Large", &format!("{picture}<p>sprocketry</p>")),
    );
    place.run(["index", "site", "--out", "shelf"]).expect(0);
    place.run(["search", "shelf", "sprocketry"]).expect(0);
    place.write("site/huge.html", " ".repeat(33 << 20));
    place
        .run(["index", "site", "--out", "shelf"])
        .expect_error(&["huge.html", "Split it"]);
    place.run(["verify", "shelf"]).expect(0);
}

#[test]
fn the_same_pages_give_the_same_bytes() {
    let place = Place::with_shelf();
    let again = [
        "index",
        "site",
        "--out",
        "again",
        "--cache",
        "other",
        "--threads",
        "3",
    ];
    place.run(again).expect(0);
    let first = place.files("shelf");
    assert_eq!(first.len(), FILES);
    assert_eq!(first, place.files("again"));
    place.run(["index", "site", "--out", "again"]).expect(0);
    assert_eq!(first, place.files("again"), "with vectors from the cache");
    place
        .run(["index", "site/.", "--out", "again", "--title", "site"])
        .expect(0);
    assert_eq!(
        first,
        place.files("again"),
        "with the default title spelt out"
    );
}

#[test]
fn editing_a_page_embeds_its_passages_alone() {
    let place = Place::new();
    for name in ["a", "b", "c"] {
        let content = format!("<p>lead of {name}</p><h2 id=x>Part</h2><p>text of {name}</p>");
        place.write(&format!("site/{name}.html"), page(name, &content));
    }
    let index = || {
        place
            .run(["index", "site", "--out", "shelf"])
            .expect(0)
            .stdout
    };
    let summary = index();
    assert!(
        summary.contains("3 pages, 6 passages (6 embedded, 0 from the cache)"),
        "{summary}"
    );
    let edited = "<p>new lead of b</p><h2 id=x>Part</h2><p>text of b</p>";
    place.write("site/b.html", page("b", edited));
    let summary = index();
    assert!(
        summary.contains("3 pages, 6 passages (1 embedded, 5 from the cache)"),
        "{summary}"
    );
}

#[test]
fn a_cache_that_cannot_be_written_is_only_a_warning() {
    let place = Place::new();
    place.write("site/a.html", page("A", "<p>text</p>"));
    place.write("file", "in the way");
    let ran = place
        .run(["index", "site", "--out", "shelf", "--cache", "file/cache"])
        .expect(0);
    assert!(ran.stderr.contains("vectors were not kept"), "{ran:?}");
    place.run(["verify", "shelf"]).expect(0);
}

#[test]
fn a_folder_that_is_no_shelf_is_left_alone() {
    let place = Place::with_shelf();
    place.write("mine/notes.txt", "mine");
    let refused = place.run(["index", "site", "--out", "mine"]);
    refused.expect_error(&["mine is not empty", "left alone"]);
    assert_eq!(place.files("mine").len(), 1);
    place
        .run(["index", "site", "--out", "site"])
        .expect_error(&["holds the site itself"]);
    place
        .run(["index", "site", "--out", "tiny.lectern"])
        .expect_error(&["is a file"]);
}

#[test]
fn a_shelf_inside_its_site_is_replaced_whole() {
    let place = Place::with_shelf();
    place
        .run(["index", "site", "--out", "site/lectern"])
        .expect(0);
    let before = place.files("site/lectern");
    place.write("site/new.html", page("New", "<p>sprocketry</p>"));
    place
        .run(["index", "site", "--out", "site/lectern"])
        .expect(0);
    let after = place.files("site/lectern");
    assert_eq!(
        (before.len(), after.len()),
        (FILES, FILES),
        "old files are gone"
    );
    assert_ne!(before, after);
    place.run(["verify", "site/lectern"]).expect(0);
}

#[test]
fn work_cut_off_leaves_the_old_shelf_and_keeps_its_vectors() {
    let place = Place::with_shelf();
    let before = place.files("shelf");
    let sections = |page: usize| -> String {
        let text = |i: usize| {
            format!(
                "<h2 id=s{i}>Section {i}</h2><p>{}</p>",
                "robot walks ".repeat(15 + i % 5)
            )
        };
        (0..100).map(|i| text(page * 100 + i)).collect()
    };
    for i in 0..30 {
        place.write(
            &format!("site/more{i}.html"),
            page(&format!("More {i}"), &sections(i)),
        );
    }
    let mut command = place.command([
        "index",
        "site",
        "--out",
        "shelf",
        "--threads",
        "1",
        "--cache",
        "fresh",
    ]);
    let mut running = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(running.stderr.take().unwrap()).lines();
    let seen = lines
        .map(Result::unwrap)
        .find(|line| line.starts_with("embedding passages"));
    running.kill().unwrap();
    assert!(!running.wait().unwrap().success(), "it was still at work");
    assert!(
        seen.is_some_and(|line| line.ends_with(" of 3007")),
        "it was embedding"
    );
    assert_eq!(before, place.files("shelf"));
    place.run(["verify", "shelf"]).expect(0);
    assert!(
        fs::read_dir(place.path("fresh")).unwrap().count() > 50,
        "vectors were kept"
    );
}

#[test]
fn a_book_of_words_alone_needs_no_model_and_is_whole() {
    let place = Place::with_shelf();
    fs::remove_file(place.path("tiny.lectern")).unwrap();
    let index = ["index", "site", "--out", "words", "--words-only"];
    let summary = place.run(index).expect(0).stdout;
    assert!(summary.starts_with("3 pages, 7 passages in "), "{summary}");
    let names: Vec<String> = place.files("words").into_iter().map(|f| f.0).collect();
    assert_eq!(names.len(), 6, "{names:?}");
    assert_eq!(place.run(["verify", "words"]).expect(0).stdout, "ok\n");
    let found = place.run(["search", "words", "disparity", "--mode", "words", "--json"]);
    let found = found.expect(0).json();
    assert_eq!(
        (&found["mode"], &found["encoder"]),
        (&"words".into(), &"none".into())
    );
    let facts = place.run(["inspect", "words", "--json"]).expect(0).json();
    assert_eq!(
        (&facts["model"], &facts["counts"]["passages"]),
        (&().into(), &7.into())
    );
    let text = place.run(["inspect", "words"]).expect(0).stdout;
    assert!(text.contains("words alone"), "{text}");
    let wanted = place.run(["search", "words", "disparity", "--encoder", "full"]);
    wanted.expect_error(&["built without this encoder", "Search by words"]);
    let files = place.files("words");
    place.run(index).expect(0);
    assert_eq!(files, place.files("words"));
}

#[test]
fn words_alone_and_a_model_exclude_each_other() {
    let place = Place::with_shelf();
    let index = [
        "index",
        "site",
        "--out",
        "words",
        "--words-only",
        "--model",
        "m",
    ];
    let refused = place.run(index).expect(2);
    assert!(
        refused.stderr.contains("cannot be used with"),
        "{refused:?}"
    );
    let help = place.run(["index", "--help"]).expect(0).stdout;
    assert!(
        help.contains("--words-only") && help.contains("no model"),
        "{help}"
    );
}
