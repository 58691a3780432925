//! Operations on contacts: their requests, and the results of the responses.

use connector::contact::{Contact, Version, from_json};
use connector::error::ErrorKind;
use connector::graph::address::{Container, Mailbox};
use connector::graph::selection::Selection;
use connector::operations::icf::uid::Uid;
use serde_json::{Map, Value, json};

use crate::script::{Script, connector, service};

fn parse_contact(input: Value) -> Contact {
    from_json::parse_input(input.as_object().unwrap(), Version::V1, "").unwrap()
}

fn build_container() -> Container {
    Container::from_mailbox(Mailbox::from_name("u"))
}

#[test]
fn list_follows_links_to_last_page() {
    let script = Script::new()
        .then(
            200,
            json!({"value": [{"id": "1"}], "@odata.nextLink": "https://graph.microsoft.com/v1.0/users/u/contacts?$skip=1"}),
        )
        .then(200, json!({"value": [], "@odata.nextLink": "https://graph.microsoft.com/v1.0/users/u/contacts?$skip=2"}))
        .then(200, json!({"value": [{"id": "2"}, {"id": "3"}]}));
    let service = service();
    let mut ids = Vec::new();
    let sink = |contact: Contact| {
        ids.push(contact.id.value().unwrap().clone());
        Ok(())
    };
    connector(&service, &script).list_contacts(&build_container(), &Selection::default(), sink).unwrap();
    assert_eq!(ids, ["1", "2", "3"]);
    assert_eq!(
        script.lines(),
        ["GET /v1.0/users/u/contacts", "GET /v1.0/users/u/contacts?$skip=1", "GET /v1.0/users/u/contacts?$skip=2"]
    );
    for position in 0..3 {
        assert!(
            script.header(position, "prefer").contains("odata.maxpagesize="),
            "the service does not remember it from page to page"
        );
        assert!(!script.header(position, "client-request-id").is_empty());
    }
}

#[test]
fn failed_page_fails_list() {
    let script = Script::new()
        .then(
            200,
            json!({"value": [{"id": "1"}], "@odata.nextLink": "https://graph.microsoft.com/v1.0/users/u/contacts?$skip=1"}),
        )
        .then_error(503, "serviceNotAvailable");
    assert_eq!(
        connector(&service(), &script).list_contacts(&build_container(), &Selection::default(), |_| Ok(())).unwrap_err().kind,
        ErrorKind::Unavailable
    );
}

#[test]
fn update_reads_then_sends_difference() {
    let stored = json!({"id": "c", "displayName": "Ada L.", "givenName": "Ada", "surname": "L.", "businessAddress": {"street": "1 St", "city": "London"}});
    let script = Script::new().then(200, stored.clone()).then(200, json!({"id": "c", "givenName": "Augusta"}));
    let wanted = parse_contact(json!({"id": "c", "givenName": "Augusta", "surname": "L.", "businessAddress": {"city": "Paris"}}));
    let updated = connector(&service(), &script).update_contact(&build_container(), "c", &wanted).unwrap();
    assert_eq!(updated.given_name.value().unwrap(), "Augusta");
    assert_eq!(script.lines(), ["GET /v1.0/users/u/contacts/c", "PATCH /v1.0/users/u/contacts/c"]);
    assert_eq!(
        script.body(1),
        json!({"displayName": "Ada L.", "givenName": "Augusta", "businessAddress": {"street": "1 St", "city": "Paris"}})
    );
}

#[test]
fn update_without_difference_sends_nothing() {
    let script = Script::new().then(200, json!({"id": "c", "givenName": "Ada"}));
    let updated = connector(&service(), &script)
        .update_contact(&build_container(), "c", &parse_contact(json!({"givenName": "Ada"})))
        .unwrap();
    assert_eq!(updated.id.value().unwrap(), "c");
    assert_eq!(script.lines(), ["GET /v1.0/users/u/contacts/c"]);
}

#[test]
fn update_refuses_cleared_id() {
    let script = Script::new().then(200, json!({"id": "c", "givenName": "Ada"}));
    let wanted = parse_contact(json!({"id": null, "givenName": "x"}));
    let error = connector(&service(), &script).update_contact(&build_container(), "c", &wanted).unwrap_err();
    assert_eq!((error.kind, error.attributes), (ErrorKind::InvalidAttributeValue, vec!["id".to_owned()]));
    assert_eq!(script.lines(), ["GET /v1.0/users/u/contacts/c"]);
}

#[test]
fn folder_without_name_is_refused() {
    let script = Script::new();
    assert_eq!(connector(&service(), &script).create_folder(&build_container(), " ").unwrap_err().attributes, ["displayName"]);
    assert_eq!(script.lines(), [""; 0]);
}

