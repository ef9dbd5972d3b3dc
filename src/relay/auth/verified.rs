//! Tokens whose signature was found good, so that it is not checked at each request of those who ask much.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

/// Most tokens that are remembered; beyond, those that have not expired are forgotten with the others.
const MOST: usize = 4096;

/// Tokens by their SHA-256. What has failed is not among them.
#[derive(Debug, Default)]
pub struct Verified(Mutex<HashMap<[u8; 32], Good>>);

/// What a good token says.
#[derive(Debug)]
struct Good {
    user: String,
    /// Its last second, since 1970.
    exp: i64,
}

impl Verified {
    /// The user of this token, where it is remembered and has not expired at this second.
    pub fn user(&self, token: &str, at: i64) -> Option<String> {
        let known = self.known();
        let good = known.get(&digest(token))?;
        (good.exp >= at).then(|| good.user.clone())
    }

    /// Remembers a good token of this user, which expires after this second.
    pub fn keep(&self, token: &str, user: &str, exp: i64, at: i64) {
        let mut known = self.known();
        if known.len() >= MOST {
            known.retain(|_, good| good.exp >= at);
        }
        if known.len() >= MOST {
            known.clear();
        }
        let user = user.to_owned();
        known.insert(digest(token), Good { user, exp });
    }

    /// What a thread that panicked leaves is as good as before.
    fn known(&self) -> MutexGuard<'_, HashMap<[u8; 32], Good>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_to_its_last_second_and_as_a_whole() {
        let verified = Verified::default();
        verified.keep("a.b.c", "ada", 100, 0);
        assert_eq!(verified.user("a.b.c", 100).as_deref(), Some("ada"));
        assert_eq!(verified.user("a.b.c", 101), None);
        assert_eq!(verified.user("a.b.d", 0), None);
    }

    #[test]
    fn no_more_than_so_many_are_remembered_and_the_expired_go_first() {
        let verified = Verified::default();
        for token in 0..MOST {
            let exp = if token == 0 { 200 } else { 100 };
            verified.keep(&token.to_string(), "ada", exp, 0);
        }
        verified.keep("one more", "ada", 200, 150);
        assert_eq!(verified.known().len(), 2);
        for token in 0..2 * MOST {
            verified.keep(&token.to_string(), "ada", 200, 150);
            assert!(verified.known().len() <= MOST);
        }
    }
}
