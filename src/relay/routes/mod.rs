//! The routes, one file a resource, put together.
