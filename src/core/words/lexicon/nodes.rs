//! Writes a minimal transducer in version 2 of the `fst` crate's format.
//!
//! That crate's own builder forgets nodes by a hash of the machine's word size, so the same keys
//! would give other bytes on wasm32 than on a 64-bit machine; this one forgets none. Version 2 has
//! no checksum: a shelf has its own.

use std::collections::BTreeMap;

/// Bytes before the first node: format version and type.
pub const HEADER: usize = 16;
/// Bytes after the last node: count of keys and address of the root.
pub const TRAILER: usize = 16;
/// Version of the format.
pub const VERSION: u64 = 2;
/// Nodes with more transitions than this carry a table of 256 bytes to find one by its input.
pub const INDEX_THRESHOLD: usize = 32;
/// Address of the final node without transitions, which is not written.
pub const EMPTY: usize = 0;

/// The transducer of `keys`, which must be ascending and distinct; no bytes when there are none.
pub fn write(keys: &[(&[u8], u64)]) -> Vec<u8> {
    if keys.is_empty() {
        return Vec::new();
    }
    let mut writer = Writer {
        bytes: Vec::new(),
        seen: BTreeMap::new(),
    };
    writer.u64(VERSION);
    writer.u64(0);
    let root = writer.compile(keys, 0, 0);
    writer.u64(keys.len() as u64);
    writer.u64(root as u64);
    writer.bytes
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Node {
    /// Output of the key that ends here.
    last: Option<u64>,
    transitions: Vec<Transition>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Transition {
    input: u8,
    output: u64,
    /// Address of a node: where its last byte stands.
    target: usize,
}

struct Writer {
    bytes: Vec<u8>,
    seen: BTreeMap<Node, usize>,
}

impl Writer {
    /// Writes the nodes below the first `depth` bytes that all `keys` share; `spent` is what the
    /// transitions up to here have put out. Returns the address.
    fn compile(&mut self, keys: &[(&[u8], u64)], depth: usize, spent: u64) -> usize {
        let mut rest = keys;
        let mut node = Node {
            last: None,
            transitions: Vec::new(),
        };
        if let Some((_, value)) = rest.first().filter(|key| key.0.len() == depth) {
            node.last = Some(value - spent);
            rest = &rest[1..];
        }
        for group in rest.chunk_by(|a, b| a.0[depth] == b.0[depth]) {
            let least = group.iter().map(|key| key.1).min().unwrap_or(spent);
            let target = self.compile(group, depth + 1, least);
            node.transitions.push(Transition {
                input: group[0].0[depth],
                output: least - spent,
                target,
            });
        }
        if node.last == Some(0) && node.transitions.is_empty() {
            return EMPTY;
        }
        if let Some(&address) = self.seen.get(&node) {
            return address;
        }
        self.node(&node);
        let address = self.bytes.len() - 1;
        self.seen.insert(node, address);
        address
    }

    fn node(&mut self, node: &Node) {
        let start = self.bytes.len();
        match (node.last, node.transitions.as_slice()) {
            (None, [one]) if one.output == 0 && one.target + 1 == start => {
                self.input(one.input, 0b1100_0000)
            }
            (None, [one]) => {
                let output = if one.output == 0 {
                    0
                } else {
                    width(one.output)
                };
                self.packed(one.output, output);
                let delta = delta(start, one.target);
                self.packed(delta, width(delta));
                self.bytes.push(width(delta) << 4 | output);
                self.input(one.input, 0b1000_0000);
            }
            _ => self.branches(node, start),
        }
    }

    /// A node that is final or has several transitions: outputs, targets and inputs, each from
    /// the last to the first, then how many and how wide.
    fn branches(&mut self, node: &Node, start: usize) {
        let transitions = &node.transitions;
        let outputs = transitions.iter().map(|t| t.output).chain(node.last);
        let most = outputs.max().unwrap_or(0);
        let output = if most == 0 { 0 } else { width(most) };
        let target = transitions
            .iter()
            .map(|t| width(delta(start, t.target)))
            .max()
            .unwrap_or(0);
        if let Some(last) = node.last {
            self.packed(last, output);
        }
        for t in transitions.iter().rev() {
            self.packed(t.output, output);
        }
        for t in transitions.iter().rev() {
            self.packed(delta(start, t.target), target);
        }
        self.bytes.extend(transitions.iter().rev().map(|t| t.input));
        if transitions.len() > INDEX_THRESHOLD {
            let mut index = [u8::MAX; 256];
            for (i, t) in transitions.iter().enumerate() {
                index[usize::from(t.input)] = i as u8;
            }
            self.bytes.extend(index);
        }
        self.bytes.push(target << 4 | output);
        let is_final = if node.last.is_some() { 0b0100_0000 } else { 0 };
        match transitions.len() {
            count @ 1..=63 => self.bytes.push(is_final | count as u8),
            // 256 does not fit a byte; 1 stands for it, since a single transition is in the state.
            256 => self.bytes.extend([1, is_final]),
            count => self.bytes.extend([count as u8, is_final]),
        }
    }

    /// The input of a single transition: a common one within the state, another in its own byte.
    fn input(&mut self, input: u8, state: u8) {
        match COMMON_INPUTS.iter().position(|&common| common == input) {
            Some(at) => self.bytes.push(state | (at + 1) as u8),
            None => self.bytes.extend([input, state]),
        }
    }

    fn packed(&mut self, value: u64, width: u8) {
        self.bytes
            .extend(&value.to_le_bytes()[..usize::from(width)]);
    }

    fn u64(&mut self, value: u64) {
        self.bytes.extend(value.to_le_bytes());
    }
}

/// How a node that begins at `start` writes down an earlier one.
fn delta(start: usize, target: usize) -> u64 {
    if target == EMPTY {
        0
    } else {
        (start - target) as u64
    }
}

/// Bytes that hold a number, at least one.
fn width(value: u64) -> u8 {
    (8 - (value | 1).leading_zeros() / 8) as u8
}

/// The inputs that have a number of their own (`raw/common_inputs.rs` of the `fst` crate).
const COMMON_INPUTS: &[u8; 63] = b"te/oasripcnw.hlm-du012g=:bf3y5&_4v9678k%?xCDASFIBEjPTzRNM+LOqHG";

#[cfg(test)]
mod tests {
    use super::*;
    use fst::raw::Fst;

    fn read(bytes: Vec<u8>) -> Vec<(Vec<u8>, u64)> {
        Fst::new(bytes).unwrap().stream().into_byte_vec()
    }

    fn round_trip(keys: &[(Vec<u8>, u64)]) -> Vec<u8> {
        let slices: Vec<(&[u8], u64)> = keys
            .iter()
            .map(|(key, value)| (key.as_slice(), *value))
            .collect();
        let bytes = write(&slices);
        assert_eq!(read(bytes.clone()), keys);
        bytes
    }

    #[test]
    fn the_fst_crate_reads_what_is_written() {
        let all: Vec<_> = (0..=255u8).map(|b| (vec![b], 1 + u64::from(b))).collect();
        let wide: Vec<_> = (0..70u8)
            .flat_map(|a| [(vec![a, 1], 900 - u64::from(a)), (vec![a, 1, a], 7)])
            .collect();
        let words = [
            "a",
            "aa",
            "happi",
            "happiness",
            "happy",
            "maps",
            "robot",
            "éa",
            "机器",
        ];
        let words: Vec<_> = words
            .iter()
            .enumerate()
            .map(|(i, w)| (w.as_bytes().to_vec(), (70_000 * i) as u64 ^ 3))
            .collect();
        for keys in [all, wide, words, vec![(b"x".to_vec(), 5)]] {
            round_trip(&keys);
        }
        assert!(write(&[]).is_empty());
    }

    #[test]
    fn the_result_is_no_larger_than_that_of_the_crates_own_builder() {
        let keys: Vec<_> = (0..5000u64)
            .map(|i| (format!("{:05}tion", i * 7).into_bytes(), i))
            .collect();
        let own = round_trip(&keys);
        let theirs = Fst::from_iter_map(keys).unwrap();
        assert!(own.len() <= theirs.size());
    }
}
