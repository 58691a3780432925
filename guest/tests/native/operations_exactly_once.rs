//! A contact is created once, or the error says that it is not known.

use std::time::Duration;

use connector::contact::{Contact, Version, from_json};
use connector::error::{ErrorKind, Result};
use connector::graph::address::{Container, Mailbox};
use connector::operations::connector::{Connector, OperationSettings};
use connector::operations::send::retry_policy::RetryPolicy;
use serde_json::{Value, json};

use crate::script::{PLAIN, Script, service};

fn create(script: &Script, key: Option<&str>) -> Result<Contact> {
    let terms = OperationSettings {
        retry: RetryPolicy { max_retries: 2, initial_backoff: Duration::from_secs(2) },
        exactly_once: true,
        ..PLAIN.clone()
    };
    let contact = from_json::parse_input(json!({"givenName": "Ada"}).as_object().unwrap(), Version::V1, "").unwrap();
    Connector::new(&service(), script, &terms).create_contact(&Container::from_mailbox(Mailbox::from_name("u")), &contact, key)
}

fn key_of(body: &Value) -> String {
    let properties = body["singleValueExtendedProperties"].as_array().unwrap();
    assert_eq!(properties.len(), 1);
    assert!(properties[0]["id"].as_str().unwrap().ends_with("Name IdempotencyKey"));
    properties[0]["value"].as_str().unwrap().to_owned()
}

fn methods(script: &Script) -> Vec<String> {
    script.lines().iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn a_creation_carries_a_key() {
    let script = Script::new().then(201, json!({"id": "c"}));
    create(&script, None).unwrap();
    assert_eq!(key_of(&script.body(0)).len(), 36);
}

#[test]
fn what_was_created_before_the_answer_got_lost_is_found() {
    for fault in [true, false] {
        let script = Script::new();
        let script =
            if fault { script.then_fault(ErrorKind::ConnectionFailed, true) } else { script.then_error(504, "UnknownError") };
        let script = script.then(200, json!({"value": [{"id": "first"}]}));
        assert_eq!(create(&script, None).unwrap().id.value().unwrap(), "first");
        assert_eq!(methods(&script), ["POST", "GET"]);
        let key = key_of(&script.body(0));
        assert!(script.lines()[1].contains("$filter=singleValueExtendedProperties/Any(ep:%20ep/id%20eq%20'String"));
        assert!(script.lines()[1].contains(&key), "{:?}", script.lines());
        assert!(script.waits()[0] >= Duration::from_secs(1), "the service has a moment to finish");
    }
}

#[test]
fn what_was_not_created_is_created_with_the_same_key() {
    let script = Script::new().then_error(504, "UnknownError").then(200, json!({"value": []})).then(201, json!({"id": "second"}));
    assert_eq!(create(&script, None).unwrap().id.value().unwrap(), "second");
    assert_eq!(key_of(&script.body(0)), key_of(&script.body(2)));
}

#[test]
fn what_cannot_be_known_is_told() {
    // It cannot be looked for.
    let script = Script::new().then_error(504, "UnknownError").then_error(403, "ErrorAccessDenied");
    let error = create(&script, None).unwrap_err();
    assert_eq!((error.kind, error.may_have_taken_effect), (ErrorKind::Unavailable, true));
    // There is no time left to look.
    let mut script = Script::new().then_fault(ErrorKind::Timeout, true);
    script.pace = Duration::from_secs(29);
    assert!(create(&script, None).unwrap_err().may_have_taken_effect);
    // It is not there each time, and never answered.
    let mut script = Script::new();
    for _ in 0..3 {
        script = script.then_error(504, "UnknownError").then(200, json!({"value": []}));
    }
    assert!(create(&script, None).unwrap_err().may_have_taken_effect);
    assert!(script.is_done());
}

/// What certainly was not done is repeated without a look.
#[test]
fn what_did_not_arrive_is_sent_again() {
    let script = Script::new()
        .then_fault(ErrorKind::ConnectionFailed, false)
        .then_error(429, "ApplicationThrottled")
        .then(201, json!({"id": "c"}));
    create(&script, None).unwrap();
    assert_eq!(methods(&script), ["POST", "POST", "POST"]);
}

#[test]
fn the_callers_key_is_looked_for_first() {
    let script = Script::new().then(200, json!({"value": [{"id": "first"}]}));
    assert_eq!(create(&script, Some("k'1")).unwrap().id.value().unwrap(), "first");
    assert!(script.lines()[0].contains("'k%27%271'"), "{:?}", script.lines());
    let script = Script::new().then(200, json!({"value": []})).then(201, json!({"id": "c"}));
    create(&script, Some("k'1")).unwrap();
    assert_eq!(key_of(&script.body(1)), "k'1");
}
