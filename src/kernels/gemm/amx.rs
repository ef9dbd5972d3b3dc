//! AMX (Intel SDM volume 1, chapter 18): `tdpbssd` multiplies a tile of 16 tokens × 64 columns by
//! one of 64 columns × 16 rows into 16 × 16 sums of 32 bits.
//!
//! The intrinsics are not stable in Rust, so the instructions stand as assembly.

use std::arch::asm;
use std::arch::x86_64::{__cpuid, __cpuid_count};
use std::ops::Range;

use super::vnni::Vnni;
use super::{Form, Job, Kernel, Left, Packed, Product, Right, TILE};
use crate::quantize::Activations;

/// AVX-512 VNNI with AMX for the 8-bit products.
pub(super) struct Amx;

/// Bytes of a tile's row.
const BYTES: usize = 64;
/// Bytes of a tile.
const SIZE: usize = TILE * BYTES;

impl Kernel for Amx {
    const LANES: usize = TILE;
    const GROUP: usize = 4;
    const PAIR: usize = Vnni::PAIR;
    const ROWS: usize = 2 * TILE;
    const COLS: usize = BYTES;
    const FORM: Form = Form::Narrow;

    #[inline(always)]
    fn gemm(acts: &Activations, tokens: Range<usize>, w: &Packed, out: &mut [i32]) {
        let mut product = Product::narrow(acts, acts.narrow(), tokens, w, out);
        let padded = product.tokens.next_multiple_of(TILE);
        assert!(product.acts.len() >= padded * product.stride);
        assert!(product.out.len() >= padded * product.rows);
        assert!(product.rows.is_multiple_of(Self::ROWS) && product.cols.is_multiple_of(BYTES));
        // SAFETY: `gemm` runs inside `scope`. Tiles are whole, by the last assertion, and lie inside
        // their slices: tokens by the first two, rows and columns by `Product::checked`.
        unsafe {
            configure();
            for block in (0..product.rows / TILE).step_by(2) {
                for token in (0..padded).step_by(2 * TILE) {
                    if token + TILE < padded {
                        four_tiles(&mut product, block, token);
                    } else {
                        two_tiles(&mut product, block, token);
                    }
                }
            }
            asm!("tilerelease", options(nomem, nostack, preserves_flags));
        }
    }

    #[inline(always)]
    fn gemm_wide(left: Left<'_>, right: Right<'_>, out: &mut [i32]) {
        Vnni::gemm_wide(left, right, out);
    }

    fn scope<J: Job>(job: J) {
        #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
        fn run<J: Job>(job: J) {
            job.run::<Amx>();
        }
        // SAFETY: `Backend::available` lists this backend only where these instructions exist.
        unsafe { run(job) }
    }
}

/// Whether the processor has AMX for 8-bit integers and Linux lets this process use it, which it
/// does on request (`Documentation/arch/x86/xstate.rst`).
pub(super) fn granted() -> bool {
    const AMX_TILE: u32 = 1 << 24;
    const AMX_INT8: u32 = 1 << 25;
    const SYS_ARCH_PRCTL: isize = 158;
    const ARCH_REQ_XCOMP_PERM: usize = 0x1023;
    const XFEATURE_XTILEDATA: usize = 18;
    if __cpuid(0).eax < 7 {
        return false;
    }
    let features = __cpuid_count(7, 0).edx;
    if features & AMX_TILE == 0 || features & AMX_INT8 == 0 {
        return false;
    }
    let result: isize;
    // SAFETY: this system call reads and writes no memory of the process; one that an older kernel
    // does not know returns an error. The instruction overwrites `rcx` and `r11` alone.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") SYS_ARCH_PRCTL => result,
            in("rdi") ARCH_REQ_XCOMP_PERM,
            in("rsi") XFEATURE_XTILEDATA,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    result == 0
}

/// Gives all eight tiles 16 rows of 64 bytes.
///
/// # Safety
/// AMX has been granted.
#[inline(always)]
unsafe fn configure() {
    /// The memory that `ldtilecfg` reads.
    #[repr(C, align(64))]
    struct Configuration {
        palette: u8,
        start_row: u8,
        reserved: [u8; 14],
        bytes: [u16; 16],
        rows: [u8; 16],
    }
    const _: () = assert!(size_of::<Configuration>() == 64);
    let mut configuration = Configuration {
        palette: 1,
        start_row: 0,
        reserved: [0; 14],
        bytes: [0; 16],
        rows: [0; 16],
    };
    configuration.bytes[..8].fill(BYTES as u16);
    configuration.rows[..8].fill(TILE as u8);
    // SAFETY: reads 64 bytes that are there.
    unsafe {
        asm!(
            "ldtilecfg [{}]",
            in(reg) &raw const configuration,
            options(readonly, nostack, preserves_flags),
        );
    }
}

