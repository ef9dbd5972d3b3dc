//! Weights at 4 bits, as a shelf keeps them; opened, they are 8-bit rows as any other.
//!
//! A row of 8-bit values is cut into groups of [`GROUP`]. A group keeps one signed step `m` and
//! for each value 4 bits, `q` in −8..=7. The 8-bit value is `q · m / 8`, rounded, halves away from
//! zero, and kept within ±127. `m` has the sign that puts −8 where the group's largest value is,
//! as in the `Q4_0` blocks of GGML, so that no level is lost. Every byte means something: damage
//! gives other weights, never an error or a value out of range.
//!
//! Layout of a matrix: the values of all rows, 16 bytes a group, value `i` in the low half of byte
//! `i` and value `i + 16` in its high half; the steps of all groups; the `f32` scale of each row.

use crate::Result;
use crate::shelf::codec::{Reader, Writer};

/// Values that share a step.
pub(super) const GROUP: usize = 32;

/// Bytes of a group's values.
const HALF: usize = GROUP / 2;

/// Added to `q` for storage.
const OFFSET: i16 = 8;

/// Appends the rows of `data`, each of `cols` values, without their scales.
pub(super) fn write(w: &mut Writer, data: &[i8], cols: usize) {
    let mut steps = Vec::new();
    for row in data.chunks_exact(cols) {
        for values in row.chunks(GROUP) {
            let mut group = [0; GROUP];
            group[..values.len()].copy_from_slice(values);
            let step = best_step(&group);
            steps.push(step);
            w.raw(&pack(&group, step));
        }
    }
    w.raw(bytemuck::cast_slice(&steps));
}

/// Reads `rows × cols` values as 8-bit ones.
pub(super) fn read(r: &mut Reader<'_>, rows: usize, cols: usize) -> Result<Vec<i8>> {
    let groups = cols.div_ceil(GROUP);
    let size = rows
        .checked_mul(groups)
        .and_then(|count| count.checked_mul(HALF))
        .ok_or_else(|| r.corrupt("a matrix is too large"))?;
    let halves = r.raw(size)?.chunks_exact(HALF);
    let steps: &[i8] = bytemuck::cast_slice(r.raw(rows * groups)?);
    let mut data = vec![0; rows * cols];
    let places = data
        .chunks_exact_mut(cols)
        .flat_map(|row| row.chunks_mut(GROUP));
    for ((out, packed), &step) in places.zip(halves).zip(steps) {
        let mut group = [0; GROUP];
        unpack(packed, step, &mut group);
        out.copy_from_slice(&group[..out.len()]);
    }
    Ok(data)
}

/// The 8-bit value of a stored one.
#[inline(always)]
fn value(stored: u8, step: i8) -> i8 {
    let eighths = (i16::from(stored) - OFFSET) * i16::from(step);
    let below_zero = eighths >> 15;
    let rounded = (eighths + 4 + below_zero) >> 3;
    rounded.clamp(-127, 127) as i8
}

#[inline(always)]
fn unpack(packed: &[u8], step: i8, out: &mut [i8; GROUP]) {
    let (low, high) = out.split_at_mut(HALF);
    for ((low, high), &byte) in low.iter_mut().zip(high).zip(packed) {
        *low = value(byte & 15, step);
        *high = value(byte >> 4, step);
    }
}

fn pack(group: &[i8; GROUP], step: i8) -> [u8; HALF] {
    let inverse = inverse(step);
    let mut out = [0; HALF];
    for (i, byte) in out.iter_mut().enumerate() {
        *byte = nearest(group[i], inverse) | nearest(group[i + HALF], inverse) << 4;
    }
    out
}

/// `2¹⁵ / m`.
fn inverse(step: i8) -> i16 {
    match step {
        0 => 0,
        _ => (32_768 / i32::from(step)).min(i32::from(i16::MAX)) as i16,
    }
}

