//! Operations on personal contacts.

use serde_json::{Map, Value};

use crate::contact::{Contact, from_json, validate};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::address::Container;
use crate::graph::delta::{self, DeltaChange};
use crate::graph::request::GraphRequest;
use crate::graph::selection::Selection;
use crate::graph::service::Service;
use crate::graph::{cloud, contacts, response};
use crate::operations::connector::Connector;
use crate::operations::send::delta::{DeltaPage, resume};
use crate::operations::send::evidence::{Evidence, build_conflict_error, check_deleted, conclude};
use crate::operations::send::results::take_single;

impl Connector<'_> {
    /// Passes each contact of a container to `sink`, in the order of the service, page by page.
    ///
    /// # Errors
    ///
    /// An error of `sink` ends the list. Before an error, `sink` may have received some contacts.
    pub fn list_contacts(
        &self,
        container: &Container,
        selection: &Selection,
        mut sink: impl FnMut(Contact) -> Result<()>,
    ) -> Result<()> {
        let mut pages = self.read_pages(contacts::list(self.service, container, selection)?);
        while let Some(page) = pages.read()? {
            page.value.iter().try_for_each(|object| sink(self.parse_stored(object)?))?;
        }
        Ok(())
    }

    /// Returns a contact.
    pub fn get_contact(&self, container: &Container, id: &str, selection: &Selection) -> Result<Contact> {
        let object =
            self.send(&contacts::get(self.service, container, id, selection)?).map_err(|error| add_contact_id(id, error))?;
        self.parse_stored(&object)
    }

    /// Returns a page of the changes in a folder since `token`, by id: each contact as stored, `None` for a removed one. Without
    /// a token, each contact is a change.
    pub fn get_contact_delta(&self, container: &Container, token: Option<&str>) -> Result<DeltaPage<(String, Option<Contact>)>> {
        let version = self.service().version;
        self.fetch_delta_page(&build_delta_request(self.service(), container, token)?, |row| match row {
            DeltaChange::Upserted(row) => {
                let contact = from_json::parse_response(&row, version);
                (contact.id.value().cloned().unwrap_or_default(), Some(contact))
            }
            DeltaChange::Removed(id) => (id, None),
        })
    }

    /// Parses the contact in a response.
    pub(in crate::operations) fn parse_stored(&self, object: &Map<String, Value>) -> Result<Contact> {
        response::check_id(object, "a contact")?;
        Ok(from_json::parse_response(object, self.service.version))
    }

    /// Deletes a contact.
    pub fn delete_contact(&self, container: &Container, id: &str) -> Result<()> {
        take_single(self.delete_contacts(container, &[id]))
    }

    /// Deletes a contact permanently: it is not in Deleted Items.
    pub fn permanently_delete_contact(&self, container: &Container, id: &str) -> Result<()> {
        self.check_permanent_delete()?;
        take_single(self.send_deletions(container, &[id], vec![contacts::permanent_delete(self.service, container, id)]))
    }

    /// Deletes a contact that was read, if it still has that `revision`. `None` stands for any revision.
    pub(in crate::operations) fn delete_stored_contact(
        &self,
        container: &Container,
        id: &str,
        revision: Option<&str>,
    ) -> Result<()> {
        let request = contacts::delete(self.service, container, id)?;
        // Microsoft's OpenAPI description has If-Match for the deletion of a contact.
        let request = revision.iter().fold(request, |request, revision| request.with_revision(revision));
        let deleted = self.send(&request).map(|_| ());
        let deleted = self.settle(deleted, |error| match self.get_contact(container, id, &Selection::only_id()) {
            Ok(now) if error.kind == ErrorKind::PreconditionFailed && now.change_key.value().map(String::as_str) == revision => {
                Ok(Evidence::Refused(build_conflict_error(error.clone())))
            }
            read => check_deleted(read),
        });
        deleted.map_err(|error| add_contact_id(id, error))
    }

    /// Deletes contacts. Returns the result of each at its position.
    pub fn delete_contacts(&self, container: &Container, ids: &[&str]) -> Vec<Result<()>> {
        self.send_deletions(container, ids, ids.iter().map(|id| contacts::delete(self.service, container, id)).collect())
    }

    /// Sends the deletions of the contacts with these ids. After a failure, the stored state decides what became of each.
    fn send_deletions(&self, container: &Container, ids: &[&str], requests: Vec<Result<GraphRequest>>) -> Vec<Result<()>> {
        let deleted = self.send_built(requests);
        // That a contact does not exist does not show whether it existed before.
        let is_open = |result: &Result<Map<String, Value>>| matches!(result, Err(error) if error.may_have_taken_effect && error.kind != ErrorKind::UnknownUid);
        let open = deleted.iter().zip(ids).filter(|(result, _)| is_open(result));
        let looks = open.map(|(_, id)| contacts::get(self.service, container, id, &Selection::only_id())).collect();
        let mut looks = self.send_built(looks).into_iter();
        let settle = |(result, id): (Result<Map<String, Value>>, &&str)| {
            let result = match result {
                Err(error) if is_open(&Err(error.clone())) => {
                    conclude(error, looks.next().map_or(Ok(Evidence::Unknown), check_deleted))
                }
                result => result.map(|_| ()),
            };
            result.map_err(|error| add_contact_id(id, error))
        };
        deleted.into_iter().zip(ids).map(settle).collect()
    }
}

/// Checks that the service can store every value of the contact. `path` precedes the names in errors.
pub(in crate::operations) fn check_storable(service: &Service, contact: &Contact, path: &str) -> Result<()> {
    validate::check_storable(contact, service.version, path)?;
    cloud::check_storable(service.cloud, contact, service.version, path)
}

/// Creates the request for a page of changes of the contacts in a container.
pub fn build_delta_request(service: &Service, container: &Container, token: Option<&str>) -> Result<GraphRequest> {
    resume(delta::get_contacts_delta(service, container)?, token)
}

/// Adds the id of the contact to an error that says that it does not exist.
pub(in crate::operations) fn add_contact_id(id: &str, error: Error) -> Error {
    if error.is_unknown_item() {
        return Error { message: format!("no contact {id} exists in the mailbox: {}", error.message), ..error };
    }
    error
}
