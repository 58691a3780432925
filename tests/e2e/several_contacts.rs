//! Several contacts in one request: update, then add, then remove, each with its own outcome.

use bytes::Bytes;
use graph_emulator::{CannedResponse, Fault, FaultKind, Throttle};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::fixture::{Fixture, UID, connector, run, send_request};

#[test]
fn changes_run_as_update_add_remove() {
    run(async {
        let fixture = Fixture::start().await;
        let (kept, gone) = (fixture.add(json!({"givenName": "Kept"})), fixture.add(json!({"givenName": "Gone"})));
        let (status, user) = fixture
            .put(json!({
                "__removeContacts__": [gone],
                "__addContacts__": [{"givenName": "New 1"}, {"givenName": "New 2"}],
                "__updateContacts__": [{"id": kept, "givenName": "Changed"}],
            }))
            .await;
        assert_eq!((status, &user["_id"]), (200, &json!(UID)));
        let requests = fixture.emulator.requests();
        let of = |in_batch: bool| requests.iter().filter(move |r| r.batch_item.is_some() == in_batch);
        let on_the_wire: Vec<String> =
            of(false).map(|r| format!("{} {}", r.method, r.target.rsplit('/').next().unwrap_or_default())).collect();
        assert_eq!(
            on_the_wire[2..],
            [format!("PATCH {kept}"), "POST $batch".to_owned(), format!("DELETE {gone}")].map(|line| line.replace('=', "%3D"))
        );
        assert_eq!(of(true).map(|r| r.method.as_str()).collect::<Vec<_>>(), ["POST", "POST"]);
        let mut names: Vec<Value> = fixture.contacts().await.into_iter().map(|contact| contact["givenName"].clone()).collect();
        names.sort_by_key(Value::to_string);
        assert_eq!(names, ["Changed", "New 1", "New 2"]);
    });
}

