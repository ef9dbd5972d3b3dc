//! AVX2: bytes are widened to 16 bits, `vpmaddwd` multiplies and adds neighbours into `i32` lanes.
//!
//! (`vpmaddubsw` would be shorter but saturates: 127 · 127 · 2 does not fit 16 bits.)

use std::arch::x86_64::{
    __m256i, _mm_loadu_si128, _mm256_add_epi32, _mm256_cvtepi8_epi16, _mm256_madd_epi16,
    _mm256_set1_epi32, _mm256_setzero_si256, _mm256_storeu_si256,
};

use super::{Job, Kernel, Packed, check, over_tiles};
use crate::encoder::quantize::Activations;

/// AVX2.
pub(super) struct Avx2;

/// Row blocks of one tile: 2 × 8 rows by 4 tokens use 8 of 16 registers for sums.
const BLOCKS: usize = 2;

impl Kernel for Avx2 {
    const LANES: usize = 8;
    const GROUP: usize = 2;

    #[inline(always)]
    fn gemm(acts: &Activations, w: &Packed, out: &mut [i32]) {
        over_tiles!(Avx2, BLOCKS, tile(acts, w, out), [4, 3, 2, 1]);
    }

    fn scope<J: Job>(job: J) {
        #[target_feature(enable = "avx2")]
        fn run<J: Job>(job: J) {
            job.run::<Avx2>();
        }
        // SAFETY: `Backend::available` lists this backend only where these instructions exist.
        unsafe { run(job) }
    }
}

/// `8 · R` rows from block `block` by `T` tokens from token `first`.
///
/// # Safety
/// The caller guarantees `block + R` blocks of weights, `first + T` tokens and as much of `out`.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn tile<const R: usize, const T: usize>(
    acts: &Activations,
    w: &Packed,
    out: &mut [i32],
    block: usize,
    first: usize,
) {
    let mut sums = [[_mm256_setzero_si256(); R]; T];
    let bytes = 8 * w.padded_cols;
    // SAFETY: in bounds by the caller's guarantee; loads and stores are unaligned ones.
    unsafe {
        let weights = w.data.as_ptr().add(block * bytes);
        let tokens: [*const i16; T] = std::array::from_fn(|t| acts.wide(first + t).as_ptr());
        for k in (0..w.padded_cols).step_by(2) {
            let rows: [__m256i; R] = std::array::from_fn(|r| {
                _mm256_cvtepi8_epi16(_mm_loadu_si128(weights.add(r * bytes + k * 8).cast()))
            });
            for t in 0..T {
                let token = _mm256_set1_epi32(tokens[t].add(k).cast::<i32>().read_unaligned());
                for r in 0..R {
                    sums[t][r] = _mm256_add_epi32(sums[t][r], _mm256_madd_epi16(rows[r], token));
                }
            }
        }
        for (t, sums) in sums.iter().enumerate() {
            let to = out
                .as_mut_ptr()
                .add((first + t) * w.padded_rows + block * 8);
            for (r, &sum) in sums.iter().enumerate() {
                _mm256_storeu_si256(to.add(r * 8).cast(), sum);
            }
        }
    }
}
