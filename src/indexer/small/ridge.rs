//! A first table without a prior: the ridge solution of `X E ≈ Y`.
//!
//! `X` counts the tokens of each text (sparse), `Y` holds the target vectors. The normal equations
//! `(XᵀX + λI) E = XᵀY` are solved by conjugate gradient (Hestenes & Stiefel 1952), all columns of
//! a block at once, each with its own step; blocks run in parallel.

use rayon::prelude::*;

use super::bags::Bags;

/// Columns solved together.
const BLOCK: usize = 32;

/// λ: one more text in which every token stands alone and means nothing.
const LAMBDA: f32 = 1.0;

/// Steps of conjugate gradient.
const STEPS: usize = 30;

type Columns = [f32; BLOCK];

/// The table, `rows × dims`, that best sums to `targets`, `bags.len() × dims`.
pub(super) fn ridge(bags: &Bags, targets: &[f32], rows: usize, dims: usize) -> Vec<f32> {
    let blocks: Vec<Vec<Columns>> = (0..dims.div_ceil(BLOCK))
        .into_par_iter()
        .map(|block| solve(bags, &columns(targets, dims, block), rows))
        .collect();
    let mut table = vec![0.0; rows * dims];
    for (row, out) in table.chunks_exact_mut(dims).enumerate() {
        for (out, block) in out.chunks_mut(BLOCK).zip(&blocks) {
            out.copy_from_slice(&block[row][..out.len()]);
        }
    }
    table
}

/// A block of columns of `values`, zeros beyond the last.
fn columns(values: &[f32], dims: usize, block: usize) -> Vec<Columns> {
    let row = |row: &[f32]| {
        let mut out = [0.0; BLOCK];
        let from = &row[block * BLOCK..dims.min((block + 1) * BLOCK)];
        out[..from.len()].copy_from_slice(from);
        out
    };
    values.chunks_exact(dims).map(row).collect()
}

fn solve(bags: &Bags, targets: &[Columns], rows: usize) -> Vec<Columns> {
    let mut solution = vec![[0.0; BLOCK]; rows];
    let mut residual = vec![[0.0; BLOCK]; rows];
    scatter(bags, targets, &mut residual);
    let mut direction = residual.clone();
    let mut image = vec![[0.0; BLOCK]; rows];
    let mut energy = dot(&residual, &residual);
    for _ in 0..STEPS {
        normal(bags, &direction, &mut image);
        let step = ratio(&energy, &dot(&direction, &image));
        add_scaled(&mut solution, &direction, &step);
        add_scaled(&mut residual, &image, &step.map(|x| -x));
        let next = dot(&residual, &residual);
        let keep = ratio(&next, &energy);
        for (d, r) in direction.iter_mut().zip(&residual) {
            for i in 0..BLOCK {
                d[i] = r[i] + keep[i] * d[i];
            }
        }
        energy = next;
    }
    solution
}

/// `out = (XᵀX + λI) v`.
fn normal(bags: &Bags, v: &[Columns], out: &mut [Columns]) {
    for (out, v) in out.iter_mut().zip(v) {
        *out = v.map(|x| LAMBDA * x);
    }
    for bag in bags.iter() {
        let mut sum = [0.0; BLOCK];
        for &id in bag {
            add(&mut sum, &v[id as usize]);
        }
        for &id in bag {
            add(&mut out[id as usize], &sum);
        }
    }
}

/// `out += Xᵀ y`.
fn scatter(bags: &Bags, y: &[Columns], out: &mut [Columns]) {
    for (bag, y) in bags.iter().zip(y) {
        for &id in bag {
            add(&mut out[id as usize], y);
        }
    }
}

fn add(to: &mut Columns, from: &Columns) {
    for i in 0..BLOCK {
        to[i] += from[i];
    }
}

fn add_scaled(to: &mut [Columns], from: &[Columns], by: &Columns) {
    for (to, from) in to.iter_mut().zip(from) {
        for i in 0..BLOCK {
            to[i] += by[i] * from[i];
        }
    }
}

/// Column by column.
fn dot(a: &[Columns], b: &[Columns]) -> Columns {
    let mut sum = [0.0; BLOCK];
    for (a, b) in a.iter().zip(b) {
        for i in 0..BLOCK {
            sum[i] += a[i] * b[i];
        }
    }
    sum
}

/// Zero where a column is solved already.
fn ratio(a: &Columns, b: &Columns) -> Columns {
    std::array::from_fn(|i| if b[i] > 0.0 { a[i] / b[i] } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_that_always_add_up_are_told_apart() {
        let mut bags = Bags::default();
        let mut targets = Vec::new();
        // Token 0 is (1, 0), token 1 is (0, 2), often enough to outweigh the ridge.
        for _ in 0..1_000 {
            for (bag, target) in [
                (&[0][..], [1.0, 0.0]),
                (&[0, 1], [1.0, 2.0]),
                (&[1], [0.0, 2.0]),
            ] {
                bags.push(bag);
                targets.extend(target);
            }
        }
        let table = ridge(&bags, &targets, 3, 2);
        for (got, expected) in table.iter().zip([1.0, 0.0, 0.0, 2.0, 0.0, 0.0]) {
            assert!((got - expected).abs() < 0.01, "{table:?}");
        }
    }
}
