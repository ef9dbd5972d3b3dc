//! The relay: a server that checks who is asking, resolves passages in its own copy of the shelf, asks an
//! LLM and streams the cited answer.

pub mod auth;
pub mod book;
pub mod chat;
pub mod config;
pub mod error;
pub mod limits;
pub mod observe;
pub mod providers;
pub mod routes;
pub mod state;
pub mod store;
