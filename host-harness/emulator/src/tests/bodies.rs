//! Bodies that Graph refuses.

use serde_json::json;

use super::*;

async fn post_and_get_error(version: &str, body: Value) -> (u16, String, String) {
    let graph = Graph::start().await;
    let response = graph.post(&format!("/{version}/me/contacts"), body).await;
    assert_eq!(graph.get("/v1.0/me/contacts/$count").await.body, json!(0), "a refused body stores nothing");
    let (status, code) = response.get_error();
    (status, code.to_owned(), response.message().to_owned())
}

#[tokio::test]
async fn undeclared_property_is_refused() {
    let (status, code, message) = post_and_get_error("v1.0", json!({"firstName": "A"})).await;
    assert_eq!((status, code.as_str()), (400, "RequestBodyRead"));
    assert_eq!(
        message,
        "The property 'firstName' does not exist on type 'microsoft.graph.contact'. Make sure to only use property names that \
         are defined by the type or mark the type as open type."
    );
    assert_eq!(post_and_get_error("v1.0", json!({"phones": []})).await.1, "RequestBodyRead", "declared only in beta");
    assert_eq!(post_and_get_error("beta", json!({"businessPhones": []})).await.1, "RequestBodyRead", "declared only in v1.0");
    let inside = post_and_get_error("v1.0", json!({"homeAddress": {"zip": "1"}})).await;
    assert_eq!(inside.1, "RequestBodyRead");
    assert!(inside.2.contains("'zip' does not exist on type 'microsoft.graph.physicalAddress'"), "{}", inside.2);
}

#[tokio::test]
async fn value_of_wrong_type_is_refused() {
    for body in [
        json!({"givenName": 5}),
        json!({"givenName": {"first": "A"}}),
        json!({"businessPhones": "1"}),
        json!({"businessPhones": [1]}),
        json!({"businessPhones": [null]}),
        json!({"homeAddress": "Seattle"}),
        json!({"emailAddresses": {"address": "a@x"}}),
        json!({"birthday": "22.07.1974"}),
        json!({"birthday": "1974-07-22T00:00:00"}),
        json!({"birthday": "1974-02-30"}),
        json!([{"givenName": "A"}]),
    ] {
        let (status, code, message) = post_and_get_error("v1.0", body.clone()).await;
        assert_eq!((status, code.as_str()), (400, "RequestBodyRead"), "{body}: {message}");
    }
    assert_eq!(post_and_get_error("beta", json!({"phones": [{"type": "fax", "number": "1"}]})).await.1, "RequestBodyRead");
    assert_eq!(post_and_get_error("beta", json!({"weddingAnniversary": "2000-01-01T00:00:00Z"})).await.1, "RequestBodyRead");
}

#[tokio::test]
async fn more_values_than_slots_are_refused() {
    for (body, message) in [
        (json!({"businessPhones": ["1", "2", "3"]}), "BusinessPhones has 3 entries, that exceeds the max allowed value of 2"),
        (json!({"homePhones": ["1", "2", "3"]}), "HomePhones has 3 entries, that exceeds the max allowed value of 2"),
        (json!({"imAddresses": ["1", "2", "3", "4"]}), "ImAddresses has 4 entries, that exceeds the max allowed value of 3"),
        (json!({"emailAddresses": [{}, {}, {}, {}]}), "EmailAddresses has 4 entries, that exceeds the max allowed value of 3"),
    ] {
        let refusal = post_and_get_error("v1.0", body).await;
        assert_eq!((refusal.0, refusal.2), (400, format!("The multi value property {message}")));
    }
}

#[tokio::test]
async fn null_of_complex_value_is_refused() {
    for body in [
        json!({"homeAddress": null}),
        json!({"businessPhones": null}),
        json!({"emailAddresses": null}),
        json!({"primaryEmailAddress": null}),
    ] {
        assert_eq!(post_and_get_error("v1.0", body.clone()).await.0, 500, "{body}");
    }
}

