//! From a question to the events that a reader gets.
