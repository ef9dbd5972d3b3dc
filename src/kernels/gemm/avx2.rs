//! AVX2: bytes are widened to 16 bits, `vpmaddwd` multiplies and adds neighbours into `i32` lanes.
//!
//! (`vpmaddubsw` would be shorter but saturates: 127 · 127 · 2 does not fit 16 bits.)

use std::arch::x86_64::{
    __m256i, _mm_loadu_si128, _mm256_add_epi32, _mm256_cvtepi8_epi16, _mm256_loadu_si256,
    _mm256_madd_epi16, _mm256_set1_epi32, _mm256_setzero_si256, _mm256_storeu_si256,
};
use std::ops::Range;

use super::{Form, Job, Kernel, Left, Packed, Product, Right, over_tiles};
use crate::quantize::Activations;

/// AVX2.
pub(super) struct Avx2;

/// Row blocks of one tile: 2 × 8 rows by 4 tokens use 8 of 16 registers for sums.
const BLOCKS: usize = 2;

impl Kernel for Avx2 {
    const LANES: usize = 8;
    const GROUP: usize = 2;
    const PAIR: usize = 2;
    const FORM: Form = Form::Wide;

    #[inline(always)]
    fn gemm(acts: &Activations, tokens: Range<usize>, w: &Packed, out: &mut [i32]) {
        let mut product = Product::narrow(acts, acts.wide(), tokens, w, out);
        over_tiles!(Self::LANES, BLOCKS, tile(product), [4, 3, 2, 1]);
    }

    #[inline(always)]
    fn gemm_wide(left: Left<'_>, right: Right<'_>, out: &mut [i32]) {
        let mut product = Product::wide(left, right, out);
        over_tiles!(Self::LANES, BLOCKS, tile(product), [4, 3, 2, 1]);
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

/// What weights are made of.
trait Weight: Sized {
    /// Sixteen of them, 16 bits each.
    ///
    /// # Safety
    /// Sixteen elements lie at `at`, and the caller is compiled with AVX2.
    unsafe fn load(at: *const Self) -> __m256i;
}

impl Weight for i8 {
    #[inline(always)]
    unsafe fn load(at: *const Self) -> __m256i {
        // SAFETY: by the caller's guarantee; the load is an unaligned one.
        unsafe { _mm256_cvtepi8_epi16(_mm_loadu_si128(at.cast())) }
    }
}

impl Weight for i16 {
    #[inline(always)]
    unsafe fn load(at: *const Self) -> __m256i {
        // SAFETY: by the caller's guarantee; the load is an unaligned one.
        unsafe { _mm256_loadu_si256(at.cast()) }
    }
}

/// `8 · R` rows from block `block` by `T` tokens from token `first`.
///
/// # Safety
/// The caller guarantees `block + R` blocks of weights, `first + T` tokens and as much of `out`.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn tile<W: Weight, const R: usize, const T: usize>(
    product: &mut Product<'_, i16, W>,
    block: usize,
    first: usize,
) {
    let mut sums = [[_mm256_setzero_si256(); R]; T];
    let size = 8 * product.cols;
    // SAFETY: in bounds by the caller's guarantee; loads and stores are unaligned ones.
    unsafe {
        let weights = product.weights.as_ptr().add(block * size);
        let acts = product.acts.as_ptr();
        let tokens: [*const i16; T] =
            std::array::from_fn(|t| acts.add((first + t) * product.stride));
        for k in (0..product.cols).step_by(2) {
            let rows: [__m256i; R] =
                std::array::from_fn(|r| W::load(weights.add(r * size + k * 8)));
            for t in 0..T {
                let token = _mm256_set1_epi32(tokens[t].add(k).cast::<i32>().read_unaligned());
                for r in 0..R {
                    sums[t][r] = _mm256_add_epi32(sums[t][r], _mm256_madd_epi16(rows[r], token));
                }
            }
        }
        for (t, sums) in sums.iter().enumerate() {
            let to = (first + t) * product.rows + block * 8;
            let to = product.out.as_mut_ptr().add(to);
            for (r, &sum) in sums.iter().enumerate() {
                _mm256_storeu_si256(to.add(r * 8).cast(), sum);
            }
        }
    }
}
