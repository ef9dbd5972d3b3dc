use std::fs;

use crate::support::{Place, page};
use lectern_core::shelf::VERSION;

/// First bytes of a compressed file (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

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
    let future = format!("format {}", VERSION + 1);
    let manifest = format!(r#"{{"version": {}, "shape": "nobody knows"}}"#, VERSION + 1);
    place.write("shelf/manifest.json", manifest);
    let own = format!("reads format {VERSION}");
    place.run(["search", "shelf", "biped"]).expect_error(&[
        &future,
        &own,
        "same version of Lectern",
    ]);
    let verified = place.run(["verify", "shelf"]).expect(1);
    assert!(verified.stdout.starts_with("damaged: ") && verified.stdout.contains(&future));
    place.run(["index", "site", "--out", "shelf"]).expect(0);
    place.run(["verify", "shelf"]).expect(0);
}

#[test]
fn a_broken_download_is_found_in_every_section() {
    let place = Place::with_shelf();
    let both = [
        "directory",
        "terms.",
        "spelling.",
        "group.",
        "cells.",
        "cell.",
    ];
    let both = both.map(|kind| (kind, &["small", "full"][..]));
    let full = ["vocabulary", "core", "layer", "rows"].map(|kind| (kind, &["full"][..]));
    for (kind, encoders) in both.into_iter().chain(full) {
        let path = place.section(kind);
        let whole = fs::read(&path).unwrap();
        let search =
            |encoder: &&str| place.run(["search", "shelf", "biped", "--encoder", *encoder]);
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        // Of a numbered file nobody has said how long it is, and gzip finds that its end is missing.
        let cut = match whole.starts_with(&GZIP) && kind.ends_with('.') {
            true => "is damaged",
            false => "is cut short",
        };
        let name = kind.trim_end_matches('.');
        for ran in encoders.iter().map(search) {
            ran.expect_error(&[name, cut, "rebuild"]);
        }
        let verified = place.run(["verify", "shelf"]).expect(1);
        assert!(verified.stdout.contains("damaged: "), "{verified:?}");
        fs::remove_file(&path).unwrap();
        for ran in encoders.iter().map(search) {
            ran.expect_error(&[name, "is missing", "lectern index"]);
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
    for kind in ["cells", "cell.", "vocabulary", "core", "layer", "rows"] {
        fs::remove_file(place.section(kind)).unwrap();
    }
    place
        .run(["search", "shelf", "biped", "--mode", "words"])
        .expect(0);
}

#[test]
fn a_block_that_is_missing_renamed_swapped_or_of_another_build_is_found() {
    let place = Place::with_shelf();
    let words =
        |from: usize| -> String { (from..from + 400).map(|i| format!("word{i} ")).collect() };
    for (number, out) in ["shelf", "other"].into_iter().enumerate() {
        for part in 0..4 {
            let text = format!("<p>{}</p>", words(1_000 * number + 400 * part));
            place.write(&format!("site/more{part}.html"), page("More", &text));
        }
        place.run(["index", "site", "--out", out]).expect(0);
    }
    let verified = |what: &str, expected: &[&str]| {
        let verified = place.run(["verify", "shelf"]).expect(1);
        let named = expected.iter().all(|part| verified.stdout.contains(part));
        assert!(verified.stdout.starts_with("damaged: "), "{what}");
        assert!(named, "{what}: {verified:?}");
    };
    for kind in ["terms", "group"] {
        let [first, second] = [0, 1].map(|at| place.section(&format!("{kind}.{at}.")));
        let [whole, other] = [&first, &second].map(|path| fs::read(path).unwrap());
        let name = first.file_name().unwrap().to_str().unwrap();
        let aside = first.with_extension("aside");
        fs::rename(&first, &aside).unwrap();
        verified("missing", &[name, "is missing"]);
        fs::rename(&aside, &first).unwrap();
        fs::write(&first, &other).unwrap();
        fs::write(&second, &whole).unwrap();
        verified("swapped", &[name, "do not belong together"]);
        fs::write(&second, &other).unwrap();
        let foreign = fs::read(place.path(&format!("other/{name}"))).ok();
        assert_eq!(foreign, None, "another build has other names");
        let foreign = place.section_of("other", &format!("{kind}.0."));
        fs::copy(foreign, &first).unwrap();
        verified("of another build", &[name, "do not belong together"]);
        fs::write(&first, &whole).unwrap();
        place.run(["verify", "shelf"]).expect(0);
    }
}
