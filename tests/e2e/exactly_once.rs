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

/// 503 with an empty body (learn.microsoft.com/answers/1465421), 503 and 409 `ConcurrentItemSave` (msgraph-sdk-ruby 38), 412
/// without a condition (davmail 491): each was seen for a write that took effect.
#[test]
fn failure_after_effect_does_not_duplicate_contact() {
    run(async {
        let fixture = Fixture::with(connector(), with_retries).await;
        let mut expected = 0;
        for response in [
            empty_response(StatusCode::SERVICE_UNAVAILABLE),
            CannedResponse::error(StatusCode::SERVICE_UNAVAILABLE, "ConcurrentItemSave", "x"),
            CannedResponse::error(StatusCode::CONFLICT, "ConcurrentItemSave", "x"),
            CannedResponse::error(StatusCode::PRECONDITION_FAILED, "ErrorIrresolvableConflict", "x"),
            empty_response(StatusCode::TOO_MANY_REQUESTS),
            CannedResponse::error(StatusCode::BAD_REQUEST, "RequestBodyRead", "x"),
            CannedResponse::error(StatusCode::FORBIDDEN, "ErrorAccessDenied", "x"),
        ] {
            // Alone, with a caller's key, and in a batch.
            for (count, key) in [(1, None), (1, Some("a key of its own")), (3, None), (3, Some("another"))] {
                let fault =
                    Fault::new(FaultKind::ApplyThenRespond(response.clone())).method(Method::POST).target_contains("/contacts");
                fixture.emulator.inject(if count == 1 { fault } else { fault.in_batch().times(count) });
                let names: Vec<Value> = (0..count).map(|n| json!({"givenName": n.to_string()})).collect();
                let request = fixture.request(Method::PUT, UID).header("If-Match", "*");
                let request = match key {
                    Some(key) => request.header("Idempotency-Key", format!("{key} {expected}")),
                    None => request,
                };
                let (status, body) = send_request(request.body(json!({"__addContacts__": names}).to_string())).await;
                expected += count;
                assert_eq!(status, 200, "{response:?} {count} {key:?}: {body}");
                assert_eq!(fixture.contacts().await.len(), expected, "{response:?} {count} {key:?}");
            }
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
        // draft-ietf-httpapi-idempotency-key-header: a key belongs to its request, and nothing of another one is written.
        let id = fixture.add(json!({"givenName": "kept", "nickName": "old"}));
        for other in [
            json!({"__addContacts__": [{"givenName": "1"}, {"givenName": "3"}]}),
            json!({"__addContacts__": [{"givenName": "1"}, {"givenName": "2"}, {"givenName": "3"}]}),
            json!({"__addContacts__": {"givenName": "1"}}),
            json!({"__updateContacts__": {"id": id, "nickName": "new"}}),
            json!({"__removeContacts__": id}),
        ] {
            let (status, refused) = put("another", other.clone()).await;
            assert_eq!((status, &refused["detail"]["kind"]), (422, &json!("invalid-attribute-value")), "{other}: {refused}");
        }
        let kept = fixture.contacts().await.into_iter().find(|contact| contact["id"] == id.as_str()).unwrap();
        assert_eq!(kept["nickName"], "old");
        fixture.put(json!({"__removeContacts__": id})).await;
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
