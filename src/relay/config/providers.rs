//! Who answers.

/// Who answers.
#[derive(Debug, Clone, clap::Args)]
pub struct Providers {}
