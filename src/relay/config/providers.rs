//! Who answers.

/// Who answers.
#[derive(Debug, Clone, clap::Args)]
pub struct Providers {}

impl Providers {
    /// Whether the answer is taken from the passages when nobody else gives one.
    pub fn extractive(&self) -> bool {
        true
    }
}
