//! AVX-512 VNNI: `vpdpbusd` multiplies unsigned by signed bytes, four at a time, into `i32` lanes.
//!
//! The unsigned side are the weights plus 128 (their sign bit flipped); what that adds,
//! `128 · Σ_k acts[t][k]`, is taken off at the start, as the accumulators' first value.

use std::arch::x86_64::{
    __m512i, _mm512_dpbusd_epi32, _mm512_loadu_si512, _mm512_set1_epi32, _mm512_storeu_si512,
    _mm512_xor_si512,
};

use super::{Job, Kernel, Packed, check, over_tiles};
use crate::encoder::quantize::Activations;

/// AVX-512 F, BW and VNNI.
pub(super) struct Vnni;

/// Row blocks of one tile: 4 × 16 rows by 6 tokens fill 24 of 32 registers.
const BLOCKS: usize = 4;

impl Kernel for Vnni {
    const LANES: usize = 16;
    const GROUP: usize = 4;

    #[inline(always)]
    fn gemm(acts: &Activations, w: &Packed, out: &mut [i32]) {
        over_tiles!(Vnni, BLOCKS, tile(acts, w, out), [6, 5, 4, 3, 2, 1]);
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

/// `16 · R` rows from block `block` by `T` tokens from token `first`.
///
/// # Safety
/// The caller guarantees `block + R` blocks of weights, `first + T` tokens and as much of `out`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn tile<const R: usize, const T: usize>(
    acts: &Activations,
    w: &Packed,
    out: &mut [i32],
    block: usize,
    first: usize,
) {
    let flip = _mm512_set1_epi32(i32::from_ne_bytes([0x80; 4]));
    let mut sums: [[__m512i; R]; T] =
        std::array::from_fn(|t| [_mm512_set1_epi32(-128 * acts.sum(first + t)); R]);
    let bytes = 16 * w.padded_cols;
    // SAFETY: in bounds by the caller's guarantee; loads and stores are unaligned ones.
    unsafe {
        let weights = w.data.as_ptr().add(block * bytes);
        let tokens: [*const i8; T] = std::array::from_fn(|t| acts.narrow(first + t).as_ptr());
        for k in (0..w.padded_cols).step_by(4) {
            let rows: [__m512i; R] = std::array::from_fn(|r| {
                _mm512_xor_si512(
                    _mm512_loadu_si512(weights.add(r * bytes + k * 16).cast()),
                    flip,
                )
            });
            for t in 0..T {
                let token = _mm512_set1_epi32(tokens[t].add(k).cast::<i32>().read_unaligned());
                for r in 0..R {
                    sums[t][r] = _mm512_dpbusd_epi32(sums[t][r], rows[r], token);
                }
            }
        }
        for (t, sums) in sums.iter().enumerate() {
            let to = out
                .as_mut_ptr()
                .add((first + t) * w.padded_rows + block * 16);
            for (r, &sum) in sums.iter().enumerate() {
                _mm512_storeu_si512(to.add(r * 16).cast(), sum);
            }
        }
    }
}
