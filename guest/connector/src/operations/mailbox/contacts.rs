//! Operations on personal contacts.

use crate::contact::{Contact, from_json, validate};
use crate::error::{Error, Result};
use crate::graph::address::Container;
use crate::graph::delta::{self, DeltaChange};
use crate::graph::page::Page;
use crate::graph::request::GraphRequest;
use crate::graph::selection::Selection;
use crate::graph::service::Service;
use crate::graph::{cloud, contacts};
use crate::operations::connector::Connector;
use crate::operations::send::delta::{DeltaPage, resume};
use crate::operations::send::results::only;

impl Connector<'_> {
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
            let page = Page::parse(self.service, self.send(&request)?)?;
            page.value.iter().try_for_each(|object| each(from_json::parse_response(object, self.service.version)))?;
            match page.next {
                Some(link) => request = contacts::list_next(link)?,
                None => return Ok(()),
            }
        }
    }

    /// One contact.
    pub fn get_contact(&self, container: &Container, id: &str, selection: &Selection) -> Result<Contact> {
        let object = self.send(&contacts::get(self.service, container, id, selection)?).map_err(|error| about(id, error))?;
        Ok(from_json::parse_response(&object, self.service.version))
    }

    /// What has changed in a folder since `token` was given, by id, with the contacts that are there; without a token, all
    /// contacts. One page at a time.
    pub fn get_contact_delta(&self, container: &Container, token: Option<&str>) -> Result<DeltaPage<(String, Option<Contact>)>> {
        let version = self.service().version;
        self.delta_page(&build_delta_request(self.service(), container, token)?, |row| match row {
            DeltaChange::Upserted(row) => {
                let contact = from_json::parse_response(&row, version);
                (contact.id.value().cloned().unwrap_or_default(), Some(contact))
            }
            DeltaChange::Removed(id) => (id, None),
        })
    }

    /// Deletes a contact.
    pub fn delete_contact(&self, container: &Container, id: &str) -> Result<()> {
        only(self.delete_contacts(container, &[id]))
    }

    /// Deletes a contact so that it is not in Deleted Items either.
    pub fn permanently_delete_contact(&self, container: &Container, id: &str) -> Result<()> {
        self.permanent()?;
        let request = contacts::permanent_delete(self.service, container, id)?;
        self.send(&request).map(|_| ()).map_err(|error| about(id, error))
    }

    /// Deletes contacts, and says of each why not.
    pub fn delete_contacts(&self, container: &Container, ids: &[&str]) -> Vec<Result<()>> {
        let requests = ids.iter().map(|id| contacts::delete(self.service, container, id)).collect();
        let deleted = self.send_built(requests).into_iter().zip(ids);
        deleted.map(|(result, id)| result.map(|_| ()).map_err(|error| about(id, error))).collect()
    }
}

/// Checks that the service has a place for every value of the contact. `path` stands before the names in errors.
pub(in crate::operations) fn storable(service: &Service, contact: &Contact, path: &str) -> Result<()> {
    validate::check_storable(contact, service.version, path)?;
    cloud::check_storable(service.cloud, contact, service.version, path)
}

/// Returns the request of a page of changes of the contacts in a container.
pub fn build_delta_request(service: &Service, container: &Container, token: Option<&str>) -> Result<GraphRequest> {
    resume(delta::get_contacts_delta(service, container)?, token)
}

/// The error, which says which contact it is about where the service does not know that contact.
pub(in crate::operations) fn about(id: &str, error: Error) -> Error {
    if error.is_unknown_item() {
        return Error { message: format!("there is no contact {id} in the mailbox: {}", error.message), ..error };
    }
    error
}
