//! A caller's input is accepted completely, or rejected by name.

use connector::contact::{ByKind, Contact, Phone, PhoneKind, Version, from_json, to_json, validate};
use connector::error::ErrorKind;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::arbitrary::writable_v1;

/// Returns the attributes that the error for an input names, and its message.
fn reject(input: Value, version: Version) -> (Vec<String>, String) {
    let object = input.as_object().unwrap();
    let result = from_json::parse_input(object, version, "").and_then(|contact| {
        validate::check_creatable(&contact, version, "")?;
        validate::check_storable(&contact, version, "")
    });
    let error = result.expect_err("the input is accepted");
    assert_eq!(error.kind, ErrorKind::InvalidAttributeValue);
    (error.attributes, error.message)
}

#[test]
fn wrong_type_error_names_path() {
    let cases = [
        (json!({"givenName": 7}), "givenName"),
        (json!({"businessAddress": {"city": ["x"]}}), "businessAddress.city"),
        (json!({"businessAddress": "x"}), "businessAddress"),
        (json!({"businessPhones": 7}), "businessPhones"),
        (json!({"businessPhones": {"number": "x"}}), "businessPhones"),
        (json!({"businessPhones": ["1", null]}), "businessPhones[1]"),
        (json!({"emailAddresses": [{"address": "a@b"}, {"name": 1}]}), "emailAddresses[1].name"),
        (json!({"birthday": "yesterday"}), "birthday"),
        (json!({"birthday": 19740722}), "birthday"),
        (json!({"singleValueExtendedProperties": [{"value": "x"}]}), "singleValueExtendedProperties[0]"),
    ];
    for (input, path) in cases {
        assert_eq!(reject(input, Version::V1).0, [path]);
    }
}

#[test]
fn input_error_names_every_problem() {
    let (attributes, message) = reject(json!({"givenName": 7, "nickName": true, "homePhones": [1, "2", 3]}), Version::V1);
    assert_eq!(attributes, ["givenName", "nickName", "homePhones[0]", "homePhones[2]"]);
    assert!(message.contains("givenName: expected a string, found a number; nickName:"), "{message}");
}

#[test]
fn unknown_property_error_suggests_nearest_name() {
    let (attributes, message) = reject(json!({"givenname": "x"}), Version::V1);
    assert_eq!(attributes, ["givenname"]);
    assert!(message.ends_with("did you mean givenName?"), "{message}");
    let (_, message) = reject(json!({"favouriteColour": "x"}), Version::V1);
    assert!(!message.contains("did you mean"), "{message}");
    assert_eq!(reject(json!({"@odata.type": "#microsoft.graph.contact"}), Version::V1).0, ["@odata.type"]);
    assert_eq!(reject(json!({"homeAddress": {"town": "x"}}), Version::V1).0, ["homeAddress.town"]);
}

#[test]
fn v1_rejects_beta_property_by_name() {
    for (input, path) in [
        (json!({"gender": "f"}), "gender"),
        (json!({"phones": [{"type": "pager", "number": "1"}]}), "phones"),
        (json!({"homeAddress": {"postOfficeBox": "7"}}), "homeAddress.postOfficeBox"),
        (json!({"emailAddresses": [{"address": "a@b", "type": "work"}]}), "emailAddresses[0].type"),
    ] {
        let (attributes, message) = reject(input, Version::V1);
        assert_eq!(attributes, [path]);
        assert!(message.contains("beta") && message.contains("API version"), "{message}");
    }
}

/// A canonical contact from beta or from a program can hold what v1.0 cannot store.
#[test]
fn v1_rejects_entries_without_property() {
    let contact = json!({
        "phones": [{"type": "business", "number": "1"}, {"type": "pager", "number": "2"}, {"type": "mobile", "number": "3"}, {"type": "mobile", "number": "4"}],
        "websites": [{"type": "work", "address": "https://a"}, {"type": "blog", "address": "https://b"}],
        "postalAddresses": [{"type": "unknown", "city": "x"}],
    });
    let contact = from_json::parse_input(contact.as_object().unwrap(), Version::Beta, "").unwrap();
    assert!(validate::check_storable(&contact, Version::Beta, "").is_ok());
    let error = validate::check_storable(&contact, Version::V1, "").unwrap_err();
    assert_eq!(
        error.attributes,
        ["phones[1] (Pager)", "phones[3] (Mobile)", "postalAddresses[0] (Unknown)", "websites[1] (Blog)"]
    );
}

