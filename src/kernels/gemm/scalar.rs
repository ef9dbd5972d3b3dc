//! The oracle: every other backend must equal it.

use std::ops::Range;

use super::{Form, Job, Kernel, Left, Packed, Product, Right};
use crate::quantize::Activations;

/// Plain Rust.
pub(super) struct Scalar;

impl Kernel for Scalar {
    const LANES: usize = 1;
    const GROUP: usize = 1;
    const PAIR: usize = 1;
    const FORM: Form = Form::Wide;

    #[inline(always)]
    fn gemm(acts: &Activations, tokens: Range<usize>, w: &Packed, out: &mut [i32]) {
        multiply(Product::narrow(acts, acts.wide(), tokens, w, out));
    }

    #[inline(always)]
    fn gemm_wide(left: Left<'_>, right: Right<'_>, out: &mut [i32]) {
        multiply(Product::wide(left, right, out));
    }

    fn scope<J: Job>(job: J) {
        job.run::<Self>();
    }
}

fn multiply<W: Copy + Into<i32>>(product: Product<'_, i16, W>) {
    let Product { stride, cols, .. } = product;
    let rows = product.out.chunks_exact_mut(product.rows);
    for (t, out) in rows.take(product.tokens).enumerate() {
        let token = &product.acts[t * stride..t * stride + cols];
        for (row, out) in product.weights.chunks_exact(cols).zip(out) {
            *out = row
                .iter()
                .zip(token)
                .map(|(&w, &a)| w.into() * i32::from(a))
                .sum();
        }
    }
}
