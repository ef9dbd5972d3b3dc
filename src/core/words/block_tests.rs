use super::super::postings::{Posting, encode};
use super::*;

fn list(passages: &[u32], df: usize) -> List {
    let posting = |&passage: &u32| Posting {
        passage,
        head: 0,
        body: 1,
        level: 3,
    };
    let postings: Vec<Posting> = passages.iter().map(posting).collect();
    List {
        df,
        kept: postings.len(),
        bytes: encode(&postings),
    }
}

fn sample() -> Content {
    let key = |(text, flags, term, row): (&str, u8, u32, u8)| Key {
        text: text.into(),
        flags,
        term,
        row: vec![row; if flags & ROW == 0 { 0 } else { 2 }],
    };
    Content {
        cells: false,
        keys: [
            ("hap", ROW, 0, 9),
            ("happi", TERM, 0, 0),
            ("happiness", WORD | ROW, 0, 8),
            ("happy", WORD | ROW, 0, 7),
            ("map", TERM | WORD, 1, 0),
        ]
        .map(key)
        .to_vec(),
        terms: vec![list(&[1, 5, 9], 40), list(&[2], 1)],
        pairs: vec![(0, second_of_pair("map"), list(&[5, 6], 2))],
    }
}

#[test]
fn everything_of_a_word_comes_back() {
    let block = Block::open(&write(&sample())).unwrap();
    assert_eq!((block.terms(), block.pairs(), block.row_bytes()), (2, 1, 2));
    assert_eq!((block.term("happi"), block.word("happi")), (Some(0), None));
    assert_eq!((block.term("happy"), block.word("happy")), (None, Some(0)));
    assert_eq!((block.term("map"), block.word("map")), (Some(1), Some(1)));
    assert_eq!((block.term("hap"), block.word("hap")), (None, None));
    assert_eq!(block.row("hap"), Some(&[9, 9][..]));
    assert_eq!(block.row("happy"), Some(&[7, 7][..]));
    assert_eq!((block.row("map"), block.row("zoo")), (None, None));
    let words: Vec<_> = block.starting_with("hap").collect();
    assert_eq!(words, [("happiness", 0), ("happy", 0)]);
    let pair = block.pair(0, "map").unwrap();
    let passages = |list| -> Vec<u32> {
        let postings = block.postings(list);
        postings.map(|posting| posting.unwrap().passage).collect()
    };
    assert_eq!((passages(0), passages(pair)), (vec![1, 5, 9], vec![5, 6]));
    assert_eq!((block.df(0), block.df(pair), block.df(99)), (40, 2, 0));
    assert_eq!((block.pair(1, "map"), block.pair(0, "x")), (None, None));
}

#[test]
fn every_damage_is_an_error_or_a_block() {
    for payload in [sample(), with_cells()].map(|content| write(&content)) {
        damage(&payload);
    }
}

fn damage(payload: &[u8]) {
    for cut in 0..payload.len() - 8 {
        assert!(Block::open(&payload[..cut]).is_err(), "{cut}");
    }
    for at in 0..payload.len() {
        for flip in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
            let mut damaged = payload.to_vec();
            damaged[at] ^= flip;
            let Ok(block) = Block::open(&damaged) else {
                continue;
            };
            for list in 0..block.lists() {
                block.postings(list).count();
                block.cell(list, 5);
            }
            for key in ["hap", "happi", "happy", "map"] {
                let _ = (block.term(key), block.word(key), block.row(key));
            }
        }
    }
}

#[test]
fn a_block_without_keys_finds_nothing() {
    let block = Block::open(&write(&Content::default())).unwrap();
    assert_eq!(
        (block.term("a"), block.lists(), block.rows()),
        (None, 0, &[][..])
    );
}

/// The sample in a book of several cells: passage `n` is in cell `300 + n`.
fn with_cells() -> Content {
    let mut content = sample();
    content.cells = true;
    let pairs = content.pairs.iter_mut().map(|(_, _, list)| list);
    for list in content.terms.iter_mut().chain(pairs) {
        let postings = Postings::new(&list.bytes, list.kept);
        let cells = postings.map(|own| own.unwrap().passage as u16 + 300);
        let cells: Vec<u8> = cells.flat_map(u16::to_le_bytes).collect();
        list.bytes.extend(cells);
    }
    content
}

#[test]
fn short_lists_tell_the_cells_of_their_passages() {
    let block = Block::open(&write(&with_cells())).unwrap();
    let pair = block.pair(0, "map").unwrap();
    let places = [(0, 1), (0, 5), (0, 9), (1, 2), (pair, 5), (pair, 6)];
    for (list, passage) in places {
        let cell = block.cell(list, passage);
        assert_eq!(cell, Some(passage as usize + 300), "{list}");
    }
    assert_eq!(
        (block.cell(0, 2), block.cell(1, 1), block.cell(9, 1)),
        (None, None, None)
    );
    assert_eq!(block.row("hap"), Some(&[9, 9][..]));
    let alone = Block::open(&write(&sample())).unwrap();
    assert_eq!(alone.cell(0, 1), None);
}

#[test]
fn long_lists_tell_no_cells() {
    let mut content = with_cells();
    let passages: Vec<u32> = (0..=FEW).collect();
    content.terms[0] = list(&passages, passages.len());
    let block = Block::open(&write(&content)).unwrap();
    assert_eq!((block.cell(0, 1), block.cell(1, 2)), (None, Some(302)));
}
