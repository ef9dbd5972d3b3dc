//! Integer matrix kernels: one contract, one backend per instruction set, one scalar oracle.
//!
//! Contract of `Kernel::gemm`: `out[t][n] = Σ_k acts[t][k] · w[n][k]`, exact in `i32`. Operands
//! stay within ±127, so `k` up to 133,000 cannot overflow. Being integers, the sums do not depend
//! on their order: every backend returns the same bits, and the scalar one defines what is right.
//!
//! The `f32` steps around the products are plain Rust without reductions across lanes, or with
//! [`crate::encoder::math::sum`]'s fixed order, so vector width cannot change them either. To give
//! them wide registers, the whole forward pass is compiled once inside each backend's
//! `#[target_feature]` scope (`Kernel::scope`).

#![allow(unsafe_code)]

use super::quantize::{Activations, Matrix};

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "aarch64")]
mod neon;
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
    /// 64-bit Arm with NEON.
    Neon,
    /// WebAssembly with 128-bit SIMD.
    Simd128,
}

impl Backend {
    /// The backends this machine can run, fastest first; [`Backend::Scalar`] is always last.
    #[allow(clippy::vec_init_then_push)] // What comes before the last depends on the target.
    pub fn available() -> Vec<Self> {
        let mut found = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            let avx512 =
                is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw");
            if avx512 && is_x86_feature_detected!("avx512vnni") {
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
        found.push(Self::Scalar);
        found
    }

    /// The fastest backend of this machine.
    pub fn detect() -> Self {
        Self::available()[0]
    }
}

/// Work that runs inside a backend's scope.
pub(crate) trait Job {
    /// Runs with the kernel `K`; implementations are `#[inline(always)]`.
    fn run<K: Kernel>(self);
}

/// Runs a job with the kernel of `backend`.
///
/// A backend that this build does not have falls back to the scalar oracle, which gives the same
/// bits; [`Backend::available`] is the only source of backends, so that does not happen.
pub(crate) fn dispatch<J: Job>(backend: Backend, job: J) {
    match backend {
        #[cfg(target_arch = "x86_64")]
        Backend::Avx2 => avx2::Avx2::scope(job),
        #[cfg(target_arch = "x86_64")]
        Backend::Vnni => vnni::Vnni::scope(job),
        #[cfg(target_arch = "aarch64")]
        Backend::Neon => neon::Neon::scope(job),
        #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
        Backend::Simd128 => simd128::Simd128::scope(job),
        _ => scalar::Scalar::scope(job),
    }
}

/// A backend's matrix product.
pub(crate) trait Kernel {
    /// Rows of a weight matrix that lie in one vector register.
    const LANES: usize;
    /// Neighbouring columns of one row that one instruction multiplies and adds.
    const GROUP: usize;

    /// `out[t][n] = Σ_k acts[t][k] · w[n][k]` for all tokens `t` and rows `n`; `out` has
    /// `acts.tokens() × w.padded_rows` elements.
    fn gemm(acts: &Activations, w: &Packed, out: &mut [i32]);

    /// Runs `job` compiled with this backend's instructions.
    fn scope<J: Job>(job: J);
}

/// A weight matrix in the order in which a kernel reads it:
/// `[rows / LANES][cols / GROUP][LANES][GROUP]`, rows and columns padded with zeros.
#[derive(Debug, Clone)]
pub(crate) struct Packed {
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
        let (lanes, group) = layout(backend);
        let padded_rows = matrix.rows.next_multiple_of(lanes);
        let padded_cols = matrix.cols.next_multiple_of(group);
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

/// `(LANES, GROUP)` of a backend.
fn layout(backend: Backend) -> (usize, usize) {
    fn of<K: Kernel>() -> (usize, usize) {
        (K::LANES, K::GROUP)
    }
    match backend {
        #[cfg(target_arch = "x86_64")]
        Backend::Avx2 => of::<avx2::Avx2>(),
        #[cfg(target_arch = "x86_64")]
        Backend::Vnni => of::<vnni::Vnni>(),
        #[cfg(target_arch = "aarch64")]
        Backend::Neon => of::<neon::Neon>(),
        #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
        Backend::Simd128 => of::<simd128::Simd128>(),
        _ => of::<scalar::Scalar>(),
    }
}

/// Checks what the unsafe tiles rely on: `acts` and `out` are as large as the loops read and write.
fn check(acts: &Activations, w: &Packed, out: &[i32]) {
    assert!(
        acts.stride() >= w.padded_cols,
        "activations are narrower than the weights"
    );
    assert_eq!(
        out.len(),
        acts.tokens() * w.padded_rows,
        "output does not fit"
    );
    assert_eq!(
        w.data.len(),
        w.padded_rows * w.padded_cols,
        "weights do not fit"
    );
}

/// Calls `$tile::<R, T>(acts, w, out, block, token)` over all blocks of rows, `$blocks` at a time
/// while there are as many and then one by one, and over all tokens, in tiles of the `$size`s, the
/// largest first and 1 the last.
macro_rules! over_tiles {
    ($kernel:ty, $blocks:expr, $tile:ident($acts:expr, $w:expr, $out:expr), [$($size:literal),+]) => {{
        check($acts, $w, $out);
        let blocks = $w.padded_rows / <$kernel>::LANES;
        let mut block = 0;
        while block < blocks {
            let full = block + $blocks <= blocks;
            let mut token = 0;
            $(while $acts.tokens() - token >= $size {
                // SAFETY: `gemm` runs inside `scope`, hence with the kernel's instructions;
                // `check` and the bounds of these loops keep rows and tokens in their slices.
                unsafe {
                    if full {
                        $tile::<{ $blocks }, $size>($acts, $w, $out, block, token);
                    } else {
                        $tile::<1, $size>($acts, $w, $out, block, token);
                    }
                }
                token += $size;
            })+
            block += if full { $blocks } else { 1 };
        }
    }};
}
use over_tiles;
