//! A contact is created exactly once, or the error says that the outcome is unknown.

use std::time::Duration;

use connector::contact::{Contact, Version, from_json};
use connector::error::{ErrorKind, Result};
use connector::graph::address::{Container, Mailbox};
use connector::operations::connector::{Connector, OperationSettings};
use connector::operations::mailbox::idempotency_key::IdempotencyKey;
use connector::operations::send::retry_policy::RetryPolicy;
use serde_json::{Value, json};

use crate::script::{PLAIN, Script, service};

fn build_settings() -> OperationSettings {
    OperationSettings {
        retry: RetryPolicy { max_retries: 2, initial_backoff: Duration::from_secs(2) },
        exactly_once: true,
        ..PLAIN.clone()
    }
}

fn build_container() -> Container {
    Container::from_mailbox(Mailbox::from_name("u"))
}

fn parse_contact(input: Value) -> Contact {
    from_json::parse_input(input.as_object().unwrap(), Version::V1, "").unwrap()
}

fn create(script: &Script, key: Option<&str>) -> Result<Contact> {
    let contact = parse_contact(json!({"givenName": "Ada"}));
    Connector::new(&service(), script, &build_settings()).create_contact(&build_container(), &contact, key)
}

fn get_key(body: &Value) -> String {
    let properties = body["singleValueExtendedProperties"].as_array().unwrap();
    assert_eq!(properties.len(), 1);
    assert!(properties[0]["id"].as_str().unwrap().ends_with("Name IdempotencyKey"));
    properties[0]["value"].as_str().unwrap().to_owned()
}

