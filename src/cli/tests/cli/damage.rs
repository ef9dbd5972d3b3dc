use std::fs;

use crate::support::Place;

#[test]
fn a_whole_shelf_is_ok() {
    let place = Place::with_shelf();
    assert_eq!(place.run(["verify", "shelf"]).expect(0).stdout, "ok\n");
}

#[test]
fn what_is_no_shelf_is_told_apart() {
    let place = Place::with_shelf();
    fs::create_dir(place.path("empty")).unwrap();
    place.write(
        "page/manifest.json",
        "<!doctype html><title>Not found</title>",
    );
    place.write("app/manifest.json", "{\"name\": \"a web app\"}");
    place
        .run(["index", "site", "--out", "site/lectern"])
        .expect(0);
    let search = |dir: &str| place.run(["search", dir, "biped"]);
    search("nowhere").expect_error(&["nowhere is not a shelf", "no such folder", "lectern index"]);
    search("empty").expect_error(&["empty is not a shelf", "manifest.json"]);
    search("tiny.lectern").expect_error(&["is a file"]);
    search("site").expect_error(&["did you mean site/lectern?"]);
    search("page").expect_error(&["not part of a Lectern shelf"]);
    search("app").expect_error(&["not part of a Lectern shelf"]);
    for command in ["verify", "inspect"] {
        place
            .run([command, "nowhere"])
            .expect_error(&["nowhere is not a shelf"]);
    }
}

#[test]
fn a_shelf_of_another_version_says_so_before_anything_else() {
    let place = Place::with_shelf();
    let future = r#"{"version": 3, "shape": "nobody knows"}"#;
    place.write("shelf/manifest.json", future);
    let remedy = ["format 3", "reads format 2", "same version of Lectern"];
    place
        .run(["search", "shelf", "biped"])
        .expect_error(&remedy);
    let verified = place.run(["verify", "shelf"]).expect(1);
    assert!(verified.stdout.starts_with("damaged: ") && verified.stdout.contains("format 3"));
    place.run(["index", "site", "--out", "shelf"]).expect(0);
    place.run(["verify", "shelf"]).expect(0);
}

#[test]
fn a_broken_download_is_found_in_every_section() {
    let place = Place::with_shelf();
    let both = ["catalog", "text", "words", "vectors", "vocabulary"];
    let both = both.map(|kind| (kind, &["small", "full"][..]));
    let small = ["small.", "block"].map(|kind| (kind, &["small"][..]));
    let full = ["core", "layer", "rows"].map(|kind| (kind, &["full"][..]));
    for (kind, encoders) in both.into_iter().chain(small).chain(full) {
        let path = place.section(kind);
        let whole = fs::read(&path).unwrap();
        let kind = kind.trim_end_matches('.');
        let search =
            |encoder: &&str| place.run(["search", "shelf", "biped", "--encoder", *encoder]);
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        for ran in encoders.iter().map(search) {
            ran.expect_error(&[kind, "is cut short", "rebuild"]);
        }
        let verified = place.run(["verify", "shelf"]).expect(1);
        assert!(verified.stdout.contains("is cut short"), "{verified:?}");
        fs::remove_file(&path).unwrap();
        for ran in encoders.iter().map(search) {
            ran.expect_error(&[kind, "is missing", "lectern index"]);
        }
        let verified = place.run(["verify", "shelf"]).expect(1);
        assert!(verified.stdout.contains("is missing"), "{verified:?}");
        fs::write(&path, &whole).unwrap();
    }
    place.run(["verify", "shelf"]).expect(0);
}

#[test]
fn a_changed_byte_is_found_in_every_file() {
    let place = Place::with_shelf();
    for (name, whole) in place.files("shelf") {
        let mut changed = whole.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        let path = place.path("shelf").join(&name);
        fs::write(&path, &changed).unwrap();
        let verified = place.run(["verify", "shelf"]).expect(1);
        assert!(
            verified.stdout.starts_with("damaged: "),
            "{name}: {verified:?}"
        );
        assert_eq!(verified.stdout.lines().count(), 1, "{name}");
        fs::write(&path, whole).unwrap();
    }
}

#[test]
fn words_need_no_encoder() {
    let place = Place::with_shelf();
    for kind in ["vectors", "vocabulary", "small", "core", "rows"] {
        fs::remove_file(place.section(kind)).unwrap();
    }
    place
        .run(["search", "shelf", "biped", "--mode", "words"])
        .expect(0);
}
