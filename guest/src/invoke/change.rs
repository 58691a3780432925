//! The changes of `contacts.batch`.

use serde_json::{Map, Value};

use crate::invoke::argument::describe;
use connector::contact::{Contact, Version, from_json};
use connector::error::{Error, Result};
use connector::operations::mailbox::changes::BatchChange;
use connector::operations::mailbox::idempotency_key::IdempotencyKey;

/// Parses one change: `{"create": contact, "idempotencyKey": key}`, `{"update": contact with id}` or `{"delete": id}`.
///
/// `path` stands before the problem in errors.
pub fn parse_change(members: &Map<String, Value>, version: Version, path: &str) -> Result<BatchChange> {
    let expected = |name: &str, what: &str, found: &Value| {
        Error::invalid_attribute(format!("{path}.{name}"), format!("expected {what}, found {}", describe(found)))
    };
    let key = match members.get("idempotencyKey") {
        None | Some(Value::Null) => None,
        Some(Value::String(key)) => Some(key.clone()),
        Some(other) => return Err(expected("idempotencyKey", "a string", other)),
    };
    let contact = |name: &str, value: &Value| -> Result<Box<Contact>> {
        let object = value.as_object().ok_or_else(|| expected(name, "a contact, an object", value))?;
        from_json::parse_input(object, version, &format!("{path}.{name}.")).map(Box::new)
    };
    let mut actions = members.iter().filter(|(name, _)| *name != "idempotencyKey");
    match (actions.next().map(|(name, value)| (name.as_str(), value)), actions.next()) {
        (Some(("create", value)), None) => Ok(BatchChange::Create(contact("create", value)?, key.map(IdempotencyKey::from))),
        (Some(("update", value)), None) => {
            let contact = contact("update", value)?;
            let id = contact.id.value().filter(|id| !id.is_empty()).cloned();
            let id = id.ok_or_else(|| {
                Error::invalid_attribute(format!("{path}.update.id"), "missing; it says which contact to update")
            })?;
            Ok(BatchChange::Update(id, contact))
        }
        (Some(("delete", Value::String(id))), None) => Ok(BatchChange::Delete(id.clone())),
        (Some(("delete", other)), None) => Err(expected("delete", "the id of a contact, a string", other)),
        _ => Err(Error::invalid_attribute(path, "expected one of create, update and delete")),
    }
}