fn list_methods(script: &Script) -> Vec<String> {
    script.lines().iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn created_contact_carries_key() {
    let script = Script::new().then(201, json!({"id": "c"}));
    create(&script, None).unwrap();
    assert_eq!(get_key(&script.body(0)).len(), 36);
}

#[test]
fn contact_is_found_after_lost_response() {
    for is_transport_error in [true, false] {
        let script = Script::new();
        let script = if is_transport_error {
            script.then_fault(ErrorKind::ConnectionFailed, true)
        } else {
            script.then_error(504, "UnknownError")
        };
        let script = script.then(200, json!({"value": [{"id": "first"}]}));
        assert_eq!(create(&script, None).unwrap().id.value().unwrap(), "first");
        assert_eq!(list_methods(&script), ["POST", "GET"]);
        let key = get_key(&script.body(0));
        assert!(script.lines()[1].contains("$filter=singleValueExtendedProperties/Any(ep:%20ep/id%20eq%20'String"));
        assert!(script.lines()[1].contains(&key), "{:?}", script.lines());
        assert!(script.waits()[0] >= Duration::from_secs(1), "the service may still be working");
    }
}

#[test]
fn missing_contact_is_created_with_same_key() {
    let script = Script::new().then_error(504, "UnknownError").then(200, json!({"value": []})).then(201, json!({"id": "second"}));
    assert_eq!(create(&script, None).unwrap().id.value().unwrap(), "second");
    assert_eq!(get_key(&script.body(0)), get_key(&script.body(2)));
}

#[test]
fn unknown_outcome_error_may_have_taken_effect() {
    // The search fails.
    let script = Script::new().then_error(504, "UnknownError").then_error(403, "ErrorAccessDenied");
    let error = create(&script, None).unwrap_err();
    assert_eq!((error.kind, error.may_have_taken_effect), (ErrorKind::Unavailable, true));
    // No time remains for a search.
    let mut script = Script::new().then_fault(ErrorKind::Timeout, true);
    script.pace = Duration::from_secs(29);
    assert!(create(&script, None).unwrap_err().may_have_taken_effect);
    // Each creation gets an error, and each search finds nothing.
    let mut script = Script::new();
    for _ in 0..3 {
        script = script.then_error(504, "UnknownError").then(200, json!({"value": []}));
    }
    assert!(create(&script, None).unwrap_err().may_have_taken_effect);
    assert!(script.is_done());
}

/// Only a request that did not arrive certainly had no effect: after any response the contact is searched for.
#[test]
fn undelivered_creation_is_retried_without_search() {
    let script = Script::new().then_fault(ErrorKind::ConnectionFailed, false).then(201, json!({"id": "c"}));
    create(&script, None).unwrap();
    assert_eq!(list_methods(&script), ["POST", "POST"]);
}

#[test]
fn throttled_creation_is_searched_for_after_retry_after() {
    let script =
        Script::new().then_bytes(429, &[("retry-after", "7")], b"").then(200, json!({"value": []})).then(201, json!({"id": "c"}));
    create(&script, None).unwrap();
    assert_eq!(list_methods(&script), ["POST", "GET", "POST"]);
    assert_eq!(script.waits(), [Duration::from_secs(7)]);
    // A wait beyond the time limit: the caller waits, and knows that there is no contact.
    let script = Script::new().then_bytes(429, &[("retry-after", "60")], b"").then(200, json!({"value": []}));
    let error = create(&script, None).unwrap_err();
    assert_eq!((error.kind, error.may_have_taken_effect), (ErrorKind::Throttled, false));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
}

/// Every status of a failure, for a contact that exists all the same: its only creation succeeds.
#[test]
fn contact_is_found_after_every_status() {
    for status in (400..600).filter(|status| *status != 499) {
        for code in ["", "ErrorIrresolvableConflict", "ConcurrentItemSave"] {
            let script = Script::new();
            let script = if code.is_empty() { script.then_bytes(status, &[], b"") } else { script.then_error(status, code) };
            let script = script.then(200, json!({"value": [{"id": "first"}]}));
            assert_eq!(create(&script, None).unwrap().id.value().unwrap(), "first", "{status} {code}");
            assert_eq!(list_methods(&script), ["POST", "GET"], "{status} {code}");
        }
    }
}

/// The same statuses for a contact that does not exist: it is created once more if the failure is transient. An error says that
/// it may exist only if the service may still create it.
#[test]
fn refused_creation_has_no_effect() {
    for (status, open) in [(400, false), (401, false), (403, false), (404, false), (413, false), (507, true), (501, true)] {
        let script = Script::new().then_bytes(status, &[], b"").then(200, json!({"value": []}));
        let error = create(&script, None).unwrap_err();
        assert_eq!(error.may_have_taken_effect, open, "{status}");
        assert!(script.is_done());
    }
    for status in [408, 409, 412, 429, 500, 502, 503, 504, 509] {
        let script =
            Script::new().then_bytes(status, &[], b"").then(200, json!({"value": []})).then(201, json!({"id": "second"}));
        assert_eq!(create(&script, None).unwrap().id.value().unwrap(), "second", "{status}");
        assert_eq!(get_key(&script.body(0)), get_key(&script.body(2)));
    }
}

/// <https://learn.microsoft.com/en-us/graph/paging>: a page can be empty although there are more.
#[test]
fn contact_is_found_on_later_page() {
    let link = |page: u32| json!({"value": [], "@odata.nextLink": format!("https://graph.microsoft.com/v1.0/users/u/contacts?$skip={page}")});
    let script = Script::new()
        .then_error(503, "serviceNotAvailable")
        .then(200, link(1))
        .then(200, link(2))
        .then(200, json!({"value": [{"id": "first"}]}));
    assert_eq!(create(&script, None).unwrap().id.value().unwrap(), "first");
    assert!(script.is_done());
}

/// A 201 that does not say which contact was created.
#[test]
fn created_contact_without_id_is_searched_for() {
    let error_in_its_place = json!({"error": {"code": "ErrorItemSave", "message": "m"}});
    for body in [json!({}), json!({"givenName": "Ada"}), error_in_its_place.clone()] {
        let script = Script::new().then(201, body).then(200, json!({"value": [{"id": "first"}]}));
        assert_eq!(create(&script, None).unwrap().id.value().unwrap(), "first");
    }
    let script = Script::new().then(201, error_in_its_place).then_error(403, "ErrorAccessDenied");
    let error = create(&script, None).unwrap_err();
    assert!(error.may_have_taken_effect && error.message.contains("ErrorItemSave"), "{}", error.message);
}

/// Without a key nothing tells the contact from another one: it is not created again.
#[test]
fn creation_without_key_is_not_retried_after_any_response() {
    let settings =
        OperationSettings { retry: RetryPolicy { max_retries: 2, initial_backoff: Duration::from_secs(2) }, ..PLAIN.clone() };
    for status in [400, 409, 412, 429, 503] {
        let script = Script::new().then_bytes(status, &[], b"");
        let connector_service = service();
        let connector = Connector::new(&connector_service, &script, &settings);
        let error = connector.create_contact(&build_container(), &parse_contact(json!({"givenName": "Ada"})), None).unwrap_err();
        assert!(error.may_have_taken_effect, "{status}");
    }
}

#[test]
fn callers_key_is_searched_for_first() {
    let script = Script::new().then(200, json!({"value": [{"id": "first"}]}));
    assert_eq!(create(&script, Some("k'1")).unwrap().id.value().unwrap(), "first");
    assert!(script.lines()[0].contains("'k%27%271'"), "{:?}", script.lines());
    let script = Script::new().then(200, json!({"value": []})).then(201, json!({"id": "c"}));
    create(&script, Some("k'1")).unwrap();
    assert_eq!(script.body(1)["singleValueExtendedProperties"][0]["value"], "k'1");
}

/// Returns what the contact that this creation sent looks like on the service, without other values than its MAPI properties.
fn stored_by(script: &Script, position: usize, id: &str) -> Value {
    json!({"id": id, "singleValueExtendedProperties": script.body(position)["singleValueExtendedProperties"]})
}

fn create_named(script: &Script, name: &str, key: &str) -> Result<Contact> {
    let (service, settings) = (service(), build_settings());
    let contact = parse_contact(json!({"givenName": name}));
    Connector::new(&service, script, &settings).create_contact(&build_container(), &contact, Some(key))
}

/// draft-ietf-httpapi-idempotency-key-header: a key must not be used with another body.
#[test]
fn key_belongs_to_its_body() {
    let script = Script::new().then(200, json!({"value": []})).then(201, json!({"id": "c"}));
    create_named(&script, "Ada", "k").unwrap();
    let stored = stored_by(&script, 1, "c");
    let again = Script::new().then(200, json!({"value": [stored]}));
    let found = create_named(&again, "Ada", "k").unwrap();
    assert_eq!(found.id.value().unwrap(), "c");
    assert!(found.single_value_extended_properties.is_unset(), "the caller did not ask for the key");
    let other = Script::new().then(200, json!({"value": [stored]}));
    let error = create_named(&other, "Augusta", "k").unwrap_err();
    assert_eq!((error.kind, error.attributes), (ErrorKind::InvalidAttributeValue, vec!["idempotencyKey".to_owned()]));
    assert_eq!(list_methods(&other), ["GET"], "nothing is written");
}

/// The service compares MAPI strings without case, and the connector keys with case.
#[test]
fn key_in_other_case_is_another_key() {
    let script = Script::new().then(200, json!({"value": []})).then(201, json!({"id": "c"}));
    create_named(&script, "Ada", "k").unwrap();
    let script = Script::new().then(200, json!({"value": [stored_by(&script, 1, "c")]})).then(201, json!({"id": "d"}));
    assert_eq!(create_named(&script, "Augusta", "K").unwrap().id.value().unwrap(), "d");
}

#[test]
fn two_creations_with_one_key_make_one_contact() {
    let (service, settings) = (service(), build_settings());
    let (ada, augusta) = (parse_contact(json!({"givenName": "Ada"})), parse_contact(json!({"givenName": "Augusta"})));
    let key = IdempotencyKey::from("k");
    let script = Script::new().then(200, json!({"value": []})).then(201, json!({"id": "c"}));
    let creations = [(&ada, Some(&key)), (&ada, Some(&key)), (&augusta, Some(&key))];
    let results = Connector::new(&service, &script, &settings).create_contacts(&build_container(), &creations);
    let ids: Vec<Option<&String>> = results.iter().map(|result| result.as_ref().ok().and_then(|c| c.id.value())).collect();
    let c = "c".to_owned();
    assert_eq!(ids, [Some(&c), Some(&c), None], "the third has another body");
    assert_eq!(list_methods(&script), ["GET", "POST"]);
}