#[test]
fn unstorable_contact_is_refused_before_sending() {
    let script = Script::new();
    let service = service();
    let wanted = parse_contact(json!({"businessPhones": ["1", "2", "3"]}));
    assert!(connector(&service, &script).update_contact(&build_container(), "c", &wanted).is_err());
    assert!(connector(&service, &script).create_contact(&build_container(), &wanted, None).is_err());
    assert!(connector(&service, &script).create_contact(&build_container(), &Contact::default(), None).is_err());
    assert_eq!(script.lines(), [""; 0]);
}

#[test]
fn unknown_contact_error_names_id() {
    let script = Script::new().then_error(404, "ErrorItemNotFound").then_error(400, "ErrorInvalidIdMalformed");
    let service = service();
    for id in ["gone=", "nonsense"] {
        let error = connector(&service, &script).delete_contact(&build_container(), id).unwrap_err();
        assert_eq!(error.kind, ErrorKind::UnknownUid);
        assert!(error.message.contains(&format!("no contact {id}")), "{}", error.message);
    }
}

#[test]
fn transport_error_says_whether_request_may_have_arrived() {
    let service = service();
    for (arrived, kind) in [(true, ErrorKind::ConnectionFailed), (false, ErrorKind::ConnectionFailed)] {
        let script = Script::new().then_fault(kind, arrived).then_fault(kind, arrived);
        let connector = connector(&service, &script);
        let error = connector.create_contact(&build_container(), &parse_contact(json!({"givenName": "Ada"})), None).unwrap_err();
        assert_eq!((error.kind, error.may_have_taken_effect), (kind, arrived));
        assert!(error.exchange.unwrap().client_request_id.is_some_and(|id| id.len() == 36));
        assert!(!connector.get_contact(&build_container(), "c", &Selection::default()).unwrap_err().may_have_taken_effect);
    }
}

/// Four exchanges of ten seconds do not fit in thirty seconds: the fourth is not started.
#[test]
fn requests_of_operation_share_deadline() {
    let mut script = Script::new();
    script.pace = std::time::Duration::from_secs(10);
    for page in 0..4 {
        let link = format!("https://graph.microsoft.com/v1.0/users/u/contacts?$skip={page}");
        script = script.then(200, json!({"value": [], "@odata.nextLink": link}));
    }
    let error = connector(&service(), &script).list_contacts(&build_container(), &Selection::default(), |_| Ok(())).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout);
    assert!(error.message.contains("time limit of an operation"), "{}", error.message);
    assert_eq!(script.lines().len(), 3);
}

/// The name of an extension is the key in its address, where it has no case. An update in another case keeps the extension.
#[test]
fn extension_is_kept_under_its_name_in_other_case() {
    let user = "671fa173-ad81-41c3-89bf-af939426eee7";
    let stored = json!({"id": "c", "changeKey": "1", "extensions": [{"extensionName": "Com.X", "id": "x", "a": "1", "b": "2"}]});
    for (given, writes) in [
        (json!([{"extensionName": "com.x", "a": "1", "b": "2"}]), vec![]),
        (
            json!([{"extensionName": "com.x", "a": "3"}]),
            vec![json!({"@odata.type": "microsoft.graph.openTypeExtension", "a": "3", "b": null})],
        ),
    ] {
        let mut script = Script::new().then(200, stored.clone());
        for _ in &writes {
            script = script.then(200, json!({"extensionName": "Com.X"}));
        }
        let script = script.then(200, stored.clone());
        let service = service();
        let uid = Uid { container: Container::from_mailbox(Mailbox::from_name(user)), id: "c".to_owned() };
        let attributes = Map::from_iter([("extensions".to_owned(), given)]);
        connector(&service, &script).update_contact_object(&uid, None, &attributes).unwrap();
        let lines = script.lines();
        assert!(!lines.iter().any(|line| line.starts_with("DELETE")), "{lines:?}");
        let sent: Vec<usize> = (0..lines.len()).filter(|at| !lines[*at].starts_with("GET")).collect();
        assert_eq!(sent.iter().map(|at| script.body(*at)).collect::<Vec<_>>(), writes);
        assert!(sent.iter().all(|at| lines[*at] == format!("PATCH /v1.0/users/{user}/contacts/c/extensions/Com.X")), "{lines:?}");
    }
    let twice = json!([{"extensionName": "Com.X", "a": "1"}, {"extensionName": "com.x", "a": "2"}]);
    let uid = Uid { container: Container::from_mailbox(Mailbox::from_name(user)), id: "c".to_owned() };
    let attributes = Map::from_iter([("extensions".to_owned(), twice)]);
    let error = connector(&service(), &Script::new()).update_contact_object(&uid, None, &attributes).unwrap_err();
    assert_eq!(error.kind, ErrorKind::InvalidAttributeValue);
}
