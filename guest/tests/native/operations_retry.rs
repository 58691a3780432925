//! Requests are repeated where that helps and does no harm, and never beyond the deadline.

use std::time::Duration;

use connector::contact::{Version, from_json};
use connector::error::{Error, ErrorKind, Exchange};
use connector::graph::address::{Container, Mailbox};
use connector::graph::request::RequestEffect;
use connector::graph::selection::Selection;
use connector::operations::connector::{Connector, OperationSettings};
use connector::operations::send::retry_policy::RetryPolicy;
use proptest::prelude::*;
use serde_json::json;

use crate::script::{PLAIN, Script, service};

const POLICY: RetryPolicy = RetryPolicy { max_retries: 3, initial_backoff: Duration::from_secs(3) };

fn terms() -> OperationSettings {
    OperationSettings { retry: POLICY, ..PLAIN.clone() }
}

fn mailbox() -> Container {
    Container::from_mailbox(Mailbox::from_name("u"))
}

fn failure(kind: ErrorKind, status: Option<u16>, retry_after: Option<f64>) -> Error {
    let retry_after = retry_after.map(Duration::from_secs_f64);
    let exchange = Exchange { http_status: status, retry_after, ..Exchange::default() };
    Error { exchange: Some(Box::new(exchange)), ..Error::new(kind, "") }
}

const LONG: Duration = Duration::from_secs(1000);

#[test]
fn the_service_says_how_long_to_wait() {
    for seconds in [0.0, 2.128, 31.0, 500.0] {
        let throttled = failure(ErrorKind::Throttled, Some(429), Some(seconds));
        assert_eq!(POLICY.compute_delay(1, RequestEffect::None, &throttled, LONG, 0.5), Some(Duration::from_secs_f64(seconds)));
    }
}

/// Microsoft's design for its SDKs: 3 s, doubled each time, 180 s at the most; here spread over half of each.
#[test]
fn without_a_word_from_the_service_the_waits_grow() {
    let throttled = failure(ErrorKind::Throttled, Some(429), None);
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
fn what_may_pass_is_repeated_and_what_stays_is_not() {
    use ErrorKind::*;
    for (kind, status, times) in [
        (Throttled, Some(429), 3),
        (Unavailable, Some(503), 3),
        (Unavailable, Some(504), 3),
        (Unavailable, Some(502), 3),
        (Unavailable, Some(509), 3),
        (Unavailable, Some(200), 3),
        (Unavailable, None, 3),
        (ConnectionFailed, None, 3),
        (Unavailable, Some(500), 1),
        (Unavailable, Some(507), 0),
        (Unavailable, Some(302), 0),
        (UnknownUid, Some(404), 0),
        (InvalidAttributeValue, Some(400), 0),
        (InvalidCredential, Some(401), 0),
        (PermissionDenied, Some(403), 0),
        (PreconditionFailed, Some(412), 0),
        (Timeout, None, 0),
        (Configuration, None, 0),
    ] {
        let error = failure(kind, status, None);
        let repeated = (1..10).take_while(|n| POLICY.compute_delay(*n, RequestEffect::None, &error, LONG, 0.5).is_some()).count();
        assert_eq!(repeated, times, "{kind:?} {status:?}");
    }
}

#[test]
fn a_creation_that_may_have_been_done_is_not_simply_repeated() {
    let error = Error { may_have_taken_effect: true, ..failure(ErrorKind::Unavailable, Some(504), None) };
    assert_eq!(POLICY.compute_delay(1, RequestEffect::NotIdempotent, &error, LONG, 0.5), None);
    for safe in [RequestEffect::None, RequestEffect::Idempotent, RequestEffect::Deletion] {
        assert!(POLICY.compute_delay(1, safe, &error, LONG, 0.5).is_some());
    }
}

proptest! {
    #[test]
    fn no_wait_overruns_the_deadline(attempt in 1u32..20, left in 0u64..100_000, after in proptest::option::of(0.0f64..1e6), chance in 0.0f64..=1.0) {
        let left = Duration::from_millis(left);
        let patient = RetryPolicy { max_retries: 20, ..POLICY };
        if let Some(wait) = patient.compute_delay(attempt, RequestEffect::None, &failure(ErrorKind::Throttled, Some(429), after), left, chance) {
            prop_assert!(wait < left);
        }
    }
}

#[test]
fn a_request_is_sent_again_until_it_is_answered() {
    let script = Script::new()
        .then_bytes(429, &[("retry-after", "2.5")], b"")
        .then_bytes(503, &[], b"")
        .then_fault(ErrorKind::ConnectionFailed, true)
        .then(200, json!({"id": "c"}));
    let (service, terms) = (service(), terms());
    let contact = Connector::new(&service, &script, &terms).get_contact(&mailbox(), "c", &Selection::default()).unwrap();
    assert_eq!(contact.id.value().unwrap(), "c");
    let waits = script.waits();
    assert_eq!(waits[0], Duration::from_millis(2500));
    assert!(waits[1] >= Duration::from_secs(3) && waits[1] <= Duration::from_secs(6), "{waits:?}");
    assert_eq!(waits.len(), 3);
}

#[test]
fn who_gives_up_says_how_long_to_wait_and_how_often_it_was_tried() {
    let script = Script::new().then_bytes(429, &[("retry-after", "1")], b"").then_bytes(429, &[("retry-after", "40")], b"");
    let (service, terms) = (service(), terms());
    let error = Connector::new(&service, &script, &terms).delete_contact(&mailbox(), "c").unwrap_err();
    assert_eq!((error.kind, error.retry_after()), (ErrorKind::Throttled, Some(Duration::from_secs(40))));
    assert!(error.message.contains("(2 attempts)"), "{}", error.message);
    assert!(script.is_done(), "forty seconds are more than the operation has");
}

/// The first attempt deleted it, and its answer got lost.
#[test]
fn what_is_gone_after_a_lost_answer_is_deleted() {
    let script = Script::new().then_fault(ErrorKind::ConnectionFailed, true).then_error(404, "ErrorItemNotFound");
    let (service, terms) = (service(), terms());
    Connector::new(&service, &script, &terms).delete_contact(&mailbox(), "c").unwrap();
    let script = Script::new().then_fault(ErrorKind::ConnectionFailed, false).then_error(404, "ErrorItemNotFound");
    assert!(Connector::new(&service, &script, &terms).delete_contact(&mailbox(), "c").is_err(), "this one did not arrive");
}

#[test]
fn what_any_attempt_may_have_done_is_told() {
    let script = Script::new()
        .then(200, json!({"id": "c", "givenName": "Ada"}))
        .then_fault(ErrorKind::ConnectionFailed, true)
        .then_error(403, "ErrorAccessDenied");
    let (service, terms) = (service(), terms());
    let wanted = from_json::parse_input(json!({"givenName": "Augusta"}).as_object().unwrap(), Version::V1, "").unwrap();
    let error = Connector::new(&service, &script, &terms).update_contact(&mailbox(), "c", &wanted).unwrap_err();
    assert_eq!((error.kind, error.may_have_taken_effect), (ErrorKind::PermissionDenied, true));
}
