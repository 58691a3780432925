//! A service with one contact, which it updates by Graph's rules.
//!
//! "Update contact" (v1.0): a property in the body replaces the stored one, a structure as a whole; `displayName` is generated
//! again unless the body has it. Reported: 500 for a null structure or collection. Properties of the other version are refused.

use std::cell::{Cell, RefCell};
use std::time::{Duration, SystemTime};

use connector::contact::Version;
use connector::http_message::{HttpRequest, HttpResponse};
use connector::operations::send::network::{Network, TransportError};
use serde_json::{Map, Value, json};

/// Microsoft's metadata: the properties that only one version has.
const V1_ONLY: &[&str] =
    &["businessAddress", "businessHomePage", "businessPhones", "homeAddress", "homePhones", "mobilePhone", "otherAddress"];
const BETA_ONLY: &[&str] = &["flag", "gender", "isFavorite", "phones", "postalAddresses", "websites", "weddingAnniversary"];
/// The properties that are structures or collections: never null.
const NOT_NULL: &[&str] = &[
    "businessAddress",
    "homeAddress",
    "otherAddress",
    "businessPhones",
    "homePhones",
    "children",
    "categories",
    "imAddresses",
    "emailAddresses",
    "primaryEmailAddress",
    "phones",
    "postalAddresses",
    "websites",
    "flag",
];

pub struct StoredContact {
    stored: RefCell<Map<String, Value>>,
    version: Version,
    writes: Cell<u32>,
}

impl StoredContact {
    pub fn new(stored: Map<String, Value>, version: Version) -> StoredContact {
        StoredContact { stored: RefCell::new(stored), version, writes: Cell::new(0) }
    }

    pub fn count_writes(&self) -> u32 {
        self.writes.get()
    }

    /// Returns the status of an update.
    fn update(&self, body: Map<String, Value>) -> u16 {
        let absent = if self.version == Version::V1 { BETA_ONLY } else { V1_ONLY };
        if body.keys().any(|name| absent.contains(&name.as_str())) {
            return 400;
        }
        if body.iter().any(|(name, value)| value.is_null() && NOT_NULL.contains(&name.as_str())) {
            return 500;
        }
        self.writes.set(self.writes.get() + 1);
        let mut stored = self.stored.borrow_mut();
        stored.insert("changeKey".to_owned(), json!(format!("key {}", self.writes.get())));
        if stored.get("displayName").is_some_and(|name| !name.is_null()) {
            stored.insert("displayName".to_owned(), json!("generated"));
        }
        stored.extend(body);
        200
    }
}

impl Network for StoredContact {
    fn send(&self, request: HttpRequest, _: Duration) -> Result<HttpResponse, TransportError> {
        let status = match request.method().as_str() {
            "PATCH" => self.update(serde_json::from_slice(request.body()).unwrap()),
            _ => 200,
        };
        let body = if status == 200 { json!(*self.stored.borrow()) } else { json!({"error": {"code": "Refused"}}) };
        let response = http::Response::builder().status(status).header("content-type", "application/json");
        Ok(response.body(body.to_string().into_bytes()).unwrap())
    }

    fn now(&self) -> Duration {
        Duration::from_secs(1000)
    }

    fn date(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn wait_until(&self, _: Duration) {}

    fn random(&self) -> u128 {
        7
    }
}
