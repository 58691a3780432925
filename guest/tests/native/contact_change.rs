//! An update sends what differs, whole where Graph wants it whole, and nothing else.

use connector::contact::{Contact, Version, diff, from_json, to_json};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::arbitrary::{returned, writable_beta, writable_v1};

fn answer(value: Value, version: Version) -> Contact {
    from_json::parse_response(value.as_object().unwrap(), version)
}

fn sent_in(stored: Value, wanted: Value, version: Version) -> Value {
    let wanted = from_json::parse_input(wanted.as_object().unwrap(), version, "").unwrap();
    let change = diff::diff(&answer(stored, version), &wanted, version).unwrap();
    Value::Object(to_json::write_update_body(&change, version))
}

fn sent(stored: Value, wanted: Value) -> Value {
    sent_in(stored, wanted, Version::V1)
}

#[test]
fn unchanged_values_are_not_sent() {
    let stored = json!({
        "givenName": "Ada", "surname": null, "businessPhones": ["1"], "homePhones": [], "displayName": "Ada",
        "businessAddress": {"city": "London"}, "otherAddress": {}, "birthday": "1815-12-10T11:59:00Z",
        "emailAddresses": [{"name": "Ada", "address": "ada@contoso.com"}],
    });
    let same = json!({
        "givenName": "Ada", "surname": null, "businessPhones": ["1"], "homePhones": null, "businessAddress": {"city": "London", "state": null},
        "otherAddress": null, "birthday": "1815-12-10", "emailAddresses": [{"name": "Ada", "address": "ada@contoso.com"}], "title": null,
    });
    assert_eq!(sent(stored, same), json!({}));
}

/// Seed: "To preserve a pre-existing value, always include it as displayName in an update operation" (Update contact, v1.0).
#[test]
fn the_display_name_is_kept() {
    let stored = json!({"displayName": "The Countess", "givenName": "Ada"});
    assert_eq!(
        sent(stored.clone(), json!({"givenName": "Augusta"})),
        json!({"displayName": "The Countess", "givenName": "Augusta"})
    );
    assert_eq!(sent(stored.clone(), json!({"displayName": "Ada"})), json!({"displayName": "Ada"}));
    assert_eq!(sent(stored, json!({"displayName": null})), json!({"displayName": null}));
    assert_eq!(sent(json!({"displayName": null}), json!({"givenName": "Ada"})), json!({"givenName": "Ada"}));
}

/// "When you update structured properties such as homeAddress, you must pass the full property set" (Update contact, v1.0).
#[test]
fn a_partial_address_is_completed() {
    let stored = json!({"businessAddress": {"street": "10 Contoso Way", "city": "Redmond", "state": "WA"}});
    assert_eq!(
        sent(stored.clone(), json!({"businessAddress": {"city": "Seattle"}})),
        json!({"businessAddress": {"street": "10 Contoso Way", "city": "Seattle", "state": "WA"}})
    );
    assert_eq!(
        sent(stored.clone(), json!({"businessAddress": {"state": null}})),
        json!({"businessAddress": {"street": "10 Contoso Way", "city": "Redmond", "state": null}})
    );
    assert_eq!(
        sent(stored, json!({"businessAddress": null})),
        json!({"businessAddress": {"street": null, "city": null, "state": null}}),
        "never a null structure, which the service answers 500 to"
    );
}

#[test]
fn what_is_not_spoken_of_stays() {
    let stored = json!({"businessPhones": ["1"], "homePhones": ["2"], "mobilePhone": "3"});
    assert_eq!(sent(stored.clone(), json!({"homePhones": ["4"]})), json!({"homePhones": ["4"]}));
    assert_eq!(
        sent(stored.clone(), json!({"mobilePhone": null, "homePhones": null})),
        json!({"homePhones": [], "mobilePhone": null})
    );
    assert_eq!(sent(stored, json!({})), json!({}));
}

#[test]
fn a_list_of_beta_is_sent_whole() {
    let stored = json!({"phones": [{"type": "home", "number": "1"}, {"type": "pager", "number": "2"}]});
    let wanted = json!({"phones": [{"type": "home", "number": "1"}]});
    assert_eq!(sent_in(stored.clone(), wanted.clone(), Version::Beta), wanted);
    assert_eq!(sent_in(stored.clone(), stored, Version::Beta), json!({}));
}

#[test]
fn what_the_service_assigns_may_be_sent_back_unchanged_and_not_changed() {
    let stored = answer(json!({"changeKey": "a", "createdDateTime": "2014-10-19T23:08:24Z", "givenName": "Ada"}), Version::V1);
    let back = answer(json!({"changeKey": "a", "createdDateTime": "2014-10-19T23:08:24Z", "givenName": "Augusta"}), Version::V1);
    assert!(diff::diff(&stored, &back, Version::V1).is_ok());
    let other = answer(json!({"changeKey": "b"}), Version::V1);
    assert_eq!(diff::diff(&stored, &other, Version::V1).unwrap_err().attributes, ["changeKey"]);
}

/// What Graph does with a PATCH: each property that is in the body is replaced.
fn patched(mut stored: Map<String, Value>, body: Map<String, Value>) -> Map<String, Value> {
    stored.extend(body);
    stored
}

/// Of the properties that `wanted` speaks of, what a caller sees.
fn shown(contact: &Map<String, Value>, wanted: &Map<String, Value>, version: Version) -> Map<String, Value> {
    let shown = to_json::write_for_caller(&from_json::parse_response(contact, version), version);
    let empty = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
    shown.into_iter().filter(|(name, value)| wanted.contains_key(name) && !empty(value)).collect()
}

proptest! {
    #[test]
    fn after_an_update_the_contact_is_what_was_wanted(stored in returned(writable_v1()), wanted in writable_v1()) {
        let change = diff::diff(&from_json::parse_response(&stored, Version::V1), &from_json::parse_input(&wanted, Version::V1, "").unwrap(), Version::V1).unwrap();
        let after = patched(stored.clone(), to_json::write_update_body(&change, Version::V1));
        let (mut now, mut expected) = (shown(&after, &wanted, Version::V1), shown(&wanted, &wanted, Version::V1));
        // Structures are completed from what is stored: they have at least what was wanted.
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
        // What was not spoken of is as it was.
        for (name, value) in &stored {
            if !wanted.contains_key(name) {
                prop_assert_eq!(&after[name], value);
            }
        }
    }

    #[test]
    fn the_same_update_again_sends_nothing(stored in returned(writable_v1()), wanted in writable_v1()) {
        let wanted = from_json::parse_input(&wanted, Version::V1, "").unwrap();
        let first = diff::diff(&from_json::parse_response(&stored, Version::V1), &wanted, Version::V1).unwrap();
        let after = patched(stored, to_json::write_update_body(&first, Version::V1));
        let second = diff::diff(&from_json::parse_response(&after, Version::V1), &wanted, Version::V1).unwrap();
        prop_assert_eq!(to_json::write_update_body(&second, Version::V1), Map::new());
    }

    #[test]
    fn the_same_update_again_sends_nothing_in_beta(stored in returned(writable_beta()), wanted in writable_beta()) {
        let wanted = from_json::parse_input(&wanted, Version::Beta, "").unwrap();
        let first = diff::diff(&from_json::parse_response(&stored, Version::Beta), &wanted, Version::Beta).unwrap();
        let after = patched(stored, to_json::write_update_body(&first, Version::Beta));
        let second = diff::diff(&from_json::parse_response(&after, Version::Beta), &wanted, Version::Beta).unwrap();
        prop_assert_eq!(to_json::write_update_body(&second, Version::Beta), Map::new());
    }
}
