//! The WIT interface `requests`: the requests of an operation, built without being sent.

use graph_contacts_host::bindings::exports::graph_contacts::connector::types::{Contact, ContactProperty, Container, ErrorKind};
use graph_emulator::{Fault, FaultKind};
use http::Method;
use serde_json::{Value, json};

use crate::fixture::{Fixture, UID, call, run};
use crate::typed_interfaces::{ada, empty_contact, mailbox};

#[test]
fn request_is_built_without_sending() {
    run(async {
        let fixture = Fixture::start().await;
        fixture.emulator.inject(Fault::new(FaultKind::Close).forever());
        let endpoint = fixture.emulator.endpoint();
        let created = call!(fixture, graph_contacts_connector_requests.call_build_create(&mailbox(), &ada(), None)).unwrap();
        assert_eq!((created.method.as_str(), created.url), ("POST", format!("{endpoint}/v1.0/users/{UID}/contacts")));
        let body: Value = serde_json::from_str(&created.body.unwrap()).unwrap();
        assert_eq!(
            body,
            json!({
                "givenName": "Ada", "surname": "Lovelace", "birthday": "1815-12-10T11:59:00Z", "categories": ["Friends"],
                "businessPhones": ["1", "2"], "homePhones": ["3"], "mobilePhone": "4", "businessHomePage": "https://ada.example",
                "homeAddress": {"city": "London", "countryOrRegion": "UK"},
            })
        );
        assert!(created.headers.iter().any(|(name, value)| name == "content-type" && value == "application/json"));
        assert!(created.headers.iter().all(|(name, _)| name != "authorization"));

        let folder = Container { mailbox: "me".to_owned(), folders: vec!["f?1".to_owned(), "g".to_owned()] };
        let listed = call!(fixture, graph_contacts_connector_requests.call_build_list(&folder, None)).unwrap();
        assert_eq!(listed.url, format!("{endpoint}/v1.0/me/contactFolders/f%3F1/childFolders/g/contacts"));

        let set = Contact { surname: Some("King".to_owned()), ..empty_contact() };
        let stored = Contact { display_name: Some("Ada L.".to_owned()), ..ada() };
        let changed = call!(
            fixture,
            graph_contacts_connector_requests.call_build_update(&mailbox(), "c", &stored, &set, &[ContactProperty::Birthday])
        )
        .unwrap()
        .unwrap();
        let body: Value = serde_json::from_str(&changed.body.unwrap()).unwrap();
        assert_eq!(body, json!({"displayName": "Ada L.", "surname": "King", "birthday": null}));
        let same =
            call!(fixture, graph_contacts_connector_requests.call_build_update(&mailbox(), "c", &stored, &ada(), &[])).unwrap();
        assert!(same.is_none(), "{same:?}");
        let deleted = call!(fixture, graph_contacts_connector_requests.call_build_delete(&mailbox(), "c")).unwrap();
        assert_eq!((deleted.method.as_str(), deleted.body), (Method::DELETE.as_str(), None));
        assert!(fixture.sent().is_empty());
    });
}

#[test]
fn user_requests_are_built() {
    run(async {
        let fixture = Fixture::start().await;
        let contacts = ["contacts".to_owned()];
        let get = call!(fixture, graph_contacts_connector_requests.call_build_get_user(UID, &contacts)).unwrap();
        assert_eq!(get.len(), 1);
        assert!(get[0].url.ends_with(&format!("/users/{UID}/contacts")), "{}", get[0].url);
        let attributes = json!({
            "__addContacts__": {"givenName": "New"}, "__removeContacts__": "r", "__updateContacts__": {"id": "c", "givenName": "Ada"},
        })
        .to_string();
        let stored = Contact { id: Some("c".to_owned()), given_name: Some("A.".to_owned()), ..empty_contact() };
        let requests = call!(
            fixture,
            graph_contacts_connector_requests.call_build_update_user(UID, &attributes, std::slice::from_ref(&stored))
        );
        let methods: Vec<String> = requests.unwrap().into_iter().map(|request| request.method).collect();
        assert_eq!(methods, ["GET", "GET", "PATCH", "POST", "DELETE"]);
        let error = call!(fixture, graph_contacts_connector_requests.call_build_update_user(UID, &attributes, &[])).unwrap_err();
        assert_eq!(error.attributes, ["stored"]);
        assert_eq!(call!(fixture, graph_contacts_connector_requests.call_build_test()).unwrap().method, "GET");
        assert!(fixture.sent().is_empty());
    });
}

