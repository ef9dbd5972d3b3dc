//! Priors of passages: what the author of a site gives their pages.

use super::codec::{Reader, Writer};
use crate::{Prior, Result};

/// A prior for each passage, in runs of passages that have the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Priors {
    /// First passage and prior of each run, ascending; passages before the first have the usual one.
    runs: Vec<(u32, Prior)>,
}

impl Priors {
    /// The priors of passages in the order of their numbers.
    pub fn new(passages: impl IntoIterator<Item = (u32, Prior)>) -> Self {
        let mut priors = Self::default();
        for (passage, prior) in passages {
            if priors.of(passage) != prior {
                priors.runs.push((passage, prior));
            }
        }
        priors
    }

    /// The prior of a passage.
    pub fn of(&self, passage: u32) -> Prior {
        let after = self.runs.partition_point(|&(first, _)| first <= passage);
        let run = after.checked_sub(1).and_then(|at| self.runs.get(at));
        run.map_or_else(Prior::default, |&(_, prior)| prior)
    }

    /// Appends the runs: their number, then of each the step to its first passage and its prior in
    /// hundredths.
    pub fn write(&self, w: &mut Writer) {
        w.varint(self.runs.len() as u64);
        let mut last = 0;
        for &(first, prior) in &self.runs {
            w.varint(u64::from(first - last));
            w.varint(u64::from(prior.hundredths()));
            last = first;
        }
    }

    /// Reads what [`Priors::write`] wrote.
    pub fn read(r: &mut Reader<'_>) -> Result<Self> {
        let count = r.count(2)?;
        let mut runs = Vec::with_capacity(count);
        let mut at = 0u32;
        for run in 0..count {
            let step = r.varint_u32()?;
            let first = at.checked_add(step).filter(|_| run == 0 || step > 0);
            let prior = Prior::new(r.varint_u32()? as f32 / 100.0);
            let (Some(first), Some(prior)) = (first, prior) else {
                return Err(r.corrupt("a prior is impossible"));
            };
            at = first;
            runs.push((first, prior));
        }
        Ok(Self { runs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priors_come_back_and_hold_until_the_next() {
        let prior = |factor| Prior::new(factor).unwrap();
        let given = [1.0, 1.0, 0.5, 0.5, 4.0, 1.0, 0.29].map(prior);
        let priors = Priors::new((0..).zip(given));
        assert_eq!(priors.runs.len(), 4);
        let mut w = Writer::new();
        priors.write(&mut w);
        let bytes = w.finish();
        let read = Priors::read(&mut Reader::new("test", &bytes)).unwrap();
        assert_eq!(read, priors);
        for (passage, own) in (0..).zip(given) {
            assert_eq!(read.of(passage), own);
        }
        assert_eq!(Priors::default().of(7), Prior::default());
        for cut in 0..bytes.len() {
            assert!(Priors::read(&mut Reader::new("test", &bytes[..cut])).is_err());
        }
        for hostile in [
            &[1, 0, 0][..],
            &[1, 0, 5],
            &[2, 0, 50, 0, 50],
            &[1, 0, 0xff, 0x7f],
        ] {
            assert!(Priors::read(&mut Reader::new("test", hostile)).is_err());
        }
    }
}
