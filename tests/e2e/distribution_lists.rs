//! Personal distribution lists: at OpenIDM, typed, and through the JSON interface.
//! <https://learn.microsoft.com/en-us/graph/api/resources/distributionlist?view=graph-rest-beta>

use graph_contacts_host::bindings::exports::graph_contacts::connector::types::{ErrorKind, ListMember, RecipientType};
use graph_emulator::{CannedResponse, Fault, FaultKind, Features};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::fixture::{Fixture, UID, call, connector, invoke, run, send_request};

async fn open() -> Fixture {
    Fixture::with(connector(), |settings| settings.api_version = Some("beta".to_owned())).await
}

async fn send(fixture: &Fixture, method: Method, rest: &str, body: &Value) -> (u16, Value) {
    let mut request = fixture.request_of("distributionList", method.clone(), rest);
    if matches!(method, Method::PUT | Method::PATCH | Method::DELETE) {
        request = request.header("If-Match", "*");
    }
    send_request(request.body(if body.is_null() { String::new() } else { body.to_string() })).await
}

/// Returns the keys of the members of a list.
fn keys(list: &Value) -> Vec<&str> {
    list["members"].as_array().unwrap().iter().map(|member| member["key"].as_str().unwrap()).collect()
}

fn member(key: &str) -> ListMember {
    ListMember {
        key: key.to_owned(),
        display_name: None,
        recipient_type: Some(RecipientType::Mailbox),
        routing_type: None,
        contact_id: None,
        member_id: None,
    }
}

#[test]
fn list_is_managed_through_openidm() {
    run(async {
        let fixture = open().await;
        let new = json!({
            "mailbox": UID, "displayName": "Project Team",
            "members": [{"key": "AdeleV@contoso.com", "displayName": "Adele Vance", "recipientType": "mailbox"}]
        });
        let (status, created) = send(&fixture, Method::POST, "?_action=create", &new).await;
        assert_eq!(
            (status, &created["displayName"], keys(&created)),
            (201, &json!("Project Team"), vec!["AdeleV@contoso.com"]),
            "{created}"
        );
        let id = created["_id"].as_str().unwrap();
        assert!(created["_rev"].is_string() && created["createdDateTime"].is_string(), "{created}");

        let add = json!([{"operation": "add", "field": "/members/-", "value": {"key": "AlexW@contoso.com", "recipientType": "mailbox"}}]);
        let (status, patched) = send(&fixture, Method::PATCH, id, &add).await;
        assert_eq!((status, keys(&patched)), (200, vec!["AdeleV@contoso.com", "AlexW@contoso.com"]), "{patched}");
        let remove = json!([{"operation": "remove", "field": "/members/0"}, {"operation": "replace", "field": "displayName", "value": "Team"}]);
        let (status, patched) = send(&fixture, Method::PATCH, id, &remove).await;
        assert_eq!(
            (status, keys(&patched), &patched["displayName"]),
            (200, vec!["AlexW@contoso.com"], &json!("Team")),
            "{patched}"
        );

        // What was read is sent back with other members.
        let mut whole = patched.clone();
        whole["members"] = json!({"key": "MeganB@contoso.com", "recipientType": "oneOff"});
        let (status, replaced) = send(&fixture, Method::PUT, id, &whole).await;
        assert_eq!((status, keys(&replaced)), (200, vec!["MeganB@contoso.com"]), "{replaced}");
        let put = fixture
            .request_of("distributionList", Method::PUT, id)
            .header("If-Match", format!("\"{}\"", patched["_rev"].as_str().unwrap()));
        let (status, refused) = send_request(put.body("{\"displayName\": \"Late\"}")).await;
        assert_eq!(status, 412, "{refused}");

        let filter = format!("mailbox eq \"{UID}\" and displayName sw \"Te\"");
        let (status, found) = fixture.query("distributionList", &[("_queryFilter", &filter)]).await;
        assert_eq!((status, found["result"].as_array().unwrap().len()), (200, 1), "{found}");
        assert_eq!(found["result"][0]["_id"], json!(id));
        let (status, sync) = send(&fixture, Method::POST, &format!("?_action=liveSync&mailbox={UID}"), &Value::Null).await;
        assert_eq!(status, 501, "there are no delta queries: {sync}");

        assert_eq!(send(&fixture, Method::DELETE, id, &Value::Null).await.0, 200);
        let (status, gone) = send(&fixture, Method::GET, id, &Value::Null).await;
        assert_eq!((status, &gone["detail"]["kind"]), (404, &json!("unknown-uid")), "{gone}");
    });
}

