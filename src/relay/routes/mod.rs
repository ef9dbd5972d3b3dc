//! The routes, one file a resource, put together.

mod body;
pub mod chat;
pub mod conversations;
pub mod embed;
pub mod feedback;
pub mod personalize;
pub mod search;

#[cfg(test)]
mod tests;
