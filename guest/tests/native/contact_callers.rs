//! The caller's view with beta: v1.0's names, and beta's names for entries that v1.0 has no property for.

use connector::contact::{Contact, Version, diff, from_json, to_json, validate};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::arbitrary::{returned, writable_beta, writable_v1};

fn show(response: Value) -> Value {
    Value::Object(to_json::write_for_caller(
        &from_json::parse_response(response.as_object().unwrap(), Version::Beta),
        Version::Beta,
    ))
}

#[test]
fn caller_view_shows_each_value_once() {
    let response = json!({
        "phones": [
            {"type": "pager", "number": "1"}, {"type": "mobile", "number": "2"}, {"type": "business", "number": "3"},
            {"type": "mobile", "number": "4"}, {"type": "business", "number": "5"}, {"type": "business", "number": "6"},
        ],
        "postalAddresses": [{"type": "home", "city": "A", "postOfficeBox": "7"}, {"type": "unknown", "city": "B"}],
        "websites": [{"type": "work", "address": "https://a", "displayName": "A"}, {"type": "blog", "address": "https://b"}],
        "gender": "f",
    });
    assert_eq!(
        show(response),
        json!({
            "businessPhones": ["3", "5", "6"], "homePhones": [], "mobilePhone": "2",
            "phones": [{"type": "pager", "number": "1"}, {"type": "mobile", "number": "4"}],
            "homeAddress": {"city": "A", "postOfficeBox": "7"},
            "postalAddresses": [{"type": "unknown", "city": "B"}],
            "websites": [{"type": "work", "address": "https://a", "displayName": "A"}, {"type": "blog", "address": "https://b"}],
            "gender": "f",
        })
    );
    assert_eq!(show(json!({"websites": [{"type": "work", "address": "https://a"}]}))["businessHomePage"], "https://a");
}

#[test]
fn dedicated_property_leaves_other_kinds_unchanged() {
    let stored = json!({"phones": [{"type": "pager", "number": "1"}, {"type": "business", "number": "2"}, {"type": "home", "number": "3"}]});
    let update = |wanted: Value| {
        let wanted = from_json::parse_input(wanted.as_object().unwrap(), Version::Beta, "").unwrap();
        let stored = from_json::parse_response(stored.as_object().unwrap(), Version::Beta);
        Value::Object(to_json::write_update_body(&diff::diff(&stored, &wanted, Version::Beta).unwrap(), Version::Beta))
    };
    assert_eq!(
        update(json!({"businessPhones": ["4"]})),
        json!({"phones": [{"type": "pager", "number": "1"}, {"type": "home", "number": "3"}, {"type": "business", "number": "4"}]})
    );
    assert_eq!(
        update(json!({"phones": []})),
        json!({"phones": [{"type": "business", "number": "2"}, {"type": "home", "number": "3"}]}),
        "`phones` specifies only the kinds without a dedicated property"
    );
    assert_eq!(update(json!({"businessPhones": ["2"], "phones": [{"type": "pager", "number": "1"}]})), json!({}));
}

/// Returns the contact with its lists of objects sorted, because the order of entries of different kinds has no meaning.
fn sort_lists(mut body: Map<String, Value>) -> Map<String, Value> {
    for value in body.values_mut() {
        if let Value::Array(items) = value
            && items.iter().all(Value::is_object)
        {
            items.sort_by_key(Value::to_string);
        }
    }
    body
}

proptest! {
    /// A caller who sends back what it was shown changes nothing.
    #[test]
    fn caller_view_sent_back_changes_nothing(v1 in returned(writable_v1()), beta in returned(writable_beta())) {
        for (response, version) in [(v1, Version::V1), (beta, Version::Beta)] {
            let stored = from_json::parse_response(&response, version);
            let mut shown = to_json::write_for_caller(&stored, version);
            shown.retain(|name, _| !name.starts_with('x'));
            let back = from_json::parse_input(&shown, version, "").unwrap();
            prop_assert_eq!(diff::diff(&stored, &back, version).unwrap(), Contact::default());
        }
    }

    /// v1.0 stores a contact of beta completely, or the error names what it cannot store.
    #[test]
    fn v1_stores_beta_contact_or_error_names_rest(beta in writable_beta()) {
        let contact = from_json::parse_response(&beta, Version::Beta);
        match validate::check_storable(&contact, Version::V1, "") {
            Err(error) => prop_assert!(!error.attributes.is_empty()),
            Ok(()) => {
                let stored = from_json::parse_input(&to_json::write_create_body(&contact, Version::V1), Version::V1, "").unwrap();
                let without_kind = |mut body: Map<String, Value>| {
                    // v1.0 has no kinds of e-mail addresses: they read as `unknown`.
                    for email in body.get_mut("emailAddresses").and_then(Value::as_array_mut).into_iter().flatten() {
                        email.as_object_mut().unwrap().remove("type");
                    }
                    sort_lists(body)
                };
                let mut expected = without_kind(to_json::write_create_body(&contact, Version::Beta));
                // An entry with only a kind has no value to store.
                for list in ["postalAddresses", "websites"] {
                    if let Some(entries) = expected.get_mut(list).and_then(Value::as_array_mut) {
                        entries.retain(|entry| entry.as_object().unwrap().len() > 1);
                        if entries.is_empty() {
                            expected.remove(list);
                        }
                    }
                }
                prop_assert_eq!(without_kind(to_json::write_create_body(&stored, Version::Beta)), expected);
            }
        }
    }
}
