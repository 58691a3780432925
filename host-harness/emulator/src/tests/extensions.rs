//! Open extensions of contacts.

use serde_json::json;

use super::*;

const NAME: &str = "Com.Contoso.Referral";
const ID: &str = "Microsoft.OutlookServices.OpenTypeExtension.Com.Contoso.Referral";

/// The extension of the page "Create open extension".
fn build_referral() -> Value {
    json!({
        "@odata.type": "microsoft.graph.openTypeExtension", "extensionName": NAME, "companyName": "Wingtip Toys",
        "dealValue": 500050, "expirationDate": "2015-12-03T10:00:00.000Z",
    })
}

#[tokio::test]
async fn extension_is_created_with_contact() {
    let graph = Graph::start().await;
    let created = graph.post("/v1.0/me/contacts", json!({"givenName": "A", "extensions": [build_referral()]})).await;
    assert_eq!(created.status, 201, "{}", created.body);
    let shown = &created.body["extensions"][0];
    assert_eq!((&shown["id"], &shown["dealValue"]), (&json!(ID), &json!(500_050)), "the response has it expanded");
    let path = format!("/v1.0/me/contacts/{}", created.id());
    assert_eq!(graph.get(&path).await.body.get("extensions"), None);
    let refused = graph.patch(&path, json!({"extensions": []})).await;
    assert_eq!(refused.get_error(), (400, "RequestBodyRead"));
}

#[tokio::test]
async fn extension_is_created_updated_and_deleted() {
    let graph = Graph::start().await;
    let contact = format!("/v1.0{}", graph.create_contact(json!({"givenName": "A"})).await);
    let etag = graph.get(&contact).await.header("etag").to_owned();
    let all = format!("{contact}/extensions");
    assert_eq!(graph.get(&all).await.body["value"], json!([]));
    let created = graph.post(&all, build_referral()).await;
    assert_eq!(created.status, 201);
    let mut keys: Vec<&str> = created.body.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    // The members of the response on the page, except for "@odata.id", which metadata=minimal omits.
    assert_eq!(keys, ["@odata.context", "@odata.type", "companyName", "dealValue", "expirationDate", "extensionName", "id"]);
    assert_eq!(created.body["@odata.type"], "#microsoft.graph.openTypeExtension");
    assert_ne!(graph.get(&contact).await.header("etag"), etag);
    assert_eq!(graph.post(&all, build_referral()).await.get_error(), (409, "NameAlreadyExists"));
    for key in [NAME, ID, "microsoft.graph.openTypeExtension.Com.Contoso.Referral"] {
        assert_eq!(graph.get(&format!("{all}/{key}")).await.body["companyName"], "Wingtip Toys", "{key}");
    }
    assert_eq!(graph.get(&format!("{all}/$count")).await.body, json!(1));

    // The request of the page "Update open extension".
    let one = format!("{all}/{NAME}");
    let change = json!({"extensionName": NAME, "companyName": "Wingtip Toys (USA)", "updated": "2015-10-29T11:00:00.000Z"});
    let updated = graph.patch(&one, change).await;
    assert_eq!((updated.status.as_u16(), &updated.body["companyName"]), (200, &json!("Wingtip Toys (USA)")));
    assert_eq!((&updated.body["dealValue"], &updated.body["updated"]), (&json!(500_050), &json!("2015-10-29T11:00:00.000Z")));
    assert_eq!(graph.patch(&one, json!({"data": {"nested": 1}})).await.get_error(), (400, "RequestBodyRead"));
    assert_eq!(graph.patch(&one, json!({"topPicks": ["a", "b"]})).await.body["topPicks"], json!(["a", "b"]));

    assert_eq!(graph.delete(&one).await.status, 204);
    for deleted in [graph.get(&one).await, graph.delete(&one).await, graph.patch(&one, json!({})).await] {
        assert_eq!(deleted.get_error(), (404, "ErrorItemNotFound"));
    }
    assert_eq!(graph.post(&all, json!({"companyName": "x"})).await.get_error(), (400, "ErrorInvalidArgument"));
}

#[tokio::test]
async fn contacts_are_expanded_and_filtered_by_extension() {
    let graph = Graph::start().await;
    let path = graph
        .create_contact(json!({"givenName": "A", "extensions": [build_referral(), {"extensionName": "Other", "x": true}]}))
        .await;
    graph.create_contact(json!({"givenName": "B"})).await;
    let all = graph.get(&format!("/v1.0{path}?$expand=extensions&$select=id")).await.body;
    assert_eq!(all["extensions"].as_array().unwrap().len(), 2);
    for key in [NAME, ID] {
        let one = graph.get(&format!("/v1.0{path}?$expand=extensions($filter=id eq '{key}')")).await.body;
        assert_eq!((one["extensions"].as_array().unwrap().len(), &one["extensions"][0]["extensionName"]), (1, &json!(NAME)));
        let query = format!("$filter=Extensions/any(f:f/id eq '{key}')&$expand=Extensions($filter=id eq '{key}')");
        let found = graph.get(&format!("/v1.0/me/contacts?{query}")).await.body;
        assert_eq!((found["value"].as_array().unwrap().len(), &found["value"][0]["extensions"][0]["id"]), (1, &json!(ID)));
    }
}
