//! The identities of mailboxes and folders that were read in an operation.

use std::collections::BTreeMap;

use crate::graph::address::Mailbox;

/// The identities that were read in an operation.
#[derive(Default)]
pub(in crate::operations) struct KnownIdentities {
    /// The mailboxes, by a name in lower case.
    pub(super) mailboxes: BTreeMap<String, Mailbox>,
    /// The ids of the default folders, by the id of the user. `None` if the service does not tell.
    pub(super) default_folders: BTreeMap<String, Option<String>>,
}
