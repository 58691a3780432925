//! Operations by name, with JSON arguments and JSON answers: `wit/json.wit`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::invoke::call::Call;
use connector::contact::{Contact, Folder, folder, to_json};
use connector::error::Result;
use connector::operations::connector::Connector;
use connector::operations::icf::outcome::Outcome;
use connector::operations::icf::schema::schema;
use connector::operations::send::network::Network;

/// Runs an operation. `arguments` is the text of a JSON object.
pub fn invoke<N: Network>(connector: &Connector<'_, N>, operation: &str, arguments: &str) -> Result<Value> {
    let version = connector.service().version;
    let show = |contact: Contact| Value::Object(to_json::write_for_caller(&contact, version));
    let show_folder = |folder: Folder| Value::Object(folder::write_for_caller(&folder, version));
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
                Err(problem) => json!({"done": false, "error": problem.to_json()}),
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
            let deltas: Vec<Value> = sync.changes.into_iter().map(|change| change.to_json()).collect();
            Ok(json!({"deltas": deltas, "token": sync.token, "more": sync.more}))
        }
        Call::LatestSyncToken(class, container) => {
            connector.latest_sync_token(class, &container).map(|token| json!({"token": token}))
        }
        Call::Reconcile(class, container, known) => {
            Ok(connector.reconcile(class, &container, &known)?.into_iter().map(|change| change.to_json()).collect())
        }
        Call::CreateObject(class, attributes, key) => {
            connector.create_object(class, &attributes, key.as_deref()).map(|object| json!({"uid": uid_of(&object)}))
        }
        Call::UpdateObject(class, uid, revision, attributes, key) => {
            let updated = connector.update_object(class, &uid, revision.as_deref(), &attributes, key.as_deref())?;
            Ok(updated.outcomes.iter().map(Outcome::to_json).collect())
        }
        Call::DeleteObject(class, uid, revision) => connector.delete_object(class, &uid, revision.as_deref()).map(|_| json!({})),
    }
}

/// Returns the uid of an object.
pub fn uid_of(object: &Map<String, Value>) -> String {
    object.get("_id").and_then(Value::as_str).unwrap_or_default().to_owned()
}
