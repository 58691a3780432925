//! The creation of contacts, each exactly once.

use crate::contact::{Contact, ExtendedProperty, Field, from_json, to_json, validate};
use crate::error::{Error, Result};
use crate::graph::address::Container;
use crate::graph::contacts;
use crate::graph::filter_text::FilterText;
use crate::graph::request::GraphRequest;
use crate::graph::selection::Selection;
use crate::graph::service::Service;
use crate::operations::connector::Connector;
use crate::operations::mailbox::contacts::check_storable;
use crate::operations::send::results::{build_not_started_error, take_single};

/// The creation of a contact.
struct Creation {
    /// The position of its result.
    position: usize,
    /// The request that creates it.
    create: GraphRequest,
    /// The request that finds the contact by its key, if it carries one.
    find: Option<GraphRequest>,
    /// Whether the key is the caller's.
    is_callers: bool,
}

impl Connector<'_> {
    /// Creates a contact, exactly once. Returns it as stored; see [`Connector::create_contacts`].
    pub fn create_contact(&self, container: &Container, contact: &Contact, key: Option<&str>) -> Result<Contact> {
        take_single(self.create_contacts(container, &[(contact, key)]))
    }

    /// Creates contacts, each exactly once. Returns the result of each at its position: the contact as stored.
    ///
    /// A contact carries a key: the caller's, or a new one. After a lost response, the contact is searched for by its key before
    /// it is created again. With a caller's key it is searched for first: the same creation, sent again, returns the contact of
    /// the first. If it is unknown whether the contact exists, the error says that it may.
    pub fn create_contacts(&self, container: &Container, contacts: &[(&Contact, Option<&str>)]) -> Vec<Result<Contact>> {
        let mut results: Vec<Result<Contact>> = contacts.iter().map(|_| Err(build_not_started_error())).collect();
        let mut put = |position: usize, result: Result<Contact>| {
            if let Some(slot) = results.get_mut(position) {
                *slot = result;
            }
        };
        let (mut callers, mut pending) = (Vec::new(), Vec::new());
        for (position, (contact, key)) in contacts.iter().enumerate() {
            match self.build_creation(container, position, contact, *key) {
                Ok(creation) if creation.is_callers => callers.push(creation),
                Ok(creation) => pending.push(creation),
                Err(error) => put(position, Err(error)),
            }
        }
        for (creation, found) in self.find_by_keys(callers) {
            match found {
                Ok(Some(first)) => put(creation.position, Ok(first)),
                Ok(None) => pending.push(creation),
                Err(error) => put(creation.position, Err(error)),
            }
        }
        let mut attempt = 1;
        while !pending.is_empty() {
            let requests: Vec<GraphRequest> = pending.iter().map(|creation| creation.create.clone()).collect();
            let mut lost = Vec::new();
            for (creation, outcome) in pending.into_iter().zip(self.send_all(&requests)) {
                let may_exist = outcome.as_ref().is_err_and(|error| error.may_have_taken_effect);
                put(creation.position, outcome.map(|object| from_json::parse_response(&object, self.service.version)));
                if may_exist && creation.find.is_some() {
                    lost.push(creation);
                }
            }
            // The service may still be working on the request.
            let wait = self.settings.retry.compute_backoff(attempt, self.draw_fraction());
            if lost.is_empty() || wait >= self.remaining_time() {
                break;
            }
            self.network.wait_until(self.network.now().saturating_add(wait));
            pending = Vec::new();
            for (creation, found) in self.find_by_keys(lost) {
                match found {
                    Ok(Some(contact)) => put(creation.position, Ok(contact)),
                    Ok(None) if attempt <= self.settings.retry.max_retries => pending.push(creation),
                    // The error of the creation remains: it says that the contact may exist.
                    Ok(None) | Err(_) => {}
                }
            }
            attempt += 1;
        }
        results
    }

    fn build_creation(&self, container: &Container, position: usize, contact: &Contact, key: Option<&str>) -> Result<Creation> {
        let is_callers = key.is_some() && self.settings.exactly_once;
        let key = self.settings.exactly_once.then(|| key.map_or_else(|| self.network.unique_id(), str::to_owned));
        let create = build_create_request(self.service, container, contact, key.as_deref())?;
        let find = |key: String| {
            let filter = FilterText::extended_property_equals(KEY_PROPERTY, &key);
            contacts::search(self.service, container, &Selection::default(), Some(&filter))
        };
        let find = key.map(find).transpose()?;
        Ok(Creation { position, create, find, is_callers })
    }

    /// Searches for contacts by the keys of their creations, which all have one.
    fn find_by_keys(&self, creations: Vec<Creation>) -> impl Iterator<Item = (Creation, Result<Option<Contact>>)> {
        let requests: Vec<GraphRequest> = creations.iter().filter_map(|creation| creation.find.clone()).collect();
        let results = self.send_all(&requests);
        creations.into_iter().zip(results).map(|(creation, result)| {
            let first =
                creation.find.as_ref().zip(Some(result)).map_or(Ok(None), |(find, result)| self.find_first_row(find, result?));
            (creation, first.map(|row| row.map(|row| from_json::parse_response(&row, self.service.version))))
        })
    }
}

/// The MAPI property that holds the key of the creation of a contact.
/// <https://learn.microsoft.com/en-us/graph/api/resources/extended-properties-overview>
const KEY_PROPERTY: &str = "String {2d6b6f0e-7f5c-4e2b-9c0a-5f1e8a7d3c41} Name IdempotencyKey";

/// Creates the request that creates `contact`, with the key of its creation.
pub fn build_create_request(
    service: &Service,
    container: &Container,
    contact: &Contact,
    key: Option<&str>,
) -> Result<GraphRequest> {
    check_creatable(service, contact, "")?;
    let mut contact = contact.clone();
    if let Some(key) = key {
        let mut properties = contact.single_value_extended_properties.value().cloned().unwrap_or_default();
        properties.push(ExtendedProperty { id: KEY_PROPERTY.to_owned(), value: key.to_owned() });
        contact.single_value_extended_properties = Field::Set(properties);
    }
    contacts::create(service, container, to_json::write_create_body(&contact, service.version))
}

/// Checks that `contact` can be created. `path` precedes the names in errors.
pub fn check_creatable(service: &Service, contact: &Contact, path: &str) -> Result<()> {
    validate::check_creatable(contact, service.version, path)?;
    check_storable(service, contact, path)?;
    if to_json::write_create_body(contact, service.version).is_empty() {
        return Err(Error::invalid_attribute(path.trim_end_matches('.'), "the contact has no values: set at least a name"));
    }
    Ok(())
}
