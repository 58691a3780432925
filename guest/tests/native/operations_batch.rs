//! Several requests in one exchange, each with a separate result.

use std::time::Duration;

use connector::contact::{Contact, Version, from_json};
use connector::error::ErrorKind;
use connector::graph::address::{Container, Mailbox};
use connector::operations::connector::{Connector, OperationSettings};
use connector::operations::mailbox::changes::BatchChange;
use connector::operations::mailbox::idempotency_key::IdempotencyKey;
use connector::operations::send::retry_policy::RetryPolicy;
use serde_json::{Value, json};

use crate::script::{PLAIN, Script, graph_error, service};

fn parse_contact(value: Value) -> Contact {
    from_json::parse_input(value.as_object().unwrap(), Version::V1, "").unwrap()
}

fn build_container() -> Container {
    Container::from_mailbox(Mailbox::from_name("a#b"))
}

fn build_retrying_settings() -> OperationSettings {
    OperationSettings { retry: RetryPolicy { max_retries: 3, initial_backoff: Duration::from_secs(2) }, ..PLAIN.clone() }
}

fn list_items(script: &Script, position: usize) -> Vec<Value> {
    script.body(position)["requests"].as_array().unwrap().clone()
}

/// The form of <https://learn.microsoft.com/en-us/graph/json-batching>.
#[test]
fn batch_has_documented_form() {
    let script = Script::new().then_batch(&[(204, Value::Null), (204, Value::Null)]);
    let (service, settings) = (service(), build_retrying_settings());
    let results = Connector::new(&service, &script, &settings).delete_contacts(&build_container(), &["c=", "d"]);
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(script.lines(), ["POST /v1.0/$batch"]);
    let items = list_items(&script, 0);
    assert_eq!((&items[0]["method"], &items[0]["url"]), (&json!("DELETE"), &json!("/users/a%23b/contacts/c%3D")));
    assert!(items[0]["id"] != items[1]["id"] && items[0].get("body").is_none());
    assert_ne!(items[0]["headers"]["client-request-id"], items[1]["headers"]["client-request-id"]);
    assert!(items[0]["headers"].get("authorization").is_none());
}

#[test]
fn hundred_creations_are_five_requests() {
    let mut script = Script::new();
    for batch in 0..5 {
        let created: Vec<(u16, Value)> = (0..20).map(|n| (201, json!({"id": format!("{batch}-{n}")}))).collect();
        script = script.then_batch(&created);
    }
    let (service, settings) = (service(), OperationSettings { exactly_once: true, ..build_retrying_settings() });
    let contacts: Vec<Contact> = (0..100).map(|n| parse_contact(json!({"givenName": n.to_string()}))).collect();
    let creations: Vec<(&Contact, Option<&IdempotencyKey>)> = contacts.iter().map(|contact| (contact, None)).collect();
    let results = Connector::new(&service, &script, &settings).create_contacts(&build_container(), &creations);
    assert_eq!(script.lines().len(), 5);
    assert_eq!(results[41].as_ref().unwrap().id.value().unwrap(), "2-1", "each at its position");
    let item = &list_items(&script, 0)[0];
    assert_eq!(item["headers"]["content-type"], "application/json", "a body requires it");
    assert_eq!(item["body"]["givenName"], "0");
}

