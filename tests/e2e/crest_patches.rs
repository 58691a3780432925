//! Patches by CREST's rules. The cases are those of CREST's `PatchOperationTest` and of OpenIDM's
//! `OpenICFProvisionerServiceTest`, except for those in `contact_class.rs`. A contact has no numeric attribute, so no increment
//! succeeds.

use http::Method;
use serde_json::{Value, json};

use crate::calls::{Response, create, send, send_json};
use crate::fixture::{Fixture, UID, connector, run};

async fn patch(fixture: &Fixture, path: &str, operations: &Value) -> Response {
    send_json(fixture, Method::PATCH, path, &[], operations).await
}

fn operation(operation: &str, field: &str, value: Value) -> Value {
    json!({"operation": operation, "field": field, "value": value})
}

/// `PatchOperationTest`: which operations need a value, a `from`, or neither.
#[test]
fn malformed_patch_operations_are_rejected() {
    run(async {
        let fixture = Fixture::start().await;
        let contact = format!("/contact/{}", create(&fixture, json!({"givenName": "Ada", "categories": ["a"]})).await.id());
        fixture.emulator.clear_requests();
        let mut wrong = vec![
            operation("Unknown", "/givenName", json!("x")),
            operation("ADD ", "/givenName", json!("x")),
            operation("", "/givenName", json!("x")),
            json!({"operation": null, "field": "/givenName", "value": "x"}),
            json!({"operation": 7, "field": "/givenName", "value": "x"}),
            json!({"operation": "add", "field": null, "value": "x"}),
            json!({"operation": "add", "field": 7, "value": "x"}),
            json!({"operation": "add", "value": "x"}),
            operation("add", "", json!("x")),
            operation("add", "/", json!("x")),
            operation("increment", "/givenName", json!("fourty-two")),
            operation("increment", "/givenName", json!([1])),
            operation("increment", "/givenName", json!(true)),
            // CREST operations that neither OpenIDM's provisioner nor this connector supports.
            json!({"operation": "copy", "field": "/givenName", "from": "/surname"}),
            json!({"operation": "move", "field": "/givenName", "from": "/surname"}),
            json!({"operation": "transform", "field": "/givenName", "value": {"script": "x"}}),
        ];
        for name in ["add", "increment", "replace", "transform"] {
            wrong.push(operation(name, "/givenName", Value::Null));
            wrong.push(json!({"operation": name, "field": "/givenName"}));
        }
        for name in ["add", "increment", "replace", "transform", "remove"] {
            wrong.push(json!({"operation": name, "field": "/categories/0", "from": "/categories/1", "value": "42"}));
        }
        for name in ["copy", "move"] {
            wrong.push(operation(name, "/givenName", Value::Null));
            wrong.push(json!({"operation": name, "field": "/givenName", "from": "/surname", "value": "42"}));
        }
        for operation in wrong {
            for path in [&contact, &format!("/user/{UID}")] {
                let response = patch(&fixture, path, &json!([operation])).await;
                assert_eq!(response.status, 400, "{path} {operation}: {response:?}");
            }
        }
        fixture.assert_nothing_written();
    });
}

