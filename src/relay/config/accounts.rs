//! Who may ask.

/// Who may ask.
#[derive(Debug, Clone, clap::Args)]
pub struct Accounts {}
