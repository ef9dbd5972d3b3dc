//! What a reader finds in a small book: operators, names of pages, priors, duplicates.

use lectern_core::search::{Hit, Mode, Options as SearchOptions, Response, Searcher, Tier};

use crate::{Indexer, Options, Priors, Scan, open};

/// A book of words alone: of each page its file, its title and its body.
fn book(pages: &[(&str, &str, &str)], priors: Priors) -> Searcher {
    let mut indexer = Indexer::of_words(Options {
        priors,
        ..Options::default()
    });
    for (file, title, body) in pages {
        // A page may begin with what it says of itself.
        let meta = body.starts_with("<meta").then(|| body.find('>'));
        let (meta, body) = body.split_at(meta.flatten().map_or(0, |end| end + 1));
        let html = format!("{meta}<main><h1>{title}</h1>{body}</main>");
        indexer.add_page(file, html.as_bytes()).unwrap();
    }
    let shelf = indexer.finish().unwrap();
    let mut read = |name: &str| {
        let file = shelf.files.iter().find(|file| file.name == name);
        file.map(|file| file.bytes.clone())
            .ok_or_else(|| std::io::ErrorKind::NotFound.into())
    };
    open(&mut read, Tier::None, Scan::All).unwrap().1
}

fn search(searcher: &mut Searcher, query: &str) -> Response {
    let options = SearchOptions {
        limit: 10,
        mode: Mode::Words,
        explain: true,
        ..SearchOptions::default()
    };
    searcher.search(query, &options).unwrap()
}

fn urls(response: &Response) -> Vec<&str> {
    response.ranked().into_iter().map(|hit| &*hit.url).collect()
}

fn robots() -> Searcher {
    let pages = [
        (
            "docs/walking.html",
            "Walking",
            "<p>A robot walks with a map. Balance is everything to it.</p><h2 id=maps>Maps</h2><p>The map of a robot.</p>",
        ),
        (
            "docs/mapping.html",
            "How to map",
            "<p>Walking robots make a map, and a map of a map; maps are made by walking, walking and walking.</p>",
        ),
        (
            "blog/map.html",
            "News",
            "<p>A map, a map, a map! The robot has python and a map.</p>",
        ),
        (
            "docs/quick-start.html",
            "Begin here",
            "<p>Install it, then let the robot walk.</p>",
        ),
    ];
    book(&pages, Priors::default())
}

#[test]
fn a_page_that_the_query_names_comes_first() {
    let mut robots = robots();
    for (query, first) in [
        ("walking", "docs/walking.html"),
        ("Walking ", "docs/walking.html"),
        ("how to map", "docs/mapping.html"),
        ("map", "docs/mapping.html"),
        ("quick start", "docs/quick-start.html"),
        ("begin here", "docs/quick-start.html"),
        ("wakling ", "docs/walking.html"),
    ] {
        assert_eq!(urls(&search(&mut robots, query))[0], first, "{query}");
    }
}

#[test]
fn operators_leave_out_what_is_not_asked_for() {
    let mut robots = robots();
    let found = |robots: &mut Searcher, query: &str| {
        let response = search(robots, query);
        assert!(!response.relaxed, "{query}");
        let mut urls: Vec<String> = urls(&response).into_iter().map(str::to_owned).collect();
        urls.sort();
        urls
    };
    assert_eq!(
        found(&mut robots, "\"map of a robot\" "),
        ["docs/walking.html#maps"]
    );
    assert_eq!(
        found(&mut robots, "robot section:maps"),
        ["docs/mapping.html", "docs/walking.html#maps"]
    );
    assert_eq!(
        found(&mut robots, "robot map -python -walking "),
        Vec::<String>::new()
    );
    assert_eq!(
        found(&mut robots, "robot map -python "),
        [
            "docs/mapping.html",
            "docs/quick-start.html",
            "docs/walking.html",
            "docs/walking.html#maps"
        ]
    );
}

#[test]
fn a_phrase_that_is_nowhere_falls_back_to_its_words() {
    let mut robots = robots();
    for query in [
        "\"robot of a map\" ",
        "\"zebra map\"",
        "robot section:zebra ",
        "error: \"robot\" not \"walks map\"",
    ] {
        let response = search(&mut robots, query);
        assert!(response.relaxed && !response.pages.is_empty(), "{query}");
    }
    let excluded = search(&mut robots, "\"robot of a map\" -python ");
    assert!(excluded.relaxed && !urls(&excluded).contains(&"blog/map.html"));
    assert_eq!(
        search(&mut robots, "\"robto\"").suggestion.as_deref(),
        Some("\"robot\"")
    );
}

