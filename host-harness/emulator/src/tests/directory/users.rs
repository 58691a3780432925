//! Users that Graph creates, updates and deletes.

use serde_json::json;

use super::*;

/// The body of the page "Create user".
fn build_adele() -> Value {
    json!({
        "accountEnabled": true,
        "displayName": "Adele Vance",
        "mailNickname": "AdeleV",
        "userPrincipalName": "AdeleVance@contoso.com",
        "passwordProfile": {"forceChangePasswordNextSignIn": true, "password": "xWwvJ]6NMw+bWH-d"}
    })
}

#[tokio::test]
async fn user_is_created_updated_and_deleted() {
    let graph = Graph::start().await;
    let created = graph.post("/v1.0/users", build_adele()).await;
    assert_eq!(created.status, 201, "{}", created.body);
    let id = created.id().to_owned();
    assert!(created.header("location").contains(&id), "{}", created.header("location"));
    assert_eq!(created.body["displayName"], "Adele Vance");
    assert_eq!(created.body.get("accountEnabled"), None, "the default properties");
    let path = "/v1.0/users/adelevance@contoso.com";
    let read =
        graph.get(&format!("{path}?$select=id,accountEnabled,mailNickname,passwordProfile,userType,createdDateTime")).await.body;
    assert_eq!((&read["id"], &read["accountEnabled"], &read["mailNickname"]), (&json!(id), &json!(true), &json!("AdeleV")));
    assert_eq!((&read["passwordProfile"], &read["userType"]), (&json!(null), &json!("Member")));
    assert!(read["createdDateTime"].is_string());
    assert_eq!(
        graph.get(&format!("{path}/contacts")).await.get_error(),
        (404, "MailboxNotEnabledForRESTAPI"),
        "a user without a licence has no mailbox"
    );

    let body = json!({"jobTitle": "Buyer", "businessPhones": ["+1 425 555 0109"], "userPrincipalName": "Adele2@contoso.com"});
    assert_eq!(graph.patch(path, body).await.status, 204);
    assert_eq!(graph.get(path).await.status, 404);
    let read = graph.get(&format!("/v1.0/users/{id}")).await.body;
    assert_eq!((&read["jobTitle"], &read["userPrincipalName"]), (&json!("Buyer"), &json!("Adele2@contoso.com")));
    assert_eq!(graph.patch(&format!("/v1.0/users/{id}"), json!({"jobTitle": null})).await.status, 204);
    assert_eq!(graph.get(&format!("/v1.0/users/{id}")).await.body["jobTitle"], json!(null));

    graph.emulator.set_manager(ADELE, &id).unwrap();
    assert_eq!(graph.delete(&format!("/v1.0/users/{id}")).await.status, 204);
    assert_eq!(graph.delete(&format!("/v1.0/users/{id}")).await.get_error(), (404, "Request_ResourceNotFound"));
    assert_eq!(graph.get(&format!("/v1.0/users/{ADELE}/manager")).await.status, 404);
    let managed = graph.get(&format!("/v1.0/users?$filter=manager/id eq '{id}'")).await;
    assert_eq!(managed.body["value"], json!([]), "a deleted manager manages nobody");
}

#[tokio::test]
async fn invalid_user_is_refused() {
    let graph = Graph::start().await;
    for name in ["accountEnabled", "displayName", "mailNickname", "userPrincipalName"] {
        let mut body = build_adele();
        body.as_object_mut().unwrap().remove(name);
        let refused = graph.post("/v1.0/users", body).await;
        let said = format!("Property {name} value is required but is empty or missing.");
        assert_eq!((refused.get_error(), refused.message()), ((400, "Request_BadRequest"), said.as_str()));
    }
    for profile in [json!(null), json!({"forceChangePasswordNextSignIn": true})] {
        let mut body = build_adele();
        body["passwordProfile"] = profile;
        let refused = graph.post("/v1.0/users", body).await;
        assert_eq!(
            (refused.get_error(), refused.message()),
            ((400, "Request_BadRequest"), "A password must be specified to create a new user.")
        );
    }
    let mut taken = build_adele();
    taken["userPrincipalName"] = json!("adelev@CONTOSO.com");
    let refused = graph.post("/v1.0/users", taken).await;
    assert_eq!(refused.message(), "Another object with the same value for property userPrincipalName already exists.");
    assert_eq!(refused.body["error"]["details"], json!([{"target": "userPrincipalName", "code": "ObjectConflict"}]));
    let path = format!("/v1.0/users/{ADELE}");
    for body in [
        json!({"userPrincipalName": "AlexW@contoso.com"}),
        json!({"userPrincipalName": "alex"}),
        json!({"businessPhones": ["1", "2"]}),
        json!({"id": "x"}),
        json!({"displayName": null}),
        json!({"usageLocation": null}),
        json!({"proxyAddresses": ["x"]}),
        json!({"accountEnabled": "yes"}),
        json!({"telephoneNumber": "1"}),
    ] {
        assert_eq!(graph.patch(&path, body.clone()).await.get_error(), (400, "Request_BadRequest"), "{body}");
    }
    assert_eq!(graph.patch(&path, json!({"userPrincipalName": "ADELEV@contoso.com"})).await.status, 204, "its own");
    assert_eq!(graph.send(Method::PUT, &path, &[], None).await.get_error(), (405, "Request_BadRequest"));
}

#[tokio::test]
async fn synchronized_user_refuses_update() {
    let graph = Graph::start().await;
    graph.emulator.change_object(ADELE, &json!({"onPremisesSyncEnabled": true})).unwrap();
    let refused = graph.patch(&format!("/v1.0/users/{ADELE}"), json!({"jobTitle": "X"})).await;
    assert_eq!(refused.get_error(), (400, "Request_BadRequest"));
    assert_eq!(
        refused.message(),
        "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing \
         migration."
    );
    assert_eq!(graph.patch(&format!("/v1.0/users/{ADELE}"), json!({"usageLocation": "DE"})).await.status, 204);
}

/// A change by the owner of the emulator keeps the mailbox.
#[tokio::test]
async fn changed_user_keeps_mailbox() {
    let graph = Graph::start().await;
    graph.create_contact(json!({"givenName": "Kept"})).await;
    assert_eq!(graph.patch(&format!("/v1.0/users/{ADELE}"), json!({"department": "Sales"})).await.status, 204);
    graph.emulator.change_object(ADELE, &json!({"city": "Berlin"})).unwrap();
    assert_eq!(list_values(&graph.get("/v1.0/me/contacts").await, "givenName"), ["Kept"]);
}
