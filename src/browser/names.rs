//! Encoders and modes by their names in JavaScript.

use lectern_core::search::{Mode, Tier};

/// The encoders that can be loaded.
pub(crate) const TIERS: [(&str, Tier); 3] = [
    ("small", Tier::Small),
    ("relay", Tier::Relay),
    ("full", Tier::Full),
];

const MODES: [(&str, Mode); 4] = [
    ("auto", Mode::Auto),
    ("words", Mode::Words),
    ("meaning", Mode::Meaning),
    ("hybrid", Mode::Hybrid),
];

/// The encoder of a name.
pub(crate) fn tier_of(name: &str) -> Option<Tier> {
    of(&TIERS, name)
}

/// The name of an encoder.
pub(crate) fn tier_name(tier: Tier) -> &'static str {
    name(&TIERS, tier).unwrap_or("none")
}

/// The mode of a name.
pub(crate) fn mode_of(name: &str) -> Option<Mode> {
    of(&MODES, name)
}

/// The name of a mode.
pub(crate) fn mode_name(mode: Mode) -> &'static str {
    name(&MODES, mode).unwrap_or_default()
}

fn of<T: Copy>(named: &[(&str, T)], name: &str) -> Option<T> {
    let found = named.iter().find(|(known, _)| *known == name);
    found.map(|&(_, own)| own)
}

fn name<T: PartialEq>(named: &[(&'static str, T)], own: T) -> Option<&'static str> {
    let found = named.iter().find(|(_, known)| *known == own);
    found.map(|&(name, _)| name)
}
