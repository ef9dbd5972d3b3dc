//! A budget as it is written in settings.

use std::str::FromStr;

use super::Span;

/// How many requests and tokens there are a minute and a day.
///
/// Written as `20 requests/minute, 500 requests/day, 40000 tokens/minute, 200000 tokens/day`; what is left
/// out is not limited, and `none` limits nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Budget {
    /// A minute.
    pub minute: Limit,
    /// A day.
    pub day: Limit,
}

/// What a span of time has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limit {
    /// Requests.
    pub requests: Option<u64>,
    /// Tokens, of questions and answers.
    pub tokens: Option<u64>,
}

impl Budget {
    /// What of it limits tokens.
    pub fn of_tokens(self) -> Self {
        let of_tokens = |limit: Limit| Limit {
            requests: None,
            ..limit
        };
        Self {
            minute: of_tokens(self.minute),
            day: of_tokens(self.day),
        }
    }

    /// What of it limits requests.
    pub fn of_requests(self) -> Self {
        let of_requests = |limit: Limit| Limit {
            tokens: None,
            ..limit
        };
        Self {
            minute: of_requests(self.minute),
            day: of_requests(self.day),
        }
    }

    /// The spans that are limited.
    pub fn spans(&self) -> impl Iterator<Item = (Span, Limit)> {
        let spans = [(Span::Minute, self.minute), (Span::Day, self.day)];
        spans
            .into_iter()
            .filter(|(_, limit)| *limit != Limit::default())
    }
}

impl FromStr for Budget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut budget = Self::default();
        if text.trim() == "none" {
            return Ok(budget);
        }
        for part in text.split(',') {
            let (place, amount) = budget.place(part.trim()).ok_or_else(|| {
                format!(
                    "`{}` is no budget; write it as in `20 requests/minute, 200000 tokens/day`, or `none`",
                    part.trim()
                )
            })?;
            if place.replace(amount).is_some() {
                return Err(format!("`{}` is limited twice", part.trim()));
            }
        }
        Ok(budget)
    }
}

impl Budget {
    fn place(&mut self, part: &str) -> Option<(&mut Option<u64>, u64)> {
        let (amount, what) = part.split_once(' ')?;
        let amount = amount.parse().ok()?;
        let place = match what.trim() {
            "requests/minute" => &mut self.minute.requests,
            "requests/day" => &mut self.day.requests,
            "tokens/minute" => &mut self.minute.tokens,
            "tokens/day" => &mut self.day.tokens,
            _ => return None,
        };
        Some((place, amount))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_read_as_it_is_written() {
        let budget: Budget = "20 requests/minute, 7 tokens/day".parse().unwrap();
        assert_eq!(budget.minute.requests, Some(20));
        assert_eq!(budget.day.tokens, Some(7));
        assert_eq!(budget.minute.tokens, None);
        assert_eq!("none".parse(), Ok(Budget::default()));
    }

    #[test]
    fn what_is_no_budget_is_refused() {
        for text in [
            "",
            "20",
            "x requests/minute",
            "-1 requests/day",
            "1 requests/hour",
            "1 tokens/day, 2 tokens/day",
        ] {
            assert!(text.parse::<Budget>().is_err(), "{text}");
        }
    }
}
