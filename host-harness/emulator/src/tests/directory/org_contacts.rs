//! One organizational contact: reads and the supported writes.

use serde_json::json;

use super::*;
use crate::Removal;

#[tokio::test]
async fn org_contact_returns_all_properties() {
    let graph = start_company().await;
    let eric = graph.get(&format!("/v1.0/contacts/{ERIC}")).await.body;
    let mut names: Vec<&str> = eric.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "@odata.context",
            "addresses",
            "companyName",
            "deletedDateTime",
            "department",
            "displayName",
            "givenName",
            "id",
            "jobTitle",
            "mail",
            "mailNickname",
            "onPremisesLastSyncDateTime",
            "onPremisesProvisioningErrors",
            "onPremisesSyncEnabled",
            "phones",
            "proxyAddresses",
            "serviceProvisioningErrors",
            "surname"
        ]
    );
    assert_eq!(eric["addresses"][0]["officeLocation"], "MyCity");
    assert_eq!(eric["phones"], json!([{"number": "111-1111", "type": "businessFax"}]));
    assert!(eric["@odata.context"].as_str().unwrap().ends_with("/v1.0/$metadata#contacts/$entity"), "{eric}");
    let nicole = graph.get(&format!("/v1.0/contacts/{NICOLE}")).await.body;
    assert_eq!(
        (&nicole["onPremisesSyncEnabled"], &nicole["phones"], &nicole["surname"]),
        (&json!(null), &json!([]), &json!(null))
    );
    assert_eq!(graph.get(&format!("/beta/contacts('{NICOLE}')?$select=id,mail")).await.body["mail"], "nicolewa@contoso.com");
}

#[tokio::test]
async fn unknown_org_contact_is_not_found() {
    let graph = start_company().await;
    for id in [ADELE, SALES, "00000000-0000-0000-0000-000000000001"] {
        let refused = graph.get(&format!("/v1.0/contacts/{id}")).await;
        let said = format!("Resource '{id}' does not exist or one of its queried reference-property objects are not present.");
        assert_eq!((refused.get_error(), refused.message()), ((404, "Request_ResourceNotFound"), said.as_str()));
    }
    assert_eq!(graph.get(&format!("/v1.0/contacts/{ERIC}?$select=nothing")).await.get_error(), (400, "BadRequest"));
    assert_eq!(graph.get(&format!("/v1.0/contacts/{ERIC}/nothing")).await.get_error(), (400, "BadRequest"));
}

/// "Organizational contacts ... are read-only in Microsoft Graph."
#[tokio::test]
async fn v1_refuses_org_contact_writes() {
    let graph = start_company().await;
    for id in [ERIC, NICOLE] {
        let refused = graph.delete(&format!("/v1.0/contacts/{id}")).await;
        assert_eq!(refused.get_error(), (400, "Request_BadRequest"));
        assert_eq!(
            refused.message(),
            "Data contract version does not allow 'Delete' operations against instances of resource 'OrgContact'."
        );
        assert_eq!(graph.delete(&format!("/v1.0/directoryObjects/{id}")).await.message(), refused.message());
        let refused = graph.patch(&format!("/v1.0/contacts/{id}"), json!({"displayName": "X"})).await;
        assert_eq!(refused.get_error(), (400, "Request_BadRequest"));
        assert_ne!(graph.get(&format!("/v1.0/contacts/{id}")).await.body["displayName"], "X");
    }
    for version in ["v1.0", "beta"] {
        let refused = graph.post(&format!("/{version}/contacts"), json!({"displayName": "New"})).await;
        assert_eq!(refused.get_error(), (400, "Request_BadRequest"));
    }
}

