//! AVX-512 VNNI: `vpdpbusd` multiplies unsigned by signed bytes, four at a time, into `i32` lanes,
//! and `vpdpwssd` signed 16-bit integers, two at a time.
//!
//! The unsigned side are the weights plus 128, as they are packed; what that adds,
//! `128 · Σ_k acts[t][k]`, is taken off at the start, as the accumulators' first value.

use std::arch::x86_64::{
    __m512i, _mm512_dpbusd_epi32, _mm512_dpwssd_epi32, _mm512_loadu_si512, _mm512_set1_epi32,
    _mm512_storeu_si512,
};
use std::ops::Range;

use super::{Form, Job, Kernel, Left, Packed, Product, Right, over_tiles};
use crate::quantize::Activations;

/// AVX-512 F, BW and VNNI.
pub(super) struct Vnni;

/// Row blocks of one tile: 4 × 16 rows by 6 tokens fill 24 of 32 registers.
const BLOCKS: usize = 4;

impl Kernel for Vnni {
    const LANES: usize = 16;
    const GROUP: usize = 4;
    const PAIR: usize = 2;
    const OFFSET: u8 = 128;
    const FORM: Form = Form::NarrowAndSums;

    #[inline(always)]
    fn gemm(acts: &Activations, tokens: Range<usize>, w: &Packed, out: &mut [i32]) {
        let mut product = Product::narrow(acts, acts.narrow(), tokens, w, out);
        over_tiles!(Self::LANES, BLOCKS, tile(product), [6, 5, 4, 3, 2, 1]);
    }

    #[inline(always)]
    fn gemm_wide(left: Left<'_>, right: Right<'_>, out: &mut [i32]) {
        let mut product = Product::wide(left, right, out);
        over_tiles!(Self::LANES, BLOCKS, tile(product), [6, 5, 4, 3, 2, 1]);
    }

    fn scope<J: Job>(job: J) {
        #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
        fn run<J: Job>(job: J) {
            job.run::<Vnni>();
        }
        // SAFETY: `Backend::available` lists this backend only where these instructions exist.
        unsafe { run(job) }
    }
}

/// What both sides are made of: a group of them is four bytes wide.
trait Element: Sized {
    /// Elements of a group.
    const GROUP: usize;

    /// What the sums of token `t` start with.
    fn start(product: &Product<'_, Self, Self>, t: usize) -> i32;

    /// `sums + Σ rows · token` in each lane.
    ///
    /// # Safety
    /// The caller is compiled with AVX-512 VNNI.
    unsafe fn dot(sums: __m512i, rows: __m512i, token: __m512i) -> __m512i;
}

impl Element for i8 {
    const GROUP: usize = 4;

    #[inline(always)]
    fn start(product: &Product<'_, Self, Self>, t: usize) -> i32 {
        -128 * product.sums[t]
    }

    #[inline(always)]
    unsafe fn dot(sums: __m512i, rows: __m512i, token: __m512i) -> __m512i {
        // SAFETY: by the caller's guarantee.
        unsafe { _mm512_dpbusd_epi32(sums, rows, token) }
    }
}

impl Element for i16 {
    const GROUP: usize = 2;

    #[inline(always)]
    fn start(_: &Product<'_, Self, Self>, _: usize) -> i32 {
        0
    }

    #[inline(always)]
    unsafe fn dot(sums: __m512i, rows: __m512i, token: __m512i) -> __m512i {
        // SAFETY: by the caller's guarantee.
        unsafe { _mm512_dpwssd_epi32(sums, rows, token) }
    }
}

/// `16 · R` rows from block `block` by `T` tokens from token `first`.
///
/// # Safety
/// The caller guarantees `block + R` blocks of weights, `first + T` tokens and as much of `out`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn tile<E: Element, const R: usize, const T: usize>(
    product: &mut Product<'_, E, E>,
    block: usize,
    first: usize,
) {
    let mut sums: [[__m512i; R]; T] =
        std::array::from_fn(|t| [_mm512_set1_epi32(E::start(product, first + t)); R]);
    let size = 16 * product.cols;
    // SAFETY: in bounds by the caller's guarantee; loads and stores are unaligned ones.
    unsafe {
        let weights = product.weights.as_ptr().add(block * size);
        let acts = product.acts.as_ptr();
        let tokens: [*const E; T] = std::array::from_fn(|t| acts.add((first + t) * product.stride));
        for k in (0..product.cols).step_by(E::GROUP) {
            let rows: [__m512i; R] =
                std::array::from_fn(|r| _mm512_loadu_si512(weights.add(r * size + k * 16).cast()));
            for t in 0..T {
                let token = _mm512_set1_epi32(tokens[t].add(k).cast::<i32>().read_unaligned());
                for r in 0..R {
                    sums[t][r] = E::dot(sums[t][r], rows[r], token);
                }
            }
        }
        for (t, sums) in sums.iter().enumerate() {
            let to = (first + t) * product.rows + block * 16;
            let to = product.out.as_mut_ptr().add(to);
            for (r, &sum) in sums.iter().enumerate() {
                _mm512_storeu_si512(to.add(r * 16).cast(), sum);
            }
        }
    }
}
