//! The relay: a server that checks who is asking, resolves passages in its own copy of the shelf, asks an
//! LLM and streams the cited answer.

pub mod app;
pub mod auth;
pub mod book;
pub mod chat;
pub mod config;
pub mod crowd;
pub mod error;
pub mod fetch;
pub mod limits;
pub mod observe;
pub mod providers;
pub mod routes;
pub mod server;
pub mod start;
pub mod state;
pub mod store;

pub use app::app;
pub use start::{StartError, run};
