//! The creation of contacts, each exactly once.

use serde_json::{Map, Value};

use crate::contact::{Contact, to_json, validate};
use crate::error::{Error, Result};
use crate::graph::address::Container;
use crate::graph::filter_text::FilterText;
use crate::graph::request::GraphRequest;
use crate::graph::selection::Selection;
use crate::graph::service::Service;
use crate::graph::{contacts, response};
use crate::operations::connector::Connector;
use crate::operations::mailbox::contacts::check_storable;
use crate::operations::mailbox::idempotency_key::{
    CreationMark, IdempotencyKey, KEY_PROPERTY, REQUEST_PROPERTY, build_reuse_error,
};
use crate::operations::send::create::FailedCreation;
use crate::operations::send::evidence::Evidence;
use crate::operations::send::results::{build_not_started_error, take_single};

/// The creation of a contact.
struct Creation {
    /// The position of its result.
    position: usize,
    /// The request that creates it.
    create: GraphRequest,
    /// What the contact stores about its creation. `None` if the settings turn it off.
    mark: Option<CreationMark>,
    /// Whether the key is the caller's.
    is_callers: bool,
}

impl Connector<'_> {
    /// Creates a contact, exactly once. Returns it as stored; see [`Connector::create_contacts`].
    pub fn create_contact(&self, container: &Container, contact: &Contact, key: Option<&str>) -> Result<Contact> {
        let key = key.map(IdempotencyKey::from);
        take_single(self.create_contacts(container, &[(contact, key.as_ref())]))
    }

    /// Creates contacts, each exactly once. Returns the result of each at its position: the contact as stored.
    ///
    /// A contact carries a key: the caller's, or a new one. After a failure, the contact is searched for by its key before it is
    /// created again. With a caller's key it is searched for first: the same creation, sent again, returns the contact of the
    /// first. If it is unknown whether the contact exists, the error says that it may.
    pub fn create_contacts(
        &self,
        container: &Container,
        contacts: &[(&Contact, Option<&IdempotencyKey>)],
    ) -> Vec<Result<Contact>> {
        let mut results: Vec<Result<Contact>> = contacts.iter().map(|_| Err(build_not_started_error())).collect();
        let (mut callers, mut creations) = (Vec::new(), Vec::new());
        // The positions of creations with the key and the request of an earlier one.
        let mut repeated: Vec<(usize, usize)> = Vec::new();
        for (position, (contact, key)) in contacts.iter().enumerate() {
            match self.build_creation(container, position, contact, *key) {
                Ok(creation) if creation.is_callers => match find_earlier(&callers, &creation) {
                    Ok(None) => callers.push(creation),
                    Ok(Some(earlier)) => repeated.push((position, earlier)),
                    Err(error) => put(&mut results, position, Err(error)),
                },
                Ok(creation) => creations.push(creation),
                Err(error) => put(&mut results, position, Err(error)),
            }
        }
        let found =
            self.find_created(container, &callers.iter().filter_map(|creation| creation.mark.as_ref()).collect::<Vec<_>>());
        for (creation, found) in callers.into_iter().zip(found) {
            match found.transpose() {
                Some(row) => put(&mut results, creation.position, row.and_then(|row| self.parse_stored(&row))),
                None => creations.push(creation),
            }
        }
        let requests: Vec<GraphRequest> = creations.iter().map(|creation| creation.create.clone()).collect();
        let look = |failed: &[FailedCreation]| self.look_for(container, &creations, failed);
        let created = self.create_each(&requests, |object| response::check_id(object, "a contact"), &look);
        for (creation, result) in creations.iter().zip(created) {
            put(&mut results, creation.position, result.and_then(|object| self.parse_stored(&object)));
        }
        for (position, earlier) in repeated {
            let result = results.get(earlier).cloned().unwrap_or_else(|| Err(build_not_started_error()));
            put(&mut results, position, result);
        }
        results
    }

    /// Checks that a caller's key was not used for another request, before anything of this one is written.
    pub(in crate::operations) fn check_idempotency_key(&self, container: &Container, key: &IdempotencyKey) -> Result<()> {
        if !self.settings.exactly_once {
            return Ok(());
        }
        take_single(self.find_created(container, &[&key.mark(&Map::new())])).map(|_| ())
    }

    fn build_creation(
        &self,
        container: &Container,
        position: usize,
        contact: &Contact,
        key: Option<&IdempotencyKey>,
    ) -> Result<Creation> {
        check_creatable(self.service, contact, "")?;
        let mark = self.settings.exactly_once.then(|| match key {
            Some(key) => mark_contact(self.service, contact, key),
            None => CreationMark { key: self.network.unique_id(), request: None },
        });
        let create = build_marked_request(self.service, container, contact, mark.as_ref())?;
        Ok(Creation { position, create, is_callers: mark.is_some() && key.is_some(), mark })
    }

    /// Looks for the contacts of failed creations.
    fn look_for(
        &self,
        container: &Container,
        creations: &[Creation],
        failed: &[FailedCreation],
    ) -> Vec<Result<Evidence<Map<String, Value>>>> {
        let marks: Vec<Option<&CreationMark>> =
            failed.iter().map(|failed| creations.get(failed.position).and_then(|creation| creation.mark.as_ref())).collect();
        let mut found = self.find_created(container, &marks.iter().flatten().copied().collect::<Vec<_>>()).into_iter();
        let evidence = marks.iter().map(|mark| match mark {
            // Without a key nothing tells the contact from another one.
            None => Ok(Evidence::Unknown),
            Some(_) => Ok(match found.next().unwrap_or_else(|| Err(build_not_started_error()))? {
                Some(row) => Evidence::Done(row),
                None => Evidence::NotDone,
            }),
        });
        evidence.collect()
    }

    /// Returns the contacts with these marks, on any page. The same key is searched for once.
    fn find_created(&self, container: &Container, marks: &[&CreationMark]) -> Vec<Result<Option<Map<String, Value>>>> {
        let mut keys: Vec<&CreationMark> = Vec::new();
        for mark in marks {
            if !keys.iter().any(|known| known.key == mark.key) {
                keys.push(mark);
            }
        }
        let requests: Vec<Result<GraphRequest>> =
            keys.iter().map(|mark| build_find_request(self.service, container, mark)).collect();
        let pages = self.send_built(requests.clone());
        let found: Vec<Result<Vec<Map<String, Value>>>> = requests
            .into_iter()
            .zip(pages)
            // A page can be short or empty although there are more: <https://learn.microsoft.com/en-us/graph/paging>
            .map(|(request, page)| self.list_all_pages_after(&request?, page?))
            .collect();
        let find = |mark: &&CreationMark| {
            let stored = keys.iter().position(|known| known.key == mark.key).and_then(|position| found.get(position));
            match stored {
                Some(Ok(rows)) => mark.find_in(rows),
                Some(Err(error)) => Err(error.clone()),
                None => Err(build_not_started_error()),
            }
        };
        marks.iter().map(find).collect()
    }
}

