//! What callers see and send where beta is spoken: v1.0's names, and beta's for what those have no room for.

use connector::contact::{Contact, Version, diff, from_json, to_json, validate};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::arbitrary::{returned, writable_beta, writable_v1};

fn shown(answer: Value) -> Value {
    Value::Object(to_json::write_for_caller(
        &from_json::parse_response(answer.as_object().unwrap(), Version::Beta),
        Version::Beta,
    ))
}

#[test]
fn each_value_is_shown_once() {
    let answer = json!({
        "phones": [
            {"type": "pager", "number": "1"}, {"type": "mobile", "number": "2"}, {"type": "business", "number": "3"},
            {"type": "mobile", "number": "4"}, {"type": "business", "number": "5"}, {"type": "business", "number": "6"},
        ],
        "postalAddresses": [{"type": "home", "city": "A", "postOfficeBox": "7"}, {"type": "unknown", "city": "B"}],
        "websites": [{"type": "work", "address": "https://a", "displayName": "A"}, {"type": "blog", "address": "https://b"}],
        "gender": "f",
    });
    assert_eq!(
        shown(answer),
        json!({
            "businessPhones": ["3", "5", "6"], "homePhones": [], "mobilePhone": "2",
            "phones": [{"type": "mobile", "number": "4"}, {"type": "pager", "number": "1"}],
            "homeAddress": {"city": "A", "postOfficeBox": "7"},
            "postalAddresses": [{"type": "unknown", "city": "B"}],
            "websites": [{"type": "work", "address": "https://a", "displayName": "A"}, {"type": "blog", "address": "https://b"}],
            "gender": "f",
        })
    );
    assert_eq!(shown(json!({"websites": [{"type": "work", "address": "https://a"}]}))["businessHomePage"], "https://a");
}

#[test]
fn a_property_of_one_kind_says_nothing_of_the_others() {
    let stored = json!({"phones": [{"type": "pager", "number": "1"}, {"type": "business", "number": "2"}, {"type": "home", "number": "3"}]});
    let sent = |wanted: Value| {
        let wanted = from_json::parse_input(wanted.as_object().unwrap(), Version::Beta, "").unwrap();
        let stored = from_json::parse_response(stored.as_object().unwrap(), Version::Beta);
        Value::Object(to_json::write_update_body(&diff::diff(&stored, &wanted, Version::Beta).unwrap(), Version::Beta))
    };
    assert_eq!(
        sent(json!({"businessPhones": ["4"]})),
        json!({"phones": [{"type": "pager", "number": "1"}, {"type": "home", "number": "3"}, {"type": "business", "number": "4"}]})
    );
    assert_eq!(
        sent(json!({"phones": []})),
        json!({"phones": [{"type": "business", "number": "2"}, {"type": "home", "number": "3"}]}),
        "`phones` speaks of the kinds that have no property of their own"
    );
    assert_eq!(sent(json!({"businessPhones": ["2"], "phones": [{"type": "pager", "number": "1"}]})), json!({}));
}

/// The values of a contact, without regard to the order of lists whose entries have a kind.
fn sorted(mut body: Map<String, Value>) -> Map<String, Value> {
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
    /// Who sends back what was shown changes nothing.
    #[test]
    fn what_is_shown_can_be_sent_back(v1 in returned(writable_v1()), beta in returned(writable_beta())) {
        for (answer, version) in [(v1, Version::V1), (beta, Version::Beta)] {
            let stored = from_json::parse_response(&answer, version);
            let mut shown = to_json::write_for_caller(&stored, version);
            shown.retain(|name, _| !name.starts_with('x'));
            let back = from_json::parse_input(&shown, version, "").unwrap();
            prop_assert_eq!(diff::diff(&stored, &back, version).unwrap(), Contact::default());
        }
    }

    /// v1.0 carries a contact of beta whole, or names what it cannot.
    #[test]
    fn v1_carries_everything_or_names_what_it_cannot(beta in writable_beta()) {
        let contact = from_json::parse_response(&beta, Version::Beta);
        match validate::check_storable(&contact, Version::V1, "") {
            Err(error) => prop_assert!(!error.attributes.is_empty()),
            Ok(()) => {
                let carried = from_json::parse_input(&to_json::write_create_body(&contact, Version::V1), Version::V1, "").unwrap();
                let without_kind = |mut body: Map<String, Value>| {
                    // v1.0 has no kinds of e-mail addresses: `unknown` is what it reads as.
                    for email in body.get_mut("emailAddresses").and_then(Value::as_array_mut).into_iter().flatten() {
                        email.as_object_mut().unwrap().remove("type");
                    }
                    sorted(body)
                };
                let mut expected = without_kind(to_json::write_create_body(&contact, Version::Beta));
                // An entry that has a kind and nothing else has no value that could be carried.
                for list in ["postalAddresses", "websites"] {
                    if let Some(entries) = expected.get_mut(list).and_then(Value::as_array_mut) {
                        entries.retain(|entry| entry.as_object().unwrap().len() > 1);
                        if entries.is_empty() {
                            expected.remove(list);
                        }
                    }
                }
                prop_assert_eq!(without_kind(to_json::write_create_body(&carried, Version::Beta)), expected);
            }
        }
    }
}
