//! The contacts of a user, which a user without a mailbox does not have.

use serde_json::Value;

use crate::contact::{Contact, Version, to_json};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::address::{Container, Mailbox};
use crate::graph::selection::Selection;
use crate::graph::users;
use crate::operations::connector::Connector;
use crate::operations::memory_budget::MemoryBudget;

/// The mailbox of a user whose contacts are requested.
pub struct UserMailbox {
    mailbox: Mailbox,
    /// Whether the directory has returned the user.
    is_user_known: bool,
}

impl UserMailbox {
    /// Creates the mailbox of a user. `is_user_known`: the directory has returned the user.
    pub(super) fn new(mailbox: Mailbox, is_user_known: bool) -> UserMailbox {
        UserMailbox { mailbox, is_user_known }
    }
}

impl Connector<'_> {
    /// Passes the contacts of a user to `sink`, page by page. A user without a mailbox in Exchange Online has none.
    ///
    /// # Errors
    ///
    /// `unknown-uid` if the user does not exist. A mailbox that the application may not read is an error, because contacts that
    /// are there would be missing.
    pub fn list_user_contacts(&self, of: &UserMailbox, mut sink: impl FnMut(Contact) -> Result<()>) -> Result<()> {
        let mut has_begun = false;
        let listed = self.list_contacts(&Container::from_mailbox(of.mailbox.clone()), &Selection::default(), |contact| {
            has_begun = true;
            sink(contact)
        });
        match listed {
            Err(error) if !has_begun && error.is_user_or_mailbox_not_found() => self.check_user_exists(of, error),
            Err(error) if !has_begun && error.kind == ErrorKind::PermissionDenied => {
                let problem = format!("the contacts of the user {} cannot be read: {}", of.mailbox.name(), error.message);
                Err(Error { message: problem, ..error })
            }
            other => other,
        }
    }

    /// Checks that a user exists whose contacts were not found with an error.
    fn check_user_exists(&self, of: &UserMailbox, error: Error) -> Result<()> {
        if of.is_user_known || error.is_without_mailbox() {
            return Ok(());
        }
        match self.send(&users::get(self.service(), &of.mailbox, &["id"])?) {
            Ok(_) => Ok(()),
            Err(found) if found.kind == ErrorKind::UnknownUid => Err(found),
            // Without the permission to read users, the first error says more.
            Err(_) => Err(error),
        }
    }

    /// Returns the contacts of a user as values of the attribute `contacts`.
    pub(super) fn get_user_contacts(&self, of: &UserMailbox) -> Result<Value> {
        let mut contacts = Vec::new();
        let mut budget = MemoryBudget::default();
        self.list_user_contacts(of, |contact| {
            let contact = write_contact_value(&contact, self.service().version);
            budget.add(&contact, "read the user through a REST API, or search the class contact in pages")?;
            contacts.push(contact);
            Ok(())
        })?;
        Ok(contacts.into())
    }
}

/// Returns a contact as a value of the attribute `contacts`.
pub fn write_contact_value(contact: &Contact, version: Version) -> Value {
    Value::Object(to_json::write_for_caller(contact, version))
}
