//! The object class `orgContact` at OpenIDM's paths, against the emulator's directory.

use graph_emulator::Removal;
use http::Method;
use serde_json::{Value, json};

use crate::bench::{Bench, UID, answer, run};

fn request(bench: &Bench, method: Method, rest: &str) -> reqwest::RequestBuilder {
    bench.request_of("orgContact", method, rest)
}

fn add(bench: &Bench, contact: &Value) -> String {
    bench.emulator.add_org_contact(contact).unwrap()
}

#[test]
fn contacts_are_read_with_what_they_are_related_to() {
    run(async {
        let bench = Bench::start().await;
        let boss = add(&bench, &json!({"displayName": "Boss"}));
        let id = add(
            &bench,
            &json!({"displayName": "Ada", "mail": "ada@fabrikam.com", "phones": [{"type": "mobile", "number": "+1"}]}),
        );
        bench.emulator.set_manager(&id, &boss).unwrap();
        let (status, read) = answer(request(&bench, Method::GET, &id)).await;
        assert_eq!((status, &read["_id"], &read["mail"]), (200, &json!(id), &json!("ada@fabrikam.com")), "{read}");
        assert_eq!(read["phones"][0]["number"], "+1");
        assert!(read.get("manager").is_none(), "it is a request of its own");
        let (_, read) = answer(request(&bench, Method::GET, &format!("{id}?_fields=displayName,manager"))).await;
        assert_eq!(read, json!({"_id": id, "displayName": "Ada", "manager": boss}));
        let (_, read) = answer(request(&bench, Method::GET, &format!("{boss}?_fields=directReports,manager"))).await;
        assert_eq!(read, json!({"_id": boss, "directReports": [id]}));
        assert_eq!(answer(request(&bench, Method::GET, UID)).await.0, 404, "a user is none");
    });
}

#[test]
fn contacts_are_found_and_followed() {
    run(async {
        let bench = Bench::start().await;
        for (name, mail) in [("Ada", "ada@fabrikam.com"), ("Grace", "grace@fabrikam.com"), ("ada", "x@contoso.com")] {
            add(&bench, &json!({"displayName": name, "mail": mail}));
        }
        let names = async |filter: &str| {
            let (status, body) = bench.query("orgContact", &[("_queryFilter", filter)]).await;
            assert_eq!(status, 200, "{filter}: {body}");
            let mut names: Vec<String> =
                body["result"].as_array().unwrap().iter().map(|c| c["displayName"].as_str().unwrap().to_owned()).collect();
            names.sort();
            names
        };
        assert_eq!(names("true").await, ["Ada", "Grace", "ada"]);
        assert_eq!(names("displayName eq \"Ada\"").await, ["Ada"]);
        assert_eq!(names("mail ew \"@fabrikam.com\" and !(displayName sw \"A\")").await, ["Grace"]);
        let (status, all) = bench.query("orgContact", &[("_queryId", "query-all-ids")]).await;
        assert_eq!((status, &all["resultCount"]), (200, &json!(3)), "no mailbox has to be named");

        // The directory searches words of the name, sorts by it, and counts: `ada` and `Ada` are one to it.
        let found = async |parameters: &[(&str, &str)]| {
            let (status, body) = bench.query("orgContact", parameters).await;
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
            let (status, body) = answer(request(&bench, Method::POST, "?_action=liveSync").body(body.to_string())).await;
            assert_eq!(status, 200, "{body}");
            body
        };
        let state = live_sync(&json!({})).await;
        let id = add(&bench, &json!({"displayName": "New"}));
        let state = live_sync(&state).await;
        assert_eq!((&state["changes"][0]["uid"], &state["changes"][0]["object"]["displayName"]), (&json!(id), &json!("New")));
        bench.emulator.remove_object(&id, Removal::Deleted).unwrap();
        let state = live_sync(&state).await;
        assert_eq!(state["changes"], json!([{"uid": id, "deleted": true}]));
    });
}

/// The directory has refused every change of these in v1.0; Microsoft has announced to allow it for those that are the cloud's own.
#[test]
fn contacts_are_changed_where_the_directory_allows_it() {
    run(async {
        let bench = Bench::start().await;
        let id = add(&bench, &json!({"displayName": "Ada"}));
        let synced = add(&bench, &json!({"displayName": "Synced", "onPremisesSyncEnabled": true}));
        let put = async |id: &str, body: Value| {
            answer(request(&bench, Method::PUT, id).header("If-Match", "*").body(body.to_string())).await
        };
        let (status, refused) = put(&id, json!({"jobTitle": "Countess"})).await;
        assert_eq!((status, &refused["detail"]["graphCode"]), (400, &json!("Request_BadRequest")), "{refused}");

        bench.emulator.set_org_contacts_writable(true);
        let (status, updated) = put(&id, json!({"jobTitle": "Countess"})).await;
        assert_eq!((status, &updated["jobTitle"]), (200, &json!("Countess")), "{updated}");
        let (status, refused) = put(&synced, json!({"jobTitle": "x"})).await;
        assert_eq!((status, &refused["detail"]["kind"]), (403, &json!("permission-denied")), "{refused}");
        let (status, refused) = answer(request(&bench, Method::POST, "").body("{\"displayName\": \"New\"}")).await;
        assert_eq!(status, 501, "{refused}");
        assert_eq!(answer(request(&bench, Method::DELETE, &id)).await.0, 200);
        assert_eq!(answer(request(&bench, Method::DELETE, &id)).await.0, 404);
    });
}
