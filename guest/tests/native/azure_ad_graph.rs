//! The Azure AD Graph API over scripted responses of Microsoft Graph: the requests that it sends, and responses that the emulator does not
//! have.

use azure_ad_graph::edm::EdmType;
use azure_ad_graph::entity::EntityMapper;
use azure_ad_graph::entity_type::EntityType;
use azure_ad_graph::input::{Input, Purpose};
use azure_ad_graph::properties::Access;
use azure_ad_graph::{handle, metadata};
use connector::response_writer::BodyError;
use connector::settings::Settings;
use http::{Request, Response};
use proptest::prelude::*;
use protocol::allowed_requests::is_allowed;
use protocol::api::Api;
use protocol::azure_ad_graph::version::ApiVersion;
use serde_json::{Map, Value, json};

use crate::script::Script;

const ID: &str = "671fa173-ad81-41c3-89bf-af939426eee7";
const OTHER: &str = "0f0f0f0f-31f4-4d0e-8d0a-1f9d0b6a4f11";

fn settings() -> connector::error::Result<Settings> {
    graph_contacts::settings::read(|name| match name {
        "GATEWAY_USERNAME" | "GATEWAY_PASSWORD" => Some("secret".to_owned()),
        "GATEWAY_DIRECTORY" => Some("contoso.com, 12345678-9abc-def0-1234-56789abcde00".to_owned()),
        "GRAPH_MAX_RETRIES" => Some("0".to_owned()),
        _ => None,
    })
}

fn respond(
    script: &Script,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: Result<Vec<u8>, BodyError>,
) -> Response<Vec<u8>> {
    let mut request =
        Request::builder().method(method).uri(target).header("authorization", "Bearer secret").header("host", "gateway");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (parts, ()) = request.body(()).unwrap().into_parts();
    assert_eq!(Api::of((&parts).into(), true), Api::AzureAdGraph);
    let mut response = Response::new(Vec::new());
    handle(&parts, || body, &settings(), script, &mut response);
    response
}

fn send(script: &Script, method: &str, target: &str, body: &Value) -> (u16, Value) {
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let response = respond(script, method, target, &[("content-type", "application/json")], Ok(body));
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap_or_default())
}

pub fn get(script: &Script, target: &str) -> (u16, Value) {
    send(script, "GET", target, &Value::Null)
}

/// Returns the requests to Microsoft Graph without `$select`.
pub fn sent(script: &Script) -> Vec<String> {
    let without_select = |line: String| {
        let (path, query) = line.split_once('?').unwrap_or((line.as_str(), ""));
        let options: Vec<&str> =
            query.split('&').filter(|option| !option.is_empty() && !option.starts_with("$select=")).collect();
        if options.is_empty() { path.to_owned() } else { format!("{path}?{}", options.join("&")) }
    };
    script.lines().into_iter().map(without_select).collect()
}

#[test]
fn filter_is_translated() {
    for (filter, expected) in [
        ("displayName%20eq%20'x'", "displayName%20eq%20'x'"),
        ("telephoneNumber%20eq%20'x'", ""),
        (
            "mailNickname eq 'x' and (surname eq 'y' or startswith(givenName,'z'))",
            "mailNickname%20eq%20'x'%20and%20(surname%20eq%20'y'%20or%20startswith(givenName,'z'))",
        ),
        ("dirSyncEnabled eq true", "onPremisesSyncEnabled%20eq%20true"),
        ("lastDirSyncTime ge datetime'2013-01-01T00:00:00'", "onPremisesLastSyncDateTime%20ge%202013%2D01%2D01T00%3A00%3A00Z"),
        ("immutableId eq 'a=b'", "onPremisesImmutableId%20eq%20'a%3Db'"),
        ("objectId eq guid'671fa173-ad81-41c3-89bf-af939426eee7'", "id%20eq%20'671fa173-ad81-41c3-89bf-af939426eee7'"),
        ("otherMails/any(c:c eq 'a@b.c')", "otherMails/any(x:x%20eq%20'a%40b.c')"),
        ("displayName eq 'O''Neill'", "displayName%20eq%20'O%27%27Neill'"),
    ] {
        let script = Script::new().then(200, json!({"value": []}));
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("$filter", &filter.replace("%20", " ")).finish();
        let (status, body) = get(&script, &format!("/contoso.com/users?api-version=1.6&{query}"));
        if expected.is_empty() {
            assert_eq!((status, script.lines().len()), (400, 0), "{filter}: {body}");
        } else {
            let expected = expected.replace("%2D", "-");
            assert_eq!(sent(&script), [format!("GET /v1.0/users?$top=100&$filter={expected}")], "{filter}: {body}");
        }
    }
    let script = Script::new().then(200, json!({"value": []}));
    get(&script, "/contoso.com/users?api-version=1.6&$filter=postalCode%20eq%20'1'");
    assert_eq!(sent(&script), ["GET /v1.0/users?$top=100&$filter=postalCode%20eq%20'1'&$count=true"]);
    assert_eq!(script.header(0, "consistencylevel"), "eventual");
}

