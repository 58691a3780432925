//! Contact photos, open extensions and permanent deletion in the OpenIDM API.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::{Value, json};

use crate::fixture::{Fixture, UID, run, send_request};

/// A JPEG of one by two pixels: start, frame header, end (ITU-T T.81).
const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 2, 0, 1, 1, 1, 0x11, 0, 0xff, 0xd9];

async fn contact(fixture: &Fixture) -> String {
    fixture.add(json!({"givenName": "Ada"}));
    let (_, body) = fixture.query("contact", &[("_queryFilter", &format!("mailbox eq \"{UID}\""))]).await;
    body["result"][0]["_id"].as_str().unwrap().to_owned()
}

async fn put(fixture: &Fixture, id: &str, body: Value) -> (u16, Value) {
    send_request(fixture.request_of("contact", Method::PUT, id).header("If-Match", "*").body(body.to_string())).await
}

#[test]
fn photo_is_written_and_read_on_request() {
    run(async {
        let fixture = Fixture::start().await;
        let id = contact(&fixture).await;
        let with_photo = format!("{id}?_fields=photoContent,givenName");
        let (_, none) = send_request(fixture.request_of("contact", Method::GET, &with_photo)).await;
        assert_eq!(none, json!({"_id": id, "_rev": none["_rev"], "givenName": "Ada"}));
        let photo = STANDARD.encode(JPEG);
        let (status, updated) = put(&fixture, &id, json!({"photoContent": photo, "givenName": "Augusta"})).await;
        assert_eq!(
            (status, &updated["givenName"], &updated["photoContent"]),
            (200, &json!("Augusta"), &json!(null)),
            "{updated}"
        );
        let (_, read) = send_request(fixture.request_of("contact", Method::GET, &with_photo)).await;
        assert_eq!(read, json!({"_id": id, "_rev": read["_rev"], "givenName": "Augusta", "photoContent": photo}));
        fixture.emulator.clear_requests();
        for wrong in [json!(null), json!(7), json!("!"), json!(STANDARD.encode("GIF89a"))] {
            assert_eq!(put(&fixture, &id, json!({"photoContent": wrong, "givenName": "x"})).await.0, 400, "{wrong}");
        }
        assert!(fixture.sent().is_empty(), "an invalid photo prevents every write");
    });
}

#[test]
fn extensions_attribute_replaces_extensions() {
    run(async {
        let fixture = Fixture::start().await;
        let id = contact(&fixture).await;
        let read = async || {
            let (status, read) =
                send_request(fixture.request_of("contact", Method::GET, &format!("{id}?_fields=extensions"))).await;
            assert_eq!(status, 200, "{read}");
            let all = read["extensions"].as_array().cloned().unwrap_or_default();
            let own = |extension: &Value| {
                let mut own = extension.as_object().unwrap().clone();
                own.retain(|name, value| name != "id" && !name.contains('@') && !value.is_null());
                Value::Object(own)
            };
            all.iter().map(own).collect::<Vec<_>>()
        };
        let first = json!({"extensionName": "Com.A", "x": 1, "y": "two"});
        let second = json!({"extensionName": "Com.B", "z": true});
        assert_eq!(put(&fixture, &id, json!({"extensions": [first, second]})).await.0, 200);
        assert_eq!(read().await, [first, second.clone()]);

        // The write replaces the attribute: unnamed properties and extensions are removed.
        let changed = json!({"extensionName": "Com.A", "x": 2});
        assert_eq!(put(&fixture, &id, json!({"extensions": changed})).await.0, 200);
        assert_eq!(read().await, std::slice::from_ref(&changed));
        fixture.emulator.clear_requests();
        assert_eq!(put(&fixture, &id, json!({"extensions": [changed]})).await.0, 200);
        fixture.assert_nothing_written();

        let patch = json!([{"operation": "add", "field": "/extensions/-", "value": second}]);
        let (status, _) = send_request(fixture.request_of("contact", Method::PATCH, &id).body(patch.to_string())).await;
        assert_eq!(status, 200);
        assert_eq!(read().await, [changed, second]);
        assert_eq!(put(&fixture, &id, json!({"extensions": null})).await.0, 200);
        assert_eq!(read().await, [json!(null); 0]);
        for wrong in [json!(7), json!([{"x": 1}]), json!([{"extensionName": "A"}, {"extensionName": "A"}])] {
            assert_eq!(put(&fixture, &id, json!({"extensions": wrong})).await.0, 400, "{wrong}");
        }
    });
}

#[test]
fn permanent_delete_removes_contact() {
    run(async {
        let fixture = Fixture::start().await;
        let id = contact(&fixture).await;
        let action = format!("{id}?_action=permanentDelete");
        let (status, body) = send_request(fixture.request_of("contact", Method::POST, &action)).await;
        assert_eq!((status, body), (200, json!({})));
        assert!(fixture.sent().iter().any(|line| line.starts_with("POST ") && line.ends_with("/permanentDelete")));
        assert_eq!(send_request(fixture.request_of("contact", Method::POST, &action)).await.0, 404);
        assert_eq!(send_request(fixture.request_of("contact", Method::POST, &format!("{id}?_action=other"))).await.0, 501);
        assert_eq!(fixture.contacts().await, [json!(null); 0]);
    });
}
