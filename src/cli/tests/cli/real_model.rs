use crate::support::{Place, page, real_model};

#[test]
fn the_fetched_model_is_recognised_without_network() {
    let place = Place::new();
    std::fs::copy(real_model(), place.path("copy.lectern")).unwrap();
    let mut command = place.command(["model", "fetch", "--out", "copy.lectern"]);
    let ran = command
        .env("PATH", place.path("no-python"))
        .output()
        .unwrap();
    assert!(ran.status.success(), "{ran:?}");
    assert_eq!(ran.stdout, b"copy.lectern\n");
    assert!(ran.stderr.ends_with(b"is there already\n"), "{ran:?}");
}

#[test]
fn meaning_finds_what_words_do_not() {
    let place = Place::new();
    let model = real_model().into_os_string().into_string().unwrap();
    place.write(
        "site/balance.html",
        page("Balance", "<p>A biped stays upright while it walks.</p>"),
    );
    place.write(
        "site/cameras.html",
        page("Cameras", "<p>Lenses project light onto a sensor.</p>"),
    );
    place.write(
        "site/grippers.html",
        page("Grippers", "<p>Fingers close around an object.</p>"),
    );
    place
        .run(["index", "site", "--out", "shelf", "--model", &model])
        .expect(0);
    let question = "how not to topple over when moving on legs";
    place
        .run(["search", "shelf", "topple", "legs", "--mode", "words"])
        .expect(1);
    let found = place
        .run(["search", "shelf", question, "-k", "1"])
        .expect(0);
    assert!(found.stdout.starts_with("Balance\n"), "{found:?}");
}
