//! A contact is created exactly once, or the error says that the outcome is unknown.

use std::time::Duration;

use connector::contact::{Contact, Version, from_json};
use connector::error::{ErrorKind, Result};
use connector::graph::address::{Container, Mailbox};
use connector::operations::connector::{Connector, OperationSettings};
use connector::operations::send::retry_policy::RetryPolicy;
use serde_json::{Value, json};

use crate::script::{PLAIN, Script, service};

fn create(script: &Script, key: Option<&str>) -> Result<Contact> {
    let settings = OperationSettings {
        retry: RetryPolicy { max_retries: 2, initial_backoff: Duration::from_secs(2) },
        exactly_once: true,
        ..PLAIN.clone()
    };
    let contact = from_json::parse_input(json!({"givenName": "Ada"}).as_object().unwrap(), Version::V1, "").unwrap();
    Connector::new(&service(), script, &settings).create_contact(&Container::from_mailbox(Mailbox::from_name("u")), &contact, key)
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

/// A creation that certainly had no effect is retried without a search.
#[test]
fn undelivered_creation_is_retried_without_search() {
    let script = Script::new()
        .then_fault(ErrorKind::ConnectionFailed, false)
        .then_error(429, "ApplicationThrottled")
        .then(201, json!({"id": "c"}));
    create(&script, None).unwrap();
    assert_eq!(list_methods(&script), ["POST", "POST", "POST"]);
}

#[test]
fn callers_key_is_searched_for_first() {
    let script = Script::new().then(200, json!({"value": [{"id": "first"}]}));
    assert_eq!(create(&script, Some("k'1")).unwrap().id.value().unwrap(), "first");
    assert!(script.lines()[0].contains("'k%27%271'"), "{:?}", script.lines());
    let script = Script::new().then(200, json!({"value": []})).then(201, json!({"id": "c"}));
    create(&script, Some("k'1")).unwrap();
    assert_eq!(get_key(&script.body(1)), "k'1");
}
