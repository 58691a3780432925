//! Operations by name, with JSON arguments and JSON answers: `wit/json.wit`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::contact::{Contact, write};
use crate::error::{Error, Kind, Result};
use crate::frontends::call::{Call, Class};
use crate::graph::address::Container;
use crate::operations::Connector;
use crate::operations::contact_class::Uid;
use crate::operations::network::Network;
use crate::operations::schema::schema;
use crate::operations::search::{Found, Search};
use crate::operations::sync::{Sync, SyncDelta};
use crate::operations::user::Outcome;

/// Runs an operation. `arguments` is the text of a JSON object.
pub fn invoke<N: Network>(connector: &Connector<'_, N>, operation: &str, arguments: &str) -> Result<Value> {
    let version = connector.service().version;
    let show = |contact: Contact| Value::Object(write::shown(&contact, version));
    match Call::read(operation, arguments, version)? {
        Call::List(container, selection) => {
            let mut listed = Vec::new();
            connector.list_contacts(&container, &selection, |contact| listed.push(show(contact)))?;
            Ok(listed.into())
        }
        Call::Get(container, id, selection) => connector.get_contact(&container, &id, &selection).map(show),
        Call::Create(container, contact, key) => connector.create_contact(&container, &contact, key.as_deref()).map(show),
        Call::Update(container, id, contact) => connector.update_contact(&container, &id, &contact).map(show),
        Call::Delete(container, id) => connector.delete_contact(&container, &id).map(|()| json!({})),
        Call::Batch(container, changes) => {
            let outcome = |result: Result<Option<Contact>>| match result {
                Ok(Some(contact)) => json!({"done": true, "contact": show(contact)}),
                Ok(None) => json!({"done": true}),
                Err(problem) => json!({"done": false, "error": error(&problem)}),
            };
            Ok(connector.change_contacts(&container, &changes).into_iter().map(outcome).collect())
        }
        Call::Schema => Ok(schema(version)),
        Call::Test => connector.test().map(|()| json!({})),
        Call::GetObject(class, uid, names) => get(connector, class, &uid, &names).map(Value::Object),
        Call::Search(class, search) => {
            let found = self::search(connector, class, &search)?;
            let objects: Vec<Value> = found.objects.into_iter().map(Value::Object).collect();
            Ok(json!({"objects": objects, "cookie": found.cookie}))
        }
        Call::Sync(class, container, token) => {
            let sync = self::sync(connector, class, &container, token.as_deref())?;
            let deltas: Vec<Value> = sync.deltas.into_iter().map(sync_delta).collect();
            Ok(json!({"deltas": deltas, "token": sync.token, "more": sync.more}))
        }
        Call::LatestSyncToken(class, container) => {
            latest_sync_token(connector, class, &container).map(|token| json!({"token": token}))
        }
        Call::Reconcile(class, container, known) => {
            Ok(reconcile(connector, class, &container, &known)?.into_iter().map(sync_delta).collect())
        }
        Call::CreateObject(class, attributes, key) => {
            create(connector, class, &attributes, key.as_deref()).map(|uid| json!({"uid": uid}))
        }
        Call::UpdateObject(class, uid, revision, attributes, key) => {
            let outcomes = update(connector, class, &uid, revision.as_deref(), &attributes, key.as_deref())?;
            Ok(outcomes.iter().map(outcome).collect())
        }
        Call::DeleteObject(class, uid, revision) => delete(connector, class, &uid, revision.as_deref()).map(|()| json!({})),
    }
}

/// ICF's get: an object, with the attributes of these names; none means those returned by default.
pub fn get<N: Network>(connector: &Connector<'_, N>, class: Class, uid: &str, names: &[String]) -> Result<Map<String, Value>> {
    match class {
        Class::User => connector.get_user(uid, &names.iter().map(String::as_str).collect::<Vec<_>>()),
        Class::Contact => {
            let mut object = connector.get_contact_object(&Uid::decode(uid)?)?;
            object.retain(|name, _| names.is_empty() || name.starts_with('_') || names.contains(name));
            Ok(object)
        }
    }
}

/// ICF's search.
pub fn search<N: Network>(connector: &Connector<'_, N>, class: Class, search: &Search) -> Result<Found> {
    match class {
        Class::User => Err(Error::new(Kind::Unsupported, "users are not searched by this connector; read one by its id")),
        Class::Contact => connector.search_contacts(search),
    }
}

