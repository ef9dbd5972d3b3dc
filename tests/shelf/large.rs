//! A book above the limit of exact search: the graph is walked, and finds the same.

#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests, too, fail by panicking.

use lectern_core::search::{EXACT_LIMIT, Mode, Options};
use lectern_indexer::{Embedder, Indexer, model, open};

const WORDS: [&str; 12] = [
    "ankle", "battery", "camera", "drive", "encoder", "friction", "gripper", "hip", "inertia",
    "joint", "knee", "lidar",
];

/// Five words of the list, chosen by the digits of `i` in base 12.
fn sentence(i: usize) -> String {
    let digits = (0..5).map(|place| WORDS[i / WORDS.len().pow(place) % WORDS.len()]);
    digits.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_book_above_the_limit_of_exact_search_finds_its_own_sentences() {
    let model = model::testing::tiny(7).unwrap();
    let mut embedder = Embedder::open(&model).unwrap();
    let mut indexer = Indexer::new(
        model,
        lectern_indexer::Options {
            title: "Book".into(),
        },
    )
    .unwrap();
    for page in 0..=EXACT_LIMIT / 100 {
        let section = |i: usize| format!("<h2 id=s{i}>{i}</h2><p>{}</p>", sentence(i));
        let body: String = (page * 100..(page + 1) * 100).map(section).collect();
        let html = format!("<main><h1>Page</h1>{body}</main>");
        indexer
            .add_page(&format!("p{page:04}.html"), html.as_bytes())
            .unwrap();
    }
    for pending in indexer.pending().unwrap() {
        indexer
            .set_vector(pending.key, embedder.embed(&pending.text).unwrap())
            .unwrap();
    }
    let shelf = indexer.finish().unwrap();
    let mut read = |name: &str| {
        let file = shelf.files.iter().find(|file| file.name == name);
        file.map(|file| file.bytes.clone())
            .ok_or_else(|| std::io::ErrorKind::NotFound.into())
    };
    let (manifest, mut searcher) = open(&mut read).unwrap();
    assert!(manifest.passages as usize > EXACT_LIMIT);
    let mut first = 0;
    for i in (0..EXACT_LIMIT).step_by(500) {
        let text = searcher.book().embedding_text(i as u32).unwrap();
        let options = Options {
            mode: Mode::Meaning,
            ..Options::default()
        };
        let found = searcher.search(&text, &options).unwrap();
        let best = found.ranked()[0].passage;
        let same = searcher.book().embedding_text(best).unwrap() == text;
        first += usize::from(same);
        assert!(
            searcher
                .search(&text, &Options::default())
                .unwrap()
                .pages
                .len()
                > 1
        );
    }
    assert!(first >= 19, "{first} of 20 sentences came first");
}