#[test]
fn only_throttled_items_are_retried() {
    let throttled = || (429, graph_error("ApplicationThrottled"));
    let script = Script::new()
        .then_batch(&[throttled(), (204, Value::Null), throttled(), (403, graph_error("ErrorAccessDenied"))])
        .then_batch(&[(204, Value::Null), throttled()])
        .then_bytes(204, &[], b"")
        .then(200, json!({"id": "d"}));
    let (service, settings) = (service(), build_retrying_settings());
    let results = Connector::new(&service, &script, &settings).delete_contacts(&build_container(), &["a", "b", "c", "d"]);
    let kinds: Vec<Option<ErrorKind>> = results.iter().map(|result| result.as_ref().err().map(|error| error.kind)).collect();
    assert_eq!(kinds, [None, None, None, Some(ErrorKind::PermissionDenied)]);
    let urls = |position| {
        list_items(&script, position)
            .iter()
            .map(|item| item["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(urls(1), ["a", "c"]);
    assert_eq!(script.lines()[2], "DELETE /v1.0/users/a%23b/contacts/c", "a single request is sent without a batch");
    assert!(results[3].as_ref().is_err_and(|error| !error.may_have_taken_effect), "the contact exists");
    assert_eq!(script.waits(), [Duration::from_millis(1500); 2], "as Retry-After of the items says");
}

#[test]
fn failed_batch_of_deletions_is_retried() {
    let script = Script::new()
        .then_error(503, "serviceNotAvailable")
        .then_fault(ErrorKind::ConnectionFailed, true)
        .then_batch(&[(404, graph_error("ErrorItemNotFound")), (204, Value::Null)]);
    let (service, settings) = (service(), build_retrying_settings());
    let results = Connector::new(&service, &script, &settings).delete_contacts(&build_container(), &["a", "b"]);
    assert!(results.iter().all(Result::is_ok), "{results:?}: the second attempt may have deleted the first");
}

#[test]
fn each_creation_of_lost_batch_is_searched_for() {
    let script = Script::new()
        .then_fault(ErrorKind::ConnectionFailed, true)
        .then_batch(&[(200, json!({"value": [{"id": "first"}]})), (200, json!({"value": []}))])
        .then(201, json!({"id": "second"}));
    let (service, settings) = (service(), OperationSettings { exactly_once: true, ..build_retrying_settings() });
    let (one, two) = (parse_contact(json!({"givenName": "1"})), parse_contact(json!({"givenName": "2"})));
    let results = Connector::new(&service, &script, &settings).create_contacts(&build_container(), &[(&one, None), (&two, None)]);
    let ids: Vec<&str> = results.iter().map(|result| result.as_ref().unwrap().id.value().unwrap().as_str()).collect();
    assert_eq!(ids, ["first", "second"]);
    assert_eq!(script.lines()[2], "POST /v1.0/users/a%23b/contacts", "a single request is sent without a batch");
}

#[test]
fn missing_item_response_is_error_of_that_item() {
    let script = Script::new()
        .then(200, json!({"responses": [{"id": "1", "status": 204}, {"id": "7", "status": 204}, {"status": 1}, 7]}))
        .then(200, json!({"id": "a"}));
    let (service, settings) = (service(), PLAIN.clone());
    let results = Connector::new(&service, &script, &settings).delete_contacts(&build_container(), &["a", "b"]);
    let error = results[0].as_ref().unwrap_err();
    assert_eq!((error.kind, error.may_have_taken_effect), (ErrorKind::Unavailable, true));
    assert!(results[1].is_ok());
}

/// The second change of a contact reads the result of the first.
#[test]
fn changes_of_one_contact_run_in_order() {
    let script = Script::new()
        .then_batch(&[(200, json!({"id": "a", "surname": "1"})), (200, json!({"id": "b", "surname": "1"}))])
        .then_batch(&[(200, json!({"id": "a", "surname": "2"})), (200, json!({"id": "b", "surname": "2"}))])
        .then(200, json!({"id": "a", "surname": "2"}))
        .then(200, json!({"id": "a", "surname": "3"}));
    let (service, settings) = (service(), PLAIN.clone());
    let change =
        |id: &str, surname: &str| BatchChange::Update(id.to_owned(), Box::new(parse_contact(json!({"surname": surname}))));
    let changes = [change("a", "2"), change("b", "2"), change("a", "3")];
    let results = Connector::new(&service, &script, &settings).change_contacts(&build_container(), &changes);
    let surnames: Vec<Option<&String>> =
        results.iter().map(|result| result.as_ref().unwrap().as_ref().unwrap().surname.value()).collect();
    assert_eq!(surnames, [Some(&"2".to_owned()), Some(&"2".to_owned()), Some(&"3".to_owned())]);
    assert!(script.is_done());
}