/// ICF's sync, of the objects of a container.
pub fn sync<N: Network>(connector: &Connector<'_, N>, class: Class, container: &Container, token: Option<&str>) -> Result<Sync> {
    followed(class).and_then(|()| connector.sync_contacts(container, token))
}

/// ICF's latest sync token, of a container.
pub fn latest_sync_token<N: Network>(connector: &Connector<'_, N>, class: Class, container: &Container) -> Result<String> {
    followed(class).and_then(|()| connector.latest_sync_token(container))
}

/// What has changed since objects had these revisions, by uid.
pub fn reconcile<N: Network>(
    connector: &Connector<'_, N>,
    class: Class,
    container: &Container,
    known: &BTreeMap<String, String>,
) -> Result<Vec<SyncDelta>> {
    followed(class).and_then(|()| connector.reconcile(container, known))
}

fn followed(class: Class) -> Result<()> {
    match class {
        Class::Contact => Ok(()),
        Class::User => Err(Error::new(Kind::Unsupported, "users are not followed by this connector; their contacts are")),
    }
}

fn sync_delta(delta: SyncDelta) -> Value {
    match delta {
        SyncDelta::CreateOrUpdate(object) => json!({"uid": object.get("_id"), "object": object}),
        SyncDelta::Delete(uid) => json!({"uid": uid, "deleted": true}),
    }
}

/// ICF's create: gives the uid of the new object.
pub fn create<N: Network>(
    connector: &Connector<'_, N>,
    class: Class,
    attributes: &Map<String, Value>,
    key: Option<&str>,
) -> Result<String> {
    match class {
        Class::User => Err(Error::new(Kind::Unsupported, "users are not created by this connector; it writes their contacts")),
        Class::Contact => {
            let created = connector.create_contact_object(attributes, key)?;
            Ok(created.get("_id").and_then(Value::as_str).unwrap_or_default().to_owned())
        }
    }
}

/// ICF's update: gives the outcomes of the values of special attributes.
pub fn update<N: Network>(
    connector: &Connector<'_, N>,
    class: Class,
    uid: &str,
    revision: Option<&str>,
    attributes: &Map<String, Value>,
    key: Option<&str>,
) -> Result<Vec<Outcome>> {
    match class {
        Class::User => Ok(connector.update_user(uid, revision, attributes, key)?.outcomes),
        Class::Contact => connector.update_contact_object(&Uid::decode(uid)?, revision, attributes).map(|_| Vec::new()),
    }
}

/// ICF's delete.
pub fn delete<N: Network>(connector: &Connector<'_, N>, class: Class, uid: &str, revision: Option<&str>) -> Result<()> {
    match class {
        Class::User => Err(Error::new(Kind::Unsupported, "users are not deleted by this connector; it writes their contacts")),
        Class::Contact => connector.delete_contact_object(&Uid::decode(uid)?, revision).map(|_| ()),
    }
}

/// An outcome as JSON: `done`, or the error.
pub fn outcome(outcome: &Outcome) -> Value {
    let mut shown = json!({"attribute": outcome.attribute, "position": outcome.position});
    if let Some(id) = &outcome.id {
        shown["id"] = json!(id);
    }
    match &outcome.error {
        None => shown["done"] = json!(true),
        Some(problem) => {
            shown["done"] = json!(false);
            shown["error"] = error(problem);
        }
    }
    shown
}

/// An error as JSON, with the fields of `types.error` that have a value.
pub fn error(error: &Error) -> Value {
    let mut shown =
        json!({"kind": error.kind.name(), "message": error.message, "mayHaveTakenEffect": error.may_have_taken_effect});
    if !error.attributes.is_empty() {
        shown["attributes"] = json!(error.attributes);
    }
    if let Some(exchange) = &error.exchange {
        let retry_after = exchange.retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        for (name, value) in [
            ("httpStatus", json!(exchange.http_status)),
            ("graphCode", json!(exchange.graph_code)),
            ("requestId", json!(exchange.request_id)),
            ("clientRequestId", json!(exchange.client_request_id)),
            ("retryAfterMs", json!(retry_after)),
        ] {
            if !value.is_null() {
                shown[name] = value;
            }
        }
    }
    shown
}
