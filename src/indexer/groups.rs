//! Passages in groups, as a shelf keeps them.

use lectern_core::meaning::nibbles::nothing;
use lectern_core::shelf::directory::GROUP;
use lectern_core::shelf::group;
use lectern_core::{Book, Passage, Section};

/// The payloads of the groups of a book whose passages have these numbers; `rows` has a vector for each
/// passage, or none at all, `sketches` those of its sentences.
pub(crate) fn groups(
    book: &Book,
    numbers: &[u32],
    sketches: &[Vec<u8>],
    rows: &[Vec<u8>],
) -> Vec<Vec<u8>> {
    let capacity = numbers.iter().max().map_or(0, |&last| last as usize + 1);
    let mut places = vec![None; capacity];
    for (&number, id) in numbers.iter().zip(0..) {
        places[number as usize] = Some(id);
    }
    // A vector for a number that nothing has.
    let bytes = rows.first().map_or(0, Vec::len);
    let nothing = nothing(2 * bytes.saturating_sub(2));
    let payload = |places: &[Option<u32>]| {
        let end = places
            .iter()
            .rposition(Option::is_some)
            .map_or(0, |last| last + 1);
        let row = |place: &Option<u32>| match place {
            Some(id) => rows.get(*id as usize).cloned(),
            None => (!rows.is_empty()).then(|| nothing.clone()),
        };
        let rows: Vec<Vec<u8>> = places[..end].iter().filter_map(row).collect();
        let own = |place: &Option<u32>| sketches.get((*place)? as usize).cloned();
        let sketches = places[..end]
            .iter()
            .map(|place| own(place).unwrap_or_default());
        group::write(
            &part(book, &places[..end]),
            &sketches.collect::<Vec<_>>(),
            &rows.concat(),
        )
    };
    places.chunks(GROUP).map(payload).collect()
}

/// A book of these passages alone with their pages and sections; in the place of none stands an empty
/// one.
fn part(book: &Book, places: &[Option<u32>]) -> Book {
    let mut part = Book::default();
    let (mut page, mut section) = (None, None);
    for place in places {
        let found = place.and_then(|id| Some((book.locate(id)?, &book.passages[id as usize])));
        let Some(((of, on), own)) = found else {
            part.passages.push(Passage {
                section: (part.sections.len() as u32).saturating_sub(1),
                ..Passage::default()
            });
            continue;
        };
        if page != Some(of.page) {
            page = Some(of.page);
            part.pages.push(on.clone());
        }
        if section != Some(own.section) {
            section = Some(own.section);
            part.sections.push(Section {
                page: part.pages.len() as u32 - 1,
                ..of.clone()
            });
        }
        part.passages.push(Passage {
            section: part.sections.len() as u32 - 1,
            ..own.clone()
        });
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;
    use lectern_core::Page;

    #[test]
    fn groups_hold_all_passages_in_order_with_what_they_belong_to() {
        let mut book = Book::default();
        for page in 0..5u32 {
            book.pages.push(Page {
                url: format!("p{page}"),
                ..Page::default()
            });
            for section in 0..3u32 {
                book.sections.push(Section {
                    page,
                    anchor: format!("s{section}"),
                    ..Section::default()
                });
                book.passages.push(Passage {
                    section: page * 3 + section,
                    text: format!("{page} {section}"),
                    code: Vec::new(),
                });
            }
        }
        let rows: Vec<Vec<u8>> = (0..15).map(|i| vec![i, i]).collect();
        let numbers: Vec<u32> = (0..15).collect();
        let groups = groups(&book, &numbers, &[], &rows);
        assert_eq!(groups.len(), 2);
        for (at, payload) in groups.iter().enumerate() {
            let group = group::open(payload).unwrap();
            for place in 0..group.book.passages.len() {
                let id = (at * GROUP + place) as u32;
                let (section, page) = group.book.locate(place as u32).unwrap();
                let expected = book.locate(id).unwrap();
                assert_eq!((&section.anchor, page), (&expected.0.anchor, expected.1));
                assert_eq!(
                    group.book.passages[place].text,
                    book.passages[id as usize].text
                );
                assert_eq!(group.row(place), Some(&[id as u8, id as u8][..]));
            }
        }
    }
}
