//! Tuning of a token table by gradient descent.
//!
//! A text's vector is the sum of its tokens' rows, scaled to unit length. The loss of a text whose
//! vector by the full encoder is `y`:
//!
//! ```text
//! 1 − cos(v, y)  +  KL_WEIGHT · τ · KL(softmax(P y / τ) ‖ softmax(P v / τ))
//! ```
//!
//! where the rows of `P` are the book's passages: what counts in the end is their order (Hinton,
//! Vinyals & Dean 2015). Steps are those of Adam (Kingma & Ba 2015), taken only by rows that a
//! batch has touched. The products with `P` are exact integer ones, and every text and every row is
//! computed by itself, so neither the machine nor the number of threads shows in the result.

use lectern_core::encoder::math::{exp, largest, normalize, sum};
use lectern_core::encoder::{Product, ProductScratch};
use rayon::prelude::*;

use super::bags::Bags;
use crate::random::Random;

/// Texts of one step.
const BATCH: usize = 256;

/// Texts that one thread takes at a time.
const CHUNK: usize = 32;

/// Adam's decay rates and ε, as in the paper.
const BETA_1: f32 = 0.9;
const BETA_2: f32 = 0.999;
const EPSILON: f32 = 1e-8;

/// What is learnt from.
#[derive(Debug)]
pub(super) struct Lessons {
    /// Values of a vector.
    pub dims: usize,
    pub bags: Bags,
    /// `bags.len() × dims`, of unit length.
    pub targets: Vec<f32>,
    /// Bags that are ranked against the same passages.
    pub shelves: Vec<Shelf>,
}

/// Passages, and the texts whose ranking of them is to be learnt.
#[derive(Debug)]
pub(super) struct Shelf {
    pub texts: std::ops::Range<usize>,
    scores: Product,
    /// The same matrix, transposed.
    gradients: Product,
}

impl Shelf {
    /// `passages` are rows of `dims` values.
    pub fn new(texts: std::ops::Range<usize>, passages: &[f32], dims: usize) -> Self {
        let count = passages.len() / dims;
        let mut transposed = vec![0.0; passages.len()];
        for (p, row) in passages.chunks_exact(dims).enumerate() {
            for (d, &x) in row.iter().enumerate() {
                transposed[d * count + p] = x;
            }
        }
        Self {
            texts,
            scores: Product::new(passages, dims),
            gradients: Product::new(&transposed, count.max(1)),
        }
    }
}

/// How to train.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule {
    pub epochs: usize,
    /// Adam's α at the first step; it falls to zero in a straight line.
    pub rate: f32,
    pub kl_weight: f32,
    /// τ.
    pub temperature: f32,
    pub seed: u64,
}

/// Tunes `table`, rows of `lessons.dims` values, in place. `progress` hears the share that is done.
pub(super) fn train(
    table: &mut [f32],
    lessons: &Lessons,
    schedule: Schedule,
    progress: &mut dyn FnMut(f32),
) {
    let mut random = Random::new(schedule.seed);
    let mut batches = batches(lessons);
    let mut adam = Adam::new(table.len());
    let steps = (schedule.epochs * batches.len()).max(1);
    let mut step = 0;
    for _ in 0..schedule.epochs {
        for (_, texts) in &mut batches {
            random.shuffle(texts);
        }
        reshuffle(&mut batches, &mut random);
        for (shelf, texts) in &batches {
            let gradients = gradients(table, lessons, &lessons.shelves[*shelf], texts, schedule);
            let rate = schedule.rate * (1.0 - step as f32 / steps as f32);
            adam.step(table, lessons, texts, &gradients, rate);
            step += 1;
            progress(step as f32 / steps as f32);
        }
    }
}

type Batch = (usize, Vec<u32>);

/// The texts in batches, each with the shelf it belongs to.
fn batches(lessons: &Lessons) -> Vec<Batch> {
    let of = |(at, shelf): (usize, &Shelf)| {
        let texts: Vec<u32> = shelf.texts.clone().map(|text| text as u32).collect();
        texts
            .chunks(BATCH)
            .map(|texts| (at, texts.to_vec()))
            .collect::<Vec<_>>()
    };
    lessons.shelves.iter().enumerate().flat_map(of).collect()
}

/// Deals the texts of each shelf to its batches anew, and shuffles the batches.
fn reshuffle(batches: &mut [Batch], random: &mut Random) {
    batches.sort_by_key(|(shelf, texts)| (*shelf, std::cmp::Reverse(texts.len())));
    for group in batches.chunk_by_mut(|a, b| a.0 == b.0) {
        let mut all: Vec<u32> = group.iter().flat_map(|(_, texts)| texts.clone()).collect();
        random.shuffle(&mut all);
        let mut rest = all.into_iter();
        for (_, texts) in group {
            for text in texts {
                *text = rest.next().unwrap_or(*text);
            }
        }
    }
    random.shuffle(batches);
}

/// Gradients of the loss by the summed rows of each text, `texts.len() × dims`.
fn gradients(
    table: &[f32],
    lessons: &Lessons,
    shelf: &Shelf,
    texts: &[u32],
    schedule: Schedule,
) -> Vec<f32> {
    let dims = lessons.dims;
    let mut gradients = vec![0.0; texts.len() * dims];
    texts
        .par_chunks(CHUNK)
        .zip(gradients.par_chunks_mut(CHUNK * dims))
        .for_each_init(Work::default, |work, (texts, out)| {
            work.gradients(table, lessons, shelf, texts, schedule, out);
        });
    gradients
}

/// Memory of one thread.
#[derive(Debug, Default)]
struct Work {
    vectors: Vec<f32>,
    lengths: Vec<f32>,
    targets: Vec<f32>,
    student: Vec<f32>,
    teacher: Vec<f32>,
    kl: Vec<f32>,
    product: ProductScratch,
}

