//! OpenIDM's `liveSync` for each class, whose state goes from answer to request as OpenIDM's repository keeps it
//! (`OpenICFProvisionerServiceTest.testSync`). What else there is about actions is in `live_sync.rs`.

use http::Method;
use serde_json::{Value, json};

use crate::calls::{Response, send, send_json};
use crate::fixture::{Fixture, UID, run};

/// The classes that are followed, and an attribute of each that can be changed.
const CLASSES: [(&str, &str); 2] = [("contact", "displayName"), ("contactFolder", "displayName")];

async fn live_sync(fixture: &Fixture, class: &str, state: &Value) -> Response {
    send_json(fixture, Method::POST, &format!("/{class}?_action=liveSync&mailbox={UID}"), &[], state).await
}

/// The changes since a state, of as many calls as it takes, and the state then.
async fn followed(fixture: &Fixture, class: &str, state: &Value) -> (Vec<Value>, Value) {
    let (mut changes, mut state) = (Vec::new(), state.clone());
    loop {
        let answer = live_sync(fixture, class, &state).await;
        assert_eq!(answer.status, 200, "{class}: {answer:?}");
        assert!(answer.body["connectorData"]["syncToken"].is_string(), "{class}: {answer:?}");
        changes.extend(answer.body["changes"].as_array().unwrap().clone());
        state = answer.body;
        if state["more"] == false {
            return (changes, state);
        }
    }
}

/// The first call only keeps the token of now; then each creation, update and deletion comes once, and the state goes on.
#[test]
fn live_sync_resumes_from_returned_state() {
    run(async {
        let fixture = Fixture::start().await;
        for (class, attribute) in CLASSES {
            let path = |id: &str| format!("/{class}/{id}");
            let there = json!({"mailbox": UID, attribute: "there already"});
            let there = send_json(&fixture, Method::POST, &format!("/{class}"), &[], &there).await;
            assert_eq!(there.status, 201, "{there:?}");
            let (changes, state) = followed(&fixture, class, &json!({})).await;
            assert_eq!(changes, [Value::Null; 0], "{class}");

            let new = json!({"mailbox": UID, attribute: "new"});
            let new = send_json(&fixture, Method::POST, &format!("/{class}"), &[], &new).await;
            let (created, state) = followed(&fixture, class, &state).await;
            assert_eq!((created.len(), &created[0]["uid"]), (1, &new.body["_id"]), "{class}: {created:?}");
            assert_eq!(created[0]["object"][attribute], "new", "{class}");

            send_json(&fixture, Method::PUT, &path(new.id()), &[("if-match", "*")], &json!({attribute: "changed"})).await;
            let (updated, state) = followed(&fixture, class, &state).await;
            assert_eq!((updated.len(), &updated[0]["uid"]), (1, &new.body["_id"]), "{class}: {updated:?}");
            assert_eq!(updated[0]["object"][attribute], "changed", "{class}");

            send(&fixture, Method::DELETE, &path(there.id()), &[], "").await;
            let (deleted, state) = followed(&fixture, class, &state).await;
            assert_eq!(deleted, [json!({"uid": there.body["_id"], "deleted": true})], "{class}");
            assert_eq!(followed(&fixture, class, &state).await.0, [Value::Null; 0], "{class}");
        }
    });
}
