//! One contact: stored, generated, replaced and deleted values.

use serde_json::json;

use super::*;

/// The keys of the response on the page "Update contact" of 2026, with the etag and context that metadata=minimal adds.
const KEYS: &[&str] = &[
    "@odata.context",
    "@odata.etag",
    "assistantName",
    "birthday",
    "businessAddress",
    "businessHomePage",
    "businessPhones",
    "categories",
    "changeKey",
    "children",
    "companyName",
    "createdDateTime",
    "department",
    "displayName",
    "emailAddresses",
    "fileAs",
    "generation",
    "givenName",
    "homeAddress",
    "homePhones",
    "id",
    "imAddresses",
    "initials",
    "jobTitle",
    "lastModifiedDateTime",
    "manager",
    "middleName",
    "mobilePhone",
    "nickName",
    "officeLocation",
    "otherAddress",
    "parentFolderId",
    "personalNotes",
    "primaryEmailAddress",
    "profession",
    "secondaryEmailAddress",
    "spouseName",
    "surname",
    "tertiaryEmailAddress",
    "title",
    "yomiCompanyName",
    "yomiGivenName",
    "yomiSurname",
];

#[tokio::test]
async fn create_returns_whole_contact() {
    let graph = Graph::start().await;
    // The request of the page "Create contact".
    let created = graph
        .post(
            "/v1.0/me/contacts",
            json!({
                "givenName": "Pavel",
                "surname": "Bansky",
                "emailAddresses": [{"address": "pavelb@fabrikam.onmicrosoft.com", "name": "Pavel Bansky"}],
                "businessPhones": ["+1 732 555 0102"],
            }),
        )
        .await;
    assert_eq!(created.status, 201);
    assert_eq!(created.body["displayName"], "Pavel Bansky");
    assert_eq!(created.body["fileAs"], "Bansky, Pavel");
    assert_eq!(created.body["businessPhones"], json!(["+1 732 555 0102"]));
    let email = json!({"name": "Pavel Bansky", "address": "pavelb@fabrikam.onmicrosoft.com"});
    assert_eq!(created.body["emailAddresses"], json!([email]));
    assert_eq!(created.body["primaryEmailAddress"], email);
    assert_eq!(created.body["secondaryEmailAddress"], json!(null));
    assert_eq!(created.body["otherAddress"], json!({}));
    assert_eq!(created.body["homePhones"], json!([]));
    assert_eq!(created.body["middleName"], json!(null));
    let mut keys: Vec<&str> = created.body.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, KEYS);

    let change_key = created.body["changeKey"].as_str().unwrap();
    assert_eq!(created.body["@odata.etag"], format!("W/\"{change_key}\""));
    assert_eq!(created.header("etag"), format!("W/\"{change_key}\""));
    let location = created.header("location");
    assert_eq!(graph.get(location).await.body["id"], created.body["id"], "{location}");
}

#[tokio::test]
async fn contact_id_is_long_and_needs_escaping() {
    let graph = Graph::start().await;
    let created = graph.post("/v1.0/me/contacts", json!({"givenName": "A"})).await;
    let id = created.id();
    assert!(id.starts_with("AAMk") && id.ends_with('=') && id.contains('-') && id.contains('_'), "{id}");
    assert_eq!(id.len(), 152);
    let escaped = id.replace('=', "%3D").replace('-', "%2D");
    assert_eq!(graph.get(&format!("/v1.0/me/contacts/{escaped}")).await.status, 200);
    let twice = id.replace('=', "%253D");
    assert_eq!(graph.get(&format!("/v1.0/me/contacts/{twice}")).await.get_error(), (400, "ErrorInvalidIdMalformed"));
    let other_case = format!("AAMk{}", id[4..].chars().map(flip_case).collect::<String>());
    assert_ne!(graph.get(&format!("/v1.0/me/contacts/{other_case}")).await.status, 200);
}

fn flip_case(letter: char) -> char {
    if letter.is_ascii_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
}

