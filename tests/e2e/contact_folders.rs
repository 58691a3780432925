//! The object class `contactFolder` in the OpenIDM API, and contacts in folders.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};

use crate::fixture::{Fixture, UID, add_new_rows, run, send_request};

fn request(fixture: &Fixture, method: Method, rest: &str) -> reqwest::RequestBuilder {
    fixture.request_of("contactFolder", method, rest)
}

async fn create(fixture: &Fixture, name: &str, inside: &[&str]) -> Value {
    let body = json!({"mailbox": UID, "folders": inside, "displayName": name});
    let (status, created) = send_request(request(fixture, Method::POST, "").body(body.to_string())).await;
    assert_eq!(status, 201, "{created}");
    created
}

fn text<'v>(object: &'v Value, name: &str) -> &'v str {
    object[name].as_str().unwrap_or_else(|| panic!("no {name}: {object}"))
}

/// Returns the values of one attribute of the objects that match a filter.
async fn query_values(fixture: &Fixture, class: &str, filter: &str, name: &str) -> BTreeSet<String> {
    let (status, body) = fixture.query(class, &[("_queryFilter", filter)]).await;
    assert_eq!(status, 200, "{body}");
    body["result"].as_array().unwrap().iter().map(|object| text(object, name).to_owned()).collect()
}

fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.map(str::to_owned).into()
}

#[test]
fn folder_is_created_read_renamed_and_deleted() {
    run(async {
        let fixture = Fixture::start().await;
        let created = create(&fixture, "Suppliers", &[]).await;
        let id = text(&created, "_id");
        assert_eq!((&created["displayName"], &created["mailbox"]), (&json!("Suppliers"), &json!(UID)));
        let (status, read) = send_request(request(&fixture, Method::GET, id)).await;
        assert_eq!((status, &read), (200, &created));

        // Identity managers send the whole object back.
        let mut whole = read.clone();
        whole["displayName"] = json!("Vendors");
        let put = |body: &Value| request(&fixture, Method::PUT, id).header("If-Match", "*").body(body.to_string());
        let (status, renamed) = send_request(put(&whole)).await;
        assert_eq!((status, &renamed["displayName"], &renamed["_id"]), (200, &json!("Vendors"), &created["_id"]), "{renamed}");
        let patch = json!([{"operation": "replace", "field": "/displayName", "value": "Partners"}]);
        let (status, patched) = send_request(request(&fixture, Method::PATCH, id).body(patch.to_string())).await;
        assert_eq!((status, &patched["displayName"]), (200, &json!("Partners")), "{patched}");

        let (status, deleted) = send_request(request(&fixture, Method::DELETE, id)).await;
        assert_eq!((status, &deleted["displayName"]), (200, &json!("Partners")));
        assert_eq!(send_request(request(&fixture, Method::DELETE, id)).await.0, 404);
        assert_eq!(send_request(request(&fixture, Method::GET, id)).await.0, 404);
    });
}

/// "Update contactFolder": another `parentFolderId` moves the folder.
#[test]
fn changed_parent_moves_folder() {
    run(async {
        let fixture = Fixture::start().await;
        let outer = create(&fixture, "Outer", &[]).await;
        let inner = create(&fixture, "Inner", &[text(&outer, "id")]).await;
        let other = create(&fixture, "Other", &[]).await;
        let body = json!({"mailbox": UID, "folders": [inner["id"]], "displayName": "Ada"});
        let (status, contact) = send_request(fixture.request_of("contact", Method::POST, "").body(body.to_string())).await;
        assert_eq!(status, 201, "{contact}");

        // Identity managers send the whole object back.
        let mut whole = outer.clone();
        whole["parentFolderId"] = other["id"].clone();
        whole["displayName"] = json!("Moved");
        let id = text(&outer, "_id");
        let put = request(&fixture, Method::PUT, id).header("If-Match", "*").body(whole.to_string());
        let (status, moved) = send_request(put).await;
        assert_eq!((status, &moved["parentFolderId"], &moved["displayName"]), (200, &other["id"], &json!("Moved")), "{moved}");
        assert_eq!(moved["_id"], outer["_id"], "the id stays");
        assert_eq!(fixture.emulator.requests().iter().filter(|sent| sent.method == Method::PATCH).count(), 1);
        let (status, read) = send_request(request(&fixture, Method::GET, text(&inner, "_id"))).await;
        assert_eq!((status, &read), (200, &inner), "what is inside moves with it");
        assert_eq!(send_request(fixture.request_of("contact", Method::GET, text(&contact, "_id"))).await.0, 200);

        let patch = async |folder: &Value, parent: &Value| {
            let operations = json!([{"operation": "replace", "field": "/parentFolderId", "value": parent}]);
            send_request(request(&fixture, Method::PATCH, text(folder, "_id")).body(operations.to_string())).await
        };
        let (status, back) = patch(&outer, &outer["parentFolderId"]).await;
        assert_eq!((status, &back["parentFolderId"]), (200, &outer["parentFolderId"]), "{back}");
        fixture.emulator.clear_requests();
        for (parent, expected) in
            [(&outer["id"], 400), (&inner["id"], 400), (&json!("nowhere"), 404), (&json!(7), 400), (&json!(""), 400)]
        {
            let (status, refused) = patch(&outer, parent).await;
            assert_eq!(status, expected, "{parent}: {refused}");
            let named = if expected == 404 { "nowhere" } else { "parentFolderId" };
            assert!(text(&refused, "message").contains(named), "{refused}");
        }
        fixture.assert_nothing_written();
        // OpenIDM's status for AlreadyExists.
        create(&fixture, "Inner", &[]).await;
        assert_eq!(patch(&inner, &outer["parentFolderId"]).await.0, 412);
    });
}

