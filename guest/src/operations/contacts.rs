//! Operations on personal contacts.

use serde_json::{Map, Value};

use crate::contact::{Contact, check, read};
use crate::error::{Error, Kind, Result};
use crate::graph::address::Container;
use crate::graph::page::Page;
use crate::graph::selection::Selection;
use crate::graph::{Request, Service, contacts};
use crate::operations::Connector;
use crate::operations::network::Network;

impl<N: Network> Connector<'_, N> {
    /// Gives every contact of a container to `each`, in the service's order, page by page.
    ///
    /// A failure of `each` ends it. After an error, `each` may have had some of them.
    pub fn list_contacts(
        &self,
        container: &Container,
        selection: &Selection,
        mut each: impl FnMut(Contact) -> Result<()>,
    ) -> Result<()> {
        let mut request = contacts::list(self.service, container, selection)?;
        loop {
            let page = Page::read(self.service, self.call(&request)?)?;
            page.value.iter().try_for_each(|object| each(read::answer(object, self.service.version)))?;
            match page.next {
                Some(link) => request = contacts::list_next(link)?,
                None => return Ok(()),
            }
        }
    }

    /// One contact.
    pub fn get_contact(&self, container: &Container, id: &str, selection: &Selection) -> Result<Contact> {
        let object = self.call(&contacts::get(self.service, container, id, selection)?).map_err(|error| about(id, error))?;
        Ok(read::answer(&object, self.service.version))
    }

    /// Sends those requests that could be made, and gives the result of each, or why it could not be made.
    pub(super) fn call_some(&self, requests: Vec<Result<Request>>) -> Vec<Result<Map<String, Value>>> {
        let made: Vec<Request> = requests.iter().flatten().cloned().collect();
        let mut answers = self.call_all(&made).into_iter();
        requests.into_iter().map(|request| request.and_then(|_| answers.next().unwrap_or_else(|| Err(not_begun())))).collect()
    }

    /// Deletes a contact.
    pub fn delete_contact(&self, container: &Container, id: &str) -> Result<()> {
        only(self.delete_contacts(container, &[id]))
    }

    /// Deletes a contact so that it is not in Deleted Items either.
    pub fn permanently_delete_contact(&self, container: &Container, id: &str) -> Result<()> {
        self.permanent()?;
        let request = contacts::permanent_delete(self.service, container, id)?;
        self.call(&request).map(|_| ()).map_err(|error| about(id, error))
    }

    /// Deletes contacts, and says of each why not.
    pub fn delete_contacts(&self, container: &Container, ids: &[&str]) -> Vec<Result<()>> {
        let requests = ids.iter().map(|id| contacts::delete(self.service, container, id)).collect();
        let deleted = self.call_some(requests).into_iter().zip(ids);
        deleted.map(|(result, id)| result.map(|_| ()).map_err(|error| about(id, error))).collect()
    }
}

/// Checks that the service has a place for every value of the contact. `path` stands before the names in errors.
pub(super) fn storable(service: &Service, contact: &Contact, path: &str) -> Result<()> {
    check::storable(contact, service.version, path)?;
    service.cloud.storable(contact, service.version, path)
}

/// The result of the only one of several that there are.
pub(super) fn only<T>(results: Vec<Result<T>>) -> Result<T> {
    results.into_iter().next().unwrap_or_else(|| Err(not_begun()))
}

/// What stands in the place of a result until there is one.
pub(super) fn not_begun() -> Error {
    Error::new(Kind::Internal, "the operation was not begun")
}

/// The error, which says which contact it is about where the service does not know that contact.
pub(super) fn about(id: &str, error: Error) -> Error {
    if error.is_unknown_item() {
        return Error { message: format!("there is no contact {id} in the mailbox: {}", error.message), ..error };
    }
    error
}
