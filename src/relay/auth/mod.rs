//! Who is asking.

mod stand_in;

use std::net::IpAddr;

/// Who a request is from, as an extractor gives it to routes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A user of this relay, or of an issuer that it accepts.
    User(Reader),
    /// Someone unknown, where the operator lets them in.
    Anonymous(IpAddr),
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// What their rows are kept under: the id of a user of this relay, or `issuer#subject`.
    pub owner: String,
}

impl Identity {
    /// Whose rows these are; nobody's, of who is unknown.
    pub fn owner(&self) -> Option<&str> {
        match self {
            Self::User(reader) => Some(&reader.owner),
            Self::Anonymous(_) => None,
        }
    }

    /// What budgets are kept under.
    pub fn subject(&self) -> String {
        match self {
            Self::User(reader) => format!("user:{}", reader.owner),
            Self::Anonymous(ip) => format!("anonymous:{ip}"),
        }
    }
}

/// Sessions, tokens and keys.
#[derive(Debug)]
pub struct Accounts {}
