//! What is asked of an embedder, and what becomes of the answers.

use lectern_core::search::Tier;
use lectern_core::{Error, Page, Passage, Section};

use super::*;
use crate::model::testing::{embed_pending, tiny, tiny_with_general};
use crate::{Indexer, OpenError, Options, Scan, Shelf, open};

/// A book with this many passages on each page.
fn book(pages: &[usize]) -> Book {
    let mut book = Book::default();
    for (page, &passages) in pages.iter().enumerate() {
        book.pages.push(Page {
            title: format!("Page {page}"),
            lang: "en".into(),
            ..Page::default()
        });
        book.sections.push(Section {
            page: page as u32,
            ..Section::default()
        });
        let passage = |at| Passage {
            section: page as u32,
            text: format!("text {at} of page {page}"),
            code: Vec::new(),
        };
        book.passages.extend((0..passages).map(passage));
    }
    book
}

fn indexer(model: &[u8], book: Book) -> Indexer {
    let mut indexer = Indexer::new(model.to_vec(), Options::default()).unwrap();
    indexer.set_book(book);
    indexer
}

#[test]
fn a_passage_has_a_share_of_its_neighbours_on_its_page_and_of_no_others() {
    let book = book(&[3, 1, 2]);
    let mut meaning = Meaning::open(tiny(1).unwrap()).unwrap();
    let width = meaning.width();
    // Each passage along an axis of its own.
    for (axis, text) in texts(&book).enumerate() {
        let mut vector = vec![0.0; width];
        vector[axis] = 1.0;
        let key = meaning.key(Role::Passage, &text);
        meaning.set_vector(key, embedding::encode(&vector)).unwrap();
    }
    let near = NEIGHBOURS;
    let expected: [&[f32]; 6] = [
        &[1.0, near],
        &[near, 1.0, near],
        &[0.0, near, 1.0],
        &[0.0, 0.0, 0.0, 1.0],
        &[0.0, 0.0, 0.0, 0.0, 1.0, near],
        &[0.0, 0.0, 0.0, 0.0, near, 1.0],
    ];
    for (row, expected) in meaning.passage_rows(&book).unwrap().iter().zip(expected) {
        let mut got = vec![0.0; width];
        decode_row(row, &mut got);
        let mut wanted = expected.to_vec();
        wanted.resize(width, 0.0);
        normalize(&mut wanted);
        for (got, wanted) in got.iter().zip(&wanted) {
            assert!((got - wanted).abs() < 0.08, "{expected:?}: {got}");
            assert_eq!(*got == 0.0, *wanted == 0.0, "{expected:?}");
        }
    }
}

#[test]
fn keys_tell_models_roles_and_texts_apart() {
    let [one, other] = [1, 2].map(|seed| Meaning::open(tiny(seed).unwrap()).unwrap());
    let keys = [
        one.key(Role::Passage, "a"),
        one.key(Role::Query, "a"),
        one.key(Role::Passage, "b"),
        other.key(Role::Passage, "a"),
    ];
    assert_eq!(keys[0], one.key(Role::Passage, "a"));
    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
}

#[test]
fn passages_are_pending_before_questions_the_longest_first_and_each_once() {
    let mut twice = book(&[2, 1]);
    twice.passages[1].text = twice.passages[0].text.clone();
    let pending = indexer(&tiny(1).unwrap(), twice).pending();
    let passages = pending.iter().take_while(|p| p.role == Role::Passage);
    assert_eq!(passages.count(), 2);
    assert!(pending.len() > 20);
    assert!(pending[2..].iter().all(|p| p.role == Role::Query));
    let falling = |run: &[Pending]| run.windows(2).all(|p| p[0].text.len() >= p[1].text.len());
    assert!(falling(&pending[..2]) && falling(&pending[2..]));
    let keys: BTreeSet<&String> = pending.iter().map(|p| &p.key).collect();
    assert_eq!(keys.len(), pending.len());
}

#[test]
fn a_table_from_the_cache_gives_the_same_shelf_and_asks_for_no_questions() {
    for model in [tiny(1).unwrap(), tiny_with_general(1, 16).unwrap()] {
        let mut first = indexer(&model, book(&[2, 1]));
        embed_pending(&mut first, &model).unwrap();
        assert!(first.pending().is_empty());
        let table = first.distil(&mut |_| {}).unwrap();
        assert_eq!(table, first.distil(&mut |_| {}).unwrap());
        let mut again = indexer(&model, book(&[2, 1]));
        assert_eq!(first.table_key(), again.table_key());
        again.set_table(&table).unwrap();
        assert!(again.pending().iter().all(|p| p.role == Role::Passage));
        embed_pending(&mut again, &model).unwrap();
        let mut unasked = indexer(&model, book(&[2, 1]));
        embed_pending(&mut unasked, &model).unwrap();
        let shelf = first.finish().unwrap();
        assert_eq!(shelf, again.finish().unwrap());
        assert_eq!(shelf, unasked.finish().unwrap(), "distilled at the end");
    }
}