/// 32 rows from block `block` by 32 tokens from token `first`.
///
/// # Safety
/// The caller guarantees `block + 2` blocks of weights, `first + 32` tokens, as much of `out`, and
/// that tiles are configured.
#[inline(always)]
unsafe fn four_tiles(product: &mut Product<'_, i8, i8>, block: usize, first: usize) {
    let (weights, acts, out) = places(product, block, first);
    // SAFETY: in bounds by the caller's guarantee. Nothing else keeps values in tiles.
    unsafe {
        asm!(
            "tilezero tmm0", "tilezero tmm1", "tilezero tmm2", "tilezero tmm3",
            "2:",
            "tileloadd tmm4, [{a} + {stride}]",
            "tileloadd tmm6, [{w} + {line}]",
            "tdpbssd tmm0, tmm4, tmm6",
            "tileloadd tmm7, [{v} + {line}]",
            "tdpbssd tmm1, tmm4, tmm7",
            "tileloadd tmm5, [{b} + {stride}]",
            "tdpbssd tmm2, tmm5, tmm6",
            "tdpbssd tmm3, tmm5, tmm7",
            "add {a}, {line}",
            "add {b}, {line}",
            "add {w}, {size}",
            "add {v}, {size}",
            "dec {steps}",
            "jnz 2b",
            "tilestored [{out} + {to}], tmm0",
            "tilestored [{out} + {to} + 64], tmm1",
            "tilestored [{below} + {to}], tmm2",
            "tilestored [{below} + {to} + 64], tmm3",
            a = inout(reg) acts => _,
            b = inout(reg) acts.wrapping_add(TILE * product.stride) => _,
            w = inout(reg) weights => _,
            v = inout(reg) weights.wrapping_add(TILE * product.cols) => _,
            steps = inout(reg) product.cols / BYTES => _,
            stride = in(reg) product.stride,
            line = in(reg) BYTES,
            size = const SIZE,
            out = in(reg) out,
            below = in(reg) out.wrapping_add(TILE * product.rows),
            to = in(reg) product.rows * size_of::<i32>(),
            options(nostack),
        );
    }
}

/// 32 rows from block `block` by 16 tokens from token `first`.
///
/// # Safety
/// As for [`four_tiles`], with 16 tokens.
#[inline(always)]
unsafe fn two_tiles(product: &mut Product<'_, i8, i8>, block: usize, first: usize) {
    let (weights, acts, out) = places(product, block, first);
    // SAFETY: in bounds by the caller's guarantee. Nothing else keeps values in tiles.
    unsafe {
        asm!(
            "tilezero tmm0", "tilezero tmm1",
            "2:",
            "tileloadd tmm4, [{a} + {stride}]",
            "tileloadd tmm6, [{w} + {line}]",
            "tdpbssd tmm0, tmm4, tmm6",
            "tileloadd tmm7, [{v} + {line}]",
            "tdpbssd tmm1, tmm4, tmm7",
            "add {a}, {line}",
            "add {w}, {size}",
            "add {v}, {size}",
            "dec {steps}",
            "jnz 2b",
            "tilestored [{out} + {to}], tmm0",
            "tilestored [{out} + {to} + 64], tmm1",
            a = inout(reg) acts => _,
            w = inout(reg) weights => _,
            v = inout(reg) weights.wrapping_add(TILE * product.cols) => _,
            steps = inout(reg) product.cols / BYTES => _,
            stride = in(reg) product.stride,
            line = in(reg) BYTES,
            size = const SIZE,
            out = in(reg) out,
            to = in(reg) product.rows * size_of::<i32>(),
            options(nostack),
        );
    }
}

/// Where the weights of a block, a token and their sums begin.
#[inline(always)]
fn places(
    product: &mut Product<'_, i8, i8>,
    block: usize,
    first: usize,
) -> (*const i8, *const i8, *mut i32) {
    let weights = product.weights[block * TILE * product.cols..].as_ptr();
    let acts = product.acts[first * product.stride..].as_ptr();
    let out = product.out[first * product.rows + block * TILE..].as_mut_ptr();
    (weights, acts, out)
}