/// The stored value whose `q` is nearest to `8x / m`, in 16-bit integers that vectorise.
#[inline(always)]
fn nearest(x: i8, inverse: i16) -> u8 {
    let sixteenths = ((i32::from(i16::from(x) << 8) * i32::from(inverse)) >> 16) as i16;
    (((sixteenths + 8) >> 4).clamp(-8, 7) + OFFSET) as u8
}

/// The step with the least squared error, the first of equals.
///
/// A step below the largest value clips it for the sake of the others; below three quarters of it
/// that paid for none of the 13,824 groups of MiniLM's first product.
fn best_step(group: &[i8; GROUP]) -> i8 {
    let largest = group.iter().map(|x| x.unsigned_abs()).max().unwrap_or(0);
    let steps =
        (largest - largest / 4..=largest.saturating_add(largest / 8).min(127)).map(|m| m as i8);
    let signed = steps.flat_map(|m| [m, -m]);
    signed.min_by_key(|&m| error(group, m)).unwrap_or(0)
}

fn error(group: &[i8; GROUP], step: i8) -> i32 {
    let inverse = inverse(step);
    let mut sum = 0;
    for &x in group {
        let difference = i16::from(x) - i16::from(value(nearest(x, inverse), step));
        sum += i32::from(difference) * i32::from(difference);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back(data: &[i8], cols: usize) -> Vec<i8> {
        let mut w = Writer::new();
        write(&mut w, data, cols);
        let bytes = w.finish();
        let rows = data.len() / cols;
        assert_eq!(bytes.len(), rows * cols.div_ceil(GROUP) * (HALF + 1));
        let mut r = Reader::new("test", &bytes);
        let back = read(&mut r, rows, cols).unwrap();
        r.end().unwrap();
        back
    }

    #[test]
    fn values_round_half_away_from_zero_on_both_sides_and_stay_in_range() {
        for stored in 0..16u8 {
            for step in i8::MIN..=i8::MAX {
                let exact = f64::from((i32::from(stored) - 8) * i32::from(step)) / 8.0;
                let expected = exact.round().clamp(-127.0, 127.0);
                assert_eq!(f64::from(value(stored, step)), expected, "{stored} {step}");
            }
        }
    }

    #[test]
    fn no_value_of_a_group_is_off_by_more_than_its_step_allows() {
        let data: Vec<i8> = (0..96).map(|i| ((i * 37) % 255 - 127) as i8).collect();
        for (got, expected) in there_and_back(&data, 96).iter().zip(&data) {
            assert!((i16::from(*got) - i16::from(*expected)).abs() <= 16);
        }
    }

    #[test]
    fn extremes_zeros_and_groups_of_one_come_back_exactly() {
        for data in [[127i8; 64], [-127; 64], [0; 64], [1; 64], [-1; 64], [8; 64]] {
            for cols in [64, 32, 16, 1] {
                assert_eq!(there_and_back(&data, cols), data, "{cols}");
            }
        }
        let row: Vec<i8> = (-8..8).map(|q| q * 15).collect();
        assert_eq!(there_and_back(&row, 16)[..], row[..]);
    }

    #[test]
    fn the_step_is_the_best_of_all() {
        let group = std::array::from_fn(|i| ((i * i * 7 + 3 * i) % 101) as i8 - 50);
        let all = (-127..=127).map(|m| error(&group, m)).min();
        assert_eq!(Some(error(&group, best_step(&group))), all);
    }

    #[test]
    fn a_matrix_that_is_cut_short_is_an_error() {
        let mut w = Writer::new();
        write(&mut w, &[5; 80], 40);
        let bytes = w.finish();
        for cut in 0..bytes.len() {
            assert!(read(&mut Reader::new("test", &bytes[..cut]), 2, 40).is_err());
        }
        assert!(read(&mut Reader::new("test", &bytes), usize::MAX, 40).is_err());
    }
}
