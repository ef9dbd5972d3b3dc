//! FNV-1a, 64 bits (Fowler, Noll and Vo): short, and the same everywhere.

/// The hash of nothing.
pub const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

/// What each step multiplies by.
pub const PRIME: u64 = 0x100_0000_01b3;

/// The hash `sum` continued with these bytes.
pub fn hash(sum: u64, bytes: &[u8]) -> u64 {
    let step = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(PRIME);
    bytes.iter().fold(sum, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_hashes_are_met() {
        assert_eq!(hash(OFFSET, b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(hash(hash(OFFSET, b"foo"), b"bar"), 0x8594_4171_f739_67e8);
    }
}
