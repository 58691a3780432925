//! OpenIDM's `liveSync` for each class. Each response has the state for the next request, as OpenIDM's repository keeps it
//! (`OpenICFProvisionerServiceTest.testSync`). `live_sync.rs` has the other tests of actions.

use http::Method;
use serde_json::{Value, json};

use crate::calls::{Response, send, send_json};
use crate::fixture::{Fixture, UID, add_new_rows, run};

/// The classes with `liveSync`, and an updateable attribute of each.
const CLASSES: [(&str, &str); 2] = [("contact", "displayName"), ("contactFolder", "displayName")];

async fn live_sync(fixture: &Fixture, class: &str, state: &Value) -> Response {
    send_json(fixture, Method::POST, &format!("/{class}?_action=liveSync&mailbox={UID}"), &[], state).await
}

/// Returns the changes since a state, of all pages, and the new state.
async fn sync_all(fixture: &Fixture, class: &str, state: &Value) -> (Vec<Value>, Value) {
    let (mut changes, mut state) = (Vec::new(), state.clone());
    loop {
        let response = live_sync(fixture, class, &state).await;
        assert_eq!(response.status, 200, "{class}: {response:?}");
        assert!(response.body["connectorData"]["syncToken"].is_string(), "{class}: {response:?}");
        add_new_rows(&mut changes, &response.body["changes"]);
        state = response.body;
        if state["more"] == false {
            return (changes, state);
        }
    }
}

/// The first call returns the current token. Then each create, update and delete is reported once.
#[test]
fn live_sync_resumes_from_returned_state() {
    run(async {
        let fixture = Fixture::start().await;
        for (class, attribute) in CLASSES {
            let path = |id: &str| format!("/{class}/{id}");
            let existing = json!({"mailbox": UID, attribute: "there already"});
            let existing = send_json(&fixture, Method::POST, &format!("/{class}"), &[], &existing).await;
            assert_eq!(existing.status, 201, "{existing:?}");
            let (changes, state) = sync_all(&fixture, class, &json!({})).await;
            assert_eq!(changes, [Value::Null; 0], "{class}");

            let new = json!({"mailbox": UID, attribute: "new"});
            let new = send_json(&fixture, Method::POST, &format!("/{class}"), &[], &new).await;
            let (created, state) = sync_all(&fixture, class, &state).await;
            assert_eq!((created.len(), &created[0]["uid"]), (1, &new.body["_id"]), "{class}: {created:?}");
            assert_eq!(created[0]["object"][attribute], "new", "{class}");

            send_json(&fixture, Method::PUT, &path(new.id()), &[("if-match", "*")], &json!({attribute: "changed"})).await;
            let (updated, state) = sync_all(&fixture, class, &state).await;
            assert_eq!((updated.len(), &updated[0]["uid"]), (1, &new.body["_id"]), "{class}: {updated:?}");
            assert_eq!(updated[0]["object"][attribute], "changed", "{class}");

            send(&fixture, Method::DELETE, &path(existing.id()), &[], "").await;
            let (deleted, state) = sync_all(&fixture, class, &state).await;
            assert_eq!(deleted, [json!({"uid": existing.body["_id"], "deleted": true})], "{class}");
            assert_eq!(sync_all(&fixture, class, &state).await.0, [Value::Null; 0], "{class}");
        }
    });
}