#[tokio::test]
async fn update_keeps_other_properties() {
    let graph = Graph::start().await;
    let path = graph
        .create_contact(json!({
            "givenName": "Garth", "surname": "Fort", "jobTitle": "Web Marketing Manager",
            "homeAddress": {"street": "1 Old street", "countryOrRegion": "USA"},
        }))
        .await;
    let before = graph.get(&format!("/v1.0{path}")).await.body;
    // The request of the page "Update contact".
    let updated = graph
        .patch(
            &format!("/v1.0{path}"),
            json!({
                "homeAddress": {"street": "123 Some street", "city": "Seattle", "state": "WA", "postalCode": "98121"},
                "birthday": "1974-07-22",
            }),
        )
        .await;
    assert_eq!(updated.status, 200);
    assert_eq!(updated.body["jobTitle"], "Web Marketing Manager");
    assert_eq!(updated.body["displayName"], "Garth Fort");
    assert_eq!(
        updated.body["homeAddress"],
        json!({"street": "123 Some street", "city": "Seattle", "state": "WA", "postalCode": "98121"}),
        "an update replaces the whole address"
    );
    assert!(updated.body["birthday"].as_str().unwrap().starts_with("1974-07-22T"), "{}", updated.body["birthday"]);
    assert_eq!(updated.body["createdDateTime"], before["createdDateTime"]);
    assert_ne!(updated.body["changeKey"], before["changeKey"]);
    assert_eq!(graph.get(&format!("/v1.0{path}")).await.body, updated.body);
}

#[tokio::test]
async fn name_change_overwrites_display_name_unless_sent() {
    let graph = Graph::start().await;
    let path =
        format!("/v1.0{}", graph.create_contact(json!({"givenName": "Garth", "surname": "Fort", "displayName": "GF"})).await);
    assert_eq!(graph.patch(&path, json!({"jobTitle": "Manager"})).await.body["displayName"], "GF");
    assert_eq!(graph.patch(&path, json!({"surname": "Forth"})).await.body["displayName"], "Garth Forth");
    let kept = graph.patch(&path, json!({"surname": "Fort", "displayName": "GF"})).await;
    assert_eq!(kept.body["displayName"], "GF");
    assert_eq!(kept.body["fileAs"], "Fort, Garth");
}

#[tokio::test]
async fn update_replaces_collections_and_null_clears() {
    let graph = Graph::start().await;
    let path = graph
        .create_contact(json!({"givenName": "A", "jobTitle": "B", "categories": ["x", "y"], "homePhones": ["1", "2"]}))
        .await;
    let updated = graph.patch(&format!("/v1.0{path}"), json!({"jobTitle": null, "categories": ["z"], "homePhones": []})).await;
    assert_eq!(updated.body["jobTitle"], json!(null));
    assert_eq!(updated.body["categories"], json!(["z"]));
    assert_eq!(updated.body["homePhones"], json!([]));
}

#[tokio::test]
async fn deleted_contact_is_not_found() {
    let graph = Graph::start().await;
    let path = format!("/v1.0{}", graph.create_contact(json!({"givenName": "A"})).await);
    let deleted = graph.delete(&path).await;
    assert_eq!((deleted.status.as_u16(), &deleted.body), (204, &json!("")));
    for deleted in [graph.get(&path).await, graph.delete(&path).await, graph.patch(&path, json!({"surname": "B"})).await] {
        assert_eq!(deleted.get_error(), (404, "ErrorItemNotFound"));
        assert_eq!(deleted.message(), "The specified object was not found in the store.");
    }
}

#[tokio::test]
async fn stale_etag_is_refused() {
    let graph = Graph::start().await;
    let path = format!("/v1.0{}", graph.create_contact(json!({"givenName": "A"})).await);
    let etag = graph.get(&path).await.header("etag").to_owned();
    let json_type = ("content-type", "application/json");
    let body = || Some(json!({"surname": "B"}).to_string());
    assert_eq!(graph.send(Method::PATCH, &path, &[("if-match", &etag), json_type], body()).await.status, 200);
    let stale = graph.send(Method::PATCH, &path, &[("if-match", &etag), json_type], body()).await;
    assert_eq!(stale.get_error(), (412, "ErrorIrresolvableConflict"));
    let stale = graph.send(Method::DELETE, &path, &[("if-match", &etag)], None).await;
    assert_eq!(stale.get_error(), (412, "ErrorIrresolvableConflict"));
    assert_eq!(graph.send(Method::DELETE, &path, &[("if-match", "*")], None).await.status, 204);
}

