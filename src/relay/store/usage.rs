//! How much everyone has asked for, by subject and span of time.

use std::fmt;

use sqlx::QueryBuilder;

use super::{FEW_ROWS, Store, on};

/// A span of time that is counted by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    /// A minute of the clock.
    Minute,
    /// A day, in UTC.
    Day,
}

impl Span {
    /// Its length in milliseconds.
    pub fn length(self) -> i64 {
        match self {
            Self::Minute => 60_000,
            Self::Day => 86_400_000,
        }
    }

    /// When the span began that this time is in; both in milliseconds since 1970.
    pub fn began(self, at: i64) -> i64 {
        at - at.rem_euclid(self.length())
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Minute => "minute",
            Self::Day => "day",
        })
    }
}

/// Who is counted, and over what.
pub type Counter = (String, Span);

/// What has been counted, or is to be added: less than nothing where something is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amount {
    /// Requests.
    pub requests: i64,
    /// Tokens.
    pub tokens: i64,
}

impl std::ops::AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.requests += other.requests;
        self.tokens += other.tokens;
    }
}

impl std::ops::SubAssign for Amount {
    fn sub_assign(&mut self, other: Self) {
        self.requests -= other.requests;
        self.tokens -= other.tokens;
    }
}

const ADD: &str = " ON CONFLICT (subject, span) DO UPDATE SET
  began = CASE WHEN lectern_usage.began < excluded.began THEN excluded.began ELSE lectern_usage.began END,
  requests = excluded.requests + CASE WHEN lectern_usage.began < excluded.began THEN 0 ELSE lectern_usage.requests END,
  tokens = excluded.tokens + CASE WHEN lectern_usage.began < excluded.began THEN 0 ELSE lectern_usage.tokens END
  RETURNING subject, span, requests, tokens";

/// Counters and what to add to them, in their order.
pub type Additions = std::collections::BTreeMap<Counter, Amount>;

/// Adds all of `additions` at the time `at` in one statement, all or nothing, and gives what the counters then are. A
/// counter of a span that is over begins anew.
pub async fn add(store: &Store, at: i64, additions: &Additions) -> Result<Additions, sqlx::Error> {
    on!(store, pool => {
        let mut insert = QueryBuilder::new(
            "INSERT INTO lectern_usage (subject, span, began, requests, tokens) ",
        );
        // Each counter once, in order, so that two relays never wait for each other.
        insert.push_values(additions, |mut row, ((subject, span), amount)| {
            row.push_bind(subject.clone())
                .push_bind(span.to_string())
                .push_bind(span.began(at))
                .push_bind(amount.requests)
                .push_bind(amount.tokens);
        });
        insert.push(ADD);
        let add = insert.build_query_as::<(String, String, i64, i64)>();
        let totals = add.persistent(additions.len() <= FEW_ROWS).fetch_all(pool).await?;
        let total = |(subject, span, requests, tokens): (String, String, i64, i64)| {
            let span = if span == "day" { Span::Day } else { Span::Minute };
            ((subject, span), Amount { requests, tokens })
        };
        Ok(totals.into_iter().map(total).collect())
    })
}

/// Forgets counters that have not been added to since `before`, milliseconds since 1970.
pub async fn forget(store: &Store, before: i64) -> Result<(), sqlx::Error> {
    on!(store, pool => {
        let delete = sqlx::query("DELETE FROM lectern_usage WHERE began < $1");
        delete.bind(before).execute(pool).await.map(drop)
    })
}