/// Found by fuzzing: unknown members of these structures were dropped silently.
#[test]
fn unknown_member_is_rejected_in_input_and_preserved_in_response() {
    for (value, path) in [
        (json!({"flag": {"flagStatu": "later"}}), "flag.flagStatu"),
        (json!({"flag": {"dueDateTime": {"dateTime": "2026-11-21T00:00:00", "zone": "UTC"}}}), "flag.dueDateTime.zone"),
        (json!({"phones": [{"type": "pager", "number": "1", "x": 2}]}), "phones[0].x"),
        (json!({"singleValueExtendedProperties": [{"id": "a", "value": "b", "c": 1}]}), "singleValueExtendedProperties[0].c"),
    ] {
        assert_eq!(reject(value.clone(), Version::Beta).0, [path]);
        let response = value.as_object().unwrap();
        assert_eq!(&to_json::write_response(&from_json::parse_response(response, Version::Beta), Version::Beta), response);
    }
    let site = json!({"websites": [{"type": "work", "address": "https://a", "rank": 1}]});
    let shown = to_json::write_for_caller(&from_json::parse_response(site.as_object().unwrap(), Version::Beta), Version::Beta);
    assert_eq!(shown["websites"], site["websites"]);
}

/// A request with very many invalid values costs no more than its parsing, and its response stays readable.
#[test]
fn error_names_first_hundred_problems() {
    let many: Vec<Value> = (0..1000).map(|_| json!(1)).collect();
    let (attributes, message) = reject(json!({"homePhones": many}), Version::V1);
    assert_eq!(attributes.len(), 100);
    assert!(message.ends_with("; and 900 more") && message.len() < 20_000, "{}", message.len());
    let long = "x".repeat(1 << 20);
    let (attributes, message) = reject(json!({long: 1}), Version::V1);
    assert!(attributes[0].len() < 300 && message.len() < 1000);
}

/// More values than any mailbox stores are refused by their number, before one of them is looked at.
#[test]
fn values_are_counted_before_they_are_parsed() {
    let wrong = |count: usize| Value::Array(vec![json!({"type": 7}); count]);
    for name in ["phones", "websites", "postalAddresses", "emailAddresses", "categories", "children", "imAddresses"] {
        for count in [1001, 199_000] {
            let (attributes, message) = reject(json!({name: wrong(count)}), Version::Beta);
            assert_eq!(attributes, [name]);
            assert_eq!(message, format!("{name}: expected at most 1000 values, found {count}"));
        }
    }
    let names: Map<String, Value> = (0..1001).map(|number| (format!("givenNam{number}"), json!("x"))).collect();
    let (_, message) = reject(Value::Object(names), Version::V1);
    assert_eq!(message, "expected at most 1000 attributes, found 1001");
    // A record has no parser that could count.
    let phones = (0..1001).map(|_| (PhoneKind::Pager, Phone::from_number("1".to_owned()))).collect();
    let contact = Contact { phones: ByKind::Whole(phones), ..Contact::default() };
    let error = validate::check_storable(&contact, Version::Beta, "").unwrap_err();
    assert_eq!(error.message, "phones: expected at most 1000 values, found 1001");
}

/// OpenIDM makes a list of one of a bare value (`AttributeInfoHelper.getMultiValue`).
#[test]
fn bare_value_is_list_of_one() {
    let id = "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color";
    for (bare, list) in [
        (json!({"businessPhones": "1"}), json!({"businessPhones": ["1"]})),
        (json!({"homePhones": "1"}), json!({"homePhones": ["1"]})),
        (json!({"categories": "a"}), json!({"categories": ["a"]})),
        (json!({"children": "a"}), json!({"children": ["a"]})),
        (json!({"imAddresses": "a"}), json!({"imAddresses": ["a"]})),
        (json!({"emailAddresses": {"address": "a@b"}}), json!({"emailAddresses": [{"address": "a@b"}]})),
        (json!({"phones": {"type": "pager", "number": "1"}}), json!({"phones": [{"type": "pager", "number": "1"}]})),
        (json!({"websites": {"address": "a"}}), json!({"websites": [{"address": "a"}]})),
        (json!({"postalAddresses": {"city": "a"}}), json!({"postalAddresses": [{"city": "a"}]})),
        (json!({"extensions": {"extensionName": "a"}}), json!({"extensions": [{"extensionName": "a"}]})),
        (
            json!({"singleValueExtendedProperties": {"id": id, "value": "x"}}),
            json!({"singleValueExtendedProperties": [{"id": id, "value": "x"}]}),
        ),
        (
            json!({"multiValueExtendedProperties": {"id": id, "value": "x"}}),
            json!({"multiValueExtendedProperties": [{"id": id, "value": ["x"]}]}),
        ),
    ] {
        let parse = |value: &Value| from_json::parse_input(value.as_object().unwrap(), Version::Beta, "").unwrap();
        assert_eq!(parse(&bare), parse(&list), "{bare}");
    }
}