/// The directory may return only some properties. The others are read, because null would say that they have no value.
#[test]
fn objects_by_ids_have_all_properties() {
    let few = json!({"value": [
        {"@odata.type": "#microsoft.graph.user", "id": ID, "displayName": "Ada"},
        {"@odata.type": "#microsoft.graph.orgContact", "id": OTHER, "displayName": "Bob"},
        {"@odata.type": "#microsoft.graph.directoryRole", "id": "r", "displayName": "Readers"}
    ]});
    let script = Script::new().then(200, few).then_batch(&[
        (200, json!({"id": ID, "displayName": "Ada", "accountEnabled": true, "mobilePhone": "+1"})),
        (404, json!({"error": {"code": "Request_ResourceNotFound", "message": "gone meanwhile"}})),
    ]);
    let body = json!({"objectIds": [ID, OTHER, "r"]});
    let (status, found) = send(&script, "POST", "/contoso.com/getObjectsByObjectIds?api-version=1.6", &body);
    assert_eq!(status, 200, "{found}");
    assert_eq!((&found["value"][0]["mobile"], &found["value"][0]["accountEnabled"]), (&json!("+1"), &json!(true)));
    assert_eq!(found["value"][1]["displayName"], "Bob");
    assert_eq!(
        (&found["value"][2]["objectType"], &found["value"][2]["odata.type"]),
        (&json!("Role"), &json!("Microsoft.DirectoryServices.DirectoryRole"))
    );
}

/// A new user may not be readable at once. The creation has succeeded all the same.
#[test]
fn unreadable_new_user_is_returned_as_sent() {
    let script = Script::new()
        .then(201, json!({"id": ID, "displayName": "Ada", "mobilePhone": null}))
        .then_error(404, "Request_ResourceNotFound");
    let body = json!({"accountEnabled": true, "displayName": "Ada", "mailNickname": "ada", "city": "London", "userPrincipalName": "ada@contoso.com",
        "passwordProfile": {"password": "x1!", "forceChangePasswordNextLogin": true}});
    let (status, created) = send(&script, "POST", "/contoso.com/users?api-version=1.6", &body);
    assert_eq!((status, &created["objectId"], &created["city"]), (201, &json!(ID), &json!("London")), "{created}");
    assert_eq!(created["passwordProfile"], Value::Null);
    assert!(!created.to_string().contains("x1!"));
}

/// Graph replaces addresses and phones as a whole, so the unchanged members are sent again.
#[test]
fn changed_member_keeps_other_members() {
    let stored = json!({"id": OTHER, "addresses": [{"city": "Oslo", "street": "Storgata 1", "officeLocation": null}],
        "phones": [{"type": "mobile", "number": "+1"}, {"type": "business", "number": "+2"}], "onPremisesSyncEnabled": null});
    let script = Script::new().then(200, stored).then_bytes(204, &[], b"");
    let body = json!({"city": "Bergen", "telephoneNumber": "+3", "mobile": null, "mail": "a@b.c"});
    let target = format!("/contoso.com/contacts/{OTHER}?api-version=1.6");
    assert_eq!(send(&script, "PATCH", &target, &body).0, 204);
    let expected = json!({
        "addresses": [{"city": "Bergen", "street": "Storgata 1", "officeLocation": null}],
        "phones": [{"type": "business", "number": "+3"}],
        "mail": "a@b.c"
    });
    assert_eq!((script.lines()[1].as_str(), script.body(1)), (format!("PATCH /v1.0/contacts/{OTHER}").as_str(), expected));
}

