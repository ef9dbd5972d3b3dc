//! The oracle: every other backend must equal it.

use super::{Job, Kernel, Packed, check};
use crate::encoder::quantize::Activations;

/// Plain Rust.
pub(super) struct Scalar;

impl Kernel for Scalar {
    const LANES: usize = 1;
    const GROUP: usize = 1;

    #[inline(always)]
    fn gemm(acts: &Activations, w: &Packed, out: &mut [i32]) {
        check(acts, w, out);
        for (t, out) in out.chunks_exact_mut(w.padded_rows).enumerate() {
            let token = &acts.wide(t)[..w.padded_cols];
            for (row, out) in w.data.chunks_exact(w.padded_cols).zip(out) {
                *out = row
                    .iter()
                    .zip(token)
                    .map(|(&w, &a)| i32::from(w) * i32::from(a))
                    .sum();
            }
        }
    }

    fn scope<J: Job>(job: J) {
        job.run::<Self>();
    }
}