#[test]
fn list_is_managed_by_typed_functions() {
    run(async {
        let fixture = open().await;
        let id = &call!(fixture, graph_contacts_connector_distribution_lists.call_create_distribution_list(UID, "Project Team"))
            .unwrap();
        let read =
            async || call!(fixture, graph_contacts_connector_distribution_lists.call_get_distribution_list(UID, id)).unwrap();
        let created = read().await;
        assert_eq!((created.display_name.as_deref(), created.members.len()), (Some("Project Team"), 0));
        let members = ["AdeleV@contoso.com", "AlexW@contoso.com", "MeganB@contoso.com"].map(member);
        call!(fixture, graph_contacts_connector_distribution_lists.call_add_members(UID, id, &members)).unwrap();
        assert!(read().await.members.iter().all(|member| member.recipient_type == Some(RecipientType::Mailbox)));
        let fewer = ["ADELEV@contoso.com".to_owned()];
        call!(fixture, graph_contacts_connector_distribution_lists.call_delete_members(UID, id, &fewer)).unwrap();
        let removed = read().await;
        let left: Vec<&str> = removed.members.iter().map(|member| member.key.as_str()).collect();
        assert_eq!(left, ["AlexW@contoso.com", "MeganB@contoso.com"]);

        let stale = created.change_key.as_deref();
        let update = call!(
            fixture,
            graph_contacts_connector_distribution_lists.call_update_distribution_list(UID, id, Some("Late"), None, stale)
        );
        assert_eq!(update.unwrap_err().kind, ErrorKind::PreconditionFailed);
        let current = removed.change_key.as_deref();
        call!(
            fixture,
            graph_contacts_connector_distribution_lists.call_update_distribution_list(UID, id, Some("Team"), None, current)
        )
        .unwrap();
        let renamed = read().await;
        assert_eq!((renamed.display_name.as_deref(), renamed.members.len()), (Some("Team"), 2));
        let none: Option<&[ListMember]> = Some(&[]);
        call!(fixture, graph_contacts_connector_distribution_lists.call_update_distribution_list(UID, id, None, none, None))
            .unwrap();
        assert!(read().await.members.is_empty());
        let listed = call!(fixture, graph_contacts_connector_distribution_lists.call_list_distribution_lists(UID)).unwrap();
        assert_eq!(listed.len(), 1);
        call!(fixture, graph_contacts_connector_distribution_lists.call_delete_distribution_list(UID, id, None)).unwrap();
        let missing = call!(fixture, graph_contacts_connector_distribution_lists.call_get_distribution_list(UID, id));
        assert_eq!(missing.unwrap_err().kind, ErrorKind::UnknownUid);
    });
}

/// A change of members whose response is lost is looked up, and not sent again.
#[test]
fn lost_responses_neither_double_nor_lose_members() {
    run(async {
        let fixture = open().await;
        let list = json!({"displayName": "Team", "members": [{"key": "a@contoso.com"}]});
        let created = invoke(&fixture, "distributionLists.create", json!({"mailbox": UID, "list": list})).await.unwrap();
        let lose = || {
            let response = CannedResponse::empty(StatusCode::SERVICE_UNAVAILABLE);
            fixture.emulator.inject(Fault::new(FaultKind::ApplyThenRespond(response)).method(Method::POST).times(1));
        };
        let arguments = |key: &str| json!({"mailbox": UID, "id": created["id"], "members": [{"key": key}]});
        lose();
        let added = invoke(&fixture, "distributionLists.addMembers", arguments("b@contoso.com")).await.unwrap();
        assert_eq!(keys(&added), ["a@contoso.com", "b@contoso.com"]);
        lose();
        let removed = invoke(&fixture, "distributionLists.deleteMembers", arguments("a@contoso.com")).await.unwrap();
        assert_eq!(keys(&removed), ["b@contoso.com"]);
    });
}

#[test]
fn other_versions_and_clouds_refuse_before_sending() {
    run(async {
        for (version, cloud) in [("v1.0", "global"), ("beta", "china")] {
            let fixture = Fixture::with(connector(), |settings| {
                settings.api_version = Some(version.to_owned());
                settings.cloud = Some(cloud.parse().unwrap());
            })
            .await;
            fixture.emulator.set_features(Features { permanent_delete: cloud == "global", ..Features::default() });
            let filter = format!("mailbox eq \"{UID}\"");
            let (status, refused) = fixture.query("distributionList", &[("_queryFilter", &filter)]).await;
            assert_eq!((status, &refused["detail"]["kind"]), (501, &json!("unsupported")), "{refused}");
            let error = invoke(&fixture, "distributionLists.list", json!({"mailbox": UID})).await.unwrap_err();
            assert_eq!(error["kind"], "unsupported", "{error}");
            assert_eq!(fixture.sent(), [""; 0]);
        }
    });
}
