//! Operations on personal contacts.

use crate::contact::{Contact, ExtendedProperty, Field, change, check, read, write};
use crate::error::{Error, Result};
use crate::graph::address::Container;
use crate::graph::page::Page;
use crate::graph::selection::Selection;
use crate::graph::{Request, Service, contacts};
use crate::operations::Connector;
use crate::operations::network::Network;

impl<N: Network> Connector<'_, N> {
    /// Gives every contact of a container to `each`, in the service's order, page by page.
    ///
    /// After an error, `each` may have had some of them.
    pub fn list_contacts(&self, container: &Container, selection: &Selection, mut each: impl FnMut(Contact)) -> Result<()> {
        let mut request = contacts::list(self.service, container, selection)?;
        loop {
            let page = Page::read(self.service, self.call(&request)?)?;
            page.value.iter().for_each(|object| each(read::answer(object, self.service.version)));
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

    /// Creates a contact, once, and gives it as it was stored.
    ///
    /// It carries a key: the caller's, or a new one. When an answer gets lost, the contact is looked for by its key before it is
    /// created again. With a key of the caller's it is looked for first, so that the same creation sent again gives the first
    /// one's contact. Where it cannot be known whether there is a contact, the error says that there may be.
    pub fn create_contact(&self, container: &Container, contact: &Contact, key: Option<&str>) -> Result<Contact> {
        if !self.terms.exactly_once {
            return self.written(&create_request(self.service, container, contact, None)?);
        }
        let new;
        let key = match key {
            Some(key) => {
                creatable(self.service, contact, "")?;
                if let Some(first) = self.find_by_key(container, key)? {
                    return Ok(first);
                }
                key
            }
            None => {
                new = self.network.unique_id();
                &new
            }
        };
        let request = create_request(self.service, container, contact, Some(key))?;
        let mut attempt = 1;
        loop {
            let error = match self.written(&request) {
                Err(error) if error.may_have_taken_effect => error,
                known => return known,
            };
            let wait = self.terms.retry.backoff(attempt, self.chance());
            if wait >= self.left() {
                return Err(error);
            }
            self.network.wait_until(self.network.now().saturating_add(wait));
            match self.find_by_key(container, key) {
                Ok(Some(contact)) => return Ok(contact),
                Ok(None) if attempt <= self.terms.retry.retries => attempt += 1,
                Ok(None) | Err(_) => return Err(error),
            }
        }
    }

    fn written(&self, request: &Request) -> Result<Contact> {
        self.call(request).map(|object| read::answer(&object, self.service.version))
    }

    fn find_by_key(&self, container: &Container, key: &str) -> Result<Option<Contact>> {
        let page = Page::read(self.service, self.call(&contacts::find(self.service, container, KEY_PROPERTY, key)?)?)?;
        Ok(page.value.first().map(|object| read::answer(object, self.service.version)))
    }

    /// Changes a contact to what `wanted` says, and gives it as it now is. Where nothing changes, nothing is written.
    pub fn update_contact(&self, container: &Container, id: &str, wanted: &Contact) -> Result<Contact> {
        check::storable(wanted, self.service.version, "")?;
        let stored = self.get_contact(container, id, &Selection::expanding(wanted))?;
        match update_request(self.service, container, id, &stored, wanted)? {
            Some(request) => self.written(&request).map_err(|error| about(id, error)),
            None => Ok(stored),
        }
    }

    /// Deletes a contact.
    pub fn delete_contact(&self, container: &Container, id: &str) -> Result<()> {
        self.call(&contacts::delete(self.service, container, id)?).map(|_| ()).map_err(|error| about(id, error))
    }
}

/// The error, which says which contact it is about where the service does not know that contact.
fn about(id: &str, error: Error) -> Error {
    let codes = ["ErrorItemNotFound", "ErrorInvalidIdMalformed"];
    match error.graph_code() {
        Some(code) if codes.iter().any(|known| known.eq_ignore_ascii_case(code)) => {
            Error { message: format!("there is no contact {id} in the mailbox: {}", error.message), ..error }
        }
        _ => error,
    }
}

/// The MAPI property in which a contact carries the key of its creation.
/// <https://learn.microsoft.com/en-us/graph/api/resources/extended-properties-overview>
const KEY_PROPERTY: &str = "String {2d6b6f0e-7f5c-4e2b-9c0a-5f1e8a7d3c41} Name IdempotencyKey";

/// The request that creates `contact`, with the key of its creation.
pub fn create_request(service: &Service, container: &Container, contact: &Contact, key: Option<&str>) -> Result<Request> {
    creatable(service, contact, "")?;
    let mut contact = contact.clone();
    if let Some(key) = key {
        let mut properties = contact.single_value_extended_properties.value().cloned().unwrap_or_default();
        properties.push(ExtendedProperty { id: KEY_PROPERTY.to_owned(), value: key.to_owned() });
        contact.single_value_extended_properties = Field::Set(properties);
    }
    contacts::create(service, container, write::create_body(&contact, service.version))
}

/// Checks that `contact` can be created. `path` stands before the names in errors.
pub fn creatable(service: &Service, contact: &Contact, path: &str) -> Result<()> {
    check::creatable(contact, service.version, path)?;
    check::storable(contact, service.version, path)?;
    if write::create_body(contact, service.version).is_empty() {
        return Err(Error::attribute(path.trim_end_matches('.'), "the contact has no value at all; give it at least a name"));
    }
    Ok(())
}

/// The request that makes `stored` what `wanted` says; `None` where it is that already.
pub fn update_request(
    service: &Service,
    container: &Container,
    id: &str,
    stored: &Contact,
    wanted: &Contact,
) -> Result<Option<Request>> {
    check::storable(wanted, service.version, "")?;
    // The id in the address says which contact is meant; one among the values can only confirm it.
    let wanted = match wanted.id.value() {
        Some(other) if other != id => return Err(Error::attribute("id", "it is not the id of the contact that is updated")),
        _ => Contact { id: Field::Unset, ..wanted.clone() },
    };
    let body = write::update_body(&change::change(stored, &wanted, service.version)?, service.version);
    if body.is_empty() { Ok(None) } else { contacts::update(service, container, id, body).map(Some) }
}