/// The metadata of Microsoft Graph allow a phone without a number, and a type that is added later. Sent back, the service refuses it.
#[test]
fn phone_without_number_is_not_sent_back() {
    let stored = json!({"id": OTHER, "onPremisesSyncEnabled": null, "phones": [
        {"type": "mobile", "number": "+1", "region": null}, {"type": "unknownFutureValue", "number": null}, {"number": "+9"}]});
    let script = Script::new().then(200, stored).then_bytes(204, &[], b"");
    let target = format!("/contoso.com/contacts/{OTHER}?api-version=1.6");
    assert_eq!(send(&script, "PATCH", &target, &json!({"telephoneNumber": "+3"})).0, 204);
    let phones = json!([{"type": "mobile", "number": "+1"}, {"number": "+9"}, {"type": "business", "number": "+3"}]);
    assert_eq!(script.body(1)["phones"], phones);
}

/// Sending only the changed item would delete the others, if Graph did not return them.
#[test]
fn unknown_stored_list_prevents_update() {
    for (stored, body) in [(json!({"addresses": []}), json!({"mobile": "+1"})), (json!({"phones": []}), json!({"city": "Oslo"}))]
    {
        let script = Script::new().then(200, stored);
        let (status, refused) = send(&script, "PATCH", &format!("/contoso.com/contacts/{OTHER}?api-version=1.6"), &body);
        assert_eq!((status, script.lines().len()), (503, 1), "{refused}");
        assert!(refused.to_string().contains("nothing was sent"));
    }
    // Members that Azure AD Graph does not have stay, such as the region of a number.
    let stored = json!({"id": OTHER, "phones": [{"type": "mobile", "number": "+1", "region": "NO"}]});
    let script = Script::new().then(200, stored).then_bytes(204, &[], b"");
    send(&script, "PATCH", &format!("/contoso.com/contacts/{OTHER}?api-version=1.6"), &json!({"mobile": "+2"}));
    assert_eq!(script.body(1), json!({"phones": [{"type": "mobile", "number": "+2", "region": "NO"}]}));
}

/// Only annotations are ignored. Any other unknown member of a body is refused.
#[test]
fn unknown_property_is_refused_and_annotation_ignored() {
    let target = format!("/contoso.com/users/{ID}?api-version=1.6");
    for name in ["manager@odata.bind", "__displayName", "odata.mobile", "odata.", "x@odata.y"] {
        let script = Script::new();
        let (status, refused) = send(&script, "PATCH", &target, &json!({"city": "Oslo", name: "x"}));
        assert_eq!((status, script.lines().len()), (400, 0), "{refused}");
        assert!(refused.to_string().contains(name), "{refused}");
    }
    let annotated = json!({"city": "Oslo", "odata.type": "x", "odata.metadata": "x", "thumbnailPhoto@odata.mediaEditLink": "x"});
    let script = Script::new().then_bytes(204, &[], b"");
    assert_eq!(send(&script, "PATCH", &target, &annotated).0, 204);
    assert_eq!(script.body(0), json!({"city": "Oslo"}));
}

/// The change is made. A caller who sees a failure would make it again.
#[test]
fn unreadable_changed_user_returns_204() {
    let target = format!("/contoso.com/users/{ID}?api-version=1.6");
    let script = Script::new().then_bytes(204, &[], b"").then_error(503, "ServiceUnavailable");
    let headers = [("content-type", "application/json"), ("prefer", "return-content")];
    let response = respond(&script, "PATCH", &target, &headers, Ok(b"{\"city\":\"Oslo\"}".to_vec()));
    assert_eq!((response.status().as_u16(), response.headers().get("preference-applied")), (204, None));
    // A renamed user is read by the new name.
    let script = Script::new().then_bytes(204, &[], b"").then(200, json!({"id": ID, "userPrincipalName": "b@contoso.com"}));
    let body = b"{\"userPrincipalName\":\"b@contoso.com\"}".to_vec();
    let response = respond(&script, "PATCH", "/contoso.com/users/a@contoso.com?api-version=1.6", &headers, Ok(body));
    assert_eq!(response.status(), 200);
    assert_eq!(sent(&script), ["PATCH /v1.0/users/a%40contoso.com", "GET /v1.0/users/b%40contoso.com"]);
}