/// `primaryEmailAddress` and the others are of the type `emailAddress`, without `type` and `otherLabel`, in both versions
/// (Microsoft's metadata).
#[test]
fn email_slots_reject_types_and_labels() {
    for version in [Version::V1, Version::Beta] {
        for slot in ["primaryEmailAddress", "secondaryEmailAddress", "tertiaryEmailAddress"] {
            let given = json!({slot: {"address": "a@b", "type": "other", "otherLabel": "x"}});
            let (attributes, message) = reject(given, version);
            assert_eq!(attributes, [format!("{slot}.type"), format!("{slot}.otherLabel")]);
            assert!(message.contains("emailAddresses"), "{message}");
            let plain = json!({slot: {"address": "a@b", "type": "unknown"}});
            let contact = from_json::parse_input(plain.as_object().unwrap(), version, "").unwrap();
            assert!(validate::check_storable(&contact, version, "").is_ok());
            assert_eq!(to_json::write_create_body(&contact, version)[slot], json!({"address": "a@b"}));
        }
    }
}

/// Users reported these limits (microsoft-graph-docs#15276; io-msgraph).
#[test]
fn values_beyond_limit_are_rejected() {
    for (name, most) in [("businessPhones", 2), ("homePhones", 2), ("imAddresses", 3)] {
        let values: Vec<String> = (0..=most).map(|n| n.to_string()).collect();
        let (attributes, message) = reject(json!({name: values}), Version::V1);
        assert_eq!(attributes, [name]);
        assert!(message.contains(&format!("at most {most}")), "{message}");
    }
    let four = vec![json!({"address": "a@b"}); 4];
    assert_eq!(reject(json!({"emailAddresses": four}), Version::V1).0, ["emailAddresses"]);
}

#[test]
fn create_rejects_assigned_properties() {
    let (attributes, _) = reject(json!({"id": "x", "changeKey": "y", "givenName": "z"}), Version::V1);
    assert_eq!(attributes, ["id", "changeKey"]);
}

#[test]
fn create_body_omits_nulls_and_empty_values() {
    let input = json!({"givenName": "Ada", "surname": null, "homePhones": [], "homeAddress": {"city": null}, "businessAddress": {"city": "London", "state": null}});
    let contact = from_json::parse_input(input.as_object().unwrap(), Version::V1, "").unwrap();
    let body = Value::Object(to_json::write_create_body(&contact, Version::V1));
    assert_eq!(body, json!({"givenName": "Ada", "businessAddress": {"city": "London"}}));
}

proptest! {
    /// The body has what the caller wrote. Only nulls and empty values are dropped.
    #[test]
    fn create_body_has_input_unchanged(input in writable_v1()) {
        let contact = from_json::parse_input(&input, Version::V1, "").unwrap();
        prop_assert!(validate::check_storable(&contact, Version::V1, "").is_ok());
        let sent = to_json::write_create_body(&contact, Version::V1);
        for (name, value) in &input {
            let is_empty = value.is_null()
                || value.as_array().is_some_and(Vec::is_empty)
                || value.as_object().is_some_and(|object| object.is_empty());
            prop_assert_eq!(sent.get(name), if is_empty { None } else { Some(value) });
        }
    }

    /// Any JSON is parsed or rejected.
    #[test]
    fn parsing_never_panics(text in "\\PC{0,64}", depth in 0usize..200) {
        for name in ["givenName", "birthday", "businessAddress", "emailAddresses", "homePhones", "singleValueExtendedProperties"] {
            let mut value = json!(text);
            for level in 0..depth {
                value = if level % 2 == 0 { json!([value]) } else { json!({name: value}) };
            }
            let object = json!({name: value, text.clone(): 1});
            for version in [Version::V1, Version::Beta] {
                let _ = from_json::parse_input(object.as_object().unwrap(), version, "");
                let contact = from_json::parse_response(object.as_object().unwrap(), version);
                let _ = to_json::write_for_caller(&contact, version);
            }
        }
    }
}
