//! Passage vectors in cells: spherical k-means (Dhillon & Modha, "Concept decompositions for large
//! sparse text data using clustering", 2001).

use lectern_core::encoder::math::normalize;
use lectern_core::meaning::cells::{CELL, ONE_CELL};
use lectern_core::meaning::nibbles::{decode_row, encode_row};
use lectern_core::meaning::{QueryVector, Vectors, cells};

use crate::IndexError;
use crate::random::Random;

/// Rounds of k-means; later ones move next to nothing.
const ROUNDS: usize = 8;

/// Vectors that the centroids are found from, for each of them.
const SAMPLE: usize = 40;

const SEED: u64 = 0xce11;

/// Cells with the passages of each, and their centroids.
#[derive(Debug)]
pub(crate) struct Cells {
    pub dims: usize,
    /// A row of all values for each cell.
    pub centroids: Vec<Vec<u8>>,
    /// Passages of each cell, ascending.
    pub passages: Vec<Vec<u32>>,
}

impl Cells {
    /// The cells of these rows of `dims` values, around `centroids` where there are some.
    pub fn of(rows: &[Vec<u8>], dims: usize, centroids: Vec<Vec<u8>>) -> Result<Self, IndexError> {
        let count = match rows.len() {
            count if count <= ONE_CELL => 1,
            count => count.div_ceil(CELL),
        };
        let centroids = match (count, centroids.len()) {
            (1, _) | (_, 0) => k_means(rows, dims, count)?,
            _ => centroids,
        };
        let mut vectors = Vectors::new(dims);
        for row in rows {
            vectors.push(row)?;
        }
        let mut passages = vec![Vec::new(); centroids.len()];
        for (cell, passage) in nearest(&vectors, &centroids, dims).into_iter().zip(0..) {
            passages[cell].push(passage);
        }
        Ok(Self {
            dims,
            centroids,
            passages,
        })
    }

    /// The cell of each passage by its number, where there are several; some number that is none where no
    /// passage has the number.
    pub fn by_number(&self, numbers: &[u32]) -> Vec<u16> {
        if self.centroids.len() == 1 {
            return Vec::new();
        }
        let capacity = numbers.iter().max().map_or(0, |&last| last as usize + 1);
        let mut cells = vec![u16::MAX; capacity];
        for (own, cell) in self.passages.iter().zip(0..=u16::MAX) {
            for &id in own {
                cells[numbers[id as usize] as usize] = cell;
            }
        }
        cells
    }

    /// The payloads of the cells, of passages with these numbers.
    pub fn payloads(&self, rows: &[Vec<u8>], numbers: &[u32]) -> Vec<Vec<u8>> {
        let one = self.centroids.len() == 1;
        let cells = self.passages.iter().zip(&self.centroids);
        let payload = |(passages, centroid): (&Vec<u32>, &Vec<u8>)| {
            let mut own: Vec<_> = passages
                .iter()
                .map(|&id| (numbers[id as usize], rows[id as usize].clone()))
                .collect();
            own.sort_unstable_by_key(|&(number, _)| number);
            let (numbers, rows): (Vec<u32>, Vec<Vec<u8>>) = own.into_iter().unzip();
            cells::write_cell(&numbers, &rows, (!one).then_some(&centroid[..]))
        };
        cells.map(payload).collect()
    }
}

fn k_means(rows: &[Vec<u8>], dims: usize, count: usize) -> Result<Vec<Vec<u8>>, IndexError> {
    let mut draw = Random::new(SEED);
    let mut sample: Vec<usize> = (0..rows.len()).collect();
    draw.shuffle(&mut sample);
    sample.truncate(SAMPLE * count);
    let mut vectors = Vectors::new(dims);
    for &id in &sample {
        vectors.push(&rows[id])?;
    }
    let starts = sample.iter().take(count);
    let mut centroids: Vec<Vec<u8>> = starts.map(|&id| rows[id].clone()).collect();
    let mut value = vec![0.0; dims];
    for _ in 0..ROUNDS {
        let mut sums = vec![0.0f32; count * dims];
        for (cell, at) in nearest(&vectors, &centroids, dims).into_iter().zip(0..) {
            vectors.decode(at, &mut value);
            let sum = &mut sums[cell * dims..(cell + 1) * dims];
            for (sum, x) in sum.iter_mut().zip(&value) {
                *sum += x;
            }
        }
        for (centroid, sum) in centroids.iter_mut().zip(sums.chunks_exact_mut(dims)) {
            normalize(sum);
            // A centroid that nothing is near stays where it is.
            if sum.iter().any(|&x| x != 0.0) {
                *centroid = encode_row(sum);
            }
        }
    }
    Ok(centroids)
}

/// The nearest centroid of each vector, the first of equals.
fn nearest(vectors: &Vectors, centroids: &[Vec<u8>], dims: usize) -> Vec<usize> {
    let mut nearest = vec![(f32::NEG_INFINITY, 0); vectors.len()];
    let (mut query, mut cosines) = (QueryVector::default(), Vec::new());
    let mut values = vec![0.0; dims];
    for (cell, centroid) in centroids.iter().enumerate() {
        decode_row(centroid, &mut values);
        normalize(&mut values);
        query.set(&values);
        vectors.cosines(&query, &mut cosines);
        for (best, &cosine) in nearest.iter_mut().zip(&cosines) {
            if cosine > best.0 {
                *best = (cosine, cell);
            }
        }
    }
    nearest.into_iter().map(|(_, cell)| cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIMS: usize = 32;

    /// Rows around eight axes.
    fn rows(count: usize) -> Vec<Vec<u8>> {
        let row = |i: usize| {
            let mut values = [0.0; DIMS];
            values[i % 8] = 1.0;
            values[8 + i % 24] = 0.2;
            encode_row(&values)
        };
        (0..count).map(row).collect()
    }

    #[test]
    fn a_small_book_has_one_cell_and_a_larger_one_cells_of_what_is_near() {
        let small = Cells::of(&rows(ONE_CELL), DIMS, Vec::new()).unwrap();
        assert_eq!(small.passages, [(0..ONE_CELL as u32).collect::<Vec<_>>()]);
        let rows = rows(8 * CELL);
        let cells = Cells::of(&rows, DIMS, Vec::new()).unwrap();
        assert_eq!(cells.passages.len(), 8);
        let all: usize = cells.passages.iter().map(Vec::len).sum();
        assert_eq!(all, rows.len());
        let mixed = |cell: &&Vec<u32>| cell.iter().any(|id| id % 8 != cell[0] % 8);
        assert!(cells.passages.iter().filter(mixed).count() <= 3);
    }

    #[test]
    fn cells_are_the_same_each_time_and_keep_centroids_that_are_given() {
        let rows = rows(600);
        let one = Cells::of(&rows, DIMS, Vec::new()).unwrap();
        let other = Cells::of(&rows, DIMS, Vec::new()).unwrap();
        let numbers: Vec<u32> = (0..600).collect();
        assert_eq!(
            one.payloads(&rows, &numbers),
            other.payloads(&rows, &numbers)
        );
        let fewer = Cells::of(&rows[..550], DIMS, one.centroids.clone()).unwrap();
        assert_eq!(fewer.centroids, one.centroids);
    }
}
