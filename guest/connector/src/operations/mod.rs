//! What the connector does, on contacts, folders, users and organizational contacts.
//!
//! Each operation builds requests with [`crate::graph`], sends them with [`send`], and makes contacts of the responses.

pub mod connector;
pub mod directory;
pub mod icf;
pub mod mailbox;
pub mod send;
