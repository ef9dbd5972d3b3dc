//! AVX2: `vpmaddubsw` multiplies nibbles, which are unsigned, by the query's signed bytes.

use std::arch::x86_64::{
    __m256i, _mm_add_epi32, _mm_cvtsi128_si32, _mm_loadu_si128, _mm_storeu_si128, _mm256_add_epi16,
    _mm256_add_epi32, _mm256_and_si256, _mm256_castsi256_si128, _mm256_extracti128_si256,
    _mm256_hadd_epi32, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_maddubs_epi16,
    _mm256_set1_epi8, _mm256_set1_epi16, _mm256_setzero_si256, _mm256_srli_epi16,
    _mm256_zextsi128_si256,
};

use super::{NARROW, Planes, over_tiles};

const LANES: usize = 32;

pub(super) fn sums(rows: &[u8], row: usize, query: Planes<'_>, out: &mut [i32]) {
    #[target_feature(enable = "avx2")]
    fn run(rows: &[u8], row: usize, query: Planes<'_>, out: &mut [i32]) {
        over_tiles!(tile(rows, row, query, out));
    }
    // SAFETY: `Backend::available` lists this backend only where these instructions exist.
    unsafe { run(rows, row, query, out) }
}

/// The sums of `R` rows.
///
/// # Safety
/// The caller guarantees `R` rows of `row` bytes, planes padded to a multiple of 64 bytes, and `R`
/// places in `out`.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn tile<const R: usize>(rows: *const u8, row: usize, query: Planes<'_>, out: &mut [i32]) {
    let ones = _mm256_set1_epi16(1);
    let mut sums = [_mm256_setzero_si256(); R];
    let whole = row / LANES * LANES;
    // SAFETY: in bounds by the caller's guarantee; loads and stores are unaligned ones.
    unsafe {
        for start in (0..whole).step_by(NARROW) {
            let mut pairs = [_mm256_setzero_si256(); R];
            for at in (start..whole.min(start + NARROW)).step_by(LANES) {
                for (r, pairs) in pairs.iter_mut().enumerate() {
                    let bytes = _mm256_loadu_si256(rows.add(r * row + at).cast());
                    *pairs = _mm256_add_epi16(*pairs, products(bytes, query, at));
                }
            }
            for (sum, pairs) in sums.iter_mut().zip(pairs) {
                *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(pairs, ones));
            }
        }
        if whole < row {
            for (r, sum) in sums.iter_mut().enumerate() {
                let bytes = _mm_loadu_si128(rows.add(r * row + whole).cast());
                let pairs = products(_mm256_zextsi128_si256(bytes), query, whole);
                *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(pairs, ones));
            }
        }
        add_lanes(&sums, out);
    }
}

/// The products of 64 values, added in fours.
///
/// # Safety
/// The planes have 32 bytes at `at`.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn products(bytes: __m256i, query: Planes<'_>, at: usize) -> __m256i {
    let mask = _mm256_set1_epi8(15);
    // SAFETY: in bounds by the caller's guarantee.
    let (low, high) = unsafe {
        (
            _mm256_loadu_si256(query.low.as_ptr().add(at).cast()),
            _mm256_loadu_si256(query.high.as_ptr().add(at).cast()),
        )
    };
    _mm256_add_epi16(
        _mm256_maddubs_epi16(_mm256_and_si256(bytes, mask), low),
        _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi16::<4>(bytes), mask), high),
    )
}

/// Adds the lanes of each register.
///
/// # Safety
/// `out` has as many places as there are registers.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) unsafe fn add_lanes<const R: usize>(sums: &[__m256i; R], out: &mut [i32]) {
    if let [a, b, c, d] = sums[..] {
        let halves = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
        let sums = _mm_add_epi32(
            _mm256_castsi256_si128(halves),
            _mm256_extracti128_si256::<1>(halves),
        );
        // SAFETY: four places by the caller's guarantee; the store is an unaligned one.
        unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), sums) }
    } else {
        let zero = _mm256_setzero_si256();
        for (out, &sum) in out.iter_mut().zip(sums) {
            let halves = _mm256_hadd_epi32(_mm256_hadd_epi32(sum, zero), zero);
            *out = _mm_cvtsi128_si32(_mm_add_epi32(
                _mm256_castsi256_si128(halves),
                _mm256_extracti128_si256::<1>(halves),
            ));
        }
    }
}
