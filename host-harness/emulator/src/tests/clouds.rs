//! Features that national clouds lack, by Microsoft's CSDL for Fairfax and Mooncake and the tables of clouds on Graph's pages.

use serde_json::json;

use super::*;
use crate::Features;

/// The features of the clouds of the US government.
const US_GOVERNMENT: Features = Features { delta: true, email_slots: false, permanent_delete: false };
const CHINA: Features = Features { delta: false, email_slots: false, permanent_delete: false };
const SLOTS: [&str; 3] = ["primaryEmailAddress", "secondaryEmailAddress", "tertiaryEmailAddress"];

#[tokio::test]
async fn missing_email_slots_are_refused_in_v1() {
    let graph = Graph::start().await;
    let addresses = json!({"emailAddresses": [{"address": "a@contoso.com", "name": "A"}]});
    let path = graph.create_contact(addresses.clone()).await;
    for cloud in [US_GOVERNMENT, CHINA] {
        graph.emulator.set_features(cloud);
        let contact = graph.get(&format!("/v1.0{path}")).await.body;
        assert_eq!(contact["emailAddresses"], addresses["emailAddresses"]);
        for slot in SLOTS {
            assert_eq!(contact.get(slot), None, "{contact}");
            let body = json!({slot: {"address": "b@contoso.com"}});
            assert_eq!(graph.patch(&format!("/v1.0{path}"), body.clone()).await.get_error(), (400, "RequestBodyRead"));
            assert_eq!(graph.post("/v1.0/me/contacts", body.clone()).await.get_error(), (400, "RequestBodyRead"));
            assert!(graph.emulator.add_contact(ADELE, &body).is_err());
            assert_eq!(graph.get(&format!("/v1.0/me/contacts?$select={slot}")).await.get_error(), (400, "BadRequest"));
            assert!(graph.get(&format!("/beta{path}")).await.body.get(slot).is_some());
        }
        let changed = json!({"emailAddresses": [], "mobilePhone": "1", "homePhones": ["2"]});
        let written = graph.patch(&format!("/v1.0{path}"), changed).await;
        assert_eq!((written.status.as_u16(), &written.body["mobilePhone"]), (200, &json!("1")), "properties of v1.0 stay");
        assert_eq!(graph.patch(&format!("/v1.0{path}"), addresses.clone()).await.status, 200);
    }
    graph.emulator.set_features(Features::default());
    let contact = graph.get(&format!("/v1.0{path}")).await.body;
    assert_eq!(contact["primaryEmailAddress"]["address"], "a@contoso.com");
}

#[tokio::test]
async fn missing_permanent_delete_is_refused() {
    let graph = Graph::start().await;
    let path = graph.create_contact(json!({"givenName": "A"})).await;
    let folder = graph.post("/v1.0/me/contactFolders", json!({"displayName": "F"})).await;
    let folder = format!("/me/contactFolders/{}", folder.id());
    for cloud in [US_GOVERNMENT, CHINA] {
        graph.emulator.set_features(cloud);
        for target in [&path, &folder] {
            let refused = graph.post(&format!("/v1.0{target}/permanentDelete"), json!({})).await;
            assert_eq!(refused.get_error(), (400, "BadRequest"));
            assert!(refused.message().contains("'permanentDelete'"), "{}", refused.message());
            assert_eq!(graph.get(&format!("/v1.0{target}")).await.status, 200);
        }
    }
    graph.emulator.set_features(Features::default());
    for target in [path, folder] {
        assert_eq!(graph.post(&format!("/v1.0{target}/permanentDelete"), json!({})).await.status, 204);
    }
}

#[tokio::test]
async fn missing_delta_is_refused() {
    let graph = Graph::start().await;
    for (cloud, status) in [(Features::default(), 200), (US_GOVERNMENT, 200), (CHINA, 400)] {
        graph.emulator.set_features(cloud);
        for target in
            ["/v1.0/me/contacts/delta", "/v1.0/me/contactFolders/contacts/contacts/delta", "/v1.0/me/contactFolders/delta"]
        {
            assert_eq!(graph.get(target).await.status, status, "{cloud:?} {target}");
        }
    }
}
