//! WebAssembly `simd128`: two bytes of a row are a 16-bit lane with four nibbles. Masks leave one of
//! them where it stands, `i32x4.dot_i16x8_s` multiplies it, and the sum of each place is shifted
//! down once at the end.

use std::arch::wasm32::{
    i16x8_shl, i16x8_shr, i32x4_add, i32x4_dot_i16x8, i32x4_extract_lane, i32x4_shr, i32x4_splat,
    u16x8_shr, u16x8_splat, v128, v128_and, v128_load,
};

use super::{Planes, STEP, over_tiles};

pub(super) fn sums(rows: &[u8], row: usize, query: Planes<'_>, out: &mut [i32]) {
    over_tiles!(tile(rows, row, query, out));
}

/// The sums of `R` rows.
///
/// # Safety
/// The caller guarantees `R` rows of `row` bytes, a multiple of 16, planes as long, and `R` places
/// in `out`.
#[inline]
unsafe fn tile<const R: usize>(rows: *const u8, row: usize, query: Planes<'_>, out: &mut [i32]) {
    let zero = i32x4_splat(0);
    // Of the nibbles whose place is worth 1 (the first and, shifted down, the fourth), 16 and 256.
    let mut sums = [[zero; 3]; R];
    // SAFETY: in bounds by the caller's guarantee; loads need no alignment.
    unsafe {
        for at in (0..row).step_by(STEP) {
            let [first, third] = lanes(v128_load(query.low.as_ptr().add(at).cast()));
            let [second, fourth] = lanes(v128_load(query.high.as_ptr().add(at).cast()));
            for (r, sums) in sums.iter_mut().enumerate() {
                let bytes = v128_load(rows.add(r * row + at).cast());
                let nibble = |mask: u16| v128_and(bytes, u16x8_splat(mask));
                let ones = i32x4_add(
                    i32x4_dot_i16x8(nibble(0x000f), first),
                    i32x4_dot_i16x8(u16x8_shr(bytes, 12), fourth),
                );
                sums[0] = i32x4_add(sums[0], ones);
                sums[1] = i32x4_add(sums[1], i32x4_dot_i16x8(nibble(0x00f0), second));
                sums[2] = i32x4_add(sums[2], i32x4_dot_i16x8(nibble(0x0f00), third));
            }
        }
    }
    for (out, [ones, sixteens, rest]) in out.iter_mut().zip(sums) {
        let sum = i32x4_add(ones, i32x4_add(i32x4_shr(sixteens, 4), i32x4_shr(rest, 8)));
        *out = i32x4_extract_lane::<0>(sum)
            + i32x4_extract_lane::<1>(sum)
            + i32x4_extract_lane::<2>(sum)
            + i32x4_extract_lane::<3>(sum);
    }
}

/// The even bytes and the odd bytes, each widened to 16 bits.
#[inline]
fn lanes(bytes: v128) -> [v128; 2] {
    [i16x8_shr(i16x8_shl(bytes, 8), 8), i16x8_shr(bytes, 8)]
}
