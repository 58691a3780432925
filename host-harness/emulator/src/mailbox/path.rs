//! The user and the folders that a path names.

/// A user, as a path names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UserKey {
    /// `/me`
    Me,
    /// `/users/{id or userPrincipalName}`
    Named(String),
}

/// The part of a path up to a resource of a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MailboxPath {
    pub(crate) user: UserKey,
    /// The folders in the path, outermost first: ids, or the well-known name `contacts`. Empty for `/users/{id}/contacts`.
    pub(crate) folders: Vec<String>,
}
