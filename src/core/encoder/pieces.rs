//! The tokens of a vocabulary in a hash table, from which words are cut.

/// What a token begins with that continues a word.
const CONTINUES: &str = "##";

/// Basis and prime of the 32-bit FNV-1a hash
/// (<https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>). It reads byte after byte, so the
/// hashes of all beginnings of a word cost one pass over it.
const FNV_BASIS: u32 = 0x811c_9dc5;
const FNV_PRIME: u32 = 0x0100_0193;

/// 2³² divided by the golden ratio (Knuth, The Art of Computer Programming 6.4): spreads a hash
/// over its upper bits.
const GOLDEN: u32 = 0x9e37_79b9;

/// Places that are looked at for one token. A table that is at most half full has runs of some
/// dozens; longer ones are made on purpose, to make opening slow.
const LONGEST_RUN: usize = 256;

/// A place of the table that holds no token.
const FREE: u32 = u32::MAX;

/// Tokens by id, and their ids by spelling.
#[derive(Debug)]
pub(super) struct Pieces {
    /// The tokens, one a line.
    text: String,
    /// Where each token begins in the text, and where one more would.
    starts: Vec<u32>,
    /// Ids at the place of their hash or, where that is taken, the next free one (linear probing).
    table: Vec<u32>,
    /// Right shift from a hash to a place.
    shift: u32,
}

impl Pieces {
    /// The tokens of a text that has one a line: the id is the line's number. Of an empty line's id
    /// there is no token. What is wrong with the text otherwise.
    pub fn open(text: &str) -> Result<Self, &'static str> {
        // Ids and places in the text are 32 bits wide.
        if u32::try_from(text.len() + 1).is_err() {
            return Err("the vocabulary is too large");
        }
        let mut starts = vec![0];
        starts.extend(text.split('\n').scan(0, |end, token| {
            *end += token.len() as u32 + 1;
            Some(*end)
        }));
        let tokens = text.split('\n').filter(|token| !token.is_empty()).count();
        let bits = (2 * tokens).next_power_of_two().trailing_zeros().max(1);
        let mut pieces = Self {
            text: text.to_owned(),
            starts,
            table: vec![FREE; 1 << bits],
            shift: u32::BITS - bits,
        };
        for id in 0..pieces.len() as u32 {
            pieces.add(id)?;
        }
        Ok(pieces)
    }

    fn add(&mut self, id: u32) -> Result<(), &'static str> {
        let Some(token) = self.token(id) else {
            return Ok(());
        };
        let (continues, spelling) = split(token);
        let place = self.place(hash(basis(continues), spelling), continues, spelling);
        let place = place.ok_or("its tokens have too many hashes in common")?;
        if self.table[place] != FREE {
            return Err("a token is there twice");
        }
        self.table[place] = id;
        Ok(())
    }

    /// Number of ids.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The token with this id, where there is one.
    pub fn token(&self, id: u32) -> Option<&str> {
        let id = id as usize;
        let (start, next) = (*self.starts.get(id)?, *self.starts.get(id + 1)?);
        let token = &self.text[start as usize..next as usize - 1];
        (!token.is_empty()).then_some(token)
    }

    /// Appends the ids of a word's pieces, from its start the longest one each time. Whether there
    /// were pieces to its end; what was appended otherwise is to be taken back.
    pub fn cut(&self, word: &str, ids: &mut Vec<u32>) -> bool {
        let mut start = 0;
        while start < word.len() {
            let Some((id, length)) = self.longest(&word[start..], start > 0) else {
                return false;
            };
            ids.push(id);
            start += length;
        }
        true
    }

    /// The longest token that `rest` begins with, and its length.
    fn longest(&self, rest: &str, continues: bool) -> Option<(u32, usize)> {
        let mut hash = basis(continues);
        let mut found = None;
        for (at, c) in rest.char_indices() {
            let end = at + c.len_utf8();
            hash = self::hash(hash, &rest[at..end]);
            if let Some(id) = self.find(hash, continues, &rest[..end]) {
                found = Some((id, end));
            }
        }
        found
    }

    fn find(&self, hash: u32, continues: bool, spelling: &str) -> Option<u32> {
        let id = self.table[self.place(hash, continues, spelling)?];
        (id != FREE).then_some(id)
    }

    /// The place of a token in the table, or the free one where it would be; `None` when neither is
    /// near its hash.
    fn place(&self, hash: u32, continues: bool, spelling: &str) -> Option<usize> {
        let first = (hash.wrapping_mul(GOLDEN) >> self.shift) as usize;
        let mask = self.table.len() - 1;
        let mut places = (first..first + LONGEST_RUN).map(|place| place & mask);
        places.find(|&place| match self.table[place] {
            FREE => true,
            id => self.token(id).map(split) == Some((continues, spelling)),
        })
    }
}

/// Whether a token continues a word, and what it is in the word.
fn split(token: &str) -> (bool, &str) {
    match token.strip_prefix(CONTINUES) {
        Some(rest) => (true, rest),
        None => (false, token),
    }
}

/// The hash of no bytes, of a token that begins a word or continues it.
fn basis(continues: bool) -> u32 {
    match continues {
        true => hash(FNV_BASIS, CONTINUES),
        false => FNV_BASIS,
    }
}

/// FNV-1a of what `hash` is the hash of, and `text` behind it.
fn hash(hash: u32, text: &str) -> u32 {
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(FNV_PRIME);
    text.bytes().fold(hash, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_found_by_id_and_by_spelling() {
        let names: Vec<String> = (0..5_000)
            .map(|i| format!("{}{i:x}", if i % 3 == 0 { "##" } else { "w" }))
            .collect();
        let pieces = Pieces::open(&names.join("\n")).unwrap();
        assert_eq!(pieces.len(), 5_000);
        for (id, name) in names.iter().enumerate() {
            assert_eq!(pieces.token(id as u32), Some(&name[..]));
            let (continues, spelling) = split(name);
            assert_eq!(
                pieces.longest(spelling, continues),
                Some((id as u32, spelling.len()))
            );
        }
    }

    #[test]
    fn a_table_of_any_size_has_room() {
        for size in [0, 1, 2, 3, 4, 5, 8] {
            let names: Vec<String> = (0..size).map(|i| format!("t{i}")).collect();
            let pieces = Pieces::open(&names.join("\n")).unwrap();
            assert_eq!(pieces.longest("none", false), None, "{size}");
        }
    }

    #[test]
    fn a_token_that_is_there_twice_or_collides_with_hundreds_is_refused() {
        assert_eq!(Pieces::open("a\n##a").map(|p| p.len()), Ok(2));
        assert_eq!(
            Pieces::open("a\n\na").unwrap_err(),
            "a token is there twice"
        );
        let place = |name: &String| hash(FNV_BASIS, name).wrapping_mul(GOLDEN) >> 22;
        let names = (0u32..).map(|i| format!("{i}"));
        let alike: Vec<String> = names.filter(|name| place(name) == 7).take(400).collect();
        assert!(Pieces::open(&alike.join("\n")).is_err());
    }
}
