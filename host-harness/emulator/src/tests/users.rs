//! Users, and the mailbox that a path addresses.

use serde_json::json;

use super::*;

#[tokio::test]
async fn user_is_addressed_by_id_name_and_me() {
    let graph = Graph::start().await;
    let by_id = graph.get(&format!("/v1.0/users/{ADELE}")).await.body;
    let mut keys: Vec<&str> = by_id.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "@odata.context",
            "businessPhones",
            "displayName",
            "givenName",
            "id",
            "jobTitle",
            "mail",
            "mobilePhone",
            "officeLocation",
            "preferredLanguage",
            "surname",
            "userPrincipalName"
        ],
        "the default properties of the page \"Get user\""
    );
    assert_eq!(by_id["jobTitle"], "Retail Manager");
    for other in
        ["/v1.0/users/adelev@CONTOSO.com", "/v1.0/users/AdeleV%40contoso.com", "/v1.0/me", "/v1.0/users/me-token-to-replace"]
    {
        assert_eq!(graph.get(other).await.body, by_id, "{other}");
    }
    let narrowed = graph.get("/v1.0/me?$select=id,department").await.body;
    assert_eq!((&narrowed["id"], &narrowed["department"], narrowed.get("mail")), (&json!(ADELE), &json!(null), None));
    assert_eq!(graph.get("/v1.0/me?$select=nothing").await.get_error(), (400, "BadRequest"));
}

#[tokio::test]
async fn me_is_configurable() {
    let graph = Graph::start().await;
    graph.emulator.set_me("alexw@contoso.com");
    assert_eq!(graph.get("/v1.0/me").await.body["userPrincipalName"], "AlexW@contoso.com");
}

#[tokio::test]
async fn user_list_is_paged() {
    let graph = Graph::start().await;
    let first = graph.get("/v1.0/users?$top=1&$select=mail").await.body;
    assert_eq!(first["value"], json!([{"mail": "AdeleV@contoso.com"}]));
    let second = graph.get(first["@odata.nextLink"].as_str().unwrap()).await.body;
    assert_eq!(second["value"], json!([{"mail": "AlexW@contoso.com"}]));
    assert_eq!(second.get("@odata.nextLink"), None);
    let found = graph.get("/v1.0/users?$filter=userPrincipalName eq 'alexw@contoso.com'").await.body;
    assert_eq!(found["value"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn missing_user_and_mailbox_are_not_found() {
    let graph = Graph::start().await;
    let unknown = graph.get("/v1.0/users/nobody@contoso.com").await;
    assert_eq!(unknown.get_error(), (404, "Request_ResourceNotFound"));
    assert_eq!(
        unknown.message(),
        "Resource 'nobody@contoso.com' does not exist or one of its queried reference-property objects are not present."
    );
    assert_eq!(graph.get("/v1.0/users/nobody@contoso.com/contacts").await.get_error(), (404, "ResourceNotFound"));
    for target in ["/v1.0/users/AlexW@contoso.com/contacts", "/v1.0/users/AlexW@contoso.com/contactFolders"] {
        assert_eq!(graph.get(target).await.get_error(), (404, "MailboxNotEnabledForRESTAPI"));
    }
    let refused = graph.post("/v1.0/users/AlexW@contoso.com/contacts", json!({"nonsense": 1})).await;
    assert_eq!(refused.get_error(), (404, "MailboxNotEnabledForRESTAPI"));
}

#[tokio::test]
async fn mailboxes_are_separate() {
    let graph = Graph::start().await;
    graph.emulator.add_user(User::new("87d349ed-44d7-43e1-9a83-5f2406dee5bd", "o'brien@contoso.com"));
    let path = graph.create_contact(json!({"givenName": "A"})).await;
    let id = path.rsplit('/').next().unwrap();
    assert_eq!(graph.get("/v1.0/users/o'brien@contoso.com/contacts").await.body["value"], json!([]));
    assert_eq!(
        graph.get(&format!("/v1.0/users/o'brien@contoso.com/contacts/{id}")).await.get_error(),
        (404, "ErrorItemNotFound")
    );
    let keyed = format!("/v1.0/users('{ADELE}')/contacts('{id}')");
    assert_eq!(graph.get(&keyed).await.body["id"], id);
}

#[tokio::test]
async fn invalid_seeded_contact_is_refused() {
    let graph = Graph::start().await;
    let refused = graph.emulator.add_contact("AlexW@contoso.com", &json!({})).unwrap_err().to_string();
    assert!(refused.contains("MailboxNotEnabledForRESTAPI"), "{refused}");
    assert!(graph.emulator.add_contact(ADELE, &json!({"phones": []})).is_err());
}
