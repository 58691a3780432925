//! The operations on contacts, folders, users and organizational contacts.
//!
//! An operation builds requests with [`crate::graph`], sends them with [`send`], and parses the responses.

pub mod connector;
pub mod directory;
pub mod icf;
pub mod mailbox;
pub mod memory_budget;
pub mod send;