#[tokio::test]
async fn select_limits_properties() {
    let graph = Graph::start().await;
    let path = graph.create_contact(json!({"givenName": "A", "surname": "B"})).await;
    let narrowed = graph.get(&format!("/v1.0{path}?$select=displayName")).await;
    let mut keys: Vec<&str> = narrowed.body.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["@odata.context", "@odata.etag", "displayName", "id"]);
    let refused = graph.get(&format!("/v1.0{path}?$select=phones")).await;
    assert_eq!(refused.get_error(), (400, "BadRequest"));
    assert!(refused.message().contains("Could not find a property named 'phones' on type 'microsoft.graph.contact'."));
}

#[tokio::test]
async fn extended_properties_need_expand() {
    let graph = Graph::start().await;
    let path = graph
        .create_contact(json!({"givenName": "A", "singleValueExtendedProperties": [{"id": SOURCE_ID, "value": "hr-4711"}]}))
        .await;
    assert_eq!(graph.get(&format!("/v1.0{path}")).await.body.get("singleValueExtendedProperties"), None);
    let expanded = format!("/v1.0{path}?$expand=singleValueExtendedProperties($filter=id eq '{SOURCE_ID}')");
    assert_eq!(graph.get(&expanded).await.body["singleValueExtendedProperties"], json!([{"id": SOURCE_ID, "value": "hr-4711"}]));
    let change = json!({"singleValueExtendedProperties": [{"id": SOURCE_ID, "value": "hr-4712"}]});
    assert_eq!(graph.patch(&format!("/v1.0{path}"), change).await.status, 200);
    assert_eq!(graph.get(&expanded).await.body["singleValueExtendedProperties"][0]["value"], "hr-4712");
}

#[tokio::test]
async fn both_versions_return_same_contact() {
    let graph = Graph::start().await;
    let path = graph
        .create_contact(json!({
            "givenName": "Garth", "businessPhones": ["1", "2"], "mobilePhone": "3", "businessHomePage": "https://www.contoso.com",
            "businessAddress": {"city": "Redmond"},
        }))
        .await;
    let beta = graph.get(&format!("/beta{path}")).await.body;
    assert_eq!(
        beta["phones"],
        json!([{"type": "business", "number": "1"}, {"type": "business", "number": "2"}, {"type": "mobile", "number": "3"}])
    );
    assert_eq!(beta["postalAddresses"], json!([{"type": "business", "city": "Redmond"}]));
    assert_eq!(beta["websites"], json!([{"type": "work", "address": "https://www.contoso.com", "displayName": null}]));
    assert_eq!(beta["flag"], json!({"flagStatus": "notFlagged"}));
    assert_eq!(beta.get("businessPhones"), None);

    let phones = json!([{"type": "home", "number": "4"}, {"type": "mobile", "number": "5"}, {"type": "mobile", "number": "6"}]);
    let written = graph.patch(&format!("/beta{path}"), json!({"phones": phones, "gender": "unspecified"})).await;
    assert_eq!(written.body["phones"], phones);
    let v1 = graph.get(&format!("/v1.0{path}")).await.body;
    assert_eq!((&v1["businessPhones"], &v1["homePhones"], &v1["mobilePhone"]), (&json!([]), &json!(["4"]), &json!("5")));
    assert_eq!(v1.get("gender"), None);

    let written = graph.patch(&format!("/v1.0{path}"), json!({"mobilePhone": "7"})).await;
    assert_eq!(written.status, 200);
    let beta = graph.get(&format!("/beta{path}")).await.body;
    assert_eq!(
        beta["phones"],
        json!([{"type": "home", "number": "4"}, {"type": "mobile", "number": "7"}, {"type": "mobile", "number": "6"}]),
        "a number that v1.0 cannot address stays"
    );
}

#[tokio::test]
async fn email_slots_and_list_stay_equal() {
    let graph = Graph::start().await;
    let path = format!(
        "/v1.0{}",
        graph.create_contact(json!({"givenName": "A", "emailAddresses": [{"address": "a@x"}, {"address": "b@x"}]})).await
    );
    let updated = graph.patch(&path, json!({"secondaryEmailAddress": {"address": "c@x", "name": "C"}})).await.body;
    assert_eq!(updated["emailAddresses"], json!([{"name": null, "address": "a@x"}, {"name": "C", "address": "c@x"}]));
    let updated = graph.patch(&path, json!({"primaryEmailAddress": null})).await.body;
    assert_eq!(updated["emailAddresses"], json!([{"name": "C", "address": "c@x"}]));
    let updated = graph.patch(&path, json!({"emailAddresses": []})).await.body;
    assert_eq!(updated["secondaryEmailAddress"], json!(null));
}
