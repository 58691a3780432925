//! The requests that a host allows: those that the connector sends, and no others.

use connector::contact::Version;
use connector::graph::service::Service;
use connector::operations::connector::Connector;
use connector::operations::send::network::Offline;
use graph_contacts::invoke::table::build_requests;
use protocol::allowed_requests::is_allowed;
use serde_json::{Value, json};

use crate::script::PLAIN;

/// Returns every operation that sends a request without reading first, with all its arguments.
fn operations() -> Vec<(&'static str, Value)> {
    let uid = {
        use base64::Engine;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json!(["u", "f", "c"]).to_string())
    };
    let mut all = Vec::new();
    for mailbox in ["me", "a#EXT#@contoso.com"] {
        for folders in [json!([]), json!(["f-="]), json!(["f", "g", "h"])] {
            let with = |more: Value| {
                let mut arguments = json!({"mailbox": mailbox, "folders": folders});
                arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                arguments
            };
            all.extend([
                ("contacts.list", with(json!({}))),
                ("contacts.get", with(json!({"id": "c", "extensions": true, "singleValueExtendedProperties": ["String 0x1"]}))),
                ("contacts.create", with(json!({"contact": {"givenName": "x"}}))),
                ("contacts.delete", with(json!({"id": "c"}))),
                ("contacts.delete", with(json!({"id": "c", "permanently": true}))),
                ("contacts.delta", with(json!({}))),
                ("contacts.getPhoto", with(json!({"id": "c"}))),
                ("contacts.putPhoto", with(json!({"id": "c", "content": "/9j/"}))),
                ("contacts.putExtension", with(json!({"id": "c", "name": "n", "properties": {}}))),
                ("contacts.deleteExtension", with(json!({"id": "c", "name": "n"}))),
                ("folders.list", with(json!({}))),
                ("folders.create", with(json!({"displayName": "x"}))),
                ("sync", with(json!({"objectClass": "contactFolder"}))),
                ("latestSyncToken", with(json!({"objectClass": "contact"}))),
                ("reconcile", with(json!({"objectClass": "contact", "known": {}}))),
            ]);
        }
        all.extend([
            ("folders.get", json!({"mailbox": mailbox, "id": "f"})),
            ("folders.rename", json!({"mailbox": mailbox, "id": "f", "displayName": "x"})),
            ("folders.move", json!({"mailbox": mailbox, "id": "f", "parentFolderId": "x"})),
            ("folders.delete", json!({"mailbox": mailbox, "id": "f"})),
            ("folders.delete", json!({"mailbox": mailbox, "id": "f", "permanently": true})),
            ("get", json!({"objectClass": "user", "uid": mailbox, "attributesToGet": ["contacts", "mail"]})),
            ("search", json!({"objectClass": "contact", "filter": format!("mailbox eq \"{mailbox}\"")})),
            ("update", json!({"objectClass": "user", "uid": mailbox, "attributes": {"__removeContacts__": ["c"]}})),
        ]);
    }
    all.extend([
        ("test", json!({})),
        (
            "get",
            json!({"objectClass": "orgContact", "uid": "o", "attributesToGet": ["mail", "manager", "directReports", "memberOf"]}),
        ),
        ("get", json!({"objectClass": "orgContact", "uid": "o", "attributesToGet": ["transitiveMemberOf"]})),
        ("search", json!({"objectClass": "orgContact", "filter": "mail sw \"x\""})),
        ("delete", json!({"objectClass": "orgContact", "uid": "o"})),
        ("sync", json!({"objectClass": "orgContact"})),
        ("orgContacts.list", json!({"search": "x", "orderBy": ["displayName"]})),
        ("orgContacts.get", json!({"id": "o"})),
        ("orgContacts.delete", json!({"id": "o"})),
        ("orgContacts.delta", json!({})),
        ("orgContacts.getManager", json!({"id": "o"})),
        ("orgContacts.listDirectReports", json!({"id": "o"})),
        ("orgContacts.listMemberOf", json!({"id": "o"})),
        ("orgContacts.listTransitiveMemberOf", json!({"id": "o"})),
        ("orgContacts.getMemberGroups", json!({"id": "o"})),
        ("orgContacts.checkMemberGroups", json!({"id": "o", "groupIds": ["g"]})),
        ("orgContacts.getByIds", json!({"ids": ["o"]})),
        ("search", json!({"objectClass": "user", "filter": "mail ew \"x\""})),
        ("get", json!({"objectClass": "contact", "uid": uid})),
        ("delete", json!({"objectClass": "contact", "uid": uid})),
        ("delete", json!({"objectClass": "contactFolder", "uid": uid})),
    ]);
    all
}

