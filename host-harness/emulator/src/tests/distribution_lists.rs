//! Personal distribution lists, by the pages of the type `distributionList` and of its methods.
//! <https://learn.microsoft.com/graph/api/resources/distributionlist?view=graph-rest-beta>

use serde_json::json;

use super::*;
use crate::{Features, Variation, VariationKind};

const LISTS: &str = "/beta/me/distributionLists";

async fn create(graph: &Graph) -> String {
    let created = graph.post(LISTS, json!({"displayName": "Project Team"})).await;
    assert_eq!((created.status.as_u16(), &created.body["displayName"]), (201, &json!("Project Team")), "{}", created.body);
    assert!(created.header("location").contains("/distributionLists"), "{}", created.header("location"));
    assert_eq!(created.body.get("members"), None, "\"The members property isn't returned by default\"");
    format!("{LISTS}/{}", created.id())
}

#[tokio::test]
async fn list_is_created_changed_and_deleted() {
    let graph = Graph::start().await;
    let path = create(&graph).await;
    let member =
        json!({"displayName": "Megan Bowen", "key": "MeganB@contoso.com", "routingType": "SMTP", "recipientType": "mailbox"});
    let added = graph.post(&format!("{path}/addMembers"), json!({"members": [member]})).await;
    assert_eq!((added.status.as_u16(), added.body.get("members")), (200, None), "{}", added.body);
    let read = graph.get(&format!("{path}?$select=members")).await.body;
    let mut shown = member.clone();
    shown["@odata.type"] = json!("#microsoft.graph.member");
    assert_eq!((&read["members"], read.get("displayName")), (&json!([shown]), None));
    assert_eq!(graph.get(&format!("{path}?$expand=members")).await.body["members"], json!([shown]));

    let etag = graph.get(&path).await.body["@odata.etag"].as_str().unwrap().to_owned();
    let patch = async |etag: &str| {
        let headers = [("content-type", "application/json"), ("if-match", etag)];
        let body = json!({"displayName": "Updated", "members": [{"key": "a@contoso.com"}, {"key": "b@contoso.com"}]});
        graph.send(Method::PATCH, &path, &headers, Some(body.to_string())).await
    };
    assert_eq!(patch(&etag).await.status, 200);
    assert_eq!(patch(&etag).await.status, 412, "\"used for optimistic concurrency control via the If-Match header\"");
    let other = json!({"members": [{"key": "A@contoso.com", "recipientType": "contact"}]});
    assert_eq!(graph.post(&format!("{path}/deleteMembers"), other).await.status, 200);
    let lists = graph.get(&format!("{LISTS}?$select=displayName,members")).await.body;
    assert_eq!(lists["value"][0]["members"][0]["key"], "b@contoso.com", "{lists}");
    assert_eq!(lists["value"][0]["members"].as_array().unwrap().len(), 1, "{lists}");
    assert_eq!(graph.delete(&path).await.status, 204);
    assert_eq!(graph.get(&path).await.get_error(), (404, "ErrorItemNotFound"));
}

#[tokio::test]
async fn invalid_lists_and_members_are_refused() {
    let graph = Graph::start().await;
    let path = create(&graph).await;
    for body in [json!({}), json!({"displayName": ""}), json!({"displayName": "x", "members": [{"key": "a@b"}]})] {
        assert_eq!(graph.post(LISTS, body.clone()).await.status, 400, "{body}");
    }
    for members in [
        json!([{"displayName": "x"}]),
        json!([{"key": "a@b", "emailAddress": "c@d"}]),
        json!([{"key": "a@b", "recipientType": "x"}]),
        json!(null),
    ] {
        let refused = graph.post(&format!("{path}/addMembers"), json!({"members": members})).await;
        assert_eq!(refused.status, 400, "{members}");
    }
    assert_eq!(graph.patch(&path, json!({"changeKey": "x"})).await.status, 400);
    assert_eq!(graph.get(&format!("{LISTS}/not-an-id")).await.get_error(), (400, "ErrorInvalidIdMalformed"));
    assert_eq!(graph.get(&format!("{path}/distributionListMembers")).await.get_error(), (501, "NotImplemented"));
}

/// "This API is available in: global service", and only in beta.
#[tokio::test]
async fn other_versions_and_clouds_do_not_have_lists() {
    let graph = Graph::start().await;
    assert_eq!(graph.get("/v1.0/me/distributionLists").await.get_error(), (400, "BadRequest"));
    graph.emulator.set_features(Features { permanent_delete: false, ..Features::default() });
    assert_eq!(graph.get(LISTS).await.get_error(), (400, "BadRequest"));
}

/// The pages disagree on the names of members, and on how they are asked for.
#[tokio::test]
async fn members_vary_by_seed() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..16 {
        let variation = Some(Variation::only(seed, &[VariationKind::MemberNames]));
        let graph = Graph::start_with(Options { variation, ..Options::default() }).await;
        let path = create(&graph).await;
        let members = json!({"members": [{"key": "a@contoso.com", "recipientType": "oneOff"}]});
        assert!(matches!(graph.post(&format!("{path}/addMembers"), members).await.status.as_u16(), 200 | 204));
        for query in ["?$select=members", "?$expand=members", "?$select=members", "?$expand=members"] {
            let read = graph.get(&format!("{path}{query}")).await.body;
            let names = read["members"].as_array().map(|members| members[0].as_object().unwrap().keys().cloned().collect());
            seen.insert(names.map_or("none".to_owned(), |names: Vec<String>| names.join(" ")));
        }
    }
    let expected = ["@odata.type emailAddress recipientType", "@odata.type key recipientType", "@odata.type key type", "none"];
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), expected);
}
