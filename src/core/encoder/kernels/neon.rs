//! 64-bit Arm NEON: bytes are widened to 16 bits, `smlal` multiplies them into `i32` lanes.
//!
//! Neighbouring columns are multiplied in two steps, so that the layout is that of `simd128`
//! without its pairs: one column of four rows at a time.

use std::arch::aarch64::{
    int16x4_t, vdupq_n_s32, vget_high_s16, vget_low_s16, vld1_s8, vmlal_n_s16, vmovl_s8, vst1q_s32,
};

use super::{Job, Kernel, Packed, check, over_tokens};
use crate::encoder::quantize::Activations;

/// NEON, which every 64-bit Arm has.
pub(super) struct Neon;

impl Kernel for Neon {
    const LANES: usize = 8;
    const GROUP: usize = 1;

    #[inline(always)]
    fn gemm(acts: &Activations, w: &Packed, out: &mut [i32]) {
        check(acts, w, out);
        for block in 0..w.padded_rows / Self::LANES {
            macro_rules! tile {
                ($tokens:literal, $t:expr) => {
                    // SAFETY: NEON is part of every aarch64; `check` and the loop bounds keep all
                    // rows and tokens inside their slices.
                    unsafe { tile::<$tokens>(acts, w, out, block, $t) }
                };
            }
            over_tokens!(acts.tokens(), tile, [4, 3, 2, 1]);
        }
    }

    fn scope<J: Job>(job: J) {
        job.run::<Self>();
    }
}

/// Eight rows of block `block` by `T` tokens from token `first`.
///
/// # Safety
/// The caller guarantees `block + 1` blocks of weights, `first + T` tokens and as much of `out`.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn tile<const T: usize>(
    acts: &Activations,
    w: &Packed,
    out: &mut [i32],
    block: usize,
    first: usize,
) {
    let mut sums = [[vdupq_n_s32(0); 2]; T];
    // SAFETY: in bounds by the caller's guarantee; loads and stores need no alignment.
    unsafe {
        let weights = w.data.as_ptr().add(block * 8 * w.padded_cols);
        let tokens: [*const i16; T] = std::array::from_fn(|t| acts.wide(first + t).as_ptr());
        for k in 0..w.padded_cols {
            let rows = vmovl_s8(vld1_s8(weights.add(k * 8)));
            let halves: [int16x4_t; 2] = [vget_low_s16(rows), vget_high_s16(rows)];
            for t in 0..T {
                let token = *tokens[t].add(k);
                for (sum, half) in sums[t].iter_mut().zip(halves) {
                    *sum = vmlal_n_s16(*sum, half, token);
                }
            }
        }
        for (t, sums) in sums.iter().enumerate() {
            let to = out
                .as_mut_ptr()
                .add((first + t) * w.padded_rows + block * 8);
            vst1q_s32(to, sums[0]);
            vst1q_s32(to.add(4), sums[1]);
        }
    }
}
