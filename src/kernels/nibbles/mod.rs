//! Products of one query and many rows of nibbles: one contract, one backend per instruction set,
//! one scalar oracle.
//!
//! Contract of [`sums`]: `out[r] = Σ_j low[j] · (rows[r][j] & 15) + high[j] · (rows[r][j] >> 4)`,
//! exact in `i32`. Being integers, the sums do not depend on their order: every backend returns the
//! same bits, and the scalar one defines what is right.
//!
//! A query's value is within ±127, so a product is within ±1905, and `NARROW` bytes give each
//! 16-bit lane at most 16 of them (30,480) before it must be widened.

#![allow(unsafe_code)]

use crate::gemm::Backend;

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

/// What runs where no other backend is chosen, as in `gemm`.
#[cfg(any(
    feature = "oracle",
    not(all(target_arch = "wasm32", target_feature = "simd128"))
))]
use scalar as last;
#[cfg(all(
    target_arch = "wasm32",
    target_feature = "simd128",
    not(feature = "oracle")
))]
use simd128 as last;

/// Bytes of the widest register: planes are padded with zeros to a multiple of it.
pub const WIDTH: usize = 64;

/// Bytes of a row are a multiple of this.
const STEP: usize = 16;

/// Bytes of a row whose products 16-bit lanes can hold.
#[cfg_attr(target_arch = "wasm32", allow(dead_code))] // 32-bit lanes there.
const NARROW: usize = 128;

/// A query, sorted by what it meets: both parts are as long as a row, padded to [`WIDTH`].
#[derive(Debug, Clone, Copy)]
pub struct Planes<'a> {
    /// For the low nibbles of each byte.
    pub low: &'a [i8],
    /// For the high ones.
    pub high: &'a [i8],
}

/// The sums of `rows`, each of `row` bytes, with the query, by the kernel of `backend`.
pub fn sums(backend: Backend, rows: &[u8], row: usize, query: Planes<'_>, out: &mut [i32]) {
    check(rows, row, query, out);
    match backend {
        #[cfg(target_arch = "x86_64")]
        Backend::Avx2 => avx2::sums(rows, row, query, out),
        #[cfg(target_arch = "x86_64")]
        Backend::Vnni => vnni::sums(rows, row, query, out),
        #[cfg(target_arch = "aarch64")]
        Backend::Neon => neon::sums(rows, row, query, out),
        #[cfg(all(target_arch = "wasm32", target_feature = "simd128", feature = "oracle"))]
        Backend::Simd128 => simd128::sums(rows, row, query, out),
        _ => last::sums(rows, row, query, out),
    }
}

/// Checks what the unsafe tiles rely on.
fn check(rows: &[u8], row: usize, query: Planes<'_>, out: &[i32]) {
    assert!(
        row.is_multiple_of(STEP) && rows.len() == row * out.len(),
        "rows do not fit"
    );
    let plane = row.next_multiple_of(WIDTH);
    assert!(
        query.low.len() == plane && query.high.len() == plane,
        "the query is of another size"
    );
}

/// Calls `$tile::<R>(rows, row, query, out)` for all rows, four at a time and then one by one.
#[cfg_attr(
    not(any(
        target_arch = "x86_64",
        target_arch = "aarch64",
        target_arch = "wasm32"
    )),
    allow(unused_macros)
)]
macro_rules! over_tiles {
    ($tile:ident($rows:expr, $row:expr, $query:expr, $out:expr)) => {{
        let mut at = 0;
        while at < $out.len() {
            // SAFETY: the caller's scope has the kernel's instructions; `check` made sure of the
            // sizes of rows and planes, and these tiles stay within `out`.
            unsafe {
                let rows = $rows.as_ptr().add(at * $row);
                if $out.len() - at >= 4 {
                    $tile::<4>(rows, $row, $query, &mut $out[at..at + 4]);
                    at += 4;
                } else {
                    $tile::<1>(rows, $row, $query, &mut $out[at..at + 1]);
                    at += 1;
                }
            }
        }
    }};
}
#[cfg(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "wasm32"
))]
use over_tiles;