#[test]
fn requests_of_every_operation_are_built() {
    run(async {
        let fixture = Fixture::start().await;
        let id = fixture.add(json!({"givenName": "Ada"}));
        let attributes = json!({"mailbox": "me", "givenName": "Ada"}).to_string();
        let uid = call!(fixture, graph_contacts_connector_connector.call_create("contact", &attributes, None)).unwrap();
        fixture.emulator.clear_requests();
        let contact = |more: Value| {
            let mut arguments = json!({"objectClass": "contact"});
            arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            arguments
        };
        for (operation, arguments, expected) in [
            (
                "contacts.list",
                json!({"mailbox": "u", "select": ["givenName"]}),
                &["GET /users/u/contacts?$select=changeKey,givenName"][..],
            ),
            ("contacts.get", json!({"mailbox": "u", "id": "c"}), &["GET /users/u/contacts/c"]),
            ("contacts.create", json!({"mailbox": "u", "contact": {"givenName": "x"}}), &["POST /users/u/contacts"]),
            ("contacts.delete", json!({"mailbox": "u", "id": "c"}), &["DELETE /users/u/contacts/c"]),
            ("contacts.batch", json!({"mailbox": "u", "changes": [{"delete": "c"}]}), &["DELETE /users/u/contacts/c"]),
            ("schema", json!({}), &[]),
            ("test", json!({}), &["GET /users?$top=1&$select=id"]),
            ("get", json!({"objectClass": "user", "uid": UID, "attributesToGet": ["contacts"]}), &["GET /users/{uid}/contacts"]),
            ("get", contact(json!({"uid": uid})), &["GET /me/contacts/{id}"]),
            ("create", contact(json!({"attributes": {"mailbox": "u", "givenName": "x"}})), &["POST /users/u/contacts"]),
            ("delete", contact(json!({"uid": uid})), &["GET /me/contacts/{id}", "DELETE /me/contacts/{id}"]),
            (
                "search",
                contact(json!({"filter": "mailbox eq \"u\" and displayName sw \"A\""})),
                &["GET /users/u/contacts?$filter=startswith(displayName,'A')"],
            ),
            ("sync", contact(json!({"mailbox": "u"})), &["GET /users/u/contacts/delta"]),
            ("latestSyncToken", contact(json!({"mailbox": "u"})), &["GET /users/u/contacts/delta"]),
            ("reconcile", contact(json!({"mailbox": "u", "known": {}})), &["GET /users/u/contacts"]),
        ] {
            let built = call!(fixture, graph_contacts_connector_requests.call_build(operation, &arguments.to_string()));
            let built = built.unwrap_or_else(|error| panic!("{operation}: {}", error.message));
            let prefix = format!("{}/v1.0", fixture.emulator.endpoint());
            let shown: Vec<String> = built
                .iter()
                .map(|request| {
                    let path = request.url.strip_prefix(&prefix).unwrap().replace(UID, "{uid}");
                    // The service generates the id of the created contact.
                    let path = if path.len() > 100 { "/me/contacts/{id}".to_owned() } else { path };
                    format!("{} {path}", request.method)
                })
                .collect();
            assert_eq!(shown, expected, "{operation}");
        }
        for (operation, arguments) in [
            ("contacts.update", json!({"mailbox": UID, "id": id, "contact": {"givenName": "x"}})),
            ("update", contact(json!({"uid": uid, "attributes": {"givenName": "x"}}))),
        ] {
            let error =
                call!(fixture, graph_contacts_connector_requests.call_build(operation, &arguments.to_string())).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Unsupported, "{}", error.message);
            assert!(error.message.contains("depend on the stored object"), "{}", error.message);
        }
        assert!(fixture.sent().is_empty());
    });
}