/// Beta deletes contacts that are not synchronized (msgraph-metadata#244), and so does v1.0 if the owner allows it.
#[tokio::test]
async fn unsynchronized_org_contact_is_writable_in_beta() {
    let graph = start_company().await;
    for version in ["beta", "v1.0"] {
        graph.emulator.set_org_contacts_writable(version == "v1.0");
        let eric = format!("/{version}/contacts/{ERIC}");
        let synchronized = "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects \
                            currently undergoing migration.";
        for refused in [graph.delete(&eric).await, graph.patch(&eric, json!({"jobTitle": "X"})).await] {
            assert_eq!((refused.get_error(), refused.message()), ((400, "Request_BadRequest"), synchronized));
        }
        let id = graph.emulator.add_org_contact(&json!({"displayName": "Cloud", "surname": "Old"})).unwrap();
        let path = format!("/{version}/contacts/{id}");
        let body = json!({"displayName": "New", "surname": null, "phones": [{"type": "mobile", "number": "1"}]});
        assert_eq!(graph.patch(&path, body).await.status, 204);
        let read = graph.get(&path).await.body;
        assert_eq!((&read["displayName"], &read["surname"]), (&json!("New"), &json!(null)));
        for (body, message) in [
            (json!({"proxyAddresses": []}), "Property 'proxyAddresses' is read-only and cannot be set."),
            (json!({"onPremisesSyncEnabled": false}), "Property 'onPremisesSyncEnabled' is read-only and cannot be set."),
        ] {
            let refused = graph.patch(&path, body).await;
            assert_eq!((refused.get_error(), refused.message()), ((400, "Request_BadRequest"), message));
        }
        for body in [
            json!({"nothing": "x"}),
            json!({"displayName": 5}),
            json!({"addresses": [{}, {}]}),
            json!({"phones": [{"type": "mobile"}, {"type": "mobile"}]}),
            json!({"phones": [{"type": "home", "number": "1"}]}),
        ] {
            assert_eq!(graph.patch(&path, body.clone()).await.get_error(), (400, "Request_BadRequest"), "{body}");
        }
        assert_eq!(graph.delete(&path).await.status, 204);
        assert_eq!(graph.get(&path).await.get_error(), (404, "Request_ResourceNotFound"));
    }
}

/// "If true, updates from on-premises Active Directory are blocked in the cloud"
/// (<https://learn.microsoft.com/graph/api/onpremisessyncbehavior-get>).
#[tokio::test]
async fn synchronized_org_contact_is_changed_in_the_cloud_that_manages_it() {
    let graph = start_company().await;
    for version in ["beta", "v1.0"] {
        graph.emulator.set_org_contacts_writable(version == "v1.0");
        let nicole = format!("/{version}/contacts/{NICOLE}");
        let behavior = format!("{nicole}/onPremisesSyncBehavior");
        graph.emulator.change_object(NICOLE, &json!({"onPremisesSyncEnabled": true})).unwrap();
        assert_eq!(graph.get(&format!("{behavior}?$select=isCloudManaged")).await.body["isCloudManaged"], false);
        assert_eq!(graph.patch(&nicole, json!({"jobTitle": "X"})).await.get_error(), (400, "Request_BadRequest"));
        assert_eq!(graph.patch(&behavior, json!({"isCloudManaged": true})).await.status, 204);
        let read = graph.get(&behavior).await.body;
        assert_eq!((&read["id"], &read["isCloudManaged"]), (&json!(NICOLE), &json!(true)));
        assert_eq!(graph.patch(&nicole, json!({"jobTitle": "X"})).await.status, 204);
        graph.emulator.set_cloud_managed(NICOLE, false).unwrap();
        assert_eq!(graph.patch(&nicole, json!({"jobTitle": "Y"})).await.get_error(), (400, "Request_BadRequest"));
    }
    let unknown = "/v1.0/contacts/00000000-0000-0000-0000-000000000001/onPremisesSyncBehavior";
    assert_eq!(graph.get(unknown).await.get_error(), (404, "Request_ResourceNotFound"));
    assert_eq!(graph.get(&format!("/v1.0/users/{ADELE}/onPremisesSyncBehavior")).await.get_error(), (501, "NotImplemented"));
}

#[tokio::test]
async fn invalid_seed_is_refused() {
    let graph = Graph::start().await;
    let emulator = &graph.emulator;
    assert!(emulator.add_org_contact(&json!({"nothing": 1})).is_err());
    assert!(emulator.add_org_contact(&json!({"displayName": 1})).is_err());
    assert!(emulator.add_group(&json!([])).is_err());
    let group = emulator.add_group(&json!({"displayName": "G"})).unwrap();
    assert!(emulator.add_member(&group, "nobody").is_err());
    assert!(emulator.add_member(ADELE, ADELE).is_err(), "a user has no members");
    assert!(emulator.set_manager(ADELE, &group).is_err());
    assert!(emulator.remove_object("nobody", Removal::Deleted).is_err());
}
