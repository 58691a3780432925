//! Faults do not lose or duplicate a write.

use std::time::Duration;

use graph_contacts_host::Settings;
use graph_emulator::{CannedResponse, Fault, FaultKind};
use http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::fixture::{Fixture, UID, connector, run, send_request};

fn with_retries(settings: &mut Settings) {
    settings.max_retries = Some(3);
}

fn empty_response(status: StatusCode) -> CannedResponse {
    CannedResponse::empty(status)
}

#[test]
fn lost_response_does_not_duplicate_contact() {
    run(async {
        let fixture = Fixture::with(connector(), with_retries).await;
        for (number, fault) in [
            FaultKind::ApplyThenRespond(empty_response(StatusCode::GATEWAY_TIMEOUT)),
            FaultKind::ApplyThenRespond(empty_response(StatusCode::BAD_GATEWAY)),
            FaultKind::ApplyThenClose,
            FaultKind::Truncate(10),
        ]
        .into_iter()
        .enumerate()
        {
            fixture.emulator.inject(Fault::new(fault.clone()).method(Method::POST));
            let (status, body) = fixture.put(json!({"__addContacts__": {"givenName": number.to_string()}})).await;
            assert_eq!(status, 200, "{fault:?}: {body}");
            assert_eq!(fixture.contacts().await.len(), number + 1, "{fault:?}");
        }
    });
}

#[test]
fn failed_creation_is_retried() {
    run(async {
        let fixture = Fixture::with(connector(), with_retries).await;
        let throttled =
            empty_response(StatusCode::TOO_MANY_REQUESTS).header(header::RETRY_AFTER, header::HeaderValue::from_static("0.2"));
        for (number, fault) in [
            FaultKind::Respond(throttled),
            FaultKind::Respond(empty_response(StatusCode::SERVICE_UNAVAILABLE)),
            FaultKind::Respond(empty_response(StatusCode::GATEWAY_TIMEOUT)),
            FaultKind::Close,
        ]
        .into_iter()
        .enumerate()
        {
            fixture.emulator.inject(Fault::new(fault.clone()).method(Method::POST).times(2));
            let (status, body) = fixture.put(json!({"__addContacts__": {"givenName": number.to_string()}})).await;
            assert_eq!(status, 200, "{fault:?}: {body}");
            assert_eq!(fixture.contacts().await.len(), number + 1, "{fault:?}");
        }
    });
}

#[test]
fn updates_and_removals_are_retried() {
    run(async {
        let fixture = Fixture::with(connector(), with_retries).await;
        let (kept, gone) = (fixture.add(json!({"givenName": "1"})), fixture.add(json!({"givenName": "2"})));
        for method in [Method::GET, Method::PATCH, Method::DELETE] {
            fixture
                .emulator
                .inject(Fault::new(FaultKind::Respond(empty_response(StatusCode::SERVICE_UNAVAILABLE))).method(method.clone()));
            fixture.emulator.inject(Fault::new(FaultKind::ApplyThenClose).method(method));
        }
        let (status, body) =
            fixture.put(json!({"__updateContacts__": {"id": kept, "givenName": "3"}, "__removeContacts__": gone})).await;
        assert_eq!(status, 200, "{body}");
        let names: Vec<Value> = fixture.contacts().await.into_iter().map(|contact| contact["givenName"].clone()).collect();
        assert_eq!(names, [json!("3")]);
    });
}

#[test]
fn repeated_idempotency_key_adds_nothing() {
    run(async {
        let fixture = Fixture::with(connector(), with_retries).await;
        let put = |key: &'static str, body: Value| {
            let request = fixture.request(Method::PUT, UID).header("If-Match", "*").header("Idempotency-Key", key);
            send_request(request.body(body.to_string()))
        };
        let body = json!({"__addContacts__": [{"givenName": "1"}, {"givenName": "2"}]});
        for _ in 0..3 {
            assert_eq!(put("\"8e03978e-40d5-43e8-bc93-6894a57f9324\"", body.clone()).await.0, 200);
        }
        assert_eq!(fixture.contacts().await.len(), 2);
        assert_eq!(put("another", body).await.0, 200);
        assert_eq!(fixture.contacts().await.len(), 4);
        assert_eq!(put("", json!({})).await.0, 400);
    });
}

/// The connector waits as Retry-After requests. A wait beyond the deadline is passed on at once.
#[test]
fn retry_after_is_respected_within_deadline() {
    run(async {
        let fixture = Fixture::with(connector(), |settings| {
            with_retries(settings);
            settings.deadline = Duration::from_secs(3);
        })
        .await;
        let throttled = |seconds| {
            empty_response(StatusCode::TOO_MANY_REQUESTS).header(header::RETRY_AFTER, header::HeaderValue::from_static(seconds))
        };
        fixture.emulator.inject(Fault::new(FaultKind::Respond(throttled("1.2"))));
        let begun = std::time::Instant::now();
        assert_eq!(fixture.get(UID).await.0, 200);
        assert!(begun.elapsed() >= Duration::from_millis(1200));

        fixture.emulator.inject(Fault::new(FaultKind::Respond(throttled("60"))));
        let begun = std::time::Instant::now();
        let response = fixture.request(Method::GET, UID).send().await.unwrap();
        assert_eq!((response.status().as_u16(), response.headers()["retry-after"].to_str().unwrap()), (503, "60"));
        assert!(begun.elapsed() < Duration::from_secs(2));
    });
}