/// `OpenICFProvisionerServiceTest`: an operation takes effect, and changes nothing else. Removing a missing value succeeds, and
/// sends nothing.
#[test]
fn patch_operations_change_only_their_field() {
    run(async {
        let fixture = Fixture::start().await;
        let attributes = json!({
            "givenName": "Ada", "surname": "Doe", "fileAs": "f", "jobTitle": "first",
            "businessPhones": ["1"], "children": ["a", "b", "c"],
        });
        for (operations, name, expected) in [
            // testPatchInstance.
            (json!([operation("replace", "surname", json!("Doe2"))]), "surname", json!("Doe2")),
            (json!([operation("remove", "surname", Value::Null)]), "surname", Value::Null),
            (json!([{"operation": "remove", "field": "surname"}]), "surname", Value::Null),
            (json!([operation("remove", "surname", json!("D"))]), "surname", json!("Doe")),
            (json!([operation("remove", "surname", json!("Doe"))]), "surname", Value::Null),
            (json!([operation("add", "spouseName", json!("m"))]), "spouseName", json!("m")),
            (json!([operation("Replace", "surname", json!("Doe2"))]), "surname", json!("Doe2")),
            // testPatchAddOnMultiValueAttr, with a value and without; testPatchAddOnSingleValueAttr, with a value and without.
            (json!([operation("add", "businessPhones", json!("2"))]), "businessPhones", json!(["1", "2"])),
            (json!([operation("add", "businessPhones", json!(["2"]))]), "businessPhones", json!(["1", "2"])),
            (json!([operation("add", "homePhones", json!("2"))]), "homePhones", json!(["2"])),
            (json!([operation("add", "jobTitle", json!("second"))]), "jobTitle", json!("second")),
            (json!([operation("add", "department", json!("d"))]), "department", json!("d")),
            (json!([{"operation": "add", "field": "department", "from": null, "value": "d"}]), "department", json!("d")),
            // testPatchAddOnArray, testPatchRemoveOnArray.
            (json!([operation("add", "/children/-", json!("d"))]), "children", json!(["a", "b", "c", "d"])),
            (json!([operation("add", "/children/-", json!(["d", "e"]))]), "children", json!(["a", "b", "c", "d", "e"])),
            (json!([operation("add", "/children/1", json!("d"))]), "children", json!(["a", "d", "b", "c"])),
            (json!([operation("remove", "/children", json!("d"))]), "children", json!(["a", "b", "c"])),
            (json!([operation("remove", "/children", json!("b"))]), "children", json!(["a", "c"])),
            (json!([{"operation": "remove", "field": "/children/1"}]), "children", json!(["a", "c"])),
            (
                json!([{"operation": "remove", "field": "/children/1"}, {"operation": "remove", "field": "/children/1"}]),
                "children",
                json!(["a"]),
            ),
            (json!([operation("replace", "/children", json!(["x"]))]), "children", json!(["x"])),
            (json!([operation("replace", "/children", json!("x"))]), "children", json!(["x"])),
            // In order: each operation applies to the result of the one before.
            (
                json!([operation("replace", "surname", json!("x")), operation("remove", "surname", json!("x"))]),
                "surname",
                Value::Null,
            ),
            (
                json!([operation("add", "children", json!("d")), operation("remove", "children", json!(["a", "b"]))]),
                "children",
                json!(["c", "d"]),
            ),
            (json!([]), "surname", json!("Doe")),
        ] {
            let created = create(&fixture, attributes.clone()).await;
            fixture.emulator.clear_requests();
            let response = patch(&fixture, &format!("/contact/{}", created.id()), &operations).await;
            assert_eq!(response.status, 200, "{operations}: {response:?}");
            assert_eq!(response.body.get(name).unwrap_or(&Value::Null), &expected, "{operations}: {response:?}");
            let without = |object: &Value| {
                let mut object = object.as_object().unwrap().clone();
                object.retain(|key, _| !matches!(key.as_str(), "_rev" | "changeKey" | "lastModifiedDateTime") && key != name);
                object
            };
            assert_eq!(without(&response.body), without(&created.body), "{operations}");
            if created.body.get(name).unwrap_or(&Value::Null) == &expected {
                fixture.assert_nothing_written();
                assert_eq!(response.body["_rev"], created.body["_rev"], "{operations}");
            }
        }
    });
}

