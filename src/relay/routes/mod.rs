//! The routes, one file a resource, put together.

pub mod account;
pub mod auth;
pub mod profile;
