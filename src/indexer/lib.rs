//! indexer
pub mod html;
pub mod model;
pub mod split;