#[test]
fn request_of_every_operation_is_allowed() {
    for version in [Version::V1, Version::Beta] {
        let service = Service::new(Service::GLOBAL_ENDPOINT, version).unwrap();
        let connector = Connector::new(&service, &Offline, &PLAIN);
        for (operation, arguments) in operations() {
            let requests = build_requests(&connector, operation, &arguments.to_string()).unwrap();
            assert!(!requests.is_empty(), "{operation}");
            for request in requests {
                assert!(
                    is_allowed(request.method().as_str(), request.uri().path(), false),
                    "{operation} {arguments}: {request:?}"
                );
            }
        }
    }
    for (method, path) in
        [("PATCH", "/v1.0/users/u/contacts/c"), ("PATCH", "/v1.0/contacts/o"), ("POST", "/v1.0/$batch"), ("POST", "/beta/$batch")]
    {
        assert!(is_allowed(method, path, false), "{method} {path}");
    }
    // In the spellings of Microsoft's own links.
    for path in [
        "/v1.0/me/contactfolders('AAMk%3D')/contacts/delta",
        "/v1.0/users('a@b.example')/contactFolders('AAMk=')/contacts/delta()",
        "/v1.0/users('o''b@c.example')/contacts",
        "/beta/Users/a%40b.example/ContactFolders/AAMk=/childfolders('B')/contacts/microsoft.graph.delta()",
        "/v1.0/users('$name')/contacts",
        "/v1.0/users()",
    ] {
        assert!(is_allowed("GET", path, false), "{path}");
    }
}

/// An application with the permissions of the connector, or with more, could send these.
#[test]
fn other_requests_are_refused() {
    for (method, path) in [
        ("POST", "/v1.0/users"),
        ("DELETE", "/v1.0/users/u"),
        ("PATCH", "/v1.0/users/u"),
        ("GET", "/v1.0/users/u/messages"),
        ("POST", "/v1.0/users/u/sendMail"),
        ("GET", "/v1.0/me/drive"),
        ("GET", "/v1.0/users/u/contacts/c/photo"),
        ("GET", "/v1.0/groups"),
        ("POST", "/v1.0/contacts"),
        ("POST", "/v1.0/contacts/o/restore"),
        ("POST", "/v1.0/contacts/o/getMemberObjects"),
        ("POST", "/v1.0/contacts/o/retryServiceProvisioning"),
        ("GET", "/v1.0/contacts/o/getMemberGroups"),
        ("POST", "/v1.0/users/u/getMemberGroups"),
        ("POST", "/v1.0/users/u/contacts/c/checkMemberGroups"),
        ("POST", "/v1.0/directoryObjects/o/checkMemberGroups"),
        ("GET", "/v1.0/directoryObjects/o"),
        ("POST", "/v1.0/directoryObjects"),
        ("PATCH", "/v1.0/contacts/o/onPremisesSyncBehavior"),
        ("GET", "/v1.0/applications"),
        ("GET", "/v2.0/users"),
        ("GET", "/users"),
        ("GET", "v1.0/users"),
        ("GET", "/v1.0/users/"),
        ("GET", "/v1.0//users"),
        ("GET", "/v1.0/users/u/contacts/../messages"),
        ("GET", "/v1.0/users/u/contacts/%2e%2E"),
        ("GET", "/v1.0/users/u/contacts/x%2F..%2F..%2Fmessages"),
        ("GET", "/v1.0/users/u%2Fmessages"),
        ("GET", "/v1.0/users/u%5Cmessages"),
        ("GET", "/v1.0/users('u')/messages('m')"),
        ("GET", "/v1.0/users('u/messages')"),
        ("GET", "/v1.0/users(u)/contacts"),
        ("GET", "/v1.0/users/$count"),
        ("GET", "/v1.0/users/delta"),
        ("GET", "/v1.0/users/u/contacts/$count"),
        ("GET", "/v1.0/users/u/contacts/c/microsoft.graph.contact"),
        ("GET", "/v1.0/users/u/childFolders/f/contacts"),
        ("GET", "/v1.0/users/u/contactFolders/f/contactFolders/g/contacts"),
        ("POST", "/v1.0/users/u/contactFolders/f/childFolders/g/permanentDelete"),
        ("GET", "/v1.0/users/u/contactFolders/f/messages"),
        ("PUT", "/v1.0/users/u/contacts/c"),
        ("GET", "/v1.0/$batch"),
        ("get", "/v1.0/users"),
        ("CONNECT", "/v1.0/users"),
        ("", ""),
    ] {
        assert!(!is_allowed(method, path, false), "{method} {path}");
    }
}
