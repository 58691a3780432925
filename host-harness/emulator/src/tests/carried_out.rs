//! A write that is not carried out as a whole is refused: no 2xx for a property, an option or a condition without effect.

use serde_json::json;

use super::*;

/// Msgraph-sdk-dotnet#2408 and microsoft-graph-docs#6439, for messages.
const READ_ONLY: (u16, &str) = (400, "ErrorInvalidPropertySet");

#[tokio::test]
async fn contact_keeps_properties_of_service() {
    let graph = Graph::start().await;
    for body in [
        json!({"id": "mine"}),
        json!({"changeKey": "mine"}),
        json!({"createdDateTime": "2000-01-01T00:00:00Z"}),
        json!({"lastModifiedDateTime": "2000-01-01T00:00:00Z"}),
        json!({"parentFolderId": graph.emulator.add_folder(ADELE, "contacts", "Other").unwrap()}),
    ] {
        assert_eq!(graph.post("/v1.0/me/contacts", body.clone()).await.get_error(), READ_ONLY, "{body}");
        graph.delete(&format!("/v1.0/me/contactFolders/{}", body["parentFolderId"].as_str().unwrap_or_default())).await;
    }
    let path = format!("/v1.0{}", graph.create_contact(json!({"givenName": "A", "id": null})).await);
    let stored = graph.get(&path).await.body;
    for (body, error) in [
        (json!({"id": "mine", "surname": "B"}), READ_ONLY),
        (json!({"createdDateTime": "2000-01-01T00:00:00Z", "surname": "B"}), READ_ONLY),
        (json!({"lastModifiedDateTime": null, "surname": "B"}), READ_ONLY),
        (json!({"parentFolderId": null, "surname": "B"}), READ_ONLY),
        // "the change key passed in the request does not match the current change key": microsoft-graph-docs#2256.
        (json!({"changeKey": "mine", "surname": "B"}), (412, "ErrorIrresolvableConflict")),
    ] {
        assert_eq!(graph.patch(&path, body.clone()).await.get_error(), error, "{body}");
    }
    assert_eq!(graph.get(&path).await.body, stored, "a refused update changes nothing");
    // A client sends the contact back as it read it, in the spelling of its language.
    let mut whole = stored.clone();
    whole["createdDateTime"] = json!(stored["createdDateTime"].as_str().unwrap().replace('Z', "+00:00"));
    whole["surname"] = json!("B");
    let updated = graph.patch(&path, whole).await;
    assert_eq!((updated.status.as_u16(), &updated.body["surname"]), (200, &json!("B")), "{}", updated.body);
    let same_folder = graph.post("/v1.0/me/contacts", json!({"parentFolderId": stored["parentFolderId"]})).await;
    assert_eq!(same_folder.status, 201);
}

#[tokio::test]
async fn folder_keeps_properties_of_service() {
    let graph = Graph::start().await;
    let other = graph.emulator.add_folder(ADELE, "contacts", "Other").unwrap();
    for body in [
        json!({"displayName": "A", "id": "mine"}),
        json!({"displayName": "A", "wellKnownName": "contacts"}),
        json!({"displayName": "A", "parentFolderId": other}),
    ] {
        assert_eq!(graph.post("/beta/me/contactFolders", body.clone()).await.get_error(), READ_ONLY, "{body}");
    }
    let root = graph.get("/v1.0/me/contactFolders/contacts").await.id().to_owned();
    // As @pnp/graph creates folders.
    let created = graph.post("/beta/me/contactFolders", json!({"displayName": "A", "parentFolderId": root})).await;
    assert_eq!(created.status, 201, "{}", created.body);
    let path = format!("/beta/me/contactFolders/{}", created.id());
    for body in [json!({"id": other}), json!({"id": null}), json!({"wellKnownName": "contacts"})] {
        assert_eq!(graph.patch(&path, body.clone()).await.get_error(), READ_ONLY, "{body}");
    }
    let mut whole = created.body.clone();
    whole["displayName"] = json!("B");
    assert_eq!(graph.patch(&path, whole).await.body["displayName"], "B");
    assert_eq!(graph.patch(&path, json!({"displayName": "B", "DisplayName": "C"})).await.get_error(), (400, "RequestBodyRead"));
}

