//! 64-bit Arm NEON: bytes are widened to 16 bits, `smlal` multiplies them into `i32` lanes.
//!
//! One column of eight rows at a time: their elements lie side by side.

use std::arch::aarch64::{
    int16x8_t, vdupq_n_s32, vget_high_s16, vget_low_s16, vld1_s8, vld1q_s16, vmlal_n_s16, vmovl_s8,
    vst1q_s32,
};
use std::ops::Range;

use super::{Form, Job, Kernel, Left, Packed, Product, Right, over_tiles};
use crate::quantize::Activations;

/// NEON, which every 64-bit Arm has.
pub(super) struct Neon;

/// Row blocks of one tile: 2 × 8 rows by 4 tokens use 16 of 32 registers for sums.
const BLOCKS: usize = 2;

impl Kernel for Neon {
    const LANES: usize = 8;
    const GROUP: usize = 1;
    const PAIR: usize = 1;
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
        job.run::<Self>();
    }
}

/// What weights are made of.
trait Weight: Sized {
    /// Eight of them, 16 bits each.
    ///
    /// # Safety
    /// Eight elements lie at `at`.
    unsafe fn load(at: *const Self) -> int16x8_t;
}

impl Weight for i8 {
    #[inline(always)]
    unsafe fn load(at: *const Self) -> int16x8_t {
        // SAFETY: by the caller's guarantee; the load needs no alignment.
        unsafe { vmovl_s8(vld1_s8(at)) }
    }
}

impl Weight for i16 {
    #[inline(always)]
    unsafe fn load(at: *const Self) -> int16x8_t {
        // SAFETY: by the caller's guarantee; the load needs no alignment.
        unsafe { vld1q_s16(at) }
    }
}

/// `8 · R` rows from block `block` by `T` tokens from token `first`.
///
/// # Safety
/// The caller guarantees `block + R` blocks of weights, `first + T` tokens and as much of `out`.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn tile<W: Weight, const R: usize, const T: usize>(
    product: &mut Product<'_, i16, W>,
    block: usize,
    first: usize,
) {
    let mut sums = [[[vdupq_n_s32(0); 2]; R]; T];
    let size = 8 * product.cols;
    // SAFETY: in bounds by the caller's guarantee; loads and stores need no alignment.
    unsafe {
        let weights = product.weights.as_ptr().add(block * size);
        let acts = product.acts.as_ptr();
        let tokens: [*const i16; T] =
            std::array::from_fn(|t| acts.add((first + t) * product.stride));
        for k in 0..product.cols {
            let rows: [int16x8_t; R] =
                std::array::from_fn(|r| W::load(weights.add(r * size + k * 8)));
            for t in 0..T {
                let token = *tokens[t].add(k);
                for r in 0..R {
                    let halves = [vget_low_s16(rows[r]), vget_high_s16(rows[r])];
                    for (sum, half) in sums[t][r].iter_mut().zip(halves) {
                        *sum = vmlal_n_s16(*sum, half, token);
                    }
                }
            }
        }
        for (t, sums) in sums.iter().enumerate() {
            let to = (first + t) * product.rows + block * 8;
            let to = product.out.as_mut_ptr().add(to);
            for (r, halves) in sums.iter().enumerate() {
                vst1q_s32(to.add(r * 8), halves[0]);
                vst1q_s32(to.add(r * 8 + 4), halves[1]);
            }
        }
    }
}
