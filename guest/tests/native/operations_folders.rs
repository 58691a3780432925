//! Updates of folders: names, and moves to another folder.

use connector::contact::folder::FolderChanges;
use connector::error::ErrorKind;
use connector::graph::address::{Container, Mailbox};
use connector::operations::icf::object_class::ObjectClass;
use connector::operations::icf::uid::Uid;
use serde_json::{Value, json};

use crate::script::{Script, connector, graph_error, service};

fn folder(id: &str, parent: &str) -> Value {
    json!({"id": id, "displayName": id, "parentFolderId": parent})
}

fn move_folder(script: &Script, id: &str, parent: &str) -> Result<Value, (ErrorKind, String)> {
    let service = service();
    let moved = connector(&service, script).update_folder(&Mailbox::from_name("u"), id, &FolderChanges::move_to(parent));
    moved.map(|folder| json!(folder.parent_folder_id.value())).map_err(|error| (error.kind, error.message))
}

/// "Update contactFolder": `parentFolderId` of the body. The default folder's own parent is not a folder of contacts.
#[test]
fn move_checks_ancestors_then_updates() {
    let script = Script::new()
        .then(200, folder("new", "default"))
        .then(200, folder("default", "root"))
        .then_error(404, "ErrorItemNotFound")
        .then(200, folder("f", "new"));
    assert_eq!(move_folder(&script, "f", "new"), Ok(json!("new")));
    assert_eq!(
        script.lines(),
        [
            "GET /v1.0/users/u/contactFolders/new",
            "GET /v1.0/users/u/contactFolders/default",
            "GET /v1.0/users/u/contactFolders/root",
            "PATCH /v1.0/users/u/contactFolders/f",
        ]
    );
    assert_eq!(script.body(3), json!({"parentFolderId": "new"}));
}

#[test]
fn parent_can_be_default_folder_by_name() {
    let script = Script::new()
        .then(200, folder("default", "root"))
        .then_error(400, "ErrorInvalidIdMalformed")
        .then_bytes(204, &[], b"")
        .then(200, folder("f", "default"));
    assert_eq!(move_folder(&script, "f", "contacts"), Ok(json!("default")), "a response without a body is read again");
    assert!(script.is_done());
}

#[test]
fn folder_is_not_moved_into_itself() {
    let script = Script::new();
    let (kind, message) = move_folder(&script, "f", "f").unwrap_err();
    assert_eq!(kind, ErrorKind::InvalidAttributeValue);
    assert!(message.contains("parentFolderId") && message.contains("inside it"), "{message}");
    let script =
        Script::new().then(200, folder("deep", "child")).then(200, folder("child", "f")).then(200, folder("f", "default"));
    let (kind, message) = move_folder(&script, "f", "deep").unwrap_err();
    assert_eq!(kind, ErrorKind::InvalidAttributeValue, "{message}");
    assert!(message.contains("deep") && message.contains("inside it"), "{message}");
    assert!(script.lines().iter().all(|line| line.starts_with("GET ")), "{:?}", script.lines());
    // A service that returns a folder as its own ancestor.
    let script = Script::new()
        .then(200, folder("a", "b"))
        .then(200, folder("b", "a"))
        .then(200, folder("a", "b"))
        .then(200, folder("f", "a"));
    assert_eq!(move_folder(&script, "f", "a"), Ok(json!("a")));
}

#[test]
fn unknown_parent_is_reported_by_its_id() {
    for (status, code) in [(404, "ErrorItemNotFound"), (400, "ErrorInvalidIdMalformed")] {
        let script = Script::new().then_error(status, code);
        let (kind, message) = move_folder(&script, "f", "gone").unwrap_err();
        assert_eq!(kind, ErrorKind::UnknownUid, "{message}");
        assert!(message.contains("no contact folder gone exists"), "{message}");
    }
}

/// A status does not prove an effect: a service that ignores the property must not pass for one that moved the folder.
#[test]
fn ignored_move_is_an_error() {
    let script =
        Script::new().then(200, folder("new", "default")).then_error(404, "ErrorItemNotFound").then(200, folder("f", "old"));
    let (kind, message) = move_folder(&script, "f", "new").unwrap_err();
    assert_eq!(kind, ErrorKind::Unavailable);
    assert!(message.contains("did not move it"), "{message}");
}

#[test]
fn attributes_rename_and_move_at_once() {
    let service = service();
    let uid = Uid {
        container: Container::from_mailbox(Mailbox::from_name("671fa173-ad81-41c3-89bf-af939426eee7")),
        id: "f".to_owned(),
    }
    .encode();
    let update = |script: &Script, attributes: Value| {
        let updated = connector(&service, script).update_object(
            ObjectClass::ContactFolder,
            &uid,
            None,
            attributes.as_object().unwrap(),
            None,
        );
        updated.map(|updated| updated.object).map_err(|error| (error.kind, error.message))
    };
    let script = Script::new()
        .then(200, folder("f", "old"))
        .then(200, folder("new", "default"))
        .then(404, graph_error("ErrorItemNotFound"))
        .then(200, json!({"id": "f", "displayName": "Vendors", "parentFolderId": "new"}));
    let updated = update(&script, json!({"_id": uid, "displayName": "Vendors", "parentFolderId": "new"})).unwrap();
    assert_eq!((&updated["parentFolderId"], &updated["_id"]), (&json!("new"), &json!(uid)), "the uid stays");
    assert_eq!(script.body(3), json!({"displayName": "Vendors", "parentFolderId": "new"}));
    for bad in [json!(null), json!(""), json!(7)] {
        let script = Script::new().then(200, folder("f", "old"));
        let (kind, message) = update(&script, json!({"parentFolderId": bad})).unwrap_err();
        assert_eq!(kind, ErrorKind::InvalidAttributeValue);
        assert!(message.contains("parentFolderId"), "{message}");
    }
    let script = Script::new().then(200, folder("f", "old"));
    update(&script, json!({"parentFolderId": "old", "displayName": "f"})).unwrap();
    assert!(script.is_done(), "what is stored already is not written");
}
