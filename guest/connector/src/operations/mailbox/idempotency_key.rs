//! Keys of creations: by its key, a contact is found again after a lost response, and after the same request of a caller.
//!
//! <https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>: a key belongs to one request. With the key, the
//! contact stores a fingerprint of that request.

use serde_json::{Map, Value};

use crate::contact::{Contact, ExtendedProperty, Field};
use crate::error::{Error, Result};

/// The MAPI property that holds the key of the creation of a contact.
/// <https://learn.microsoft.com/en-us/graph/api/resources/extended-properties-overview>
pub(super) const KEY_PROPERTY: &str = "String {2d6b6f0e-7f5c-4e2b-9c0a-5f1e8a7d3c41} Name IdempotencyKey";
/// The MAPI property that holds the fingerprint of the caller's request, and the place of the contact in it.
pub(super) const REQUEST_PROPERTY: &str = "String {2d6b6f0e-7f5c-4e2b-9c0a-5f1e8a7d3c41} Name IdempotencyRequest";

/// The name of the key in errors.
pub const IDEMPOTENCY_KEY: &str = "idempotencyKey";

/// A caller's key of the creation of a contact.
#[derive(Clone, Debug, PartialEq)]
pub struct IdempotencyKey {
    key: String,
    /// The fingerprint of the request. `None`: the request is the contact.
    fingerprint: Option<String>,
    /// The place of the contact in the request. Empty: the request has one contact.
    place: String,
}

impl From<&str> for IdempotencyKey {
    fn from(key: &str) -> Self {
        IdempotencyKey { key: key.to_owned(), fingerprint: None, place: String::new() }
    }
}

impl From<String> for IdempotencyKey {
    fn from(key: String) -> Self {
        IdempotencyKey::from(key.as_str())
    }
}

impl IdempotencyKey {
    /// Creates the key of the contact at `place` in a request with those attributes, which can have several contacts.
    pub fn in_request(key: &str, fingerprint: &str, place: &str) -> Self {
        IdempotencyKey { key: key.to_owned(), fingerprint: Some(fingerprint.to_owned()), place: place.to_owned() }
    }

    /// Returns the mark of the creation with that body.
    pub(super) fn mark(&self, body: &Map<String, Value>) -> CreationMark {
        let fingerprint = self.fingerprint.clone().unwrap_or_else(|| compute_fingerprint(body));
        let request = if self.place.is_empty() { fingerprint } else { format!("{fingerprint} {}", self.place) };
        CreationMark { key: self.key.clone(), request: Some(request) }
    }
}

/// What a contact stores about its creation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CreationMark {
    pub(super) key: String,
    /// The fingerprint of the caller's request, and the place in it. `None` for a key of the connector's own, which is unique.
    pub(super) request: Option<String>,
}

impl CreationMark {
    /// Adds the mark to the MAPI properties of a contact.
    pub(super) fn add_to(&self, contact: &mut Contact) {
        let mut properties = contact.single_value_extended_properties.value().cloned().unwrap_or_default();
        let mut add = |id: &str, value: &str| properties.push(ExtendedProperty { id: id.to_owned(), value: value.to_owned() });
        add(KEY_PROPERTY, &self.key);
        if let Some(request) = &self.request {
            add(REQUEST_PROPERTY, request);
        }
        contact.single_value_extended_properties = Field::Set(properties);
    }

    /// Checks whether two marks are of one request, in which each contact has a place.
    pub(super) fn is_of_same_request(&self, other: &CreationMark) -> bool {
        let fingerprint = |mark: &CreationMark| mark.request.as_deref().map(get_fingerprint).map(str::to_owned);
        fingerprint(self) == fingerprint(other)
    }

    /// Returns the contact with this mark among those whose key the service compares as equal: it compares without case.
    ///
    /// # Errors
    ///
    /// If the key was used for another request.
    pub(super) fn find_in(&self, rows: &[Map<String, Value>]) -> Result<Option<Map<String, Value>>> {
        let mut found = None;
        for row in rows {
            let same_place = match (&self.request, get_property(row, KEY_PROPERTY), get_property(row, REQUEST_PROPERTY)) {
                (None, ..) => true,
                (Some(_), Some(key), _) if key != self.key => false,
                (Some(request), _, Some(other)) if get_fingerprint(other) != get_fingerprint(request) => {
                    return Err(build_reuse_error());
                }
                (Some(request), _, Some(other)) => other == request,
                // A contact from before requests had fingerprints, when each key was of one contact.
                (Some(request), _, None) => get_fingerprint(request) == request,
            };
            if same_place {
                found = found.or(Some(row));
            }
        }
        // A caller did not ask for the key.
        let is_asked = |name: &str| !name.starts_with(PROPERTIES);
        let without_key = |row: &Map<String, Value>| row.clone().into_iter().filter(|(name, _)| is_asked(name)).collect();
        Ok(found.map(without_key))
    }
}

/// The member of a row that has its MAPI properties.
const PROPERTIES: &str = "singleValueExtendedProperties";

fn get_property<'r>(row: &'r Map<String, Value>, id: &str) -> Option<&'r str> {
    let is_named =
        |property: &&Value| property.get("id").and_then(Value::as_str).is_some_and(|name| name.eq_ignore_ascii_case(id));
    row.get(PROPERTIES)?.as_array()?.iter().find(is_named)?.get("value")?.as_str()
}

/// Returns the part of a stored request before the place.
fn get_fingerprint(request: &str) -> &str {
    request.split(' ').next().unwrap_or_default()
}

pub(super) fn build_reuse_error() -> Error {
    Error::invalid_attribute(IDEMPOTENCY_KEY, "the key was used for another request: send a new key with each new request")
}

/// Returns a fingerprint of a request: 128 bits of its members, in any order, as FNV-1a.
/// <https://datatracker.ietf.org/doc/draft-eastlake-fnv/>
pub fn compute_fingerprint(request: &Map<String, Value>) -> String {
    let mut request = Value::Object(request.clone());
    request.sort_all_objects();
    let (basis, prime) = (0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, 0x0100_0000_0000_0000_0000_013b_u128);
    let hash = request.to_string().bytes().fold(basis, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(prime));
    format!("{hash:032x}")
}
