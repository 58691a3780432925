//! Contacts: which can be updated and deleted.

use http::Method;
use serde_json::{Value, json};

use super::{Directory, code, ids, message};
use crate::fixture::{UID, run};

#[test]
fn contact_creation_is_rejected() {
    run(async {
        let directory = Directory::open().await;
        let (status, refused) =
            directory.send(Method::POST, "/contoso.com/contacts?api-version=1.6", &json!({"displayName": "x"})).await;
        assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{refused}");
        assert!(message(&refused).contains("Exchange"), "{refused}");
        directory.fixture.assert_nothing_written();
    });
}

/// "You cannot update or delete contacts for which the dirSyncEnabled property is true."
#[test]
fn synchronized_contact_rejects_update_and_delete() {
    run(async {
        let directory = Directory::open().await;
        directory.fixture.emulator.set_org_contacts_writable(true);
        let id = directory.add_contact(&json!({"displayName": "Synced", "onPremisesSyncEnabled": true}));
        let target = format!("/contoso.com/contacts/{id}?api-version=1.6");
        let links = format!("/contoso.com/contacts/{id}/$links/manager?api-version=1.6");
        let link = json!({"url": format!("{}/directoryObjects/{UID}", directory.base())});
        for (status, refused) in [
            directory.send(Method::PATCH, &target, &json!({"city": "Oslo"})).await,
            directory.delete(&target).await,
            directory.send(Method::PUT, &links, &link).await,
            directory.delete(&links).await,
        ] {
            assert_eq!((status, code(&refused)), (403, "Authorization_RequestDenied"), "{refused}");
            assert!(message(&refused).contains("dirSyncEnabled"), "{refused}");
        }
        directory.fixture.assert_nothing_written();
        // The source of authority of the contact is moved to the cloud.
        directory.fixture.emulator.set_cloud_managed(&id, true).unwrap();
        assert_eq!(directory.send(Method::PATCH, &target, &json!({"city": "Oslo"})).await, (204, Value::Null));
        assert_eq!(directory.delete(&target).await, (204, Value::Null));
    });
}

/// "You can, however, update and delete contacts that are not currently synced": only if Microsoft Graph accepts it.
#[test]
fn cloud_only_contact_is_updated_and_deleted() {
    run(async {
        let directory = Directory::open().await;
        let id = directory.add_contact(&json!({"displayName": "Ada", "phones": [{"type": "mobile", "number": "+1"}]}));
        let target = format!("/contoso.com/contacts/{id}?api-version=1.6");
        let change = json!({"city": "Oslo", "streetAddress": "Storgata 1", "telephoneNumber": "+47", "mobile": null});
        let (status, refused) = directory.send(Method::PATCH, &target, &change).await;
        assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "v1.0 rejects it: {refused}");
        directory.fixture.emulator.set_org_contacts_writable(true);
        assert_eq!(directory.send(Method::PATCH, &target, &change).await, (204, Value::Null));
        let contact = directory.get(&target).await.1;
        let shown = ["city", "streetAddress", "telephoneNumber", "mobile"].map(|name| contact[name].clone());
        assert_eq!(shown, [json!("Oslo"), json!("Storgata 1"), json!("+47"), Value::Null]);
        assert_eq!(directory.delete(&target).await, (204, Value::Null));
        assert_eq!(directory.delete(&target).await.0, 404);
        assert_eq!(directory.get(&target).await.0, 404);
    });
}

/// Microsoft Graph's beta version deletes contacts, so no further setting is necessary.
#[test]
fn beta_updates_and_deletes_contact() {
    run(async {
        let directory = Directory::with(|settings| settings.api_version = Some("beta".to_owned())).await;
        let id = directory.add_contact(&json!({"displayName": "Ada", "addresses": [{"city": "London", "street": "1 St"}]}));
        let target = format!("/contoso.com/contacts/{id}?api-version=2013-04-05");
        assert_eq!(directory.send(Method::PATCH, &target, &json!({"city": "Oslo"})).await, (204, Value::Null));
        let contact = directory.get(&target).await.1;
        assert_eq!((&contact["city"], &contact["streetAddress"]), (&json!("Oslo"), &json!("1 St")));
        assert_eq!(directory.delete(&target).await, (204, Value::Null));
        assert!(directory.fixture.sent().iter().all(|line| line.contains(" /beta/")));
    });
}

#[test]
fn contact_manager_is_set_and_removed() {
    run(async {
        let directory = Directory::open().await;
        let id = directory.add_contact(&json!({"displayName": "Ada"}));
        let boss = directory.add_contact(&json!({"displayName": "Boss"}));
        let links = format!("/contoso.com/contacts/{id}/$links/manager?api-version=2013-04-05");
        let link = json!({"url": format!("{}/contacts/{boss}", directory.base())});
        let (status, refused) = directory.send(Method::PUT, &links, &link).await;
        assert_eq!(status, 400, "{refused}");
        assert!(message(&refused).contains("Microsoft Graph does not document"), "{refused}");
        directory.fixture.emulator.set_org_contacts_writable(true);
        assert_eq!(directory.send(Method::PUT, &links, &link).await, (204, Value::Null));
        let (_, manager) = directory.get(&format!("/contoso.com/contacts/{id}/manager?api-version=2013-04-05")).await;
        assert_eq!(manager["displayName"], "Boss");
        let (_, reports) = directory.get(&format!("/contoso.com/contacts/{boss}/directReports?api-version=2013-04-05")).await;
        assert_eq!(ids(&reports), [id.as_str()]);
        assert_eq!(directory.delete(&links).await, (204, Value::Null));
        let (status, nobody) = directory.get(&format!("/contoso.com/contacts/{id}/manager?api-version=2013-04-05")).await;
        assert_eq!((status, code(&nobody)), (404, "Request_ResourceNotFound"));
    });
}

/// Read-only relations support only GET.
#[test]
fn read_only_links_allow_only_get() {
    run(async {
        let directory = Directory::open().await;
        let id = directory.add_contact(&json!({"displayName": "Ada"}));
        for relation in ["directReports", "memberOf"] {
            let target = format!("/contoso.com/contacts/{id}/$links/{relation}?api-version=1.6");
            let request = directory.request(Method::PUT, &target).header("content-type", "application/json").body("{}");
            let response = request.send().await.unwrap();
            assert_eq!((response.status().as_u16(), response.headers()["allow"].to_str().unwrap()), (405, "GET"));
        }
        directory.fixture.assert_nothing_written();
    });
}
