//! 64-bit Arm NEON: bytes are widened to 16 bits, `smlal` multiplies them into `i32` lanes.
//!
//! One column of eight rows at a time: their bytes lie side by side.

use std::arch::aarch64::{
    int16x4_t, vdupq_n_s32, vget_high_s16, vget_low_s16, vld1_s8, vmlal_n_s16, vmovl_s8, vst1q_s32,
};

use super::{Job, Kernel, Packed, check, over_tiles};
use crate::encoder::quantize::Activations;

/// NEON, which every 64-bit Arm has.
pub(super) struct Neon;

/// Row blocks of one tile: 2 × 8 rows by 4 tokens use 16 of 32 registers for sums.
const BLOCKS: usize = 2;

impl Kernel for Neon {
    const LANES: usize = 8;
    const GROUP: usize = 1;

    #[inline(always)]
    fn gemm(acts: &Activations, w: &Packed, out: &mut [i32]) {
        over_tiles!(Neon, BLOCKS, tile(acts, w, out), [4, 3, 2, 1]);
    }

    fn scope<J: Job>(job: J) {
        job.run::<Self>();
    }
}

/// `8 · R` rows from block `block` by `T` tokens from token `first`.
///
/// # Safety
/// The caller guarantees `block + R` blocks of weights, `first + T` tokens and as much of `out`.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn tile<const R: usize, const T: usize>(
    acts: &Activations,
    w: &Packed,
    out: &mut [i32],
    block: usize,
    first: usize,
) {
    let mut sums = [[[vdupq_n_s32(0); 2]; R]; T];
    let bytes = 8 * w.padded_cols;
    // SAFETY: in bounds by the caller's guarantee; loads and stores need no alignment.
    unsafe {
        let weights = w.data.as_ptr().add(block * bytes);
        let tokens: [*const i16; T] = std::array::from_fn(|t| acts.wide(first + t).as_ptr());
        for k in 0..w.padded_cols {
            let rows: [[int16x4_t; 2]; R] = std::array::from_fn(|r| {
                let rows = vmovl_s8(vld1_s8(weights.add(r * bytes + k * 8)));
                [vget_low_s16(rows), vget_high_s16(rows)]
            });
            for t in 0..T {
                let token = *tokens[t].add(k);
                for r in 0..R {
                    for half in 0..2 {
                        sums[t][r][half] = vmlal_n_s16(sums[t][r][half], rows[r][half], token);
                    }
                }
            }
        }
        for (t, sums) in sums.iter().enumerate() {
            let to = out
                .as_mut_ptr()
                .add((first + t) * w.padded_rows + block * 8);
            for (r, halves) in sums.iter().enumerate() {
                vst1q_s32(to.add(r * 8), halves[0]);
                vst1q_s32(to.add(r * 8 + 4), halves[1]);
            }
        }
    }
}
