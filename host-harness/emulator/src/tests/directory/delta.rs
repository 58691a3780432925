//! Delta queries on organizational contacts, by the pages "orgContact: delta" and "delta query overview".

use serde_json::json;

use super::*;
use crate::{DeltaBehaviour, Removal, SyncStateError};

const DELTA: &str = "/v1.0/contacts/delta";

async fn next(graph: &Graph, answer: &Answered) -> Answered {
    graph.get(answer.body["@odata.deltaLink"].as_str().unwrap_or_else(|| panic!("{}", answer.body))).await
}

#[tokio::test]
async fn rounds_of_contacts() {
    let graph = company().await;
    let first = graph.get(DELTA).await;
    assert_eq!(each(&first, "id"), [ERIC, NICOLE]);
    assert!(first.body["@odata.context"].as_str().unwrap().ends_with("/v1.0/$metadata#contacts"), "{}", first.body);
    assert_eq!(first.body["value"][0]["jobTitle"], "Accountant");
    assert_eq!(first.body["value"][1].get("jobTitle"), None, "what was never set is left out");
    let quiet = next(&graph, &first).await;
    assert_eq!(quiet.body["value"], json!([]));

    graph.emulator.change_object(ERIC, &json!({"jobTitle": null, "department": "Sales"})).unwrap();
    graph.emulator.remove_object(NICOLE, Removal::Deleted).unwrap();
    let restorable = graph.emulator.add_org_contact(&json!({"displayName": "Came and went"})).unwrap();
    graph.emulator.remove_object(&restorable, Removal::Changed).unwrap();
    let changed = next(&graph, &quiet).await;
    let eric = &changed.body["value"][0];
    assert_eq!((&eric["jobTitle"], &eric["department"], &eric["surname"]), (&json!(null), &json!("Sales"), &json!("Solomon")));
    assert!(eric.as_object().unwrap().contains_key("jobTitle"), "what was set to null is there");
    assert_eq!(changed.body["value"][1], json!({"id": NICOLE, "@removed": {"reason": "deleted"}}));
    assert_eq!(changed.body["value"].as_array().unwrap().len(), 2);

    graph.emulator.remove_object(ERIC, Removal::Changed).unwrap();
    let removed = next(&graph, &changed).await;
    assert_eq!(removed.body["value"], json!([{"id": ERIC, "@removed": {"reason": "changed"}}]));
    assert_eq!(each(&graph.get(DELTA).await, "id"), [""; 0], "a first round has nothing that is gone");
}

#[tokio::test]
async fn only_what_changed() {
    let graph = company().await;
    let first = graph.get(&format!("{DELTA}?$select=displayName,jobTitle,mail")).await;
    let mut names: Vec<&String> = first.body["value"][0].as_object().unwrap().keys().collect();
    names.sort_unstable();
    assert_eq!(names, ["displayName", "id", "jobTitle", "mail"], "\"The id property is always returned\"");
    graph.emulator.change_object(ERIC, &json!({"displayName": "Eric Solomon", "jobTitle": null, "surname": "S"})).unwrap();
    let link = first.body["@odata.deltaLink"].as_str().unwrap();
    let minimal = graph.send(Method::GET, link, &[("prefer", "return=minimal")], None).await;
    assert_eq!(minimal.body["value"], json!([{"id": ERIC, "displayName": "Eric Solomon", "jobTitle": null}]));
    let full = graph.get(link).await;
    assert_eq!(
        full.body["value"],
        json!([{"id": ERIC, "displayName": "Eric Solomon", "jobTitle": null, "mail": "erics@contoso.com"}])
    );
}

#[tokio::test]
async fn a_round_from_now_on_and_one_about_some() {
    let graph = company().await;
    let latest = graph.get(&format!("{DELTA}?$deltatoken=latest")).await;
    assert_eq!(latest.body["value"], json!([]));
    let some = graph.get(&format!("{DELTA}?$filter=id eq '{NICOLE}' or id eq '{SALES}'")).await;
    assert_eq!(each(&some, "id"), [NICOLE]);
    graph.emulator.change_object(ERIC, &json!({"surname": "S"})).unwrap();
    assert_eq!(each(&next(&graph, &latest).await, "id"), [ERIC]);
    assert_eq!(next(&graph, &some).await.body["value"], json!([]), "the filter is in the token");
    for query in ["$filter=displayName eq 'x'", "$filter=id eq 'x'", "$orderby=displayName", "$top=1", "$deltatoken=nonsense"] {
        assert_eq!(graph.get(&format!("{DELTA}?{query}")).await.status, 400, "{query}");
    }
    let users = graph.get("/v1.0/users/delta").await;
    assert_eq!(users.body["value"].as_array().unwrap().len(), 3);
    let foreign = users.body["@odata.deltaLink"].as_str().unwrap().replace("/users/", "/contacts/");
    assert_eq!(graph.get(&foreign).await.refusal(), (400, "BadRequest"));
    graph.delete(&format!("/v1.0/users/{DIEGO}")).await;
    assert_eq!(
        next(&graph, &users).await.body["value"],
        json!([{"id": DIEGO, "@removed": {"reason": "changed"}}]),
        "a user can be restored"
    );
}

#[tokio::test]
async fn pages_of_a_round() {
    let graph = Graph::start().await;
    for number in 0..150 {
        graph.emulator.add_org_contact(&json!({"displayName": number.to_string()})).unwrap();
    }
    let first = graph.get("/beta/contacts/microsoft.graph.delta()").await.body;
    assert_eq!((first["value"].as_array().unwrap().len(), first.get("@odata.deltaLink")), (100, None));
    let second = graph.get(first["@odata.nextLink"].as_str().unwrap()).await.body;
    assert_eq!((second["value"].as_array().unwrap().len(), second.get("@odata.nextLink")), (50, None));
    graph.emulator.set_delta_behaviour(DeltaBehaviour::new().empty_pages().replays());
    let empty = graph.get(DELTA).await.body;
    assert_eq!(empty["value"], json!([]));
    let full = graph.get(empty["@odata.nextLink"].as_str().unwrap()).await.body;
    assert_eq!(full["value"].as_array().unwrap().len(), 101);
}

#[tokio::test]
async fn links_that_are_too_old() {
    for (expired, status, code) in [
        (SyncStateError::SyncStateNotFound, 400, "syncStateNotFound"),
        (SyncStateError::ResyncRequired, 410, "resyncRequired"),
        (SyncStateError::SyncStateInvalid, 410, "SyncStateInvalid"),
    ] {
        let graph = company().await;
        let first = graph.get(DELTA).await;
        graph.emulator.expire_delta_tokens(expired);
        let refused = next(&graph, &first).await;
        assert_eq!(refused.refusal(), (status, code));
        if expired == SyncStateError::ResyncRequired {
            let anew = graph.get(refused.header("location")).await;
            assert_eq!(each(&anew, "id"), [ERIC, NICOLE]);
        }
    }
    let graph = company().await;
    graph.emulator.set_delta_behaviour(DeltaBehaviour::new().unavailable());
    let refused = graph.get(DELTA).await;
    assert_eq!(refused.refusal(), (400, "Request_UnsupportedQuery"));
    assert_eq!(refused.message(), "Differential query is not supported for entity type: OrgContact");
}
