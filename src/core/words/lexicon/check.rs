//! Whether bytes are a transducer that the `fst` crate can walk.
//!
//! The crate trusts its input: a wrong byte may make it panic or walk for ever. Nodes stand one
//! after the other and point backwards only, so two passes settle everything: one from the root
//! down finds where nodes begin and end, one up counts the keys below each.

use super::corrupt;
use super::nodes::{EMPTY, HEADER, INDEX_THRESHOLD, TRAILER, VERSION};
use crate::Result;
use crate::text::normalise::MAX_CHARS;

/// Succeeds when every node is whole, every transition leads to a node, and keys are as many as
/// the trailer says, at most [`MAX_KEYS`], no longer than [`MAX_KEY`], with values below 2^32.
///
/// # Errors
/// [`crate::Error::Corrupt`] otherwise.
pub fn check(bytes: &[u8]) -> Result<()> {
    let damaged = || corrupt("the lexicon is not a transducer");
    let root = bytes
        .len()
        .checked_sub(TRAILER + 1)
        .filter(|&root| root >= HEADER)
        .ok_or_else(damaged)?;
    let (version, kind) = (word(bytes, 0), word(bytes, 8));
    let (count, address) = (word(bytes, root + 1), word(bytes, root + 9));
    if version != VERSION || kind != 0 || address != root as u64 {
        return Err(damaged());
    }
    let mut nodes = Vec::new();
    let mut end = root + 1;
    while end > HEADER {
        let node = Node::parse(bytes, end - 1).ok_or_else(damaged)?;
        end = node.start;
        nodes.push(u32::try_from(node.address).map_err(|_| damaged())?);
    }
    let keys = below(bytes, &nodes).ok_or_else(damaged)?;
    if u64::from(keys) == count && keys <= MAX_KEYS {
        Ok(())
    } else {
        Err(damaged())
    }
}

/// Keys below the root, given the addresses of all nodes from the root down.
fn below(bytes: &[u8], nodes: &[u32]) -> Option<u32> {
    // For each address: keys below its node (0: no node), largest of their values, longest of them.
    let mut known = vec![(0u32, 0u32, 0u8); bytes.len()];
    known[EMPTY] = (1, 0, 0);
    for &address in nodes.iter().rev() {
        let node = Node::parse(bytes, address as usize)?;
        let mut keys = u32::from(node.is_final);
        let mut largest = u32::try_from(node.final_output(bytes)).ok()?;
        let mut longest = 0;
        for i in 0..node.transitions {
            let (output, target) = node.transition(bytes, i)?;
            let (more, value, length) = known[target];
            if more == 0 {
                return None;
            }
            keys = keys.saturating_add(more);
            largest = largest.max(u32::try_from(output).ok()?.checked_add(value)?);
            longest = longest.max(length.checked_add(1)?);
        }
        if longest > MAX_KEY {
            return None;
        }
        known[node.address] = (keys, largest, longest);
    }
    nodes
        .first()
        .map(|&root| known[root as usize].0)
        .filter(|&keys| keys > 0)
}

/// One node: fields from its address, its last byte, down to its start.
struct Node {
    address: usize,
    start: usize,
    is_final: bool,
    transitions: usize,
    /// Start and width of the targets; width 0 for a node whose only target ends where it begins.
    targets: (usize, usize),
    /// Start and width of the outputs.
    outputs: (usize, usize),
}

impl Node {
    /// The node whose last byte is at `address`; `None` when it would reach into the header.
    fn parse(bytes: &[u8], address: usize) -> Option<Self> {
        let state = bytes[address];
        let small = usize::from(state & 0b0011_1111);
        let extra = usize::from(small == 0);
        let below = |at: usize, size: usize| at.checked_sub(size).filter(|&at| at >= HEADER);
        let mut at = below(address, extra)?;
        if state & 0b1100_0000 == 0b1100_0000 {
            let start = at;
            return Some(Self {
                address,
                start,
                is_final: false,
                transitions: 1,
                targets: (start, 0),
                outputs: (start, 0),
            });
        }
        let single = state & 0b1000_0000 != 0;
        let transitions = match (single, small) {
            (true, _) => 1,
            (false, 0) if bytes[at] == 1 => 256,
            (false, 0) => usize::from(bytes[at]),
            (false, small) => small,
        };
        at = below(at, 1)?;
        let (target, output) = (usize::from(bytes[at] >> 4), usize::from(bytes[at] & 15));
        if target > 8 || output > 8 || (target == 0 && transitions > 0) {
            return None;
        }
        if !single {
            let index = if transitions > INDEX_THRESHOLD {
                256
            } else {
                0
            };
            at = below(at, index + transitions)?;
        }
        let is_final = !single && state & 0b0100_0000 != 0;
        at = below(at, transitions * target)?;
        let targets = (at, target);
        at = below(at, transitions * output)?;
        let outputs = (at, output);
        let start = if is_final { below(at, output)? } else { at };
        Some(Self {
            address,
            start,
            is_final,
            transitions,
            targets,
            outputs,
        })
    }