#[test]
fn invalid_folders_are_rejected() {
    run(async {
        let fixture = Fixture::start().await;
        let folder = create(&fixture, "Suppliers", &[]).await;
        let id = text(&folder, "_id").to_owned();
        fixture.emulator.clear_requests();
        for (body, expected) in [
            (json!({"displayName": "x"}), "mailbox"),
            (json!({"mailbox": UID}), "displayName"),
            (json!({"mailbox": UID, "displayName": ""}), "displayName"),
            (json!({"mailbox": UID, "displayName": 7}), "displayName"),
            (json!({"mailbox": UID, "displayName": "x", "wellKnownName": "contacts"}), "wellKnownName"),
            (json!({"mailbox": UID, "displayName": "x", "givenName": "x"}), "givenName"),
            (json!({"mailbox": UID, "displayName": "x", "parentFolderId": "x"}), "parentFolderId"),
        ] {
            let (status, response) = send_request(request(&fixture, Method::POST, "").body(body.to_string())).await;
            assert_eq!(status, 400, "{body}: {response}");
            assert!(text(&response, "message").contains(expected), "{body}: {response}");
        }
        let put = |body: Value, revision: &'static str| {
            send_request(request(&fixture, Method::PUT, &id).header("If-Match", revision).body(body.to_string()))
        };
        assert_eq!(put(json!({"displayName": null}), "*").await.0, 400);
        assert_eq!(put(json!({"mailbox": "other@contoso.example"}), "*").await.0, 400);
        assert_eq!(put(json!({"displayName": "x"}), "\"1\"").await.0, 412, "folders have no revision");
        let with_key = request(&fixture, Method::POST, "").header("Idempotency-Key", "k");
        let (status, _) = send_request(with_key.body(json!({"mailbox": UID, "displayName": "x"}).to_string())).await;
        assert_eq!(status, 501, "a folder cannot store a key");
        fixture.assert_nothing_written();
        // OpenIDM's status for AlreadyExists.
        let again = request(&fixture, Method::POST, "").body(json!({"mailbox": UID, "displayName": "Suppliers"}).to_string());
        assert_eq!(send_request(again).await.0, 412);
    });
}

