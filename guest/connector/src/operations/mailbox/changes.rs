//! Several changes of the contacts of a container at once.

use crate::contact::Contact;
use crate::error::Result;
use crate::graph::address::Container;
use crate::operations::connector::Connector;
use crate::operations::send::results::not_begun;

/// A change.
#[derive(Clone, Debug)]
pub enum ContactChange {
    /// Creates a contact, under the caller's key.
    Create(Box<Contact>, Option<String>),
    /// Makes the contact of that id what is wanted.
    Update(String, Box<Contact>),
    /// Deletes the contact of that id.
    Delete(String),
}

impl Connector<'_> {
    /// Makes the changes: the updates first, then the creations, then the deletions. Gives in the place of each the contact that
    /// there is now, or why it was not made. One that fails does not stop the others.
    pub fn change_contacts(&self, container: &Container, changes: &[ContactChange]) -> Vec<Result<Option<Contact>>> {
        let mut results: Vec<Result<Option<Contact>>> = changes.iter().map(|_| Err(not_begun())).collect();
        let mut put = |(place, result): (usize, Result<Option<Contact>>)| {
            if let Some(slot) = results.get_mut(place) {
                *slot = result;
            }
        };
        let (mut updates, mut creations, mut deletions) = (Vec::new(), Vec::new(), Vec::new());
        for (place, change) in changes.iter().enumerate() {
            match change {
                ContactChange::Update(id, contact) => updates.push((place, (id.as_str(), &**contact))),
                ContactChange::Create(contact, key) => creations.push((place, (&**contact, key.as_deref()))),
                ContactChange::Delete(id) => deletions.push((place, id.as_str())),
            }
        }
        let (places, updates): (Vec<usize>, Vec<_>) = updates.into_iter().unzip();
        let updated = self.update_contacts(container, &updates).into_iter().map(|result| result.map(Some));
        places.into_iter().zip(updated).for_each(&mut put);
        let (places, creations): (Vec<usize>, Vec<_>) = creations.into_iter().unzip();
        let created = self.create_contacts(container, &creations).into_iter().map(|result| result.map(Some));
        places.into_iter().zip(created).for_each(&mut put);
        let (places, deletions): (Vec<usize>, Vec<_>) = deletions.into_iter().unzip();
        let deleted = self.delete_contacts(container, &deletions).into_iter().map(|result| result.map(|()| None));
        places.into_iter().zip(deleted).for_each(&mut put);
        results
    }
}
