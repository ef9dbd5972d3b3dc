//! How much one may ask for.

use crate::limits::Budget;

/// How much one may ask for.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// What one user may ask for, answers and searches alike; `none` for no limit
    #[arg(
        long,
        env = "LECTERN_USER_BUDGET",
        value_name = "BUDGET",
        default_value = "60 requests/minute, 2000 requests/day, 100000 tokens/minute, 1000000 tokens/day"
    )]
    pub user_budget: Budget,
    /// What one address may ask for without being signed in
    #[arg(
        long,
        env = "LECTERN_ANONYMOUS_BUDGET",
        value_name = "BUDGET",
        default_value = "20 requests/minute, 200 requests/day, 20000 tokens/minute, 100000 tokens/day"
    )]
    pub anonymous_budget: Budget,
    /// What all together may ask for
    #[arg(
        long,
        env = "LECTERN_TOTAL_BUDGET",
        value_name = "BUDGET",
        default_value = "3000 requests/minute, 20000000 tokens/day"
    )]
    pub total_budget: Budget,
    /// Requests of any kind from one address, and tokens of all who ask from there, signed in or not
    #[arg(
        long,
        env = "LECTERN_ADDRESS_BUDGET",
        value_name = "BUDGET",
        default_value = "1200 requests/minute, 1000000 tokens/minute, 5000000 tokens/day"
    )]
    pub address_budget: Budget,
    /// Most bytes of a request's body
    #[arg(
        long,
        env = "LECTERN_BODY_BYTES",
        value_name = "BYTES",
        default_value_t = 131_072
    )]
    pub body_bytes: usize,
    /// Most connections at a time
    #[arg(
        long,
        env = "LECTERN_CONNECTIONS",
        value_name = "N",
        default_value_t = 10_000
    )]
    pub connections: usize,
}
