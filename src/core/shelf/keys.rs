//! Strings in ascending order: the terms of a block, the addresses of pages, what blocks begin with.
//!
//! In a payload each is front-coded: the bytes it shares with the one before, and the rest. In memory they
//! stand one behind the other, as most blocks have hundreds of short ones.

use std::ops::{Index, Range};

use super::codec::{Reader, Writer};
use crate::Result;

/// Bytes of the longest key: words are cut at 48 characters, a title's key is a line.
pub const LONGEST_KEY: usize = 1 << 10;

/// Bytes of all keys of a list: front coding must not let a few bytes grow without end.
const MOST_KEY_BYTES: usize = 1 << 26;

/// Strings in ascending order, all different.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keys {
    text: String,
    /// Where each ends.
    ends: Vec<u32>,
}

impl Keys {
    /// Appends them to a payload.
    pub fn write(&self, w: &mut Writer) {
        w.varint(self.len() as u64);
        let mut before = "";
        for key in self.iter() {
            let shared = shared_prefix(before, key);
            w.varint(shared as u64);
            w.str(&key[shared..]);
            before = key;
        }
    }

    /// Reads what [`Keys::write`] wrote.
    ///
    /// # Errors
    /// The payload ends early, or they do not ascend or are too long.
    pub fn read(r: &mut Reader<'_>) -> Result<Self> {
        let count = r.count(2)?;
        let mut keys = Self {
            text: String::new(),
            ends: Vec::with_capacity(count),
        };
        let mut before = 0..0;
        for at in 0..count {
            let shared = r.varint_u32()? as usize;
            let rest = r.str()?;
            if keys.text[before.clone()].get(..shared).is_none() {
                return Err(r.corrupt("a key shares more than there is"));
            }
            let start = keys.text.len();
            keys.text
                .extend_from_within(before.start..before.start + shared);
            keys.text.push_str(rest);
            let own = start..keys.text.len();
            if own.len() > LONGEST_KEY || own.end > MOST_KEY_BYTES {
                return Err(r.corrupt("a key is too long"));
            }
            if at > 0 && keys.text[before] >= keys.text[own.clone()] {
                return Err(r.corrupt("keys are not in order"));
            }
            keys.ends.push(own.end as u32);
            before = own;
        }
        keys.text.shrink_to_fit();
        Ok(keys)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The key of a number.
    pub fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)?;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.text[start as usize..end as usize])
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| &self[at])
    }

    /// Number of a key.
    pub fn find(&self, key: &str) -> Option<usize> {
        let at = self.partition_point(|own| own < key);
        (self.get(at) == Some(key)).then_some(at)
    }

    /// Numbers of the keys that begin with `prefix`.
    pub fn starting_with(&self, prefix: &str) -> Range<usize> {
        let begins = |own: &str| own < prefix || own.starts_with(prefix);
        self.partition_point(|own| own < prefix)..self.partition_point(begins)
    }

    /// How many of the first are so; `is_so` holds for none behind one for which it does not.
    pub fn partition_point(&self, is_so: impl Fn(&str) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            match is_so(&self[middle]) {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        low
    }

    /// Of blocks that begin with these, the one that a key is in, if it is anywhere: the last that does
    /// not begin after it.
    pub fn block_of(&self, key: &str) -> Option<usize> {
        self.partition_point(|first| first <= key).checked_sub(1)
    }

    /// Of blocks that begin with these, those that keys beginning with `prefix` are in, if there are any.
    pub fn blocks_of_prefix(&self, prefix: &str) -> Range<usize> {
        let start = self.block_of(prefix).unwrap_or(0);
        let end = self.starting_with(prefix).end;
        start..end.max((start + 1).min(self.len()))
    }
}

/// As a slice: panics where there is none of this number.
impl Index<usize> for Keys {
    type Output = str;

    fn index(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..self.ends[at] as usize]
    }
}