fn put(results: &mut [Result<Contact>], position: usize, result: Result<Contact>) {
    if let Some(slot) = results.get_mut(position) {
        *slot = result;
    }
}

/// Returns the position of an earlier creation with the same key and request.
///
/// # Errors
///
/// If an earlier one has the same key and another request.
fn find_earlier(callers: &[Creation], creation: &Creation) -> Result<Option<usize>> {
    let Some(mark) = &creation.mark else { return Ok(None) };
    let same_key = |earlier: &&Creation| earlier.mark.as_ref().is_some_and(|other| other.key == mark.key);
    for earlier in callers.iter().filter(same_key) {
        let other = earlier.mark.as_ref();
        if other == Some(mark) {
            return Ok(Some(earlier.position));
        }
        if other.is_none_or(|other| !other.is_of_same_request(mark)) {
            return Err(build_reuse_error());
        }
    }
    Ok(None)
}

/// Creates the request that finds the contacts with a key.
fn build_find_request(service: &Service, container: &Container, mark: &CreationMark) -> Result<GraphRequest> {
    let filter = FilterText::extended_property_equals(KEY_PROPERTY, &mark.key);
    let expanded = match mark.request {
        Some(_) => vec![KEY_PROPERTY.to_owned(), REQUEST_PROPERTY.to_owned()],
        None => Vec::new(),
    };
    let selection = Selection { single_value_extended_properties: expanded, ..Selection::default() };
    contacts::search(service, container, &selection, Some(&filter))
}

fn mark_contact(service: &Service, contact: &Contact, key: &IdempotencyKey) -> CreationMark {
    key.mark(&to_json::write_create_body(contact, service.version))
}

/// Creates the request that creates `contact`, with a caller's key.
pub fn build_create_request(
    service: &Service,
    container: &Container,
    contact: &Contact,
    key: Option<&IdempotencyKey>,
) -> Result<GraphRequest> {
    check_creatable(service, contact, "")?;
    build_marked_request(service, container, contact, key.map(|key| mark_contact(service, contact, key)).as_ref())
}

fn build_marked_request(
    service: &Service,
    container: &Container,
    contact: &Contact,
    mark: Option<&CreationMark>,
) -> Result<GraphRequest> {
    let mut contact = contact.clone();
    if let Some(mark) = mark {
        mark.add_to(&mut contact);
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