#[test]
fn the_key_of_a_table_changes_with_the_book_and_the_model() {
    let key = |seed, pages: &[usize]| indexer(&tiny(seed).unwrap(), book(pages)).table_key();
    let same = key(1, &[2, 1]);
    assert_eq!(same, key(1, &[2, 1]));
    for other in [key(2, &[2, 1]), key(1, &[1, 2]), key(1, &[2])] {
        assert_ne!(same, other);
    }
}

#[test]
fn texts_without_a_vector_are_counted() {
    let model = tiny(1).unwrap();
    let mut embedder = Embedder::open(&model).unwrap();
    for role in [Role::Passage, Role::Query] {
        let mut lacking = indexer(&model, book(&[3]));
        let pending = lacking.pending();
        // The longest: a short question may come from several passages, and counts for each.
        let left_out = pending.iter().position(|p| p.role == role).unwrap();
        for (at, Pending { key, role, text }) in pending.into_iter().enumerate() {
            if at != left_out {
                let vectors = embedder.embed_batch(&[(&text, role)]).unwrap();
                lacking.set_vector(key, vectors[0].clone()).unwrap();
            }
        }
        assert_eq!(lacking.pending().len(), 1);
        let error = lacking.finish().unwrap_err();
        let IndexError::NotEmbedded { missing } = error else {
            panic!("{error}");
        };
        assert_eq!(missing, 1);
    }
}

#[test]
fn vectors_and_tables_of_other_models_are_refused() {
    let model = tiny_with_general(1, 16).unwrap();
    let mut indexer = indexer(&model, book(&[1]));
    let short = embedding::encode(&[0.5; 16]);
    assert!(indexer.set_vector("key".into(), short).is_err());
    let wide = Table {
        tokens: vec![2, 3],
        rows: encode_row(&[0.5; 64]).repeat(2),
    };
    assert!(indexer.set_table(&wide.write()).is_err());
    assert!(indexer.set_table(b"").is_err());
}

fn opened(shelf: &Shelf, tier: Tier) -> Result<(), OpenError> {
    let mut read = |name: &str| {
        let file = shelf.files.iter().find(|file| file.name == name);
        let bytes = file.map(|file| file.bytes.clone());
        bytes.ok_or_else(|| std::io::ErrorKind::NotFound.into())
    };
    open(&mut read, tier, Scan::All).map(|_| ())
}

#[test]
fn a_book_of_words_alone_asks_for_nothing_and_opens_without_an_encoder() {
    let mut words = Indexer::of_words(Options::default());
    words.set_book(book(&[2, 1]));
    assert!(words.pending().is_empty() && words.table_key().is_none());
    let refused = words.set_vector("key".into(), Vec::new());
    assert!(matches!(refused, Err(IndexError::WordsAlone)));
    assert!(matches!(words.set_table(&[]), Err(IndexError::WordsAlone)));
    assert!(matches!(
        words.distil(&mut |_| {}),
        Err(IndexError::WordsAlone)
    ));
    let shelf = words.finish().unwrap();
    let mut kinds: Vec<_> = shelf
        .files
        .iter()
        .map(|file| file.name.split('.').next())
        .collect();
    kinds.sort();
    let expected = [
        "addresses",
        "directory",
        "group",
        "manifest",
        "spelling",
        "terms",
    ];
    assert_eq!(kinds, expected.map(Some));
    assert!(opened(&shelf, Tier::None).is_ok());
    for tier in [Tier::Small, Tier::Relay, Tier::Full] {
        let refused = opened(&shelf, tier).unwrap_err();
        assert!(
            matches!(refused, OpenError::Shelf(Error::NoEncoder)),
            "{tier:?}"
        );
    }
}

#[test]
fn the_key_of_a_table_tells_languages_and_ends_of_pages_apart() {
    let model = tiny(1).unwrap();
    let key = |book| indexer(&model, book).table_key();
    let mut german = book(&[3]);
    german.pages[0].lang = "de".into();
    let mut parted = book(&[3]);
    parted.pages.push(parted.pages[0].clone());
    parted.sections.push(parted.sections[0].clone());
    let last = parted.sections.len() - 1;
    parted.sections[last].page = 1;
    parted.passages[2].section = last as u32;
    let texts = |book: &Book| (0..3).map(|id| book.embedding_text(id)).collect::<Vec<_>>();
    assert_eq!(texts(&parted), texts(&book(&[3])));
    let keys = BTreeSet::from([key(book(&[3])), key(german), key(parted)]);
    assert_eq!(keys.len(), 3);
}
