//! Hits that say what a better hit says: other versions of a page, boilerplate.
//!
//! A text is the set of its [shingles](super::shingles), runs of [`SHINGLE`] words. A hit is folded
//! when a better one contains nearly all of its shingles (Broder, "On the resemblance and containment
//! of documents", 1997). Title and headings are part of the text, so that what is short is folded only
//! where they are alike too: `Returns: nothing.` stands under many functions.

use super::shingles::shingles;

/// Words of a shingle.
const SHINGLE: usize = 4;

/// Share of its shingles that a folded hit has in common with a better one.
const CONTAINMENT: f32 = 0.9;

/// Texts of hits, best first, that repeat none of those before them.
#[derive(Debug, Default)]
pub struct Distinct {
    /// Of each text, ascending.
    shingles: Vec<Vec<u64>>,
}

impl Distinct {
    /// Adds the next text, unless it repeats one; the place of the one that it repeats.
    pub fn add(&mut self, text: &str) -> Option<usize> {
        let own = shingles(text, SHINGLE);
        let repeated = self.shingles.iter().position(|better| is_in(&own, better));
        let repeated = repeated.filter(|_| !own.is_empty());
        if repeated.is_none() {
            self.shingles.push(own);
        }
        repeated
    }
}

/// Whether nearly all of some numbers are among others; both ascend. Mostly it is soon clear that not.
fn is_in(own: &[u64], others: &[u64]) -> bool {
    let needed = CONTAINMENT * own.len() as f32;
    let (mut others, mut missing) = (others.iter().copied().peekable(), 0);
    own.iter().all(|&number| {
        while others.next_if(|&other| other < number).is_some() {}
        missing += usize::from(others.peek() != Some(&number));
        (own.len() - missing) as f32 >= needed
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repeats<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<Option<usize>> {
        let mut distinct = Distinct::default();
        texts.into_iter().map(|text| distinct.add(text)).collect()
    }

    fn long(version: &str, end: &str) -> String {
        let body = "Set the reliability of a publisher before it is created because a subscription that asks \
                    for more than the publisher offers is never matched and no message arrives at all so that \
                    the reader waits in vain until the timer of the node ends";
        format!("Quality of service > Reliability\nSince version {version}. {body} {end}")
    }

    #[test]
    fn versions_of_a_page_are_folded_into_the_best_of_them() {
        let texts = [
            long("2.1", ""),
            "Another thing altogether.".into(),
            long("2.2", ""),
            long("2.3", ""),
        ];
        let found = repeats(texts.iter().map(String::as_str));
        assert_eq!(found, [None, None, Some(0), Some(0)]);
    }

    #[test]
    fn a_text_that_says_more_stays_and_one_that_says_less_goes() {
        let more = long(
            "2.1",
            "Then it asks again and again with a longer pause each time until someone answers",
        );
        let less = long("2.1", "");
        assert_eq!(repeats([&*less, &*more]), [None, None]);
        assert_eq!(repeats([&*more, &*less]), [None, Some(0)]);
    }

    #[test]
    fn short_texts_are_folded_only_under_equal_headings() {
        let texts = [
            "Node > spin\nReturns nothing.",
            "Node > stop\nReturns nothing.",
            "Node > spin\nReturns nothing!",
        ];
        assert_eq!(repeats(texts), [None, None, Some(0)]);
        assert_eq!(
            repeats(["Yes", "yes", "", "", "no"]),
            [None, Some(0), None, None, None]
        );
    }

    #[test]
    fn texts_without_spaces_are_compared_by_characters() {
        let a =
            "机器人走路时需要保持平衡，它的重心必须在支撑多边形之内。控制器每毫秒计算一次力矩。";
        let b =
            "机器人走路时需要保持平衡，它的重心必须在支撑多边形之内。相机看不到地面上的障碍物。";
        assert_eq!(repeats([a, b]), [None, None]);
        let spelled = a.replace('，', "、");
        assert_eq!(repeats([a, &spelled]), [None, Some(0)]);
    }
}
