//! How a path addresses a user, and the folders of that user's mailbox.

/// A user, as a path names one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UserKey {
    /// `/me`
    Me,
    /// `/users/{id or userPrincipalName}`
    Named(String),
}

/// Where a path has come to in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MailboxPath {
    pub(crate) user: UserKey,
    /// The folders that it went through, outermost first: ids, or the well-known name `contacts`. Empty for
    /// `/users/{id}/contacts`.
    pub(crate) folders: Vec<String>,
}
