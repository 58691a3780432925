//! Actions: checks of membership, and objects by their ids.

use serde_json::json;

use super::*;

/// The third group of the page "directoryObject: checkMemberGroups", which does not exist here.
const ELSEWHERE: &str = "bd7c6263-4dd5-4ae8-8c96-556e1c0bece6";

async fn post_for_ids(graph: &Graph, target: &str, body: Value) -> Vec<String> {
    let response = graph.post(target, body).await;
    assert!(response.body["@odata.context"].as_str().unwrap().ends_with("$metadata#Collection(Edm.String)"), "{}", response.body);
    let rows = response.body["value"].as_array().unwrap().iter();
    rows.map(|id| id.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn member_groups_are_transitive() {
    let graph = start_company().await;
    let asked = json!([SALES.to_uppercase(), EVERYONE, ELSEWHERE]);
    for object in [format!("contacts/{ERIC}"), format!("directoryObjects/{ERIC}"), "me".to_owned(), format!("users/{ADELE}")] {
        for (action, member) in [("checkMemberGroups", "groupIds"), ("microsoft.graph.checkMemberObjects", "ids")] {
            let found = post_for_ids(&graph, &format!("/v1.0/{object}/{action}"), json!({member: asked})).await;
            assert_eq!(found, [SALES, EVERYONE], "{object} {action}");
        }
        let found = post_for_ids(&graph, &format!("/v1.0/{object}/getMemberGroups"), json!({"securityEnabledOnly": false})).await;
        assert_eq!(found, [SALES, EVERYONE], "{object}");
    }
    assert_eq!(post_for_ids(&graph, &format!("/v1.0/groups/{SALES}/getMemberObjects"), json!({})).await, [EVERYONE]);
    assert_eq!(post_for_ids(&graph, "/v1.0/me/getMemberObjects", json!({"securityEnabledOnly": true})).await, [SALES]);
    assert_eq!(
        post_for_ids(&graph, &format!("/v1.0/contacts/{NICOLE}/checkMemberGroups"), json!({"groupIds": [SALES]})).await,
        [""; 0]
    );
}

#[tokio::test]
async fn invalid_membership_action_is_refused() {
    let graph = start_company().await;
    let check = format!("/v1.0/contacts/{ERIC}/checkMemberGroups");
    for (target, body) in [
        (check.clone(), json!({"groupIds": vec![SALES; 21]})),
        (check.clone(), json!({})),
        (check.clone(), json!({"groupIds": ["Sales"]})),
        (check.clone(), json!({"groupIds": SALES})),
        (format!("/v1.0/contacts/{ERIC}/getMemberGroups"), json!({"securityEnabledOnly": true})),
        (format!("/v1.0/contacts/{ERIC}/getMemberGroups"), json!({"securityEnabledOnly": "yes"})),
    ] {
        assert_eq!(graph.post(&target, body.clone()).await.get_error(), (400, "Request_BadRequest"), "{body}");
    }
    assert_eq!(graph.post(&check, json!({"groupIds": vec![SALES; 20]})).await.status, 200);
    assert_eq!(graph.get(&check).await.get_error(), (405, "Request_BadRequest"));
    assert_eq!(graph.post("/v1.0/isMemberOf", json!({})).await.get_error(), (400, "BadRequest"), "Azure AD Graph's");
    for target in ["/v1.0/me/assignLicense", "/v1.0/directory/administrativeUnits"] {
        assert_eq!(graph.post(target, json!({})).await.get_error(), (501, "NotImplemented"), "{target}");
    }
}

#[tokio::test]
async fn retry_service_provisioning_returns_no_content() {
    let graph = start_company().await;
    let response = graph.send(Method::POST, &format!("/v1.0/contacts/{ERIC}/retryServiceProvisioning"), &[], None).await;
    assert_eq!((response.status.as_u16(), response.body), (204, json!("")));
}

#[tokio::test]
async fn get_by_ids_returns_objects() {
    let graph = start_company().await;
    let find = async |body: Value| graph.post("/v1.0/directoryObjects/getByIds", body).await;
    let all = find(json!({"ids": [NICOLE, SALES, ADELE, ELSEWHERE]})).await;
    let mut found = list_values(&all, "@odata.type");
    found.sort_unstable();
    assert_eq!(found, ["#microsoft.graph.group", "#microsoft.graph.orgContact", "#microsoft.graph.user"]);
    let adele = &find(json!({"ids": [ADELE], "types": ["USER"]})).await.body["value"][0];
    assert_eq!(adele["userPrincipalName"], "AdeleV@contoso.com");
    assert!(
        adele.get("accountEnabled").is_none(),
        "\"user objects on the v1.0 endpoint are returned with a limited set of properties\""
    );
    let adele = &graph.post("/beta/directoryObjects/getByIds", json!({"ids": [ADELE]})).await.body["value"][0];
    assert!(adele.as_object().unwrap().contains_key("usageLocation"), "in beta \"all their properties\"");
    assert_eq!(list_values(&find(json!({"ids": [ADELE, ERIC], "types": ["group", "orgContact"]})).await, "id"), [ERIC]);
    assert_eq!(list_values(&find(json!({"ids": [ADELE, ERIC], "types": ["device"]})).await, "id"), [""; 0]);

    let refused = find(json!({"ids": ["nobody"]})).await;
    assert_eq!((refused.get_error(), refused.message()), ((400, "Request_BadRequest"), "Invalid GUID specified."));
    assert_eq!(find(json!({"ids": vec![ADELE; 1001]})).await.get_error(), (400, "Request_BadRequest"));
    assert_eq!(find(json!({"ids": vec![ADELE; 1000]})).await.status, 200);
    let refused = graph.post("/v1.0/directoryObjects/getByIds?$top=1", json!({"ids": []})).await;
    assert_eq!(refused.get_error(), (400, "Request_BadRequest"));

    let typed = graph.get(&format!("/v1.0/directoryObjects/{ERIC}")).await.body;
    assert_eq!((&typed["@odata.type"], &typed["surname"]), (&json!("#microsoft.graph.orgContact"), &json!("Solomon")));
    assert_eq!(graph.get(&format!("/v1.0/directoryObjects/{ELSEWHERE}")).await.get_error(), (404, "Request_ResourceNotFound"));
}

/// <https://learn.microsoft.com/graph/api/directoryobject-getmembergroups>: "up to 11,000 groups". Not over HTTP: to make so many
/// members takes minutes.
#[test]
fn member_groups_have_limit() {
    assert!(crate::directory::action::check_result_size(11_000).is_ok());
    let refused = crate::directory::action::check_result_size(11_001).unwrap_err();
    assert_eq!((refused.status.as_u16(), refused.code), (400, "Directory_ResultSizeLimitExceeded"));
}
