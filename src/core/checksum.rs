//! The CRC-32 of zip, gzip and PNG (RFC 1952, section 8), by which damage to files is found.

use std::sync::OnceLock;

/// The polynomial 0x04C11DB7 with its bits reversed.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// Bytes of one step (Kounavis & Berry 2005, "slicing by 8").
const SLICES: usize = 8;

type Tables = [[u32; 256]; SLICES];

/// Checksum of some bytes.
///
/// A crate does this faster, with instructions that WebAssembly does not have or with 16 KB of tables
/// that do not compress; a reader's browser makes these in microseconds.
pub fn crc32(bytes: &[u8]) -> u32 {
    static TABLES: OnceLock<Box<Tables>> = OnceLock::new();
    let tables = TABLES.get_or_init(tables);
    let mut crc = u32::MAX;
    let (steps, rest) = bytes.as_chunks::<SLICES>();
    for step in steps {
        let word = u64::from_le_bytes(*step) ^ u64::from(crc);
        let slices = word.to_le_bytes().into_iter().zip(tables.iter().rev());
        crc = slices.fold(0, |crc, (byte, table)| crc ^ table[usize::from(byte)]);
    }
    for &byte in rest {
        crc = (crc >> 8) ^ tables[0][(crc as u8 ^ byte) as usize];
    }
    !crc
}

/// Table `i` has the checksum of each byte with `i` zeros behind it.
fn tables() -> Box<Tables> {
    let mut tables = Box::new([[0; 256]; SLICES]);
    for byte in 0..256 {
        let shift = |crc: u32, _| (crc >> 1) ^ (POLYNOMIAL * (crc & 1));
        tables[0][byte] = (0..8).fold(byte as u32, shift);
    }
    for i in 1..SLICES {
        for byte in 0..256 {
            let before = tables[i - 1][byte];
            tables[i][byte] = (before >> 8) ^ tables[0][before as u8 as usize];
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_standard() {
        assert_eq!(crc32(b""), 0);
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        let fox = b"The quick brown fox jumps over the lazy dog";
        assert_eq!(crc32(fox), 0x414f_a339);
    }

    #[test]
    fn bytes_by_eights_give_what_bytes_one_by_one_give() {
        let bytes: Vec<u8> = (0..100u32).map(|i| (i * i * 7) as u8).collect();
        for end in 0..bytes.len() {
            let bit = |crc: u32, _: i32| (crc >> 1) ^ (POLYNOMIAL * (crc & 1));
            let step = |crc: u32, &byte: &u8| (0..8).fold(crc ^ u32::from(byte), bit);
            assert_eq!(crc32(&bytes[..end]), !bytes[..end].iter().fold(!0, step));
        }
    }
}
