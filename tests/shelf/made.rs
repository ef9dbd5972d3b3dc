//! Books of made-up words, as large as a test needs them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use lectern_core::encoder::math::normalize;
use lectern_core::meaning::embedding;
use lectern_core::{Book, Page, Passage, Section};
use lectern_indexer::model::testing::{embed_pending, tiny, tiny_with_general};
use lectern_indexer::{Indexer, Options, Pending};

use super::Random;
use super::book::{DIMS, Files};

/// Passages of a book with one cell, and of one with more cells than a query is compared with.
pub const ONE_CELL: usize = 480;
pub const MANY_CELLS: usize = 4_000;

/// Distinct words of a book, about: enough for several blocks of each kind.
const WORDS: usize = 6_000;

/// Words of a passage.
const LENGTH: usize = 24;

/// Passages of a page, four under each heading, that are near each other.
pub const CLUSTER: usize = 12;

/// Values of a vector of the tiny model.
const WIDTH: usize = 32;

const SEED: u64 = 7;

/// The files of the shelf of a book with one cell.
pub fn one_cell() -> &'static Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(|| files(ONE_CELL))
}

/// The files of the shelf of a book with more cells than a query is compared with.
pub fn many_cells() -> &'static Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(|| files(MANY_CELLS))
}

fn files(passages: usize) -> Files {
    let model = tiny_with_general(SEED, DIMS).unwrap();
    let mut indexer = Indexer::new(model.clone(), Options::default()).unwrap();
    indexer.set_table(&table(&model)).unwrap();
    indexer.set_book(book(passages));
    embed_pending(&mut indexer, &model).unwrap();
    to_files(indexer)
}

/// A book as large, by a model that nobody asks: the vectors of [`CLUSTER`] passages in a row, a page, are near
/// each other and far from the others.
pub fn many_cells_of_clusters() -> Files {
    let book = book(MANY_CELLS);
    let number = |id: u32| Some((book.embedding_text(id)?, id as usize));
    let numbers: BTreeMap<String, usize> = (0..MANY_CELLS as u32).filter_map(number).collect();
    let model = tiny(SEED).unwrap();
    let mut indexer = Indexer::new(model.clone(), Options::default()).unwrap();
    indexer.set_table(&table(&model)).unwrap();
    indexer.set_book(book);
    for Pending { key, text, .. } in indexer.pending() {
        let vector = vector_near(numbers[&text] / CLUSTER, numbers[&text]);
        indexer.set_vector(key, embedding::encode(&vector)).unwrap();
    }
    to_files(indexer)
}

/// A unit vector of a cluster, of which there are any number.
pub fn vector_near(cluster: usize, number: usize) -> Vec<f32> {
    let (mut own, mut around) = (Random(cluster as u64), Random(1 << 32 | number as u64));
    let value = |random: &mut Random| random.below(2_001) as f32 / 1_000.0 - 1.0;
    let values = (0..WIDTH).map(|_| value(&mut own) + 0.2 * value(&mut around));
    let mut vector: Vec<f32> = values.collect();
    normalize(&mut vector);
    vector
}

fn to_files(indexer: Indexer) -> Files {
    let files = indexer.finish().unwrap().files.into_iter();
    files.map(|file| (file.name, file.bytes)).collect()
}

/// Questions in words that all of these books have.
pub fn questions() -> Vec<String> {
    let passages = book(ONE_CELL).passages;
    let mut random = Random(3);
    let mut word = || {
        let words = passages[random.below(ONE_CELL)].text.split(' ');
        words.clone().nth(random.below(LENGTH)).unwrap().to_owned()
    };
    let question = |number| -> Vec<String> { (0..1 + number % 5).map(|_| word()).collect() };
    (0..30).map(question).map(|words| words.join(" ")).collect()
}

/// The same with the last two letters of each long word changed about, as typing errors do.
pub fn misspelt() -> Vec<String> {
    let typo = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        let end = letters.len();
        if end > 5 {
            letters.swap(end - 3, end - 2);
        }
        letters.into_iter().collect::<String>()
    };
    let questions = questions().into_iter();
    questions
        .map(|question| question.split(' ').map(typo).collect::<Vec<_>>().join(" "))
        .collect()
}

/// The small encoder's table, of a small book: the tiny model's tokens are letters.
fn table(model: &[u8]) -> Vec<u8> {
    let mut indexer = Indexer::new(model.to_vec(), Options::default()).unwrap();
    indexer.set_book(book(30));
    embed_pending(&mut indexer, model).unwrap();
    indexer.distil(&mut |_| {}).unwrap()
}

fn book(passages: usize) -> Book {
    let mut random = Random(1);
    let mut book = Book::default();
    for number in 0..passages {
        if number % CLUSTER == 0 {
            book.pages.push(Page {
                url: format!("docs/{number}/"),
                title: word(number % WORDS),
                lang: "en".into(),
            });
        }
        if number % 4 == 0 {
            book.sections.push(Section {
                page: book.pages.len() as u32 - 1,
                headings: vec![word(random.below(WORDS))],
                anchor: format!("s{number}"),
            });
        }
        // The first words say what the passage is about, and make its vector unlike others'.
        let subject = word(random.below(WORDS));
        let words = (0..LENGTH).map(|_| word(common(&mut random)));
        let words: Vec<String> = [subject.clone(), subject]
            .into_iter()
            .chain(words)
            .collect();
        book.passages.push(Passage {
            section: book.sections.len() as u32 - 1,
            text: words.join(" "),
            code: Vec::new(),
        });
    }
    book
}

/// A number of a word, a low one more likely than a high one.
fn common(random: &mut Random) -> usize {
    random.below(WORDS).min(random.below(WORDS))
}

/// Words that few passages have, or none.
pub fn rare_words() -> impl Iterator<Item = String> {
    (WORDS - 60..WORDS).map(word)
}

/// A word that can be said, and no other word's stem.
fn word(number: usize) -> String {
    const STARTS: [&str; 20] = [
        "b", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "z", "br",
        "kr", "st",
    ];
    const VOWELS: [&str; 5] = ["a", "e", "i", "o", "u"];
    let syllable = |n: usize| format!("{}{}", STARTS[n % 20], VOWELS[n / 20 % 5]);
    let number = number * 7_919 % 1_000_000;
    format!(
        "{}{}{}k",
        syllable(number % 100),
        syllable(number / 100 % 100),
        syllable(number / 10_000)
    )
}