/// `OpenICFProvisionerServiceTest`: an invalid value is 400. (In OpenIDM a value of the wrong type is 500: docs/openidm.md.) One
/// invalid operation prevents all of them.
#[test]
fn impossible_patch_operations_are_rejected() {
    run(async {
        let fixture = Fixture::start().await;
        let created = create(
            &fixture,
            json!({"givenName": "Ada", "jobTitle": "x", "children": ["a"], "businessAddress": {"city": "London"}}),
        )
        .await;
        let path = format!("/contact/{}", created.id());
        fixture.emulator.clear_requests();
        for (wrong, expected) in [
            // testRemoveUnsupportedAttribute.
            (json!({"operation": "remove", "field": "/unsupportedAttribute"}), "unsupportedAttribute"),
            (operation("add", "__PASSWORD__", json!("x")), "__PASSWORD__"),
            // testPatchWithAttributeNativeNameDifferentThanOpenIDMAttributeName: the native name is not an OpenIDM name.
            (operation("replace", "__NAME__", json!("x")), "__NAME__"),
            // testAttributeTypeValueMismatch, testPatchAddOnSingleValuedAttributeWithMultiValue.
            (operation("replace", "givenName", json!(29)), "givenName"),
            (operation("replace", "birthday", json!("twenty-nine")), "birthday"),
            (operation("add", "jobTitle", json!(["type1", "type2"])), "jobTitle"),
            (operation("add", "businessAddress/city", json!(7)), "businessAddress.city"),
            (operation("add", "businessAddress/town", json!("x")), "town"),
            (operation("add", "givenName/-", json!("x")), "givenName"),
            (operation("increment", "children", json!(1)), "children"),
            // testRemoveRequiredAttribute.
            (json!({"operation": "remove", "field": "/mailbox"}), "mailbox"),
            (operation("remove", "mailbox", json!(UID)), "mailbox"),
            // Values that the service assigns.
            (operation("replace", "changeKey", json!("x")), "changeKey"),
            (json!({"operation": "remove", "field": "/createdDateTime"}), "createdDateTime"),
            (operation("replace", "_id", json!("x")), "_id"),
            // Invalid positions.
            (json!({"operation": "remove", "field": "/children/1"}), "found 1"),
            (operation("replace", "/children/-", json!("x")), "found -"),
            (operation("add", "/children/-1", json!("x")), "found -1"),
            (operation("add", "/children/x", json!("x")), "found x"),
            (operation("add", "/businessAddress/city/0", json!("x")), "`field`"),
        ] {
            let good = operation("replace", "surname", json!("changed"));
            let response = patch(&fixture, &path, &json!([good, wrong])).await;
            assert_eq!(response.status, 400, "{wrong}: {response:?}");
            assert!(response.message().contains(expected), "{wrong}: {response:?}");
        }
        fixture.assert_nothing_written();
    });
}

/// `displayName` is `__NAME__` in ICF, and a patch uses its OpenIDM name.
#[test]
fn patch_uses_openidm_attribute_name() {
    run(async {
        let fixture = Fixture::start().await;
        let created = create(&fixture, json!({"givenName": "Ada", "displayName": "A"})).await;
        let path = format!("/contact/{}", created.id());
        for (name, value) in [("add", "B"), ("replace", "C")] {
            let response = patch(&fixture, &path, &json!([operation(name, "displayName", json!(value))])).await;
            assert_eq!((response.status, &response.body["displayName"]), (200, &json!(value)), "{response:?}");
        }
    });
}

async fn start_beta() -> Fixture {
    Fixture::with(connector(), |settings| settings.api_version = Some("beta".to_owned())).await
}

/// Reported: with beta, adding a phone deleted another one, and removing a website or an address mixed two.
#[test]
fn patch_of_beta_list_changes_only_its_value() {
    run(async {
        let fixture = start_beta().await;
        let attributes = json!({
            "givenName": "Ada", "businessPhones": ["1"], "mobilePhone": "2",
            "phones": [{"type": "mobile", "number": "3"}, {"type": "pager", "number": "4"}],
            "websites": [{"type": "blog", "address": "https://a"}, {"type": "blog", "address": "https://b", "displayName": "B"}],
            "businessAddress": {"street": "1 St", "city": "London"},
            "postalAddresses": [{"type": "unknown", "city": "A", "street": "s"}, {"type": "unknown", "city": "B", "postalCode": "1"}],
            "flag": {"flagStatus": "flagged", "dueDateTime": {"dateTime": "2026-11-28T00:00:00.0000000", "timeZone": "UTC"}},
        });
        let created = create(&fixture, attributes).await;
        let path = format!("/contact/{}", created.id());
        let mut expected = created.body.clone();
        for (operations, name, value) in [
            (
                json!([operation("add", "/phones/-", json!({"type": "mobile", "number": "5"}))]),
                "phones",
                json!([{"type": "mobile", "number": "3"}, {"type": "pager", "number": "4"}, {"type": "mobile", "number": "5"}]),
            ),
            (
                json!([{"operation": "remove", "field": "/phones/0"}]),
                "phones",
                json!([{"type": "pager", "number": "4"}, {"type": "mobile", "number": "5"}]),
            ),
            (json!([operation("add", "/businessPhones", json!("6"))]), "businessPhones", json!(["1", "6"])),
            (
                json!([{"operation": "remove", "field": "/websites/0"}]),
                "websites",
                json!([{"type": "blog", "address": "https://b", "displayName": "B"}]),
            ),
            (
                json!([{"operation": "remove", "field": "/postalAddresses/0"}]),
                "postalAddresses",
                json!([{"type": "unknown", "city": "B", "postalCode": "1"}]),
            ),
            (
                json!([operation("replace", "/businessAddress", json!({"city": "Ockham"}))]),
                "businessAddress",
                json!({"city": "Ockham"}),
            ),
            (json!([{"operation": "remove", "field": "/flag"}]), "flag", json!({"flagStatus": "notFlagged"})),
        ] {
            let response = patch(&fixture, &path, &operations).await;
            assert_eq!(response.status, 200, "{operations}: {response:?}");
            expected[name] = value;
            for volatile in ["_rev", "changeKey", "lastModifiedDateTime"] {
                expected[volatile] = response.body[volatile].clone();
            }
            assert_eq!(response.body, expected, "{operations}");
        }
    });
}