/// v1.0 lists only direct child folders, and omits the default folder (known issues of Graph; microsoft-graph-docs#6273).
#[test]
fn query_finds_folders_and_contacts_at_any_depth() {
    run(async {
        let fixture = Fixture::start().await;
        let outer = create(&fixture, "Outer", &[]).await;
        let inner = create(&fixture, "Inner", &[text(&outer, "id")]).await;
        let deepest = create(&fixture, "Deepest", &[text(&outer, "id"), text(&inner, "id")]).await;
        assert_eq!(deepest["parentFolderId"], inner["id"]);
        for (name, folder) in [("Default", None), ("In Outer", Some(&outer)), ("In Deepest", Some(&deepest))] {
            let folders: Vec<&str> = folder.map(|folder| text(folder, "id")).into_iter().collect();
            let body = json!({"mailbox": UID, "folders": folders, "displayName": name, "surname": "Lovelace"});
            let (status, created) = send_request(fixture.request_of("contact", Method::POST, "").body(body.to_string())).await;
            assert_eq!((status, &created["folders"]), (201, &json!(folders)), "{created}");
        }
        let mailbox = format!("mailbox eq \"{UID}\"");
        assert_eq!(query_values(&fixture, "contactFolder", &mailbox, "displayName").await, set(["Outer", "Inner", "Deepest"]));
        let filter = format!("{mailbox} and displayName sw \"In\"");
        assert_eq!(query_values(&fixture, "contactFolder", &filter, "displayName").await, set(["Inner"]));
        assert_eq!(query_values(&fixture, "contact", &mailbox, "displayName").await, set(["Default", "In Outer", "In Deepest"]));
        let within = format!("{mailbox} and parentFolderId eq \"{}\"", text(&deepest, "id"));
        assert_eq!(query_values(&fixture, "contact", &within, "displayName").await, set(["In Deepest"]));

        // Every query returns the same id for a contact, and a read accepts it.
        let (_, body) = fixture.query("contact", &[("_queryFilter", &within)]).await;
        let contact = &body["result"][0];
        let (status, read) = send_request(fixture.request_of("contact", Method::GET, text(contact, "_id"))).await;
        assert_eq!((status, &read), (200, contact));

        // Deleting a folder deletes its content.
        assert_eq!(send_request(request(&fixture, Method::DELETE, text(&outer, "_id"))).await.0, 200);
        assert_eq!(query_values(&fixture, "contactFolder", &mailbox, "displayName").await, set([]));
        assert_eq!(query_values(&fixture, "contact", &mailbox, "displayName").await, set(["Default"]));
    });
}

#[test]
fn paged_query_continues_across_folders() {
    run(async {
        let fixture = Fixture::start().await;
        for folder in ["contacts".to_owned(), fixture.emulator.add_folder(UID, "contacts", "A").unwrap()] {
            for number in 0..15 {
                let contact = json!({"displayName": format!("{number} {folder}")});
                fixture.emulator.add_contact_to(UID, &folder, &contact).unwrap();
            }
        }
        fixture.emulator.add_folder(UID, "contacts", "Empty").unwrap();
        let (mut names, mut cookie, mut pages) = (BTreeSet::new(), String::new(), 0);
        loop {
            let filter = format!("mailbox eq \"{UID}\"");
            let mut parameters = vec![("_queryFilter", filter.as_str()), ("_pageSize", "10")];
            if !cookie.is_empty() {
                parameters.push(("_pagedResultsCookie", cookie.as_str()));
            }
            let (status, body) = fixture.query("contact", &parameters).await;
            assert_eq!(status, 200, "{body}");
            let result = body["result"].as_array().unwrap();
            assert!(result.len() <= 10);
            pages += 1;
            names.extend(result.iter().map(|contact| text(contact, "displayName").to_owned()));
            match body["pagedResultsCookie"].as_str() {
                Some(next) => cookie = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(names.len(), 30);
        // The last page can be empty: only a request shows that the last folder is empty.
        assert!((3..=4).contains(&pages), "{pages}");
    });
}

#[test]
fn live_sync_reports_folder_changes() {
    run(async {
        let fixture = Fixture::start().await;
        // To the end of a round, whose pages may be empty, or repeat a row.
        let live_sync = async |state: &Value| {
            let path = format!("?_action=liveSync&mailbox={UID}");
            let (mut state, mut changes) = (state.clone(), Vec::new());
            loop {
                let (status, next) = send_request(request(&fixture, Method::POST, &path).body(state.to_string())).await;
                assert_eq!(status, 200, "{next}");
                add_new_rows(&mut changes, &next["changes"]);
                state = next;
                if state["more"] == false {
                    state["changes"] = changes.into();
                    return state;
                }
            }
        };
        create(&fixture, "Before", &[]).await;
        let state = live_sync(&json!({})).await;
        assert_eq!(state["changes"], json!([]), "existing objects are left to a reconciliation");
        let outer = create(&fixture, "Outer", &[]).await;
        let inner = create(&fixture, "Inner", &[text(&outer, "id")]).await;
        let state = live_sync(&state).await;
        let names: BTreeSet<&str> =
            state["changes"].as_array().unwrap().iter().map(|c| text(&c["object"], "displayName")).collect();
        assert_eq!(names, BTreeSet::from(["Inner", "Outer"]));
        assert_eq!(send_request(request(&fixture, Method::DELETE, text(&inner, "_id"))).await.0, 200);
        let state = live_sync(&state).await;
        assert_eq!(state["changes"], json!([{"uid": inner["_id"], "deleted": true}]));
        assert_eq!(live_sync(&state).await["changes"], json!([]));
    });
}
