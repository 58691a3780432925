//! Creating contacts, each once.

use crate::contact::{Contact, ExtendedProperty, Field, from_json, to_json, validate};
use crate::error::{Error, Result};
use crate::graph::address::Container;
use crate::graph::contacts;
use crate::graph::filter_text::FilterText;
use crate::graph::page::Page;
use crate::graph::request::GraphRequest;
use crate::graph::selection::Selection;
use crate::graph::service::Service;
use crate::operations::connector::Connector;
use crate::operations::mailbox::contacts::storable;
use crate::operations::send::results::{not_begun, only};

/// The creation of a contact.
struct Creation {
    /// Where its result goes.
    place: usize,
    /// The request.
    create: GraphRequest,
    /// Where it carries a key, the request that finds the contact by it.
    find: Option<GraphRequest>,
    /// Whether the key is the caller's.
    is_callers: bool,
}

impl Connector<'_> {
    /// Creates a contact, once, and gives it as it was stored; see [`Connector::create_contacts`].
    pub fn create_contact(&self, container: &Container, contact: &Contact, key: Option<&str>) -> Result<Contact> {
        only(self.create_contacts(container, &[(contact, key)]))
    }

    /// Creates contacts, each once, and gives each as it was stored, or why not.
    ///
    /// A contact carries a key: the caller's, or a new one. When the answer to its creation gets lost, it is looked for by its
    /// key before it is created again. With a key of the caller's it is looked for first, so that the same creation sent again
    /// gives the first one's contact. Where it cannot be known whether there is a contact, the error says that there may be.
    pub fn create_contacts(&self, container: &Container, contacts: &[(&Contact, Option<&str>)]) -> Vec<Result<Contact>> {
        let mut results: Vec<Result<Contact>> = contacts.iter().map(|_| Err(not_begun())).collect();
        let mut put = |place: usize, result: Result<Contact>| {
            if let Some(slot) = results.get_mut(place) {
                *slot = result;
            }
        };
        let (mut callers, mut pending) = (Vec::new(), Vec::new());
        for (place, (contact, key)) in contacts.iter().enumerate() {
            match self.creation(container, place, contact, *key) {
                Ok(creation) if creation.is_callers => callers.push(creation),
                Ok(creation) => pending.push(creation),
                Err(error) => put(place, Err(error)),
            }
        }
        for (creation, found) in self.look_for(callers) {
            match found {
                Ok(Some(first)) => put(creation.place, Ok(first)),
                Ok(None) => pending.push(creation),
                Err(error) => put(creation.place, Err(error)),
            }
        }
        let mut attempt = 1;
        while !pending.is_empty() {
            let requests: Vec<GraphRequest> = pending.iter().map(|creation| creation.create.clone()).collect();
            let mut lost = Vec::new();
            for (creation, outcome) in pending.into_iter().zip(self.send_all(&requests)) {
                let may_be_there = outcome.as_ref().is_err_and(|error| error.may_have_taken_effect);
                put(creation.place, outcome.map(|object| from_json::parse_response(&object, self.service.version)));
                if may_be_there && creation.find.is_some() {
                    lost.push(creation);
                }
            }
            // The service has a moment to finish what it may be doing.
            let wait = self.terms.retry.backoff(attempt, self.chance());
            if lost.is_empty() || wait >= self.left() {
                break;
            }
            self.network.wait_until(self.network.now().saturating_add(wait));
            pending = Vec::new();
            for (creation, found) in self.look_for(lost) {
                match found {
                    Ok(Some(contact)) => put(creation.place, Ok(contact)),
                    Ok(None) if attempt <= self.terms.retry.retries => pending.push(creation),
                    // The error of the creation stands: it says that the contact may be there.
                    Ok(None) | Err(_) => {}
                }
            }
            attempt += 1;
        }
        results
    }

    fn creation(&self, container: &Container, place: usize, contact: &Contact, key: Option<&str>) -> Result<Creation> {
        let is_callers = key.is_some() && self.terms.exactly_once;
        let key = self.terms.exactly_once.then(|| key.map_or_else(|| self.network.unique_id(), str::to_owned));
        let create = build_create_request(self.service, container, contact, key.as_deref())?;
        let find = |key: String| {
            let filter = FilterText::extended_property_equals(KEY_PROPERTY, &key);
            contacts::search(self.service, container, &Selection::default(), Some(&filter))
        };
        let find = key.map(find).transpose()?;
        Ok(Creation { place, create, find, is_callers })
    }

    /// Looks for contacts by the keys of their creations, which all have one.
    fn look_for(&self, creations: Vec<Creation>) -> impl Iterator<Item = (Creation, Result<Option<Contact>>)> {
        let requests: Vec<GraphRequest> = creations.iter().filter_map(|creation| creation.find.clone()).collect();
        let answers = self.send_all(&requests);
        creations.into_iter().zip(answers).map(|(creation, answer)| {
            let page = answer.and_then(|answer| Page::parse(self.service, answer));
            (creation, page.map(|page| page.value.first().map(|object| from_json::parse_response(object, self.service.version))))
        })
    }
}

/// The MAPI property in which a contact carries the key of its creation.
/// <https://learn.microsoft.com/en-us/graph/api/resources/extended-properties-overview>
const KEY_PROPERTY: &str = "String {2d6b6f0e-7f5c-4e2b-9c0a-5f1e8a7d3c41} Name IdempotencyKey";

/// The request that creates `contact`, with the key of its creation.
pub fn build_create_request(
    service: &Service,
    container: &Container,
    contact: &Contact,
    key: Option<&str>,
) -> Result<GraphRequest> {
    creatable(service, contact, "")?;
    let mut contact = contact.clone();
    if let Some(key) = key {
        let mut properties = contact.single_value_extended_properties.value().cloned().unwrap_or_default();
        properties.push(ExtendedProperty { id: KEY_PROPERTY.to_owned(), value: key.to_owned() });
        contact.single_value_extended_properties = Field::Set(properties);
    }
    contacts::create(service, container, to_json::write_create_body(&contact, service.version))
}

/// Checks that `contact` can be created. `path` stands before the names in errors.
pub fn creatable(service: &Service, contact: &Contact, path: &str) -> Result<()> {
    validate::check_creatable(contact, service.version, path)?;
    storable(service, contact, path)?;
    if to_json::write_create_body(contact, service.version).is_empty() {
        return Err(Error::invalid_attribute(
            path.trim_end_matches('.'),
            "the contact has no value at all; give it at least a name",
        ));
    }
    Ok(())
}