/// OpenIDM drops what is not updatable from a PUT. A caller sends back what it read before another's change.
#[test]
fn object_sent_back_after_another_change_is_accepted() {
    run(async {
        let fixture = Fixture::start().await;
        let created = create(&fixture, json!({"givenName": "Ada", "businessAddress": {"city": "London"}})).await;
        let path = format!("/contact/{}", created.id());
        let other = patch(&fixture, &path, &json!([operation("add", "surname", json!("Lovelace"))])).await;
        assert_eq!(other.status, 200, "{other:?}");
        let mut sent_back = created.body.clone();
        sent_back["givenName"] = json!("Augusta");
        let revision = created.body["_rev"].as_str().unwrap();
        let stale = send_json(&fixture, Method::PUT, &path, &[("If-Match", revision)], &sent_back).await;
        assert_eq!(stale.status, 412, "{stale:?}");
        let put = send_json(&fixture, Method::PUT, &path, &[("If-Match", "*")], &sent_back).await;
        assert_eq!((put.status, &put.body["givenName"], &put.body["surname"]), (200, &json!("Augusta"), &json!("Lovelace")));
        // The user itself, with a contact to add.
        let user = send(&fixture, Method::GET, &format!("/user/{UID}"), &[], "").await;
        let mut sent_back = user.body.clone();
        sent_back["displayName"] = json!("as it was before");
        sent_back["__addContacts__"] = json!({"givenName": "Bob", "categories": "one"});
        let put = send_json(&fixture, Method::PUT, &format!("/user/{UID}"), &[("If-Match", "*")], &sent_back).await;
        assert_eq!(put.status, 200, "{put:?}");
        assert!(fixture.contacts().await.iter().any(|contact| contact["categories"] == json!(["one"])));
    });
}

/// 199,000 phones in 600 kB are refused by their number.
#[test]
fn too_many_values_are_refused() {
    run(async {
        let fixture = start_beta().await;
        let path = format!("/contact/{}", create(&fixture, json!({"givenName": "Ada"})).await.id());
        fixture.emulator.clear_requests();
        let phones = json!({"phones": vec![0; 199_000]});
        let put = send_json(&fixture, Method::PUT, &path, &[("If-Match", "*")], &phones).await;
        assert!(put.status == 400 && put.message().contains("at most 1000 values, found 199000"), "{put:?}");
        let body = json!({"__addContacts__": phones});
        let added = send_json(&fixture, Method::PUT, &format!("/user/{UID}"), &[("If-Match", "*")], &body).await;
        assert!(added.status == 400 && added.message().contains("at most 1000 values, found 199000"), "{added:?}");
        let body = json!([operation("add", "/phones", phones["phones"].clone())]);
        let patched = patch(&fixture, &path, &body).await;
        assert!(patched.status == 400 && patched.message().contains("at most 1000 values, found 199000"), "{patched:?}");
        fixture.assert_nothing_written();
    });
}
