//! AVX-512 VNNI: `vpdpbusd` multiplies nibbles, which are unsigned, by the query's signed bytes, and
//! adds four products into each `i32` lane.

use std::arch::x86_64::{
    __m512i, _mm256_add_epi32, _mm512_and_si512, _mm512_castsi512_si256, _mm512_dpbusd_epi32,
    _mm512_extracti64x4_epi64, _mm512_loadu_si512, _mm512_maskz_loadu_epi8, _mm512_set1_epi8,
    _mm512_setzero_si512, _mm512_srli_epi16,
};

use super::{Planes, WIDTH, avx2, over_tiles};

pub(super) fn sums(rows: &[u8], row: usize, query: Planes<'_>, out: &mut [i32]) {
    #[target_feature(enable = "avx2,avx512f,avx512bw,avx512vnni")]
    fn run(rows: &[u8], row: usize, query: Planes<'_>, out: &mut [i32]) {
        over_tiles!(tile(rows, row, query, out));
    }
    // SAFETY: `Backend::available` lists this backend only where these instructions exist; what
    // has AVX-512 has AVX2.
    unsafe { run(rows, row, query, out) }
}

/// The sums of `R` rows.
///
/// # Safety
/// The caller guarantees `R` rows of `row` bytes, planes padded to a multiple of 64 bytes, and `R`
/// places in `out`.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512bw,avx512vnni")]
unsafe fn tile<const R: usize>(rows: *const u8, row: usize, query: Planes<'_>, out: &mut [i32]) {
    let mut sums = [_mm512_setzero_si512(); R];
    let whole = row / WIDTH * WIDTH;
    // SAFETY: in bounds by the caller's guarantee; loads are unaligned ones, and a masked load
    // touches nothing outside its mask.
    unsafe {
        for at in (0..whole).step_by(WIDTH) {
            for (r, sum) in sums.iter_mut().enumerate() {
                let bytes = _mm512_loadu_si512(rows.add(r * row + at).cast());
                *sum = add_products(*sum, bytes, query, at);
            }
        }
        if whole < row {
            let mask = (1 << (row - whole)) - 1;
            for (r, sum) in sums.iter_mut().enumerate() {
                let bytes = _mm512_maskz_loadu_epi8(mask, rows.add(r * row + whole).cast());
                *sum = add_products(*sum, bytes, query, whole);
            }
        }
        let halves = sums.map(|sum| {
            _mm256_add_epi32(
                _mm512_castsi512_si256(sum),
                _mm512_extracti64x4_epi64::<1>(sum),
            )
        });
        avx2::add_lanes(&halves, out);
    }
}

/// `sum` and the products of 128 values.
///
/// # Safety
/// The planes have 64 bytes at `at`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn add_products(sum: __m512i, bytes: __m512i, query: Planes<'_>, at: usize) -> __m512i {
    let mask = _mm512_set1_epi8(15);
    // SAFETY: in bounds by the caller's guarantee.
    let (low, high) = unsafe {
        (
            _mm512_loadu_si512(query.low.as_ptr().add(at).cast()),
            _mm512_loadu_si512(query.high.as_ptr().add(at).cast()),
        )
    };
    let sum = _mm512_dpbusd_epi32(sum, _mm512_and_si512(bytes, mask), low);
    let bytes = _mm512_and_si512(_mm512_srli_epi16::<4>(bytes), mask);
    _mm512_dpbusd_epi32(sum, bytes, high)
}
