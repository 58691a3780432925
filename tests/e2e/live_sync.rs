//! OpenIDM's actions on an object class: `liveSync` and `schema`.

use graph_emulator::SyncStateError;
use http::Method;
use serde_json::{Value, json};

use crate::fixture::{Fixture, UID, add_new_rows, run, send_request};

async fn action(fixture: &Fixture, class: &str, query: &str, body: &str) -> (u16, Value) {
    send_request(fixture.request_of(class, Method::POST, query).body(body.to_owned())).await
}

/// Reads a round to its end: a page may be empty, or repeat a row. Returns the last response, with the changes of all.
async fn read_round(fixture: &Fixture, path: &str, state: &str) -> Value {
    let (mut state, mut changes) = (state.to_owned(), Vec::new());
    loop {
        let (status, mut next) = action(fixture, "contact", path, &state).await;
        assert_eq!(status, 200, "{next}");
        add_new_rows(&mut changes, &next["changes"]);
        if next["more"] == false {
            next["changes"] = changes.into();
            return next;
        }
        state = next.to_string();
    }
}

#[test]
fn live_sync_returns_each_change_once() {
    run(async {
        let fixture = Fixture::start().await;
        let path = format!("?_action=liveSync&mailbox={UID}");
        fixture.add(json!({"givenName": "there before"}));
        let state = read_round(&fixture, &path, "").await;
        assert_eq!(state["changes"], json!([]), "{state}");

        let id = fixture.add(json!({"givenName": "Ada"}));
        let state = read_round(&fixture, &path, &state.to_string()).await;
        let changes = state["changes"].as_array().unwrap();
        assert_eq!(changes.len(), 1, "{state}");
        assert_eq!((&changes[0]["object"]["givenName"], &changes[0]["object"]["id"]), (&json!("Ada"), &json!(id)));
        let uid = changes[0]["uid"].as_str().unwrap().to_owned();
        let (status, read) = send_request(fixture.request_of("contact", Method::GET, &uid)).await;
        assert_eq!((status, &read["givenName"]), (200, &json!("Ada")));

        assert_eq!(send_request(fixture.request_of("contact", Method::DELETE, &uid)).await.0, 200);
        let state = read_round(&fixture, &path, &state.to_string()).await;
        assert_eq!(state["changes"], json!([{"uid": uid, "deleted": true}]));
        let state = read_round(&fixture, &path, &state.to_string()).await;
        assert_eq!(state["changes"], json!([]));

        fixture.emulator.expire_delta_tokens(SyncStateError::SyncStateNotFound);
        let (status, body) = action(&fixture, "contact", &path, &state.to_string()).await;
        assert_eq!((status, &body["detail"]["kind"]), (410, &json!("resync-required")), "{body}");
    });
}

#[test]
fn invalid_action_request_is_rejected() {
    run(async {
        let fixture = Fixture::start().await;
        let path = format!("?_action=liveSync&mailbox={UID}");
        for (class, query, body, status) in [
            ("contact", "?_action=liveSync", "", 400),
            ("contact", &path, "[]", 400),
            ("contact", &path, "{\"connectorData\": {}}", 400),
            ("contact", &path, "{\"connectorData\": {\"syncToken\": \"!\"}}", 400),
            ("contact", &path, "{", 400),
            ("contact", "?_action=fly", "", 400),
            ("user", &path, "", 501),
        ] {
            let (actual, response) = action(&fixture, class, query, body).await;
            assert_eq!(actual, status, "{class} {query} {body}: {response}");
        }
        assert!(fixture.sent().is_empty());
    });
}

#[test]
fn schema_action_returns_object_classes() {
    run(async {
        let fixture = Fixture::start().await;
        let (status, folder) = action(&fixture, "contactFolder", "?_action=schema", "").await;
        assert_eq!(status, 200, "{folder}");
        assert_eq!(folder["properties"]["displayName"]["nativeName"], "__NAME__");
        assert_eq!(folder["properties"]["displayName"]["required"], true);
        let system = reqwest::Client::new()
            .post(format!("http://{}/openidm/system/azuread?_action=schema", fixture.gateway.address()))
            .header("X-OpenIDM-Username", "openidm-admin")
            .header("X-OpenIDM-Password", "openidm-admin");
        let (status, all) = send_request(system).await;
        assert_eq!((status, &all["contactFolder"]), (200, &folder), "{all}");
        assert_eq!(all.as_object().unwrap().keys().collect::<Vec<_>>(), ["user", "contact", "contactFolder", "orgContact"]);
    });
}
