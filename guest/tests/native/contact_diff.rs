//! An update sends only the differences, and structures whole, as Graph requires.

use connector::contact::{Contact, Version, diff, from_json, to_json};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::arbitrary::{returned, writable_beta, writable_v1};

fn parse_stored(value: Value, version: Version) -> Contact {
    from_json::parse_response(value.as_object().unwrap(), version)
}

fn update_in(stored: Value, wanted: Value, version: Version) -> Value {
    let wanted = from_json::parse_input(wanted.as_object().unwrap(), version, "").unwrap();
    let change = diff::diff(&parse_stored(stored, version), &wanted, version).unwrap();
    Value::Object(to_json::write_update_body(&change, version))
}

fn update(stored: Value, wanted: Value) -> Value {
    update_in(stored, wanted, Version::V1)
}

#[test]
fn update_omits_unchanged_values() {
    let stored = json!({
        "givenName": "Ada", "surname": null, "businessPhones": ["1"], "homePhones": [], "displayName": "Ada",
        "businessAddress": {"city": "London"}, "otherAddress": {}, "birthday": "1815-12-10T11:59:00Z",
        "emailAddresses": [{"name": "Ada", "address": "ada@contoso.com"}],
    });
    let same = json!({
        "givenName": "Ada", "surname": null, "businessPhones": ["1"], "homePhones": null, "businessAddress": {"city": "London", "state": null},
        "otherAddress": null, "birthday": "1815-12-10", "emailAddresses": [{"name": "Ada", "address": "ada@contoso.com"}], "title": null,
    });
    assert_eq!(update(stored, same), json!({}));
}

/// Seed: "To preserve a pre-existing value, always include it as displayName in an update operation" (Update contact, v1.0).
#[test]
fn update_resends_stored_display_name() {
    let stored = json!({"displayName": "The Countess", "givenName": "Ada"});
    assert_eq!(
        update(stored.clone(), json!({"givenName": "Augusta"})),
        json!({"displayName": "The Countess", "givenName": "Augusta"})
    );
    assert_eq!(update(stored.clone(), json!({"displayName": "Ada"})), json!({"displayName": "Ada"}));
    assert_eq!(update(stored, json!({"displayName": null})), json!({"displayName": null}));
    assert_eq!(update(json!({"displayName": null}), json!({"givenName": "Ada"})), json!({"givenName": "Ada"}));
}

/// "When you update structured properties such as homeAddress, you must pass the full property set" (Update contact, v1.0).
#[test]
fn partial_address_is_completed_from_stored() {
    let stored = json!({"businessAddress": {"street": "10 Contoso Way", "city": "Redmond", "state": "WA"}});
    assert_eq!(
        update(stored.clone(), json!({"businessAddress": {"city": "Seattle"}})),
        json!({"businessAddress": {"street": "10 Contoso Way", "city": "Seattle", "state": "WA"}})
    );
    assert_eq!(
        update(stored.clone(), json!({"businessAddress": {"state": null}})),
        json!({"businessAddress": {"street": "10 Contoso Way", "city": "Redmond", "state": null}})
    );
    assert_eq!(
        update(stored, json!({"businessAddress": null})),
        json!({"businessAddress": {"street": null, "city": null, "state": null}}),
        "never a null structure: the service returns 500 for it"
    );
}

#[test]
fn unset_properties_stay_unchanged() {
    let stored = json!({"businessPhones": ["1"], "homePhones": ["2"], "mobilePhone": "3"});
    assert_eq!(update(stored.clone(), json!({"homePhones": ["4"]})), json!({"homePhones": ["4"]}));
    assert_eq!(
        update(stored.clone(), json!({"mobilePhone": null, "homePhones": null})),
        json!({"homePhones": [], "mobilePhone": null})
    );
    assert_eq!(update(stored, json!({})), json!({}));
}

