//! WebAssembly `simd128`: bytes are widened to 16 bits as they are loaded, `i32x4.dot_i16x8_s`
//! multiplies and adds neighbours into `i32` lanes.

use std::arch::wasm32::{
    i16x8_load_extend_i8x8, i32x4_add, i32x4_dot_i16x8, i32x4_splat, v128, v128_load32_splat,
    v128_store,
};

use super::{Job, Kernel, Packed, check, over_tiles};
use crate::encoder::quantize::Activations;

/// WebAssembly with 128-bit SIMD.
pub(super) struct Simd128;

/// Row blocks of one tile: 3 × 4 rows by 4 tokens leave four of the 16 registers that engines use.
const BLOCKS: usize = 3;

impl Kernel for Simd128 {
    const LANES: usize = 4;
    const GROUP: usize = 2;

    // Inlined into the forward pass it is copied five times over, and engines run out of registers
    // in a function of that size: a query takes a third longer.
    #[inline(never)]
    fn gemm(acts: &Activations, w: &Packed, out: &mut [i32]) {
        over_tiles!(Simd128, BLOCKS, tile(acts, w, out), [4, 3, 2, 1]);
    }

    fn scope<J: Job>(job: J) {
        job.run::<Self>();
    }
}

/// `4 · R` rows from block `block` by `T` tokens from token `first`.
///
/// # Safety
/// The caller guarantees `block + R` blocks of weights, `first + T` tokens and as much of `out`.
#[inline]
unsafe fn tile<const R: usize, const T: usize>(
    acts: &Activations,
    w: &Packed,
    out: &mut [i32],
    block: usize,
    first: usize,
) {
    let mut sums = [[i32x4_splat(0); R]; T];
    let bytes = 4 * w.padded_cols;
    // SAFETY: in bounds by the caller's guarantee; loads and stores need no alignment.
    unsafe {
        let weights = w.data.as_ptr().add(block * bytes);
        let tokens: [*const i16; T] = std::array::from_fn(|t| acts.wide(first + t).as_ptr());
        for k in (0..w.padded_cols).step_by(2) {
            let rows: [v128; R] =
                std::array::from_fn(|r| i16x8_load_extend_i8x8(weights.add(r * bytes + k * 4)));
            for t in 0..T {
                let token = v128_load32_splat(tokens[t].add(k).cast());
                for r in 0..R {
                    sums[t][r] = i32x4_add(sums[t][r], i32x4_dot_i16x8(rows[r], token));
                }
            }
        }
        for (t, sums) in sums.iter().enumerate() {
            let to = out
                .as_mut_ptr()
                .add((first + t) * w.padded_rows + block * 4);
            for (r, &sum) in sums.iter().enumerate() {
                v128_store(to.add(r * 4).cast(), sum);
            }
        }
    }
}
