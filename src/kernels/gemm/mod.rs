//! Integer matrix kernels: one contract, one backend per instruction set, one scalar oracle.
//!
//! Contract of `Kernel::gemm`: `out[t][n] = Σ_k acts[t][k] · w[n][k]`, exact in `i32`. Operands
//! stay within ±127, so `k` up to 133,000 cannot overflow. `Kernel::gemm_wide` is the same for
//! 16-bit operands, which its callers keep so small that their sums fit (`quantize::limit`). Being
//! integers, the sums do not depend on their order: every backend returns the same bits, and the
//! scalar one defines what is right.
//!
//! The `f32` steps around the products are plain Rust without reductions across lanes, or with
//! [`crate::math::sum`]'s fixed order, so vector width cannot change them either. To give
//! them wide registers, the whole forward pass is compiled once inside each backend's
//! `#[target_feature]` scope (`Kernel::scope`).

#![allow(unsafe_code)]

use std::ops::Range;

use crate::quantize::{Activations, Matrix};

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod amx;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(any(
    feature = "oracle",
    not(all(target_arch = "wasm32", target_feature = "simd128"))
))]
mod scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod vnni;

/// An instruction set the kernels are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// Plain Rust: the oracle.
    Scalar,
    /// x86-64 with AVX2.
    Avx2,
    /// x86-64 with AVX-512 F, BW and VNNI.
    Vnni,
    /// The same with AMX tiles of 8-bit integers, which Linux must grant.
    Amx,
    /// 64-bit Arm with NEON.
    Neon,
    /// WebAssembly with 128-bit SIMD.
    Simd128,
}

impl Backend {
    /// The backends this machine can run, fastest first; [`Backend::Scalar`] is the last in
    /// builds that have it.
    #[allow(clippy::vec_init_then_push)] // What comes before the last depends on the target.
    pub fn available() -> Vec<Self> {
        let mut found = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            let avx512 =
                is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw");
            if avx512 && is_x86_feature_detected!("avx512vnni") {
                #[cfg(target_os = "linux")]
                if amx::granted() {
                    found.push(Self::Amx);
                }
                found.push(Self::Vnni);
            }
            if is_x86_feature_detected!("avx2") {
                found.push(Self::Avx2);
            }
        }
        #[cfg(target_arch = "aarch64")]
        found.push(Self::Neon);
        #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
        found.push(Self::Simd128);
        #[cfg(any(
            feature = "oracle",
            not(all(target_arch = "wasm32", target_feature = "simd128"))
        ))]
        found.push(Self::Scalar);
        found
    }

    /// The fastest backend of this machine.
    pub fn detect() -> Self {
        Self::available()[0]
    }
}

/// What runs where no other backend is chosen: the oracle, but in builds that always have SIMD and
/// are not for tests.
#[cfg(any(
    feature = "oracle",
    not(all(target_arch = "wasm32", target_feature = "simd128"))
))]
use scalar::Scalar as Last;
#[cfg(all(
    target_arch = "wasm32",
    target_feature = "simd128",
    not(feature = "oracle")
))]
use simd128::Simd128 as Last;

/// Work that runs inside a backend's scope.
pub(crate) trait Job {
    /// Runs with the kernel `K`; implementations are `#[inline(always)]`.
    fn run<K: Kernel>(self);
}

/// Runs a job with the kernel of `backend`.
///
/// A backend that this build does not have falls back to the last of [`Backend::available`], which
/// gives the same bits; that is the only source of backends, so it does not happen.
pub(crate) fn dispatch<J: Job>(backend: Backend, job: J) {
    match backend {
        #[cfg(target_arch = "x86_64")]
        Backend::Avx2 => avx2::Avx2::scope(job),
        #[cfg(target_arch = "x86_64")]
        Backend::Vnni => vnni::Vnni::scope(job),
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        Backend::Amx => amx::Amx::scope(job),
        #[cfg(target_arch = "aarch64")]
        Backend::Neon => neon::Neon::scope(job),
        #[cfg(all(target_arch = "wasm32", target_feature = "simd128", feature = "oracle"))]
        Backend::Simd128 => simd128::Simd128::scope(job),
        _ => Last::scope(job),
    }
}

