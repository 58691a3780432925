//! Operations by name, with JSON arguments and JSON answers: `wit/json.wit`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::contact::{Contact, Folder, folder, write};
use crate::error::{Error, Result};
use crate::frontends::call::Call;
use crate::operations::Connector;
use crate::operations::network::Network;
use crate::operations::schema::schema;
use crate::operations::sync::SyncDelta;
use crate::operations::user::Outcome;

/// Runs an operation. `arguments` is the text of a JSON object.
pub fn invoke<N: Network>(connector: &Connector<'_, N>, operation: &str, arguments: &str) -> Result<Value> {
    let version = connector.service().version;
    let show = |contact: Contact| Value::Object(write::shown(&contact, version));
    let show_folder = |folder: Folder| Value::Object(folder::shown(&folder, version));
    let done = |()| json!({});
    match Call::read(operation, arguments, version)? {
        Call::List(container, selection) => {
            let mut listed = Vec::new();
            connector.list_contacts(&container, &selection, |contact| {
                listed.push(show(contact));
                Ok(())
            })?;
            Ok(listed.into())
        }
        Call::Get(container, id, selection) => connector.get_contact(&container, &id, &selection).map(show),
        Call::Create(container, contact, key) => connector.create_contact(&container, &contact, key.as_deref()).map(show),
        Call::Update(container, id, contact) => connector.update_contact(&container, &id, &contact).map(show),
        Call::Delete(container, id, false) => connector.delete_contact(&container, &id).map(done),
        Call::Delete(container, id, true) => connector.permanently_delete_contact(&container, &id).map(done),
        Call::Batch(container, changes) => {
            let outcome = |result: Result<Option<Contact>>| match result {
                Ok(Some(contact)) => json!({"done": true, "contact": show(contact)}),
                Ok(None) => json!({"done": true}),
                Err(problem) => json!({"done": false, "error": error(&problem)}),
            };
            Ok(connector.change_contacts(&container, &changes).into_iter().map(outcome).collect())
        }
        Call::Delta(container, token) => {
            let delta = connector.contact_delta(&container, token.as_deref())?;
            let change = |(id, contact): (String, Option<Contact>)| match contact {
                Some(contact) => json!({"id": id, "contact": show(contact)}),
                None => json!({"id": id, "removed": true}),
            };
            let changes: Vec<Value> = delta.changes.into_iter().map(change).collect();
            Ok(json!({"changes": changes, "token": delta.token, "more": delta.more}))
        }
        Call::GetPhoto(container, id) => {
            let picture = connector.get_photo(&container, &id)?;
            Ok(json!({"mediaType": picture.media_type, "content": STANDARD.encode(picture.content)}))
        }
        Call::PutPhoto(container, id, jpeg) => connector.put_photo(&container, &id, jpeg).map(done),
        Call::PutExtension(container, id, name, properties) => {
            connector.put_extension(&container, &id, &name, &properties).map(done)
        }
        Call::DeleteExtension(container, id, name) => connector.delete_extension(&container, &id, &name).map(done),
        Call::ListFolders(container) => Ok(connector.list_folders(&container)?.into_iter().map(show_folder).collect()),
        Call::GetFolder(mailbox, id) => connector.get_folder(&mailbox, &id).map(show_folder),
        Call::CreateFolder(container, name) => connector.create_folder(&container, &name).map(show_folder),
        Call::RenameFolder(mailbox, id, name) => connector.rename_folder(&mailbox, &id, &name).map(show_folder),
        Call::DeleteFolder(mailbox, id, permanently) => connector.delete_folder(&mailbox, &id, permanently).map(done),
        Call::OrgContact(call) => call.run(connector),
        Call::Schema => Ok(schema(version)),
        Call::Test => connector.test().map(done),
        Call::GetObject(class, uid, names) => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            connector.get_object(class, &uid, &names).map(Value::Object)
        }
        Call::Search(class, search) => {
            let mut objects = Vec::new();
            let found = connector.search_objects(class, &search, &mut |object| {
                objects.push(Value::Object(object));
                Ok(())
            })?;
            Ok(json!({"objects": objects, "cookie": found.cookie}))
        }
        Call::Sync(class, container, token) => {
            let sync = connector.sync_objects(class, &container, token.as_deref())?;
            let deltas: Vec<Value> = sync.changes.into_iter().map(sync_delta).collect();
            Ok(json!({"deltas": deltas, "token": sync.token, "more": sync.more}))
        }
        Call::LatestSyncToken(class, container) => {
            connector.latest_sync_token(class, &container).map(|token| json!({"token": token}))
        }
        Call::Reconcile(class, container, known) => {
            Ok(connector.reconcile(class, &container, &known)?.into_iter().map(sync_delta).collect())
        }
        Call::CreateObject(class, attributes, key) => {
            connector.create_object(class, &attributes, key.as_deref()).map(|object| json!({"uid": uid(&object)}))
        }
        Call::UpdateObject(class, uid, revision, attributes, key) => {
            let updated = connector.update_object(class, &uid, revision.as_deref(), &attributes, key.as_deref())?;
            Ok(updated.outcomes.iter().map(outcome).collect())
        }
        Call::DeleteObject(class, uid, revision) => connector.delete_object(class, &uid, revision.as_deref()).map(|_| json!({})),
    }
}

/// The uid of an object.
pub fn uid(object: &Map<String, Value>) -> String {
    object.get("_id").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A change as JSON.
pub fn sync_delta(delta: SyncDelta) -> Value {
    match delta {
        SyncDelta::CreateOrUpdate(object) => json!({"uid": object.get("_id"), "object": object}),
        SyncDelta::Delete(uid) => json!({"uid": uid, "deleted": true}),
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
