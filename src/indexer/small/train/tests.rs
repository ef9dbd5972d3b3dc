//! Training on a toy problem whose solution is known.

use super::*;

const DIMS: usize = 8;
const TOKENS: usize = 30;
const TEXTS: usize = 700;

const SCHEDULE: Schedule = Schedule {
    epochs: 20,
    rate: 0.05,
    kl_weight: 2.0,
    temperature: 0.2,
    seed: 5,
};

fn values(count: usize, random: &mut Random) -> Vec<f32> {
    let value = |_| random.below(2_001) as f32 / 1_000.0 - 1.0;
    (0..count).map(value).collect()
}

/// Texts of three tokens whose vectors are the sums of the rows of a table that is to be found,
/// in two shelves; and a table to begin with.
fn toy() -> (Vec<f32>, Lessons) {
    let mut random = Random::new(9);
    let truth = values(TOKENS * DIMS, &mut random);
    let mut bags = Bags::default();
    let mut targets = vec![0.0; TEXTS * DIMS];
    for target in targets.chunks_exact_mut(DIMS) {
        let bag = [0; 3].map(|_| random.below(TOKENS) as u32);
        add_rows(&truth, &bag, target);
        normalize(target);
        bags.push(&bag);
    }
    let mut passages = || {
        let mut passages = values(20 * DIMS, &mut random);
        passages.chunks_exact_mut(DIMS).for_each(normalize);
        passages
    };
    let shelves = vec![
        Shelf::new(0..300, &passages(), DIMS),
        Shelf::new(300..TEXTS, &passages(), DIMS),
    ];
    let start = values(TOKENS * DIMS, &mut random);
    let lessons = Lessons {
        dims: DIMS,
        bags,
        targets,
        shelves,
    };
    (start, lessons)
}

/// The mean of `1 − cos`.
fn loss(table: &[f32], lessons: &Lessons) -> f32 {
    let mut sum = 0.0;
    for (bag, target) in lessons.bags.iter().zip(lessons.targets.chunks_exact(DIMS)) {
        let mut vector = vec![0.0; DIMS];
        add_rows(table, bag, &mut vector);
        normalize(&mut vector);
        sum += 1.0 - dot(&vector, target);
    }
    sum / lessons.bags.len() as f32
}

fn trained(schedule: Schedule) -> (Vec<f32>, f32, f32) {
    let (mut table, lessons) = toy();
    let before = loss(&table, &lessons);
    train(&mut table, &lessons, schedule, &mut |_| {});
    let after = loss(&table, &lessons);
    (table, before, after)
}

#[test]
fn training_lowers_the_loss_by_cosine_alone_and_with_the_ranking() {
    for kl_weight in [0.0, 2.0, 20.0] {
        let (_, before, after) = trained(Schedule {
            kl_weight,
            ..SCHEDULE
        });
        assert!(after < before / 2.0, "{kl_weight}: {before} to {after}");
    }
}

#[test]
fn threads_do_not_show_in_the_result_and_the_seed_does() {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let (table, ..) = pool.unwrap().install(|| trained(SCHEDULE));
        table.into_iter().map(f32::to_bits).collect::<Vec<_>>()
    };
    let alone = on(1);
    assert_eq!(alone, on(3));
    let (other, ..) = trained(Schedule {
        seed: 6,
        ..SCHEDULE
    });
    assert_ne!(
        alone,
        other.into_iter().map(f32::to_bits).collect::<Vec<_>>()
    );
}

#[test]
fn progress_rises_to_one() {
    let (mut table, lessons) = toy();
    let mut heard = Vec::new();
    train(&mut table, &lessons, SCHEDULE, &mut |share| {
        heard.push(share)
    });
    assert!(heard.windows(2).all(|pair| pair[0] < pair[1]));
    assert_eq!(
        (heard.len(), heard.last()),
        (SCHEDULE.epochs * 4, Some(&1.0))
    );
}

#[test]
fn batches_are_dealt_anew_and_stay_on_their_shelf() {
    let (_, lessons) = toy();
    let mut batches = batches(&lessons);
    let before = batches.clone();
    reshuffle(&mut batches, &mut Random::new(1));
    assert_ne!(before, batches);
    let mut all: Vec<u32> = Vec::new();
    for (shelf, texts) in &batches {
        let own = &lessons.shelves[*shelf].texts;
        assert!(texts.iter().all(|&text| own.contains(&(text as usize))));
        all.extend(texts);
    }
    all.sort_unstable();
    assert_eq!(all, (0..TEXTS as u32).collect::<Vec<_>>());
}