/// A backend's matrix products.
pub(crate) trait Kernel {
    /// Rows of a weight matrix that lie in one vector register.
    const LANES: usize;
    /// Neighbouring 8-bit columns of one row that one instruction multiplies and adds.
    const GROUP: usize;
    /// Neighbouring 16-bit columns of one row that one instruction multiplies and adds.
    const PAIR: usize;
    /// Rows of 8-bit weights are padded to a multiple of this.
    const ROWS: usize = Self::LANES;
    /// Columns of 8-bit weights are padded to a multiple of this.
    const COLS: usize = Self::GROUP;
    /// Added (wrapping) to every 8-bit weight when it is packed.
    const OFFSET: u8 = 0;
    /// How `gemm` reads activations.
    const FORM: Form;

    /// `out[t][n] = Σ_k acts[t][k] · w[n][k]` for the tokens `t` of the range, which begins at a
    /// multiple of [`TILE`], and all rows `n`.
    ///
    /// `out` has `w.padded_rows` columns, and as many rows as there are tokens in the range,
    /// rounded up to a multiple of [`TILE`]: what the last of them hold is undefined.
    fn gemm(acts: &Activations, tokens: Range<usize>, w: &Packed, out: &mut [i32]);

    /// `out[t][n] = Σ_k left[t][k] · right[n][k]` for all rows of both sides.
    fn gemm_wide(left: Left<'_>, right: Right<'_>, out: &mut [i32]);

    /// Runs `job` compiled with this backend's instructions.
    fn scope<J: Job>(job: J);
}

/// The width of quantised activations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// 8 bits a value.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
    Narrow,
    /// 8 bits a value, and the sum of each row.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
    NarrowAndSums,
    /// 16 bits a value, which saves widening them again and again.
    Wide,
}

/// Rows of a product's output come in multiples of this.
pub(crate) const TILE: usize = 16;

/// The left side of a product of 16-bit integers: some columns of a row-major matrix.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Left<'a> {
    /// Element `[t][k]` is `data[t · stride + k]`.
    pub data: &'a [i16],
    /// Elements from one row to the next.
    pub stride: usize,
    /// Rows.
    pub rows: usize,
}

/// The right side of a product of 16-bit integers, laid out like [`Packed`] in groups of `PAIR`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Right<'a> {
    /// `[rows / LANES][cols / PAIR][LANES][PAIR]`.
    pub data: &'a [i16],
    /// Rows, a multiple of `LANES`.
    pub rows: usize,
    /// Columns, a multiple of `PAIR`.
    pub cols: usize,
}

/// A product of either width as the tiles of a backend see it.
struct Product<'a, A, W> {
    acts: &'a [A],
    stride: usize,
    tokens: usize,
    weights: &'a [W],
    rows: usize,
    cols: usize,
    /// Sums of the rows of `acts`, where the backend asks for them.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
    sums: &'a [i32],
    out: &'a mut [i32],
}

impl<'a, A, W> Product<'a, A, W> {
    /// Checks what the unsafe tiles rely on: all slices are as large as the loops read and write.
    fn checked(self) -> Self {
        let last = self.tokens.saturating_sub(1) * self.stride;
        assert!(
            self.tokens == 0 || self.acts.len() >= last + self.cols,
            "activations are smaller than the weights want"
        );
        assert!(
            self.out.len() >= self.tokens * self.rows,
            "output does not fit"
        );
        assert_eq!(
            self.weights.len(),
            self.rows * self.cols,
            "weights do not fit"
        );
        self
    }
}

impl<'a> Product<'a, i16, i16> {
    #[inline(always)]
    fn wide(left: Left<'a>, right: Right<'a>, out: &'a mut [i32]) -> Self {
        let product = Self {
            acts: left.data,
            stride: left.stride,
            tokens: left.rows,
            weights: right.data,
            rows: right.rows,
            cols: right.cols,
            sums: &[],
            out,
        };
        product.checked()
    }
}

impl<'a, A> Product<'a, A, i8> {
    /// A product of 8-bit weights; `data` are the rows of `acts` in the width that is wanted.
    #[inline(always)]
    fn narrow(
        acts: &'a Activations,
        data: &'a [A],
        tokens: Range<usize>,
        w: &'a Packed,
        out: &'a mut [i32],
    ) -> Self {
        let product = Self {
            acts: &data[tokens.start * acts.stride()..],
            stride: acts.stride(),
            tokens: tokens.len(),
            weights: &w.data,
            rows: w.padded_rows,
            cols: w.padded_cols,
            sums: acts.sums().get(tokens).unwrap_or_default(),
            out,
        };
        product.checked()
    }
}

