//! The national clouds: a missing feature is reported, and everything else works.

use graph_emulator::Features;
use serde_json::{Value, json};

use crate::fixture::{Fixture, connector, run};

/// The US government clouds have delta queries, and neither of the other two features.
const US_GOVERNMENT: Features = Features { delta: true, email_slots: false, permanent_delete: false };
const CHINA: Features = Features { delta: false, email_slots: false, permanent_delete: false };

async fn invoke(fixture: &Fixture, operation: &str, arguments: Value) -> Result<Value, Value> {
    let response = connector()
        .call(&fixture.settings, async |component, store| {
            component.graph_contacts_connector_json().call_invoke(store, operation, &arguments.to_string()).await
        })
        .await
        .unwrap();
    let json = |text: String| serde_json::from_str(&text).unwrap();
    response.map(json).map_err(json)
}

#[test]
fn national_clouds_read_and_write_email_addresses() {
    run(async {
        for cloud in [US_GOVERNMENT, CHINA] {
            let fixture = Fixture::start().await;
            fixture.emulator.set_features(cloud);
            let addresses = json!([{"address": "ada@contoso.example", "name": "Ada"}]);
            let contact = json!({"givenName": "Ada", "emailAddresses": addresses, "homePhones": ["1"]});
            let (status, body) = fixture.put(json!({"__addContacts__": contact})).await;
            assert_eq!(status, 200, "{cloud:?}: {body}");
            let contacts = fixture.contacts().await;
            assert_eq!((contacts.len(), &contacts[0]["emailAddresses"]), (1, &addresses));
            let change = json!({"__updateContacts__": {"id": contacts[0]["id"], "givenName": "Augusta"}});
            assert_eq!(fixture.put(change).await.0, 200);
            let changed = fixture.contacts().await;
            assert_eq!((&changed[0]["givenName"], &changed[0]["emailAddresses"]), (&json!("Augusta"), &addresses));
            assert_eq!(fixture.put(json!({"__removeContacts__": [contacts[0]["id"]]})).await.0, 200);
            assert_eq!(fixture.contacts().await.len(), 0);
        }
    });
}

#[test]
fn property_missing_in_cloud_is_rejected() {
    run(async {
        let fixture = Fixture::start().await;
        fixture.emulator.set_features(CHINA);
        let contact = json!({"givenName": "Ada", "primaryEmailAddress": {"address": "ada@contoso.example"}});
        let (status, body) = fixture.put(json!({"__addContacts__": contact})).await;
        let outcome = &body["detail"]["contacts"][0];
        assert_eq!((status, &outcome["done"], &outcome["error"]["httpStatus"]), (400, &json!(false), &json!(400)), "{body}");
        assert!(outcome["error"]["message"].as_str().unwrap().contains("primaryEmailAddress"), "{body}");
        assert_eq!(fixture.contacts().await.len(), 0);
    });
}

#[test]
fn reconcile_finds_changes_without_delta() {
    run(async {
        let fixture = Fixture::start().await;
        fixture.emulator.set_features(CHINA);
        fixture.add(json!({"surname": "Lovelace"}));
        let of = json!({"objectClass": "contact", "mailbox": crate::fixture::UID});
        let refused = invoke(&fixture, "sync", of.clone()).await.unwrap_err();
        assert_eq!(refused["httpStatus"], 400, "{refused}");
        let mut reconcile = of;
        reconcile["known"] = json!({});
        assert_eq!(invoke(&fixture, "reconcile", reconcile).await.unwrap().as_array().unwrap().len(), 1);
    });
}