#[test]
fn beta_list_is_sent_whole() {
    let stored = json!({"phones": [{"type": "home", "number": "1"}, {"type": "pager", "number": "2"}]});
    let wanted = json!({"phones": [{"type": "home", "number": "1"}]});
    assert_eq!(update_in(stored.clone(), wanted.clone(), Version::Beta), wanted);
    assert_eq!(update_in(stored.clone(), stored, Version::Beta), json!({}));
}

#[test]
fn assigned_property_accepts_only_stored_value() {
    let stored =
        parse_stored(json!({"changeKey": "a", "createdDateTime": "2014-10-19T23:08:24Z", "givenName": "Ada"}), Version::V1);
    let back =
        parse_stored(json!({"changeKey": "a", "createdDateTime": "2014-10-19T23:08:24Z", "givenName": "Augusta"}), Version::V1);
    assert!(diff::diff(&stored, &back, Version::V1).is_ok());
    let other = parse_stored(json!({"changeKey": "b"}), Version::V1);
    assert_eq!(diff::diff(&stored, &other, Version::V1).unwrap_err().attributes, ["changeKey"]);
}

/// Replaces each property that is in the body, as Graph does with a PATCH.
fn patch(mut stored: Map<String, Value>, body: Map<String, Value>) -> Map<String, Value> {
    stored.extend(body);
    stored
}

/// Returns the caller's view of the properties that `wanted` specifies.
fn show(contact: &Map<String, Value>, wanted: &Map<String, Value>, version: Version) -> Map<String, Value> {
    let shown = to_json::write_for_caller(&from_json::parse_response(contact, version), version);
    let is_empty = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
    shown.into_iter().filter(|(name, value)| wanted.contains_key(name) && !is_empty(value)).collect()
}

proptest! {
    #[test]
    fn update_stores_wanted_values(stored in returned(writable_v1()), wanted in writable_v1()) {
        let change = diff::diff(&from_json::parse_response(&stored, Version::V1), &from_json::parse_input(&wanted, Version::V1, "").unwrap(), Version::V1).unwrap();
        let after = patch(stored.clone(), to_json::write_update_body(&change, Version::V1));
        let (mut now, mut expected) = (show(&after, &wanted, Version::V1), show(&wanted, &wanted, Version::V1));
        // Structures are completed from the stored ones: they have at least the wanted parts.
        for (name, value) in expected.clone() {
            if let Some(parts) = value.as_object() {
                for (part, value) in parts {
                    prop_assert_eq!(&now[&name][part], value);
                }
                now.remove(&name);
                expected.remove(&name);
            }
        }
        now.retain(|_, value| !value.is_object());
        prop_assert_eq!(now, expected);
        // Unset properties are unchanged.
        for (name, value) in &stored {
            if !wanted.contains_key(name) {
                prop_assert_eq!(&after[name], value);
            }
        }
    }

    #[test]
    fn repeated_update_sends_nothing(stored in returned(writable_v1()), wanted in writable_v1()) {
        let wanted = from_json::parse_input(&wanted, Version::V1, "").unwrap();
        let first = diff::diff(&from_json::parse_response(&stored, Version::V1), &wanted, Version::V1).unwrap();
        let after = patch(stored, to_json::write_update_body(&first, Version::V1));
        let second = diff::diff(&from_json::parse_response(&after, Version::V1), &wanted, Version::V1).unwrap();
        prop_assert_eq!(to_json::write_update_body(&second, Version::V1), Map::new());
    }

    #[test]
    fn repeated_update_in_beta_sends_nothing(stored in returned(writable_beta()), wanted in writable_beta()) {
        let wanted = from_json::parse_input(&wanted, Version::Beta, "").unwrap();
        let first = diff::diff(&from_json::parse_response(&stored, Version::Beta), &wanted, Version::Beta).unwrap();
        let after = patch(stored, to_json::write_update_body(&first, Version::Beta));
        let second = diff::diff(&from_json::parse_response(&after, Version::Beta), &wanted, Version::Beta).unwrap();
        prop_assert_eq!(to_json::write_update_body(&second, Version::Beta), Map::new());
    }
}