/// A weight matrix in the order in which a kernel reads it:
/// `[rows / LANES][cols / GROUP][LANES][GROUP]`, rows and columns padded with zeros.
#[derive(Debug, Clone)]
pub struct Packed {
    /// Rows of the matrix, without padding.
    pub rows: usize,
    /// Rows rounded up to a multiple of `LANES`.
    pub padded_rows: usize,
    /// Columns rounded up to a multiple of `GROUP`.
    pub padded_cols: usize,
    /// The elements.
    pub data: Vec<i8>,
    /// One scale a row.
    pub scales: Vec<f32>,
}

impl Packed {
    /// Lays `matrix` out for `backend`.
    pub fn new(backend: Backend, matrix: &Matrix<'_>) -> Self {
        let Layout {
            lanes,
            group,
            rows,
            cols,
            offset,
        } = layout(backend);
        let padded_rows = matrix.rows.next_multiple_of(rows);
        let padded_cols = matrix.cols.next_multiple_of(cols);
        let mut data = vec![0i8; padded_rows * padded_cols];
        for (row, values) in matrix.data.chunks_exact(matrix.cols).enumerate() {
            let block = (row / lanes) * lanes * padded_cols + (row % lanes) * group;
            let out = &mut data[block..];
            // A constant size makes a move of each group out of what would be a call.
            match group {
                4 => spread::<4>(values, out, lanes),
                2 => spread::<2>(values, out, lanes),
                _ => spread::<1>(values, out, lanes),
            }
        }
        if offset != 0 {
            for x in &mut data {
                *x = x.wrapping_add_unsigned(offset);
            }
        }
        Self {
            rows: matrix.rows,
            padded_rows,
            padded_cols,
            data,
            scales: matrix.scales.clone(),
        }
    }
}

/// Copies a row so that its groups of `G` columns lie `lanes` groups apart.
fn spread<const G: usize>(values: &[i8], out: &mut [i8], lanes: usize) {
    let groups = values.chunks_exact(G);
    let rest = groups.remainder();
    let last = values.len() / G * lanes * G;
    for (group, out) in groups.zip(out.chunks_mut(lanes * G)) {
        out[..G].copy_from_slice(group);
    }
    if !rest.is_empty() {
        out[last..last + rest.len()].copy_from_slice(rest);
    }
}

/// How a backend wants its weights.
struct Layout {
    lanes: usize,
    group: usize,
    rows: usize,
    cols: usize,
    offset: u8,
}

fn layout(backend: Backend) -> Layout {
    fn of<K: Kernel>() -> Layout {
        Layout {
            lanes: K::LANES,
            group: K::GROUP,
            rows: K::ROWS,
            cols: K::COLS,
            offset: K::OFFSET,
        }
    }
    match backend {
        #[cfg(target_arch = "x86_64")]
        Backend::Avx2 => of::<avx2::Avx2>(),
        #[cfg(target_arch = "x86_64")]
        Backend::Vnni => of::<vnni::Vnni>(),
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        Backend::Amx => of::<amx::Amx>(),
        #[cfg(target_arch = "aarch64")]
        Backend::Neon => of::<neon::Neon>(),
        #[cfg(all(target_arch = "wasm32", target_feature = "simd128", feature = "oracle"))]
        Backend::Simd128 => of::<simd128::Simd128>(),
        _ => of::<Last>(),
    }
}

/// Calls `$tile::<_, R, T>(product, block, token)` over all blocks of `$lanes` rows, `$blocks` at a
/// time while there are as many and then one by one, and over all tokens, in tiles of the `$size`s,
/// the largest first and 1 the last.
macro_rules! over_tiles {
    ($lanes:expr, $blocks:expr, $tile:ident($product:expr), [$($size:literal),+]) => {{
        let product = &mut $product;
        let blocks = product.rows / $lanes;
        let mut block = 0;
        while block < blocks {
            let full = block + $blocks <= blocks;
            let mut token = 0;
            $(while product.tokens - token >= $size {
                // SAFETY: products are computed inside `scope`, hence with the kernel's
                // instructions; `Product::checked` and the bounds of these loops keep rows and
                // tokens in their slices.
                unsafe {
                    if full {
                        $tile::<_, { $blocks }, $size>(product, block, token);
                    } else {
                        $tile::<_, 1, $size>(product, block, token);
                    }
                }
                token += $size;
            })+
            block += if full { $blocks } else { 1 };
        }
    }};
}
use over_tiles;
