//! One call of one provider: what is counted and logged, however it ends.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use metrics::{counter, gauge, histogram};
use tokio::time::Instant;
use tracing::{Span, record_all};

use super::breaker::{Breaker, Pass};
use super::{Provider, ProviderError, Usage};

/// The longest wait that a provider can ask for before it is better to ask another.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// Statuses that tell of the settings or of the account, not of the request: of no use to ask again with another.
/// Those of too many requests come here where there is no quota left.
const MISCONFIGURED: [u16; 5] = [401, 402, 403, 404, 429];

/// What tokens cost, in dollars for a million.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// Of the prompt.
    pub input: f64,
    /// Of the answer.
    pub output: f64,
}

/// A provider as a chain calls it.
#[derive(Debug, Clone)]
pub(super) struct Callee {
    pub(super) provider: Arc<dyn Provider>,
    pub(super) breaker: Arc<Breaker>,
    pub(super) price: Option<Price>,
}

/// A call that is under way. Dropped, it was left by who asked.
#[derive(Debug)]
pub(super) struct Call {
    callee: Callee,
    pass: Pass,
    begun: Instant,
    ended: bool,
    span: Span,
}

impl Price {
    /// What this usage costs, in dollars.
    pub fn of(&self, usage: Usage) -> f64 {
        (self.input * usage.input as f64 + self.output * usage.output as f64) / 1e6
    }
}

impl FromStr for Price {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parse = |text: &str| {
            text.trim()
                .parse()
                .ok()
                .filter(|price: &f64| price.is_finite() && *price >= 0.0)
        };
        let prices = text
            .split_once(',')
            .map(|(input, output)| (parse(input), parse(output)));
        match prices {
            Some((Some(input), Some(output))) => Ok(Self { input, output }),
            _ => Err(
                "give dollars for a million tokens of prompt and of answer, as in 0.15,0.60"
                    .to_owned(),
            ),
        }
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.input, self.output)
    }
}

impl Callee {
    /// Begins a call, if the breaker lets it.
    pub(super) fn begin(&self) -> Result<Call, ProviderError> {
        let pass = self.breaker.enter().map_err(|wait| ProviderError::None {
            retry_after: Some(wait),
        })?;
        gauge!("lectern_provider_running", "provider" => self.name()).increment(1.0);
        Ok(Call {
            callee: self.clone(),
            pass,
            begun: Instant::now(),
            ended: false,
            span: Span::current(),
        })
    }

    pub(super) fn name(&self) -> String {
        self.provider.name().to_owned()
    }
}

impl Call {
    pub(super) fn callee(&self) -> &Callee {
        &self.callee
    }

    /// The first piece of the answer is there. The request's log line tells of it; where an answer takes several calls, of
    /// the last.
    pub(super) fn first(&mut self) {
        let wait = self.begun.elapsed();
        self.callee.breaker.alive();
        let provider = self.callee.name();
        record_all!(
            self.span,
            provider,
            model = self.callee.provider.model(),
            first_token_ms = wait.as_millis() as u64
        );
        histogram!("lectern_provider_first_token_seconds", "provider" => provider)
            .record(wait.as_secs_f64());
    }

    /// The answer ended; what it cost, in dollars.
    pub(super) fn finish(&mut self, usage: Usage) -> Option<f64> {
        self.callee.breaker.success();
        self.end("ok");
        let provider = self.callee.name();
        let cost = self.callee.price.map(|price| price.of(usage));
        counter!("lectern_provider_tokens_total", "provider" => provider.clone(), "kind" => "input")
            .increment(usage.input);
        counter!("lectern_provider_tokens_total", "provider" => provider.clone(), "kind" => "output")
            .increment(usage.output);
        let took = self.begun.elapsed().as_millis() as u64;
        self.span.record("provider_ms", took);
        cost
    }

    /// The call failed.
    pub(super) fn fail(&mut self, error: &ProviderError) {
        let breaker = &self.callee.breaker;
        let outcome = match error {
            ProviderError::Unavailable { .. } => {
                breaker.failure(None);
                "unavailable"
            }
            ProviderError::Busy { retry_after, .. } => {
                breaker.failure(retry_after.filter(|wait| *wait > LONGEST_WAIT));
                "busy"
            }
            ProviderError::Late { .. } => {
                breaker.failure(None);
                "late"
            }
            ProviderError::Refused { status, .. } => {
                if MISCONFIGURED.contains(status) {
                    breaker.failure(None);
                } else {
                    breaker.alive();
                }
                "refused"
            }
            ProviderError::None { .. } => {
                breaker.left(self.pass);
                "none"
            }
        };
        self.end(outcome);
        tracing::warn!(parent: &self.span, %error, "a provider failed");
    }

    /// All the time for the answer is over, which may be a slow reader's doing as well.
    pub(super) fn expire(&mut self, error: &ProviderError) {
        self.callee.breaker.left(self.pass);
        self.end("late");
        tracing::warn!(parent: &self.span, %error, "an answer took too long");
    }

    fn end(&mut self, outcome: &'static str) {
        self.ended = true;
        let provider = self.callee.name();
        gauge!("lectern_provider_running", "provider" => provider.clone()).decrement(1.0);
        counter!("lectern_provider_calls_total", "provider" => provider, "outcome" => outcome)
            .increment(1);
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.ended {
            self.callee.breaker.left(self.pass);
            self.end("left");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_two_numbers_of_dollars() {
        let price: Price = "0.15, 0.60".parse().unwrap();
        let usage = Usage {
            input: 2_000_000,
            output: 500_000,
        };
        assert!((price.of(usage) - 0.6).abs() < 1e-9);
        for wrong in ["", "1", "1,x", "-1,1", "inf,1", "NaN,NaN"] {
            assert!(wrong.parse::<Price>().is_err(), "{wrong}");
        }
    }
}
