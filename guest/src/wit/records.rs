//! The records of `wit/types.wit`, from and to the connector's own types.
//!
//! The conversion of a contact is generated from the connector's table of properties. The others name every field. A field that
//! either side lacks does not compile.

use serde_json::{Map, Value};

use super::bindings::exports::graph_contacts::connector::connector::{self as wit_connector, ValueOutcome};
use super::bindings::exports::graph_contacts::connector::requests::HttpRequest;
use super::bindings::exports::graph_contacts::connector::types as wit;
use super::contact_values::{RecordField, convert_enum, into_option};
use connector::contact::{Contact, Folder, Version};
use connector::contact_properties;
use connector::error::{Error, ErrorKind, Result};
use connector::graph::address::{Container, Mailbox};
use connector::graph::request::GraphRequest;
use connector::graph::selection::Selection;
use connector::operations::icf::outcome::Outcome;
use connector::operations::icf::sync::SyncDelta;
use connector::operations::mailbox::changes::BatchChange;
use connector::operations::mailbox::idempotency_key::IdempotencyKey;

convert_enum!(
    ErrorKind, ErrorKind: UnknownUid, AlreadyExists, InvalidAttributeValue, PermissionDenied, InvalidCredential, PreconditionFailed,
    PreconditionRequired, Throttled, Unavailable, Timeout, ConnectionFailed, ResyncRequired, Unsupported, Configuration, Internal,
);

/// Returns the container that a program names.
pub fn into_container(container: wit::Container) -> Container {
    Container { mailbox: Mailbox::from_name(&container.mailbox), folders: container.folders }
}

/// Generates the conversion of a contact, and the match over `contact-property`, from the rows of the table.
macro_rules! convert_contact {
    // `$name` is the field's first property. It is for errors, and only fields with one property can fail.
    ($($field:ident: $type:ident $(, clear($case:ident))? { $name:literal $($property:tt)+ })*) => {
        fn from_record(record: wit::Contact) -> Result<Contact> {
            let mut error = None;
            let contact = Contact {
                $($field: RecordField::from_record(record.$field, $name, &mut error),)*
                // Not writable: what a program read and sends back changes nothing.
                unknown: Map::new(),
            };
            error.map_or(Ok(contact), Err)
        }

        impl From<Contact> for wit::Contact {
            fn from(contact: Contact) -> Self {
                wit::Contact {
                    $($field: contact.$field.into_record(),)*
                    additional: contact.unknown.into_iter().map(|(name, value)| (name, value.to_string())).collect(),
                }
            }
        }

        fn clear_property(contact: &mut Contact, property: wit::ContactProperty) {
            match property {
                $($(wit::ContactProperty::$case => contact.$field = RecordField::clear(),)?)*
            }
        }
    };
}

contact_properties!(convert_contact);

/// Returns the contact that a program describes: the values of `set`, and no value for the properties in `clear`.
pub fn into_contact(set: wit::Contact, clear: &[wit::ContactProperty]) -> Result<Contact> {
    let mut contact = from_record(set)?;
    for property in clear {
        clear_property(&mut contact, *property);
    }
    Ok(contact)
}

/// Returns the selection of what a program reads.
pub fn into_selection(selection: wit::Selection, version: Version) -> Selection {
    let mut named = Contact::default();
    for property in selection.properties {
        clear_property(&mut named, property);
    }
    Selection {
        single_value_extended_properties: selection.single_value_extended_properties,
        multi_value_extended_properties: selection.multi_value_extended_properties,
        extensions: selection.extensions,
        ..Selection::from_contact(&named, version)
    }
}

impl From<Error> for wit::Error {
    fn from(error: Error) -> Self {
        let exchange = error.exchange.map(|exchange| *exchange).unwrap_or_default();
        wit::Error {
            kind: error.kind.into(),
            message: error.message,
            http_status: exchange.http_status.map(u32::from),
            graph_code: exchange.graph_code,
            request_id: exchange.request_id,
            client_request_id: exchange.client_request_id,
            retry_after_ms: exchange.retry_after.map(|wait| u32::try_from(wait.as_millis()).unwrap_or(u32::MAX)),
            attributes: error.attributes,
            may_have_taken_effect: error.may_have_taken_effect,
        }
    }
}

/// Returns the change at `position` of a batch.
pub fn into_change(change: wit::ContactChange, position: usize) -> Result<BatchChange> {
    let missing = |name: &str| Error::invalid_attribute(format!("changes[{position}].{name}"), "is missing");
    let id = change.id.ok_or_else(|| missing("id"));
    let contact = change.contact.ok_or_else(|| missing("contact")).and_then(|contact| into_contact(contact, &change.clear));
    match change.kind {
        wit::ChangeKind::Create => Ok(BatchChange::Create(Box::new(contact?), change.idempotency_key.map(IdempotencyKey::from))),
        wit::ChangeKind::Update => Ok(BatchChange::Update(id?, Box::new(contact?))),
        wit::ChangeKind::Delete => Ok(BatchChange::Delete(id?)),
    }
}

/// Returns the record of the outcome of a change.
pub fn into_change_outcome(result: Result<Option<Contact>>) -> wit::ChangeOutcome {
    match result {
        Ok(contact) => wit::ChangeOutcome { contact: contact.map(wit::Contact::from), error: None },
        Err(error) => wit::ChangeOutcome { contact: None, error: Some(error.into()) },
    }
}

/// Returns the record of a change that a synchronization reports.
pub fn into_sync_delta(delta: SyncDelta) -> wit_connector::SyncDelta {
    use wit_connector::SyncDeltaKind;
    match delta {
        SyncDelta::CreateOrUpdate(object) => wit_connector::SyncDelta {
            kind: SyncDeltaKind::CreateOrUpdate,
            uid: object.get("_id").and_then(Value::as_str).unwrap_or_default().to_owned(),
            object: Some(Value::Object(object).to_string()),
        },
        SyncDelta::Delete(uid) => wit_connector::SyncDelta { kind: SyncDeltaKind::Delete, uid, object: None },
    }
}

/// Returns the record of the outcome of one value of an attribute.
pub fn into_value_outcome(outcome: Outcome) -> ValueOutcome {
    ValueOutcome {
        attribute: outcome.attribute.to_owned(),
        position: u32::try_from(outcome.position).unwrap_or(u32::MAX),
        id: outcome.id,
        error: outcome.error.map(wit::Error::from),
    }
}

impl From<Folder> for wit::Folder {
    fn from(folder: Folder) -> Self {
        wit::Folder {
            id: into_option(folder.id).unwrap_or_default(),
            display_name: into_option(folder.display_name),
            parent_folder_id: into_option(folder.parent_folder_id),
            well_known_name: into_option(folder.well_known_name),
        }
    }
}

/// Returns the record of a request. Fails if the body is not UTF-8.
pub fn into_http_request(request: GraphRequest) -> Result<HttpRequest> {
    let (head, body) = request.into_http().into_parts();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let not_utf8 = |_| {
        Error::new(ErrorKind::Unsupported, "the body of this request is not UTF-8 and cannot be returned: call the operation")
    };
    let body = String::from_utf8(body).map_err(not_utf8)?;
    Ok(HttpRequest {
        method: head.method.to_string(),
        url: head.uri.to_string(),
        headers: head.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect(),
        body: Some(body).filter(|body| !body.is_empty()),
    })
}