#[test]
fn priors_move_pages_but_not_before_one_that_is_named() {
    let mut priors = Priors::default();
    priors.add("/blog", 4.0).unwrap();
    let text = "<p>The same story about a robot and its arm.</p>";
    let other = "<p>One more story about a robot and its leg.</p>";
    let own = "<meta name=\"lectern:prior\" content=\"0.25\"><p>A robot is a story of its own.</p>";
    let pages = [
        ("blog/a.html", "Leg", other),
        ("docs/a.html", "Arm", text),
        ("blog/b.html", "Own", own),
    ];
    let mut searcher = book(&pages, priors);
    assert_eq!(
        urls(&search(&mut searcher, "robot story "))[0],
        "blog/a.html"
    );
    let found = search(&mut searcher, "robot story ");
    assert_eq!(urls(&found).last(), Some(&"blog/b.html"));
    assert_eq!(urls(&search(&mut searcher, "arm "))[0], "docs/a.html");
}

#[test]
fn near_duplicates_are_folded_into_the_best_of_them() {
    let body = "<p>Set the reliability of a publisher before it is created, because a subscription that asks for \
                more than the publisher offers is never matched, and no message arrives at all, so that the reader \
                waits in vain until the timer of the node ends.</p>";
    let pages = [
        ("docs/1.0/qos.html", "Quality", body),
        ("docs/2.0/qos.html", "Quality", body),
        (
            "docs/other.html",
            "Other",
            "<p>A publisher of another message.</p>",
        ),
    ];
    let response = search(&mut book(&pages, Priors::default()), "publisher message ");
    let hits: Vec<&Hit> = response.ranked();
    assert_eq!(hits.len(), 2);
    let folded = hits
        .iter()
        .find(|hit| hit.url == "docs/1.0/qos.html")
        .unwrap();
    assert_eq!(folded.duplicates, ["docs/2.0/qos.html"]);
}

#[test]
fn the_parts_of_an_explanation_are_the_score() {
    let mut robots = robots();
    for query in ["walking", "robot map", "map of a robot"] {
        for hit in search(&mut robots, query).ranked() {
            let parts = hit.explain.as_ref().unwrap();
            let sum = parts.prior * (parts.words + parts.meaning + parts.title) + parts.named;
            assert_eq!(sum, hit.score, "{query}");
            let terms: f32 = parts.terms.iter().map(|term| term.score).sum();
            assert!((terms - parts.bm25).abs() < 1e-4);
        }
    }
}

#[test]
fn a_snippet_marks_stems_completions_and_corrections() {
    let response = search(&mut robots(), "wakls balanc");
    let snippet = &response.pages[0].hits[0].snippet;
    let marked = snippet
        .highlights
        .iter()
        .map(|&(a, b)| &snippet.text[a as usize..b as usize]);
    let marked: Vec<&str> = marked.collect();
    assert!(
        marked.contains(&"walks") && marked.contains(&"Balance"),
        "{snippet:?}"
    );
}

#[test]
fn a_passage_found_by_meaning_shows_the_sentence_that_is_nearest() {
    let model = crate::model::testing::tiny(7).unwrap();
    let mut indexer = Indexer::new(model.clone(), Options::default()).unwrap();
    let text =
        "The ankle bends. The battery is charged at night. A camera looks ahead. The drive hums.";
    let page = format!("<main><h1>Parts</h1><p>{text}</p></main>");
    indexer.add_page("parts.html", page.as_bytes()).unwrap();
    crate::model::testing::embed_pending(&mut indexer, &model).unwrap();
    let shelf = indexer.finish().unwrap();
    let files = shelf
        .files
        .iter()
        .filter(|file| file.name.starts_with("group."));
    for file in files {
        let stored =
            crate::inflate_part(lectern_core::shelf::Kind::Group, file.bytes.clone()).unwrap();
        let payload =
            lectern_core::shelf::unwrap(lectern_core::shelf::Kind::Group, &stored).unwrap();
        // Number and stamp stand before the group.
        let group = lectern_core::shelf::group::open(&payload[5..]).unwrap();
        assert_eq!(group.sketches(0).count(), 4);
    }
}
