//! The object class `orgContact` of the OpenIDM API, against the emulator's directory.

use graph_emulator::Removal;
use http::Method;
use serde_json::{Value, json};

use crate::fixture::{Fixture, UID, connector, run, send_request};

fn request(fixture: &Fixture, method: Method, rest: &str) -> reqwest::RequestBuilder {
    fixture.request_of("orgContact", method, rest)
}

fn add(fixture: &Fixture, contact: &Value) -> String {
    fixture.emulator.add_org_contact(contact).unwrap()
}

#[test]
fn read_returns_manager_and_direct_reports() {
    run(async {
        let fixture = Fixture::start().await;
        let boss = add(&fixture, &json!({"displayName": "Boss"}));
        let id = add(
            &fixture,
            &json!({"displayName": "Ada", "mail": "ada@fabrikam.com", "phones": [{"type": "mobile", "number": "+1"}]}),
        );
        fixture.emulator.set_manager(&id, &boss).unwrap();
        let (status, read) = send_request(request(&fixture, Method::GET, &id)).await;
        assert_eq!((status, &read["_id"], &read["mail"]), (200, &json!(id), &json!("ada@fabrikam.com")), "{read}");
        assert_eq!(read["phones"][0]["number"], "+1");
        assert!(read.get("manager").is_none(), "the manager needs its own request");
        let (_, read) = send_request(request(&fixture, Method::GET, &format!("{id}?_fields=displayName,manager"))).await;
        assert_eq!(read, json!({"_id": id, "displayName": "Ada", "manager": boss}));
        let (_, read) = send_request(request(&fixture, Method::GET, &format!("{boss}?_fields=directReports,manager"))).await;
        assert_eq!(read, json!({"_id": boss, "directReports": [id]}));
        assert_eq!(send_request(request(&fixture, Method::GET, UID)).await.0, 404, "a user is not an organizational contact");
    });
}

#[test]
fn query_and_live_sync_find_org_contacts() {
    run(async {
        // A liveSync reads one page of changes, which can be empty.
        let fixture = Fixture::exact(connector(), |_| ()).await;
        for (name, mail) in [("Ada", "ada@fabrikam.com"), ("Grace", "grace@fabrikam.com"), ("ada", "x@contoso.com")] {
            add(&fixture, &json!({"displayName": name, "mail": mail}));
        }
        let names = async |filter: &str| {
            let (status, body) = fixture.query("orgContact", &[("_queryFilter", filter)]).await;
            assert_eq!(status, 200, "{filter}: {body}");
            let mut names: Vec<String> =
                body["result"].as_array().unwrap().iter().map(|c| c["displayName"].as_str().unwrap().to_owned()).collect();
            names.sort();
            names
        };
        assert_eq!(names("true").await, ["Ada", "Grace", "ada"]);
        assert_eq!(names("displayName eq \"Ada\"").await, ["Ada"]);
        assert_eq!(names("mail ew \"@fabrikam.com\" and !(displayName sw \"A\")").await, ["Grace"]);
        let (status, all) = fixture.query("orgContact", &[("_queryId", "query-all-ids")]).await;
        assert_eq!((status, &all["resultCount"]), (200, &json!(3)), "the query needs no mailbox");

        // The directory searches and sorts by name, and counts, without regard to case.
        let found = async |parameters: &[(&str, &str)]| {
            let (status, body) = fixture.query("orgContact", parameters).await;
            assert_eq!(status, 200, "{parameters:?}: {body}");
            let names = body["result"].as_array().unwrap().iter().map(|c| c["displayName"].as_str().unwrap().to_owned());
            (names.collect::<Vec<_>>(), body["totalPagedResults"].clone(), body["totalPagedResultsPolicy"].clone())
        };
        let exactly = ("_totalPagedResultsPolicy", "EXACT");
        let (sorted, total, policy) = found(&[("_queryFilter", "true"), ("_sortKeys", "-displayName"), exactly]).await;
        assert_eq!((sorted[0].as_str(), total, policy), ("Grace", json!(3), json!("EXACT")));
        let (words, total, policy) = found(&[("_queryExpression", "ADA"), exactly]).await;
        assert_eq!((words.len(), total, policy), (2, json!(2), json!("EXACT")));
        let (names, total, policy) = found(&[("_queryFilter", "displayName eq \"Ada\""), exactly]).await;
        assert_eq!((names, total, policy), (vec!["Ada".to_owned()], json!(2), json!("ESTIMATE")));

        let live_sync = async |body: &Value| {
            let (status, body) = send_request(request(&fixture, Method::POST, "?_action=liveSync").body(body.to_string())).await;
            assert_eq!(status, 200, "{body}");
            body
        };
        let state = live_sync(&json!({})).await;
        let id = add(&fixture, &json!({"displayName": "New"}));
        let state = live_sync(&state).await;
        assert_eq!((&state["changes"][0]["uid"], &state["changes"][0]["object"]["displayName"]), (&json!(id), &json!("New")));
        fixture.emulator.remove_object(&id, Removal::Deleted).unwrap();
        let state = live_sync(&state).await;
        assert_eq!(state["changes"], json!([{"uid": id, "deleted": true}]));
    });
}

/// In v1.0 the directory rejects every change. Microsoft has announced changes of cloud-only contacts.
#[test]
fn update_and_delete_need_writable_directory() {
    run(async {
        let fixture = Fixture::start().await;
        let id = add(&fixture, &json!({"displayName": "Ada"}));
        let synced = add(&fixture, &json!({"displayName": "Synced", "onPremisesSyncEnabled": true}));
        let put = async |id: &str, body: Value| {
            send_request(request(&fixture, Method::PUT, id).header("If-Match", "*").body(body.to_string())).await
        };
        let (status, refused) = put(&id, json!({"jobTitle": "Countess"})).await;
        assert_eq!((status, &refused["detail"]["graphCode"]), (400, &json!("Request_BadRequest")), "{refused}");

        fixture.emulator.set_org_contacts_writable(true);
        let (status, updated) = put(&id, json!({"jobTitle": "Countess"})).await;
        assert_eq!((status, &updated["jobTitle"]), (200, &json!("Countess")), "{updated}");
        let (status, refused) = put(&synced, json!({"jobTitle": "x"})).await;
        assert_eq!((status, &refused["detail"]["kind"]), (403, &json!("permission-denied")), "{refused}");
        // Its source of authority is moved to the cloud: <https://learn.microsoft.com/en-us/graph/api/resources/onpremisessyncbehavior>.
        fixture.emulator.set_cloud_managed(&synced, true).unwrap();
        let (status, updated) = put(&synced, json!({"jobTitle": "x"})).await;
        assert_eq!((status, &updated["jobTitle"]), (200, &json!("x")), "{updated}");
        assert_eq!(send_request(request(&fixture, Method::DELETE, &synced)).await.0, 200);
        let (status, refused) = send_request(request(&fixture, Method::POST, "").body("{\"displayName\": \"New\"}")).await;
        assert_eq!(status, 501, "{refused}");
        assert_eq!(send_request(request(&fixture, Method::DELETE, &id)).await.0, 200);
        assert_eq!(send_request(request(&fixture, Method::DELETE, &id)).await.0, 404);
    });
}
