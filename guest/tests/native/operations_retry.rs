//! Retries: only of transient failures, only if they are safe, and never beyond the deadline.

use std::time::Duration;

use connector::contact::{Version, from_json};
use connector::error::{Error, ErrorKind, Exchange, RetryAdvice};
use connector::graph::address::{Container, Mailbox};
use connector::graph::error_codes;
use connector::graph::request::RequestEffect;
use connector::graph::selection::Selection;
use connector::operations::connector::{Connector, OperationSettings};
use connector::operations::send::retry_policy::RetryPolicy;
use http::StatusCode;
use proptest::prelude::*;
use serde_json::json;

use crate::script::{PLAIN, Script, service};

const POLICY: RetryPolicy = RetryPolicy { max_retries: 3, initial_backoff: Duration::from_secs(3) };

fn build_settings() -> OperationSettings {
    OperationSettings { retry: POLICY, ..PLAIN.clone() }
}

fn build_container() -> Container {
    Container::from_mailbox(Mailbox::from_name("u"))
}

fn build_error(retry: RetryAdvice, retry_after: Option<f64>) -> Error {
    let retry_after = retry_after.map(Duration::from_secs_f64);
    let exchange = Exchange { retry_after, ..Exchange::default() };
    Error { exchange: Some(Box::new(exchange)), retry, ..Error::new(ErrorKind::Unavailable, "") }
}

const LONG: Duration = Duration::from_secs(1000);

#[test]
fn retry_after_sets_delay() {
    for seconds in [0.0, 2.128, 31.0, 500.0] {
        let throttled = build_error(RetryAdvice::Repeatedly, Some(seconds));
        assert_eq!(POLICY.compute_delay(1, RequestEffect::None, &throttled, LONG, 0.5), Some(Duration::from_secs_f64(seconds)));
    }
}

/// Microsoft's design for its SDKs: 3 s, doubled each time, at most 180 s. Here each is spread over half of it.
#[test]
fn backoff_doubles_up_to_maximum() {
    let throttled = build_error(RetryAdvice::Repeatedly, None);
    let patient = RetryPolicy { max_retries: 10, ..POLICY };
    let waits = |chance| {
        (1..=10)
            .map(|n| patient.compute_delay(n, RequestEffect::None, &throttled, LONG, chance).unwrap().as_secs_f64())
            .collect::<Vec<_>>()
    };
    assert_eq!(waits(1.0), [3.0, 6.0, 12.0, 24.0, 48.0, 96.0, 180.0, 180.0, 180.0, 180.0]);
    assert_eq!(waits(0.0), [1.5, 3.0, 6.0, 12.0, 24.0, 48.0, 90.0, 90.0, 90.0, 90.0]);
}

#[test]
fn only_transient_failure_is_retried() {
    for (status, code, times) in [
        (429, "x", 3),
        (503, "x", 3),
        (504, "x", 3),
        (502, "x", 3),
        (509, "x", 3),
        (408, "x", 3),
        (423, "x", 3),
        (409, "ConcurrentItemSave", 3),
        (412, "ErrorIrresolvableConflict", 3),
        (403, "ErrorMailboxStoreUnavailable", 3),
        (500, "x", 1),
        (507, "x", 0),
        (302, "x", 0),
        (404, "x", 0),
        (400, "x", 0),
        (401, "x", 0),
        (403, "x", 0),
        (403, "ErrorQuotaExceeded", 0),
        (501, "x", 0),
    ] {
        let meaning = error_codes::find(StatusCode::from_u16(status).unwrap(), &[code], false);
        let error = build_error(meaning.retry, None);
        let retries = (1..10).take_while(|n| POLICY.compute_delay(*n, RequestEffect::None, &error, LONG, 0.5).is_some()).count();
        assert_eq!(retries, times, "{status} {code}");
    }
}

/// A request that the host's policy refuses, an untrusted certificate, an unknown host: the next attempt fails as well.
#[test]
fn permanent_transport_error_is_not_retried_and_names_request() {
    let script = Script::new().then_permanent_fault(ErrorKind::ConnectionFailed, "the policy refuses it");
    let (service, settings) = (service(), build_settings());
    let read = Connector::new(&service, &script, &settings).get_contact(&build_container(), "c", &Selection::default());
    let error = read.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ConnectionFailed);
    assert!(error.message.contains("GET https://graph.microsoft.com/v1.0/users/u/contacts/c"), "{}", error.message);
    assert!(script.is_done() && script.waits().is_empty());
}

