//! 64-bit Arm NEON: `smull` and `smlal` multiply nibbles, which are below 16 and so signed too, by
//! the query's bytes into 16-bit lanes.

use std::arch::aarch64::{
    int8x16_t, vaddvq_s32, vandq_u8, vdupq_n_s16, vdupq_n_s32, vdupq_n_u8, vget_low_s8, vld1q_s8,
    vld1q_u8, vmlal_high_s8, vmlal_s8, vpadalq_s16, vreinterpretq_s8_u8, vshrq_n_u8,
};

use super::{NARROW, Planes, STEP, over_tiles};

pub(super) fn sums(rows: &[u8], row: usize, query: Planes<'_>, out: &mut [i32]) {
    over_tiles!(tile(rows, row, query, out));
}

/// The sums of `R` rows.
///
/// # Safety
/// The caller guarantees `R` rows of `row` bytes, a multiple of 16, planes as long, and `R` places
/// in `out`.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn tile<const R: usize>(rows: *const u8, row: usize, query: Planes<'_>, out: &mut [i32]) {
    let mut sums = [vdupq_n_s32(0); R];
    // SAFETY: in bounds by the caller's guarantee; loads need no alignment.
    unsafe {
        for start in (0..row).step_by(NARROW) {
            // Low and high halves of the registers apart: 16 products a lane, as `NARROW` allows.
            let mut narrow = [[vdupq_n_s16(0); 2]; R];
            for at in (start..row.min(start + NARROW)).step_by(STEP) {
                let low = vld1q_s8(query.low.as_ptr().add(at));
                let high = vld1q_s8(query.high.as_ptr().add(at));
                for (r, narrow) in narrow.iter_mut().enumerate() {
                    let bytes = vld1q_u8(rows.add(r * row + at));
                    let nibbles: [int8x16_t; 2] = [
                        vreinterpretq_s8_u8(vandq_u8(bytes, vdupq_n_u8(15))),
                        vreinterpretq_s8_u8(vshrq_n_u8::<4>(bytes)),
                    ];
                    for (nibbles, query) in nibbles.into_iter().zip([low, high]) {
                        narrow[0] = vmlal_s8(narrow[0], vget_low_s8(nibbles), vget_low_s8(query));
                        narrow[1] = vmlal_high_s8(narrow[1], nibbles, query);
                    }
                }
            }
            for (sum, narrow) in sums.iter_mut().zip(narrow) {
                *sum = vpadalq_s16(vpadalq_s16(*sum, narrow[0]), narrow[1]);
            }
        }
    }
    for (out, sum) in out.iter_mut().zip(sums) {
        *out = vaddvq_s32(sum);
    }
}