#[test]
fn failed_change_does_not_affect_others() {
    run(async {
        let fixture = Fixture::start().await;
        let (first, second, gone) = (
            fixture.add(json!({"givenName": "1"})),
            fixture.add(json!({"givenName": "2"})),
            fixture.add(json!({"givenName": "3"})),
        );
        let denied = CannedResponse::error(
            StatusCode::FORBIDDEN,
            "ErrorAccessDenied",
            "Access is denied. Check credentials and try again.",
        );
        fixture.emulator.inject(Fault::new(FaultKind::Respond(denied)).method(Method::POST).after(1).in_batch());
        let unknown = format!("{}AAAA", &first[..first.len() - 4]);
        let (status, body) = fixture
            .put(json!({
                "__updateContacts__": [{"id": unknown, "givenName": "x"}, {"id": second, "givenName": "2 changed"}],
                "__addContacts__": [{"givenName": "4"}, {"givenName": "5"}, {"givenName": "6"}],
                "__removeContacts__": [gone, gone],
            }))
            .await;
        assert_eq!(status, 404, "the first failure decides: {body}");
        assert_eq!((&body["code"], &body["reason"]), (&json!(404), &json!("Not Found")));
        let outcomes = body["detail"]["contacts"].as_array().unwrap();
        let seen: Vec<(&str, i64)> =
            outcomes.iter().map(|o| (o["attribute"].as_str().unwrap(), o["position"].as_i64().unwrap())).collect();
        let (update, add, remove) = ("__updateContacts__", "__addContacts__", "__removeContacts__");
        assert_eq!(seen, [(update, 0), (update, 1), (add, 0), (add, 1), (add, 2), (remove, 0), (remove, 1)]);
        let done: Vec<bool> = outcomes.iter().map(|outcome| outcome["done"].as_bool().unwrap()).collect();
        assert_eq!((&done[..2], &done[5..]), (&[false, true][..], &[true, true][..]));
        assert_eq!(outcomes[0]["id"], unknown);
        // The service decides which item of the batch meets the fault.
        let denied = (2..5).find(|position| !done[*position]).unwrap();
        assert_eq!((outcomes[denied]["error"]["kind"].as_str(), outcomes[denied].get("id")), (Some("permission-denied"), None));
        let mut expected = vec!["1", "2 changed"];
        for (position, name) in [(2, "4"), (3, "5"), (4, "6")] {
            if position != denied {
                assert!(outcomes[position]["id"].is_string());
                expected.push(name);
            }
        }
        let contacts = fixture.contacts().await;
        let mut names: Vec<&str> = contacts.iter().map(|contact| contact["givenName"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, expected);
    });
}

/// The service creates the contact, but its gateway times out. The outcome says that the change may have taken effect.
#[test]
fn unknown_outcome_is_reported() {
    run(async {
        let fixture = Fixture::with(connector(), |settings| settings.exactly_once = Some(false)).await;
        let response =
            CannedResponse { body: Bytes::from_static(b"<html>"), ..CannedResponse::empty(StatusCode::GATEWAY_TIMEOUT) };
        fixture.emulator.inject(Fault::new(FaultKind::ApplyThenRespond(response)).method(Method::POST).in_batch());
        let (status, body) = fixture.put(json!({"__addContacts__": [{"givenName": "1"}, {"givenName": "2"}]})).await;
        assert_eq!(status, 503);
        let outcomes = &body["detail"]["contacts"];
        let (lost, done) = if outcomes[0]["done"] == true { (1, 0) } else { (0, 1) };
        assert_eq!(outcomes[lost]["error"]["mayHaveTakenEffect"], true);
        assert_eq!(outcomes[done]["done"], true);
        assert_eq!(fixture.contacts().await.len(), 2);
    });
}

/// For 100 added contacts the user is read, and five batches are sent. At most four requests at a time reach the mailbox.
#[test]
fn hundred_additions_use_five_batches() {
    run(async {
        let fixture = Fixture::start().await;
        fixture.emulator.set_throttle(Throttle::outlook());
        let many: Vec<Value> = (0..100).map(|number| json!({"givenName": number.to_string()})).collect();
        let (status, body) = fixture.put(json!({"__addContacts__": many})).await;
        assert_eq!(status, 200, "{body}");
        let on_the_wire = fixture.emulator.requests().iter().filter(|request| request.batch_item.is_none()).count();
        assert_eq!(on_the_wire, 1 + 5);
        assert_eq!(fixture.contacts().await.len(), 100);
    });
}

/// Twelve concurrent callers, each in its own sandbox, stay within Outlook's limit, so none is throttled. They create contacts of
/// their own, which are not ordered: changes of one user are.
#[test]
fn mailbox_concurrency_stays_at_four() {
    run(async {
        let fixture = std::sync::Arc::new(Fixture::start().await);
        fixture.emulator.set_throttle(Throttle::outlook());
        fixture.emulator.inject(Fault::new(FaultKind::Delay(std::time::Duration::from_millis(100))).forever());
        let callers: Vec<_> = (0..12)
            .map(|number| {
                let fixture = std::sync::Arc::clone(&fixture);
                let contact = json!({"mailbox": UID, "givenName": number.to_string()});
                let request = fixture.request_of("contact", Method::POST, "?_action=create").body(contact.to_string());
                tokio::spawn(async move { send_request(request).await.0 })
            })
            .collect();
        for caller in callers {
            assert_eq!(caller.await.unwrap(), 201);
        }
        fixture.emulator.clear_faults();
        assert_eq!(fixture.contacts().await.len(), 12);
        assert_eq!(fixture.emulator.peak_concurrency(UID), 4);
    });
}

/// Twelve concurrent callers add contacts in batches, of which the service runs four items at a time. The host sends one batch
/// after the other. The faults slow down the items, so that the batches would overlap otherwise.
#[test]
fn concurrent_batches_keep_mailbox_concurrency_at_four() {
    run(async {
        let fixture = std::sync::Arc::new(Fixture::start().await);
        fixture.emulator.set_throttle(Throttle::outlook());
        fixture.emulator.inject(Fault::new(FaultKind::Delay(std::time::Duration::from_millis(20))).in_batch().forever());
        let callers: Vec<_> = (0..12)
            .map(|number| {
                let fixture = std::sync::Arc::clone(&fixture);
                let six: Vec<Value> = (0..6).map(|contact| json!({"givenName": format!("{number}.{contact}")})).collect();
                tokio::spawn(async move { fixture.put(json!({"__addContacts__": six})).await })
            })
            .collect();
        for caller in callers {
            let (status, body) = caller.await.unwrap();
            assert_eq!(status, 200, "{body}");
        }
        assert_eq!(fixture.emulator.peak_concurrency(UID), 4);
        assert!(fixture.emulator.requests().iter().all(|request| request.status != Some(StatusCode::TOO_MANY_REQUESTS)));
        assert_eq!(fixture.contacts().await.len(), 72);
    });
}
