//! Measures of ranked retrieval (Manning, Raghavan & Schütze 2008, chapter 8).

/// One question's ranked list: what each of its places is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// Gain of each place, best place first, 0 where it is not relevant; no item stands in two
    /// places.
    places: Vec<f64>,
    /// Gains of all items there are, found or not, the largest first.
    ideal: Vec<f64>,
}

impl Ranking {
    /// A ranked list of what is relevant or not, and how many relevant items there are in all.
    pub fn new(places: Vec<bool>, relevant: usize) -> Self {
        let gain = |relevant| if relevant { 1.0 } else { 0.0 };
        Self {
            places: places.into_iter().map(gain).collect(),
            ideal: vec![1.0; relevant],
        }
    }

    /// A ranked list of gains, and the gains of all items in any order.
    pub fn graded(places: Vec<f64>, mut all: Vec<f64>) -> Self {
        all.sort_unstable_by(|a, b| b.total_cmp(a));
        Self { places, ideal: all }
    }

    /// 1 when a relevant item is among the first `k`, else 0. The mean over questions is the
    /// recall@`k` of questions that one item answers.
    pub fn success(&self, k: usize) -> f64 {
        f64::from(u8::from(self.first(k).is_some()))
    }

    /// 1 / place of the first relevant item among the first `k`, else 0. The mean is MRR@`k`.
    pub fn reciprocal_rank(&self, k: usize) -> f64 {
        self.first(k).map_or(0.0, |place| 1.0 / (place + 1) as f64)
    }

    /// nDCG@`k`: the gains, each divided by `log2(place + 1)` with places from 1, over the best that
    /// could be had (Järvelin & Kekäläinen 2002), as `trec_eval` and so BEIR compute it.
    pub fn ndcg(&self, k: usize) -> f64 {
        let discounted = |gains: &[f64]| -> f64 {
            let places = gains.iter().take(k).enumerate();
            places
                .map(|(at, gain)| gain / ((at + 2) as f64).log2())
                .sum()
        };
        let best = discounted(&self.ideal);
        if best > 0.0 {
            discounted(&self.places) / best
        } else {
            0.0
        }
    }

    fn first(&self, k: usize) -> Option<usize> {
        self.places.iter().take(k).position(|&gain| gain > 0.0)
    }
}

/// The mean of a measure; zero of nothing.
pub fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len();
    if count == 0 {
        0.0
    } else {
        values.sum::<f64>() / count as f64
    }
}

/// The nearest-rank percentile: the smallest value that at least `share` of all reach not over.
pub fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranking(places: &str, relevant: usize) -> Ranking {
        Ranking::new(places.chars().map(|c| c == 'x').collect(), relevant)
    }

    #[test]
    fn success_and_reciprocal_rank_look_at_the_first_k_places() {
        let third = ranking("--x-x", 2);
        assert_eq!((third.success(2), third.success(3)), (0.0, 1.0));
        assert_eq!(
            (third.reciprocal_rank(2), third.reciprocal_rank(3)),
            (0.0, 1.0 / 3.0)
        );
        assert_eq!(ranking("", 1).success(10), 0.0);
    }

    #[test]
    fn ndcg_is_one_for_a_perfect_list_and_follows_the_formula() {
        assert_eq!(ranking("xx-", 2).ndcg(10), 1.0);
        assert_eq!(
            ranking("xxx", 9).ndcg(3),
            1.0,
            "more relevant items than places"
        );
        assert_eq!(ranking("--x", 1).ndcg(10), 0.5);
        let (second, fourth, first) = (1.0 / 3f64.log2(), 1.0 / 5f64.log2(), 1.0);
        let expected = (second + fourth) / (first + second);
        assert!((ranking("-x-x", 2).ndcg(10) - expected).abs() < 1e-12);
        assert_eq!(ranking("-x", 1).ndcg(1), 0.0);
        assert_eq!(ranking("", 0).ndcg(10), 0.0);
    }

    #[test]
    fn graded_gains_are_linear_and_the_best_order_is_by_gain() {
        let graded = Ranking::graded(vec![1.0, 0.0, 3.0], vec![0.0, 1.0, 2.0, 3.0]);
        let (third, second) = (1.0 / 2.0, 1.0 / 3f64.log2());
        let expected = (1.0 + 3.0 * third) / (3.0 + 2.0 * second + third);
        assert!((graded.ndcg(10) - expected).abs() < 1e-12);
        assert_eq!((graded.success(1), graded.reciprocal_rank(10)), (1.0, 1.0));
        assert_eq!(Ranking::graded(vec![0.0, 2.0], vec![2.0]).success(1), 0.0);
    }

    #[test]
    fn percentiles_are_values_that_were_there() {
        let values = [5.0, 1.0, 3.0, 2.0, 4.0];
        let at = |share| percentile(&values, share);
        assert_eq!((at(0.5), at(0.95), at(0.2), at(0.0)), (3.0, 5.0, 1.0, 1.0));
        assert_eq!(percentile(&[], 0.5), 0.0);
        assert_eq!(mean([1.0, 2.0].into_iter()), 1.5);
        assert_eq!(mean([].into_iter()), 0.0);
    }
}