/// The whole batch was refused: each error names the batch and its own request.
#[test]
fn refused_batch_is_not_retried_and_names_requests() {
    let script = Script::new().then_permanent_fault(ErrorKind::ConnectionFailed, "the policy refuses it");
    let (service, settings) = (service(), build_settings());
    let deleted = Connector::new(&service, &script, &settings).delete_contacts(&build_container(), &["a", "b"]);
    for (result, id) in deleted.into_iter().zip(["a", "b"]) {
        let error = result.unwrap_err();
        assert!(!error.may_have_taken_effect);
        for named in [
            "POST https://graph.microsoft.com/v1.0/$batch",
            &format!("DELETE https://graph.microsoft.com/v1.0/users/u/contacts/{id}"),
        ] {
            assert!(error.message.contains(named), "{}", error.message);
        }
    }
    assert!(script.is_done());
}

#[test]
fn request_that_is_not_idempotent_is_not_retried_after_effect() {
    let error = Error { may_have_taken_effect: true, ..build_error(RetryAdvice::Repeatedly, None) };
    assert_eq!(POLICY.compute_delay(1, RequestEffect::NotIdempotent, &error, LONG, 0.5), None);
    for safe in [RequestEffect::None, RequestEffect::Idempotent, RequestEffect::Deletion] {
        assert!(POLICY.compute_delay(1, safe, &error, LONG, 0.5).is_some());
    }
}

proptest! {
    #[test]
    fn delay_never_exceeds_deadline(attempt in 1u32..20, left in 0u64..100_000, after in proptest::option::of(0.0f64..1e6), chance in 0.0f64..=1.0) {
        let left = Duration::from_millis(left);
        let patient = RetryPolicy { max_retries: 20, ..POLICY };
        if let Some(delay) = patient.compute_delay(attempt, RequestEffect::None, &build_error(RetryAdvice::Repeatedly, after), left, chance) {
            prop_assert!(delay < left);
        }
    }
}

#[test]
fn request_is_retried_until_success() {
    let script = Script::new()
        .then_bytes(429, &[("retry-after", "2.5")], b"")
        .then_bytes(503, &[], b"")
        .then_fault(ErrorKind::ConnectionFailed, true)
        .then(200, json!({"id": "c"}));
    let (service, settings) = (service(), build_settings());
    let contact =
        Connector::new(&service, &script, &settings).get_contact(&build_container(), "c", &Selection::default()).unwrap();
    assert_eq!(contact.id.value().unwrap(), "c");
    let waits = script.waits();
    assert_eq!(waits[0], Duration::from_millis(2500));
    assert!(waits[1] >= Duration::from_secs(3) && waits[1] <= Duration::from_secs(6), "{waits:?}");
    assert_eq!(waits.len(), 3);
}

#[test]
fn final_error_has_retry_after_and_attempts() {
    let script = Script::new()
        .then_bytes(429, &[("retry-after", "1")], b"")
        .then_bytes(429, &[("retry-after", "40")], b"")
        .then(200, json!({"id": "c"}));
    let (service, settings) = (service(), build_settings());
    let error = Connector::new(&service, &script, &settings).delete_contact(&build_container(), "c").unwrap_err();
    assert_eq!((error.kind, error.retry_after()), (ErrorKind::Throttled, Some(Duration::from_secs(40))));
    assert!(!error.may_have_taken_effect, "the contact exists");
    assert!(error.message.contains("(2 attempts)"), "{}", error.message);
    assert!(script.is_done(), "forty seconds exceed the time limit");
}

/// The first attempt deleted the contact, and its response was lost.
#[test]
fn not_found_after_lost_response_is_deleted() {
    let script = Script::new().then_fault(ErrorKind::ConnectionFailed, true).then_error(404, "ErrorItemNotFound");
    let (service, settings) = (service(), build_settings());
    Connector::new(&service, &script, &settings).delete_contact(&build_container(), "c").unwrap();
    let script = Script::new().then_fault(ErrorKind::ConnectionFailed, false).then_error(404, "ErrorItemNotFound");
    assert!(
        Connector::new(&service, &script, &settings).delete_contact(&build_container(), "c").is_err(),
        "the first attempt did not arrive"
    );
}

#[test]
fn error_says_if_any_attempt_may_have_taken_effect() {
    let script = Script::new()
        .then(200, json!({"id": "c", "givenName": "Ada"}))
        .then_fault(ErrorKind::ConnectionFailed, true)
        .then_error(403, "ErrorAccessDenied")
        .then(200, json!({"id": "c", "givenName": "Ada"}));
    let (service, settings) = (service(), build_settings());
    let wanted = from_json::parse_input(json!({"givenName": "Augusta"}).as_object().unwrap(), Version::V1, "").unwrap();
    let error = Connector::new(&service, &script, &settings).update_contact(&build_container(), "c", &wanted).unwrap_err();
    assert_eq!((error.kind, error.may_have_taken_effect), (ErrorKind::PermissionDenied, true));
}
