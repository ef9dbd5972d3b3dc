//! How much one may ask for.

/// How much one may ask for.
#[derive(Debug, Clone, clap::Args)]
pub struct Limits {}