#[tokio::test]
async fn body_that_is_not_json_is_refused() {
    let graph = Graph::start().await;
    let json_type = [("content-type", "application/json; charset=utf-8")];
    for (headers, body) in [
        (&json_type[..], "{\"givenName\": "),
        (&json_type[..], ""),
        (&[("content-type", "text/plain")][..], "{}"),
        (&[][..], "{}"),
    ] {
        let response = graph.send(Method::POST, "/v1.0/me/contacts", headers, Some(body.to_owned())).await;
        assert_eq!(response.get_error(), (400, "BadRequest"), "{body}");
    }
    assert_eq!(graph.send(Method::POST, "/v1.0/me/contacts", &json_type, Some("{}".to_owned())).await.status, 201);
    let huge = Some(json!({"personalNotes": "x".repeat(5_000_000)}).to_string());
    assert_eq!(graph.send(Method::POST, "/v1.0/me/contacts", &json_type, huge).await.status, 413);
}

#[tokio::test]
async fn birthday_is_stored_as_date() {
    let graph = Graph::start().await;
    // The date in UTC: the page of the type says "always in UTC time".
    for (sent, day) in [
        ("1974-07-22", "1974-07-22"),
        ("1974-07-22T00:00:00Z", "1974-07-22"),
        ("1974-07-22T23:59:59.5Z", "1974-07-22"),
        ("1974-07-22T00:00:00+02:00", "1974-07-21"),
    ] {
        let created = graph.post("/v1.0/me/contacts", json!({"birthday": sent})).await;
        assert_eq!(created.status, 201, "{sent}");
        assert!(created.body["birthday"].as_str().unwrap().starts_with(&format!("{day}T")), "{sent}");
    }
}

/// @pnp/graph sends every surname as `surName`, and its tests pass against Microsoft Graph.
#[tokio::test]
async fn property_names_of_bodies_ignore_case() {
    let graph = Graph::start().await;
    let created = graph
        .post(
            "/v1.0/me/contacts",
            json!({"givenName": "Pavel", "surName": "Bansky", "HomeAddress": {"City": "Seattle"},
                   "EMAILADDRESSES": [{"Address": "p@x"}], "SingleValueExtendedProperties": [{"Id": SOURCE_ID, "Value": "1"}]}),
        )
        .await;
    assert_eq!((created.status.as_u16(), &created.body["displayName"]), (201, &json!("Pavel Bansky")), "{}", created.body);
    assert_eq!(created.body["homeAddress"], json!({"city": "Seattle"}));
    assert_eq!(created.body["emailAddresses"][0]["address"], "p@x");
    let folder = graph.post("/v1.0/me/contactFolders", json!({"DisplayName": "F"})).await;
    assert_eq!((folder.status.as_u16(), &folder.body["displayName"]), (201, &json!("F")));
    assert_eq!(graph.patch(&format!("/v1.0/users/{ADELE}"), json!({"JobTitle": "Auditor"})).await.status, 204);
    assert_eq!(graph.get("/v1.0/me").await.body["jobTitle"], "Auditor");
    for twice in [
        json!({"surname": "A", "surName": "B"}),
        json!({"id": null, "ID": null}),
        json!({"homeAddress": {"city": "A", "City": "B"}}),
    ] {
        assert_eq!(post_and_get_error("v1.0", twice).await.1, "RequestBodyRead");
    }
}

#[tokio::test]
async fn annotations_are_ignored() {
    let graph = Graph::start().await;
    let body = json!({
        "@odata.type": "#microsoft.graph.contact",
        "givenName": "A",
        "homeAddress": {"@odata.type": "microsoft.graph.physicalAddress", "city": "Seattle"},
    });
    let created = graph.post("/v1.0/me/contacts", body).await;
    assert_eq!(created.body["homeAddress"], json!({"city": "Seattle"}));
}
