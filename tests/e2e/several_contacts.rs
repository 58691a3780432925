//! Several contacts in one request: update, then add, then remove, each with its own outcome.

use bytes::Bytes;
use graph_contacts_host::emulator::{Fault, FaultKind, Reply};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::bench::{Bench, UID, connector, run};

#[test]
fn they_run_as_update_add_remove() {
    run(async {
        let bench = Bench::start().await;
        let (kept, gone) = (bench.add(json!({"givenName": "Kept"})), bench.add(json!({"givenName": "Gone"})));
        let (status, user) = bench
            .put(json!({
                "__removeContacts__": [gone],
                "__addContacts__": [{"givenName": "New 1"}, {"givenName": "New 2"}],
                "__updateContacts__": [{"id": kept, "givenName": "Changed"}],
            }))
            .await;
        assert_eq!((status, &user["_id"]), (200, &json!(UID)));
        let requests = bench.emulator.requests();
        let methods: Vec<&str> = requests.iter().map(|r| r.method.as_str()).collect();
        assert_eq!(methods, ["GET", "GET", "PATCH", "POST", "POST", "DELETE"]);
        let mut names: Vec<Value> = bench.contacts().await.into_iter().map(|contact| contact["givenName"].clone()).collect();
        names.sort_by_key(Value::to_string);
        assert_eq!(names, ["Changed", "New 1", "New 2"]);
    });
}

#[test]
fn one_that_fails_neither_hides_nor_undoes_the_others() {
    run(async {
        let bench = Bench::start().await;
        let (first, second, gone) =
            (bench.add(json!({"givenName": "1"})), bench.add(json!({"givenName": "2"})), bench.add(json!({"givenName": "3"})));
        let denied =
            Reply::error(StatusCode::FORBIDDEN, "ErrorAccessDenied", "Access is denied. Check credentials and try again.");
        bench.emulator.inject(Fault::new(FaultKind::Answer(denied)).method(Method::POST).after(1));
        let unknown = format!("{}AAAA", &first[..first.len() - 4]);
        let (status, body) = bench
            .put(json!({
                "__updateContacts__": [{"id": unknown, "givenName": "x"}, {"id": second, "givenName": "2 changed"}],
                "__addContacts__": [{"givenName": "4"}, {"givenName": "5"}, {"givenName": "6"}],
                "__removeContacts__": [gone, gone],
            }))
            .await;
        assert_eq!(status, 404, "the first failure decides: {body}");
        assert_eq!((&body["code"], &body["reason"]), (&json!(404), &json!("Not Found")));
        let outcomes = body["detail"]["contacts"].as_array().unwrap();
        let seen: Vec<(&str, i64, bool)> = outcomes
            .iter()
            .map(|o| (o["attribute"].as_str().unwrap(), o["position"].as_i64().unwrap(), o["done"].as_bool().unwrap()))
            .collect();
        assert_eq!(
            seen,
            [
                ("__updateContacts__", 0, false),
                ("__updateContacts__", 1, true),
                ("__addContacts__", 0, true),
                ("__addContacts__", 1, false),
                ("__addContacts__", 2, true),
                ("__removeContacts__", 0, true),
                ("__removeContacts__", 1, true),
            ]
        );
        assert_eq!(outcomes[0]["id"], unknown);
        assert_eq!(outcomes[3]["error"]["kind"], "permission-denied");
        assert!(outcomes[2]["id"].is_string() && outcomes[3].get("id").is_none());
        let names: Vec<Value> = bench.contacts().await.into_iter().map(|contact| contact["givenName"].clone()).collect();
        for name in ["1", "2 changed", "4", "6"] {
            assert!(names.contains(&json!(name)), "{name} in {names:?}");
        }
        assert_eq!(names.len(), 4);
    });
}

/// The service created the contact and the gateway before it gave up: the caller has to know.
#[test]
fn what_may_have_been_done_is_told() {
    run(async {
        let bench = Bench::with(connector(), |settings| settings.exactly_once = Some(false)).await;
        let reply = Reply { body: Bytes::from_static(b"<html>"), ..Reply::empty(StatusCode::GATEWAY_TIMEOUT) };
        bench.emulator.inject(Fault::new(FaultKind::ApplyThenAnswer(reply)).method(Method::POST));
        let (status, body) = bench.put(json!({"__addContacts__": [{"givenName": "1"}, {"givenName": "2"}]})).await;
        assert_eq!(status, 503);
        let outcomes = &body["detail"]["contacts"];
        assert_eq!(outcomes[0]["error"]["mayHaveTakenEffect"], true);
        assert_eq!(outcomes[1]["done"], true);
        assert_eq!(bench.contacts().await.len(), 2);
    });
}