/// The response to the first deletion is lost. The second one finds no object.
#[test]
fn retried_delete_of_missing_object_succeeds() {
    let settings = graph_contacts::settings::read(|name| match name {
        "GATEWAY_USERNAME" | "GATEWAY_PASSWORD" => Some("secret".to_owned()),
        "GATEWAY_DIRECTORY" => Some("contoso.com".to_owned()),
        _ => None,
    });
    let script = Script::new().then_error(504, "GatewayTimeout").then_error(404, "Request_ResourceNotFound");
    let request = Request::builder().method("DELETE").uri(format!("/contoso.com/users/{ID}?api-version=1.6"));
    let (parts, ()) = request.header("authorization", "Bearer secret").body(()).unwrap().into_parts();
    let mut response = Response::new(Vec::new());
    handle(&parts, || Ok(Vec::new()), &settings, &script, &mut response);
    assert_eq!((response.status().as_u16(), script.lines().len()), (204, 2));
}

/// A list has as many pages as Microsoft Graph has. A token cannot add options to the request.
#[test]
fn skip_token_carries_only_position_and_query() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let token = URL_SAFE_NO_PAD.encode(json!({"before": 100_000, "token": "a&$filter=x", "top": 1}).to_string());
    let next = "https://graph.microsoft.com/v1.0/users?$skiptoken=b%26c";
    let script = Script::new().then(200, json!({"value": [{"id": ID}], "@odata.nextLink": next}));
    let (status, page) = get(&script, &format!("/contoso.com/users?api-version=1.6&$skiptoken=X'{token}'"));
    assert_eq!(status, 200, "{page}");
    assert_eq!(sent(&script), ["GET /v1.0/users?$top=1&$skiptoken=a%26%24filter%3Dx"]);
    let link = page["odata.nextLink"].as_str().unwrap();
    let token = link.split_once("$skiptoken=X'").unwrap().1.strip_suffix('\'').unwrap();
    let token: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token).unwrap()).unwrap();
    assert_eq!(token, json!({"before": 100_001, "token": "b&c", "top": 1}));
    // Going back has a limit, because each page costs a request.
    let token = URL_SAFE_NO_PAD.encode(json!({"before": 51, "token": "a"}).to_string());
    let (status, refused) =
        get(&Script::new(), &format!("/contoso.com/users?api-version=1.6&previous-page=true&$skiptoken={token}"));
    assert_eq!(status, 400, "{refused}");
}

/// Users have their plans with them, so a page of Graph is smaller than the one that the caller wants.
#[test]
fn large_page_combines_several_graph_pages() {
    let page = |first: usize| (first..first + 100).map(|number| json!({"id": format!("u{number}")})).collect::<Vec<_>>();
    let next = |token: usize| format!("https://graph.microsoft.com/v1.0/users?$skiptoken=t{token}");
    let script = Script::new()
        .then(200, json!({"value": page(0), "@odata.nextLink": next(1)}))
        .then(200, json!({"value": page(100), "@odata.nextLink": next(2)}))
        .then(200, json!({"value": page(200), "@odata.nextLink": next(3)}));
    let (_, listed) = get(&script, "/contoso.com/users?api-version=1.6&$top=250");
    assert_eq!((listed["value"].as_array().unwrap().len(), &listed["value"][249]["objectId"]), (250, &json!("u249")));
    let link = listed["odata.nextLink"].as_str().unwrap();
    let script = Script::new().then(200, json!({"value": page(200)}));
    let (_, rest) = get(&script, &format!("/contoso.com/{link}&api-version=1.6"));
    assert_eq!(sent(&script), ["GET /v1.0/users?$top=100&$skiptoken=t2"]);
    assert_eq!((rest["value"].as_array().unwrap().len(), &rest["value"][0]["objectId"]), (50, &json!("u250")));
    let script = Script::new().then(200, json!({"value": []}));
    get(&script, "/contoso.com/users?api-version=1.6&$top=250&$select=displayName");
    assert_eq!(sent(&script), ["GET /v1.0/users?$top=250"], "without plans");
}

/// In a path, the name of a function stands where an id does.
#[test]
fn function_name_is_not_an_id() {
    for id in ["delta", "DELTA", "delta()", "getByIds", "microsoft.graph.delta", "$count"] {
        let script = Script::new();
        let (status, refused) = get(&script, &format!("/contoso.com/users/{id}?api-version=1.6"));
        assert_eq!((status, script.lines().len()), (404, 0), "{id}: {refused}");
    }
}

