//! The object class `contact` in the OpenIDM API: create, read, update, delete, and revisions.

use http::Method;
use serde_json::{Value, json};

use crate::fixture::{Fixture, UID, run, send_request};

/// Creates a request to `/openidm/system/azuread/contact/{rest}`.
fn request(fixture: &Fixture, method: Method, rest: &str) -> reqwest::RequestBuilder {
    fixture.request_of("contact", method, rest)
}

async fn create(fixture: &Fixture, attributes: Value) -> (u16, Value, reqwest::header::HeaderMap) {
    let response = request(fixture, Method::POST, "?_action=create").body(attributes.to_string()).send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, response.json().await.unwrap(), headers)
}

#[test]
fn contact_is_created_read_updated_and_deleted() {
    run(async {
        let fixture = Fixture::start().await;
        let (status, created, headers) = create(
            &fixture,
            json!({"mailbox": UID, "givenName": "Ada", "businessAddress": {"city": "London", "street": "1 St"}}),
        )
        .await;
        assert_eq!(status, 201, "{created}");
        let (id, revision) = (created["_id"].as_str().unwrap(), created["_rev"].as_str().unwrap());
        assert!(id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{id}");
        assert_eq!(headers["location"], format!("/openidm/system/azuread/contact/{id}"));
        assert_eq!(headers["etag"], format!("\"{revision}\""));

        let (status, read) = send_request(request(&fixture, Method::GET, id)).await;
        assert_eq!((status, &read), (200, &created));
        assert_eq!((&read["mailbox"], &read["givenName"]), (&json!(UID), &json!("Ada")));
        let (_, part) = send_request(request(&fixture, Method::GET, &format!("{id}?_fields=givenName"))).await;
        assert_eq!(part, json!({"_id": id, "_rev": read["_rev"], "givenName": "Ada"}));

        // Identity managers send the whole object back with a change.
        let mut whole = read.clone();
        whole["givenName"] = json!("Augusta");
        whole["businessAddress"] = json!({"city": "Ockham"});
        let put =
            |body: &Value, revision: &str| request(&fixture, Method::PUT, id).header("If-Match", revision).body(body.to_string());
        let (status, updated) = send_request(put(&whole, &format!("\"{revision}\""))).await;
        assert_eq!(status, 200, "{updated}");
        assert_eq!((&updated["givenName"], &updated["displayName"]), (&json!("Augusta"), &read["displayName"]));
        assert_eq!(updated["businessAddress"], json!({"city": "Ockham", "street": "1 St"}));
        assert_ne!(updated["_rev"], read["_rev"]);

        let (status, deleted) = send_request(request(&fixture, Method::DELETE, id)).await;
        assert_eq!((status, &deleted["givenName"]), (200, &json!("Augusta")));
        assert_eq!(send_request(request(&fixture, Method::DELETE, id)).await.0, 404);
        assert_eq!(send_request(request(&fixture, Method::GET, id)).await.0, 404);
        assert_eq!(send_request(put(&json!({}), "*")).await.0, 404);
    });
}

#[test]
fn stale_revision_fails_precondition() {
    run(async {
        let fixture = Fixture::start().await;
        let (_, created, _) = create(&fixture, json!({"mailbox": UID, "givenName": "Ada"})).await;
        let (id, revision) = (created["_id"].as_str().unwrap(), created["_rev"].as_str().unwrap());
        let get = |revision: &str| request(&fixture, Method::GET, id).header("If-None-Match", format!("\"{revision}\""));
        assert_eq!(get(revision).send().await.unwrap().status(), 304);
        assert_eq!(get("other").send().await.unwrap().status(), 200);

        fixture.emulator.clear_requests();
        let put = request(&fixture, Method::PUT, id).header("If-Match", "\"stale\"").body("{\"givenName\": \"x\"}");
        let (status, body) = send_request(put).await;
        assert_eq!(status, 412, "{body}");
        assert!(body["message"].as_str().unwrap().contains(revision), "{body}");
        assert_eq!(send_request(request(&fixture, Method::DELETE, id).header("If-Match", "stale")).await.0, 412);
        fixture.assert_nothing_written();
        assert_eq!(send_request(request(&fixture, Method::DELETE, id).header("If-Match", revision)).await.0, 200);
    });
}

#[test]
fn invalid_contacts_and_patches_are_rejected() {
    run(async {
        let fixture = Fixture::start().await;
        let (_, created, _) = create(&fixture, json!({"mailbox": UID, "givenName": "Ada"})).await;
        let id = created["_id"].as_str().unwrap();
        fixture.emulator.clear_requests();
        for (attributes, expected) in [
            (json!({"givenName": "Ada"}), "Required attribute &#39;mailbox&#39;"),
            (json!({"mailbox": 7}), "mailbox"),
            (json!({"mailbox": UID}), "the contact has no values"),
            (json!({"mailbox": UID, "givenname": "x"}), "did you mean givenName?"),
            (json!({"mailbox": UID, "_id": "x", "givenName": "x"}), "_id"),
            (json!({"mailbox": UID, "folders": 7, "givenName": "x"}), "folders"),
        ] {
            let (status, body, _) = create(&fixture, attributes).await;
            assert_eq!(status, 400, "{body}");
            assert!(body["message"].as_str().unwrap().contains(expected), "{body}");
        }
        for attributes in [
            json!({"mailbox": "someone@else"}),
            json!({"_id": "x"}),
            json!({"changeKey": "x"}),
            json!({"businessPhones": ["1", "2", "3"]}),
        ] {
            let put = request(&fixture, Method::PUT, id).header("If-Match", "*").body(attributes.to_string());
            let (status, body) = send_request(put).await;
            assert_eq!(status, 400, "{body}");
        }
        for wrong in ["x", "..%2F", "W10", "WyJtZSJd", "eyJhIjoxfQ"] {
            assert_eq!(send_request(request(&fixture, Method::GET, wrong)).await.0, 404, "{wrong}");
        }
        for (operations, expected) in [
            (json!({}), "an array of operations"),
            (json!([{"field": "/givenName", "value": "x"}]), "`operation` is missing"),
            (json!([{"operation": "move", "field": "/givenName", "from": "/surname"}]), "found move"),
            (json!([{"operation": "add", "field": "/givenName"}]), "`value` is missing"),
            (json!([{"operation": "replace", "field": "/givenName", "value": null}]), "`value` is missing"),
            (json!([{"operation": "increment", "field": "/givenName", "value": "1"}]), "expected a number as `value`"),
            (json!([{"operation": "increment", "field": "/givenName", "value": 1}]), "givenName"),
            (json!([{"operation": "remove", "field": "/homePhones/0"}]), "found 0"),
            (json!([{"operation": "add", "field": "/nope", "value": "x"}]), "nope"),
            (json!([{"operation": "replace", "field": "/mailbox", "value": "x"}]), "mailbox"),
            (json!([{"operation": "add", "field": "/businessPhones", "value": ["1", "2", "3"]}]), "businessPhones"),
        ] {
            let (status, body) = send_request(request(&fixture, Method::PATCH, id).body(operations.to_string())).await;
            assert_eq!(status, 400, "{operations}: {body}");
            assert!(body["message"].as_str().unwrap().contains(expected), "{operations}: {body}");
        }
        let (status, body, _) = create(&fixture, json!({"mailbox": "nobody@contoso.example", "givenName": "x"})).await;
        assert_eq!(status, 404, "{body}");
        let writes = fixture.sent().into_iter().filter(|line| !line.starts_with("GET ")).count();
        assert_eq!(writes, 0, "the id of the user is read first");
    });
}

#[test]
fn idempotency_key_creates_one_contact() {
    run(async {
        let fixture = Fixture::start().await;
        let post = || {
            let body = json!({"mailbox": UID, "givenName": "Ada"}).to_string();
            send_request(request(&fixture, Method::POST, "").header("Idempotency-Key", "k-1").body(body))
        };
        let (first, second) = (post().await, post().await);
        assert_eq!((first.0, second.0), (201, 201));
        assert_eq!(first.1["_id"], second.1["_id"]);
        assert_eq!(fixture.contacts().await.len(), 1);
    });
}

#[test]
fn patch_updates_contact() {
    run(async {
        let fixture = Fixture::start().await;
        let contact = json!({
            "mailbox": UID, "givenName": "Ada", "surname": "Lovelace", "businessPhones": ["1"], "categories": ["a", "b", "c"],
            "businessAddress": {"street": "1 St", "city": "London"},
        });
        let (_, created, _) = create(&fixture, contact).await;
        let id = created["_id"].as_str().unwrap();
        let patch = async |operations: Value| {
            let (status, body) = send_request(request(&fixture, Method::PATCH, id).body(operations.to_string())).await;
            assert_eq!(status, 200, "{body}");
            body
        };
        let patched = patch(json!([
            {"operation": "replace", "field": "/givenName", "value": "Augusta"},
            {"operation": "remove", "field": "/surname"},
            {"operation": "add", "field": "nickName", "value": "Countess"},
            {"operation": "add", "field": "/businessPhones/-", "value": "2"},
            {"operation": "add", "field": "/homePhones", "value": ["3", "4"]},
            {"operation": "remove", "field": "/categories/1"},
            {"operation": "replace", "field": "/categories/1", "value": "d"},
            {"operation": "replace", "field": "/businessAddress/city", "value": "Ockham"},
            {"operation": "add", "field": "/businessAddress/state", "value": "Surrey"},
            {"operation": "remove", "field": "/businessAddress/street"},
        ]))
        .await;
        assert_eq!(
            (&patched["givenName"], patched.get("surname"), &patched["nickName"]),
            (&json!("Augusta"), None, &json!("Countess"))
        );
        assert_eq!((&patched["businessPhones"], &patched["homePhones"]), (&json!(["1", "2"]), &json!(["3", "4"])));
        assert_eq!(patched["categories"], json!(["a", "d"]));
        assert_eq!(patched["businessAddress"], json!({"city": "Ockham", "state": "Surrey"}));

        // Removing a missing value is not an error.
        let patched = patch(json!([
            {"operation": "remove", "field": "/homePhones", "value": ["3", "9"]},
            {"operation": "remove", "field": "/nickName", "value": "other"},
            {"operation": "remove", "field": "/categories"},
        ]))
        .await;
        assert_eq!(
            (&patched["homePhones"], &patched["nickName"], &patched["categories"]),
            (&json!(["4"]), &json!("Countess"), &json!([]))
        );

        let stale = request(&fixture, Method::PATCH, id).header("If-Match", "stale").body("[]");
        assert_eq!(send_request(stale).await.0, 412);
    });
}

/// PATCH on a user writes contacts, as PUT does.
#[test]
fn patch_on_user_adds_contacts() {
    run(async {
        let fixture = Fixture::start().await;
        let patch =
            async |operations: Value| send_request(fixture.request(Method::PATCH, UID).body(operations.to_string())).await;
        let (status, user) = patch(json!([
            {"operation": "add", "field": "/__addContacts__", "value": {"givenName": "1"}},
            {"operation": "add", "field": "/__addContacts__/-", "value": [{"givenName": "2"}, {"givenName": "3"}]},
        ]))
        .await;
        assert_eq!((status, &user["_id"]), (200, &json!(UID)));
        assert_eq!(fixture.contacts().await.len(), 3);
        assert_eq!(patch(json!([{"operation": "remove", "field": "/__addContacts__"}])).await.0, 400);
        assert_eq!(patch(json!([{"operation": "replace", "field": "/displayName", "value": "x"}])).await.0, 400);
        assert_eq!(fixture.contacts().await.len(), 3);
    });
}
