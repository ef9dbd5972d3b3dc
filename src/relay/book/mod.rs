//! The relay's copy of the book.

/// The shelf, open; a newer one takes its place without requests that notice.
#[derive(Debug)]
pub struct Library {}