/// Several properties can come from one of Graph's. Then it is unknown which one is refused.
#[test]
fn refused_property_has_legacy_name() {
    let refusal = |target: &str| json!({"error": {"code": "Request_BadRequest", "message": "said so", "details": [{"code": "InvalidValue", "target": target}]}});
    let script = Script::new().then(400, refusal("mobilePhone")).then(200, json!({"id": ID, "mobilePhone": null}));
    let (_, refused) = send(&script, "PATCH", &format!("/contoso.com/users/{ID}?api-version=1.6"), &json!({"mobile": "x"}));
    assert_eq!(refused["odata.error"]["values"][0], json!({"item": "PropertyName", "value": "mobile"}));
    assert_eq!(refused["odata.error"]["message"]["value"], "said so", "the service behind both has the same words");
    let stored = json!({"id": OTHER, "phones": [], "addresses": []});
    for (body, expected) in
        [(json!({"telephoneNumber": "x"}), "telephoneNumber"), (json!({"telephoneNumber": "x", "mobile": "y"}), "phones")]
    {
        let script = Script::new().then(200, stored.clone()).then(400, refusal("phones")).then(200, stored.clone());
        let (_, refused) = send(&script, "PATCH", &format!("/contoso.com/contacts/{OTHER}?api-version=1.6"), &body);
        assert_eq!(refused["odata.error"]["values"][0], json!({"item": "PropertyName", "value": expected}));
    }
}

/// Microsoft's pages on Azure AD B2C have the id of another provider in base64.
#[test]
fn identities_are_converted() {
    let identities = json!([
        {"signInType": "emailAddress", "issuer": "contoso.com", "issuerAssignedId": "joe@example.com"},
        {"signInType": "userPrincipalName", "issuer": "contoso.com", "issuerAssignedId": "joe@contoso.com"},
        {"signInType": "federated", "issuer": "facebook.com", "issuerAssignedId": "1234567890"}
    ]);
    let script = Script::new().then(200, json!({"id": ID, "identities": identities}));
    let (_, user) = get(&script, &format!("/contoso.com/users/{ID}?api-version=1.6"));
    assert_eq!(user["signInNames"], json!([{"type": "emailAddress", "value": "joe@example.com"}]));
    assert_eq!(user["userIdentities"], json!([{"issuer": "facebook.com", "issuerUserId": "MTIzNDU2Nzg5MA=="}]));
}

/// An object in `directoryObjects` is read to know its type. Only users and contacts can be changed or deleted.
#[test]
fn object_of_unknown_type_is_read_only() {
    let user = json!({"@odata.type": "#microsoft.graph.user", "id": ID});
    let script = Script::new().then(200, user).then_bytes(204, &[], b"");
    assert_eq!(send(&script, "DELETE", &format!("/contoso.com/directoryObjects/{ID}?api-version=1.6"), &Value::Null).0, 204);
    assert_eq!(sent(&script), [format!("GET /v1.0/directoryObjects/{ID}"), format!("DELETE /v1.0/users/{ID}")]);
    for name in ["group", "servicePrincipal", "device"] {
        let script = Script::new().then(200, json!({"@odata.type": format!("#microsoft.graph.{name}"), "id": ID}));
        let (status, refused) =
            send(&script, "DELETE", &format!("/contoso.com/directoryObjects/{ID}?api-version=1.6"), &Value::Null);
        assert_eq!((status, script.lines().len()), (501, 1), "{refused}");
    }
    let script = Script::new()
        .then(200, json!({"@odata.type": "#microsoft.graph.device", "id": ID}))
        .then(200, json!({"@odata.type": "#microsoft.graph.device", "id": ID, "displayName": "Laptop", "secret": "x"}));
    let (status, device) = get(&script, &format!("/contoso.com/directoryObjects/{ID}?api-version=1.6"));
    assert_eq!((status, &device["objectType"], &device["displayName"]), (200, &json!("Device"), &json!("Laptop")), "{device}");
    assert!(device.get("secret").is_none());
}

#[test]
fn unreadable_body_is_refused() {
    let target = format!("/contoso.com/users/{ID}?api-version=1.6");
    for (fault, status) in [(BodyError::TooLarge(7), 413), (BodyError::Incomplete, 408)] {
        let response = respond(&Script::new(), "PATCH", &target, &[("content-type", "application/json")], Err(fault));
        assert_eq!(response.status(), status);
    }
    let many = format!("{{\"otherMails\": [{}]}}", vec!["\"x\""; 300_000].join(","));
    let response = respond(&Script::new(), "PATCH", &target, &[("content-type", "application/json")], Ok(many.into_bytes()));
    assert_eq!(response.status(), 413);
}