impl Work {
    fn gradients(
        &mut self,
        table: &[f32],
        lessons: &Lessons,
        shelf: &Shelf,
        texts: &[u32],
        schedule: Schedule,
        out: &mut [f32],
    ) {
        let dims = lessons.dims;
        self.vectors.clear();
        self.lengths.clear();
        self.targets.clear();
        for &text in texts {
            let at = self.vectors.len();
            self.vectors.resize(at + dims, 0.0);
            let vector = &mut self.vectors[at..];
            add_rows(table, lessons.bags.get(text as usize), vector);
            self.lengths.push(dot(vector, vector).sqrt());
            normalize(vector);
            let target = text as usize * dims..(text as usize + 1) * dims;
            self.targets.extend_from_slice(&lessons.targets[target]);
        }
        self.kl_gradients(shelf, dims, schedule);
        for i in 0..texts.len() {
            let row = i * dims..(i + 1) * dims;
            let (vector, target) = (&self.vectors[row.clone()], &self.targets[row.clone()]);
            let out = &mut out[row.clone()];
            for ((g, &kl), &y) in out.iter_mut().zip(&self.kl[row]).zip(target) {
                *g = schedule.kl_weight * kl - y;
            }
            // The derivative of scaling to unit length: what points along the vector is lost.
            let along = dot(out, vector);
            let inverse = 1.0 / self.lengths[i].max(1e-6);
            for (g, &v) in out.iter_mut().zip(vector) {
                *g = (*g - along * v) * inverse;
            }
        }
    }

    /// `Pᵀ (softmax(P v / τ) − softmax(P y / τ))` for each text, in `kl`.
    fn kl_gradients(&mut self, shelf: &Shelf, dims: usize, schedule: Schedule) {
        let passages = shelf.scores.rows();
        if schedule.kl_weight == 0.0 || passages == 0 {
            self.kl.clear();
            self.kl.resize(self.vectors.len(), 0.0);
            return;
        }
        let Self {
            vectors,
            targets,
            student,
            teacher,
            kl,
            product,
            ..
        } = self;
        shelf.scores.multiply(vectors, dims, product, student);
        shelf.scores.multiply(targets, dims, product, teacher);
        let rows = student.chunks_exact_mut(passages);
        for (student, teacher) in rows.zip(teacher.chunks_exact_mut(passages)) {
            softmax(student, schedule.temperature);
            softmax(teacher, schedule.temperature);
            for (s, &t) in student.iter_mut().zip(&*teacher) {
                *s -= t;
            }
        }
        shelf.gradients.multiply(student, passages, product, kl);
    }
}

fn softmax(values: &mut [f32], temperature: f32) {
    let most = largest(values, |x| x);
    let inverse = 1.0 / temperature;
    for x in values.iter_mut() {
        *x = exp((*x - most) * inverse);
    }
    let inverse = 1.0 / sum(values);
    for x in values {
        *x *= inverse;
    }
}

/// Adds the rows of a bag's tokens to `out`.
pub(super) fn add_rows(table: &[f32], bag: &[u32], out: &mut [f32]) {
    let dims = out.len();
    for &id in bag {
        let row = &table[id as usize * dims..(id as usize + 1) * dims];
        for (sum, &x) in out.iter_mut().zip(row) {
            *sum += x;
        }
    }
}

/// In sixteen running sums, so that it can be vectorised.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0f32; 16];
    for (a, b) in a.chunks(16).zip(b.chunks(16)) {
        for ((lane, &a), &b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    sum(&lanes)
}

/// Adam with moments for every value, moved only where a batch has a gradient.
#[derive(Debug)]
struct Adam {
    mean: Vec<f32>,
    square: Vec<f32>,
    steps: i32,
}

impl Adam {
    fn new(len: usize) -> Self {
        Self {
            mean: vec![0.0; len],
            square: vec![0.0; len],
            steps: 0,
        }
    }

    fn step(
        &mut self,
        table: &mut [f32],
        lessons: &Lessons,
        texts: &[u32],
        gradients: &[f32],
        rate: f32,
    ) {
        let dims = lessons.dims;
        self.steps += 1;
        let bias = |beta: f32| 1.0 - libm::powf(beta, self.steps as f32);
        let (bias_1, bias_2) = (bias(BETA_1), bias(BETA_2));
        let mut uses: Vec<(u32, u32)> = Vec::new();
        for (place, &text) in texts.iter().enumerate() {
            let bag = lessons.bags.get(text as usize);
            uses.extend(bag.iter().map(|&id| (id, place as u32)));
        }
        uses.sort_unstable();
        let mut gradient = vec![0.0; dims];
        for uses in uses.chunk_by(|a, b| a.0 == b.0) {
            gradient.fill(0.0);
            for &(_, place) in uses {
                let from = &gradients[place as usize * dims..(place as usize + 1) * dims];
                for (sum, &g) in gradient.iter_mut().zip(from) {
                    *sum += g;
                }
            }
            let row = uses[0].0 as usize * dims..(uses[0].0 as usize + 1) * dims;
            let moments = self.mean[row.clone()]
                .iter_mut()
                .zip(&mut self.square[row.clone()]);
            for ((x, (m, v)), &g) in table[row].iter_mut().zip(moments).zip(&gradient) {
                *m = BETA_1 * *m + (1.0 - BETA_1) * g;
                *v = BETA_2 * *v + (1.0 - BETA_2) * (g * g);
                *x -= rate * (*m / bias_1) / ((*v / bias_2).sqrt() + EPSILON);
            }
        }
    }
}

#[cfg(test)]
mod tests;
