//! Providers against an upstream that fails as it is told.
