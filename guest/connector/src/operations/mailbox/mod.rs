//! Operations on a mailbox: contacts with their extensions and photos, folders, and distribution lists.

pub mod changes;
pub mod contacts;
pub mod create;
pub mod distribution_lists;
pub mod extensions;
pub mod folders;
pub mod idempotency_key;
pub mod photo;
pub mod update;
