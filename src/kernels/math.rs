//! Functions of `f32` that give the same bits on every machine and in every vector width.
//!
//! Only `+ − × ÷ √` and comparisons, which IEEE 754 fixes, in an order the code fixes. Nothing
//! branches on data, so LLVM can vectorise the loops that call them.

/// `1.5 · 2²³`: adding it rounds an `f32` below 2²² to the nearest even integer, the same way on
/// every machine and in every vector width.
pub const ROUND: f32 = 12_582_912.0;

/// `eˣ` for `x ≤ 0` (below −87 the result is that of −87, about 1.6e-38); error below 2 ulp.
///
/// Cody & Waite's reduction `x = n·ln 2 + r`, then the polynomial of Cephes' `expf`.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN2_HIGH) - n * LN2_LOW;
    let mut p = 1.987_569_2e-4;
    for c in [
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        0.166_666_65,
        0.5,
    ] {
        p = p * r + c;
    }
    let e = p * (r * r) + r + 1.0;
    // `shifted` holds n in its low mantissa bits; moved into the exponent they multiply by 2ⁿ.
    f32::from_bits(e.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// `2ˣ` for `x ≤ 0` (below −64 the result is that of −64); relative error below 1.1e-4, and `2⁰ = 1`.
///
/// A cubic for the fraction, fitted for the least largest error.
#[inline(always)]
pub fn coarse_exp2(x: f32) -> f32 {
    let x = if x < -64.0 { -64.0 } else { x };
    let shifted = x + ROUND;
    let r = x - (shifted - ROUND);
    let p = ((0.055_008_89 * r + 0.242_211_4) * r + 0.693_283) * r + 1.0;
    f32::from_bits(p.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// The Gaussian error linear unit `x · Φ(x)` (Hendrycks & Gimpel 2016); absolute error below 1.3e-4.
///
/// `erf(x/√2)` is an odd polynomial, fitted for the least largest error of the result, 1 at ±4 and
/// beyond.
#[inline(always)]
pub fn gelu(x: f32) -> f32 {
    let y = if x < -4.0 { -4.0 } else { x };
    let y = if y > 4.0 { 4.0 } else { y };
    let t = y * y;
    let mut p = GELU[0];
    for &c in &GELU[1..] {
        p = p * t + c;
    }
    let half = 0.5 * x;
    half + half * (y * p)
}

/// Coefficients of `erf(x/√2) / x` in powers of `x²`, the highest first.
const GELU: [f32; 8] = [
    -2.4176823e-09,
    1.9756162e-07,
    -7.0581814e-06,
    0.00014658111,
    -0.0019920112,
    0.018935634,
    -0.131_647_4,
    0.79727155,
];

/// The same paper's approximation by `tanh`, which some models were trained with.
#[inline(always)]
pub fn gelu_tanh(x: f32) -> f32 {
    const SQRT_2_OVER_PI: f32 = 0.797_884_6;
    let y = SQRT_2_OVER_PI * (x + 0.044_715 * x * x * x);
    0.5 * x * (1.0 + tanh(y))
}

/// The hyperbolic tangent.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let e = exp(-2.0 * x.abs());
    ((1.0 - e) / (1.0 + e)).copysign(x)
}

/// The largest `f` of `values`; `f32::MIN` of none.
#[inline(always)]
pub fn largest(values: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    let mut lanes = [f32::MIN; 16];
    let chunks = values.chunks_exact(16);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane = larger(*lane, f(x));
        }
    }
    for (lane, &x) in lanes.iter_mut().zip(rest) {
        *lane = larger(*lane, f(x));
    }
    let mut most = f32::MIN;
    for x in lanes {
        most = larger(most, x);
    }
    most
}

/// The sum of `values`: sixteen running sums, element `i` in sum `i mod 16`, added pairwise.
#[inline(always)]
pub fn sum(values: &[f32]) -> f32 {
    sum_of(values, |x| x)
}

/// The sum of squared differences from `mean`, in the order of [`sum`].
#[inline(always)]
pub fn sum_of_squares(values: &[f32], mean: f32) -> f32 {
    sum_of(values, |x| (x - mean) * (x - mean))
}

#[inline(always)]
fn sum_of(values: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0f32; 16];
    let chunks = values.chunks_exact(16);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane += f(x);
        }
    }
    for (lane, &x) in lanes.iter_mut().zip(rest) {
        *lane += f(x);
    }
    for width in [8, 4, 2, 1] {
        for i in 0..width {
            lanes[i] += lanes[i + width];
        }
    }
    lanes[0]
}

/// Scales `values` to unit length; a vector of zeros stays as it is.
#[inline(always)]
pub fn normalize(values: &mut [f32]) {
    let norm = sum_of_squares(values, 0.0).sqrt();
    if norm > 0.0 {
        for x in values {
            *x /= norm;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worst(from: f32, to: f32, f: fn(f32) -> f32, exact: fn(f64) -> f64) -> f64 {
        (0..=200_000)
            .map(|i| from + (to - from) * (i as f32 / 200_000.0))
            .map(|x| (f64::from(f(x)) - exact(f64::from(x))).abs())
            .fold(0.0, f64::max)
    }

    #[test]
    fn exp_is_exact_to_two_units_in_the_last_place() {
        for i in 0..=200_000 {
            let x = -(i as f32) * 87.0 / 200_000.0;
            let exact = libm::exp(f64::from(x));
            let error = (f64::from(exp(x)) - exact).abs() / exact;
            assert!(error < 2.4e-7, "exp({x}) is off by {error:e}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert!(exp(f32::NEG_INFINITY) > 0.0);
    }

    #[test]
    fn the_coarse_power_of_two_is_one_at_zero_and_close_elsewhere() {
        for i in 0..=200_000 {
            let x = -(i as f32) * 64.0 / 200_000.0;
            let exact = libm::exp2(f64::from(x));
            let error = (f64::from(coarse_exp2(x)) - exact).abs() / exact;
            assert!(error < 1.1e-4, "2^{x} is off by {error:e}");
        }
        assert_eq!(coarse_exp2(0.0), 1.0);
        assert!(coarse_exp2(f32::NEG_INFINITY) > 0.0);
    }

    #[test]
    fn tanh_and_gelu_follow_their_definitions() {
        assert!(worst(-12.0, 12.0, tanh, libm::tanh) < 3e-7);
        let exact = |x: f64| 0.5 * x * (1.0 + libm::erf(x * std::f64::consts::FRAC_1_SQRT_2));
        assert!(worst(-12.0, 12.0, gelu, exact) < 1.3e-4);
        assert!(worst(-8.0, 8.0, gelu_tanh, exact) < 5e-4);
    }

    #[test]
    fn sums_have_a_fixed_order() {
        let values: Vec<f32> = (0..37).map(|i| 1.0 / (i as f32 + 1.0)).collect();
        let mut lanes = [0f32; 16];
        for (i, x) in values.iter().enumerate() {
            lanes[i % 16] += x;
        }
        let pair = |a: &[f32]| -> Vec<f32> {
            (0..a.len() / 2)
                .map(|i| a[i] + a[i + a.len() / 2])
                .collect()
        };
        let expected = pair(&pair(&pair(&pair(&lanes))))[0];
        assert_eq!(sum(&values), expected);
    }

    #[test]
    fn a_vector_of_zeros_stays_a_vector_of_zeros() {
        let mut zeros = [0.0; 20];
        normalize(&mut zeros);
        assert_eq!(zeros, [0.0; 20]);
    }
}
