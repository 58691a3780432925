//! Contact photos, open extensions, folders, delta and permanent deletion, through the JSON interface.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::fixture::{Fixture, UID, add_new_rows, connector, invoke, run};

/// A JPEG of one by two pixels: start, frame header, end (ITU-T T.81).
const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 2, 0, 1, 1, 1, 0x11, 0, 0xff, 0xd9];

async fn invoke_ok(fixture: &Fixture, operation: &str, arguments: Value) -> Value {
    invoke(fixture, operation, arguments).await.unwrap_or_else(|error| panic!("{operation}: {error}"))
}

#[test]
fn photo_round_trips() {
    run(async {
        let fixture = Fixture::start().await;
        let id = fixture.add(json!({"givenName": "Ada"}));
        let contact = json!({"mailbox": UID, "id": id});
        let none = invoke(&fixture, "contacts.getPhoto", contact.clone()).await.unwrap_err();
        assert_eq!(none["kind"], "unknown-uid", "{none}");
        let with = |content: String| json!({"mailbox": UID, "id": id, "content": content});
        assert_eq!(invoke_ok(&fixture, "contacts.putPhoto", with(STANDARD.encode(JPEG))).await, json!({}));
        let photo = invoke_ok(&fixture, "contacts.getPhoto", contact).await;
        assert_eq!(photo, json!({"mediaType": "image/jpeg", "content": STANDARD.encode(JPEG)}));
        fixture.emulator.clear_requests();
        for wrong in ["GIF89a".to_owned(), "!".to_owned(), STANDARD.encode(b"GIF89a")] {
            let error = invoke(&fixture, "contacts.putPhoto", with(wrong)).await.unwrap_err();
            assert_eq!(error["kind"], "invalid-attribute-value", "{error}");
        }
        assert!(fixture.sent().is_empty());
    });
}

#[test]
fn extensions_are_created_updated_and_deleted() {
    run(async {
        let fixture = Fixture::start().await;
        let id = fixture.add(json!({"givenName": "Ada"}));
        let name = "Com.Contoso.Referral";
        let read = async || {
            let arguments = json!({"mailbox": UID, "id": id, "extensions": true});
            invoke_ok(&fixture, "contacts.get", arguments).await.get("extensions").cloned().unwrap_or_else(|| json!([]))
        };
        let put = |properties: Value| json!({"mailbox": UID, "id": id, "name": name, "properties": properties});
        invoke_ok(&fixture, "contacts.putExtension", put(json!({"company": "Wingtip", "value": 7}))).await;
        invoke_ok(&fixture, "contacts.putExtension", put(json!({"value": 8}))).await;
        let extensions = read().await;
        assert_eq!((&extensions[0]["extensionName"], &extensions[0]["value"]), (&json!(name), &json!(8)), "{extensions}");
        assert_eq!(extensions[0]["company"], "Wingtip");
        let which = json!({"mailbox": UID, "id": id, "name": name});
        invoke_ok(&fixture, "contacts.deleteExtension", which.clone()).await;
        assert_eq!(read().await, json!([]));
        assert_eq!(invoke(&fixture, "contacts.deleteExtension", which).await.unwrap_err()["kind"], "unknown-uid");
        let reserved = invoke(&fixture, "contacts.putExtension", put(json!({"extensionName": "x"}))).await.unwrap_err();
        assert_eq!(reserved["kind"], "invalid-attribute-value");
        let gone = json!({"mailbox": UID, "id": "gone", "name": name, "properties": {}});
        assert_eq!(invoke(&fixture, "contacts.putExtension", gone).await.unwrap_err()["kind"], "unknown-uid");
    });
}

