//! Operations on a mailbox: contacts with their extensions and photos, and folders.

pub mod changes;
pub mod contacts;
pub mod create;
pub mod extensions;
pub mod folders;
pub mod photo;
pub mod update;