/// Without a served directory, the host refuses these requests.
#[test]
fn directory_requests_are_allowed_only_for_served_directory() {
    for (method, path) in [
        ("POST", "/v1.0/users"),
        ("PATCH", "/v1.0/users/u"),
        ("DELETE", "/v1.0/users/u"),
        ("PATCH", "/v1.0/me"),
        ("GET", "/v1.0/users/delta"),
        ("GET", "/v1.0/groups/delta"),
        ("GET", "/v1.0/users/u/manager"),
        ("PUT", "/v1.0/users/u/manager/$ref"),
        ("DELETE", "/v1.0/users/u/manager/$ref"),
        ("POST", "/v1.0/users/u/getMemberGroups"),
        ("PUT", "/v1.0/contacts/c/manager/$ref"),
        ("GET", "/v1.0/directoryObjects/o"),
        ("PUT", "/v1.0/users/u/photo/$value"),
    ] {
        assert!(is_allowed(method, path, true) && !is_allowed(method, path, false), "{method} {path}");
    }
    for (method, path) in [
        ("DELETE", "/v1.0/directoryObjects/o"),
        ("PATCH", "/v1.0/directoryObjects/o"),
        ("POST", "/v1.0/groups"),
        ("DELETE", "/v1.0/groups/g"),
        ("POST", "/v1.0/groups/g/members/$ref"),
        ("POST", "/v1.0/users/u/assignLicense"),
        ("POST", "/v1.0/users/u/revokeSignInSessions"),
        ("GET", "/v1.0/users/u/messages"),
        ("POST", "/v1.0/contacts"),
        ("DELETE", "/v1.0/users"),
    ] {
        assert!(!is_allowed(method, path, true), "{method} {path}");
    }
}

/// Every element of the document is closed, and each type has the properties of the version.
#[test]
fn metadata_is_well_formed() {
    for version in ApiVersion::ALL {
        let text = metadata::write_document(version);
        let mut open: Vec<&str> = Vec::new();
        for tag in text.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()).filter(|tag| !tag.starts_with('?')) {
            match tag.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop(), Some(name), "{}", version.name()),
                None if tag.ends_with('/') => {}
                None => open.push(tag.split(' ').next().unwrap()),
            }
        }
        assert_eq!(open, [""; 0]);
        let names = |name: &str| text.matches(&format!("<Property Name=\"{name}\" ")).count();
        assert_eq!(names("Mail"), usize::from(version == ApiVersion::V2013_04), "of Contact, in that version alone");
        assert_eq!(names("immutableId"), usize::from(version > ApiVersion::V2013_04));
        assert_eq!(names("objectId"), 1, "the base type has it");
    }
}

fn entity_types() -> impl Strategy<Value = EntityType> {
    proptest::sample::select(vec![EntityType::User, EntityType::Contact])
}

/// Creates values of some writable properties.
fn values(entity_type: EntityType, version: ApiVersion) -> impl Strategy<Value = Map<String, Value>> {
    let properties: Vec<_> = entity_type
        .properties(version)
        .filter(|p| p.access == Access::Writable && !matches!(p.edm_type, EdmType::Stream))
        .collect();
    let value = |edm_type: EdmType| match edm_type {
        EdmType::Boolean => any::<bool>().prop_map(Value::from).boxed(),
        EdmType::Strings => proptest::collection::vec("\\PC{1,8}", 0..3).prop_map(Value::from).boxed(),
        _ => prop_oneof![3 => "\\PC{1,12}".prop_map(Value::from), 1 => Just(Value::Null)].boxed(),
    };
    let (names, strategies): (Vec<_>, Vec<_>) =
        properties.into_iter().map(|p| (p.name(version), proptest::option::of(value(p.edm_type)))).unzip();
    strategies
        .prop_map(move |values| names.iter().zip(values).filter_map(|(name, value)| Some(((*name).to_owned(), value?))).collect())
}

