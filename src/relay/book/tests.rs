use lectern_core::search::{Mode, Options, Tier};

use super::testing::{PAGES, model, shelf, write};
use super::*;

fn options(limit: usize) -> Options {
    Options {
        limit,
        mode: Mode::Auto,
        ..Options::default()
    }
}

#[test]
fn passages_are_found_by_number_and_by_page() {
    let dir = shelf();
    let book = Library::open(dir.path(), None).unwrap().book();
    let own = book.page("/docs/walking.html#ankle").unwrap();
    assert_eq!(own.len(), 2);
    let passage = book.passage(own[1]).unwrap();
    assert_eq!(passage.url, "docs/walking.html#ankle");
    assert_eq!(
        (&*passage.title, &*passage.headings[0]),
        ("Walking", "The ankle")
    );
    assert!(passage.text.starts_with("The ankle motor"));
    assert_eq!(book.neighbours(&passage), [Some(own[0]), None]);
    assert_eq!(book.passages(&[own[1], 9_999]), Err(9_999));
    assert_eq!(book.passages(own).unwrap().len(), 2);
    assert!(book.page("docs/nowhere").is_none() && book.passage(u32::MAX).is_none());
}

#[tokio::test]
async fn the_results_are_those_of_the_searcher_itself() {
    let dir = shelf();
    let book = Library::open(dir.path(), None).unwrap().book();
    let mut read = |name: &str| std::fs::read(dir.path().join(name));
    let scan = lectern_indexer::Scan::All;
    let (_, mut own) = lectern_indexer::open(&mut read, Tier::Small, scan).unwrap();
    for query in ["ankle motor", "how long does the battery last", "lidra"] {
        let expected = own.search(query, &options(5)).unwrap();
        let found = book.search(query.to_owned(), options(5)).await.unwrap();
        assert_eq!(found, expected, "{query}");
    }
    let empty = book.search(" ".to_owned(), options(5)).await;
    assert_eq!(empty, Err(lectern_core::Error::EmptyQuery));
}

#[tokio::test]
async fn quotations_answer_from_the_passages_given() {
    let dir = shelf();
    let book = Library::open(dir.path(), None).unwrap().book();
    let ids: Vec<u32> = ["docs/camera.html", "docs/walking.html"]
        .iter()
        .flat_map(|url| book.page(url).unwrap().to_vec())
        .collect();
    let quotes = |question: &str| book.quotes(question.to_owned(), ids.clone());
    let found = quotes("which motor balances the ankle?").await.unwrap();
    assert_eq!(found[0].number, 3, "{found:?}");
    assert!(found[0].text.starts_with("The ankle motor balances"));
    assert!(
        quotes("what does the opera ticket cost?")
            .await
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_changed_shelf_takes_the_place_of_the_old_one_which_goes_on_for_who_has_it() {
    let dir = shelf();
    let library = Library::open(dir.path(), None).unwrap();
    let before = library.book();
    assert!(!library.reload().unwrap());
    write(dir.path(), &PAGES[..2]);
    assert!(library.reload().unwrap());
    let after = library.book();
    assert_ne!(before.hash(), after.hash());
    assert!(before.page("docs/camera.html").is_some() && after.page("docs/camera.html").is_none());
    std::fs::write(dir.path().join("manifest.json"), "{").unwrap();
    let error = library.reload().unwrap_err().to_string();
    assert!(error.contains("rebuild"), "{error}");
    assert_eq!(
        library.book().hash(),
        after.hash(),
        "what was open stays open"
    );
}

#[test]
fn a_folder_that_is_no_shelf_is_refused_with_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let error = Library::open(dir.path(), None).unwrap_err().to_string();
    assert!(error.contains(&*dir.path().to_string_lossy()), "{error}");
}

#[tokio::test]
async fn questions_are_embedded_by_the_model_of_the_book_alone() {
    let dir = shelf();
    let file = dir.path().join("model");
    std::fs::write(&file, model()).unwrap();
    let library = Library::open(dir.path(), Some(&file)).unwrap();
    let embed = |name: &'static str| library.embedding().question("ankle".into(), name);
    let (a, b) = tokio::join!(embed("tiny"), embed("tiny"));
    assert_eq!(a.unwrap(), b.unwrap());
    assert!(matches!(
        embed("other").await,
        Err(EmbedError::OtherModel { .. })
    ));
    let without = Library::open(dir.path(), None).unwrap();
    let missing = without.embedding().question("ankle".into(), "tiny").await;
    assert!(matches!(missing, Err(EmbedError::NotSet)));
}