#[tokio::test]
async fn extension_keeps_its_name() {
    let graph = Graph::start().await;
    let contact = format!("/v1.0{}/extensions", graph.create_contact(json!({"givenName": "A"})).await);
    let other_id = json!({"extensionName": "Com.A", "id": "Com.B", "x": 1});
    assert_eq!(graph.post(&contact, other_id).await.get_error(), READ_ONLY);
    let created = graph.post(&contact, json!({"extensionName": "Com.A", "x": 1})).await;
    assert_eq!(created.status, 201);
    let path = format!("{contact}/Com.A");
    assert_eq!(graph.patch(&path, json!({"extensionName": "Com.B", "x": 2})).await.get_error(), READ_ONLY);
    assert_eq!(graph.patch(&path, json!({"id": created.body["id"], "extensionName": "Com.A", "x": 2})).await.status, 200);
    let property = json!([{"id": SOURCE_ID, "value": "1", "type": "x"}]);
    let refused = graph.post("/v1.0/me/contacts", json!({"singleValueExtendedProperties": property})).await;
    assert_eq!(refused.get_error(), (400, "RequestBodyRead"));
}

#[tokio::test]
async fn parameters_and_references_are_known() {
    let graph = Graph::start().await;
    for (target, body) in [
        ("/v1.0/directoryObjects/getByIds", json!({"ids": [], "other": 1})),
        ("/v1.0/me/checkMemberGroups", json!({"groupIds": [], "ids": []})),
        ("/v1.0/me/getMemberObjects", json!({"securityEnabledOnly": false, "other": 1})),
        ("/v1.0/me/translateExchangeIds", json!({"inputIds": [], "sourceIdType": "restId", "targetIdType": "ewsId", "other": 1})),
    ] {
        assert_eq!(graph.post(target, body).await.get_error(), (400, "BadRequest"), "{target}");
    }
    let retry = graph.post("/v1.0/me/retryServiceProvisioning", json!({"other": 1})).await;
    assert_eq!(retry.get_error(), (400, "Request_BadRequest"));
    let contact = format!("/v1.0{}/permanentDelete", graph.create_contact(json!({})).await);
    assert_eq!(graph.post(&contact, json!({"other": 1})).await.get_error(), (400, "BadRequest"));
    assert_eq!(graph.post(&contact, json!({})).await.status, 204);
    let reference = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/users/{ADELE}"), "other": 1});
    let target = "/v1.0/users/AlexW@contoso.com/manager/$ref";
    let put = graph.send(Method::PUT, target, &[("content-type", "application/json")], Some(reference.to_string())).await;
    assert_eq!(put.get_error(), (400, "Request_BadRequest"));
}

#[tokio::test]
async fn query_options_of_writes_have_effect() {
    let graph = Graph::start().await;
    let created = graph.post("/v1.0/me/contacts?$select=givenName", json!({"givenName": "A", "surname": "B"})).await;
    assert_eq!((created.status.as_u16(), created.body.get("surname")), (201, None));
    let path = format!("/v1.0/me/contacts/{}", created.id());
    let patched = graph.patch(&format!("{path}?$select=surname"), json!({"surname": "C"})).await;
    assert_eq!((&patched.body["surname"], patched.body.get("givenName")), (&json!("C"), None));
    for target in
        [format!("{path}?$filter=surname eq 'C'"), "/v1.0/me/contacts?$top=1".to_owned(), "/v1.0/me?$select=id".to_owned()]
    {
        assert_eq!(graph.patch(&target, json!({})).await.get_error(), (400, "BadRequest"), "{target}");
    }
    assert_eq!(graph.delete(&format!("{path}?$filter=surname eq 'X'")).await.get_error(), (400, "BadRequest"));
    assert_eq!(graph.get(&path).await.status, 200);
}

