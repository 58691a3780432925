//! Delta queries on organizational contacts, by the pages "orgContact: delta" and "delta query overview".

use serde_json::json;

use super::*;
use crate::{DeltaBehaviour, Removal, SyncStateError};

const DELTA: &str = "/v1.0/contacts/delta";

async fn follow_link(graph: &Graph, response: &TestResponse) -> TestResponse {
    graph.get(response.body["@odata.deltaLink"].as_str().unwrap_or_else(|| panic!("{}", response.body))).await
}

#[tokio::test]
async fn org_contact_delta_returns_changes() {
    let graph = start_company().await;
    let first = graph.get(DELTA).await;
    assert_eq!(list_values(&first, "id"), [ERIC, NICOLE]);
    assert!(first.body["@odata.context"].as_str().unwrap().ends_with("/v1.0/$metadata#contacts"), "{}", first.body);
    assert_eq!(first.body["value"][0]["jobTitle"], "Accountant");
    assert_eq!(first.body["value"][1].get("jobTitle"), None, "a property that was never set is absent");
    let quiet = follow_link(&graph, &first).await;
    assert_eq!(quiet.body["value"], json!([]));

    graph.emulator.change_object(ERIC, &json!({"jobTitle": null, "department": "Sales"})).unwrap();
    graph.emulator.remove_object(NICOLE, Removal::Deleted).unwrap();
    let restorable = graph.emulator.add_org_contact(&json!({"displayName": "Came and went"})).unwrap();
    graph.emulator.remove_object(&restorable, Removal::Changed).unwrap();
    let changed = follow_link(&graph, &quiet).await;
    let eric = &changed.body["value"][0];
    assert_eq!((&eric["jobTitle"], &eric["department"], &eric["surname"]), (&json!(null), &json!("Sales"), &json!("Solomon")));
    assert!(eric.as_object().unwrap().contains_key("jobTitle"), "a property set to null is present");
    assert_eq!(changed.body["value"][1], json!({"id": NICOLE, "@removed": {"reason": "deleted"}}));
    assert_eq!(changed.body["value"].as_array().unwrap().len(), 2);

    graph.emulator.remove_object(ERIC, Removal::Changed).unwrap();
    let removed = follow_link(&graph, &changed).await;
    assert_eq!(removed.body["value"], json!([{"id": ERIC, "@removed": {"reason": "changed"}}]));
    assert_eq!(list_values(&graph.get(DELTA).await, "id"), [""; 0], "a first round has no removals");
}

#[tokio::test]
async fn minimal_delta_returns_changed_properties() {
    let graph = start_company().await;
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
async fn delta_starts_at_latest_or_filters_by_id() {
    let graph = start_company().await;
    let latest = graph.get(&format!("{DELTA}?$deltatoken=latest")).await;
    assert_eq!(latest.body["value"], json!([]));
    let some = graph.get(&format!("{DELTA}?$filter=id eq '{NICOLE}' or id eq '{SALES}'")).await;
    assert_eq!(list_values(&some, "id"), [NICOLE]);
    graph.emulator.change_object(ERIC, &json!({"surname": "S"})).unwrap();
    assert_eq!(list_values(&follow_link(&graph, &latest).await, "id"), [ERIC]);
    assert_eq!(follow_link(&graph, &some).await.body["value"], json!([]), "the filter is in the token");
    for query in ["$filter=displayName eq 'x'", "$filter=id eq 'x'", "$orderby=displayName", "$top=1", "$deltatoken=nonsense"] {
        assert_eq!(graph.get(&format!("{DELTA}?{query}")).await.status, 400, "{query}");
    }
    let users = graph.get("/v1.0/users/delta").await;
    assert_eq!(users.body["value"].as_array().unwrap().len(), 3);
    let foreign = users.body["@odata.deltaLink"].as_str().unwrap().replace("/users/", "/contacts/");
    assert_eq!(graph.get(&foreign).await.get_error(), (400, "BadRequest"));
    graph.delete(&format!("/v1.0/users/{DIEGO}")).await;
    assert_eq!(
        follow_link(&graph, &users).await.body["value"],
        json!([{"id": DIEGO, "@removed": {"reason": "changed"}}]),
        "a user can be restored"
    );
}

#[tokio::test]
async fn directory_delta_returns_pages() {
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
async fn expired_delta_link_is_refused() {
    for (expired, status, code) in [
        (SyncStateError::SyncStateNotFound, 400, "syncStateNotFound"),
        (SyncStateError::ResyncRequired, 410, "resyncRequired"),
        (SyncStateError::SyncStateInvalid, 410, "SyncStateInvalid"),
    ] {
        let graph = start_company().await;
        let first = graph.get(DELTA).await;
        graph.emulator.expire_delta_tokens(expired);
        let refused = follow_link(&graph, &first).await;
        assert_eq!(refused.get_error(), (status, code));
        if expired == SyncStateError::ResyncRequired {
            let restarted = graph.get(refused.header("location")).await;
            assert_eq!(list_values(&restarted, "id"), [ERIC, NICOLE]);
        }
    }
    let graph = start_company().await;
    graph.emulator.set_delta_behaviour(DeltaBehaviour::new().unavailable());
    let refused = graph.get(DELTA).await;
    assert_eq!(refused.get_error(), (400, "Request_UnsupportedQuery"));
    assert_eq!(refused.message(), "Differential query is not supported for entity type: OrgContact");
}
