//! Many requests in few exchanges, each with its own result.

use std::time::Duration;

use connector::contact::{Contact, Version, from_json};
use connector::error::ErrorKind;
use connector::graph::address::{Container, Mailbox};
use connector::operations::connector::{Connector, OperationSettings};
use connector::operations::mailbox::changes::ContactChange;
use connector::operations::send::retry_policy::RetryPolicy;
use serde_json::{Value, json};

use crate::script::{PLAIN, Script, graph_error, service};

fn contact(value: Value) -> Contact {
    from_json::parse_input(value.as_object().unwrap(), Version::V1, "").unwrap()
}

fn mailbox() -> Container {
    Container::from_mailbox(Mailbox::from_name("a#b"))
}

fn patient() -> OperationSettings {
    OperationSettings { retry: RetryPolicy { max_retries: 3, initial_backoff: Duration::from_secs(2) }, ..PLAIN.clone() }
}

fn items(script: &Script, position: usize) -> Vec<Value> {
    script.body(position)["requests"].as_array().unwrap().clone()
}

/// The form of <https://learn.microsoft.com/en-us/graph/json-batching>.
#[test]
fn a_batch_has_the_documented_form() {
    let script = Script::new().then_batch(&[(204, Value::Null), (204, Value::Null)]);
    let (service, terms) = (service(), patient());
    let results = Connector::new(&service, &script, &terms).delete_contacts(&mailbox(), &["c=", "d"]);
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(script.lines(), ["POST /v1.0/$batch"]);
    let items = items(&script, 0);
    assert_eq!((&items[0]["method"], &items[0]["url"]), (&json!("DELETE"), &json!("/users/a%23b/contacts/c%3D")));
    assert!(items[0]["id"] != items[1]["id"] && items[0].get("body").is_none());
    assert_ne!(items[0]["headers"]["client-request-id"], items[1]["headers"]["client-request-id"]);
    assert!(items[0]["headers"].get("authorization").is_none());
}

#[test]
fn a_hundred_creations_are_five_requests() {
    let mut script = Script::new();
    for batch in 0..5 {
        let created: Vec<(u16, Value)> = (0..20).map(|n| (201, json!({"id": format!("{batch}-{n}")}))).collect();
        script = script.then_batch(&created);
    }
    let (service, terms) = (service(), OperationSettings { exactly_once: true, ..patient() });
    let contacts: Vec<Contact> = (0..100).map(|n| contact(json!({"givenName": n.to_string()}))).collect();
    let creations: Vec<(&Contact, Option<&str>)> = contacts.iter().map(|contact| (contact, None)).collect();
    let results = Connector::new(&service, &script, &terms).create_contacts(&mailbox(), &creations);
    assert_eq!(script.lines().len(), 5);
    assert_eq!(results[41].as_ref().unwrap().id.value().unwrap(), "2-1", "each in its place");
    let item = &items(&script, 0)[0];
    assert_eq!(item["headers"]["content-type"], "application/json", "a body needs it");
    assert_eq!(item["body"]["givenName"], "0");
}

#[test]
fn items_that_are_throttled_are_sent_again_without_the_others() {
    let throttled = || (429, graph_error("ApplicationThrottled"));
    let script = Script::new()
        .then_batch(&[throttled(), (204, Value::Null), throttled(), (403, graph_error("ErrorAccessDenied"))])
        .then_batch(&[(204, Value::Null), throttled()])
        .then_bytes(204, &[], b"");
    let (service, terms) = (service(), patient());
    let results = Connector::new(&service, &script, &terms).delete_contacts(&mailbox(), &["a", "b", "c", "d"]);
    let kinds: Vec<Option<ErrorKind>> = results.iter().map(|result| result.as_ref().err().map(|error| error.kind)).collect();
    assert_eq!(kinds, [None, None, None, Some(ErrorKind::PermissionDenied)]);
    let urls = |position| {
        items(&script, position)
            .iter()
            .map(|item| item["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(urls(1), ["a", "c"]);
    assert_eq!(script.lines()[2], "DELETE /v1.0/users/a%23b/contacts/c", "one that is left needs no batch");
    assert_eq!(script.waits(), [Duration::from_millis(1500); 2], "as the items' own Retry-After says");
}

#[test]
fn a_batch_that_fails_as_a_whole_is_sent_again_where_that_does_no_harm() {
    let script = Script::new()
        .then_error(503, "serviceNotAvailable")
        .then_fault(ErrorKind::ConnectionFailed, true)
        .then_batch(&[(404, graph_error("ErrorItemNotFound")), (204, Value::Null)]);
    let (service, terms) = (service(), patient());
    let results = Connector::new(&service, &script, &terms).delete_contacts(&mailbox(), &["a", "b"]);
    assert!(results.iter().all(Result::is_ok), "{results:?}: the second attempt may have deleted the first");
}

#[test]
fn creations_whose_batch_got_lost_are_looked_for_each() {
    let script = Script::new()
        .then_fault(ErrorKind::ConnectionFailed, true)
        .then_batch(&[(200, json!({"value": [{"id": "first"}]})), (200, json!({"value": []}))])
        .then(201, json!({"id": "second"}));
    let (service, terms) = (service(), OperationSettings { exactly_once: true, ..patient() });
    let (one, two) = (contact(json!({"givenName": "1"})), contact(json!({"givenName": "2"})));
    let results = Connector::new(&service, &script, &terms).create_contacts(&mailbox(), &[(&one, None), (&two, None)]);
    let ids: Vec<&str> = results.iter().map(|result| result.as_ref().unwrap().id.value().unwrap().as_str()).collect();
    assert_eq!(ids, ["first", "second"]);
    assert_eq!(script.lines()[2], "POST /v1.0/users/a%23b/contacts", "one alone needs no batch");
}

#[test]
fn an_answer_that_a_batch_lacks_is_an_error_of_its_own() {
    let script =
        Script::new().then(200, json!({"responses": [{"id": "1", "status": 204}, {"id": "7", "status": 204}, {"status": 1}, 7]}));
    let (service, terms) = (service(), PLAIN.clone());
    let results = Connector::new(&service, &script, &terms).delete_contacts(&mailbox(), &["a", "b"]);
    let error = results[0].as_ref().unwrap_err();
    assert_eq!((error.kind, error.may_have_taken_effect), (ErrorKind::Unavailable, true));
    assert!(results[1].is_ok());
}

/// Two changes of one contact build on each other: the second reads what the first made.
#[test]
fn changes_of_one_contact_are_made_in_their_order() {
    let script = Script::new()
        .then_batch(&[(200, json!({"id": "a", "surname": "1"})), (200, json!({"id": "b", "surname": "1"}))])
        .then_batch(&[(200, json!({"id": "a", "surname": "2"})), (200, json!({"id": "b", "surname": "2"}))])
        .then(200, json!({"id": "a", "surname": "2"}))
        .then(200, json!({"id": "a", "surname": "3"}));
    let (service, terms) = (service(), PLAIN.clone());
    let change = |id: &str, surname: &str| ContactChange::Update(id.to_owned(), Box::new(contact(json!({"surname": surname}))));
    let changes = [change("a", "2"), change("b", "2"), change("a", "3")];
    let results = Connector::new(&service, &script, &terms).change_contacts(&mailbox(), &changes);
    let surnames: Vec<Option<&String>> =
        results.iter().map(|result| result.as_ref().unwrap().as_ref().unwrap().surname.value()).collect();
    assert_eq!(surnames, [Some(&"2".to_owned()), Some(&"2".to_owned()), Some(&"3".to_owned())]);
    assert!(script.is_done());
}
