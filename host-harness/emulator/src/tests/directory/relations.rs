//! Managers, reports, groups and members.

use serde_json::json;

use super::*;

#[tokio::test]
async fn manager_is_one_object_of_any_type() {
    let graph = start_company().await;
    // The example of "Get manager" of an orgContact.
    let manager = graph.get(&format!("/v1.0/contacts/{ERIC}/manager")).await.body;
    assert!(manager["@odata.context"].as_str().unwrap().ends_with("/v1.0/$metadata#directoryObjects/$entity"), "{manager}");
    assert_eq!((&manager["@odata.type"], &manager["id"]), (&json!("#microsoft.graph.user"), &json!(DIEGO)));
    assert_eq!(manager["userPrincipalName"], "DiegoS@contoso.com");
    assert_eq!(graph.get(&format!("/v1.0/contacts/{NICOLE}/manager?$select=surname")).await.body["surname"], "Solomon");
    assert_eq!(graph.get("/v1.0/me/manager").await.body["id"], DIEGO);
    let nobody = graph.get(&format!("/v1.0/users/{DIEGO}/manager")).await;
    assert_eq!(nobody.get_error(), (404, "Request_ResourceNotFound"));
    assert_eq!(
        nobody.message(),
        "Resource 'manager' does not exist or one of its queried reference-property objects are not present."
    );
    assert_eq!(graph.get(&format!("/v1.0/groups/{SALES}/manager")).await.get_error(), (400, "BadRequest"), "a group has none");
}

#[tokio::test]
async fn reports_and_groups_are_lists_of_any_type() {
    let graph = start_company().await;
    let reports = graph.get(&format!("/v1.0/users/{DIEGO}/directReports")).await;
    assert_eq!(list_values(&reports, "id"), [ADELE, ERIC]);
    assert_eq!(list_values(&reports, "@odata.type"), ["#microsoft.graph.user", "#microsoft.graph.orgContact"]);
    let cast = graph.get(&format!("/v1.0/users/{DIEGO}/directReports/microsoft.graph.orgContact")).await;
    assert_eq!(list_values(&cast, "id"), [ERIC]);
    assert_eq!(list_values(&graph.get(&format!("/v1.0/users/{DIEGO}/transitiveReports")).await, "id"), [ADELE, ERIC, NICOLE]);
    assert_eq!(list_values(&graph.get(&format!("/beta/contacts/{ERIC}/transitiveReports")).await, "id"), [NICOLE]);
    assert_eq!(graph.get(&format!("/v1.0/contacts/{ERIC}/transitiveReports")).await.get_error(), (400, "BadRequest"));

    assert_eq!(list_values(&graph.get(&format!("/v1.0/contacts/{ERIC}/memberOf")).await, "displayName"), ["Sales"]);
    let all = format!("/v1.0/contacts/{ERIC}/transitiveMemberOf");
    assert_eq!(list_values(&graph.get(&all).await, "displayName"), ["Sales", "Everyone"]);
    assert_eq!(list_values(&graph.get(&format!("{all}?$select=displayName&$top=1")).await, "id"), [""]);
    assert_eq!(
        list_values(&graph.get(&format!("{all}/microsoft.graph.group?$filter=displayName eq 'Sales'")).await, "id"),
        [SALES]
    );
    assert_eq!(get_advanced(&graph, &format!("{all}/$count")).await.body, 2);
    assert_eq!(graph.get(&format!("{all}/$count")).await.get_error(), (400, "Request_BadRequest"));
    assert_eq!(graph.get(&format!("{all}/{EVERYONE}")).await.body["displayName"], "Everyone");
    assert_eq!(graph.get(&format!("{all}/{ADELE}")).await.get_error(), (404, "Request_ResourceNotFound"));
    assert_eq!(list_values(&graph.get(&format!("/v1.0/groups/{EVERYONE}/members")).await, "id"), [SALES, NICOLE]);
    assert_eq!(
        list_values(&graph.get(&format!("/v1.0/groups/{EVERYONE}/transitiveMembers")).await, "id"),
        [SALES, NICOLE, ADELE, ERIC]
    );
}