    fn final_output(&self, bytes: &[u8]) -> u64 {
        if self.is_final {
            packed(bytes, self.start, self.outputs.1)
        } else {
            0
        }
    }

    /// Output and target of the transition stored at index `i`; `None` when it leads outside.
    fn transition(&self, bytes: &[u8], i: usize) -> Option<(u64, usize)> {
        let (at, width) = self.targets;
        if width == 0 {
            return Some((0, self.start - 1));
        }
        let output = packed(bytes, self.outputs.0 + i * self.outputs.1, self.outputs.1);
        let target = match packed(bytes, at + i * width, width) {
            0 => EMPTY,
            delta => self.start.checked_sub(usize::try_from(delta).ok()?)?,
        };
        (target == EMPTY || target >= HEADER).then_some((output, target))
    }
}

/// A little-endian number of `width` bytes; 0 for none.
fn packed(bytes: &[u8], at: usize, width: usize) -> u64 {
    bytes[at..at + width]
        .iter()
        .rev()
        .fold(0, |value, &byte| value << 8 | u64::from(byte))
}

fn word(bytes: &[u8], at: usize) -> u64 {
    packed(bytes, at, 8)
}

/// More words than any book has, and few enough that a walk over all of them cannot stall: a few
/// hundred hostile bytes could otherwise stand for billions.
const MAX_KEYS: u32 = 1 << 22;
/// Bytes of the longest key that can be written.
const MAX_KEY: u8 = 4 * MAX_CHARS as u8;

#[cfg(test)]
mod tests {
    use super::super::nodes::write;
    use super::*;
    use fst::raw::Fst;

    fn sample() -> Vec<u8> {
        let mut keys: Vec<(Vec<u8>, u64)> = (33..=255u8)
            .map(|b| (vec![b], u64::from(b) * 300))
            .collect();
        for (i, word) in [
            "robot", "robotic", "robotics", "robots", "map", "maps", "mapping",
        ]
        .iter()
        .enumerate()
        {
            keys.push((word.as_bytes().to_vec(), 9 * i as u64));
        }
        keys.sort();
        let slices: Vec<(&[u8], u64)> = keys
            .iter()
            .map(|(key, value)| (key.as_slice(), *value))
            .collect();
        write(&slices)
    }

    #[test]
    fn what_is_written_passes() {
        assert_eq!(check(&sample()), Ok(()));
        assert_eq!(check(&write(&[(b"a", 1)])), Ok(()));
        assert_eq!(check(&write(&[(b"", 1), (b"a", 0)])), Ok(()));
    }

    #[test]
    fn what_passes_can_be_walked_whatever_byte_is_changed() {
        let good = sample();
        for at in 0..good.len() {
            for flip in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
                let mut bytes = good.clone();
                bytes[at] ^= flip;
                if check(&bytes).is_ok() {
                    let fst = Fst::new(bytes).unwrap();
                    assert_eq!(fst.stream().into_byte_vec().len(), fst.len());
                    for word in ["robotics", "maps", "ü", "zzz"] {
                        fst.get(word);
                    }
                }
            }
            assert!(check(&good[..at]).is_err());
        }
    }

    #[test]
    fn a_transducer_with_more_keys_than_bytes_allow_is_refused() {
        // Forty nodes of two transitions to the next: 2^40 keys in 200 bytes.
        let mut bytes = [2u64.to_le_bytes(), 0u64.to_le_bytes()].concat();
        bytes.extend([0, 0, b'b', b'a', 0x10, 2]);
        for _ in 1..40 {
            bytes.extend([1, 1, b'b', b'a', 0x10, 2]);
        }
        let root = bytes.len() as u64 - 1;
        bytes.extend([u64::from(u32::MAX).to_le_bytes(), root.to_le_bytes()].concat());
        assert_eq!(check(&bytes).unwrap_err().code(), "shelf-corrupt");
    }
}
