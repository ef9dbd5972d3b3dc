//! WebAssembly `simd128`: bytes are widened to 16 bits as they are loaded, `i32x4.dot_i16x8_s`
//! multiplies and adds neighbours into `i32` lanes.

use std::arch::wasm32::{
    i16x8_load_extend_i8x8, i32x4_add, i32x4_dot_i16x8, i32x4_splat, v128, v128_load,
    v128_load32_splat, v128_store,
};
use std::ops::Range;

use super::{Form, Job, Kernel, Left, Packed, Product, Right, over_tiles};
use crate::quantize::Activations;

/// WebAssembly with 128-bit SIMD.
pub(super) struct Simd128;

/// Row blocks of one tile: 2 × 4 rows by 4 tokens use 8 of 16 registers for sums. (With 3 × 4 rows
/// V8, which keeps a register to itself, has none left for what it multiplies.)
const BLOCKS: usize = 2;

impl Kernel for Simd128 {
    const LANES: usize = 4;
    const GROUP: usize = 2;
    const PAIR: usize = 2;
    const FORM: Form = Form::Wide;

    // Inlined into the forward pass they are copied again and again, and engines run out of
    // registers in a function of that size: a query takes a third longer.
    #[inline(never)]
    fn gemm(acts: &Activations, tokens: Range<usize>, w: &Packed, out: &mut [i32]) {
        let mut product = Product::narrow(acts, acts.wide(), tokens, w, out);
        over_tiles!(Self::LANES, BLOCKS, tile(product), [4, 3, 2, 1]);
    }

    #[inline(never)]
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
    unsafe fn load(at: *const Self) -> v128;
}

impl Weight for i8 {
    #[inline(always)]
    unsafe fn load(at: *const Self) -> v128 {
        // SAFETY: by the caller's guarantee; the load needs no alignment.
        unsafe { i16x8_load_extend_i8x8(at) }
    }
}

impl Weight for i16 {
    #[inline(always)]
    unsafe fn load(at: *const Self) -> v128 {
        // SAFETY: by the caller's guarantee; the load needs no alignment.
        unsafe { v128_load(at.cast()) }
    }
}

/// `4 · R` rows from block `block` by `T` tokens from token `first`.
///
/// # Safety
/// The caller guarantees `block + R` blocks of weights, `first + T` tokens and as much of `out`.
#[inline(never)]
unsafe fn tile<W: Weight, const R: usize, const T: usize>(
    product: &mut Product<'_, i16, W>,
    block: usize,
    first: usize,
) {
    let mut sums = [[i32x4_splat(0); R]; T];
    let size = 4 * product.cols;
    // SAFETY: in bounds by the caller's guarantee; loads and stores need no alignment.
    unsafe {
        let weights = product.weights.as_ptr().add(block * size);
        let acts = product.acts.as_ptr();
        let tokens: [*const i16; T] =
            std::array::from_fn(|t| acts.add((first + t) * product.stride));
        for k in (0..product.cols).step_by(2) {
            let rows: [v128; R] = std::array::from_fn(|r| W::load(weights.add(r * size + k * 4)));
            for t in 0..T {
                let token = v128_load32_splat(tokens[t].add(k).cast());
                for r in 0..R {
                    sums[t][r] = i32x4_add(sums[t][r], i32x4_dot_i16x8(rows[r], token));
                }
            }
        }
        for (t, sums) in sums.iter().enumerate() {
            let to = (first + t) * product.rows + block * 4;
            let to = product.out.as_mut_ptr().add(to);
            for (r, &sum) in sums.iter().enumerate() {
                v128_store(to.add(r * 4).cast(), sum);
            }
        }
    }
}