#[tokio::test]
async fn circular_membership_terminates() {
    let graph = start_company().await;
    graph.emulator.add_member(SALES, EVERYONE).unwrap();
    assert_eq!(list_values(&graph.get(&format!("/v1.0/groups/{SALES}/transitiveMemberOf")).await, "id"), [EVERYONE]);
    assert_eq!(list_values(&graph.get(&format!("/v1.0/contacts/{NICOLE}/transitiveMemberOf")).await, "id"), [EVERYONE, SALES]);
}

#[tokio::test]
async fn references_are_returned_and_changed() {
    let graph = start_company().await;
    let reference = graph.get("/v1.0/me/manager/$ref").await.body;
    let id = reference["@odata.id"].as_str().unwrap();
    assert!(id.ends_with(&format!("/directoryObjects/{DIEGO}/Microsoft.DirectoryServices.User")), "{id}");
    let members = graph.get(&format!("/v1.0/groups/{SALES}/members/$ref")).await;
    assert_eq!(list_values(&members, "@odata.id").len(), 2);

    let put = async |path: &str, body: Value| {
        graph.send(Method::PUT, path, &[("content-type", "application/json")], Some(body.to_string())).await
    };
    for url in [
        format!("https://graph.microsoft.com/v1.0/contacts/{NICOLE}"),
        format!("https://graph.microsoft.com/v1.0/directoryObjects/{NICOLE}"),
        format!("{}/v1.0/users/DiegoS%40contoso.com", graph.emulator.endpoint()),
        id.to_owned(),
    ] {
        assert_eq!(put("/v1.0/me/manager/$ref", json!({"@odata.id": url})).await.status, 204, "{url}");
    }
    assert_eq!(graph.get("/v1.0/me/manager").await.body["id"], DIEGO);
    for (body, status, code) in [
        (json!({"id": DIEGO}), 400, "Request_BadRequest"),
        (json!({"@odata.id": DIEGO}), 400, "Request_BadRequest"),
        (json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/groups/{SALES}")}), 400, "Request_BadRequest"),
        (
            json!({"@odata.id": "https://graph.microsoft.com/v1.0/users/00000000-0000-0000-0000-000000000001"}),
            404,
            "Request_ResourceNotFound",
        ),
    ] {
        assert_eq!(put("/v1.0/me/manager/$ref", body.clone()).await.get_error(), (status, code), "{body}");
    }
    assert_eq!(graph.delete("/v1.0/me/manager/$ref").await.status, 204);
    assert_eq!(graph.get("/v1.0/me/manager").await.status, 404);
    assert_eq!(graph.delete("/v1.0/me/manager").await.message(), "Write requests are only supported on contained entities");
    let contact = put(&format!("/v1.0/contacts/{NICOLE}/manager/$ref"), json!({"@odata.id": id})).await;
    assert_eq!(contact.get_error(), (400, "Request_BadRequest"));
    assert_eq!(graph.get(&format!("/v1.0/contacts/{NICOLE}/manager")).await.body["id"], ERIC);
}

#[tokio::test]
async fn members_are_added_and_removed() {
    let graph = start_company().await;
    let path = format!("/v1.0/groups/{SALES}/members");
    let body = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{NICOLE}")});
    assert_eq!(graph.post(&format!("{path}/$ref"), body.clone()).await.status, 204);
    let again = graph.post(&format!("{path}/$ref"), body).await;
    assert_eq!(again.get_error(), (400, "Request_BadRequest"));
    assert_eq!(
        again.message(),
        "One or more added object references already exist for the following modified properties: 'members'."
    );
    assert_eq!(graph.delete(&format!("{path}/{NICOLE}/$ref")).await.status, 204);
    assert_eq!(graph.delete(&format!("{path}/{NICOLE}/$ref")).await.get_error(), (404, "Request_ResourceNotFound"));
    assert_eq!(list_values(&graph.get(&path).await, "id"), [ADELE, ERIC]);
}
