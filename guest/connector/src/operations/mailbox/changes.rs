//! Several changes of the contacts of a container at once.

use crate::contact::Contact;
use crate::error::Result;
use crate::graph::address::Container;
use crate::operations::connector::Connector;
use crate::operations::mailbox::idempotency_key::IdempotencyKey;
use crate::operations::send::results::build_not_started_error;

/// A change of a contact.
#[derive(Clone, Debug)]
pub enum BatchChange {
    /// Creates the contact, with the caller's key.
    Create(Box<Contact>, Option<IdempotencyKey>),
    /// Updates the contact with that id.
    Update(String, Box<Contact>),
    /// Deletes the contact with that id.
    Delete(String),
}

impl Connector<'_> {
    /// Carries out changes: first the updates, then the creations, then the deletions. Returns the result of each at its
    /// position: the contact as stored, if it exists. An error of one does not stop the others.
    pub fn change_contacts(&self, container: &Container, changes: &[BatchChange]) -> Vec<Result<Option<Contact>>> {
        let mut results: Vec<Result<Option<Contact>>> = changes.iter().map(|_| Err(build_not_started_error())).collect();
        let mut put = |(position, result): (usize, Result<Option<Contact>>)| {
            if let Some(slot) = results.get_mut(position) {
                *slot = result;
            }
        };
        let (mut updates, mut creations, mut deletions) = (Vec::new(), Vec::new(), Vec::new());
        for (position, change) in changes.iter().enumerate() {
            match change {
                BatchChange::Update(id, contact) => updates.push((position, (id.as_str(), &**contact))),
                BatchChange::Create(contact, key) => creations.push((position, (&**contact, key.as_ref()))),
                BatchChange::Delete(id) => deletions.push((position, id.as_str())),
            }
        }
        let (positions, updates): (Vec<usize>, Vec<_>) = updates.into_iter().unzip();
        let updated = self.update_contacts(container, &updates).into_iter().map(|result| result.map(Some));
        positions.into_iter().zip(updated).for_each(&mut put);
        let (positions, creations): (Vec<usize>, Vec<_>) = creations.into_iter().unzip();
        let created = self.create_contacts(container, &creations).into_iter().map(|result| result.map(Some));
        positions.into_iter().zip(created).for_each(&mut put);
        let (positions, deletions): (Vec<usize>, Vec<_>) = deletions.into_iter().unzip();
        let deleted = self.delete_contacts(container, &deletions).into_iter().map(|result| result.map(|()| None));
        positions.into_iter().zip(deleted).for_each(&mut put);
        results
    }
}
