//! Settings: each is a flag and an environment variable, and all of them are here, by what they are for.

mod accounts;
mod limits;
mod providers;
mod server;

pub use accounts::{Accounts, Issuer};
pub use limits::Limits;
pub use providers::Providers;
pub use server::Server;

/// Every setting of the relay.
#[derive(Debug, Clone, clap::Args)]
pub struct Config {
    /// Where it listens, what it serves.
    #[command(flatten)]
    pub server: Server,
    /// Who may ask.
    #[command(flatten)]
    pub accounts: Accounts,
    /// Who answers.
    #[command(flatten)]
    pub providers: Providers,
    /// How much one may ask for.
    #[command(flatten)]
    pub limits: Limits,
}
