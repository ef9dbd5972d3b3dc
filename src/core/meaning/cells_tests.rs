use super::nibbles::encode_row;
use super::*;
use crate::encoder::math::normalize;

const DIMS: usize = 32;

fn unit(axis: usize, other: usize) -> Vec<f32> {
    let mut vector = vec![0.0; DIMS];
    vector[axis % DIMS] = 1.0;
    vector[other % DIMS] += 0.3;
    normalize(&mut vector);
    vector
}

/// A cell for each of `count` axes, with three passages around it.
fn sample(count: usize, coded: bool) -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut centroids = Vec::new();
    let cells = (0..count).map(|axis| {
        let centroid = unit(axis, axis);
        let passages: Vec<u32> = (0..3).map(|i| (axis + i * count) as u32).collect();
        let rows: Vec<Vec<u8>> = (0..3).map(|i| encode_row(&unit(axis, axis + i))).collect();
        let centroid = encode_row(&centroid);
        centroids.push(centroid.clone());
        write_cell(&passages, &rows, coded.then_some(&centroid[..]))
    });
    let cells: Vec<Vec<u8>> = cells.collect();
    let first = encode_row(&[0.0; DIMS]);
    let family = Family::new(vec![1; count]);
    (write_head(DIMS, &first, &family, &centroids), cells)
}

fn read(vector: &[f32]) -> CodedQuery {
    let mut query = CodedQuery::default();
    query.set(vector);
    query
}

fn open(count: usize, coded: bool) -> Cells {
    let (head, payloads) = sample(count, coded);
    let mut cells = Cells::open(&head).unwrap();
    for (at, payload) in payloads.iter().enumerate() {
        cells.add(at, payload).unwrap();
    }
    cells
}

#[test]
fn a_query_is_compared_with_the_passages_of_the_nearest_cells() {
    const MOST: usize = 8;
    for coded in [false, true] {
        let mut cells = open(24, coded);
        let (mut near, mut found) = (Vec::new(), Vec::new());
        let query = read(&unit(5, 6));
        cells.probe(&query, MOST, &mut near);
        assert!(near.len() == MOST && near[0] == 5);
        cells.compare(&near, &query, &mut found);
        assert_eq!(found.len(), 3 * MOST);
        let best = found.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
        assert_eq!(best.0 % 24, 5, "{found:?}");
        assert_eq!(cells.verify(72), Ok(()));
        assert!(cells.verify(71).is_err());
    }
}

#[test]
fn few_cells_are_all_near_and_absent_ones_are_asked_for_until_they_are_lost() {
    let (head, payloads) = sample(3, true);
    let mut cells = Cells::open(&head).unwrap();
    let mut near = Vec::new();
    cells.probe(&read(&unit(1, 1)), PROBES, &mut near);
    assert_eq!(near, [0, 1, 2]);
    cells.add(1, &payloads[1]).unwrap();
    cells.lose(2);
    assert_eq!(cells.absent(&near).collect::<Vec<_>>(), [0]);
    cells.retry();
    assert_eq!(cells.absent(&near).collect::<Vec<_>>(), [0, 2]);
    assert!(cells.add(3, &payloads[1]).is_err());
}

#[test]
fn every_damage_is_an_error_or_cells() {
    for coded in [false, true] {
        let (head, payloads) = sample(3, coded);
        for cut in 0..head.len() {
            assert!(Cells::open(&head[..cut]).is_err(), "{cut}");
        }
        let mut cells = Cells::open(&head).unwrap();
        for cut in 0..payloads[1].len() {
            assert!(cells.add(1, &payloads[1][..cut]).is_err(), "{cut}");
        }
        for at in 0..payloads[1].len() {
            for flip in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
                let mut damaged = payloads[1].clone();
                damaged[at] ^= flip;
                if cells.add(1, &damaged).is_ok() {
                    let mut found = Vec::new();
                    cells.compare(&[1], &read(&unit(1, 2)), &mut found);
                    assert!(found.iter().all(|(_, cosine)| cosine.is_finite()));
                    let _ = cells.verify(9);
                }
            }
        }
    }
}