#[tokio::test]
async fn conditions_of_writes_have_effect() {
    let graph = Graph::start().await;
    let contact = format!("/v1.0{}", graph.create_contact(json!({"givenName": "A"})).await);
    graph.post(&format!("{contact}/extensions"), json!({"extensionName": "Com.A"})).await;
    let folder = format!("/v1.0/me/contactFolders/{}", graph.emulator.add_folder(ADELE, "contacts", "Other").unwrap());
    let json_type = ("content-type", "application/json");
    let photo = format!("{contact}/photo/$value");
    let jpeg = ("content-type", "image/jpeg");
    let put = graph.send(Method::PUT, &photo, &[jpeg, ("if-match", "\"x\"")], Some("x".to_owned())).await;
    assert_eq!(put.get_error(), (412, "ErrorIrresolvableConflict"), "there is no photo to match");
    assert_eq!(graph.send(Method::PUT, &photo, &[jpeg, ("if-none-match", "*")], Some("x".to_owned())).await.status, 200);
    let bodies = [
        (Method::PATCH, &contact, Some("{}")),
        (Method::PATCH, &folder, Some("{\"displayName\": \"x\"}")),
        (Method::PATCH, &format!("{contact}/extensions/Com.A"), Some("{}")),
        (Method::PUT, &photo, Some("y")),
        (Method::DELETE, &format!("{contact}/extensions/Com.A"), None),
        (Method::DELETE, &photo, None),
        (Method::DELETE, &folder, None),
        (Method::POST, &format!("{folder}/permanentDelete"), None),
        (Method::POST, &format!("{contact}/permanentDelete"), None),
        (Method::DELETE, &contact, None),
    ];
    for (method, target, body) in &bodies {
        let media_type = if *target == &photo { jpeg } else { json_type };
        for condition in [("if-match", "\"other\""), ("if-none-match", "*")] {
            let refused = graph.send(method.clone(), target, &[media_type, condition], body.map(str::to_owned)).await;
            assert_eq!(refused.get_error(), (412, "ErrorIrresolvableConflict"), "{method} {target} {condition:?}");
        }
        if *method != Method::POST {
            let done = graph.send(method.clone(), target, &[media_type, ("if-match", "*")], body.map(str::to_owned)).await;
            assert!(done.status.is_success() || done.status == 404, "{method} {target}: {}", done.body);
        }
    }
}

#[tokio::test]
async fn annotations_with_effect_are_refused() {
    let graph = Graph::start().await;
    let contact = format!("/v1.0{}", graph.create_contact(json!({"@odata.type": "#microsoft.graph.contact"})).await);
    let extensions = format!("{contact}/extensions");
    for target in ["/v1.0/me/contacts", &contact, "/v1.0/me/contactFolders", "/v1.0/me", &extensions] {
        let send = async |body: Value| match target {
            "/v1.0/me/contacts" | "/v1.0/me/contactFolders" => graph.post(target, body).await,
            target if target.ends_with("/extensions") => graph.post(target, body).await,
            target => graph.patch(target, body).await,
        };
        let bound = send(json!({"manager@odata.bind": "https://graph.microsoft.com/v1.0/users/x"})).await;
        let of_other_type = send(json!({"@odata.type": "#microsoft.graph.event"})).await;
        if target == extensions {
            assert_eq!((bound.status.as_u16(), of_other_type.status.as_u16()), (400, 400), "no name");
            let body = json!({"extensionName": "Com.A", "x@odata.bind": "y"});
            assert_eq!(send(body).await.get_error(), (501, "NotImplemented"));
            let body = json!({"extensionName": "Com.A", "@odata.type": "microsoft.graph.openTypeExtension"});
            assert_eq!(send(body).await.status, 201);
            continue;
        }
        assert_eq!(bound.get_error(), (501, "NotImplemented"), "{target}");
        assert_eq!(of_other_type.get_error(), (400, "RequestBodyRead"), "{target}");
    }
}
