//! Every backend against the contract, on random and on extreme operands.

use super::{Backend, Planes, WIDTH, sums};

/// SplitMix64 (Steele, Lea & Flood 2014), seeded: tests must not change from run to run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

fn naive(row: &[u8], low: &[i8], high: &[i8]) -> i32 {
    let product = |j: usize| {
        let (a, b) = (i32::from(row[j] % 16), i32::from(row[j] / 16));
        a * i32::from(low[j]) + b * i32::from(high[j])
    };
    (0..row.len()).map(product).sum()
}

fn check(count: usize, row: usize, mut byte: impl FnMut() -> u8, mut value: impl FnMut() -> i8) {
    let rows: Vec<u8> = (0..count * row).map(|_| byte()).collect();
    let mut plane = || {
        let mut plane: Vec<i8> = (0..row).map(|_| value()).collect();
        plane.resize(row.next_multiple_of(WIDTH), 0);
        plane
    };
    let (low, high) = (plane(), plane());
    let query = Planes {
        low: &low,
        high: &high,
    };
    let expected: Vec<i32> = rows
        .chunks(row)
        .map(|row| naive(row, &low, &high))
        .collect();
    for backend in Backend::available() {
        let mut got = vec![0; count];
        sums(backend, &rows, row, query, &mut got);
        assert_eq!(got, expected, "{backend:?} {count} × {row}");
    }
}

#[test]
fn every_backend_keeps_the_contract_for_every_shape() {
    let (mut bytes, mut values) = (Random(1), Random(2));
    for count in [0, 1, 2, 3, 4, 5, 8, 11] {
        for row in [16, 32, 48, 64, 80, 112, 128, 144, 192, 256, 400, 1024] {
            check(
                count,
                row,
                || bytes.next() as u8,
                || (values.next() % 255) as i8,
            );
        }
    }
}

#[test]
fn every_backend_is_exact_at_the_extremes() {
    for extreme in [127i8, -127] {
        check(5, 16_384, || 0xff, || extreme);
    }
    let mut random = Random(3);
    let sign = |random: &mut Random| {
        if random.next().is_multiple_of(2) {
            127
        } else {
            -127
        }
    };
    check(7, 1_040, || 0xff, || sign(&mut random));
}

#[test]
#[should_panic(expected = "the query is of another size")]
fn a_query_of_another_size_never_reaches_a_kernel() {
    let query = Planes {
        low: &[0; 64],
        high: &[0; 64],
    };
    sums(Backend::detect(), &[0; 128], 128, query, &mut [0]);
}
