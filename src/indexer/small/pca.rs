//! Principal components of unit vectors, about the origin: cosines are what is to survive, so the
//! mean is not taken off.

/// The `dims` directions in which `vectors` (rows of `width` values) are longest, most first:
/// `dims × width`, orthonormal.
pub(super) fn principal_components(vectors: &[f32], width: usize, dims: usize) -> Vec<f32> {
    let mut matrix = second_moment(vectors, width);
    let mut axes = identity(width);
    jacobi(&mut matrix, &mut axes, width);
    let mut order: Vec<usize> = (0..width).collect();
    order.sort_by(|&a, &b| matrix[b * width + b].total_cmp(&matrix[a * width + a]));
    let columns = order.iter().take(dims);
    columns
        .flat_map(|&column| (0..width).map(move |row| (row, column)))
        .map(|(row, column)| axes[row * width + column] as f32)
        .collect()
}

/// `Σ v vᵀ`.
fn second_moment(vectors: &[f32], width: usize) -> Vec<f64> {
    let mut matrix = vec![0.0; width * width];
    for vector in vectors.chunks_exact(width) {
        for (&a, row) in vector.iter().zip(matrix.chunks_exact_mut(width)) {
            for (sum, &b) in row.iter_mut().zip(vector) {
                *sum += f64::from(a) * f64::from(b);
            }
        }
    }
    matrix
}

fn identity(width: usize) -> Vec<f64> {
    let at = |i: usize| f64::from(u8::from(i / width == i % width));
    (0..width * width).map(at).collect()
}

/// Sweeps of rotations; a symmetric matrix of this size is diagonal to `f64` precision after ten.
const SWEEPS: usize = 12;

/// Turns a symmetric matrix into the diagonal one of its eigenvalues, and `axes` by the same
/// rotations into its eigenvectors, as columns (Jacobi 1846; Golub & Van Loan, algorithm 8.5.3).
fn jacobi(matrix: &mut [f64], axes: &mut [f64], width: usize) {
    for _ in 0..SWEEPS {
        for p in 0..width {
            for q in p + 1..width {
                rotate(matrix, axes, width, p, q);
            }
        }
    }
}

/// Makes element `p, q` zero.
fn rotate(matrix: &mut [f64], axes: &mut [f64], width: usize, p: usize, q: usize) {
    let apq = matrix[p * width + q];
    if apq == 0.0 {
        return;
    }
    let tau = (matrix[q * width + q] - matrix[p * width + p]) / (2.0 * apq);
    let t = tau.signum() / (tau.abs() + (1.0 + tau * tau).sqrt());
    let c = 1.0 / (1.0 + t * t).sqrt();
    let s = t * c;
    for k in 0..width {
        turn(matrix, p * width + k, q * width + k, c, s);
    }
    for k in 0..width {
        turn(matrix, k * width + p, k * width + q, c, s);
        turn(axes, k * width + p, k * width + q, c, s);
    }
}

fn turn(values: &mut [f64], a: usize, b: usize, c: f64, s: f64) {
    let (x, y) = (values[a], values[b]);
    values[a] = c * x - s * y;
    values[b] = s * x + c * y;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_directions_come_first_and_are_orthonormal() {
        // Along (3, 4, 0) / 5 most, along (0, 0, 1) less, nothing else.
        let vectors = [3.0, 4.0, 0.0, -3.0, -4.0, 0.0, 0.0, 0.0, 2.0, 3.0, 4.0, 0.0];
        let axes = principal_components(&vectors, 3, 2);
        let close = |a: f32, b: f32| (a.abs() - b).abs() < 1e-5;
        for (got, expected) in axes.iter().zip([0.6, 0.8, 0.0, 0.0, 0.0, 1.0]) {
            assert!(close(*got, expected), "{axes:?}");
        }
        assert!(axes[0] * axes[1] > 0.0);
    }
}