#[test]
fn folder_operations_manage_folders() {
    run(async {
        let fixture = Fixture::start().await;
        let created = invoke_ok(&fixture, "folders.create", json!({"mailbox": UID, "displayName": "Suppliers"})).await;
        let id = created["id"].as_str().unwrap();
        let inner = invoke_ok(&fixture, "folders.create", json!({"mailbox": UID, "folders": [id], "displayName": "Inner"})).await;
        assert_eq!(inner["parentFolderId"], created["id"]);
        assert_eq!(invoke_ok(&fixture, "folders.list", json!({"mailbox": UID})).await, json!([created]));
        assert_eq!(invoke_ok(&fixture, "folders.list", json!({"mailbox": UID, "folders": [id]})).await, json!([inner]));
        let renamed = invoke_ok(&fixture, "folders.rename", json!({"mailbox": UID, "id": id, "displayName": "Vendors"})).await;
        assert_eq!(renamed["displayName"], "Vendors");
        assert_eq!(invoke_ok(&fixture, "folders.get", json!({"mailbox": UID, "id": id})).await, renamed);
        let move_to = |id: &Value, parent: &str| json!({"mailbox": UID, "id": id, "parentFolderId": parent});
        let moved = invoke_ok(&fixture, "folders.move", move_to(&inner["id"], "contacts")).await;
        assert_eq!(moved["parentFolderId"], renamed["parentFolderId"], "both are in the default folder now");
        let into_itself = invoke(&fixture, "folders.move", move_to(&inner["id"], inner["id"].as_str().unwrap())).await;
        assert_eq!(into_itself.unwrap_err()["kind"], "invalid-attribute-value");
        let nowhere = invoke(&fixture, "folders.move", move_to(&inner["id"], "nowhere")).await;
        assert_eq!(nowhere.unwrap_err()["kind"], "unknown-uid");
        invoke_ok(&fixture, "folders.delete", json!({"mailbox": UID, "id": inner["id"]})).await;
        invoke_ok(&fixture, "folders.delete", json!({"mailbox": UID, "id": id, "permanently": true})).await;
        assert!(fixture.sent().iter().any(|line| line.ends_with("/permanentDelete")), "{:?}", fixture.sent());
        assert_eq!(invoke_ok(&fixture, "folders.list", json!({"mailbox": UID})).await, json!([]));
        let error = invoke(&fixture, "folders.get", json!({"mailbox": UID, "id": id})).await.unwrap_err();
        assert_eq!(error["kind"], "unknown-uid");
    });
}

#[test]
fn delta_operation_reports_permanent_deletion() {
    run(async {
        let fixture = Fixture::start().await;
        let id = fixture.add(json!({"givenName": "Ada"}));
        // Reads to the end of a round: an empty page may come before and after the others.
        let read = async |token: Option<Value>| {
            let (mut changes, mut token) = (Vec::new(), token);
            loop {
                let page = invoke_ok(&fixture, "contacts.delta", json!({"mailbox": UID, "token": token})).await;
                add_new_rows(&mut changes, &page["changes"]);
                token = Some(page["token"].clone());
                if page["more"] == false {
                    return (changes, token);
                }
            }
        };
        let (first, token) = read(None).await;
        assert_eq!((&first[0]["id"], &first[0]["contact"]["givenName"]), (&json!(id), &json!("Ada")));
        invoke_ok(&fixture, "contacts.delete", json!({"mailbox": UID, "id": id, "permanently": true})).await;
        let (changes, _) = read(token).await;
        assert_eq!(changes, [json!({"id": id, "removed": true})]);
        let error =
            invoke(&fixture, "contacts.delete", json!({"mailbox": UID, "id": id, "permanently": true})).await.unwrap_err();
        assert_eq!(error["kind"], "unknown-uid");
    });
}

/// The same operations through the typed interface.
#[test]
fn typed_interface_has_bytes_and_records() {
    use graph_contacts_host::bindings::exports::graph_contacts::connector::types::Container;
    run(async {
        let fixture = Fixture::start().await;
        let id = fixture.add(json!({"givenName": "Ada"}));
        let mailbox = Container { mailbox: UID.to_owned(), folders: Vec::new() };
        let connector = connector();
        connector
            .call(&fixture.settings, async |component, store| {
                let contacts = component.graph_contacts_connector_contacts();
                contacts.call_put_photo(&mut *store, &mailbox, &id, JPEG).await?.unwrap();
                assert_eq!(contacts.call_get_photo(&mut *store, &mailbox, &id).await?.unwrap().content, JPEG);
                let folder = contacts.call_create_folder(&mut *store, &mailbox, "Suppliers").await?.unwrap();
                assert_eq!(folder.display_name.as_deref(), Some("Suppliers"));
                let delta = contacts.call_delta(&mut *store, &mailbox, None).await?.unwrap();
                assert_eq!(delta.changes[0].contact.as_ref().unwrap().given_name.as_deref(), Some("Ada"));
                contacts.call_permanently_delete_contact(&mut *store, &mailbox, &id).await?.unwrap();
                let outer = contacts.call_create_folder(&mut *store, &mailbox, "Outer").await?.unwrap();
                let moved = contacts.call_move_folder(&mut *store, UID, &folder.id, &outer.id).await?.unwrap();
                assert_eq!(moved.parent_folder_id.as_deref(), Some(outer.id.as_str()));
                let below = contacts.call_move_folder(&mut *store, UID, &outer.id, &folder.id).await?.unwrap_err();
                assert!(below.message.contains("inside it"), "{}", below.message);
                contacts.call_delete_folder(&mut *store, UID, &folder.id, false).await?.unwrap();
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(fixture.contacts().await, [json!(null); 0]);
    });
}