fn to_patch(
    entity_type: EntityType,
    version: ApiVersion,
    body: &Map<String, Value>,
    stored: &Map<String, Value>,
) -> Map<String, Value> {
    let input = Input::parse(entity_type, body.clone(), version, Purpose::Update);
    input.and_then(|input| input.into_graph_body(stored)).unwrap()
}

proptest! {
    /// Written properties are read back, and no others change.
    #[test]
    fn written_properties_are_read_back(
        (entity_type, version, first, second) in (entity_types(), proptest::sample::select(ApiVersion::ALL.to_vec()))
            .prop_flat_map(|(entity_type, version)| (Just(entity_type), Just(version), values(entity_type, version), values(entity_type, version)))
    ) {
        let mut stored = Map::from_iter(["addresses", "phones"].map(|name| (name.to_owned(), json!([]))));
        stored.insert("id".to_owned(), json!(ID));
        stored.extend(to_patch(entity_type, version, &first, &stored));
        let before = EntityMapper::with_all_properties(version).to_entity(entity_type, &stored).properties;
        let patch = to_patch(entity_type, version, &second, &stored);
        stored.extend(patch);
        let after = EntityMapper::with_all_properties(version).to_entity(entity_type, &stored).properties;
        for ((name, before), (_, after)) in before.iter().zip(&after) {
            prop_assert_eq!(after, second.get(name).unwrap_or(before), "{}", name);
        }
    }

    /// No string in a filter ends early in the request to Microsoft Graph.
    #[test]
    fn string_in_filter_stays_one_string(text in "\\PC{0,20}|['() orandeq&%#+$]{0,12}") {
        let script = Script::new().then(200, json!({"value": []}));
        let filter = format!("displayName eq '{}'", text.replace('\'', "''"));
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("$filter", &filter).finish();
        let (status, _) = get(&script, &format!("/contoso.com/users?api-version=1.6&{query}"));
        prop_assert_eq!(status, 200);
        let line = sent(&script).remove(0);
        let options: Vec<(String, String)> =
            form_urlencoded::parse(line.split_once('?').unwrap().1.as_bytes()).into_owned().collect();
        prop_assert_eq!(options, [("$top".to_owned(), "100".to_owned()), ("$filter".to_owned(), filter)]);
    }

    /// Every request gets a response, failures have the form of the API, and only allowed requests are sent.
    #[test]
    fn arbitrary_request_gets_response(
        method in proptest::sample::select(vec!["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS", "X"]),
        path in "(/(contoso\\.com|me|myorganization|users|contacts|directoryObjects|\\$links|\\$batch|\\$|manager|memberOf|Microsoft\\.DirectoryServices\\.User|isMemberOf|[a-z%$.]{0,6})){0,5}",
        query in "(&(api-version=1\\.6|\\$filter=[ -~]{0,20}|\\$top=[0-9a]{0,4}|\\$select=[a-zA-Z,/]{0,9}|\\$skiptoken=[A-Za-z0-9_-]{0,20}|deltaLink=[A-Za-z0-9_-]{0,12}|\\$expand=[a-z,]{0,9}|[ -~]{0,8})){0,4}",
        body in "\\PC{0,40}|\\{\"(url|objectIds|groupId)\": (\"[ -~]{0,20}\"|\\[\\]|7)\\}",
        media_type in proptest::sample::select(vec!["application/json", "multipart/mixed; boundary=b", "multipart/mixed; boundary=", "x"])
    ) {
        let target = format!("/{}?{}", path.trim_start_matches('/'), query.replace([' ', '"', '<', '>', '\\', '^', '`', '{', '|', '}', '#'], "%20"));
        if target.parse::<http::Uri>().is_err() || target.starts_with("/openidm") {
            return Ok(());
        }
        let responses = (0..20).fold(Script::new(), |script, _| script.then(404, json!({"error": {"code": "Request_ResourceNotFound", "message": "x"}})));
        let response = respond(&responses, method, &target, &[("content-type", media_type)], Ok(body.into_bytes()));
        let status = response.status().as_u16();
        prop_assert!((200..600).contains(&status));
        if status >= 400 {
            let error: Value = serde_json::from_slice(response.body()).unwrap();
            prop_assert!(error["odata.error"]["code"].is_string(), "{}", error);
        }
        for line in responses.lines() {
            let (method, target) = line.split_once(' ').unwrap();
            prop_assert!(is_allowed(method, target.split('?').next().unwrap(), true), "{}", line);
        }
    }
}