/// Of strings in ascending order.
impl<T: AsRef<str>> FromIterator<T> for Keys {
    fn from_iter<I: IntoIterator<Item = T>>(keys: I) -> Self {
        let mut own = Self::default();
        own.extend(keys);
        own
    }
}

/// Strings that come behind those that there are.
impl<T: AsRef<str>> Extend<T> for Keys {
    fn extend<I: IntoIterator<Item = T>>(&mut self, keys: I) {
        for key in keys {
            self.text.push_str(key.as_ref());
            self.ends.push(self.text.len() as u32);
        }
    }
}

/// Bytes that two strings begin with alike, up to the end of a character.
fn shared_prefix(a: &str, b: &str) -> usize {
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b);
    same.map(|(c, _)| c.len_utf8()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(keys: &[&str]) -> Vec<u8> {
        let mut w = Writer::new();
        keys.iter().collect::<Keys>().write(&mut w);
        w.finish()
    }

    fn read(payload: &[u8]) -> Result<Keys> {
        let mut r = Reader::new("test", payload);
        let keys = Keys::read(&mut r)?;
        r.end().map(|()| keys)
    }

    #[test]
    fn keys_come_back_and_every_cut_is_an_error() {
        for list in [&[][..], &[""], &["", "map", "maß", "mañana", "robot"]] {
            let payload = written(list);
            let keys = read(&payload);
            let all = keys.iter().flat_map(Keys::iter).collect::<Vec<_>>();
            assert_eq!(all, list);
            for cut in 0..payload.len() {
                assert!(read(&payload[..cut]).is_err(), "{cut}");
            }
        }
    }

    #[test]
    fn keys_that_do_not_ascend_or_are_too_long_are_refused() {
        for list in [&["b", "a"][..], &["a", "a"], &["", ""]] {
            assert!(read(&written(list)).is_err(), "{list:?}");
        }
        let most = "a".repeat(LONGEST_KEY);
        assert!(read(&written(&[&most])).is_ok());
        assert!(read(&written(&[&[&most, "a"].concat()])).is_err());
        // A second key that shares three bytes with one of two, or half of a character.
        assert!(read(&[2, 0, 2, b'a', b'b', 3, 1, b'c']).is_err());
        assert!(read(&[2, 0, 2, 0xC3, 0x9F, 1, 1, b'c']).is_err());
    }

    #[test]
    fn a_key_is_found_and_those_of_a_prefix_stand_together() {
        let keys: Keys = ["", "map", "maple", "robot"].iter().collect();
        let found = ["", "map", "mapl", "robot", "zoo"].map(|key| keys.find(key));
        assert_eq!(found, [Some(0), Some(1), None, Some(3), None]);
        assert_eq!(keys.starting_with("map"), 1..3);
        assert_eq!(keys.starting_with(""), 0..4);
        assert!(keys.starting_with("mars").is_empty());
        assert_eq!((keys.get(2), keys.get(4)), (Some("maple"), None));
    }

    #[test]
    fn a_key_leads_to_its_block_and_a_prefix_to_all_of_its() {
        let firsts: Keys = ["", "map", "maple", "robot"].iter().collect();
        let none = Keys::default();
        assert_eq!(firsts.block_of("a"), Some(0));
        assert_eq!(firsts.block_of("map"), Some(1));
        assert_eq!(firsts.block_of("mapl"), Some(1));
        assert_eq!(firsts.block_of("zoo"), Some(3));
        assert_eq!(none.block_of("zoo"), None);
        assert_eq!(firsts.blocks_of_prefix("map"), 1..3);
        assert_eq!(firsts.blocks_of_prefix("ma"), 0..3);
        assert_eq!(firsts.blocks_of_prefix("mars"), 2..3);
        assert_eq!(firsts.blocks_of_prefix(""), 0..4);
        assert_eq!(none.blocks_of_prefix("a"), 0..0);
    }
}
