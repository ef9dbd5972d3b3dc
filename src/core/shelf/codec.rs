//! Reading and writing of section payloads: little-endian integers, LEB128 varints, strings.
//!
//! Invariant: a [`Reader`] never reads past its bytes and never allocates more than they hold.

use crate::{Error, Result};

/// Appends values to a payload.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// An empty payload.
    pub fn new() -> Self {
        Self::default()
    }

    /// The payload so far.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// Appends a little-endian `u16`.
    pub fn u16(&mut self, value: u16) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    /// Appends a little-endian `u32`.
    pub fn u32(&mut self, value: u32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    /// Appends a little-endian IEEE 754 `f32`.
    pub fn f32(&mut self, value: f32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    /// Appends an unsigned LEB128 varint.
    pub fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// Appends raw bytes; the reader must know how many.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Appends a varint length, then the bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.varint(bytes.len() as u64);
        self.raw(bytes);
    }

    /// Appends a varint length, then the UTF-8 of a string.
    pub fn str(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }
}

/// Reads values from a payload in the order they were written.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
    section: &'static str,
}

impl<'a> Reader<'a> {
    /// Reads `bytes`; `section` names them in errors.
    pub fn new(section: &'static str, bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            position: 0,
            section,
        }
    }

    /// Bytes read so far.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Bytes not read yet.
    pub fn remaining(&self) -> usize {
        self.bytes.len() - self.position
    }

    /// An error that says what is impossible about this section.
    pub fn corrupt(&self, what: &'static str) -> Error {
        Error::Corrupt {
            section: self.section,
            what,
        }
    }

    /// Reads `count` raw bytes.
    pub fn raw(&mut self, count: usize) -> Result<&'a [u8]> {
        let rest = &self.bytes[self.position..];
        let Some(found) = rest.get(..count) else {
            return Err(Error::Truncated {
                section: self.section,
                need: self.position as u64 + count as u64,
                have: self.bytes.len() as u64,
            });
        };
        self.position += count;
        Ok(found)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.raw(N)?);
        Ok(out)
    }

    /// Reads a little-endian `u16`.
    pub fn u16(&mut self) -> Result<u16> {
        self.array().map(u16::from_le_bytes)
    }

    /// Reads a little-endian `u32`.
    pub fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// Reads a little-endian `f32` that must be finite.
    pub fn f32(&mut self) -> Result<f32> {
        let value = f32::from_le_bytes(self.array()?);
        if value.is_finite() {
            Ok(value)
        } else {
            Err(self.corrupt("a number is not finite"))
        }
    }

    /// Reads `count` finite `f32` values.
    pub fn f32s(&mut self, count: usize) -> Result<Vec<f32>> {
        let bytes = count
            .checked_mul(4)
            .ok_or_else(|| self.corrupt("a count is too large"))?;
        let mut rest = Self {
            bytes: self.raw(bytes)?,
            position: 0,
            section: self.section,
        };
        (0..count).map(|_| rest.f32()).collect()
    }

    /// Reads an unsigned LEB128 varint.
    pub fn varint(&mut self) -> Result<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.raw(1)?[0];
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.corrupt("a varint is too long"))
    }

    /// Reads a varint that fits `u32`.
    pub fn varint_u32(&mut self) -> Result<u32> {
        u32::try_from(self.varint()?).map_err(|_| self.corrupt("a number is too large"))
    }

    /// Reads the count of items that follow, each of at least `item_bytes` bytes, so that the
    /// caller may reserve room for all of them.
    pub fn count(&mut self, item_bytes: usize) -> Result<usize> {
        let count =
            usize::try_from(self.varint()?).map_err(|_| self.corrupt("a count is too large"))?;
        match count.checked_mul(item_bytes.max(1)) {
            Some(bytes) if bytes <= self.remaining() => Ok(count),
            _ => Err(self.corrupt("a count is larger than the section")),
        }
    }

    /// Reads a varint length, then as many bytes.
    pub fn bytes(&mut self) -> Result<&'a [u8]> {
        let count = self.count(1)?;
        self.raw(count)
    }

    /// Reads a varint length, then a UTF-8 string.
    pub fn str(&mut self) -> Result<&'a str> {
        let bytes = self.bytes()?;
        std::str::from_utf8(bytes).map_err(|_| self.corrupt("a string is not UTF-8"))
    }

    /// Succeeds when every byte was read.
    pub fn end(&self) -> Result<()> {
        if self.remaining() == 0 {
            Ok(())
        } else {
            Err(self.corrupt("bytes are left over"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_in_order() {
        let mut w = Writer::new();
        w.u16(7);
        w.f32(-1.5);
        for v in [0, 127, 128, u64::from(u32::MAX), u64::MAX] {
            w.varint(v);
        }
        w.str("é");
        w.u32(9);
        let bytes = w.finish();
        let mut r = Reader::new("test", &bytes);
        assert_eq!(r.u16(), Ok(7));
        assert_eq!(r.f32(), Ok(-1.5));
        for v in [0, 127, 128, u64::from(u32::MAX), u64::MAX] {
            assert_eq!(r.varint(), Ok(v));
        }
        assert_eq!(r.str(), Ok("é"));
        assert_eq!(r.u32(), Ok(9));
        assert_eq!(r.end(), Ok(()));
    }

    #[test]
    fn hostile_counts_and_varints_are_errors() {
        let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(Reader::new("test", &huge).varint(), Ok(u64::MAX));
        assert_eq!(
            Reader::new("test", &huge).count(4).unwrap_err().code(),
            "shelf-corrupt"
        );
        assert_eq!(
            Reader::new("test", &[0xff; 11])
                .varint()
                .unwrap_err()
                .code(),
            "shelf-corrupt"
        );
        assert_eq!(
            Reader::new("test", &[5, 1]).bytes().unwrap_err().code(),
            "shelf-corrupt"
        );
        let nan = f32::NAN.to_le_bytes();
        assert_eq!(
            Reader::new("test", &nan).f32().unwrap_err().code(),
            "shelf-corrupt"
        );
        assert_eq!(
            Reader::new("test", &[1]).u32().unwrap_err().code(),
            "shelf-truncated"
        );
    }
}
