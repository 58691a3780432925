//! The object class `contact` at OpenIDM's REST paths: create, read, update, delete, with revisions.

use http::Method;
use serde_json::{Value, json};

use crate::bench::{Bench, UID, answer, run};

/// A request to `/openidm/system/azuread/contact/{rest}`.
fn request(bench: &Bench, method: Method, rest: &str) -> reqwest::RequestBuilder {
    bench.request_of("contact", method, rest)
}

async fn create(bench: &Bench, attributes: Value) -> (u16, Value, reqwest::header::HeaderMap) {
    let response = request(bench, Method::POST, "?_action=create").body(attributes.to_string()).send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, response.json().await.unwrap(), headers)
}

#[test]
fn a_contact_is_created_read_changed_and_deleted() {
    run(async {
        let bench = Bench::start().await;
        let (status, created, headers) =
            create(&bench, json!({"mailbox": UID, "givenName": "Ada", "businessAddress": {"city": "London", "street": "1 St"}}))
                .await;
        assert_eq!(status, 201, "{created}");
        let (id, revision) = (created["_id"].as_str().unwrap(), created["_rev"].as_str().unwrap());
        assert!(id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{id}");
        assert_eq!(headers["location"], format!("/openidm/system/azuread/contact/{id}"));
        assert_eq!(headers["etag"], format!("\"{revision}\""));

        let (status, read) = answer(request(&bench, Method::GET, id)).await;
        assert_eq!((status, &read), (200, &created));
        assert_eq!((&read["mailbox"], &read["givenName"]), (&json!(UID), &json!("Ada")));
        let (_, part) = answer(request(&bench, Method::GET, &format!("{id}?_fields=givenName"))).await;
        assert_eq!(part, json!({"_id": id, "givenName": "Ada"}));

        // The whole object sent back with a change, as identity managers do.
        let mut whole = read.clone();
        whole["givenName"] = json!("Augusta");
        whole["businessAddress"] = json!({"city": "Ockham"});
        let put =
            |body: &Value, revision: &str| request(&bench, Method::PUT, id).header("If-Match", revision).body(body.to_string());
        let (status, updated) = answer(put(&whole, &format!("\"{revision}\""))).await;
        assert_eq!(status, 200, "{updated}");
        assert_eq!((&updated["givenName"], &updated["displayName"]), (&json!("Augusta"), &read["displayName"]));
        assert_eq!(updated["businessAddress"], json!({"city": "Ockham", "street": "1 St"}));
        assert_ne!(updated["_rev"], read["_rev"]);

        let (status, deleted) = answer(request(&bench, Method::DELETE, id)).await;
        assert_eq!((status, &deleted["givenName"]), (200, &json!("Augusta")));
        assert_eq!(answer(request(&bench, Method::DELETE, id)).await.0, 404);
        assert_eq!(answer(request(&bench, Method::GET, id)).await.0, 404);
        assert_eq!(answer(put(&json!({}), "*")).await.0, 404);
    });
}

#[test]
fn revisions_are_honoured() {
    run(async {
        let bench = Bench::start().await;
        let (_, created, _) = create(&bench, json!({"mailbox": UID, "givenName": "Ada"})).await;
        let (id, revision) = (created["_id"].as_str().unwrap(), created["_rev"].as_str().unwrap());
        let get = |revision: &str| request(&bench, Method::GET, id).header("If-None-Match", format!("\"{revision}\""));
        assert_eq!(get(revision).send().await.unwrap().status(), 304);
        assert_eq!(get("other").send().await.unwrap().status(), 200);

        bench.emulator.clear_requests();
        let put = request(&bench, Method::PUT, id).header("If-Match", "\"stale\"").body("{\"givenName\": \"x\"}");
        let (status, body) = answer(put).await;
        assert_eq!(status, 412, "{body}");
        assert!(body["message"].as_str().unwrap().contains(revision), "{body}");
        assert_eq!(answer(request(&bench, Method::DELETE, id).header("If-Match", "stale")).await.0, 412);
        bench.assert_nothing_written();
        assert_eq!(answer(request(&bench, Method::DELETE, id).header("If-Match", revision)).await.0, 200);
    });
}

#[test]
fn what_is_wrong_is_refused_and_nothing_changes() {
    run(async {
        let bench = Bench::start().await;
        let (_, created, _) = create(&bench, json!({"mailbox": UID, "givenName": "Ada"})).await;
        let id = created["_id"].as_str().unwrap();
        bench.emulator.clear_requests();
        for (attributes, said) in [
            (json!({"givenName": "Ada"}), "Required attribute &#39;mailbox&#39;"),
            (json!({"mailbox": 7}), "mailbox"),
            (json!({"mailbox": UID}), "no value at all"),
            (json!({"mailbox": UID, "givenname": "x"}), "did you mean givenName?"),
            (json!({"mailbox": UID, "_id": "x", "givenName": "x"}), "_id"),
            (json!({"mailbox": UID, "folders": "x", "givenName": "x"}), "folders"),
        ] {
            let (status, body, _) = create(&bench, attributes).await;
            assert_eq!(status, 400, "{body}");
            assert!(body["message"].as_str().unwrap().contains(said), "{body}");
        }
        for attributes in [
            json!({"mailbox": "someone@else"}),
            json!({"_id": "x"}),
            json!({"changeKey": "x"}),
            json!({"businessPhones": ["1", "2", "3"]}),
        ] {
            let put = request(&bench, Method::PUT, id).header("If-Match", "*").body(attributes.to_string());
            let (status, body) = answer(put).await;
            assert_eq!(status, 400, "{body}");
        }
        for wrong in ["x", "..%2F", "W10", "WyJtZSJd", "eyJhIjoxfQ"] {
            assert_eq!(answer(request(&bench, Method::GET, wrong)).await.0, 404, "{wrong}");
        }
        assert_eq!(answer(request(&bench, Method::PATCH, id).body("[]")).await.0, 501);
        let (status, body, _) = create(&bench, json!({"mailbox": "nobody@contoso.example", "givenName": "x"})).await;
        assert_eq!(status, 404, "{body}");
        let writes = bench.sent().into_iter().filter(|line| !line.starts_with("GET ")).count();
        assert_eq!(writes, 1, "the one to the mailbox that is not there");
    });
}

#[test]
fn the_same_key_creates_one_contact() {
    run(async {
        let bench = Bench::start().await;
        let post = || {
            let body = json!({"mailbox": UID, "givenName": "Ada"}).to_string();
            answer(request(&bench, Method::POST, "").header("Idempotency-Key", "k-1").body(body))
        };
        let (first, second) = (post().await, post().await);
        assert_eq!((first.0, second.0), (201, 201));
        assert_eq!(first.1["_id"], second.1["_id"]);
        assert_eq!(bench.contacts().await.len(), 1);
    });
}
